"""The code of a voucher as it is shown, typed and spoken, and the token inside its QR picture.

Ten characters of Crockford's base32 (50 random bits) and a check character that finds every single wrong character
and nearly every swap of two neighbours. Spoken O is read as 0, I and L as 1.
"""

import re
from typing import Final

from stdnum import luhn

from conversations.folding import clean
from conversations.rules.codes import ALPHABET

TOKEN: Final = "PV-"
_SEEDS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BITS: Final = 50
_ALIKE: Final = str.maketrans("OIL", "011")
_GAP: Final = r"[\s\-_.,]*"
_CODE: Final = re.compile(rf"(?<![0-9A-Z])((?:[0-9A-Z]{_GAP}){{10}}[0-9A-Z])(?![0-9A-Z])")
_GROUPED: Final = re.compile(rf"(?<![0-9A-Z])[0-9A-Z]{{4}}{_GAP}[0-9A-Z]{{4}}{_GAP}[0-9A-Z]{{3}}(?![0-9A-Z])")
_TOKEN: Final = re.compile(rf"{TOKEN}([A-Za-z0-9_\-]{{22}})")


def voucher_code(fresh: str) -> str:
    """Groups of four, four and three signs, made of the first 50 bits of an unguessable id (URL-safe base64)."""
    number = 0
    for char in fresh[:9]:
        number = number << 6 | _SEEDS.index(char)
    number >>= 6 * 9 - _BITS
    body = "".join(ALPHABET[(number >> shift) & 31] for shift in range(_BITS - 5, -1, -5))
    return _shown(body + _check(body))


def voucher_code_in(text: str) -> str | None:
    """The first code in the text, as it is shown; None where there is none or its check character is wrong.

    Spaces, hyphens and dots may stand anywhere between its characters, as people dictate it.
    """
    said = clean(text).upper()
    for found in (*_GROUPED.finditer(said), *_CODE.finditer(said)):
        body = re.sub(r"[^0-9A-Z]", "", found[0]).translate(_ALIKE)
        if all(char in ALPHABET for char in body) and luhn.is_valid(body, ALPHABET):
            return _shown(body)
    return None


def meant_as_code(text: str) -> bool:
    """True if somebody who typed only this meant a voucher's code, right or wrong."""
    if not any(char.isdigit() for char in text):
        return False
    said = clean(text).upper()
    return (_CODE.fullmatch(said) or _GROUPED.fullmatch(said)) is not None


def token_in(text: str) -> str | None:
    """The presentation token in the text of a scanned QR picture."""
    found = _TOKEN.search(text) if TOKEN in text else None
    return None if found is None else found[1]


def _check(body: str) -> str:
    return str(luhn.calc_check_digit(body, ALPHABET))


def _shown(body: str) -> str:
    return f"{body[:4]}-{body[4:8]}-{body[8:]}"
