"""Which turns need the answers: most cost nothing, and what looks like a question is one."""

import pytest

from conversations.events import Chose, Due, Located, Said
from conversations.faq.alike import likeness, nearest, signs
from conversations.faq.concepts import compile_table, read_table
from conversations.faq_wanted import asks, desk_wanted, wanted
from conversations.state import HOME, Offer, Place, State
from storage.content import content_folder
from tests.conversations.flows.answers import knowledge

FORM = State(Place("needs", "ask"), offers=(Offer("1", "Lavoro da casa", True), Offer("skip", "Salta", False)))


@pytest.mark.parametrize(
    "text", ["1", "12", "sì", "👍", "!!", "lavoro da casa", "menu", "indietro", "salta", "stop", "03/04"]
)
def test_an_ordinary_turn_asks_the_database_nothing(text: str) -> None:
    assert not wanted(FORM, Said(text)) and not desk_wanted(FORM, Said(text))


@pytest.mark.parametrize("text", ["faq", "argomenti", "nido", "quanto dura il congedo?", "mi picchia"])
def test_a_text_that_may_be_a_question_does(text: str) -> None:
    assert wanted(FORM, Said(text))


def test_taps_timers_and_places_of_ours_do() -> None:
    home = State(HOME)
    assert wanted(home, Chose("@faq:open")) and wanted(home, Chose("@handoff:read:x"))
    assert not wanted(home, Chose("3:1")) and not wanted(home, Located(45, 9))
    assert wanted(home, Due("faq_desk:review", "", {})) and not wanted(home, Due("needs:remind", "", {}))
    assert wanted(State(HOME, parked=(Place("faq", "answer"),)), Chose("3:1"))
    assert wanted(State(HOME, offers=(Offer("@faq:open", "Domande", True),)), Said("1"))
    assert desk_wanted(home, Chose("@faq_desk:open")) and desk_wanted(home, Due("faq_desk:review", "", {}))
    assert desk_wanted(State(Place("faq_desk", "home")), Said("1")) and not desk_wanted(home, Located(45, 9))
    assert desk_wanted(State(HOME, offers=(Offer("@faq_desk:open", "Gestisci", True),)), Said("1"))


@pytest.mark.parametrize(
    ("text", "at_home", "elsewhere"),
    [
        ("nido", True, False),
        ("123 45", False, False),
        ("🤷", False, False),
        ("quanto dura?", True, False),
        ("quanto dura il congedo", True, True),
        ("lavoro il sabato", True, False),
        ("mi picchia", True, True),
        ("posso avere il nido", True, True),
        ("ma il nido chi lo paga?", True, True),
    ],
)
def test_what_counts_as_a_question(text: str, at_home: bool, elsewhere: bool) -> None:
    known = knowledge()
    assert asks(text, HOME, known, "it") is at_home
    assert asks(text, Place("needs", "ask"), known, "it") is elsewhere


def test_questions_that_ask_the_same_are_alike_and_others_are_not() -> None:
    table = compile_table(read_table((content_folder() / "faq" / "concepts.tsv").read_text("utf-8")))
    waiting = [("a", "si può usare il voucher per la lavanderia?"), ("b", "chi paga la mensa del mercoledì?")]
    assert nearest("posso pagare la lavanderia con il voucher", waiting, table) == "a"
    assert nearest("posso portare il gatto?", waiting, table) == "" and nearest("???", waiting, table) == ""
    assert likeness(signs("il gatto", table), signs("un gatto", table)) == 1.0 and likeness({}, {}) == 0.0
