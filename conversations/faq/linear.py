"""Scores that are sums: each feature of a question adds its amount to some topics, so a score explains itself."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

SMOOTHING: Final = 0.3
K1: Final = 1.2
B: Final = 0.75

_BITS: Final = 16
_COUNT: Final = (1 << _BITS) - 1


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

    The pairs stand in two long arrays, and a feature knows where its own begin and how many there are: a tenth of the
    memory of tuples.
    """

    __slots__ = ("_amounts", "_base", "_places", "_topics", "size")

    def __init__(
        self, tally: Tally, rows: Iterable[Sequence[float]], kept: Sequence[int], base: Sequence[float] | None
    ):
        """`rows` has for each topic the amounts of its features in the order of the tally; `kept` says in how many
        topics each feature stands, 0 for one that is left out. The tally is used up."""
        self.size = len(tally.places)
        self._base = base
        starts = list(accumulate(kept, initial=0))
        self._topics = array("H", bytes(2 * starts[-1]))
        self._amounts = array("f", bytes(4 * starts[-1]))
        # the tally has done its work: its table becomes ours, a second one would be the largest thing in memory
        self._places = tally.numbers
        for feature, number in tally.numbers.items():
            self._places[feature] = starts[number] << _BITS | kept[number]
        for feature in [feature for feature, place in self._places.items() if not place & _COUNT]:
            del self._places[feature]
        for topic, (places, amounts) in enumerate(zip(tally.places, rows, strict=True)):
            for place, amount in zip(places, amounts, strict=True):
                if kept[place]:
                    at = starts[place]
                    starts[place] = at + 1
                    self._topics[at] = topic
                    self._amounts[at] = amount

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """The score of every topic."""
        places, topics, amounts = self._places, self._topics, self._amounts
        found = [0.0] * self.size
        known = 0.0
        for feature, weight in features.items():
            place = places.get(feature)
            if place is not None:
                known += weight
                start = place >> _BITS
                end = start + (place & _COUNT)
                for topic, amount in zip(topics[start:end], amounts[start:end], strict=True):
                    found[topic] += amount * weight
        if self._base is None:
            return found
        return [score + known * base for score, base in zip(found, self._base, strict=True)]

    def of(self, feature: str) -> dict[int, float]:
        """What a feature adds to each topic it speaks for."""
        place = self._places.get(feature, 0)
        start = place >> _BITS
        end = start + (place & _COUNT)
        return dict(zip(self._topics[start:end], self._amounts[start:end], strict=True))

    def holds(self, feature: str, topic: int) -> bool:
        """Whether the feature stands in the texts of a topic."""
        place = self._places.get(feature, 0)
        start = place >> _BITS
        return topic in self._topics[start : start + (place & _COUNT)]

    def parts(self, features: Mapping[str, float], topic: int) -> dict[str, float]:
        """What each feature adds to one topic."""
        return {
            feature: self.of(feature)[topic] * weight
            for feature, weight in features.items()
            if self.holds(feature, topic)
        }


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
    return Linear(tally, map(gains, range(topics)), spread, base)


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

    return Linear(tally, map(amounts, range(topics)), kept, None)


def total(rows: Iterable[Mapping[str, float]], weights: Iterable[float]) -> dict[str, float]:
    """The weighted sum of counts."""
    found: dict[str, float] = {}
    for row, weight in zip(rows, weights, strict=True):
        for feature, count in row.items():
            found[feature] = found.get(feature, 0.0) + weight * count
    return found
