"""From the sums to an outcome: answer when sure, offer choices when near, else say honestly that we do not know."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

from conversations.faq.entries import ELSEWHERE, VIOLENCE
from conversations.faq.evidence import Evidence
from conversations.faq.facets import dividing
from conversations.faq.ranking import Helpline, Outcome, Ranking
from conversations.faq.weights import Weights

MOST_CHOICES: Final = 3
_LEADING: Final = 4
_LEAST_CHANCE: Final = 0.03
"""A choice less likely than this would only puzzle."""

_DOUBT: Final = 0.15
"""The chance of everything we know nothing about from which nothing is answered."""


def decide(evidence: Evidence, weights: Weights, helpline: Helpline = Helpline.NO) -> Ranking:
    """The ranking. `helpline` is what the message alone tells of violence; an unknown language is never answered."""
    match helpline:
        case Helpline.FIRST:
            return _first(evidence, weights)
        case Helpline.BESIDE:
            ranking = _ordinary(evidence, weights)
            ids = tuple(dict.fromkeys((*ranking.ids[:1], *_violence(evidence), *ranking.ids)))
            more = VIOLENCE in ids and VIOLENCE not in ranking.offered
            offered = ids[: min(MOST_CHOICES, len(ranking.offered) + more)] if ranking.offered else ()
            return replace(ranking, ids=ids, offered=offered, helpline=helpline)
        case Helpline.NO:
            return _ordinary(evidence, weights)
        case _:
            assert_never(helpline)


def _first(evidence: Evidence, weights: Weights) -> Ranking:
    order, chances = evidence.order(), evidence.chances()
    rest = (evidence.entries[at].id for at in order)
    ids = tuple(dict.fromkeys((VIOLENCE, *(id_ for id_ in rest if id_ != ELSEWHERE))))
    chance = next(chances[at] for at in order if evidence.entries[at].id == VIOLENCE)
    score = max(weights.answer, chance)
    return Ranking(Outcome.ANSWER, ids, score, (), (), evidence.reading.language, Helpline.FIRST)


def _violence(evidence: Evidence) -> tuple[str, ...]:
    return tuple(entry.id for entry in evidence.entries if entry.id == VIOLENCE)


def _ordinary(evidence: Evidence, weights: Weights) -> Ranking:
    order, chances = evidence.order(), evidence.chances()
    ids = [evidence.entries[at].id for at in order]
    real = tuple(id_ for id_ in ids if id_ != ELSEWHERE)
    language = evidence.reading.language
    if not order or not evidence.reading.features:
        return Ranking(Outcome.DEFER, real, 0.0, (), (), language)
    sure = sureness(evidence, order, chances, weights)
    if ids[0] == ELSEWHERE or language == "other":
        return Ranking(Outcome.DEFER, real, min(sure, 1.0 - chances[order[0]]), (), (), language)
    # without a concept only the wording is like a topic's, and a doubt about what is outside is a doubt
    solid = bool(evidence.reading.concepts) and _outside(evidence, order, chances) < _DOUBT
    if sure >= weights.answer and solid:
        return Ranking(Outcome.ANSWER, real, sure, (), (), language)
    best = [at for at in order[:MOST_CHOICES] if ids[0] and evidence.entries[at].id != ELSEWHERE]
    offered = tuple(evidence.entries[at].id for at in best if chances[at] >= _LEAST_CHANCE)
    near = sureness_of_three(evidence, order, chances, weights)
    # whoever asks on after an answer is still within what we know
    enough = near >= weights.choices or evidence.follow_up
    outcome = Outcome.CHOICES if enough and offered else Outcome.DEFER
    asks = dividing([evidence.sides[at] for at in order[:_LEADING]], evidence.features)
    return Ranking(outcome, real, sure, offered if outcome is Outcome.CHOICES else (), asks, language)


def signs(evidence: Evidence, order: Sequence[int], chances: Sequence[float]) -> tuple[float, ...]:
    """What the logistics look at, after the constant 1: see Weights.sure."""
    first, second = chances[order[0]], chances[order[1]] if len(order) > 1 else 0.0
    three = sum(chances[at] for at in order[:MOST_CHOICES])
    return (
        _logit(first),
        math.log((first + 1e-6) / (second + 1e-6)),
        _logit(three),
        evidence.coverage,
        evidence.reading.known,
        math.log1p(sum(evidence.features.values())),
        math.log1p(sum(evidence.reading.concepts.values())),
        _logit(_outside(evidence, order, chances)),
        evidence.agreed(order[0]),
    )


def _outside(evidence: Evidence, order: Sequence[int], chances: Sequence[float]) -> float:
    return next((chances[at] for at in order if evidence.entries[at].id == ELSEWHERE), 0.0)


def sureness(evidence: Evidence, order: Sequence[int], chances: Sequence[float], weights: Weights) -> float:
    """How likely the first topic is right."""
    return _logistic(weights.sure, signs(evidence, order, chances))


def sureness_of_three(evidence: Evidence, order: Sequence[int], chances: Sequence[float], weights: Weights) -> float:
    """How likely the right topic is among the first three."""
    return _logistic(weights.near, signs(evidence, order, chances))


def _logistic(weights: Sequence[float], found: Sequence[float]) -> float:
    power = weights[0] + sum(weight * sign for weight, sign in zip(weights[1:], found, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, power))))


def _logit(chance: float) -> float:
    held = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))
