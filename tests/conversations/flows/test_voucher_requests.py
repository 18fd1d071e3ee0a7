"""Asking for a voucher: what people really type, closed calls, drafts, caps, sensitive services, English."""

from typing import Any

import pytest

from conversations.events import Sent, Unreadable
from storage import papers
from storage.db import Database
from storage.money import calls as money_calls
from tests.conversations.flows.voucher_phones import PHOTO, Network, a_spec, steady


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    return Network(sqlite)


def at(network: Network, step: str, who: str = "giulia", **terms: Any) -> str:
    """She is at this question; the id of the call."""
    call = network.opened(a_spec(**terms))
    network.says(who, "voucher")
    taps = {"area": (), "category": ("Cura",), "amount": ("Cura", "Nido"), "period": ("Cura", "Nido", "100,00 €")}
    taps["provider"] = (*taps["period"], "Il mese prossimo")
    taps["name"] = (*taps["provider"], "Non lo so ancora")
    for label in ("Chiedi un voucher", *taps[step]):
        network.taps(who, label)
    return call


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("mille", "Il massimo per un voucher è 400,00"),
        ("1.200,50", "Il massimo per un voucher è 400,00"),
        ("-5", "non può essere sotto zero"),
        ("0", "deve essere più di zero"),
        ("20", "Il minimo è 50,00"),
        ("85,555", "al massimo due cifre"),
        ("boh", "Non ho capito l'importo"),
        ("200 al mese", "Non ho capito l'importo"),
        ("999999999", "troppo alto"),
    ],
)
def test_amounts_as_people_write_them_are_explained(network: Network, said: str, answer: str) -> None:
    at(network, "amount")
    assert answer in network.says("giulia", said).replace("\xa0", " ")
    assert network.state("giulia").place.step == "amount"


@pytest.mark.parametrize("said", ["120", "120 euro", "€ 120,00", "centoventi", "120.00"])
def test_amounts_that_are_understood(network: Network, said: str) -> None:
    at(network, "amount")
    assert "Per quale periodo?" in network.says("giulia", said)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("dal 31/2 al 3/3", "Non ho capito le date"),
        ("dal 20/12/2026 al 1/12/2026", "La fine viene prima"),
        ("dal 20/12 al 1/12", "La fine viene prima"),
        ("dal 1/6/2026 al 30/6/2026", "dentro il bando"),
        ("quando capita", "Non ho capito le date"),
    ],
)
def test_periods_that_make_no_sense_are_explained(network: Network, said: str, answer: str) -> None:
    at(network, "period")
    assert answer in network.says("giulia", said)


@pytest.mark.parametrize(
    "said",
    ["dal 1/12 al 20/12", "dal 3 al 20 dicembre", "1/12 - 20/12", "domani", "dal 20/12 al 10/1", "12 dicembre"],
)
def test_periods_that_are_understood(network: Network, said: str) -> None:
    at(network, "period")
    assert "Chi farà il servizio?" in network.says("giulia", said)


def test_every_wrong_amount_is_explained_however_many_there_are(network: Network) -> None:
    network.opened(a_spec())
    network.says("giulia", "voucher")
    for label in ("Chiedi un voucher", "Cura", "Baby-sitter"):
        network.taps("giulia", label)
    for said, why in (("0", "più di zero"), ("-10", "sotto zero"), ("30", "Il minimo è"), ("5000", "Il massimo"),
                      ("boh", "Non ho capito")):  # fmt: skip
        assert why in network.says("giulia", said)


def test_what_is_left_bounds_the_amount(network: Network) -> None:
    call = at(network, "area", person_cap_cents=40_000)
    network.given("giulia", call, 30_000)
    network.taps("giulia", "Cura")
    network.taps("giulia", "Nido")
    assert "ti restano 100,00" in network.says("giulia", "150").replace("\xa0", " ")


def test_a_call_that_closes_while_a_draft_is_open(network: Network) -> None:
    call = at(network, "provider")
    network.does("marta", money_calls.propose_closing, "closing", call)
    network.does("sara", money_calls.confirm, "closing")
    said = network.taps("giulia", "Non lo so ancora")
    assert "Intanto il bando si è chiuso" in said
    assert "nessun bando aperto" in network.says("giulia", "voucher")
    assert "Le mie richieste" not in network.labels("giulia")


def test_a_draft_waits_and_goes_on_where_it_was(network: Network) -> None:
    at(network, "period")
    assert "bozza resta" in network.says("giulia", "menu")
    network.says("giulia", "le mie richieste")
    network.taps("giulia", "Bozza")
    assert "Per quale periodo?" in network.taps("giulia", "Riprendi")
    network.says("giulia", "annulla")
    network.says("giulia", "voucher")
    assert "Hai una richiesta a metà" in network.taps("giulia", "Chiedi un voucher")
    assert "Che tipo di aiuto" in network.taps("giulia", "Ricomincia")


def test_who_has_a_draft_is_told_that_the_call_closes(network: Network) -> None:
    at(network, "period")
    network.pass_time(days=60)
    assert "Il bando si chiude il 31 gennaio 2027" in network.read("giulia")


def test_back_goes_through_the_questions_and_keeps_the_answers(network: Network) -> None:
    at(network, "provider")
    assert "Per quale periodo?" in network.says("giulia", "indietro")
    assert "Quanto ti serve?" in network.says("giulia", "indietro")
    assert "Per quale servizio?" in network.says("giulia", "indietro")
    assert "Chi farà il servizio?" in network.taps("giulia", "Nido")


def test_names_with_figures_are_no_names(network: Network) -> None:
    at(network, "name")
    assert "Scrivi nome e cognome" in network.says("giulia", "Giulia")
    assert "Scrivi nome e cognome" in network.says("giulia", "R2 D2")
    assert "Prima di inviare" in network.says("giulia", "Giulia D'Inventata-Prova")


def test_a_note_and_a_change_before_sending(network: Network) -> None:
    at(network, "name")
    network.says("giulia", "Giulia Prova")
    network.taps("giulia", "Aggiungi una nota")
    assert "Nota: due volte a settimana" in network.says("giulia", "due volte a settimana")
    network.taps("giulia", "Cambia")
    network.taps("giulia", "L'importo")
    assert "Nido, 150,00" in network.taps("giulia", "150,00 €").replace("\xa0", " ")


def test_a_request_is_withdrawn_and_its_buttons_are_harmless(network: Network) -> None:
    at(network, "name")
    network.says("giulia", "Giulia Prova")
    network.taps("giulia", "Invia")
    network.taps("giulia", "Le mie richieste")
    network.taps("giulia", "…Inviata")
    network.taps("giulia", "Ritira")
    assert "Ho ritirato" in network.taps("giulia", "Sì")
    assert "non è più aperta" in network.taps("elena", "Approva")


def test_too_many_open_requests(network: Network) -> None:
    call = network.opened(a_spec(open_requests=1))
    network.asked("giulia", call)
    network.says("giulia", "voucher")
    assert "massimo di richieste aperte" in network.taps("giulia", "Chiedi un voucher")


def test_papers_of_a_sensitive_service_are_never_taken_by_chat(network: Network) -> None:
    call = network.opened(a_spec())
    network.asked("giulia", call, 20_000, "elder_care")
    network.says("elena", "da decidere")
    network.taps("elena", "…0 secondi")
    network.taps("elena", "Chiedi")
    network.taps("elena", "Un documento")
    network.taps("elena", "Salta")
    assert "Non mandarlo qui" in network.read("giulia")
    network.taps("giulia", "Rispondi")
    assert "manda una foto" not in network.text
    assert "Non mandarlo qui" in network.sends("giulia", PHOTO)
    with network.database.read() as conn:
        assert not any(conn.execute(papers.PAPERS.select().where(papers.PAPERS.c.ref != "")).all())
    network.says("giulia", "Lo porto domani.")
    network.taps("giulia", "Invia")
    network.taps("elena", "Dettagli")
    assert "Segnato: documento visto" in network.taps("elena", "Documento visto")
    network.says("giulia", "le mie richieste")
    network.taps("giulia", "…In verifica")
    assert "Il documento è stato visto" in network.text


@pytest.mark.parametrize(
    "what", [Sent("voice", "r"), Sent("sticker", "r"), Sent("document", "r", "text/csv", "a.csv"), Unreadable("poll")]
)
def test_what_is_no_answer_is_explained(network: Network, what: Any) -> None:
    at(network, "provider")
    network.take("giulia", what)
    assert network.text and network.state("giulia").place.step in ("provider", "write", "confirm")


def test_a_question_that_nobody_answers_lapses(network: Network) -> None:
    call = network.opened(a_spec())
    network.asked("giulia", call)
    network.says("elena", "da decidere")
    network.taps("elena", "…0 secondi")
    network.taps("elena", "Chiedi")
    network.taps("elena", "Il periodo")
    network.taps("elena", "Salta")
    network.pass_time(days=15)
    said = network.read("giulia")
    assert said.count("Aspettiamo ancora la tua risposta") == 2 and "è scaduta: non è arrivata" in said
    assert "Qui non c'è più nessuna domanda" in network.taps("giulia", "Rispondi")


def test_the_same_in_english(network: Network) -> None:
    network.opened(a_spec())
    network.says("giulia", "lingua")
    network.says("giulia", "english")
    assert "You can still get" in network.says("giulia", "my vouchers")
    for label in ("Ask for a voucher", "Care", "Baby-sitter", "€200.00", "Next month", "I do not know yet"):
        network.taps("giulia", label)
    network.says("giulia", "Giulia Prova")
    network.taps("giulia", "Send")
    network.taps("elena", "Approva")
    assert "is approved: €200.00" in network.read("giulia")
    assert "Nuova richiesta" in network.read("elena")


def test_a_need_in_her_own_words_begins_the_request(network: Network) -> None:
    network.opened(a_spec())
    network.says("giulia", "menu")
    said = network.says("giulia", "Ciao, mi serve una baby-sitter")
    assert "Per questo puoi chiedere un voucher: Baby-sitter." in said and "Quanto ti serve?" in said
    for label in ("200,00 €", "Fino a fine mese", "Non lo so ancora"):
        network.taps("giulia", label)
    network.says("giulia", "Giulia Prova")
    assert "Baby-sitter, 200,00" in network.text.replace("\xa0", " ")
    assert "Ricevuta n." in network.taps("giulia", "Invia")


def test_a_need_that_no_call_pays_for_is_left_to_the_answers(network: Network) -> None:
    network.opened(a_spec(categories=("nursery",)))
    network.says("giulia", "menu")
    assert "chiedere un voucher" not in network.says("giulia", "mi serve una baby-sitter")
    assert "chiedere un voucher" not in network.says("paolo", "mi serve un nido")


def test_a_need_written_inside_a_form_is_an_answer_there(network: Network) -> None:
    at(network, "provider")
    assert "Chiedi un voucher" not in network.says("giulia", "cerco ancora una tata")
    assert network.state("giulia").place.step in ("name", "send")
