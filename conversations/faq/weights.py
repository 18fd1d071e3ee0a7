"""The numbers that were fitted, in one place. `python -m bench.faq_fit` finds them again from phrasings held out."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Weights:
    """How the scores are added up, and how sure a sum makes us."""

    bayes: float = 0.765
    """Of naive Bayes on stems, concepts and speaker."""
    concepts: float = 0.69
    """Of BM25 on concepts."""
    together: float = 0.566
    """Of BM25 on concepts two by two and neighbouring words."""
    letters: float = 0.195
    """Of BM25 on letter runs."""
    nearest: float = 2.489
    """Of the similarity to the nearest phrasings."""
    length: float = 0.5
    """Sums are divided by (how much was asked) to this power, so that long messages are not surer than short ones."""
    extra: float = 4.0
    """Of an optional scorer behind `rank(text)`."""
    context: float = 0.5
    """Of the last topic's concepts in a follow-up."""
    same: float = 1.5
    """What the last topic itself gets in a follow-up, in units of the final sum."""
    related: float = 1.0
    """What the topics related to it get."""
    title: float = 2.0
    fact: float = 0.3
    sharpness: float = 1.0
    """The final sum is multiplied by this before the softmax."""
    sure: tuple[float, ...] = (-5.517, 0.316, 0.151, 0.046, 1.278, 0.352, 1.236, -0.994, -0.166, 1.129)
    """Of the logistic for "the first is right": a constant, then the signs of decide.py."""
    near: tuple[float, ...] = (-7.616, 0.032, -0.015, 0.374, 1.404, 0.686, 1.802, -1.036, -0.237, 1.442)
    """Of the logistic for "one of the first three is right"."""
    answer: float = 0.72
    """How sure we must be to answer."""
    choices: float = 0.4
    """How likely it must be that the right one is among the first three to offer them."""
    violence: tuple[float, ...] = (-3.856, 1.964, -0.021, -0.297, 0.479, 2.815, 1.214, -2.566, 0.738)
    """Of the logistic for "it tells of violence": a constant, then the signs of violence.py."""
    card: float = 0.15
    """How likely violence must be for 1522 to be the answer, where words of it are said."""
    beside: float = 0.01
    """How likely it must be for 1522 to be named before whatever else is told."""
    silent: float = 0.015
    """The same where no word of it is said, nor a man without a name."""


FITTED: Final = Weights()
