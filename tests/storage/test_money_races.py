"""The last euro: threads and processes that want it at the same moment get it once, on both databases."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from conversations.rules.vouchers_money import pot_key
from conversations.voucher_papers import ClaimDraft
from storage import pots, requests, vouchers
from storage.claims import CLAIMS
from storage.db import Database
from storage.money import claiming as money_claiming
from storage.money import redeeming as money_redeeming
from storage.pots import POTS
from storage.vouchers import VOUCHERS
from tests.storage.money_checks import breaches
from tests.storage.money_racer import insist, one
from tests.storage.money_world import TODAY, World, a_spec

RACERS = 12
CENTS = 20_000


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.populate({**{f"w{n}": ("worker", "f1", "employee", f"Persona {n}") for n in range(RACERS)}, **STAFF})
    return made


STAFF = {
    "elena": ("welfare_manager", None, "", "Elena"),
    "marta": ("coordinator", None, "", "Marta"),
    "sara": ("coordinator", None, "", "Sara"),
    "paolo": ("partner", None, "", "Paolo"),
    "ugo": ("accountant", None, "", "Ugo"),
}


def race(work: Callable[[int], bool]) -> int:
    """How many of the racers, who start at the same moment, won."""
    barrier = threading.Barrier(RACERS)

    def run(racer: int) -> bool:
        barrier.wait()
        return work(racer)

    with ThreadPoolExecutor(RACERS) as pool:
        return sum(pool.map(run, range(RACERS)))


def in_two_processes(world: World, secret: str, what: str, who: str, keys: list[str]) -> int:
    """How many of these moves, tried by two processes at once, succeeded."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.storage.money_racer", url, what, who, *keys],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "WIS_SECRET_KEYS": secret},
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return sum(int(process.communicate(timeout=100)[0]) for process in processes)


def found(world: World) -> list[str]:
    """What is broken."""
    with world.database.read() as conn:
        return breaches(conn)


def test_threads_that_approve_at_once_never_overspend_the_line(world: World) -> None:
    call = world.opened(a_spec(total_cents=5 * CENTS + 1))
    asked = [world.asked(f"w{n}", call, CENTS) for n in range(RACERS)]
    assert race(lambda racer: one(world, "approve", "elena", asked[racer])) == 5
    with world.database.read() as conn:
        pot = pots.read(conn, pot_key("call", call))
    assert pot is not None and pot.reserved_cents == 5 * CENTS
    assert found(world) == []


def test_a_look_followed_by_an_insert_overspends_the_line(world: World) -> None:
    """The control: the same race without the guard in the update is lost, so the test above can fail."""
    call = world.opened(a_spec(total_cents=5 * CENTS + 1))
    barrier = threading.Barrier(RACERS)

    def approve(racer: int) -> bool:
        with world.database.read() as conn:
            granted = conn.execute(select(func.sum(VOUCHERS.c.face_cents))).scalar() or 0
            line = conn.execute(select(POTS.c.total_cents, POTS.c.key).where(POTS.c.kind == "line")).one()
        barrier.wait()
        if granted + CENTS > line.total_cents:
            return False
        request = asked[racer]
        with world.database.write() as conn:
            row = requests.request_by_id(conn, request)
            assert row is not None
            vouchers.add_voucher(
                conn, id=f"v{racer}", request_id=request, person_id=row.person_id, call_id=call, line_id=line.key,
                kind="A", category=row.category, state="issued", face_cents=CENTS, code_hash=f"h{racer}",
                code=None, issued_at=world.at, expires_on=TODAY,
            )  # fmt: skip
        return True

    asked = [world.asked(f"w{n}", call, CENTS) for n in range(RACERS)]
    assert race(approve) > 5
    assert found(world) != []


def test_the_constraint_refuses_what_a_wrong_statement_would_take(world: World) -> None:
    call = world.opened(a_spec(total_cents=CENTS))
    with world.database.write() as conn, pytest.raises(Exception, match="never_over"):
        conn.execute(update(POTS).where(POTS.c.call_id == call).values(reserved_cents=POTS.c.total_cents + 1))
        raise AssertionError("the database took it")


def test_two_processes_share_one_line_to_the_last_euro(world: World, secret: str) -> None:
    call = world.opened(a_spec(total_cents=7 * CENTS))
    asked = [world.asked(f"w{n}", call, CENTS) for n in range(RACERS)]
    assert in_two_processes(world, secret, "approve", "elena", asked) == 5, "the call itself holds no more than five"
    assert found(world) == []


def test_managers_who_approve_one_request_at_once_issue_one_voucher(world: World) -> None:
    call = world.opened()
    request = world.asked("w0", call, CENTS)
    who = ("elena", "marta", "sara")
    assert race(lambda racer: one(world, "approve", who[racer % 3], request)) == 1
    assert found(world) == []


def test_the_cap_of_a_person_holds_for_requests_that_are_approved_at_once(world: World) -> None:
    call = world.opened(a_spec(person_cap_cents=2 * CENTS, open_requests=20))
    asked = [world.asked("w0", call, CENTS) for _ in range(RACERS)]
    assert race(lambda racer: one(world, "approve", "elena", asked[racer])) == 2
    assert found(world) == []


def test_charges_on_different_vouchers_go_on_beside_each_other_and_add_up(world: World) -> None:
    call = world.opened(a_spec(budget_cents=10**6, total_cents=10**6))
    vouchers_ = [world.given(f"w{n}", call, CENTS) for n in range(RACERS)]
    charges = [world.charged(voucher, CENTS // 2) for voucher in vouchers_]
    assert race(lambda racer: one(world, "confirm", f"w{racer}", charges[racer])) == RACERS
    assert found(world) == []


def test_the_last_of_a_voucher_is_spent_once_by_a_charge_and_a_claim_at_once(world: World) -> None:
    call = world.opened()
    voucher = world.given("w0", call, CENTS)
    charge = world.charged(voucher, CENTS)
    claims = [world.claimed("w0", voucher, CENTS) for _ in range(4)]

    def spend(racer: int) -> bool:
        if racer < 4:
            return one(world, "confirm", "w0", charge)
        return insist(world, "marta", money_claiming.accept, claims[racer % 4], f"p{racer}", CENTS)

    assert race(spend) == 1
    assert found(world) == []


def test_partners_who_charge_one_code_at_once_start_one_charge(world: World) -> None:
    call = world.opened()
    voucher = world.given("w0", call, CENTS)
    assert race(lambda racer: insist(world, "paolo", money_redeeming.start, f"r{racer}", voucher, 100, "")) == 1
    assert found(world) == []


def test_one_picture_is_used_once(world: World) -> None:
    from storage.money import vouchers as money_vouchers

    call = world.opened()
    first, second = world.given("w0", call, CENTS), world.given("w1", call, CENTS)
    for owner, voucher in (("w0", first), ("w1", second)):
        world.does(owner, money_vouchers.present, voucher, f"token of {voucher}")
    token = f"token of {first}"

    def scan(racer: int) -> bool:
        return insist(world, "paolo", money_redeeming.start, f"r{racer}", first, 100, token)

    assert race(scan) == 1
    world.does("paolo", money_redeeming.refuse, next(f"r{n}" for n in range(RACERS) if started(world, f"r{n}")))
    assert not insist(world, "paolo", money_redeeming.start, "again", first, 100, token)


def started(world: World, key: str) -> bool:
    from storage import redemptions

    with world.database.read() as conn:
        return redemptions.redemption_by_id(conn, key) is not None


def drafts_of_one_receipt(world: World, call: str) -> list[str]:
    """One invoice, drafted by everybody for herself."""
    keys = []
    for n in range(RACERS):
        voucher, key = world.given(f"w{n}", call, CENTS), world.new("claim")
        draft = ClaimDraft(voucher, "Tata Inventata", "", "F-77", TODAY, 5_000, 0, "card")
        world.does(f"w{n}", money_claiming.save, key, draft)
        keys.append(key)
    return keys


def test_one_receipt_sent_by_many_at_once_is_taken_once(world: World) -> None:
    call = world.opened(a_spec(budget_cents=10**6, total_cents=10**6))
    keys = drafts_of_one_receipt(world, call)
    assert race(lambda racer: one(world, "submit", f"w{racer}", keys[racer])) == 1
    assert found(world) == []


def test_a_look_followed_by_an_update_takes_one_receipt_several_times(world: World) -> None:
    """The control: without the unique fingerprint the same receipt would be paid more than once."""
    call = world.opened(a_spec(budget_cents=10**6, total_cents=10**6))
    keys = drafts_of_one_receipt(world, call)
    barrier = threading.Barrier(RACERS)

    def submit(racer: int) -> bool:
        with world.database.read() as conn:
            sent = conn.execute(select(CLAIMS.c.id).where(CLAIMS.c.state == "submitted")).first()
        barrier.wait()
        if sent is not None:
            return False
        with world.database.write() as conn:
            conn.execute(update(CLAIMS).where(CLAIMS.c.id == keys[racer]).values(state="submitted"))
        return True

    assert race(submit) > 1


def test_two_processes_confirm_each_charge_once(world: World, secret: str) -> None:
    call = world.opened(a_spec(person_cap_cents=10**6, most_cents=10**6, budget_cents=10**6, total_cents=10**6,
                               open_requests=50))  # fmt: skip
    charges = [world.charged(world.given("w0", call, 1_000 + 5_000), 1_000) for _ in range(20)]
    assert in_two_processes(world, secret, "confirm", "w0", charges) == 20
    assert found(world) == []
