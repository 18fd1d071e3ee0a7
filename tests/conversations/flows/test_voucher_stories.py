"""Whole stories of the vouchers with several phones: every word that every person reads, on both looks."""

from typing import Any

import pytest

from conversations.facts import Look
from storage.db import Database
from tests.conversations.flows.voucher_phones import PDF, PHOTO, Network, a_spec, golden, steady

MIXED: dict[str, Look] = {"giulia": "whatsapp", "paolo": "whatsapp", "karim": "whatsapp"}
"""Workers and partners on WhatsApp, the association on Telegram: as it is in life."""


@pytest.fixture(params=["telegram", "whatsapp"])
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    steady(monkeypatch)
    return Network(sqlite, look=request.param)


@pytest.fixture
def mixed(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    return Network(sqlite, MIXED)


def ask(network: Network, who: str = "giulia", amount: str = "200,00 €") -> None:
    """Six taps (and the name, the first time) from the overview to the receipt."""
    network.says(who, "voucher")
    for label in ("Chiedi un voucher", "Cura", "Baby-sitter", amount, "Fino a fine mese", "Non lo so ancora"):
        network.taps(who, label)
    if "Come ti chiami?" in network.text:
        network.says(who, f"{who.title()} Prova")
    network.taps(who, "Invia")


def test_from_the_request_to_a_paid_voucher(network: Network) -> None:
    network.opened(a_spec())
    ask(network)
    network.taps("elena", "Approva")
    network.taps("giulia", "Apri il voucher")
    network.taps("giulia", "Mostra il QR")
    code = next(one for one in network.read("giulia").split() if one.count("-") == 2 and len(one.strip(".")) == 13)
    network.says("paolo", code.strip(".").lower().replace("0", "O"))
    network.says("paolo", "40")
    network.taps("giulia", "Confermo")
    network.says("giulia", "le mie richieste")
    golden(network, "voucher_storia")


def test_asked_answered_with_a_photo_and_declined(mixed: Network) -> None:
    mixed.opened(a_spec())
    ask(mixed)
    mixed.taps("elena", "Dettagli")
    mixed.taps("elena", "Chiedi")
    mixed.taps("elena", "Un documento")
    mixed.says("elena", "Serve il preventivo della baby-sitter.")
    mixed.taps("giulia", "Rispondi")
    mixed.sends("giulia", PHOTO)
    mixed.says("giulia", "Ecco il preventivo.")
    mixed.taps("giulia", "Invia")
    mixed.taps("elena", "Dettagli")
    mixed.taps("elena", "Rifiuta")
    mixed.taps("elena", "Già pagato da altri")
    golden(mixed, "voucher_domanda")


def test_the_firms_own_manager_reads_name_area_and_amount_only(mixed: Network) -> None:
    spec = a_spec(deciders="firm", firm_deciders={"f1": "nino"}, notice_version="n1")
    mixed.opened(spec)
    mixed.says("giulia", "voucher")
    for label in ("Chiedi un voucher", "Cura", "Baby-sitter", "200,00 €", "Fino a fine mese", "Non lo so ancora"):
        mixed.taps("giulia", label)
    mixed.says("giulia", "Giulia Prova")
    mixed.taps("giulia", "Ho capito, invia")
    mixed.taps("nino", "Chiedi")
    mixed.taps("nino", "Il periodo")
    mixed.taps("giulia", "Rispondi")
    mixed.says("giulia", "Solo le ultime due settimane, per la visita di mia madre.")
    mixed.taps("giulia", "Invia")
    mixed.taps("nino", "Approva")
    mixed.taps("nino", "Approva")
    golden(mixed, "voucher_impresa")
    said = mixed.read("nino")
    assert "Giulia Prova" in said and "200,00" in said and "Cura" in said
    for secret in ("Baby-sitter", "visita", "settimane", "novembre", "Non lo so"):
        assert secret not in said
    assert "Questa richiesta è già decisa." in said


def test_a_receipt_is_asked_about_accepted_and_paid(mixed: Network) -> None:
    call = mixed.opened(a_spec())
    mixed.given("giulia", call)
    mixed.says("giulia", "rimborso")
    mixed.sends("giulia", PHOTO)
    mixed.says("giulia", "Baby Park Inventato, P.IVA 12345678901")
    mixed.says("giulia", "31/A")
    mixed.says("giulia", "domani")
    mixed.says("giulia", "12/11")
    mixed.says("giulia", "80,50 euro")
    mixed.says("giulia", "salta")
    mixed.taps("giulia", "In contanti")
    mixed.taps("giulia", "Con carta")
    mixed.says("giulia", "IT60 X054 2811 1010 0000 0123 457")
    mixed.says("giulia", "IT60 X054 2811 1010 0000 0123 456")
    mixed.taps("giulia", "Invia")
    mixed.taps("marta", "Dettagli")
    mixed.taps("marta", "Chiedi")
    mixed.taps("marta", "Una foto migliore")
    mixed.taps("marta", "Salta")
    mixed.taps("giulia", "Rispondi")
    mixed.sends("giulia", PDF)
    mixed.taps("giulia", "Invia")
    mixed.taps("marta", "Dettagli")
    mixed.taps("marta", "Accetta 80,50 €")
    mixed.pay("ugo")
    mixed.says("giulia", "le mie richieste")
    mixed.taps("giulia", "…Pagato")
    golden(mixed, "voucher_rimborso")
    assert mixed.heard_by["nino"] == mixed.heard_by["karim"] == []


def test_the_waiting_list_moves_by_itself(mixed: Network) -> None:
    call = mixed.opened(a_spec(total_cents=30_000, budget_cents=30_000))
    voucher = mixed.given("karim", call, 20_000)
    ask(mixed)
    mixed.taps("elena", "Approva")
    mixed.taps("elena", "Lista d'attesa")
    mixed.says("giulia", "le mie richieste")
    mixed.taps("giulia", "…In lista")
    mixed.says("karim", "voucher")
    mixed.taps("karim", "Le mie richieste")
    mixed.taps("karim", "Voucher: 200,00 €")
    mixed.taps("karim", "Restituisci")
    mixed.taps("karim", "Sì")
    mixed.pass_time(minutes=1)
    mixed.taps("giulia", "Sì, lo voglio")
    mixed.taps("elena", "Approva")
    golden(mixed, "voucher_lista")
    assert voucher


def test_reminders_of_a_voucher_until_it_expires(mixed: Network) -> None:
    call = mixed.opened(a_spec())
    mixed.given("giulia", call)
    for _ in range(4):
        mixed.pass_time(days=29)
    golden(mixed, "voucher_scadenza")


def test_a_manager_who_sleeps_a_request_that_nobody_decides(mixed: Network) -> None:
    mixed.opened(a_spec())
    mixed.pass_time(hours=11)
    ask(mixed)
    assert mixed.heard_by["elena"] == []
    mixed.pass_time(hours=12)
    mixed.taps("elena", "Da decidere")
    mixed.pass_time(days=10)
    golden(mixed, "voucher_ritardo")
    assert mixed.heard_by["nino"] == []
