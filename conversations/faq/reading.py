"""A text as what is compared: stems, concepts and who speaks, each with how much it counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from conversations.faq.clauses import Clause, clauses
from conversations.faq.concepts import Table
from conversations.faq.language import COMMON, Guess, guess
from conversations.faq.repair import Repairs
from conversations.faq.speaker import speaker
from conversations.faq.stems import stem
from conversations.faq.tokens import tokens

STORY: Final = 0.5
"""How much a word of the story counts beside a word of the question (1)."""

_MOST_CONCEPTS: Final = 24
_UNSAID: Final = frozenset(
    "il lo la gli le un uno una di del della dello dei degli delle da dal dalla al alla allo ai agli alle a e o"
    " ed od i l d s c m t v n ne ci si con per su sul sulla nel nella nei the an of to in is are was be and or"
    " it its for at s t that this e ha ho hai abbiamo sono sei".split()
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read. `known` is the share of its words that the store knows."""

    language: Guess
    words: tuple[str, ...]
    features: Mapping[str, float]
    concepts: Mapping[str, float]
    together: Mapping[str, float]
    """Concepts of the same text two by two, and stems that follow each other."""
    known: float


def read_plain(text: str, table: Table) -> Reading:
    """A text of the store: taken as it is written."""
    words = tokens(text)
    language = guess(words)
    return _weigh([(words, 1.0)], language, table, words, 1.0)


def read_question(text: str, table: Table, repairs: Repairs, language: str | None = None) -> Reading:
    """What a person typed: mistypings repaired, and in a long message what asks counts more than its story.

    `language` decides only where the text itself tells nothing.
    """
    typed = clauses(text)
    said = [word for part in typed for word in part.words]
    found = guess(said)
    if found == "it" and language == "en" and COMMON.isdisjoint(said):
        found = "en"
    parts = [Clause(tuple(_repaired(part.words, repairs)), part.asks) for part in typed]
    words = tuple(word for part in parts for word in part.words)
    counted = [word for word in words if not word.isdigit()]
    known = sum(repairs.knows(word) for word in counted) / len(counted) if counted else 0.0
    return _weigh([(part.words, 1.0 if part.asks else STORY) for part in parts], found, table, words, known)


def _repaired(words: Sequence[str], repairs: Repairs) -> Iterable[str]:
    return (right for word in words for right in repairs.repair(word))


def _weigh(
    parts: Sequence[tuple[tuple[str, ...], float]],
    language: Guess,
    table: Table,
    words: tuple[str, ...],
    known: float,
) -> Reading:
    features: dict[str, float] = {}
    concepts: dict[str, float] = {}
    together: dict[str, float] = {}
    # the parts that ask come last, so that theirs is the weight that stays
    for part, weight in sorted(parts, key=lambda part: part[1]):
        stems = [stem(word, language) for word in part]
        features.update(
            [(key, weight) for word, key in zip(part, stems, strict=True) if word not in _UNSAID and len(key) > 1]
        )
        concepts.update(dict.fromkeys(table.find(part, stems, language), weight))
        features.update(dict.fromkeys(speaker(part), weight))
        together.update([(f"{first} {second}", weight) for first, second in pairwise(stems)])
    features.update(concepts)
    for one, other in combinations(sorted(concepts)[:_MOST_CONCEPTS], 2):
        together[one + other] = min(concepts[one], concepts[other])
    return Reading(language, words, features, concepts, together, known)
