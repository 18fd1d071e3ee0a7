"""Corrections by chat: a voucher taken back or extended, a charge or an accepted refund undone, and who is told."""

from datetime import timedelta
from typing import Any

import pytest

from conversations.events import Chose
from conversations.facts import Look
from storage import (
    payments,
    people,
    profiles,
    redemptions,
    vouchers,
)
from storage.db import Database
from storage.money import claiming as money_claiming
from storage.money import redeeming as money_redeeming
from tests.conversations.flows.voucher_phones import IBAN, Network, a_spec, datetime, golden, steady
from tests.storage.money_checks import breaches

MIXED: dict[str, Look] = {"giulia": "whatsapp", "paolo": "whatsapp"}


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    made = Network(sqlite, MIXED)
    with sqlite.write() as conn:
        for who in ("giulia", "karim"):
            profiles.keep(conn, who, made.at, iban=IBAN)
    return made


def voucher(network: Network, key: str) -> Any:
    with network.database.read() as conn:
        return vouchers.voucher_by_id(conn, key)


def charged(network: Network, key: str, cents: int = 4_000) -> str:
    """The id of a charge that the owner has confirmed."""
    charge = network.charged(key, cents)
    network.does(network.owner_of(key), money_redeeming.confirm, charge, network.new("pay"))
    return charge


def accepted(network: Network, key: str, cents: int = 3_000) -> str:
    """The id of a claim that a coordinator has accepted."""
    claim = network.claimed(network.owner_of(key), key, cents)
    network.does("sara", money_claiming.accept, claim, network.new("pay"), cents)
    return claim


def test_a_coordinator_extends_takes_back_and_undoes(network: Network) -> None:
    call = network.opened(a_spec())
    key, other = network.given("giulia", call, 20_000), network.given("karim", call, 10_000)
    charged(network, key)
    accepted(network, key)
    network.says("marta", "voucher")
    network.taps("marta", "Correzioni")
    network.taps("marta", "Voucher attivi")
    network.says("marta", "giulia")
    network.taps("marta", "Allunga la scadenza")
    network.says("marta", "ieri")
    network.says("marta", "31/3/2027")
    network.taps("marta", "Servizio rimandato")
    network.taps("marta", "Sì")
    network.take("marta", Chose("@voucher_correction:open"))
    network.taps("marta", "Incassi")
    network.taps("marta", "Giulia Prova")
    network.taps("marta", "Annulla l'incasso")
    network.taps("marta", "Importo sbagliato")
    network.taps("marta", "Sì")
    network.take("marta", Chose("@voucher_correction:claims"))
    network.taps("marta", "Giulia Prova")
    network.taps("marta", "Annulla il rimborso")
    network.taps("marta", "Decisione sbagliata")
    network.taps("marta", "Sì")
    network.take("marta", Chose("@voucher_correction:vouchers"))
    network.taps("marta", "Karim Finto")
    network.taps("marta", "Ritira il voucher")
    network.taps("marta", "Non lavora più lì")
    network.taps("marta", "Sì")
    golden(network, "voucher_correzioni")
    first, second = voucher(network, key), voucher(network, other)
    assert (first.state, first.used_cents, str(first.expires_on)) == ("issued", 0, "2027-03-31")
    assert (second.state, second.returned_cents) == ("revoked", 10_000)
    with network.database.read() as conn:
        assert breaches(conn) == []


def test_no_after_the_last_question_changes_nothing(network: Network) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    network.take("marta", Chose("@voucher_correction:voucher:" + key))
    network.taps("marta", "Ritira il voucher")
    network.taps("marta", "Uso non corretto")
    assert "200,00\xa0€ tornano nel fondo" in network.text and "secondo le regole" in network.text
    assert "non ho cambiato niente" in network.taps("marta", "No")
    assert voucher(network, key).state == "issued" and network.heard_by["giulia"] == []


def test_a_charge_that_was_paid_must_come_back_and_the_accountant_knows(network: Network) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    charge = charged(network, key)
    network.pay("ugo")
    network.take("marta", Chose("@voucher_correction:charge:" + charge))
    network.taps("marta", "Annulla l'incasso")
    assert "Il partner ha già avuto i soldi" in network.taps("marta", "Servizio non dato")
    network.taps("marta", "Sì")
    assert "Il servizio non è stato dato." in network.read("giulia")
    assert "Motivo: Servizio non dato" in network.read("paolo")
    assert "40,00\xa0€ sono da riavere dal partner" in network.read("ugo")
    with network.database.read() as conn:
        payment = payments.payment_for(conn, redemption_id=charge)
    assert payment is not None and payment.state == "to_recover"


def test_a_refund_in_the_banks_file_is_told_to_the_accountant(network: Network) -> None:
    claim = accepted(network, network.given("giulia", network.opened(a_spec())))
    with network.database.write() as conn:
        payment = payments.payment_for(conn, claim_id=claim)
        assert payment is not None
        payments.name_batch(conn, [payment.id], "WIS-1")
    network.take("marta", Chose("@voucher_correction:claim:" + claim))
    network.taps("marta", "Annulla il rimborso")
    assert "nel file per la banca WIS-1" in network.taps("marta", "Importo sbagliato")
    network.taps("marta", "Sì")
    assert "è nel file per la banca WIS-1" in network.read("ugo") and "Giulia" not in network.read("ugo")


def test_what_is_open_on_a_voucher_comes_first(network: Network) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    network.claimed("giulia", key, 5_000)
    said = network.take("marta", Chose("@voucher_correction:voucher:" + key))
    assert "Prima va chiuso quello" in said and "Ritira il voucher" not in network.labels("marta")


def test_a_voucher_is_not_extended_beyond_what_the_call_pays(network: Network) -> None:
    last = datetime(2027, 3, 10).date()
    key = network.given("giulia", network.opened(a_spec(uses_until=last)))
    network.take("marta", Chose("@voucher_correction:voucher:" + key))
    network.taps("marta", "Allunga la scadenza")
    assert "paga solo fino al 10 marzo 2027" in network.says("marta", "31/3/2027")
    assert "deve venire dopo il 23 febbraio 2027" in network.says("marta", "25/11/2026")


def test_a_date_that_is_none_is_explained(network: Network) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    network.take("marta", Chose("@voucher_correction:voucher:" + key))
    network.taps("marta", "Allunga la scadenza")
    assert "Non ho capito la data" in network.says("marta", "boh")


def test_somebody_was_faster_and_an_old_button_is_harmless(network: Network) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    for who in ("marta", "sara"):
        network.take(who, Chose("@voucher_correction:voucher:" + key))
        network.taps(who, "Ritira il voucher")
        network.taps(who, "Altro motivo")
    network.taps("marta", "Sì")
    assert "intanto è cambiato" in network.taps("sara", "Sì")
    assert "intanto è cambiato" in network.take("sara", Chose("@voucher_correction:voucher:" + key))
    assert len(network.heard_by["giulia"]) == 1


def test_nobody_corrects_what_is_her_own_or_of_her_firm(network: Network) -> None:
    call = network.opened(a_spec())
    with network.database.write() as conn:
        people.add_membership(conn, "marta", "f1", "worker", "employee", network.at)
    mine, theirs = network.given("giulia", call), network.given("karim", call)
    charged(network, mine)
    accepted(network, mine)
    said = network.take("marta", Chose("@voucher_correction:vouchers"))
    assert "Karim Finto" in said and "Giulia" not in said
    assert "intanto è cambiato" in network.take("marta", Chose("@voucher_correction:voucher:" + mine))
    assert "niente da correggere" in network.take("marta", Chose("@voucher_correction:charges"))
    assert "niente da correggere" in network.take("marta", Chose("@voucher_correction:claims"))
    assert voucher(network, theirs).state == "issued"


@pytest.mark.parametrize("who", ["giulia", "elena", "paolo", "ugo", "nino"])
def test_only_coordinators_correct(network: Network, who: str) -> None:
    key = network.given("giulia", network.opened(a_spec()))
    for token in ("@voucher_correction:open", "@voucher_correction:voucher:" + key):
        assert "Questa parte non è attiva per te" in network.take(who, Chose(token))


def test_a_charge_older_than_two_weeks_is_not_offered(network: Network) -> None:
    charge = charged(network, network.given("giulia", network.opened(a_spec())))
    network.pass_time(days=15)
    assert "niente da correggere" in network.take("marta", Chose("@voucher_correction:charges"))
    with network.database.read() as conn:
        row = redemptions.redemption_by_id(conn, charge)
    assert row is not None and row.state == "confirmed"


def test_a_name_that_is_typed_finds_her_vouchers_in_a_long_list(network: Network) -> None:
    call = network.opened(a_spec())
    for _ in range(12):
        network.given("giulia", call, 5_000)
    network.at += timedelta(days=1)
    network.given("karim", call, 5_000)
    assert "Karim" not in network.take("marta", Chose("@voucher_correction:vouchers"))
    assert "Karim Finto" in network.taps("marta", "Altre…")
    assert "Per giulia ci sono 12 righe" in network.says("marta", "giulia")
    assert "Giulia Prova" in network.taps("marta", "Altre…") and "Karim" not in network.text
    assert "Non trovo Zoe" in network.says("marta", "Zoe")
    assert "Per finto c'è una riga" in network.says("marta", "finto") and "Giulia" not in network.text
