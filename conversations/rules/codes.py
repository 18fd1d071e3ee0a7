"""Codes that people read, type and say aloud: how they look and how they are found in a text.

Crockford's base32 (no I, L, O, U), so that a code survives a phone call: O is read as 0, I and L as 1.
"""

import re

from conversations.folding import clean

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
INVITATION = "WIS"
LINK = "COL"

_CODE = re.compile(r"(?<![0-9A-Z])(WIS|COL)[\s\-_]*([0-9A-Z]{4})[\s\-_]*([0-9A-Z]{4})(?![0-9A-Z])")
_BARE = re.compile(r"([0-9A-Z]{4})[\s\-_]*([0-9A-Z]{4})")
_ATTEMPT = re.compile(
    r"(?:(?:WIS|COL)[\s\-_]*)?[0-9A-Z]{2,6}[\s\-_]*[0-9A-Z]{2,6}|(?:WIS|COL)[\s\-_]+[0-9A-Z\-]{2,12}"
)
_ALIKE = str.maketrans("OIL", "011")


def make_code(prefix: str, seed: bytes) -> str:
    """A prefix and two groups of four signs, made of the first 40 bits of `seed` (at least 5 random bytes)."""
    number = int.from_bytes(seed[:5], "big")
    symbols = "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"


def code_in(text: str, prefix: str) -> str | None:
    """The first code with this prefix in the text, in its written form; None if there is none.

    Case, missing or doubled separators, long dashes and the look-alikes O, I, L are forgiven. An invitation code
    may lack its prefix where the whole text is the code, with a digit or a separator that tells it from a word.
    """
    said = clean(text).upper()
    for found in _CODE.finditer(said):
        kind, head, tail = found.groups()
        if kind == prefix and (code := _written(prefix, head + tail)):
            return code
    bare = _BARE.fullmatch(said)
    if bare and prefix == INVITATION and _unlike_a_word(said):
        return _written(prefix, bare[1] + bare[2])
    return None


def looks_like_code(text: str) -> bool:
    """Whether somebody who typed only this meant a code, right or wrong ("wis 7K3M-2Q", "7k3m")."""
    said = clean(text).upper()
    return _ATTEMPT.fullmatch(said) is not None and _unlike_a_word(said)


def _written(prefix: str, symbols: str) -> str | None:
    symbols = symbols.translate(_ALIKE)
    if not all(symbol in ALPHABET for symbol in symbols):
        return None
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"


def _unlike_a_word(said: str) -> bool:
    return any(char.isdigit() for char in said) or ("-" in said and said.startswith((INVITATION, LINK)))
