"""Where 1522 belongs in a ranking."""

from conversations.faq.decide import decide
from conversations.faq.entries import VIOLENCE
from conversations.faq.ranking import Helpline, Outcome
from conversations.faq.weights import FITTED
from tests.conversations.faq.small import index

CHOICES = next(
    question
    for question in ("quanti giorni ho", "quanti mesi", "soldi per mio figlio", "quando")
    if index().ask(question).outcome is Outcome.CHOICES
)


def test_a_doubt_adds_violence_to_the_choices_and_keeps_the_first_one() -> None:
    evidence = index().evidence(CHOICES)
    plain, doubtful = decide(evidence, FITTED), decide(evidence, FITTED, Helpline.BESIDE)
    assert VIOLENCE not in plain.offered and VIOLENCE in doubtful.offered
    assert doubtful.ids[0] == plain.ids[0] and doubtful.offered == doubtful.ids[: len(doubtful.offered)]
    assert len(doubtful.offered) <= 3


def test_a_doubt_leaves_an_answer_an_answer() -> None:
    evidence = index().evidence("quanti mesi di congedo parentale ho?")
    doubtful = decide(evidence, FITTED, Helpline.BESIDE)
    assert (doubtful.outcome, doubtful.ids[:2]) == (Outcome.ANSWER, ("congedo-parentale", VIOLENCE))


def test_a_man_without_a_name_counts_only_in_a_whole_sentence() -> None:
    assert "@lui" in index().read("quando sento che lui sta salendo").features
    assert "@lui" not in index().read("e per lui?").features
    assert "@lui" not in index().read("mio figlio sta male, resto con lui oggi").features
