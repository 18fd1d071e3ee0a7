"""The picture of how an issue went: per channel a bar for each thing that became of people; to be read on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import ImageFont
    from PIL.ImageDraw import ImageDraw

WIDTH: Final = 1080
MARGIN: Final = 48
TITLE, HEAD, TEXT = 52, 42, 36
LINE: Final = 96
"""Pixels from one bar to the next."""
BAR: Final = 34
PAPER, INK, SOFT, RAIL = "#ffffff", "#1f2933", "#5b6770", "#e7ecef"
GOOD, WAITS, BAD, NEUTRAL = "#1b7f5c", "#c98a10", "#b3372f", "#7b8794"


@dataclass(frozen=True, slots=True)
class Bar:
    """How many people, under which words, in which colour."""

    label: str
    count: int
    colour: str


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one channel."""

    name: str
    bars: Sequence[Bar]


def bars_png(title: str, subtitle: str, groups: Sequence[Group], figure: Callable[[int], str]) -> bytes:
    """The picture as PNG, 1080 pixels wide and as high as it needs; every bar is measured by the
    largest group. `figure` writes a number as its reader does."""
    # 8 MB that only who looks at a report pays for
    from PIL import Image, ImageDraw

    total = max((sum(bar.count for bar in group.bars) for group in groups), default=0) or 1
    height = 2 * MARGIN + 150 + sum(90 + LINE * len(group.bars) for group in groups)
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    draw, at = ImageDraw.Draw(picture), MARGIN
    _write(draw, (MARGIN, at), title, TITLE, INK)
    _write(draw, (MARGIN, at + 70), subtitle, TEXT, SOFT)
    at += 150
    for group in groups:
        whole = sum(bar.count for bar in group.bars)
        _write(draw, (MARGIN, at), group.name, HEAD, INK)
        _right(draw, at, figure(whole), HEAD, INK)
        at += 72
        for bar in group.bars:
            _bar(draw, at, bar, whole, total, figure(bar.count))
            at += LINE
        at += 18
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bar(draw: "ImageDraw", at: int, bar: Bar, whole: int, total: int, count: str) -> None:
    room = WIDTH - 2 * MARGIN
    _write(draw, (MARGIN, at), bar.label, TEXT, INK)
    _right(draw, at, f"{count} · {_share(bar.count, whole)}", TEXT, INK)
    top = at + TEXT + 10
    draw.rounded_rectangle((MARGIN, top, MARGIN + room, top + BAR), 8, RAIL)
    # a single person must be seen too
    length = max(8, round(room * bar.count / total)) if bar.count else 0
    if length:
        draw.rounded_rectangle((MARGIN, top, MARGIN + length, top + BAR), 8, bar.colour)


def _write(draw: "ImageDraw", at: tuple[int, int], text: str, size: int, colour: str) -> None:
    room, font = WIDTH - at[0] - MARGIN, _font(size)
    if font.getlength(text) > room:
        while text and font.getlength(f"{text}…") > room:
            text = text[:-1]
        text = f"{text.rstrip()}…"
    draw.text(at, text, fill=colour, font=font)


def _right(draw: "ImageDraw", at: int, text: str, size: int, colour: str) -> None:
    draw.text((WIDTH - MARGIN, at), text, fill=colour, font=_font(size), anchor="ra")


def _font(size: int) -> "ImageFont.FreeTypeFont":
    """The font that comes with Pillow, so that the picture is the same on every machine."""
    from PIL import ImageFont

    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)  # what our wheels of Pillow are built with
    return found


def _share(count: int, whole: int) -> str:
    """In hundredths; nobody is nought of a hundred, and not everybody is not a hundred."""
    if not count:
        return "0%"
    if count * 100 < whole:
        return "< 1%"
    return f"{count * 100 // whole}%"
