"""How near a question is to the nearest single phrasings of each topic (cosine of weighted features)."""

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

NEIGHBOURS: Final = 3
"""Phrasings of a topic that count; the mean of them is its score."""
COMMON: Final = 0.08
"""Features in more than this share of the phrasings tell one phrasing from another too little to be followed."""


class Nearest:
    """The phrasings of all topics, by feature."""

    __slots__ = ("_amounts", "_owners", "_places", "_rare", "_size")

    def __init__(self, size: int, rows: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        self._size = size
        self._owners = array("H", [owner for owner, _ in rows])
        spread: Counter[str] = Counter()
        for _, row in rows:
            spread.update(row.keys())
        many = max(20.0, COMMON * len(rows))
        self._rare = {feature: math.log((len(rows) + 1) / (times + 0.5)) for feature, times in spread.items()}
        self._places = {feature: array("L") for feature, times in spread.items() if times <= many}
        self._amounts = {feature: array("f") for feature in self._places}
        for at, (_, row) in enumerate(rows):
            length = self._length(row)
            for feature, weight in row.items():
                if (places := self._places.get(feature)) is not None:
                    places.append(at)
                    self._amounts[feature].append(weight * self._rare[feature] / length)

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """For each topic the mean similarity of its nearest phrasings, from 0 to about 1."""
        near: dict[int, float] = {}
        read = near.get
        for feature, weight in features.items():
            places = self._places.get(feature)
            if places is not None:
                amount = weight * self._rare[feature]
                for at, held in zip(places, self._amounts[feature], strict=True):
                    near[at] = read(at, 0.0) + held * amount
        length = self._length({feature: weight for feature, weight in features.items() if feature in self._rare})
        best: list[list[float]] = [[] for _ in range(self._size)]
        owners = self._owners
        for at, similarity in near.items():
            best[owners[at]].append(similarity)
        return [_mean(found) / length if found else 0.0 for found in best]

    def _length(self, row: Mapping[str, float]) -> float:
        return math.sqrt(sum([(weight * self._rare[feature]) ** 2 for feature, weight in row.items()])) or 1.0


def _mean(found: list[float]) -> float:
    found.sort(reverse=True)
    return sum(found[:NEIGHBOURS]) / NEIGHBOURS
