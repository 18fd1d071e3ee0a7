"""Codes that people read, type and say aloud: how they look and how they are found in a text.

Crockford's base32 (no I, L, O, U), so that a code survives a phone call: O is read as 0, I and L as 1.
"""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
INVITATION = "WIS"
LINK = "COL"

_CODE = re.compile(r"(?<![0-9A-Z])(WIS|COL)[\s\-_]*([0-9A-Z]{4})[\s\-_]*([0-9A-Z]{4})(?![0-9A-Z])")
_ALIKE = str.maketrans("OIL", "011")


def make_code(prefix: str, seed: bytes) -> str:
    """The code "PRE-XXXX-XXXX" made of the first 40 bits of `seed` (at least 5 random bytes)."""
    number = int.from_bytes(seed[:5], "big")
    symbols = "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"


def code_in(text: str, prefix: str) -> str | None:
    """The first code with this prefix in the text, in its written form; None if there is none.

    Case, missing or doubled separators and the look-alikes O, I, L are forgiven.
    """
    for found in _CODE.finditer(text[:4000].upper()):
        kind, head, tail = found.groups()
        symbols = (head + tail).translate(_ALIKE)
        if kind == prefix and all(symbol in ALPHABET for symbol in symbols):
            return f"{prefix}-{symbols[:4]}-{symbols[4:]}"
    return None
