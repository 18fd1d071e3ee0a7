"""The numbers that were fitted, in one place. `python -m bench.faq_fit` finds them again from phrasings held out."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Weights:
    """How the scores are added up, and how sure a sum makes us."""

    bayes: float = 0.561
    """Of naive Bayes on stems, concepts and speaker."""
    concepts: float = 1.033
    """Of BM25 on concepts."""
    together: float = 0.621
    """Of BM25 on concepts two by two and neighbouring words."""
    letters: float = 0.164
    """Of BM25 on letter runs."""
    nearest: float = 2.541
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
    sure: tuple[float, ...] = (-3.865, 0.334, 0.156, 0.069, 1.048, -0.078, 1.055, -0.833, -0.088, 0.838)
    """Of the logistic for "the first is right": a constant, then the signs of decide.py."""
    near: tuple[float, ...] = (-5.343, 0.068, -0.061, 0.422, 0.702, 0.978, 1.369, -0.757, -0.153, 0.733)
    """Of the logistic for "one of the first three is right"."""
    answer: float = 0.72
    """How sure we must be to answer."""
    choices: float = 0.45
    """How likely it must be that the right one is among the first three to offer them."""
    violence: float = 0.15
    """The probability at which the topic of violence is shown first."""


FITTED: Final = Weights()
