"""Scores that are sums: each feature of a question adds its amount to some topics, so a score explains itself."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from conversations.faq.keys import Keys, keys_of

SMOOTHING: Final = 0.3
K1: Final = 1.2
B: Final = 0.75


class Tally:
    """For each topic, how often (weighted) each feature stands in its texts, kept in arrays of numbers."""

    __slots__ = ("counts", "numbers", "places")

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.places: list[array[int]] = []
        self.counts: list[array[float]] = []

    def add(self, topic: Mapping[str, float]) -> None:
        """One more topic."""
        numbers = self.numbers
        self.places.append(array("I", [numbers.setdefault(feature, len(numbers)) for feature in topic]))
        self.counts.append(array("f", topic.values()))

    def spread(self) -> list[int]:
        """In how many topics each feature stands."""
        found = [0] * len(self.numbers)
        for places in self.places:
            for place in places:
                found[place] += 1
        return found

    def totals(self) -> list[float]:
        """How often each feature stands in all topics."""
        found = [0.0] * len(self.numbers)
        for places, counts in zip(self.places, self.counts, strict=True):
            for place, count in zip(places, counts, strict=True):
                found[place] += count
        return found


class Linear:
    """For each feature, the topics it speaks for and how much; `base` is added once per unit of known features.

    The pairs stand in two long rows, and a feature knows its own stretch of them.
    """

    __slots__ = ("amounts", "base", "keys", "size", "topics")

    def __init__(
        self, size: int, keys: Keys, topics: "array[int]", amounts: "array[float]", base: "array[float]"
    ) -> None:
        """`size` topics; `base` is empty where nothing is added."""
        self.size = size
        self.keys = keys
        self.topics = topics
        self.amounts = amounts
        self.base = base

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """The score of every topic."""
        stretch, topics, amounts = self.keys.stretch, self.topics, self.amounts
        found = [0.0] * self.size
        known = 0.0
        for feature, weight in features.items():
            own = stretch(feature)
            if own.stop > own.start:
                known += weight
                for topic, amount in zip(topics[own], amounts[own], strict=True):
                    found[topic] += amount * weight
        if not self.base:
            return found
        return [score + known * base for score, base in zip(found, self.base, strict=True)]

    def of(self, feature: str) -> dict[int, float]:
        """What a feature adds to each topic it speaks for."""
        own = self.keys.stretch(feature)
        return dict(zip(self.topics[own], self.amounts[own], strict=True))

    def holds(self, feature: str, topic: int) -> bool:
        """Whether the feature stands in the texts of a topic."""
        return topic in self.topics[self.keys.stretch(feature)]

    def parts(self, features: Mapping[str, float], topic: int) -> dict[str, float]:
        """What each feature adds to one topic."""
        return {
            feature: self.of(feature)[topic] * weight
            for feature, weight in features.items()
            if self.holds(feature, topic)
        }


def _linear(tally: Tally, rows: Iterable[Sequence[float]], kept: Sequence[int], base: Sequence[float] = ()) -> Linear:
    """`rows` has for each topic the amounts of its features in the order of the tally; `kept` says in how many
    topics each feature stands, 0 for one that is left out."""
    named = {feature: number for feature, number in tally.numbers.items() if kept[number]}
    keys, order = keys_of(named, kept)
    ends = [0] * len(tally.numbers)
    for at, number in enumerate(order):
        ends[number] = keys.starts[at]
    topics = array("H", bytes(2 * keys.starts[-1]))
    amounts = array("f", bytes(4 * keys.starts[-1]))
    for topic, (places, row) in enumerate(zip(tally.places, rows, strict=True)):
        for place, amount in zip(places, row, strict=True):
            if kept[place]:
                at = ends[place]
                ends[place] = at + 1
                topics[at] = topic
                amounts[at] = amount
    return Linear(len(tally.places), keys, topics, amounts, array("d", base))


def naive_bayes(tally: Tally) -> Linear:
    """Complement naive Bayes: log odds of a feature in a topic against the same feature in all the others.

    The smoothing follows how common a feature is, so that a common word missing from a topic tells little.
    """
    spread, topics = tally.spread(), len(tally.places)
    rare = [math.log((topics + 1) / (times + 0.5)) for times in spread]
    totals = [total_ * weight for total_, weight in zip(tally.totals(), rare, strict=True)]
    weighed = [
        [count * rare[place] for place, count in zip(places, counts, strict=True)]
        for places, counts in zip(tally.places, tally.counts, strict=True)
    ]
    sizes = [sum(row) for row in weighed]
    whole = sum(sizes) or 1.0
    smooth = SMOOTHING * len(totals)

    def gains(topic: int) -> list[float]:
        found = []
        for place, count in zip(tally.places[topic], weighed[topic], strict=True):
            all_ = totals[place]
            prior = smooth * all_ / whole
            found.append(math.log((count + prior) / prior) - math.log((all_ - count + prior) / (all_ + prior)))
        return found

    base = [math.log((whole - size + smooth) / (size + smooth)) for size in sizes]
    return _linear(tally, map(gains, range(topics)), spread, base)


def bm25(tally: Tally, widest: float = 1.0) -> Linear:
    """Okapi BM25 with a topic as the document. Features in more than this share of the topics tell too little."""
    spread, topics = tally.spread(), len(tally.places)
    kept = [times if times <= widest * topics else 0 for times in spread]
    rare = [math.log(1 + (topics - times + 0.5) / (times + 0.5)) * (K1 + 1) for times in spread]
    lengths = [sum(counts) for counts in tally.counts]
    mean = sum(lengths) / topics if topics else 0.0

    def amounts(topic: int) -> list[float]:
        stretch = K1 * (1 - B + B * lengths[topic] / mean) if mean else K1
        return [
            rare[place] * count / (count + stretch)
            for place, count in zip(tally.places[topic], tally.counts[topic], strict=True)
        ]

    return _linear(tally, map(amounts, range(topics)), kept)


def total(rows: Iterable[Mapping[str, float]], weights: Iterable[float]) -> dict[str, float]:
    """The weighted sum of counts."""
    found: dict[str, float] = {}
    for row, weight in zip(rows, weights, strict=True):
        for feature, count in row.items():
            found[feature] = found.get(feature, 0.0) + weight * count
    return found
