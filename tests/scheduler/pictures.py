"""Real pictures for tests: photos with a place in them, of any format and size."""

from io import BytesIO
from typing import Any

from PIL import Image


def photo(format: str = "JPEG", size: tuple[int, int] = (60, 40), secret: str = "GPS 45.4642", **more: Any) -> bytes:
    """A picture, red on the left and blue on the right, with a secret in its EXIF part."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010E] = secret
    for tag, value in more.pop("tags", {}).items():
        exif[tag] = value
    out = BytesIO()
    picture.save(out, format, exif=exif, **more)
    return out.getvalue()


PDF_FILE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
