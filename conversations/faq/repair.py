"""Mistyped words put right: a word that no topic knows becomes the commonest known one that is one edit away."""

from collections.abc import Iterator, Mapping
from typing import Final

SHORTEST: Final = 5
"""Letters below which a word is taken as it is: too many short words are one edit apart."""
LONGEST: Final = 24

_GLUED: Final = ("dell", "nell", "sull", "dall", "quell", "quest", "all", "un", "l", "d", "c", "s", "m", "t", "n")
_VOWELS: Final = "aeiouh"


class Repairs:
    """The words of the store, and every way of leaving one letter out of them."""

    __slots__ = ("_known", "_shortened")

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self._shortened: dict[str, str | tuple[str, ...]] = {}
        for word in known:
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                for short in _deletions(word):
                    held = self._shortened.get(short)
                    self._shortened[short] = (
                        word if held is None else (held, word) if isinstance(held, str) else (*held, word)
                    )

    def knows(self, word: str) -> bool:
        """Whether the store holds the word as it stands."""
        return word in self._known

    def repair(self, word: str) -> tuple[str, ...]:
        """The word or words that were meant; the word itself when it is known, short, or like nothing known."""
        if word in self._known or not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return (word,)
        if glued := self._unglued(word):
            return glued
        near = {candidate for candidate in self._candidates(word) if _one_edit(word, candidate)}
        if near:
            return (max(near, key=lambda candidate: (self._known[candidate], candidate)),)
        return self._split(word) or (word,)

    def _candidates(self, word: str) -> Iterator[str]:
        if word in self._shortened:
            yield from self._held(word)
        for short in _deletions(word):
            if short in self._known and len(short) >= SHORTEST:
                yield short
            if short in self._shortened:
                yield from self._held(short)

    def _held(self, short: str) -> tuple[str, ...]:
        held = self._shortened[short]
        return (held,) if isinstance(held, str) else held

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


def _deletions(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _one_edit(left: str, right: str) -> bool:
    """One letter changed, missing, added, or two neighbours swapped; a first letter is never changed for another.

    Whoever types mistakes the first letter least, and "recesso" is not "decesso".
    """
    if len(left) == len(right) and left[0] != right[0] and left[:2] != right[1::-1]:
        return False
    if len(left) > len(right):
        left, right = right, left
    if len(right) - len(left) > 1:
        return False
    at = 0
    while at < len(left) and left[at] == right[at]:
        at += 1
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    if left[at + 1 :] == right[at + 1 :]:
        return True
    return left[at : at + 2] == right[at : at + 2][::-1] and left[at + 2 :] == right[at + 2 :]
