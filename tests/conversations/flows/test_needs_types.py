"""A questionnaire of another author: every type of question, long lists, names that mean something to us."""

from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest
from openpyxl import Workbook

from conversations.events import Located
from conversations.forms.form import Form, compile_form
from storage.workbooks import check_workbook
from tests.conversations.flows.phones import Phone, World
from tests.conversations.flows.test_needs import asked, run_of, values

LONG = "a_very_long_name_of_a_choice_that_does_not_fit_into_a_button"
NAMES = ("back", "done", "skip", "more", "pause", "yes", "@menu", "#1", LONG, "k9", "k10", "k11", "k12", "k13")
SURVEY = (
    ("note", "hello", "Prima una nota", "", ""),
    ("integer", "whole", "Quanti figli hai?", "", "yes"),
    ("decimal", "price", "Quanto costa?", "", ""),
    ("date", "day", "Che giorno?", "", ""),
    ("time", "hour", "A che ora?", "", ""),
    ("acknowledge", "read", "Hai letto?", "", ""),
    ("geopoint", "place", "Dove?", "", ""),
    ("range", "mark", "Da 0 a 100?", "start=0 end=100 step=5", ""),
    ("range", "stars", "Quante stelle?", "start=1 end=5 step=1", ""),
    ("select_one many", "one", "Quale?", "", ""),
    ("select_multiple many", "several", "Quali?", "", ""),
    ("image", "photo", "Una foto?", "", ""),
    ("begin_repeat", "child", "Un figlio", "", ""),
    ("text", "nick", "Come lo chiami?", "", ""),
    ("end_repeat", "", "", "", ""),
)


@cache
def odd_form() -> Form:
    book = Workbook()
    survey, choices, settings = book.active, book.create_sheet("choices"), book.create_sheet("settings")
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label", "parameters", "required"])
    for row in SURVEY:
        survey.append(row)
    choices.append(["list_name", "name", "label"])
    for number, name in enumerate(NAMES, start=1):
        choices.append(["many", name, f"Scelta {chr(64 + number)}"])
    settings.append(["form_title", "form_id", "version"])
    settings.append(["Prova", "odd", "1"])
    data = BytesIO()
    book.save(data)
    report = check_workbook(data.getvalue())
    assert report.xml is not None, report.problems
    return compile_form(report.xml)


def begin(look: str = "telegram") -> Phone:
    phone = World(odd_form()).phone("giulia", look)
    phone.say("menu")
    phone.tap("Inizia il questionario")
    return phone


def go_to(phone: Phone, wanted: str) -> None:
    if phone.state.place.step == "gate":
        phone.say("2")
    while asked(phone) != wanted:
        phone.say("salta")


def test_a_form_without_our_gate_begins_with_its_first_question() -> None:
    phone = begin()
    assert "Prima una nota\nQuanti figli hai?" in phone.text
    assert "Mi serve un numero, per esempio 3." in phone.say("boh")
    assert phone.record.run is None
    phone.say("due")
    assert values(phone)["whole"] == "2"
    assert phone.record.person.agrees("questionnaire")


@pytest.mark.parametrize(
    ("question", "typed", "kept"),
    [
        ("price", "3,5", "3.5"),
        ("price", "1.200,50 euro", "1200.5"),
        ("day", "15/06/2024", "2024-06-15"),
        ("day", "ieri", "2026-11-22"),
        ("hour", "18:30", "18:30:00.000"),
        ("read", "sì", "OK"),
        ("mark", "85", "85"),
        ("stars", "4", "4"),
        ("one", "scelta c", "skip"),
        ("one", "12", "k11"),
        ("several", "1, 12, scelta i", f"back {LONG} k11"),
    ],
)
@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
def test_what_is_typed_is_kept_in_the_forms_own_way(look: str, question: str, typed: str, kept: str) -> None:
    phone = begin(look)
    go_to(phone, question)
    phone.say(typed)
    assert values(phone)[question].removesuffix("+01:00") == kept
    assert asked(phone) != question


@pytest.mark.parametrize(
    ("question", "typed", "why"),
    [
        ("price", "tanto", "Mi serve un numero, per esempio 3."),
        ("price", "1 2 3", "Vedo più numeri."),
        ("price", "1" * 20, "Il numero è troppo lungo."),
        ("day", "31/02/2024", "Il giorno 31/2/2024 non esiste."),
        ("day", "3/13/2024", "Il mese 13 non esiste"),
        ("day", "15/06/1024", "Scrivi un anno dal "),
        ("day", "giugno", "Manca il giorno."),
        ("day", "prima o poi", "Mi serve una data, per esempio 15/06/2024."),
        ("hour", "27:00", "L'ora 27:"),
        ("hour", "dopo", "Mi serve un'ora, per esempio 18:30."),
        ("read", "boh", "Rispondi sì o no."),
        ("read", "no", "Rispondi sì o no."),
        ("mark", "101", "Scegli un numero da 0 a 100."),
        ("mark", "12", "Scegli un numero da 0 a 100."),
        ("one", "15", "Scrivi un numero da 1 a "),
        ("one", "scelta", "Può voler dire più cose: «Scelta A»"),
        ("several", "1, boh", "Non trovo «boh» tra le scelte."),
        ("several", "2-4", "Vuoi dire 2 e 4, o tutte da 2 a 4?"),
        ("place", "Milano", "Qui serve una posizione."),
        ("photo", "ecco", "Qui non servono foto o documenti."),
    ],
)
def test_what_cannot_be_kept_is_explained_with_an_example(question: str, typed: str, why: str) -> None:
    phone = begin()
    go_to(phone, question)
    before = run_of(phone)
    assert why in phone.say(typed)
    assert asked(phone) == question and run_of(phone) == before


def test_the_whole_number_says_what_is_wrong_before_anything_is_kept() -> None:
    phone = begin()
    assert "Mi serve un numero intero" in phone.say("3,5")
    assert "Scrivi il numero senza punti e virgole" in phone.say("10,000")


def test_the_field_shows_an_example() -> None:
    phone = begin()
    for question, example in (
        ("price", "es. 3,5"),
        ("day", "es. 15/06/2024"),
        ("hour", "es. 18:30"),
        ("mark", "es. 3"),
    ):
        go_to(phone, question)
        assert example in phone.text


def test_a_place_is_taken_where_a_place_is_asked() -> None:
    phone = begin()
    go_to(phone, "place")
    assert phone.received[-1].wanted == "location"
    phone.take(Located(45.4642, 9.19))
    assert values(phone)["place"].startswith("45.4642")


def test_a_long_list_has_pages_on_whatsapp_and_every_choice_can_be_tapped() -> None:
    phone = begin("whatsapp")
    go_to(phone, "several")
    first = [label for label in phone.labels if label.startswith("Scelta")]
    assert len(first) == 9 and "Altre risposte…" in phone.labels
    phone.tap("Scelta A")
    phone.tap("Altre risposte…")
    second = [label for label in phone.labels if label.startswith("Scelta")]
    assert [*first, *second] == [f"Scelta {chr(65 + index)}" for index in range(14)]
    phone.tap("Scelta N")
    assert "[✓Scelta N]" in phone.text
    phone.tap("Altre risposte…")
    assert "[✓Scelta A]" in phone.text
    for label in first[1:]:
        phone.tap(label)
    phone.tap("Altre risposte…")
    for label in second[:-1]:
        phone.tap(label)
    phone.tap("Fatto")
    assert values(phone)["several"].split() == list(NAMES)


def test_a_number_on_the_second_page_counts_what_is_on_that_page() -> None:
    phone = begin("whatsapp")
    go_to(phone, "one")
    phone.tap("Altre risposte…")
    phone.say("1")
    assert values(phone)["one"] == NAMES[9]


def test_the_list_is_whole_where_there_is_room() -> None:
    phone = begin("telegram")
    go_to(phone, "one")
    assert len(phone.received[-1].choices) == 14
    phone.tap("Scelta A")
    assert values(phone)["one"] == "back"


def test_a_repeat_asks_for_one_more_until_no() -> None:
    phone = begin()
    while "vuoi aggiungerne un altro?" not in phone.text:
        phone.say("2" if phone.state.place.step == "gate" else "salta")
    assert phone.labels[:2] == ["Sì", "No"]
    phone.tap("Sì")
    phone.say("Pippo")
    assert "vuoi aggiungerne un altro?" in phone.text
    assert "Rispondi sì o no." in phone.say("forse")
    assert "Pippo" in phone.tap("No")
    assert phone.text.startswith("Le tue risposte\n")


def test_an_earlier_date_is_told_as_people_write_it() -> None:
    phone = begin()
    go_to(phone, "day")
    phone.say("15/06/2024")
    assert "La tua risposta di prima: 15 giugno 2024" in phone.say("indietro")
    phone.tap("Lascia così")
    assert values(phone)["day"] == "2024-06-15"
    assert asked(phone) == "hour"


def test_the_wave_of_another_form_may_be_short() -> None:
    phone = World(odd_form(), days_open=1).phone("giulia", "telegram")
    phone.say("menu")
    phone.tap("Inizia il questionario")
    assert "Puoi rispondere fino al 24 novembre 2026." in phone.text
    phone.world.now += timedelta(days=1)
    assert "Adesso non c'è un questionario aperto." in phone.say("2")
