"""How an issue will look on a channel before it goes out: its text as people read it, measured against what fits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from conversations.graphemes import Measure, code_points, utf16_units
from conversations.messages import Choice, Localized, Message, Param, Phrase, Text, Verbatim
from conversations.news.digest import HEADLINES, digest, headlines, reading, shown
from conversations.news.views import Issue, Wishes
from conversations.phrases import Catalog, render

Shape = Literal["telegram", "whatsapp", "opener"]
"""A digest on Telegram or WhatsApp, or the announcement that opens a closed WhatsApp window."""
SHAPES: Final[tuple[Shape, ...]] = ("telegram", "whatsapp", "opener")


@dataclass(frozen=True, slots=True)
class Room:
    """What one message of a channel holds: characters with buttons and without, things to tap, and their labels."""

    tappable: int
    text: int
    rows: int
    label: int
    measure: Measure


ROOMS: Final[Mapping[Shape, Room]] = {
    "telegram": Room(4_096, 4_096, 100, 64, utf16_units),
    "whatsapp": Room(1_024, 1_600, 10, 24, code_points),
    "opener": Room(1_024, 1_024, 10, 20, code_points),
}
"""The channels' own limits (channels.md 5.5, 6.4 and 6.5)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The message, all its texts already in the language; how many characters it has and how many one message with
    buttons holds; in how many messages it arrives (0: it does not fit at all); and the labels that are too long."""

    message: Message
    characters: int
    room: int
    messages: int
    long_labels: tuple[str, ...] = ()
    numbers_only: bool = False
    """True where there are too many things to tap, so that people answer with a number."""


def preview(issue: Issue, shape: Shape, language: str, today: date, catalog: Catalog) -> Preview:
    """The issue as somebody without special wishes gets it there in this language."""
    told = spoken(message_of(issue, shape, language, today), language, catalog)
    room = ROOMS[shape]
    numbered = (
        [f"{n}. {_text(one.label)}" for n, one in enumerate(told.choices, start=1)] if shape == "whatsapp" else []
    )
    title = f"*{_text(told.title)}*" if told.title is not None else ""
    paragraphs = [title, *map(_text, told.body), "\n".join(numbered)]
    size = room.measure("\n\n".join(filter(None, paragraphs)))
    labels = [_text(one.label) for one in (*told.choices, *told.ways)]
    return Preview(
        message=told,
        characters=size,
        room=room.tappable,
        messages=_messages(size, room, shape),
        long_labels=tuple(label for label in labels if len(label) > room.label),
        numbers_only=len(told.choices) > room.rows,
    )


def message_of(issue: Issue, shape: Shape, language: str, today: date) -> Message:
    """What goes out: the digest, or the announcement with the words of its template."""
    if shape != "opener":
        return replace(digest(issue, Wishes(), language, today), template=None)
    items = shown(issue, Wishes(), today)
    values: dict[str, Param] = {
        "title": Localized(issue.title),
        "count": str(len(items)),
        "headlines": headlines(items[:HEADLINES]),
    }
    return Message(body=(Phrase("newsletter.opener", values),), ways=reading(issue.id))


def spoken(message: Message, language: str, catalog: Catalog) -> Message:
    """The message in this language whoever reads it."""

    def said(text: Text) -> Text:
        return Verbatim(render(text, language, catalog))

    def labelled(one: Choice) -> Choice:
        return replace(one, label=said(one.label))

    return replace(
        message,
        title=None if message.title is None else said(message.title),
        body=tuple(map(said, message.body)),
        choices=tuple(map(labelled, message.choices)),
        ways=tuple(map(labelled, message.ways)),
    )


def _messages(size: int, room: Room, shape: Shape) -> int:
    """In how many messages it arrives: WhatsApp parts a long text before its buttons."""
    if size <= room.tappable:
        return 1
    if shape == "whatsapp":
        return 1 + -(-size // room.text)
    return 0 if shape == "opener" else -(-size // room.text)


def _text(text: Text) -> str:
    return text.text if isinstance(text, Verbatim) else ""
