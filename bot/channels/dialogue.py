"""A dialogue as people read it and tests replay it: its lines, and their Markdown.

    **Giulia:** ciao

    > **Domanda 1 di 12**
    >
    > Che lavoro fai qui?
    > [Dipendente] [Titolare]
    > [Indietro] [Menu]

    **Giulia** [Dipendente]

    *+8 days*

What a person writes follows her name and a colon, a tap is a label in brackets, any other act is in braces
(`**Giulia** {photo: asilo.jpg}`). What the program says is quoted; a quote for somebody else than the person
named last begins with an arrow and her name (`> → Marco`). Time that passes is a line in italics.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, assert_never

from scheduler.sending import Button, Letter

Act = Literal["link", "photo", "document", "voice", "location", "contact", "block", "unblock"]
ACTS: tuple[Act, ...] = ("link", "photo", "document", "voice", "location", "contact", "block", "unblock")
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
LOOKS_LIKE_BUTTONS = re.compile(r"\[.*\]|\{.*\}|→ .*|\\.*")


@dataclass(frozen=True, slots=True)
class Says:
    """A person writes."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Taps:
    """A person taps a button or a list row."""

    who: str
    label: str


@dataclass(frozen=True, slots=True)
class Does:
    """A person does anything else: sends a file, shares a place, opens a link, blocks the chat."""

    who: str
    act: Act
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Time passes, in whole seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Hears:
    """The program says something to `who`: its text, the rows of labels below it, and the name of a file."""

    who: str
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    file: str = field(default="")


Line = Says | Taps | Does | Waits | Hears


def heard(who: str, letter: Letter) -> Hears:
    """The letter as a line of a dialogue, the same whatever the channel that carried it."""
    paragraphs = [f"**{letter.title}**"] if letter.title else []
    paragraphs += [text for text in (*letter.body, letter.hint) if text]
    rows = [*_rows(letter.choices), tuple(button_label(way) for way in letter.ways)]
    file = letter.file.name if letter.file else ""
    return Hears(who, "\n\n".join(paragraphs), tuple(row for row in rows if row), file)


def button_label(button: Button) -> str:
    """The label with its mark: a tick for a marked choice, an open box for one that can be marked."""
    return button.label if button.marked is None else f"{'☑' if button.marked else '☐'} {button.label}"


def write(lines: Iterable[Line]) -> str:
    """The dialogue in Markdown, ending with a newline; tests/journeys/transcript.py reads it back."""
    blocks: list[str] = []
    reader = ""
    for line in lines:
        match line:
            case Hears(who=who):
                blocks.append(_quote(line, arrow=who != reader))
                reader = who
            case Waits(seconds=seconds):
                blocks.append(f"*+{_duration(seconds)}*")
            case Says(who=who, text=text):
                reader = who
                blocks.append(f"**{who}:** " + text.replace("\n", "\n    "))
            case Taps(who=who, label=label):
                reader = who
                blocks.append(f"**{who}** [{escape(label)}]")
            case Does(who=who, act=act, detail=detail):
                reader = who
                blocks.append(f"**{who}** {{{act}: {detail}}}" if detail else f"**{who}** {{{act}}}")
            case _:
                assert_never(line)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def escape(label: str) -> str:
    """The label in one line, with its brackets and backslashes escaped."""
    return re.sub(r"([\[\]\\])", r"\\\1", " ".join(label.split()))


def _rows(choices: tuple[Button, ...]) -> list[tuple[str, ...]]:
    labels = [button_label(choice) for choice in choices]
    per_row = 3 if len(labels) <= 3 and sum(map(len, labels)) <= 45 else 2
    if max(map(len, labels), default=0) <= 3:
        per_row = 5
    return [tuple(labels[start : start + per_row]) for start in range(0, len(labels), per_row)]


def _quote(line: Hears, arrow: bool) -> str:
    inner = [f"→ {line.who}"] if arrow else []
    # A text that reads like a row of buttons is told apart by a backslash.
    inner += ["\\" + text if LOOKS_LIKE_BUTTONS.fullmatch(text) else text for text in line.text.split("\n")]
    if line.file:
        inner.append(f"{{file: {line.file}}}")
    inner += [" ".join(f"[{escape(label)}]" for label in row) for row in line.rows]
    return "\n".join(f"> {text}".rstrip() for text in inner)


def _duration(seconds: int) -> str:
    for unit, size in UNITS:
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"
