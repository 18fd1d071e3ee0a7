"""What is known about a question before anything is decided."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.faq.entries import Entry
from conversations.faq.reading import Reading


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sums of all topics in the order of `entries`, the scores they were made of, the reading, and how much
    of it the first topic covers."""

    entries: Sequence[Entry]
    sums: Sequence[float]
    rows: Sequence[Sequence[float]]
    reading: Reading
    features: Mapping[str, float]
    coverage: float
    sides: Sequence[frozenset[str]]
    follow_up: bool = False
    danger: bool = False
    """Whether words of violence or danger stand in the message (danger.py)."""

    def chances(self) -> list[float]:
        """The sums as probabilities that add up to 1."""
        top = max(self.sums, default=0.0)
        powers = [math.exp(sum_ - top) for sum_ in self.sums]
        whole = sum(powers)
        return [power / whole for power in powers]

    def order(self) -> list[int]:
        """The topics, best first."""
        return sorted(range(len(self.sums)), key=lambda at: (-self.sums[at], at))

    def agreed(self, at: int) -> float:
        """The share of the single scores under which this topic is the first too."""
        return sum(row[at] == max(row) > 0.0 for row in self.rows) / len(self.rows) if self.rows else 0.0
