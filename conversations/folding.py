"""What people type, made comparable: invisible marks, accents, case and punctuation no longer matter."""

import re
import unicodedata
from collections.abc import Callable

TOO_LONG_TO_READ = 4_000
"""Characters beyond which a message is not examined for a short answer; Telegram carries 4,096."""

_MARKS = {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'", "−": "-", "–": "-", "—": "-", "‑": "-"}
_RUNS = re.compile(r"\s+")
_NOT_WORDS = re.compile(r"[^\w]+")


def clean(text: str) -> str:
    """The visible text on one line, in compatible characters, digits of every script as 0-9.

    Direction marks, zero-width characters, keycaps, skin tones, control characters and lone surrogates are gone.
    A fraction or superscript sign becomes "?" so that "3²" is never read as 32.
    """
    visible = text[:TOO_LONG_TO_READ].translate(_VISIBLE)
    return _RUNS.sub(" ", unicodedata.normalize("NFKC", visible)).strip()


def fold(text: str) -> str:
    """`clean` without accents and in lower case; punctuation stays ("Sì!" becomes "si!")."""
    decomposed = unicodedata.normalize("NFD", clean(text).casefold())
    return decomposed.translate(_BARE)


def words(text: str) -> str:
    """`fold` with every run of punctuation as one space ("Pre- o dopo-scuola!" becomes "pre o dopo scuola")."""
    return _NOT_WORDS.sub(" ", fold(text)).replace("_", " ").strip()


def tidy(text: str) -> str:
    """The text as the person wrote it, without what no reader sees and no database stores; lines stay lines."""
    kept = "".join(
        char for char in text.replace("\r\n", "\n") if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}
    )
    return kept.strip()


def one_typo(written: str, meant: str) -> bool:
    """Whether the two differ by one letter changed, missing, added or swapped with its neighbour (or by none)."""
    if abs(len(written) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    left, right = written[start:], meant[start:]
    if left[1:] == right[1:] or left[1:] == right or left == right[1:]:
        return True
    return left[:2] == right[1::-1] and left[2:] == right[2:]


def _visible(char: str) -> str:
    if char in _MARKS:
        return _MARKS[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "No":
        return "?"
    if category in {"Zs", "Zl", "Zp"} or char in "\t\n\r\v\f":
        return " "
    if category in {"Cc", "Cf", "Cs", "Co"} or _decoration(char):
        return ""
    return char


def _decoration(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or char == "\u20e3" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _bare(char: str) -> str:
    return "" if unicodedata.category(char) == "Mn" else char


class _Each(dict[int, str]):
    """What becomes of each character, for str.translate; the common ones are looked up once."""

    def __init__(self, of: Callable[[str], str]) -> None:
        self._of = of

    def __missing__(self, code: int) -> str:
        found = self._of(chr(code))
        if code < _COMMON:
            self[code] = found
        return found


_COMMON = 0x2100
_VISIBLE, _BARE = _Each(_visible), _Each(_bare)
