"""Mistyped words put right: a word that no topic knows becomes the commonest known one that is one edit away."""

from collections.abc import Mapping
from string import ascii_lowercase
from typing import Final

SHORTEST: Final = 5
"""Letters below which a word is taken as it is: too many short words are one edit apart."""
LONGEST: Final = 24

_GLUED: Final = ("dell", "nell", "sull", "dall", "quell", "quest", "all", "un", "l", "d", "c", "s", "m", "t", "n")
_VOWELS: Final = "aeiouh"


class Repairs:
    """The words of the store, with how often each is used."""

    __slots__ = ("_known",)

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known

    def knows(self, word: str) -> bool:
        """Whether the store holds the word as it stands."""
        return word in self._known

    def repair(self, word: str) -> tuple[str, ...]:
        """The word or words that were meant; the word itself when it is known, short, or like nothing known."""
        if word in self._known or not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return (word,)
        if glued := self._unglued(word):
            return glued
        if near := self._known.keys() & _edits(word):
            return (max(near, key=lambda candidate: (self._known[candidate], candidate)),)
        return self._split(word) or (word,)

    def _unglued(self, word: str) -> tuple[str, ...]:
        """ "linps" is l'inps, "unassegno" is un assegno."""
        for article in _GLUED:
            rest = word.removeprefix(article)
            if rest != word and len(rest) >= 3 and rest[0] in _VOWELS and rest in self._known:
                return (article, rest)
        return ()

    def _split(self, word: str) -> tuple[str, ...]:
        """ "congedoparentale" is two words, if both are known."""
        for at in range(4, len(word) - 3):
            if word[:at] in self._known and word[at:] in self._known:
                return (word[:at], word[at:])
        return ()


def _edits(word: str) -> set[str]:
    """Every word that is one letter changed, missing, added, or two neighbours swapped, of SHORTEST letters or more.

    A first letter is never changed for another: whoever types mistakes it least, and "recesso" is not "decesso".
    """
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in parts if left and right for letter in ascii_lowercase}
    found |= {left + letter + right for left, right in parts for letter in ascii_lowercase}
    if len(word) > SHORTEST:
        found |= {left + right[1:] for left, right in parts if right}
    return found
