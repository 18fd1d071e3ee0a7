"""Calls, budgets, claims and payments by chat: two coordinators, lights, checks, accounts."""

import pytest

from conversations.events import Chose
from storage import calls, payments, profiles
from storage.db import Database
from tests.conversations.flows.voucher_phones import PDF, PHOTO, Network, a_spec, golden, steady
from tests.storage.money_world import IBAN


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    return Network(sqlite)


def test_a_call_is_opened_extended_and_closed_by_two_coordinators(network: Network) -> None:
    network.says("marta", "voucher")
    network.taps("marta", "Bandi e fondi")
    network.taps("marta", "Nuovo bando")
    network.says("marta", "Bando Cura 2027")
    network.says("marta", "dal 1/6/2026 al 30/6/2026")
    network.says("marta", "dal 20/11 al 31/1/2027")
    network.says("marta", "24.000")
    network.says("marta", "30.000")
    network.says("marta", "14.000")
    network.taps("marta", "800,00 €")
    network.says("marta", "900")
    network.taps("marta", "400,00 €")
    network.taps("marta", "Ordine di arrivo")
    network.taps("marta", "Sì")
    network.says("marta", "bandi e fondi")
    network.take("marta", Chose("@voucher_call:open"))
    network.taps("marta", "Proposta: aprire")
    network.taps("sara", "Vedi")
    network.taps("sara", "Confermo")
    network.take("sara", Chose("@voucher_call:open"))
    network.taps("sara", "Bando Cura 2027")
    network.taps("sara", "Estendi")
    network.taps("sara", "I soldi di una linea")
    network.taps("sara", "Cura")
    network.says("sara", "1.000")
    network.taps("sara", "Sì")
    network.take("marta", Chose("@voucher_call:open"))
    network.taps("marta", "Proposta: estendere")
    network.taps("marta", "Confermo")
    network.take("marta", Chose("@voucher_call:open"))
    network.taps("marta", "Bando Cura 2027")
    network.taps("marta", "Chiudi il bando")
    network.taps("marta", "Sì")
    network.take("sara", Chose("@voucher_call:open"))
    network.taps("sara", "Proposta: chiudere")
    network.taps("sara", "Confermo")
    golden(network, "voucher_bando")


def test_who_proposed_cannot_confirm_and_old_buttons_are_harmless(network: Network) -> None:
    call = network.opened(a_spec())
    network.take("marta", Chose(f"@voucher_call:call:{call}"))
    network.taps("marta", "Chiudi il bando")
    network.taps("marta", "Sì")
    network.take("marta", Chose("@voucher_call:open"))
    said = network.taps("marta", "Proposta: chiudere")
    assert "Serve il sì di un'altra coordinatrice" in said and "Confermo" not in network.labels("marta")
    network.taps("sara", "Vedi")
    token = network.token("sara", "Vedi")
    network.taps("sara", "Togli la proposta")
    assert "già chiusa" in network.take("marta", Chose(token))
    with network.database.read() as conn:
        row = calls.call_by_id(conn, call)
    assert row is not None and row.state == "open"


def test_a_worker_has_no_way_to_the_budgets(network: Network) -> None:
    network.opened(a_spec())
    for token in ("@voucher_call:open", "@voucher_call:new", "@voucher_pay:open", "@voucher_claim:check"):
        assert "Questa parte non è attiva per te" in network.take("giulia", Chose(token))


def test_a_line_that_fills_up_tells_the_coordinators(network: Network) -> None:
    call = network.opened(a_spec(total_cents=40_000, budget_cents=40_000))
    network.given("karim", call, 32_000)
    network.pass_time(minutes=1)
    assert "almeno il 75%. Restano 80,00" in network.read("marta").replace("\xa0", " ")
    network.given("giulia", call, 8_000)
    network.pass_time(minutes=1)
    assert "almeno il 100%" in network.read("sara")
    assert "🔴 generale: 100%" in network.take("marta", Chose(f"@voucher_call:call:{call}"))


def receipt(network: Network, number: str = "31", gross: str = "80", iban: str = IBAN) -> None:
    """She sends a receipt of the voucher she has."""
    network.says("giulia", "rimborso")
    network.sends("giulia", PHOTO)
    for said in ("Baby Park Inventato", number, "12/11", gross, "salta", "con carta"):
        network.says("giulia", said)
    if "Scrivi il tuo IBAN" in network.text:
        network.says("giulia", iban)
    if "Invia" in network.labels("giulia"):
        network.taps("giulia", "Invia")


def test_the_same_receipt_twice_is_told_at_once(network: Network) -> None:
    network.given("giulia", network.opened(a_spec()))
    receipt(network)
    receipt(network)
    assert "Hai già mandato questa ricevuta" in network.read("giulia")
    assert len(network.heard_by["marta"]) == len([m for m in network.heard_by["marta"] if m.ways])


def test_a_receipt_of_somebody_else_is_refused_when_it_is_sent(network: Network) -> None:
    call = network.opened(a_spec())
    with network.database.write() as conn:
        profiles.keep(conn, "karim", network.at, iban=IBAN)
    network.claimed("karim", network.given("karim", call), 8_000, "31")
    network.given("giulia", call)
    network.says("giulia", "rimborso")
    network.sends("giulia", PHOTO)
    for said in ("Tata Inventata", "31", "25/11/2026", "80", "salta", "con carta", IBAN):
        network.says("giulia", said)
    said = network.taps("giulia", "Invia")
    assert "Questa ricevuta è già stata mandata" in said  # no fact of hers could foresee it
    assert network.state("giulia").place.step == "send"


def test_the_checker_accepts_a_part_or_rejects(network: Network) -> None:
    network.given("giulia", network.opened(a_spec()))
    receipt(network)
    network.taps("marta", "Dettagli")
    network.taps("marta", "Altro importo")
    assert "troppo alta" in network.says("marta", "90")
    network.says("marta", "50")
    assert "è accettato: 50,00" in network.read("giulia").replace("\xa0", " ")
    receipt(network, "32")
    network.taps("marta", "Dettagli")
    network.taps("marta", "Rifiuta")
    network.taps("marta", "Foto non leggibile")
    assert "La foto della ricevuta non si legge." in network.read("giulia")
    assert "già chiuso" in network.taps("sara", "Dettagli")


def test_a_claim_is_withdrawn_and_reminded(network: Network) -> None:
    network.given("giulia", network.opened(a_spec()))
    receipt(network)
    network.pass_time(days=9)
    said = network.read("marta")
    assert "aspetta un controllo" in said and "Ritardo: il rimborso" in said
    network.says("giulia", "le mie richieste")
    network.taps("giulia", "…· Rimborso")
    network.taps("giulia", "Ritira")
    assert "Ho ritirato" in network.taps("giulia", "Sì")


def test_a_question_about_the_account_takes_an_account_only(network: Network) -> None:
    network.given("giulia", network.opened(a_spec()))
    receipt(network)
    network.taps("marta", "Dettagli")
    network.taps("marta", "Chiedi")
    network.taps("marta", "L'IBAN")
    network.taps("marta", "Salta")
    network.taps("giulia", "Rispondi")
    assert "Non" not in network.says("giulia", "boh") and "IBAN" in network.text
    assert "conto che finisce con 3000" in network.says("giulia", "DE89 3704 0044 0532 0130 00")
    assert "DE89" not in network.read("marta")


def test_a_receipt_of_a_sensitive_service_is_seen_at_the_office(network: Network) -> None:
    network.given("giulia", network.opened(a_spec()), category="elder_care")
    assert "non passa dalla chat" in network.says("giulia", "rimborso")
    network.sends("giulia", PDF)
    assert network.state("giulia").place.step == "photo"
    assert "Chi ha fatto la ricevuta?" in network.taps("giulia", "Ho capito")


def test_the_accountant_asks_for_an_account(network: Network) -> None:
    code = network.codes[network.given("giulia", network.opened(a_spec()))]
    with network.database.write() as conn:
        profiles.keep(conn, "paolo", network.at, iban="")
    network.says("paolo", code)
    network.says("paolo", "40")
    network.taps("giulia", "Confermo")
    network.says("ugo", "voucher")
    network.taps("ugo", "Pagamenti")
    assert "Paolo Baby Parking, 40,00" in network.taps("ugo", "40,00 €").replace("\xa0", " ")
    network.taps("ugo", "Chiedi l'IBAN")
    assert "ci serve il tuo IBAN" in network.read("paolo")
    network.taps("paolo", "Scrivi l'IBAN")
    network.says("paolo", IBAN)
    with network.database.read() as conn:
        (payment,) = payments.payments_in(conn, frozenset({"to_pay"}))
    assert payment.iban == IBAN
    said = network.read("ugo")
    assert "Baby-sitter" not in said and "Giulia" not in said


def test_a_name_is_given_for_the_decisions(network: Network) -> None:
    network.says("giulia", "voucher")
    network.take("giulia", Chose("@voucher_account:name"))
    assert "Scrivi nome e cognome" in network.says("giulia", "X")
    assert "il tuo nome è Giulia Prova" in network.says("giulia", "Giulia Prova")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("IT60", "troppe o troppo poche"),
        ("12345678901234567", "non sembra un IBAN"),
        ("US" + "1" * 20, "dell'area SEPA"),
        ("IT60X0542811101000000123457", "cifra sbagliata"),
    ],
)
def test_a_wrong_account_number_is_explained(network: Network, said: str, why: str) -> None:
    network.take("giulia", Chose("@voucher_account:iban"))
    assert why in network.says("giulia", said)
