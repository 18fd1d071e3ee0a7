"""What is counted once over all texts of the store, which is the work of building an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conversations.faq.concepts import Table
from conversations.faq.entries import Entry
from conversations.faq.language import COMMON
from conversations.faq.letters import count_runs
from conversations.faq.linear import Linear, Tally, bm25, naive_bayes, total
from conversations.faq.nearest import Nearest, Places, nearest
from conversations.faq.reading import read_plain
from conversations.faq.tokens import tokens
from conversations.faq.weights import Weights

_WIDEST_RUN: Final = 0.5
"""The share of the topics beyond which a run of letters tells too little."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each word is used, and the five scores. Nothing in it depends on the weights of the sum."""

    known: Mapping[str, int]
    bayes: Linear
    concepts: Linear
    together: Linear
    letters: Linear
    nearest: Nearest


def count(topics: Sequence[Entry], table: Table, weights: Weights) -> Counted:
    """Everything counted over the titles, phrasings and facts of these topics."""
    known: dict[str, int] = dict.fromkeys(COMMON, 1)
    for group in table.groups:
        for form in (*group.italian, *group.english):
            known.update((word, known.get(word, 1)) for word in tokens(form))
    stems, concepts, together, letters = Tally(), Tally(), Tally(), Tally()
    places = Places()
    for at, entry in enumerate(topics):
        texts = [(text, weights.title) for text in entry.titles.values()]
        texts += [(text, 1.0) for text in entry.phrasings]
        texts += [(text, weights.fact) for text in entry.facts]
        readings = [(read_plain(text, table), weight) for text, weight in texts]
        amounts = [weight for _, weight in readings]
        stems.add(total((reading.features for reading, _ in readings), amounts))
        concepts.add(total((reading.concepts for reading, _ in readings), amounts))
        together.add(total((reading.together for reading, _ in readings), amounts))
        said: dict[str, float] = {}
        for reading, weight in readings:
            for word in reading.words:
                known[word] = known.get(word, 0) + 1
                said[word] = said.get(word, 0.0) + weight
            if weight >= 1.0:
                places.add(at, reading.features)
        letters.add(count_runs(said))
    return Counted(
        known,
        naive_bayes(stems),
        bm25(concepts),
        bm25(together),
        bm25(letters, _WIDEST_RUN),
        nearest(len(topics), places),
    )
