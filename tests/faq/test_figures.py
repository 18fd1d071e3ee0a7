"""What the answers reach on questions by people who saw neither phrasings nor program; what was reached stays.

The floors lie one or two questions below the figures of docs/why/faq.md. Nothing is fitted on these sets.
"""

from functools import cache
from pathlib import Path

import pytest

from conversations.faq.index import Index, build
from conversations.faq.measures import Figures, figures, outside
from conversations.faq.ranking import Helpline
from conversations.faq.tokens import tokens
from storage.content import content_folder
from storage.faq_files import Library, read_library
from storage.faq_sets import read_cases, read_questions

SETS = Path(__file__).parent / "sets"


@cache
def library() -> Library:
    return read_library(content_folder() / "faq")


@cache
def index() -> Index:
    return build(library().entries, library().groups, library().elsewhere)


def uncovered() -> frozenset[str]:
    return frozenset(topic.id for topic in library().topics if not topic.covered)


def measured(name: str) -> Figures:
    cases = read_cases(SETS / f"{name}.tsv", {topic.id for topic in library().topics})
    return figures([(case, index().ask(case.question, case.context)) for case in cases], uncovered())


def share(name: str, *told: Helpline) -> float:
    """Of the questions of a set, those with 1522 in one of these ways."""
    texts = read_questions(SETS / f"{name}.tsv")
    found = [index().ask(text).helpline for text in texts]
    return sum(one in told for one in found) / len(found)


@pytest.mark.parametrize(
    ("name", "recall_1", "recall_3", "wrong", "helped"),
    [
        ("short", 0.96, 0.985, 0.012, 0.975),
        ("indirect", 0.92, 0.97, 0.03, 0.95),
        ("english", 0.92, 0.97, 0.03, 0.94),
        ("voice", 0.91, 0.98, 0.04, 0.94),
        ("followups", 0.82, 0.92, 0.08, 0.85),
    ],
)
def test_unseen_questions_find_their_topic(
    name: str, recall_1: float, recall_3: float, wrong: float, helped: float
) -> None:
    found = measured(name)
    assert found.recall_1 >= recall_1 and found.recall_3 >= recall_3, found
    assert found.wrong <= wrong and found.helped >= helped, found


@pytest.mark.parametrize(("name", "answered", "choices"), [("far", 0.03, 0.25), ("near", 0.04, 0.25)])
def test_what_we_do_not_know_is_hardly_ever_answered(name: str, answered: float, choices: float) -> None:
    found = outside([index().ask(text) for text in read_questions(SETS / f"{name}.tsv")], uncovered())
    assert found.answered <= answered and found.choices <= choices, found


@pytest.mark.parametrize(("name", "least"), [("violence", 0.93), ("violence_fresh", 0.94)])
def test_violence_reaches_1522(name: str, least: float) -> None:
    assert share(name, Helpline.FIRST, Helpline.BESIDE) >= least


@pytest.mark.parametrize("name", ["violence_not", "violence_not_fresh"])
def test_what_only_sounds_like_it_is_a_doubt_at_most(name: str) -> None:
    assert share(name, Helpline.FIRST) <= 0.25
    assert share(name, Helpline.FIRST, Helpline.BESIDE) <= 0.6


@pytest.mark.parametrize("name", ["short", "indirect", "english", "voice", "near"])
def test_ordinary_questions_hardly_ever_bring_1522(name: str) -> None:
    assert share(name, Helpline.FIRST, Helpline.BESIDE) <= 0.08


def test_hardly_a_question_of_the_sets_is_a_phrasing() -> None:
    phrasings = {tokens(text) for entry in library().entries for text in entry.phrasings}
    for file in SETS.glob("*.tsv"):
        asked = [tokens(text) for text in read_questions(file)]
        # two people may say the same of the weather
        assert sum(words in phrasings for words in asked) <= 0.04 * len(asked), file.name
