"""Old buttons, double taps, two managers, withdrawn roles, own requests: what each tap answers and does."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from conversations.events import Blocked, Chose
from storage import requests, vouchers
from storage.db import Database
from storage.people import MEMBERSHIPS
from tests.conversations.flows.voucher_phones import Network, a_spec, steady


@pytest.fixture
def network(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Network:
    steady(monkeypatch)
    return Network(sqlite)


def sent(network: Network, who: str = "giulia", **terms: Any) -> str:
    """The id of a request that was sent by chat, so that its alert is on the managers' phones."""
    if not terms.pop("open_already", False):
        network.opened(a_spec(**terms))
    network.says(who, "voucher")
    for label in ("Chiedi un voucher", "Cura", "Nido", "200,00 €", "Per tre mesi", "Non lo so ancora"):
        network.taps(who, label)
    if "Come ti chiami?" in network.text:
        network.says(who, "Giulia Prova")
    network.taps(who, "Invia")
    return network.token("elena", "Approva").rpartition(":")[2]


def state(network: Network, key: str) -> str:
    with network.database.read() as conn:
        row = requests.request_by_id(conn, key)
    assert row is not None
    return str(row.state)


def granted(network: Network, key: str) -> int:
    with network.database.read() as conn:
        return 0 if vouchers.voucher_of_request(conn, key) is None else 1


def drop_role(network: Network, who: str) -> None:
    with network.database.write() as conn:
        conn.execute(update(MEMBERSHIPS).where(MEMBERSHIPS.c.person_id == who).values(until=network.at))


def test_a_double_tap_and_the_button_of_another_manager_do_nothing_more(network: Network) -> None:
    key = sent(network)
    network.taps("elena", "Approva")
    assert granted(network, key) == 1
    told = len(network.heard_by["giulia"])
    assert "è già approvata: Elena Immaginaria, 25/11/2026, 10:00" in network.taps("elena", "Approva")
    assert "è già approvata: Elena Immaginaria, 25/11/2026, 10:00" in network.taps("marta", "Approva")
    for label in ("Rifiuta", "Chiedi"):
        assert "è già approvata" in network.taps("sara", label)
    assert state(network, key) == "approved" and len(network.heard_by["giulia"]) == told


def test_a_role_withdrawn_between_alert_and_tap(network: Network) -> None:
    key = sent(network)
    drop_role(network, "elena")
    for label in ("Approva", "Rifiuta", "Chiedi", "Dettagli"):
        assert "non è più aperta, o non tocca a te" in network.taps("elena", label)
    assert state(network, key) == "submitted"


def test_nobody_decides_on_her_own_request_or_on_one_of_her_own_firm(network: Network) -> None:
    with network.database.write() as conn:
        conn.execute(delete(MEMBERSHIPS).where(MEMBERSHIPS.c.person_id == "sara"))
        for role, firm in (("coordinator", None), ("worker", "f1")):
            contract = "employee" if firm else ""
            conn.execute(
                MEMBERSHIPS.insert().values(
                    person_id="sara", enterprise_id=firm, role=role, contract=contract, since=network.at
                )
            )
    network.opened(a_spec())
    key = sent(network, open_already=True)
    # she belongs to the firm of the worker: no alert, and a forged button answers nothing
    assert network.heard_by["sara"] == []
    assert "o non tocca a te" in network.take("sara", Chose(f"@voucher_decision:approve:{key}"))
    assert state(network, key) == "submitted"
    own = sent(network, "sara", open_already=True)
    assert "È una tua richiesta" in network.take("sara", Chose(f"@voucher_decision:approve:{own}"))
    assert "È una tua richiesta" in network.take("sara", Chose(f"@voucher_decision:open:{own}"))
    assert state(network, own) == "submitted"


def test_who_opens_the_case_has_it_and_the_others_see_it(network: Network) -> None:
    key = sent(network)
    network.taps("elena", "Dettagli")
    assert "In carico a Elena Immaginaria." in network.taps("marta", "Dettagli")
    assert "Se ne occupa Elena Immaginaria." in network.taps("marta", "Approva")
    assert state(network, key) == "in_review"
    network.taps("marta", "Indietro")
    network.taps("elena", "Dettagli")
    network.taps("elena", "Lascia il caso")
    network.taps("marta", "Dettagli")
    assert "In carico a te." in network.taps("marta", "Dettagli")
    network.pass_time(hours=25)
    assert "In carico a te." in network.taps("elena", "Dettagli")


def test_a_high_amount_is_confirmed_once_more(network: Network) -> None:
    key = sent(network, confirm_above_cents=15_000)
    assert "importo alto" in network.taps("elena", "Approva")
    assert state(network, key) == "submitted"
    network.taps("elena", "Sì")
    assert state(network, key) == "approved"


def test_words_answer_the_one_request_that_waits(network: Network) -> None:
    key = sent(network)
    assert "Da decidere" in network.says("elena", "da decidere")
    assert "Giulia Prova, Impresa F1" in network.says("elena", "dettagli")
    network.says("elena", "menu")
    assert "approvata, 200,00" in network.says("elena", "approvo")
    assert state(network, key) == "approved"
    assert "Non c'è niente da decidere" in network.says("elena", "approva")


def test_a_decision_is_undone_by_a_compensation(network: Network) -> None:
    key = sent(network)
    network.taps("elena", "Approva")
    network.says("marta", "da decidere")
    network.taps("marta", "…Approvata")
    network.taps("marta", "Annulla decisione")
    assert "Il caso è di nuovo aperto" in network.taps("marta", "Decisione sbagliata")
    assert state(network, key) == "reversed"
    assert "La decisione sulla tua richiesta" in network.read("giulia")
    assert "non si può più usare" in network.taps("giulia", "Apri il voucher") or "ritirato" in network.text


def test_money_that_is_gone_is_offered_as_a_waiting_list(network: Network) -> None:
    key = sent(network, total_cents=30_000, budget_cents=30_000)
    call = next(iter(network.calls()))
    network.given("karim", call, 20_000)
    assert "I fondi adesso non bastano per 200,00" in network.taps("elena", "Approva")
    network.taps("elena", "Lista d'attesa")
    assert state(network, key) == "waitlisted"
    assert "è in lista d'attesa" in network.read("giulia")
    assert "è già in lista d'attesa" in network.taps("marta", "Approva")


FIRM = {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "n1"}


def sent_to_the_firm(network: Network, **terms: Any) -> str:
    """The id of giulia's request, which her firm's own manager is to decide."""
    network.opened(a_spec(**FIRM, **terms))
    network.says("giulia", "voucher")
    for label in ("Chiedi un voucher", "Cura", "Nido", "200,00 €", "Per tre mesi", "Non lo so ancora"):
        network.taps("giulia", label)
    network.says("giulia", "Giulia Prova")
    network.taps("giulia", "Ho capito, invia")
    return network.token("nino", "Approva").rpartition(":")[2]


@pytest.mark.parametrize("why", ["funds", "cap"])
@pytest.mark.parametrize("how", ["tap", "word"])
def test_a_firms_manager_learns_nothing_of_funds_or_of_what_else_she_got(
    network: Network, why: str, how: str
) -> None:
    tight = {"funds": ("total_cents", "budget_cents"), "cap": ("person_cap_cents", "most_cents")}
    key = sent_to_the_firm(network, **dict.fromkeys(tight[why], 30_000))
    call = network.calls()[0]
    if why == "funds":
        network.given("karim", call, 20_000)
    else:
        network.granted(network.asked("giulia", call, 20_000, notice="n1"), "nino")
    network.says("nino", "menu")
    said = network.taps("nino", "Approva") if how == "tap" else network.says("nino", "approvo")
    assert "Ci pensa l'associazione" in said
    for secret in ("fondi", "massimo", "bando", "Nido"):
        assert secret not in network.read("nino")
    assert state(network, key) == "submitted"
    assert "L'impresa non può approvare la richiesta" in network.read("elena")
    assert "già decisa" in network.taps("nino", "Rifiuta")


def test_a_decision_that_is_undone_goes_back_to_the_firms_manager_in_her_words(network: Network) -> None:
    sent_to_the_firm(network)
    network.taps("nino", "Approva")
    network.says("marta", "da decidere")
    network.taps("marta", "…Approvata")
    network.taps("marta", "Annulla decisione")
    network.taps("marta", "Decisione sbagliata")
    assert network.read("nino").replace("\xa0", " ").count("Richiesta di Giulia Prova: Cura, 200,00 €.") == 2
    assert "Dettagli" not in network.labels("nino")


def test_a_firm_decider_who_blocks_the_chat_is_replaced_at_once(network: Network) -> None:
    sent_to_the_firm(network)
    network.take("nino", Blocked())
    network.pass_time(minutes=1)
    said = network.read("marta").replace("\xa0", " ")
    assert "non si raggiunge. Ora tocca all'associazione: Cura, 200,00 €." in said
    assert "Giulia" not in said, "the push names no person to the association"
    network.taps("marta", "Dettagli")
    network.taps("marta", "Approva")
    assert "approvata" in network.read("giulia")


def test_requests_decisions_and_claims_say_nothing_to_the_referent(network: Network) -> None:
    key = sent(network)
    network.taps("elena", "Chiedi")
    network.taps("elena", "Altri dettagli")
    network.says("elena", "Quanti giorni?")
    network.taps("giulia", "Rispondi")
    network.says("giulia", "Cinque.")
    network.taps("giulia", "Invia")
    network.taps("elena", "Approva")
    network.pass_time(days=5)
    assert state(network, key) == "approved"
    assert network.heard_by["nino"] == []  # T4
    assert "Fondo Bando di prova: disponibile" in network.says("nino", "voucher")
    assert "Da decidere" not in network.labels("nino")


def test_five_alerts_an_hour_then_a_digest(network: Network) -> None:
    call = network.opened(a_spec(budget_cents=1_000_000, total_cents=1_000_000, open_requests=9))
    for _ in range(7):
        network.asked("karim", call, 5_000)
    sent(network, open_already=True)
    before = len(network.heard_by["elena"])
    network.pass_time(hours=2)
    assert len(network.heard_by["elena"]) - before <= 1
