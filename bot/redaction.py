"""What must never be read in a log, found by its shape and masked: numbers of people, tokens, addresses, accounts.

Names and free text have no shape: they stay out of logs because nobody logs them (a test listens to a whole
conversation), and because the text of an exception is written only where its author is known to be careful.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

SHORTEST_SECRET: Final = 6

_GAP = r"(?:%20|[ \t\u00a0\u2000-\u200f\u202f().\-/\u2010-\u2015+]){0,3}"
_SHAPES: Final = (
    (r"(?i)\b(?P<scheme>basic|bearer)\s+[\w.~+/=-]{8,}", r"\g<scheme> [secret]"),
    (r"(?i)\bbot\d+:[\w-]+", "bot[token]"),
    (r"\b\d{6,}:[\w-]{20,}", "[token]"),
    (r"\b(?P<kind>AC|SK)[0-9a-fA-F]{32}\b", r"\g<kind>[account]"),
    (r"\b(?P<sid>[A-Z]{2})[0-9a-fA-F]{28}(?P<end>[0-9a-fA-F]{4})\b", r"\g<sid>*\g<end>"),
    (r"[^\s@<>\"'=:,;/?&(\[{]{1,64}(?:@|%40)[^\s@<>\"',;/?&)\]}]{1,99}\.\w+", "[email]"),
    (r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", "[iban]"),
    (r"(?i)\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b", "[tax code]"),
    (r"\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{6,128}\b", "[whatsapp id]"),
)
_DATE = (
    r"(?P<date>(?<![\d+])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-][01]\d:[0-5]\d)?)?(?![\d.-]))"
)
_NUMBER = re.compile(rf"{_DATE}|\+?\d(?:{_GAP}\d){{6,}}")
_COMPILED: Final = tuple((re.compile(shape), instead) for shape, instead in _SHAPES)


def masker(secrets: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that masks these secrets and everything that looks like personal data or a credential.

    Seven digits or more are a number of a person, unless they are a date; secrets shorter than SHORTEST_SECRET
    would mask ordinary words and are left out.
    """
    longest_first = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def mask(text: str) -> str:
        if known:
            text = known.sub("[secret]", text)
        for shape, instead in _COMPILED:
            text = shape.sub(instead, text)
        return _NUMBER.sub(_keep_dates, text)

    return mask


def _keep_dates(found: re.Match[str]) -> str:
    return found["date"] or "[number]"
