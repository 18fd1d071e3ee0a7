"""The sides of a question that one more question can settle: a child, an old person, own business, the voucher..."""

from collections.abc import Mapping, Sequence
from typing import Final

FACETS: Final[Mapping[str, tuple[str, ...]]] = {
    "child": ("#figlio", "@per-figlio"),
    "pregnancy": ("#incinta", "#maternita"),
    "elder": ("#genitori-anziani", "@per-anziano", "#anziano"),
    "disability": ("#disabile", "#legge-104"),
    "own_health": ("@per-se", "#tumore"),
    "hours": ("#flessibilita", "#part-time", "#smart"),
    "money": ("#bonus", "#soldi"),
    "self_employed": ("#autonomo", "@autonomo"),
    "enterprise": ("@titolare", "#titolare-io"),
    "voucher": ("#voucher", "@voi"),
}
"""The name of each side, and the features it gives to the question when a person chooses it."""

MOST: Final = 4
"""Sides that fit on a list of buttons beside "something else"."""

_SPEAKS: Final = 1.2
"""Log odds from which a feature speaks for a topic."""


def sides_of(amounts: Mapping[str, Mapping[int, float]], topics: int) -> list[frozenset[str]]:
    """For each topic the sides that speak for it, from what each feature adds to it."""
    found: list[set[str]] = [set() for _ in range(topics)]
    for side, features in FACETS.items():
        for feature in features[:2]:
            for topic, amount in amounts.get(feature, {}).items():
                if amount >= _SPEAKS:
                    found[topic].add(side)
    return [frozenset(sides) for sides in found]


def dividing(leading: Sequence[frozenset[str]], said: Mapping[str, float]) -> tuple[str, ...]:
    """The sides that would tell the leading topics apart, at most MOST; empty when none or only one does.

    A side that the question already names, or that all the leading topics share, would tell nothing.
    """
    every = frozenset.intersection(*leading) if leading else frozenset()
    useful = [
        side
        for side, features in FACETS.items()
        if side not in every and any(side in sides for sides in leading) and said.keys().isdisjoint(features)
    ]
    return tuple(useful[:MOST]) if len(useful) > 1 else ()
