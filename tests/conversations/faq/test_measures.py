"""The figures of a set of questions."""

from conversations.faq.measures import Case, figures, outside
from conversations.faq.ranking import Outcome, Ranking


def ranking(outcome: Outcome, *ids: str) -> Ranking:
    offered = ids[:3] if outcome is Outcome.CHOICES else ()
    return Ranking(outcome, ids, 0.5, offered, (), "it")


def test_recall_answers_and_help_are_counted_apart() -> None:
    asked = [
        (Case("a", frozenset({"x"})), ranking(Outcome.ANSWER, "x", "y", "z", "w")),
        (Case("b", frozenset({"x"})), ranking(Outcome.ANSWER, "y", "x", "z", "w")),
        (Case("c", frozenset({"w"})), ranking(Outcome.CHOICES, "x", "y", "z", "w")),
        (Case("d", frozenset({"x", "q"})), ranking(Outcome.CHOICES, "y", "x", "z", "w")),
        (Case("e", frozenset({"x"})), ranking(Outcome.DEFER, "x", "y", "z", "w")),
    ]
    found = figures(asked, frozenset())
    assert (found.questions, found.recall_1, found.recall_3) == (5, 0.4, 0.8)
    assert (found.right, found.wrong, found.helped, found.deferred) == (0.2, 0.2, 0.4, 0.2)


def test_a_pointer_elsewhere_is_never_wrong() -> None:
    asked = [(Case("a", frozenset({"x"})), ranking(Outcome.ANSWER, "fuori", "x"))]
    assert figures(asked, frozenset({"fuori"})).wrong == 0.0


def test_out_of_scope_answers_with_a_covered_topic_are_counted() -> None:
    asked = [
        ranking(Outcome.ANSWER, "x"),
        ranking(Outcome.ANSWER, "fuori"),
        ranking(Outcome.CHOICES, "x"),
        ranking(Outcome.DEFER, "x"),
    ]
    found = outside(asked, frozenset({"fuori"}))
    assert (found.answered, found.pointed, found.choices) == (0.25, 0.25, 0.25)
