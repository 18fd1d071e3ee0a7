"""How near a question is to the nearest single phrasings of each topic (cosine of weighted features)."""

import math
from array import array
from collections.abc import Mapping
from typing import Final

from conversations.faq.keys import Keys, keys_of

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

    __slots__ = ("amounts", "at", "keys", "owners", "rare", "size")

    def __init__(
        self,
        size: int,
        keys: Keys,
        rare: "array[float]",
        at: "array[int]",
        amounts: "array[float]",
        owners: "array[int]",
    ) -> None:
        """`rare` says how much a feature tells; `at` and `amounts` are the phrasings and how much it counts there, an
        empty stretch for a feature that is not followed; `owners` are the topics of the phrasings, of `size`."""
        self.size = size
        self.keys = keys
        self.rare = rare
        self.at = at
        self.amounts = amounts
        self.owners = owners

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """For each topic the mean similarity of its nearest phrasings, from 0 to about 1."""
        near: dict[int, float] = {}
        read, starts = near.get, self.keys.starts
        square = 0.0
        for feature, weight in features.items():
            place = self.keys.place(feature)
            if place >= 0:
                amount = weight * self.rare[place]
                square += amount**2
                own = slice(starts[place], starts[place + 1])
                for at, held in zip(self.at[own], self.amounts[own], strict=True):
                    near[at] = read(at, 0.0) + held * amount
        length = math.sqrt(square) or 1.0
        best: list[list[float]] = [[] for _ in range(self.size)]
        owners = self.owners
        for at, similarity in near.items():
            best[owners[at]].append(similarity)
        return [_mean(found) / length if found else 0.0 for found in best]


def nearest(size: int, places: Places) -> Nearest:
    """The phrasings of so many topics."""
    phrasings = len(places.owners)
    rare = {feature: math.log((phrasings + 1) / (len(at) + 0.5)) for feature, at in places.at.items()}
    squares = [0.0] * phrasings
    for feature, found in places.at.items():
        for at, weight in zip(found, places.weights[feature], strict=True):
            squares[at] += (weight * rare[feature]) ** 2
    lengths = [math.sqrt(square) or 1.0 for square in squares]
    many = min(max(20.0, COMMON * phrasings), MOST)
    names = list(places.at)
    followed = [len(places.at[name]) if len(places.at[name]) <= many else 0 for name in names]
    keys, order = keys_of({name: number for number, name in enumerate(names)}, followed)
    row, amounts = array("I"), array("f")
    for name in (names[number] for number in order if followed[number]):
        found = places.at[name]
        row.extend(found)
        amounts.extend(
            [weight * rare[name] / lengths[at] for at, weight in zip(found, places.weights[name], strict=True)]
        )
    told = array("d", [rare[names[number]] for number in order])
    return Nearest(size, keys, told, row, amounts, places.owners)


def _mean(found: list[float]) -> float:
    found.sort(reverse=True)
    return sum(found[:NEIGHBOURS]) / NEIGHBOURS
