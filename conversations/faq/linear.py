"""Scores that are sums: each feature of a question adds its amount to some topics, so a score explains itself."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMOOTHING: Final = 0.3
K1: Final = 1.2
B: Final = 0.75

Counts = Sequence[Mapping[str, float]]
"""For each topic, how often (weighted) each feature stands in its texts."""


@dataclass(frozen=True, slots=True)
class Linear:
    """For each feature, the topics it speaks for and how much; `base` is added once per unit of known features."""

    size: int
    amounts: Mapping[str, tuple[tuple[int, float], ...]]
    base: Sequence[float] | None = None

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """The score of every topic."""
        amounts = self.amounts
        found = [0.0] * self.size
        known = 0.0
        for feature, weight in features.items():
            pairs = amounts.get(feature)
            if pairs is not None:
                known += weight
                for topic, amount in pairs:
                    found[topic] += amount * weight
        if self.base is None:
            return found
        return [score + known * base for score, base in zip(found, self.base, strict=True)]

    def holds(self, feature: str, topic: int) -> bool:
        """Whether the feature stands in the texts of a topic."""
        return any(at == topic for at, _ in self.amounts.get(feature, ()))

    def parts(self, features: Mapping[str, float], topic: int) -> dict[str, float]:
        """What each feature adds to one topic."""
        found = {}
        for feature, weight in features.items():
            for at, amount in self.amounts.get(feature, ()):
                if at == topic:
                    found[feature] = amount * weight
        return found


def naive_bayes(counts: Counts) -> Linear:
    """Complement naive Bayes: log odds of a feature in a topic against the same feature in all the others.

    The smoothing follows how common a feature is, so that a common word missing from a topic tells little.
    """
    spread: Counter[str] = Counter(feature for topic in counts for feature in topic)
    topics = len(counts)
    rare = {feature: math.log((topics + 1) / (times + 0.5)) for feature, times in spread.items()}
    weighed = [{feature: count * rare[feature] for feature, count in topic.items()} for topic in counts]
    sizes = [sum(topic.values()) for topic in weighed]
    totals: dict[str, float] = {}
    for topic in weighed:
        for feature, count in topic.items():
            totals[feature] = totals.get(feature, 0.0) + count
    whole = sum(sizes) or 1.0
    smooth = SMOOTHING * len(totals)
    amounts: dict[str, list[tuple[int, float]]] = {feature: [] for feature in totals}
    for at, topic in enumerate(weighed):
        for feature, count in topic.items():
            total = totals[feature]
            prior = smooth * total / whole
            gain = math.log((count + prior) / prior) - math.log((total - count + prior) / (total + prior))
            amounts[feature].append((at, gain))
    base = [math.log((whole - size + smooth) / (size + smooth)) for size in sizes]
    return Linear(topics, {feature: tuple(pairs) for feature, pairs in amounts.items()}, base)


def bm25(counts: Counts) -> Linear:
    """Okapi BM25 with a topic as the document."""
    topics = len(counts)
    spread: Counter[str] = Counter(feature for topic in counts for feature in topic)
    lengths = [sum(topic.values()) for topic in counts]
    mean = sum(lengths) / topics if topics else 0.0
    amounts: dict[str, list[tuple[int, float]]] = {feature: [] for feature in spread}
    for at, topic in enumerate(counts):
        stretch = K1 * (1 - B + B * lengths[at] / mean) if mean else K1
        for feature, count in topic.items():
            times = spread[feature]
            rare = math.log(1 + (topics - times + 0.5) / (times + 0.5))
            amounts[feature].append((at, rare * count * (K1 + 1) / (count + stretch)))
    return Linear(topics, {feature: tuple(pairs) for feature, pairs in amounts.items()})


def total(rows: Iterable[Mapping[str, float]], weights: Iterable[float]) -> dict[str, float]:
    """The weighted sum of counts."""
    found: dict[str, float] = {}
    for row, weight in zip(rows, weights, strict=True):
        for feature, count in row.items():
            found[feature] = found.get(feature, 0.0) + weight * count
    return found
