"""Whether a message may tell of violence: a few signs, weighed together, since hardly anybody names it."""

import math
from collections.abc import Sequence
from typing import Final

from conversations.faq.concepts import MARK
from conversations.faq.entries import VIOLENCE
from conversations.faq.evidence import Evidence
from conversations.faq.ranking import Helpline
from conversations.faq.speaker import UNNAMED
from conversations.faq.weights import Weights

_FAMILY: Final = f"{MARK}violenza"
_STRONG: Final = _FAMILY
_LIKELY: Final = f"{_FAMILY}-forse"
_HINT: Final = f"{_FAMILY}-indizio"
_PARTNERS: Final = frozenset(("#marito", "#moglie", "#coniuge", "#ex"))
_AT_WORK: Final = frozenset(("#datore", "#colleghi", "#mobbing", "#malattia-figlio", "#infortunio", "#mutuo-banca"))
"""Whoever speaks of these is perhaps afraid of something else."""
_MOST_OTHERS: Final = 6
_WHOLE: Final = 7
"""Words from which a message that names nothing of it may tell of it all the same."""


def helpline(evidence: Evidence, weights: Weights) -> Helpline:
    """Where 1522 belongs: first of all, beside what else is told, or nowhere. `evidence` is that of the message
    alone, without the question before it. Words of the list (danger.py) and strong concepts are never passed over.
    """
    said = evidence.features
    likely = likelihood(signs(evidence), weights)
    strong, hint, unnamed = evidence.danger or _STRONG in said, _HINT in said, UNNAMED in said
    partner = not _PARTNERS.isdisjoint(said)
    plain = strong or _LIKELY in said or (hint and (partner or unnamed))
    if plain and likely >= weights.card and evidence.reading.language != "other":
        return Helpline.FIRST
    if plain or hint or unnamed:
        return Helpline.BESIDE if strong or likely >= weights.beside else Helpline.NO
    # without a word of it only the wording is like what others wrote, which a few words or an IBAN cannot be
    whole = sum(word.isalpha() for word in evidence.reading.words) >= _WHOLE
    return Helpline.BESIDE if whole and likely >= weights.silent else Helpline.NO


def likelihood(found: Sequence[float], weights: Weights) -> float:
    """How likely a message with these signs tells of violence, 0 to 1; 0 without any."""
    if not found:
        return 0.0
    power = weights.violence[0] + sum(w * sign for w, sign in zip(weights.violence[1:], found, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, power))))


def signs(evidence: Evidence) -> tuple[float, ...]:
    """What the logistic looks at, after the constant 1: see Weights.violence. Empty where no topic is about it, or
    nothing is said."""
    at = next((at for at, entry in enumerate(evidence.entries) if entry.id == VIOLENCE), -1)
    if at < 0 or not evidence.features:
        return ()
    said = evidence.features
    strong = evidence.danger or _STRONG in said
    likely = _LIKELY in said
    partner = not _PARTNERS.isdisjoint(said)
    spoken = strong or likely or _HINT in said
    lift = _lift(evidence.chances(), at)
    any_ = spoken or UNNAMED in said
    return (
        float(any_),
        lift * any_,
        float(min(_others(evidence), _MOST_OTHERS)),
        lift,
        float(likely),
        float(strong),
        float(spoken and not _AT_WORK.isdisjoint(said)),
        float(spoken and partner),
    )


def _lift(chances: Sequence[float], at: int) -> float:
    """The log odds of the topic over an even share, so that they mean the same for few topics and for many."""
    held = min(max(chances[at], 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held)) + math.log(max(1, len(chances) - 1))


def _others(evidence: Evidence) -> int:
    """How many concepts the message has that are of something else."""
    return sum(
        feature.startswith(MARK) and not feature.startswith(_FAMILY) and feature not in _PARTNERS
        for feature in evidence.features
    )
