"""The dialogue of a phone, from what the simulator has shown on it."""

from collections.abc import Iterable

from bot.channels.dialogue import Act, Does, Hears, Line, Says, Taps, Waits
from bot.channels.simulator_phones import Entry, Stored
from conversations.events import Json


def letter_entry(line: Hears) -> Entry:
    """An entry that is not shown and keeps what the program said, before any edit and any channel's layout."""
    rows: list[Json] = [list(row) for row in line.rows]
    return {"kind": "letter", "text": line.text, "rows": rows, "file": line.file}


def dialogue(who: str, entries: Iterable[Stored]) -> list[Line]:
    """The lines of the dialogue that the entries of one phone tell."""
    lines = (_line(who, stored.entry) for stored in entries)
    return [line for line in lines if line is not None]


def _line(who: str, entry: Entry) -> Line | None:
    match entry:
        case {"kind": "letter", "text": str(text), "rows": list(rows), "file": str(file)}:
            labels = tuple(tuple(str(label) for label in row) for row in rows if isinstance(row, list))
            return Hears(who, text, labels, file)
        case {"kind": "said", "text": str(text)}:
            return Says(who, text)
        case {"kind": "tap", "label": str(label)}:
            return Taps(who, label)
        case {"kind": "file", "media": "photo" | "document" | "voice" as media, "file": {"name": str(name)}}:
            return Does(who, _act(media), name)
        case {"kind": "location", "latitude": latitude, "longitude": longitude}:
            return Does(who, "location", f"{latitude}, {longitude}")
        case {"kind": "contact", "contact": str(number)}:
            return Does(who, "contact", number)
        case {"kind": "joined", "code": str(code)}:
            return Does(who, "link", code)
        case {"kind": "block"}:
            return Does(who, "block")
        case {"kind": "unblock"}:
            return Does(who, "unblock")
        case {"kind": "wait", "seconds": int(seconds)}:
            return Waits(seconds)
        case _:
            return None


def _act(media: str) -> Act:
    return "photo" if media == "photo" else "voice" if media == "voice" else "document"
