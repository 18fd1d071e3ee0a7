"""Whatever people do, in whatever order, the invariants I1 to I10 hold: random histories of all moves, all roles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select, update

from conversations.call_spec import CallChange, LineSpec
from conversations.rules.vouchers_moves import DRAFT
from conversations.voucher_views import ClaimDraft, Draft
from storage import (
    ledger,
    money_calls,
    money_claiming,
    money_deciding,
    money_paying,
    money_redeeming,
    money_requests,
    money_vouchers,
    people,
)
from storage.calls import CALLS
from storage.claims import CLAIMS
from storage.db import Conflict, Database
from storage.ledger import GENESIS, HEAD, LEDGER
from storage.payments import PAYMENTS
from storage.redemptions import REDEMPTIONS
from storage.requests import REQUESTS
from storage.schema import METADATA
from storage.vouchers import VOUCHERS
from tests.storage.money_checks import breaches
from tests.storage.money_world import CAST, World, a_spec

PEOPLE = st.sampled_from([*CAST, ""])
AMOUNTS = st.sampled_from([1, 5_000, 9_999, 20_000, 33_333, 40_000])
PICK = st.integers(0, 30)
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
    kind = "A"

    @initialize(two_lines=st.booleans(), category_cap=st.booleans())
    def begin(self, two_lines: bool, category_cap: bool) -> None:
        with self.database.write() as conn:
            for table in reversed(METADATA.sorted_tables):
                if table is not HEAD:
                    conn.execute(delete(table))
            conn.execute(update(HEAD).values(seq=0, hash=GENESIS))
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
            voucher_kind=self.kind,
            category_caps={"baby_sitter": 45_000} if category_cap else {},
            validity_days=20,
        )
        self.call = self.world.opened(spec)

    def attempt(self, person: str, move: Callable[..., Any], *args: Any) -> bool:
        try:
            self.world.does(person, move, *args)
        except (Conflict, money_calls.BadTerms):
            return False
        return True

    def any_of(self, table: Any, pick: int) -> str:
        with self.database.read() as conn:
            keys = list(conn.execute(select(table.c.id).order_by(table.c.id)).scalars())
        return str(keys[pick % len(keys)]) if keys else "nothing"

    @rule(person=PEOPLE, cents=AMOUNTS, care=st.booleans(), pick=PICK)
    def ask(self, person: str, cents: int, care: bool, pick: int) -> None:
        key = self.world.new("req")
        area, category = ("care", "baby_sitter") if care else ("time", "laundry")
        today = self.world.at.date()
        draft = Draft(self.call, area, category, cents, today, today, "", "")
        if self.attempt(person, money_requests.save_draft, key, draft):
            self.attempt(person, money_requests.submit, key, "")

    @rule(person=PEOPLE, pick=PICK, what=st.sampled_from(["take", "free", "ask", "decline", "wait", "approve"]))
    def decide(self, person: str, pick: int, what: str) -> None:
        key = self.any_of(REQUESTS, pick)
        match what:
            case "take":
                self.attempt(person, money_deciding.take_case, key)
            case "free":
                self.attempt(person, money_deciding.free_case, key)
            case "ask":
                self.attempt(person, money_deciding.ask, key, "period", "quando?", pick % 2 == 0)
            case "decline":
                self.attempt(person, money_deciding.decline, key, "no_funds")
            case "wait":
                self.attempt(person, money_deciding.waitlist, key)
            case _:
                self.attempt(person, money_deciding.approve, key, self.world.new("v"), self.world.code())

    @rule(pick=PICK)
    def grant(self, pick: int) -> None:
        """What usually happens, so that histories become long."""
        key = self.any_of(REQUESTS, pick)
        self.attempt("elena", money_deciding.approve, key, self.world.new("v"), self.world.code())

    @rule(person=PEOPLE, pick=PICK, what=st.sampled_from(["withdraw", "answer", "offer"]))
    def reply(self, person: str, pick: int, what: str) -> None:
        key = self.any_of(REQUESTS, pick)
        match what:
            case "withdraw":
                self.attempt(person, money_requests.withdraw, key)
            case "answer":
                self.attempt(person, money_requests.answer, key, "dal primo dicembre")
            case _:
                self.attempt(person, money_requests.take_offer, key)

    @rule(person=PEOPLE, pick=PICK)
    def undo(self, person: str, pick: int) -> None:
        key = self.any_of(REQUESTS, pick)
        self.attempt(person, money_deciding.reverse, key, self.world.new("req"), "wrong_decision")

    @rule(person=PEOPLE, pick=PICK, what=st.sampled_from(["release", "revoke", "extend"]))
    def end_voucher(self, person: str, pick: int, what: str) -> None:
        key = self.any_of(VOUCHERS, pick)
        match what:
            case "release":
                self.attempt(person, money_vouchers.release, key)
            case "revoke":
                self.attempt(person, money_vouchers.revoke, key, "fraud")
            case _:
                later = self.world.at.date() + timedelta(days=20 + pick)
                self.attempt(person, money_vouchers.extend, key, later)

    @rule(pick=PICK, cents=AMOUNTS, part=st.booleans(), confirm=st.booleans())
    def redeem(self, pick: int, cents: int, part: bool, confirm: bool) -> None:
        voucher, key = self.any_of(VOUCHERS, pick), self.world.new("red")
        if not part and voucher != "nothing":
            with self.database.read() as conn:
                cents = conn.execute(select(VOUCHERS.c.face_cents).where(VOUCHERS.c.id == voucher)).scalar_one()
        if self.attempt("paolo", money_redeeming.start, key, voucher, cents, "") and confirm:
            owner = self.world.owner_of(voucher)
            self.attempt(owner, money_redeeming.confirm, key, self.world.new("pay"))

    @rule(person=PEOPLE, pick=PICK, what=st.sampled_from(["confirm", "refuse", "reverse"]))
    def finish_charge(self, person: str, pick: int, what: str) -> None:
        key = self.any_of(REDEMPTIONS, pick)
        match what:
            case "confirm":
                self.attempt(person, money_redeeming.confirm, key, self.world.new("pay"))
            case "refuse":
                self.attempt(person, money_redeeming.refuse, key)
            case _:
                self.attempt(person, money_redeeming.reverse, key, "other")

    @rule(pick=PICK, cents=AMOUNTS, number=st.integers(1, 4), days=st.integers(0, 3))
    def claim(self, pick: int, cents: int, number: int, days: int) -> None:
        voucher, key = self.any_of(VOUCHERS, pick), self.world.new("claim")
        if voucher == "nothing":
            return
        owner = self.world.owner_of(voucher)
        day = self.world.at.date() - timedelta(days=days)
        draft = ClaimDraft(voucher, "Tata Inventata", "", f"{number}", day, cents, cents // 10, "card")
        if self.attempt(owner, money_claiming.save, key, draft):
            self.attempt(owner, money_claiming.submit, key)

    @rule(
        person=PEOPLE, pick=PICK, cents=AMOUNTS,
        what=st.sampled_from(["accept", "accept", "reject", "ask", "answer", "take", "withdraw", "reverse"]),
    )  # fmt: skip
    def check_claim(self, person: str, pick: int, cents: int, what: str) -> None:
        key = self.any_of(CLAIMS, pick)
        match what:
            case "accept":
                self.attempt("marta", money_claiming.accept, key, self.world.new("pay"), cents)
            case "reject":
                self.attempt(person, money_claiming.reject, key, "not_covered")
            case "ask":
                self.attempt(person, money_claiming.ask, key, "iban", "")
            case "answer":
                self.attempt(person, money_claiming.answer, key, "ecco")
            case "take":
                self.attempt(person, money_claiming.take_case, key)
            case "withdraw":
                self.attempt(person, money_claiming.withdraw, key)
            case _:
                self.attempt(person, money_claiming.reverse, key, "wrong_amount")

    @rule(person=PEOPLE, pick=PICK, what=st.sampled_from(["paid", "failed", "again", "iban"]))
    def pay(self, person: str, pick: int, what: str) -> None:
        key = self.any_of(PAYMENTS, pick)
        match what:
            case "paid":
                self.attempt("ugo", money_paying.mark_paid, key, "bonifico 1")
            case "failed":
                self.attempt("ugo", money_paying.mark_failed, key, "wrong_iban")
            case "again":
                self.attempt(person, money_paying.pay_again, key)
            case _:
                self.attempt(person, money_paying.save_iban, "IT60X0542811101000000123456")

    @rule(hours=st.sampled_from([1, 25, 24 * 4, 24 * 15, 24 * 40]))
    def wait(self, hours: int) -> None:
        """Time passes, and the clock tries everything that may be due."""
        self.world.at += timedelta(hours=hours)
        for table, moves in (
            (REQUESTS, [money_requests.lapse, money_deciding.free_case]),
            (VOUCHERS, [money_vouchers.expire, money_vouchers.return_rest]),
            (REDEMPTIONS, [money_redeeming.time_out]),
        ):
            with self.database.read() as conn:
                keys = list(conn.execute(select(table.c.id)).scalars())
            for key in keys:
                for move in moves:
                    self.attempt("", move, key)

    @rule(person=PEOPLE, second=PEOPLE, cents=st.sampled_from([0, 10_000]), cap=st.booleans(), longer=st.booleans())
    def extend_call(self, person: str, second: str, cents: int, cap: bool, longer: bool) -> None:
        proposal = self.world.new("prop")
        with self.database.read() as conn:
            row = conn.execute(select(CALLS).where(CALLS.c.id == self.call)).one()
        change = CallChange(
            row.ends_on + timedelta(days=30) if longer else None,
            {"tutto": cents} if cents else {},
            row.spec["person_cap_cents"] + 5_000 if cap else 0,
        )
        if self.attempt(person, money_calls.propose_change, proposal, self.call, change):
            self.attempt(second, money_calls.confirm, proposal)

    @rule(really=st.integers(0, 15))
    def close_call(self, really: int) -> None:
        if really == 0:
            proposal = self.world.new("prop")
            if self.attempt("marta", money_calls.propose_closing, proposal, self.call):
                self.attempt("sara", money_calls.confirm, proposal)

    @rule(person=st.sampled_from(["elena", "sara", "paolo", "karim"]), on=st.booleans())
    def change_role(self, person: str, on: bool) -> None:
        """I9: a role ends and begins between one move and the next."""
        m = people.MEMBERSHIPS.c
        with self.database.write() as conn:
            until = None if on else self.world.at
            conn.execute(update(people.MEMBERSHIPS).where(m.person_id == person).values(until=until))
        self.roles[person] = {CAST[person][0]} if on else set()

    @rule(person=PEOPLE, pick=PICK)
    def twice_with_one_key(self, person: str, pick: int) -> None:
        """I8: the same outside cause counts once."""
        key = self.any_of(PAYMENTS, pick)
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

    kind = "B"


@pytest.mark.parametrize("machine", [Histories, OneUse])
def test_no_history_of_moves_breaks_an_invariant(machine: type[Histories], database: Database) -> None:
    if database.kind == "sqlite":
        # what is tested is arithmetic, not the disk
        with database.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA synchronous=OFF")
    machine.database = database
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=25,
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


