"""Regular expressions of forms: JavaScript's syntax on Python's matcher, with bounded running time."""

import re
from collections.abc import Callable
from functools import lru_cache

from conversations.forms.xpath_tree import XPathError

LONGEST_SUBJECT = 2000
"""Characters matched against a pattern; longer text never matches."""
SHORT_SUBJECT = 64
"""The same for patterns whose time grows quickly."""


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


_ENDLESS = re.compile(r"[*+]|\{\d+,\}|\{\d*,?\d{3,}\}")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|[()|]|[*+?]|\{\d*,?\d*\}|.", re.DOTALL)
_CLASSES = frozenset((r"\w", r"\W", r"\S", r"\D", r"\d", r"\s", "."))


def _split(pattern: str) -> list[tuple[str, str]]:
    """The pieces of a pattern, each with the quantifier behind it."""
    found: list[tuple[str, str]] = []
    for piece in _PIECE.findall(pattern):
        if piece[0] in "*+?{" and found and not found[-1][1] and found[-1][0][0] not in "(|":
            found[-1] = (found[-1][0], piece)
        elif piece not in ("?", "^", "$"):
            found.append((piece, ""))
    return found


def longest_subject(pattern: str) -> int:
    """How many characters may be matched against a pattern without fear for the time; 0 is none.

    An endless repetition inside an endlessly repeated group is harmless with a fixed letter beside it, as in
    (,[a-z]+)*; with only a counted class beside it, short texts are safe; with neither, as in (a+)+, none is.
    """
    longest = LONGEST_SUBJECT
    stack: list[list[bool]] = [[False, False, False]]
    for piece, quantifier in _split(pattern):
        endless = _ENDLESS.match(quantifier) is not None
        optional = quantifier[:1] in ("*", "?") or quantifier.startswith(("{0", "{,"))
        if piece[0] == "(":
            stack.append([False, False, False])
        elif piece == ")" and len(stack) > 1:
            has_endless, has_letter, has_count = stack.pop()
            if endless and has_endless and not has_letter:
                longest = min(longest, SHORT_SUBJECT if has_count else 0)
            stack[-1][0] |= has_endless or endless
            stack[-1][1] |= has_letter and not optional
            stack[-1][2] |= has_count and not optional
        elif endless:
            stack[-1][0] = True
        elif not optional and piece != "|":
            is_class = piece.startswith("[") or piece in _CLASSES
            stack[-1][2 if is_class else 1] = True
    return longest


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test whether the pattern occurs anywhere in a text.

    Raises XPathError: bad_regex for a pattern that cannot be read, slow_regex for one that may never end.
    """
    longest = longest_subject(pattern)
    if longest == 0:
        raise XPathError("slow_regex", pattern)
    try:
        compiled = re.compile(_translated(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise XPathError("bad_regex", f"{pattern} ({error})") from error
    return lambda text: len(text) <= longest and compiled.search(text) is not None
