"""The numbers that were fitted, in one place. `python -m bench.faq_fit` finds them again from phrasings held out."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Weights:
    """How the scores are added up, and how sure a sum makes us."""

    bayes: float = 0.55
    """Of naive Bayes on stems, concepts and speaker."""
    concepts: float = 0.88
    """Of BM25 on concepts."""
    together: float = 0.7
    """Of BM25 on concepts two by two and neighbouring words."""
    letters: float = 0.17
    """Of BM25 on letter runs."""
    nearest: float = 4.6
    """Of the similarity to the nearest phrasings."""
    length: float = 0.5
    """Sums are divided by (how much was asked) to this power, so that long messages are not surer than short ones."""
    extra: float = 4.0
    """Of an optional scorer behind `rank(text)`."""
    context: float = 0.5
    """Of the last topic's concepts in a follow-up."""
    same: float = 2.0
    """What the last topic itself gets in a follow-up, in units of the final sum."""
    related: float = 0.5
    """What the topics related to it get."""
    title: float = 2.0
    fact: float = 0.3
    sharpness: float = 1.0
    """The final sum is multiplied by this before the softmax."""
    sure: tuple[float, ...] = (-6.544, 0.461, 0.111, 0.183, -0.071, 0.463, 2.673, -1.729, -0.101)
    """Of the logistic for "the first is right": a constant, then the signs of decide.py."""
    near: tuple[float, ...] = (-8.229, 0.417, -0.218, 0.413, -0.951, 0.181, 4.042, -1.894, -0.098)
    """Of the logistic for "one of the first three is right"."""
    answer: float = 0.7
    """How sure we must be to answer."""
    choices: float = 0.35
    """How likely it must be that the right one is among the first three to offer them."""
    violence: float = 0.15
    """The probability at which the topic of violence is shown first."""


FITTED: Final = Weights()
