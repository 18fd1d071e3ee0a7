// Files to try with, made on the spot: a photo, a voice note, places in Milan.

export const PLACES = [
  { name: "Piazza del Duomo", latitude: 45.4642, longitude: 9.1916 },
  { name: "Lambrate", latitude: 45.4846, longitude: 9.2372 },
  { name: "Sesto San Giovanni", latitude: 45.5334, longitude: 9.2353 },
];

export function samplePhoto() {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 420;
  const draw = canvas.getContext("2d");
  const sky = draw.createLinearGradient(0, 0, 0, 420);
  sky.addColorStop(0, "#f7d9b0");
  sky.addColorStop(1, "#8fb8b0");
  draw.fillStyle = sky;
  draw.fillRect(0, 0, 640, 420);
  draw.fillStyle = "#fbf3e2";
  draw.beginPath();
  draw.arc(480, 130, 46, 0, 7);
  draw.fill();
  for (const [x, width, height, color] of [[0, 180, 190, "#4f7f78"], [150, 130, 260, "#3d6a66"], [270, 210, 160, "#5b8b7f"], [450, 200, 220, "#2f5855"]]) {
    draw.fillStyle = color;
    draw.fillRect(x, 420 - height, width, height);
    draw.fillStyle = "rgba(255, 240, 205, .75)";
    for (let row = 0; row * 42 + 60 < height; row += 1) {
      for (let column = 0; column * 40 + 40 < width; column += 1) {
        if ((row * 3 + column * 5 + x) % 4) draw.fillRect(x + 20 + column * 40, 440 - height + row * 42, 16, 20);
      }
    }
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}

// One second of a soft falling tone: 8 kHz, 8 bits, one channel.
export function sampleVoice() {
  const rate = 8000;
  const data = new DataView(new ArrayBuffer(44 + rate));
  const write = (at, text) => [...text].forEach((char, n) => data.setUint8(at + n, char.charCodeAt(0)));
  write(0, "RIFF");
  data.setUint32(4, 36 + rate, true);
  write(8, "WAVEfmt ");
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, rate, true);
  data.setUint32(28, rate, true);
  data.setUint16(32, 1, true);
  data.setUint16(34, 8, true);
  write(36, "data");
  data.setUint32(40, rate, true);
  for (let n = 0; n < rate; n += 1) {
    const fade = Math.sin((Math.PI * n) / rate);
    data.setUint8(44 + n, 128 + Math.round(34 * fade * Math.sin((2 * Math.PI * (330 - n / 100) * n) / rate)));
  }
  return new Blob([data.buffer], { type: "audio/wav" });
}
