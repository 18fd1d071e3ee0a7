"""Whatever everybody does, in whatever order, every turn ends, every button fits, and no cent is granted twice."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.events import Chose, Located, Sent, Unreadable
from storage.crypto import KeyRing
from storage.db import Database
from tests.conversations.flows.voucher_phones import PDF, PHOTO, Network, a_spec
from tests.storage.money_checks import breaches
from tests.storage.money_world import IBAN

PEOPLE = ("giulia", "karim", "elena", "marta", "sara", "paolo", "ugo", "nino")
WORDS = (
    "1", "2", "3", "4", "9", "40", "120", "-5", "0", "mille", "1.200,50", "ieri", "domani", "12/11", "sì", "no",
    "salta", "indietro", "menu", "annulla", "aiuto", "voucher", "le mie richieste", "rimborso",
    "da decidere", "approva",
    "rifiuta", "chiedi", "dettagli", "confermo", "dal 1/12 al 20/12", "Giulia Prova", IBAN, "1234", "PV-" + "a" * 22,
    "7K3M-2QXZ-0AB", "", " ", "<b>{0}</b>", "x" * 3_000, "🙂", "‮abc", "persona", "stop", "riprendi",
    "english", "invia", "estratto del mese", "'; DROP TABLE request", "boh",
)  # fmt: skip
THINGS: tuple[Any, ...] = (
    PHOTO,
    PDF,
    Sent("voice", "ref"),
    Sent("document", "ref", "text/csv", "a.csv"),
    Located(45.4, 9.2),
    Unreadable("poll"),
    *(
        Chose(f"@{flow}:{verb}:gone")
        for flow, verb in (
            ("voucher_request", "resume"), ("voucher_request", "answer"), ("voucher_request", "take"),
            ("voucher_request", "info_lapse"), ("voucher_decision", "approve"), ("voucher_decision", "open"),
            ("voucher_decision", "remind"), ("voucher_decision", "free"), ("voucher_decision", "undo"),
            ("voucher_redeem", "confirm"), ("voucher_redeem", "undo"), ("voucher_redeem", "expire"),
            ("voucher_correction", "open"), ("voucher_correction", "vouchers"), ("voucher_correction", "voucher"),
            ("voucher_claim", "see"), ("voucher_claim", "answer"), ("voucher_call", "call"),
            ("voucher_call", "proposal"), ("voucher_pay", "one"), ("vouchers", "voucher"), ("vouchers", "qr"),
        )
    ),
    Chose("@vouchers:nonsense"),
    Chose("@voucher_decision:approve"),
    Chose("zz:never"),
)  # fmt: skip
ACTS = st.one_of(
    *[st.tuples(st.just("tap"), st.integers(0, len(PEOPLE) - 1), st.integers(0, 12))] * 4,
    st.tuples(st.just("old"), st.integers(0, len(PEOPLE) - 1), st.integers(0, 90)),
    st.tuples(st.just("say"), st.integers(0, len(PEOPLE) - 1), st.integers(0, len(WORDS) - 1)),
    st.tuples(st.just("thing"), st.integers(0, len(PEOPLE) - 1), st.integers(0, len(THINGS) - 1)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 400)),
)


@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, max_size=60), firm=st.booleans(), budget=st.sampled_from([30_000, 200_000]))
def test_random_acts_of_everybody(
    look: Any, acts: list[tuple[str, int, int]], firm: bool, budget: int, migrated: bytes, keys: KeyRing
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wis.db"
        file.write_bytes(migrated)
        database = Database(f"sqlite:///{file}", keys)
        try:
            walk(Network(database, look=look), acts, firm, budget)
        finally:
            database.close()


def walk(network: Network, acts: list[tuple[str, int, int]], firm: bool, budget: int) -> None:
    terms: dict[str, Any] = {"total_cents": budget, "budget_cents": budget}
    if firm:
        terms |= {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "n1"}
    call = network.opened(a_spec(**terms))
    network.given("karim", call, 20_000)
    for who in PEOPLE:
        network.says(who, "voucher")
    for label in ("Chiedi un voucher", "Cura", "Nido", "200,00 €", "Per tre mesi", "Non lo so ancora"):
        network.taps("giulia", label)
    network.says("giulia", "Giulia Prova")
    network.taps("giulia", "Ho capito, invia" if firm else "Invia")
    network.says("paolo", next(iter(network.codes.values())))
    for act, person, number in acts:
        who = PEOPLE[person]
        match act:
            case "tap" | "old":
                known = network.heard_by[who]
                shown = known[-1] if act == "tap" else known[number % len(known)]
                buttons = (*shown.choices, *shown.ways)
                if buttons:
                    network.take(who, Chose(buttons[number % len(buttons)].value))
            case "say":
                network.says(who, WORDS[number])
            case "thing":
                network.take(who, THINGS[number])
            case _:
                network.pass_time(hours=number)
    with network.database.read() as conn:
        assert breaches(conn) == []
