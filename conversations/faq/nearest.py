"""How near a question is to the nearest single phrasings of each topic (cosine of weighted features)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

NEIGHBOURS: Final = 3
"""Phrasings of a topic that count; the mean of them is its score."""
COMMON: Final = 0.08
"""Features in more than this share of the phrasings tell one phrasing from another too little to be followed."""


class Nearest:
    """The phrasings of all topics, by feature."""

    __slots__ = ("_owners", "_places", "_rare", "_size")

    def __init__(self, size: int, rows: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        self._size = size
        self._owners = [owner for owner, _ in rows]
        spread = Counter(feature for _, row in rows for feature in row)
        many = max(20.0, COMMON * len(rows))
        self._rare = {feature: math.log((len(rows) + 1) / (times + 0.5)) for feature, times in spread.items()}
        self._places: dict[str, list[tuple[int, float]]] = {}
        for at, (_, row) in enumerate(rows):
            length = self._length(row)
            for feature, weight in row.items():
                if spread[feature] <= many:
                    amount = weight * self._rare[feature] / length
                    self._places.setdefault(feature, []).append((at, amount))

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """For each topic the mean similarity of its nearest phrasings, from 0 to about 1."""
        near: dict[int, float] = {}
        for feature, weight in features.items():
            places = self._places.get(feature)
            if places is not None:
                amount = weight * self._rare[feature]
                for at, held in places:
                    near[at] = near.get(at, 0.0) + held * amount
        length = self._length({feature: weight for feature, weight in features.items() if feature in self._rare})
        best: list[list[float]] = [[] for _ in range(self._size)]
        for at, similarity in near.items():
            best[self._owners[at]].append(similarity)
        return [
            sum(sorted(found, reverse=True)[:NEIGHBOURS]) / NEIGHBOURS / length if found else 0.0 for found in best
        ]

    def _length(self, row: Mapping[str, float]) -> float:
        return math.sqrt(sum((weight * self._rare[feature]) ** 2 for feature, weight in row.items())) or 1.0
