"""The home of every role, and the help."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import StartRun
from conversations.facts import Ticket
from tests.conversations.player import HOUSE, NOW, Player, golden, guest, member, open_wave

ALWAYS = [
    "Notizie",
    "Domande e risposte",
    "Parla con una persona",
    "I miei dati",
    "Lingua / Language",
    "Collega un'altra chat",
    "Aiuto",
]


def test_a_worker_may_begin_resume_and_then_read_what_she_sent() -> None:
    player = Player(member(reminders=True), **open_wave())
    player.opens()
    player.taps("Inizia il questionario")
    player.says("cominciamo")
    assert player.did(StartRun)
    player.says("1")
    player.says("menu")
    player.taps("Riprendi questionario")
    player.says("menu")
    golden(player, "menu_di_chi_lavora")
    assert player.facts.run is not None
    player.facts = replace(player.facts, run=replace(player.facts.run, finished=True))
    assert "già mandato" in player.says("menu")
    assert player.labels() == ["Le mie risposte", "Voucher", *ALWAYS]


def test_without_a_wave_or_after_its_end_nothing_is_offered_that_cannot_be_done() -> None:
    assert "nessun questionario aperto" in Player(member()).says("menu")
    player = Player(member(), **open_wave())
    player.waits(timedelta(days=60))
    assert "nessun questionario aperto" in player.says("menu")
    assert player.labels() == ["Voucher", *ALWAYS]


def test_the_welfare_manager_sees_how_many_questions_wait() -> None:
    ticket = Ticket("t1", "A1", NOW, open=True, mine=False)
    one = Player(member("welfare_manager"), tickets=(ticket,))
    assert "C'è 1 domanda che aspetta risposta." in one.says("menu")
    desk = ["Notizie", "Domande e risposte", "Parla con una persona", "I miei dati", "Lingua / Language"]
    assert one.labels() == ["Domande ricevute", "Da decidere", "Voucher", *desk, "Invio newsletter", "Aiuto"]
    closed = replace(ticket, id="t3", open=False)
    answered = replace(ticket, id="t4", waiting="them")
    two = Player(member("welfare_manager", "worker"), tickets=(ticket, replace(ticket, id="t2"), closed, answered))
    assert "Ci sono 2 domande che aspettano risposta." in two.says("menu")
    assert "Nessuna domanda" in Player(member("welfare_manager")).says("menu")


def test_a_role_with_nothing_of_its_own_yet_is_told_so() -> None:
    player = Player(member("auditor"))
    assert "Per ora qui non devi fare niente" in player.says("menu")
    assert player.labels() == ALWAYS


def test_who_works_on_the_newsletter_finds_her_desk_in_the_menu() -> None:
    editor = Player(member("editor"))
    editor.says("menu")
    assert "Redazione" in editor.labels()
    assert "Redazione" in editor.taps("Redazione")
    manager = Player(member("welfare_manager"))
    manager.says("menu")
    assert "Invio newsletter" in manager.labels()
    coordinator = Player(member("coordinator"))
    coordinator.says("notizie")
    assert {"Redazione", "Invio newsletter"} <= set(coordinator.labels())


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("referent", []),
        ("coordinator", ["Da decidere"]),
        ("partner", ["Incassa un voucher"]),
        ("accountant", []),
    ],
)
def test_a_role_of_the_vouchers_finds_its_part_in_the_menu(role: str, more: list[str]) -> None:
    player = Player(member(role))  # type: ignore[arg-type]
    assert "Che cosa ti serve?" in player.says("menu")
    assert [one for one in player.labels() if one != "Invio newsletter"] == [*more, "Voucher", *ALWAYS]


def test_who_holds_every_role_still_has_ten_rows() -> None:
    roles = ("worker", "welfare_manager", "coordinator", "partner", "accountant", "referent", "editor", "auditor")
    player = Player(member(*roles), **open_wave())  # type: ignore[arg-type]
    player.says("menu")
    assert len(player.labels()) == 10


def test_who_stopped_reads_how_to_come_back() -> None:
    player = Player(member())
    player.says("stop")
    assert "scrivi RIPRENDI" in player.says("menu")
    assert "riprendo" in player.says("riprendi")
    assert "scrivi RIPRENDI" not in player.says("menu")


def test_who_stopped_goes_on_with_the_questionnaire_and_stays_stopped() -> None:
    player = Player(member(reminders=True), **open_wave())
    player.opens()
    player.taps("Inizia il questionario")
    player.says("cominciamo")
    player.says("1")
    player.says("stop")
    said = player.says("menu")
    assert "Per andare avanti scrivi QUESTIONARIO." in said and "Per riaverli scrivi RIPRENDI." in said
    assert "Domanda 2 di" in player.says("questionario")
    assert player.facts.person.stopped


def test_the_help_shows_the_words_and_the_phone_in_every_state() -> None:
    player = Player(member())
    player.says("/aiuto")
    golden(player, "aiuto")
    for word in ("menu", "indietro", "salta", "annulla", "persona", "privacy", "lingua", "collega", "stop", "aiuto"):
        assert f"{word}:" in player.heard
    assert "+44 7700 900123 (lun-ven 9-13)" in player.heard
    assert "Menu" in player.says("indietro")


def test_a_house_without_hours_or_phone_is_told_without_gaps() -> None:
    assert "Chiama +44 7700 900123." in Player(member(), house=replace(HOUSE, hours="")).says("menu")
    assert "Chiama" not in Player(member(), house=replace(HOUSE, phone="")).says("menu")


def test_words_that_only_mean_begin_show_the_menu_again() -> None:
    player = Player(member())
    player.says("menu")
    for text in ("/start", "ciao", "inizia"):
        assert "Cosa ti serve oggi?" in player.says(text)
    assert "Di niente!" in player.says("grazie mille")


def test_annulla_says_that_something_was_left_only_where_it_was() -> None:
    player = Player(member())
    player.says("menu")
    assert "lascio stare" not in player.says("annulla")
    player.says("lingua")
    assert "lascio stare" in player.says("annulla")


def test_a_wrong_code_in_the_menu_is_explained() -> None:
    player = Player(member())
    player.says("menu")
    assert "Non trovo questo codice" in player.says("WIS-7K3M-2QXB")
    assert "nell'altra chat" in player.says("COL-7K3M-2QXB")


def test_a_guest_is_sent_to_the_welcome_and_may_read_the_help() -> None:
    player = Player(guest())
    assert "Come funziona" in player.says("aiuto")
    assert "Sono WIS" in player.taps("Menu")
