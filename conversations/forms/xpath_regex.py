"""Regular expressions of forms: JavaScript's syntax on Python's matcher, with bounded running time."""

import re
from collections.abc import Callable
from functools import lru_cache

from conversations.forms.xpath_syntax import XPathError

LONGEST_SUBJECT = 2000
"""Characters matched against a pattern; longer text never matches."""


def _translated(pattern: str) -> str:
    """The pattern in Python's syntax: named groups, and a $ that means the very end."""
    out: list[str] = []
    in_class, index = False, 0
    while index < len(pattern):
        letter = pattern[index]
        if letter == "\\" and index + 1 < len(pattern):
            after = pattern[index + 1]
            known = after in "dDwWsSbBntrfvx0123456789u" or not after.isalnum()
            out.append(letter + after if known else after)
            index += 2
            continue
        if in_class:
            in_class = letter != "]"
            # Python warns of a nested set at [ inside a class; in JavaScript it is a plain letter.
            out.append("\\[" if letter == "[" else letter)
        elif letter == "[":
            in_class = True
            out.append(letter)
            if pattern[index + 1 : index + 2] == "^":
                out.append("^")
                index += 1
            if pattern[index + 1 : index + 2] == "]":
                raise XPathError("bad_regex", pattern)
        elif letter == "$":
            out.append(r"\Z")
        elif pattern.startswith("(?<", index) and pattern[index + 3 : index + 4] not in ("=", "!"):
            out.append("(?P<")
            index += 3
            continue
        else:
            out.append(letter)
        index += 1
    return "".join(out)


_QUANTIFIED = re.compile(r"[*+]|\{\d+,\}|\{\d*,?\d{3,}\}")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]|[*+?]|\{\d*,?\d*\}|.", re.DOTALL)


def is_slow(pattern: str) -> bool:
    """True when an endless repetition stands in an endlessly repeated group with nothing fixed between.

    Such patterns, like (a+)+ or ([a-z]+ ?)*, can take exponential time on text that does not match.
    """
    pieces = _PIECE.findall(pattern)
    stack: list[list[bool]] = [[False, False]]
    for index, piece in enumerate(pieces):
        after = pieces[index + 1] if index + 1 < len(pieces) else ""
        endless = bool(_QUANTIFIED.match(after))
        if piece == "(":
            stack.append([False, False])
        elif piece == ")" and len(stack) > 1:
            has_endless, has_fixed = stack.pop()
            if endless and has_endless and not has_fixed:
                return True
            stack[-1][0] |= has_endless or endless
        elif endless:
            stack[-1][0] = True
        elif (piece.startswith("\\") or len(piece) == 1) and piece not in "?*+|.^$" and after[:1] not in "?{":
            stack[-1][1] |= piece not in (r"\w", r"\W", r"\S", r"\D", r"\d", r"\s") or after == ""
        elif (piece.startswith("\\") or len(piece) == 1) and after == "" and piece not in "?*+|.^$":
            stack[-1][1] = True
    return False


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test whether the pattern occurs anywhere in a text.

    Raises XPathError: bad_regex for a pattern that cannot be read, slow_regex for one that may never end.
    """
    if is_slow(pattern):
        raise XPathError("slow_regex", pattern)
    try:
        compiled = re.compile(_translated(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise XPathError("bad_regex", f"{pattern} ({error})") from error
    return lambda text: len(text) <= LONGEST_SUBJECT and compiled.search(text) is not None
