"""How much two questions ask the same, by what retrieval reads in them: concepts first, then words that tell."""

from collections.abc import Iterable
from typing import Final

from conversations.faq.concepts import MARK, Table
from conversations.faq.language import COMMON
from conversations.faq.reading import read_plain

ALIKE: Final = 0.45
"""From this likeness (0 to 1) on, two questions are one group of the queue."""
_CONCEPT, _WORD = 1.5, 1.0


def signs(text: str, table: Table) -> dict[str, float]:
    """What a question is compared by, each with its weight; empty for a text without words that tell anything."""
    return {
        feature: _CONCEPT if feature.startswith(MARK) else _WORD
        for feature in read_plain(text, table).features
        if feature not in COMMON and not feature.isdigit()
    }


def likeness(one: dict[str, float], other: dict[str, float]) -> float:
    """From 0 (nothing in common) to 1 (the same)."""
    every = {**one, **other}
    whole = sum(every.values())
    return (
        sum(weight for feature, weight in every.items() if feature in one and feature in other) / whole
        if whole
        else 0.0
    )


def nearest(text: str, others: Iterable[tuple[str, str]], table: Table) -> str:
    """The key of the one among (key, text) that asks the same, the likest; empty where none does."""
    own = signs(text, table)
    found = [(likeness(own, signs(other, table)), key) for key, other in others]
    best = max(found, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""
