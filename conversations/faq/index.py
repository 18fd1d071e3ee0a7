"""The topics, ready to be asked: `build` once, then `Index.ask` as often as one likes."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from conversations.faq.concepts import Group, Table, compile_table
from conversations.faq.counted import Counted, count
from conversations.faq.danger import danger_in
from conversations.faq.decide import decide
from conversations.faq.entries import ELSEWHERE, Entry
from conversations.faq.evidence import Evidence
from conversations.faq.facets import FACETS, sides_of
from conversations.faq.letters import Letters
from conversations.faq.linear import total
from conversations.faq.ranking import Helpline, Ranking, Reason
from conversations.faq.reading import Reading, read_plain, read_question
from conversations.faq.repair import Repairs
from conversations.faq.violence import helpline
from conversations.faq.weights import FITTED, Weights

CHOSEN: Final = 2.0
"""How much the features of a chosen side count beside a word of the question (1)."""

Scorer = Callable[[str], Mapping[str, float]]
"""`rank(text) -> {topic: score from 0 to 1}`; an empty answer means that it has nothing to say."""


class Index:
    """The topics by everything they are found by. It never changes; a published topic means a new one."""

    __slots__ = (
        "_at",
        "_bayes",
        "_concepts",
        "_letters",
        "_nearest",
        "_repairs",
        "_scorer",
        "_sides",
        "_table",
        "_together",
        "_weights",
        "counted",
        "entries",
    )

    def __init__(
        self,
        entries: Sequence[Entry],
        table: Table,
        counted: Counted,
        weights: Weights,
        scorer: Scorer | None,
    ) -> None:
        self.entries = tuple(entries)
        self._at = {entry.id: at for at, entry in enumerate(self.entries)}
        self._table = table
        self._repairs = Repairs(counted.known)
        self._bayes, self._concepts, self._together = counted.bayes, counted.concepts, counted.together
        self._letters, self._nearest = Letters(counted.letters), counted.nearest
        self.counted = counted
        self._weights = weights
        self._scorer = scorer
        telling = {feature for features in FACETS.values() for feature in features}
        amounts = {feature: self._bayes.of(feature) for feature in telling}
        self._sides = sides_of(amounts, len(self.entries))

    def ask(
        self, question: str, context: str | None = None, language: str | None = None, facet: str | None = None
    ) -> Ranking:
        """The ranking of a question. `context` is the topic of the question before, for a follow-up; `language` what
        the person reads, for a question whose words tell nothing; `facet` the side the person chose (facets.py)."""
        alone = self.evidence(question, None, language)
        found = helpline(alone, self._weights)
        if found is Helpline.FIRST or (context not in self._at and facet not in FACETS):
            return decide(alone, self._weights, found)
        return decide(self.evidence(question, context, language, facet), self._weights, found)

    def evidence(
        self, question: str, context: str | None = None, language: str | None = None, facet: str | None = None
    ) -> Evidence:
        """The sums of a question, before anything is decided."""
        reading = self.read(question, language)
        features, concepts = dict(reading.features), dict(reading.concepts)
        for feature in FACETS.get(facet or "", ()):
            features[feature] = concepts[feature] = CHOSEN
        last = self._at.get(context or "")
        if last is not None:
            for feature, weight in self._gist(last).items():
                features.setdefault(feature, weight)
                concepts.setdefault(feature, weight)
        rows = self.components(reading, features, concepts, question)
        sums = self._sum(rows, features)
        if last is not None:
            sums[last] += self._weights.same
            for id_ in self.entries[last].related:
                if id_ in self._at:
                    sums[self._at[id_]] += self._weights.related
        coverage = self._coverage(features, sums)
        danger = bool(danger_in(question))
        return Evidence(self.entries, sums, rows, reading, features, coverage, self._sides, last is not None, danger)

    def read(self, question: str, language: str | None = None) -> Reading:
        """The question as it is compared."""
        return read_question(question, self._table, self._repairs, language)

    def components(
        self, reading: Reading, features: Mapping[str, float], concepts: Mapping[str, float], question: str
    ) -> list[list[float]]:
        """The single scores of every topic, in the order of the first fields of Weights; the optional one last."""
        rows = [
            self._bayes.scores(features),
            self._concepts.scores(concepts),
            self._together.scores(reading.together),
            self._letters.scores(reading.words),
            self._nearest.scores(features),
        ]
        if self._scorer is not None and (extra := self._scorer(question)):
            rows.append([extra.get(entry.id, 0.0) for entry in self.entries])
        return rows

    def explain(self, question: str, id: str, most: int = 8) -> tuple[Reason, ...]:
        """What speaks for a topic and against it, the weightiest first: words, #concepts, @speakers, and pairs."""
        at = self._at[id]
        reading = self.read(question)
        scale = self._scale(reading.features)
        found = total(
            [
                self._bayes.parts(reading.features, at),
                self._concepts.parts(reading.concepts, at),
                self._together.parts(reading.together, at),
            ],
            [self._weights.bayes * scale, self._weights.concepts * scale, self._weights.together * scale],
        )
        heaviest = sorted(found.items(), key=lambda part: (-abs(part[1]), part[0]))
        return tuple(Reason(feature, amount) for feature, amount in heaviest[:most])

    def _sum(self, rows: Sequence[Sequence[float]], features: Mapping[str, float]) -> list[float]:
        weights, scale = self._weights, self._scale(features)
        factors = [
            weights.bayes * scale,
            weights.concepts * scale,
            weights.together * scale,
            weights.letters * scale,
            weights.nearest,
            weights.extra,
        ]
        sums = [0.0] * len(self.entries)
        for row, factor in zip(rows, factors, strict=False):
            sums = [held + factor * more for held, more in zip(sums, row, strict=True)]
        return [weights.sharpness * sum_ for sum_ in sums]

    def _scale(self, features: Mapping[str, float]) -> float:
        return 1.0 / math.pow(max(1.0, sum(features.values())), self._weights.length)

    def _coverage(self, features: Mapping[str, float], sums: Sequence[float]) -> float:
        """How much of what was asked stands in the texts of the first topic."""
        asked = sum(features.values())
        if not asked or not sums:
            return 0.0
        first = max(range(len(sums)), key=sums.__getitem__)
        return sum(weight for feature, weight in features.items() if self._bayes.holds(feature, first)) / asked

    def _gist(self, at: int) -> dict[str, float]:
        """The concepts of a topic's titles, at half weight."""
        titles = " . ".join(self.entries[at].titles.values())
        return dict.fromkeys(read_plain(titles, self._table).concepts, self._weights.context)


def build(
    entries: Iterable[Entry],
    groups: Iterable[Group],
    elsewhere: Iterable[str] = (),
    weights: Weights = FITTED,
    scorer: Scorer | None = None,
    counted: Counted | None = None,
) -> Index:
    """The index of these topics. `elsewhere` are sentences that no topic answers; they compete as one more topic.

    `counted` is what an index of the very same texts and weights counted before (packed.py).
    """
    table = compile_table(groups)
    topics = tuple(entries)
    if outside := tuple(elsewhere):
        topics = (*topics, Entry(ELSEWHERE, {}, ELSEWHERE, covered=False, phrasings=outside))
    counted = counted or count(topics, table, weights)
    return Index(topics, table, counted, weights, scorer)
