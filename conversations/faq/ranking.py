"""What an index says about a question: an outcome, the topics in order, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The three ways to go on."""

    ANSWER = "answer"
    CHOICES = "choices"
    DEFER = "defer"


class Helpline(StrEnum):
    """Where the number against violence, 1522, belongs."""

    NO = "no"
    BESIDE = "beside"
    """Two lines before whatever else is told: perhaps it is violence."""
    FIRST = "first"
    """Its own topic is the answer."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word, concept or feature added to the first topic's score."""

    feature: str
    amount: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The topics, best first, and what to do with them.

    `score` is how sure we are that the first one is right, 0 to 1. `offered` are the ids to offer as choices (empty
    for another outcome). `asks` names the sides between which one more question would decide (see facets), if any.
    Where `helpline` is BESIDE the topic of violence is the second of `ids`, if it is not the first, and among those
    offered, if any are.
    `language` is what the question is written in: "it", "en" or "other".
    """

    outcome: Outcome
    ids: tuple[str, ...]
    score: float
    offered: tuple[str, ...]
    asks: tuple[str, ...]
    language: str
    helpline: Helpline = Helpline.NO
