"""The players of Telegram and WhatsApp: what a person does on her phone, and what she reads there, as lines of a
dialogue."""

import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from typing import Any

from bot.channels.dialogue import Act, Hears
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
