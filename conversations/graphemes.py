"""Where a text may be cut: the borders of what a reader takes for one character."""

import unicodedata
from collections.abc import Callable

Measure = Callable[[str], int]

ZWJ = "\u200d"


def code_points(text: str) -> int:
    """The length WhatsApp counts."""
    return len(text)


def utf16_units(text: str) -> int:
    """The length Telegram counts: a character outside the basic plane counts two."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def is_border(text: str, index: int) -> bool:
    """Whether a cut before `text[index]` leaves every visible character whole.

    Covers what chats contain: combining marks, joined emoji, skin tones, flags, keycaps, tag sequences,
    Hangul syllables and CR LF. It follows the rules of UAX #29 without its rarer scripts.
    """
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return False
    if before in "\r\n" or after in "\r\n":
        return True
    if _extends(after) or before == ZWJ:
        return False
    if _flag(after) and _flag(before):
        start = index
        while start > 0 and _flag(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 0
    return not ((_hangul_lead(before) and _hangul(after)) or (_hangul(before) and _hangul_tail(after)))


def border_at_most(text: str, index: int) -> int:
    """The last border at or before `index`, 0 if the first character is longer than that."""
    while index > 0 and not is_border(text, index):
        index -= 1
    return index


def fitting(text: str, limit: int, measure: Measure) -> int:
    """The greatest index such that `measure(text[:index]) <= limit`."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _extends(char: str) -> bool:
    code = ord(char)
    if code < 0x300:
        return False
    return (
        char in (ZWJ, "\u200c")
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
    )


def _flag(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _hangul_lead(char: str) -> bool:
    return 0x1100 <= ord(char) <= 0x115F


def _hangul_tail(char: str) -> bool:
    return 0x1160 <= ord(char) <= 0x11FF


def _hangul(char: str) -> bool:
    code = ord(char)
    return 0x1100 <= code <= 0x11FF or 0xAC00 <= code <= 0xD7A3
