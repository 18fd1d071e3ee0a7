"""Words as runs of four or five letters: near words share most of them, however they end or are mistyped."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from conversations.faq.linear import Linear

SIZES: Final = (4, 5)
_HELD: Final = 6_000
_LONGEST: Final = 30


def runs(word: str) -> list[str]:
    """The runs of a word with its edges marked; none for a word of one letter or a single digit."""
    if len(word) < 2:
        return []
    marked = f"^{word[:_LONGEST]}$"
    return [marked[at : at + size] for size in SIZES for at in range(len(marked) - size + 1)]


def count_runs(words: Mapping[str, float]) -> dict[str, float]:
    """How often (weighted) each run stands in words that stand so often."""
    counts: dict[str, float] = {}
    for word, times in words.items():
        for run in runs(word):
            counts[run] = counts.get(run, 0.0) + times
    return counts


class Letters:
    """Scores by letters. What a word adds to each topic is kept, since the same words come again and again."""

    __slots__ = ("_linear", "_words")

    def __init__(self, linear: Linear) -> None:
        self._linear = linear
        self._words: dict[str, array[float]] = {}

    def scores(self, words: Sequence[str]) -> list[float]:
        """The sum over the different words."""
        rows = [self._row(word) for word in dict.fromkeys(words) if len(word) > 1]
        return [sum(column) for column in zip(*rows, strict=True)] if rows else [0.0] * self._linear.size

    def _row(self, word: str) -> "array[float]":
        row = self._words.get(word)
        if row is None:
            row = array("f", self._linear.scores(dict.fromkeys(runs(word), 1.0)))
            if len(self._words) >= _HELD:
                self._words.clear()
            self._words[word] = row
        return row
