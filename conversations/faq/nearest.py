"""How near a question is to the nearest single phrasings of each topic (cosine of weighted features)."""

import math
from array import array
from collections.abc import Mapping
from typing import Final

NEIGHBOURS: Final = 3
"""Phrasings of a topic that count; the mean of them is its score."""
COMMON: Final = 0.08
"""Features in more than this share of the phrasings tell one phrasing from another too little to be followed."""
MOST: Final = 500.0
"""Phrasings to which a feature is followed at most, however many topics there are."""


class Places:
    """Where each feature stands in the phrasings, and how much it counts there."""

    __slots__ = ("at", "owners", "weights")

    def __init__(self) -> None:
        self.owners = array("H")
        self.at: dict[str, array[int]] = {}
        self.weights: dict[str, array[float]] = {}

    def add(self, owner: int, row: Mapping[str, float]) -> None:
        """One more phrasing, of the topic in this place."""
        at = len(self.owners)
        self.owners.append(owner)
        for feature, weight in row.items():
            if feature not in self.at:
                self.at[feature], self.weights[feature] = array("I"), array("f")
            self.at[feature].append(at)
            self.weights[feature].append(weight)


class Nearest:
    """The phrasings of all topics, by feature."""

    __slots__ = ("_amounts", "_owners", "_places", "_rare", "_size")

    def __init__(self, size: int, places: Places) -> None:
        self._size = size
        self._owners = places.owners
        phrasings = len(places.owners)
        self._rare = {feature: math.log((phrasings + 1) / (len(at) + 0.5)) for feature, at in places.at.items()}
        squares = [0.0] * phrasings
        for feature, found in places.at.items():
            rare = self._rare[feature]
            for at, weight in zip(found, places.weights[feature], strict=True):
                squares[at] += (weight * rare) ** 2
        lengths = [math.sqrt(square) or 1.0 for square in squares]
        many = min(max(20.0, COMMON * phrasings), MOST)
        self._places = {feature: found for feature, found in places.at.items() if len(found) <= many}
        self._amounts: dict[str, array[float]] = {}
        for feature, found in self._places.items():
            rare = self._rare[feature]
            weights = zip(found, places.weights[feature], strict=True)
            self._amounts[feature] = array("f", [weight * rare / lengths[at] for at, weight in weights])

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
