"""Text for Telegram: paragraphs become HTML parts that fit its limits, cut at borders that people accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from bot.channels.layout import split_text

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""UTF-16 units after the markup is taken away (Bot API; the unit is not documented but safe)."""

Style = Literal["", "b", "i"]

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text in one style: "b" bold, "i" italics, "" plain."""

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One message: its HTML and how many UTF-16 units the reader sees."""

    html: str
    size: int


def units(text: str) -> int:
    """The length in UTF-16 units; a few times faster than counting, which matters for each button of each turn."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def parts(paragraphs: Sequence[Paragraph], limit: int = LONGEST_TEXT) -> list[Part]:
    """The messages that hold these paragraphs, each at most `limit` units, separated by blank lines inside.

    A paragraph too long for one message is cut where a reader would pause, never inside a character or an
    entity: the text is cut before it is escaped.
    """
    found: list[Part] = []
    html: list[str] = []
    size = 0
    for paragraph in paragraphs:
        for piece in split_text(_printable(paragraph.text), limit, units):
            length = units(piece)
            if html and size + len(_GAP) + length > limit:
                found.append(Part(_GAP.join(html), size))
                html, size = [], 0
            size += length + (len(_GAP) if html else 0)
            html.append(_styled(piece, paragraph.style))
    if html:
        found.append(Part(_GAP.join(html), size))
    return found


def _styled(text: str, style: Style) -> str:
    safe = escape(text, quote=False)
    return f"<{style}>{safe}</{style}>" if style else safe


def _printable(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "").strip()
