"""What the command line and the fetching of files set off in the chats: paid, not paid, an unreadable file, a
proposal that wants a second coordinator."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conversations.events import Chose
from conversations.rules.voucher_timers import PROPOSED_CALL
from storage import timers
from storage.db import Database
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    papers as money_papers,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.papers import papers_to_fetch
from tests.conversations.flows.voucher_phones import PHOTO, Network, a_spec, steady


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    steady(monkeypatch)
    return Network(sqlite)


def a_refund(network: Network) -> tuple[str, str]:
    """The ids of an accepted claim of Giulia's and its payment."""
    network.does("giulia", money_paying.save_iban, "IT60X0542811101000000123456")
    claim = network.claimed("giulia", network.given("giulia", network.opened(a_spec())), 5_000)
    payment = network.new("pay")
    network.does("marta", money_claiming.accept, claim, payment, 5_000)
    return claim, payment


def test_who_was_paid_reads_how_much_and_where(network: Network) -> None:
    _, payment = a_refund(network)
    network.does("ugo", money_paying.mark_paid, payment, "CRO")
    network.pass_time(minutes=1)
    assert "Abbiamo pagato 50,00 € sul conto che finisce con 3456." in network.read("giulia").replace("\xa0", " ")


def test_who_was_not_paid_reads_why_and_may_give_another_account(network: Network) -> None:
    _, payment = a_refund(network)
    network.does("ugo", money_paying.mark_failed, payment, "wrong_iban")
    network.pass_time(minutes=1)
    assert "50,00" in network.read("giulia")
    assert "Scrivi l'IBAN" in network.labels("giulia")


def test_an_unreadable_file_of_a_sent_request_is_told(network: Network) -> None:
    request = network.asked("giulia", network.opened(a_spec()))
    network.does("giulia", money_papers.add, request, "paper", "quote", PHOTO, "telegram")
    with network.database.write() as conn:
        money_papers.received(conn, "paper", b"MZ", network.at)
    network.pass_time(minutes=1)
    told = network.read("giulia")
    assert "non è una foto e non è un PDF" in told and "chi controlla te lo chiede" in told


def test_an_unreadable_photo_of_a_half_receipt_is_asked_for_again(network: Network) -> None:
    network.does("giulia", money_paying.save_iban, "IT60X0542811101000000123456")
    network.given("giulia", network.opened(a_spec()))
    network.says("giulia", "voucher")
    network.taps("giulia", "Chiedi un rimborso")
    network.sends("giulia", PHOTO)
    assert "Chi ha fatto" in network.read("giulia")
    with network.database.write() as conn:
        (paper,) = papers_to_fetch(conn, ("simulator",), network.at)
        money_papers.received(conn, paper.id, b"<html>", network.at)
    network.pass_time(minutes=1)
    assert "mandala di nuovo" in network.read("giulia")
    network.taps("giulia", "Riprendi")
    assert "foto" in network.read("giulia")


def test_a_receipt_whose_photo_cannot_be_opened_is_not_sent_without_another(network: Network) -> None:
    network.does("giulia", money_paying.save_iban, "IT60X0542811101000000123456")
    network.given("giulia", network.opened(a_spec()))
    network.says("giulia", "voucher")
    network.taps("giulia", "Chiedi un rimborso")
    network.sends("giulia", PHOTO)
    for said in ("Tata Inventata", "12", "oggi", "50", "salta", "con carta"):
        network.says("giulia", said)
    with network.database.write() as conn:
        (paper,) = papers_to_fetch(conn, ("simulator",), network.at)
        money_papers.received(conn, paper.id, b"<html>", network.at)
    asked = network.taps("giulia", "Invia")
    assert "non è una foto" in asked and "Manda una foto della ricevuta" in asked
    network.sends("giulia", PHOTO)
    assert "Rimborso inviato" in network.taps("giulia", "Invia")


def test_a_coordinator_who_writes_refund_finds_those_to_check(network: Network) -> None:
    network.does("giulia", money_paying.save_iban, "IT60X0542811101000000123456")
    network.claimed("giulia", network.given("giulia", network.opened(a_spec())), 5_000)
    assert "C'è un rimborso da controllare" in network.says("marta", "rimborso")


def test_a_proposal_from_the_command_line_reaches_the_second_coordinator(network: Network) -> None:
    network.does("marta", money_calls.propose, "prop", "call", a_spec(title="Bando 2027"))
    with network.database.write() as conn:
        timers.set_timer(conn, "sara", PROPOSED_CALL, "prop", network.at, {})
    network.pass_time(minutes=1)
    assert "Marta Esempio propone di aprire il bando Bando 2027" in network.read("sara")
    network.taps("sara", "Vedi")
    network.taps("sara", "Confermo")
    assert "aperto" in network.read("sara")


def charged(network: Network, voucher: str, cents: int) -> str:
    """The id of the payment of a charge that its owner has confirmed."""
    payment = network.new("pay")
    network.does(network.owner_of(voucher), money_redeeming.confirm, network.charged(voucher, cents), payment)
    return payment


def test_a_partner_reads_her_statement_on_the_first_working_morning_of_the_month(network: Network) -> None:
    voucher = network.given("giulia", network.opened(a_spec()))
    payment = charged(network, voucher, 4_000)
    charged(network, voucher, 2_500)
    network.does("ugo", money_paying.mark_paid, payment, "CRO")
    network.pass_time(minutes=1)
    assert "È partito un bonifico" in network.read("paolo")
    network.at = datetime(2026, 12, 1, 7, 29, tzinfo=UTC)
    network.pass_time()
    assert "Il mese è finito" not in network.read("paolo")
    network.pass_time(minutes=2)
    said = network.read("paolo").replace("\xa0", " ")
    assert "Il mese scorso: 2 incassi, 65,00 €." in said
    assert "Già pagati: 40,00 €. Ancora da pagare: 25,00 €." in said
    network.pass_time(days=40)
    assert network.read("paolo").count("Il mese è finito") == 1, "a month without charges is not told"


def test_a_file_of_many_payments_is_told_to_a_partner_once(network: Network) -> None:
    voucher = network.given("giulia", network.opened(a_spec()))
    for payment in [charged(network, voucher, 1_000) for _ in range(3)]:
        network.does("ugo", money_paying.mark_paid, payment, "CRO")
    network.pass_time(minutes=1)
    assert network.read("paolo").count("È partito un bonifico") == 1


def test_the_sums_of_a_statement_hold_for_more_charges_than_are_listed(network: Network) -> None:
    voucher = network.given("giulia", network.opened(a_spec()), 40_000)
    for _ in range(60):
        charged(network, voucher, 100)
        network.at += timedelta(seconds=1)
    said = network.take("paolo", Chose("@voucher_redeem:statement")).replace("\xa0", " ")
    assert "Questo mese: 60 incassi, 60,00 €." in said


def test_whoever_was_not_decided_when_a_call_closes_is_told(network: Network) -> None:
    call = network.opened(a_spec())
    for who in ("giulia", "karim"):
        network.asked(who, call)
    network.given("teresa", call)
    network.does("marta", money_calls.propose_closing, "closing", call)
    network.does("sara", money_calls.confirm, "closing")
    network.pass_time(minutes=1)
    for who in ("giulia", "karim"):
        said = network.read(who)
        assert said.count("Il bando Bando di prova si è chiuso") == 1 and "Parla con noi" in network.labels(who)
    assert "si è chiuso" not in network.read("teresa")
