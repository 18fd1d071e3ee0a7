"""How well questions find their topic: the figures that the goals of docs/why/faq.md are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations.faq.ranking import Outcome, Ranking


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the topics that answer it (one of them is enough); `context` is the topic of the one before."""

    question: str
    ids: frozenset[str]
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1 of the questions of a set."""

    questions: int
    recall_1: float
    recall_3: float
    right: float
    """Answered, and rightly."""
    wrong: float
    """Answered with a covered topic that is not the right one. A pointer elsewhere is never wrong."""
    helped: float
    """Answered rightly, or the right topic among the choices."""
    deferred: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Shares of questions that no covered topic answers."""

    questions: int
    answered: float
    """With a covered topic: a wrong answer."""
    choices: float
    pointed: float
    """Answered by a topic that only points elsewhere."""


def figures(asked: Sequence[tuple[Case, Ranking]], uncovered: frozenset[str]) -> Figures:
    """The figures of a set of at least one question. `uncovered` are the ids that only point elsewhere."""
    answered = [(case, ranking) for case, ranking in asked if ranking.outcome is Outcome.ANSWER]
    right = sum(ranking.ids[0] in case.ids for case, ranking in answered)
    offered = sum(not case.ids.isdisjoint(ranking.offered) for case, ranking in asked)
    return Figures(
        questions=len(asked),
        recall_1=_share((ranking.ids[0] in case.ids for case, ranking in asked), len(asked)),
        recall_3=_share((not case.ids.isdisjoint(ranking.ids[:3]) for case, ranking in asked), len(asked)),
        right=right / len(asked),
        wrong=sum(wrong(case, ranking, uncovered) for case, ranking in asked) / len(asked),
        helped=(right + offered) / len(asked),
        deferred=_share((ranking.outcome is Outcome.DEFER for _, ranking in asked), len(asked)),
    )


def wrong(case: Case, ranking: Ranking, uncovered: frozenset[str]) -> bool:
    """Whether the question got the answer of another covered topic."""
    return ranking.outcome is Outcome.ANSWER and ranking.ids[0] not in case.ids and ranking.ids[0] not in uncovered


def outside(asked: Sequence[Ranking], uncovered: frozenset[str]) -> Outside:
    """The figures of questions that no covered topic answers, at least one."""
    answers = [ranking.ids[0] for ranking in asked if ranking.outcome is Outcome.ANSWER]
    return Outside(
        questions=len(asked),
        answered=_share((first not in uncovered for first in answers), len(asked)),
        choices=_share((ranking.outcome is Outcome.CHOICES for ranking in asked), len(asked)),
        pointed=_share((first in uncovered for first in answers), len(asked)),
    )


def _share(flags: Iterable[bool], of: int) -> float:
    return sum(flags) / of if of else 0.0
