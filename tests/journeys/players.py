"""One player per channel: what a person does on her phone, and what she reads there, as lines of a dialogue."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp

from bot.channels.dialogue import Act, Hears
from bot.channels.simulator_dialogue import dialogue
from bot.channels.simulator_looks import labels_by_token
from bot.channels.simulator_store import TableStore
from bot.channels.telegram_keyboard import MARKED, UNMARKED
from tests.journeys.program import Program
from tests.journeys.transcript import matches

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)
OGG = b"OggS\0\2 a voice note of the tests"
PDF = b"%PDF-1.7 a document of the tests"
DRAMA = "+44770090{:04}"
"""Numbers that Ofcom keeps for drama: 0000 to 0999 after it."""
HEADERS = {"X-WIS-Simulator": "1"}


def chosen(label: str, labels: Iterable[str]) -> str:
    """The label on the phone that is meant: word for word, or with an ellipsis for what one cannot know before."""
    shown = list(labels)
    found = next((one for one in shown if one == label), None) or next(
        (one for one in shown if matches(label, one)), None
    )
    assert found is not None, f"no button {label!r}; there are {shown}"
    return found


def place_of(detail: str) -> tuple[float, float]:
    """The two numbers of a place."""
    latitude, longitude = (float(part) for part in detail.split(","))
    return latitude, longitude


class TelegramPlayer:
    """People with Telegram, on the local Telegram's screen: HTML as it is read, keyboards as they stand."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._fake = program.telegram
        self._ids: dict[str, int] = {}
        self._read: dict[str, list[Hears]] = defaultdict(list)
        self._fake.on_message = self._see

    def user(self, who: str) -> Any:
        """Her account; her phone speaks Italian."""
        known = self._ids.setdefault(who, 5001 + len(self._ids))
        return self._fake.user(known, who.partition(" ")[0])

    async def say(self, who: str, text: str) -> None:
        self.user(who).says(text)
        await self._program.settled()

    async def tap(self, who: str, label: str) -> None:
        user = self.user(who)
        for message in reversed(user.messages()):
            labels = [without_mark(one) for row in user.buttons(message) for one in row]
            if any(matches(label, one) for one in labels):
                user.taps(chosen(label, labels), message)
                await self._program.settled()
                return
        raise AssertionError(f"no button {label!r} on the screen:\n{user.screen()}")

    async def do(self, who: str, act: Act, detail: str) -> None:
        user = self.user(who)
        match act:
            case "link":
                user.starts(detail)
            case "photo":
                user.sends_photo(PNG)
            case "document":
                user.sends_document(PDF, detail or "prova.pdf", "application/pdf")
            case "voice":
                user.sends_voice(OGG)
            case "location":
                user.shares_location(*place_of(detail))
            case "contact":
                user.shares_contact(detail or "12025550101")
            case "block":
                user.blocks()
            case "unblock":
                user.unblocks()
        await self._program.settled()

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        return self._read[who].pop(0) if self._read[who] else None

    def _see(self, chat: int, message: dict[str, Any]) -> None:
        who = next(name for name, id in self._ids.items() if id == chat)
        html = re.sub(r"</?i>", "", message.get("_html") or message.get("caption", ""))
        text = unescape(re.sub(r"</?b>", "**", html))
        keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
        rows = tuple(tuple(shown(button["text"]) for button in row) for row in keyboard)
        file = message.get("document", {}).get("file_name", "foto.jpg" if "photo" in message else "")
        self._read[who].append(Hears(who, text, rows, file))


class WhatsAppPlayer:
    """People with WhatsApp, on the local Twilio: bold titles as they are read, buttons and lists as they open."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._fake = program.twilio
        self._numbers: dict[str, str] = {}
        self._seen: dict[str, int] = defaultdict(int)

    def user(self, who: str) -> Any:
        """Her phone."""
        number = self._numbers.setdefault(who, DRAMA.format(1 + len(self._numbers)))
        return self._fake.user(number, who.partition(" ")[0])

    async def say(self, who: str, text: str) -> None:
        assert await self.user(who).says(text) == 200
        await self._program.settled()

    async def tap(self, who: str, label: str) -> None:
        user = self.user(who)
        for message in reversed(user.messages):
            buttons, rows = ([mark_gone(one) for _, one, _ in kind] for kind in (message.buttons, message.rows))
            if any(matches(label, one) for one in (*buttons, *rows)):
                found = chosen(label, (*buttons, *rows))
                original = next(one for one in message.labels if mark_gone(one) == found)
                status = await (user.taps(original) if found in buttons else user.chooses(original))
                assert status == 200
                await self._program.settled()
                return
        raise AssertionError(f"no button {label!r}; she sees {user.screen()}")

    async def do(self, who: str, act: Act, detail: str) -> None:
        user = self.user(who)
        match act:
            case "link":
                status = await user.says(f"Ciao WIS! Il mio codice è {detail}")
            case "photo":
                status = await user.sends(PNG, "image/png")
            case "document":
                status = await user.sends(PDF, "application/pdf")
            case "voice":
                status = await user.sends(OGG, "audio/ogg")
            case "location":
                status = await user.sends_location(*place_of(detail))
            case "contact":
                card = f"BEGIN:VCARD\nVERSION:3.0\nTEL:{detail or '+12025550101'}\nEND:VCARD"
                status = await user.sends_contact(card)
            case "block" | "unblock":
                status = 200  # WhatsApp does not tell: the next message to her fails
                self._fake.undeliver(63024 if act == "block" else 0)
        assert status == 200
        await self._program.settled()

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        messages = self.user(who).messages
        if len(messages) <= self._seen[who]:
            return None
        message = messages[self._seen[who]]
        self._seen[who] += 1
        text = re.sub(r"\A\*([^*\n]+)\*$", r"**\1**", message.body, flags=re.MULTILINE)
        rows = [(box(label),) for _, label, _ in message.rows] or [tuple(box(one) for one in message.labels)]
        file = message.media_url.rpartition("/")[2] if message.media_url else ""
        return Hears(who, text, tuple(row for row in rows if row), file)


class SimulatorPlayer:
    """People on the simulator's page, by the requests the page makes. A name in `whatsapp` has that look."""

    def __init__(self, program: Program, whatsapp: frozenset[str] = frozenset()) -> None:
        self._program = program
        self._whatsapp = whatsapp
        self._store = TableStore(program.app.lanes)
        self._addresses: dict[str, str] = {}
        self._seen: dict[str, int] = defaultdict(int)
        self._keys = itertools.count(1)

    async def say(self, who: str, text: str) -> None:
        await self._post("say", who, {"text": text})

    async def tap(self, who: str, label: str) -> None:
        address = await self._address(who)
        for stored in reversed(await self._store.entries(address, 0)):
            labels = labels_by_token(stored.entry)
            if any(matches(label, one) for one in labels.values()):
                found = chosen(label, labels.values())
                token = next(token for token, one in labels.items() if one == found)
                await self._post("tap", who, {"message": stored.number, "token": token})
                return
        raise AssertionError(f"no button {label!r} on the phone of {who}")

    async def do(self, who: str, act: Act, detail: str) -> None:
        match act:
            case "link":
                await self._post("join", who, {"code": detail})
            case "photo" | "document" | "voice":
                await self._upload(who, act, detail)
            case "location":
                latitude, longitude = place_of(detail)
                await self._post("location", who, {"latitude": latitude, "longitude": longitude})
            case "contact":
                await self._post("contact", who, {"number": detail})
            case "block" | "unblock":
                await self._post("block", who, {"blocked": act == "block"})

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        entries = await self._store.entries(await self._address(who), 0)
        heard = [line for line in dialogue(who, entries) if isinstance(line, Hears)]
        if len(heard) <= self._seen[who]:
            return None
        self._seen[who] += 1
        return heard[self._seen[who] - 1]

    async def _address(self, who: str) -> str:
        if who not in self._addresses:
            look = "whatsapp" if who in self._whatsapp else "telegram"
            url = f"{self._program.url}/simulator/phone"
            body = {"name": who.partition(" ")[0], "look": look, "language": "it"}
            async with self._program.http.post(url, json=body, headers=HEADERS) as answer:
                assert answer.status == 200, await answer.text()
                self._addresses[who] = (await answer.json())["phone"]
        return self._addresses[who]

    async def _post(self, act: str, who: str, fields: dict[str, Any]) -> None:
        body = {"phone": await self._address(who), "key": f"k{next(self._keys)}", **fields}
        url = f"{self._program.url}/simulator/{act}"
        async with self._program.http.post(url, json=body, headers=HEADERS) as answer:
            assert answer.status == 200, await answer.text()
        await self._program.settled()

    async def _upload(self, who: str, media: str, name: str) -> None:
        mime, data = {"photo": ("image/png", PNG), "voice": ("audio/ogg", OGG)}.get(media, ("application/pdf", PDF))
        form = aiohttp.FormData()
        for key, value in (("phone", await self._address(who)), ("key", f"k{next(self._keys)}"), ("media", media)):
            form.add_field(key, value)
        form.add_field("file", data, filename=name or "prova", content_type=mime)
        url = f"{self._program.url}/simulator/file"
        async with self._program.http.post(url, data=form, headers=HEADERS) as answer:
            assert answer.status == 200, await answer.text()
        await self._program.settled()


class TerminalPlayer:
    """The one person in the terminal: what she types, with the numbers that the screen offers."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._seen = 0
        self._typed = 0

    async def say(self, who: str, text: str) -> None:
        await self._type(text.replace("\n", " "))

    async def tap(self, who: str, label: str) -> None:
        screen = self._program.screen.getvalue()[self._typed :]
        choices = re.findall(r"^ +(\d+)  (.+?)(?:  .*)?$", screen, flags=re.MULTILINE)
        ways = re.findall(r"(/\d+) (.+?)(?=   /\d|\s*$)", screen, flags=re.MULTILINE)
        labels = {mark_gone(shown): typed for typed, shown in (*choices, *ways)}
        await self._type(labels[chosen(label, labels)])

    async def do(self, who: str, act: Act, detail: str) -> None:
        files = {"photo": ("foto.png", PNG), "voice": ("voce.ogg", OGG), "document": ("prova.pdf", PDF)}
        match act:
            case "link":
                await self._type(f"/start {detail}")
            case "photo" | "document" | "voice":
                name, data = files[act]
                path = self._folder / (detail or name)
                path.write_bytes(data)
                await self._type(f"/file {path}")
            case "location":
                await self._type(f"/luogo {detail}")
            case "contact" | "block" | "unblock":
                raise AssertionError("nobody can do this in a terminal")

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        heard = [line for line in self._program.terminal.lines if isinstance(line, Hears)]
        if len(heard) <= self._seen:
            return None
        self._seen += 1
        line = heard[self._seen - 1]
        return Hears(who, line.text, line.rows, line.file)

    async def _type(self, line: str) -> None:
        self._typed = len(self._program.screen.getvalue())
        await self._program.typed.type(line)
        await self._program.settled()


def without_mark(label: str) -> str:
    """A label of Telegram without its mark."""
    return label.removeprefix(MARKED).removeprefix(UNMARKED)


def shown(label: str) -> str:
    """A label of Telegram with the mark the dialogues use."""
    if label.startswith(MARKED):
        return f"☑ {without_mark(label)}"
    return f"☐ {without_mark(label)}" if label.startswith(UNMARKED) else label


def mark_gone(label: str) -> str:
    """A label of WhatsApp or the terminal without its mark."""
    return label.removeprefix("✓ ").removeprefix("☑ ").removeprefix("☐ ")


def box(label: str) -> str:
    """A label of WhatsApp with the mark the dialogues use."""
    return f"☑ {label.removeprefix('✓ ')}" if label.startswith("✓ ") else label
