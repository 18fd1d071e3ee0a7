"""Whatever people do, in whatever order, the invariants I1 to I10 hold: random histories of all moves, all roles."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select, update

from conversations.call_spec import CallChange, LineSpec
from conversations.rules.vouchers_moves import DRAFT, EXPIRED, ISSUED, PARTLY_USED, TO_PAY
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import Draft
from storage import ledger, people
from storage.calls import CALLS
from storage.db import Conflict, Database
from storage.ledger import HEAD, LEDGER
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    requests as money_requests,
)
from storage.payments import PAYMENTS
from storage.schema import METADATA
from storage.vouchers import VOUCHERS
from tests.storage.money_checks import breaches
from tests.storage.money_moves import CLOCK, MOVES, Kind, rows, usual
from tests.storage.money_world import CAST, World, a_spec

PEOPLE = st.sampled_from([*CAST, ""])
AMOUNTS = st.sampled_from([1, 5_000, 9_999, 20_000, 33_333, 40_000])
ASKERS = ("giulia", "karim", "teresa", "giulia", "ugo")
OFTEN = st.integers(0, 9).map(lambda number: number < 9)
ASKED = (("care", "baby_sitter"), ("care", "elder_care"), ("time", "laundry"))
DEEDS: list[str | Kind] = [
    *["ask"] * 10, *["claim"] * 8, *["wait"] * 5, "role", "extend", "close", "twice",
    *(kind for kind in MOVES for _ in range(kind.weight)),
]  # fmt: skip
ROLES_OF_HATS = {
    "decider": {"welfare_manager", "coordinator"},
    "coordinator": {"coordinator"},
    "lawyer": {"welfare_manager"},
    "partner": {"partner"},
    "accountant": {"accountant"},
}


class Histories(RuleBasedStateMachine):
    """Every rule is one attempt by anybody on anything; most are refused, and a refusal must change nothing."""

    database: Database
    terms: ClassVar[dict[str, Any]] = {}

    @initialize(two_lines=st.booleans(), category_cap=st.booleans())
    def begin(self, two_lines: bool, category_cap: bool) -> None:
        with self.database.write() as conn:
            for table in reversed(METADATA.sorted_tables):
                conn.execute(delete(table))
        self.world = World(self.database)
        self.world.populate()
        self.roles = {key: {role} for key, (role, *_) in CAST.items()}
        self.checked = 0
        lines = (LineSpec("cura", 50_000, area="care"), LineSpec("tutto", 40_000)) if two_lines else (
            LineSpec("tutto", 70_000, sources=(("a", 1), ("b", 1), ("c", 1))),
        )  # fmt: skip
        spec = a_spec(
            budget_cents=80_000,
            lines=lines,
            person_cap_cents=60_000,
            least_cents=1,
            category_caps={"baby_sitter": 45_000} if category_cap else {},
            validity_days=20,
            ends_on=date(2027, 12, 31),
            **self.terms,
        )
        self.call = self.world.opened(spec)

    def attempt(self, person: str, move: Callable[..., Any], *args: Any) -> bool:
        try:
            self.world.does(person, move, *args)
        except (Conflict, money_calls.BadTerms):
            return False
        return True

    @rule(
        deed=st.sampled_from(DEEDS),
        usually=OFTEN,
        meant=OFTEN,
        whole=OFTEN,
        stranger=PEOPLE,
        cents=AMOUNTS,
        pick=st.integers(0, 99),
    )
    def do(
        self, deed: str | Kind, usually: bool, meant: bool, whole: bool, stranger: str, cents: int, pick: int
    ) -> None:
        """One deed; a move is mostly made by who should make it, and on what it is meant for."""
        match deed:
            case "ask":
                self.ask(stranger if not usually else ASKERS[pick % len(ASKERS)], cents, ASKED[pick % len(ASKED)])
            case "claim":
                self.claim(pick, cents)
            case "wait":
                self.wait((1, 1, 5, 25, 25, 24 * 4, 24 * 15, 24 * 25)[pick % 8])
            case "role":
                self.change_role(("elena", "sara", "paolo", "karim", "nino")[pick % 5], usually)
            case "extend":
                self.extend_call("marta" if usually else stranger, "sara" if meant else stranger, cents, whole, pick)
            case "close":
                self.close_call(pick)
            case "twice":
                self.twice_with_one_key(pick)
            case Kind():
                self.move(deed, usually, meant, whole, stranger, cents, pick)

    def ask(self, person: str, cents: int, what: tuple[str, str]) -> None:
        key = self.world.new("req")
        today = self.world.at.date()
        draft = Draft(self.call, *what, cents, today, today, "", "")
        if self.attempt(person, money_requests.save_draft, key, draft):
            self.attempt(person, money_requests.submit, key, "notice 1")

    def move(
        self, kind: Kind, usually: bool, meant: bool, whole: bool, stranger: str, cents: int, pick: int
    ) -> None:
        found = rows(self.world, kind.table, kind.states if meant else ())
        if not found:
            return
        row = found[pick % len(found)]
        who = usual(self.world, kind, row) if usually else stranger
        if pick % 4 == 0 and kind.name == "charge":
            cents = row.face_cents - row.used_cents - row.returned_cents
        if whole and kind.name == "accept":
            cents = min(cents, row.gross_cents)
        self.attempt(who, kind.move, row.id, *kind.more(self.world, cents))

    def claim(self, pick: int, cents: int) -> None:
        found = rows(self.world, VOUCHERS, (ISSUED, PARTLY_USED, EXPIRED))
        if not found:
            return
        voucher, key = found[pick % len(found)], self.world.new("claim")
        day = self.world.at.date() - timedelta(days=pick % 3)
        draft = ClaimDraft(voucher.id, "Tata Inventata", "", f"{pick % 12}", day, cents, cents // 10, "card")
        if self.attempt(voucher.person_id, money_claiming.save, key, draft):
            self.attempt(voucher.person_id, money_claiming.submit, key)

    def wait(self, hours: int) -> None:
        """Time passes, and the clock tries everything that may be due."""
        self.world.at += timedelta(hours=hours)
        for table, states, moves in CLOCK:
            for row in rows(self.world, table, states):
                for move in moves:
                    self.attempt("", move, row.id)

    def extend_call(self, person: str, second: str, cents: int, cap: bool, pick: int) -> None:
        proposal = self.world.new("prop")
        with self.database.read() as conn:
            row = conn.execute(select(CALLS).where(CALLS.c.id == self.call)).one()
        change = CallChange(
            row.ends_on + timedelta(days=30) if pick % 2 else None,
            {"tutto": cents} if pick % 3 else {},
            row.spec["person_cap_cents"] + 5_000 if cap else 0,
        )
        if self.attempt(person, money_calls.propose_change, proposal, self.call, change):
            self.attempt(second, money_calls.confirm, proposal)

    def close_call(self, pick: int) -> None:
        proposal = self.world.new("prop")
        if pick < 15 and self.attempt("marta", money_calls.propose_closing, proposal, self.call):
            self.attempt("sara", money_calls.confirm, proposal)

    def change_role(self, person: str, on: bool) -> None:
        """I9: a role ends and begins between one move and the next."""
        m = people.MEMBERSHIPS.c
        with self.database.write() as conn:
            until = None if on else self.world.at
            conn.execute(update(people.MEMBERSHIPS).where(m.person_id == person).values(until=until))
        self.roles[person] = {CAST[person][0]} if on else set()

    def twice_with_one_key(self, pick: int) -> None:
        """I8: the same outside cause counts once."""
        found = rows(self.world, PAYMENTS, (TO_PAY,))
        key = found[pick % len(found)].id if found else "nothing"
        for _ in range(2):
            try:
                with self.world.acts("ugo", key=f"file 1 line {key}") as act:
                    money_paying.mark_failed(act, key, "bank_refused")
            except Conflict:
                continue
        with self.database.read() as conn:
            keyed = conn.execute(select(LEDGER.c.seq).where(LEDGER.c.key == f"file 1 line {key}")).all()
        assert len(keyed) <= 1

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.database.read() as conn:
            assert breaches(conn) == []
            for row in ledger.rows(conn, self.checked):
                self.checked = int(row.seq)
                wanted = ROLES_OF_HATS.get(str(row.hat))
                if wanted is not None:
                    assert wanted & self.roles[str(row.actor)], f"{row.actor} acted as {row.hat}"
                assert row.before != row.after or row.thing in ("voucher", "call")
                assert row.before != DRAFT or row.hat == "owner"
        self.refusals_left_nothing()

    def refusals_left_nothing(self) -> None:
        with self.database.read() as conn:
            head = conn.execute(select(HEAD.c.seq)).scalar_one()
            assert head == self.checked


class OneUse(Histories):
    """The same with vouchers of kind B: used once and whole, no claims."""

    terms: ClassVar[dict[str, Any]] = {"voucher_kind": "B"}


class ByTheFirm(Histories):
    """The same where a firm's own manager decides, and the association only what she cannot."""

    terms: ClassVar[dict[str, Any]] = {
        "deciders": "firm", "firm_deciders": {"f1": "nino", "f2": "teresa"}, "notice_version": "notice 1",
        "decider_ids": ("elena", "marta"),
    }  # fmt: skip


@pytest.mark.parametrize("machine", [Histories, OneUse, ByTheFirm])
def test_no_history_of_moves_breaks_an_invariant(machine: type[Histories], database: Database) -> None:
    if database.kind == "sqlite":
        # what is tested is arithmetic, not the disk
        with database.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA synchronous=OFF")
    machine.database = database
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=25 if database.kind == "sqlite" else 8,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_the_checks_find_what_they_look_for(database: Database) -> None:
    """The control: money that is moved past the functions is found by the invariants."""
    world = World(database)
    world.populate()
    call = world.opened()
    voucher = world.given("giulia", call)
    with database.write() as conn:
        assert breaches(conn) == []
        conn.execute(update(VOUCHERS).where(VOUCHERS.c.id == voucher).values(used_cents=1))
        assert len(breaches(conn)) >= 3
        conn.execute(update(VOUCHERS).where(VOUCHERS.c.id == voucher).values(used_cents=0))
        conn.execute(update(LEDGER).where(LEDGER.c.seq == 3).values(after="approved"))
        assert any("it was changed" in told for told in breaches(conn))
        conn.execute(delete(LEDGER).where(LEDGER.c.seq >= 3))
        assert any("missing" in told for told in breaches(conn))
        conn.execute(insert(LEDGER).values(seq=3, at=world.at, thing="call", subject="x", before="", after="open",
                                           hat="clock", amounts="{}", previous="", hash=""))  # fmt: skip
        assert any("does not follow" in told for told in breaches(conn))


