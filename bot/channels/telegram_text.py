"""Text for Telegram: paragraphs become HTML parts that fit its limits, cut at borders that people accept."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""UTF-16 units after the markup is taken away (Bot API; the unit is not documented but safe)."""

Style = Literal["", "b", "i"]

_GAP = "\n\n"
_BORDERS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?…:;])\s+"), re.compile(r"\s+"))
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


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
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def parts(paragraphs: Sequence[Paragraph], limit: int = LONGEST_TEXT) -> list[Part]:
    """The messages that hold these paragraphs, each at most `limit` units, separated by blank lines inside.

    A paragraph too long for one message is cut at a line, else a sentence, else a word, else between characters;
    never inside a character with its accents or a joined emoji.
    """
    found: list[Part] = []
    html: list[str] = []
    size = 0
    for paragraph in paragraphs:
        for piece in _pieces(_printable(paragraph.text), limit):
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


def _pieces(text: str, limit: int) -> Iterator[str]:
    while units(text) > limit:
        cut = _cut(text, limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _cut(text: str, limit: int) -> int:
    most = _characters_within(text, limit)
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(text, most // 2, most)]
        if ends:
            return ends[-1]
    cut = most
    while cut > most // 2 and _joined(text, cut):
        cut -= 1
    return cut


def _characters_within(text: str, limit: int) -> int:
    total = 0
    for place, character in enumerate(text):
        total += 2 if character > "\uffff" else 1
        if total > limit:
            return place
    return len(text)


def _joined(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if before == "\u200d" or after in _JOINERS or unicodedata.combining(after):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    return _is_flag_letter(before) and _is_flag_letter(after) and _flag_letters_before(text, cut) % 2 == 1


def _flag_letters_before(text: str, cut: int) -> int:
    count = 0
    while count < cut and _is_flag_letter(text[cut - 1 - count]):
        count += 1
    return count


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
