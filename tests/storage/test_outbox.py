"""The outbox: who may claim what, in which order, and that what became of a message is never told backwards."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Row, select

from storage import outbox
from storage.crypto import KeyRing
from storage.db import Database
from storage.outbox import DELIVERED, FAILED, OUTBOX, PARKED, READ, SENDING, SENT, WAITING, Post
from tests.postgres import Postgres

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BODY = {"message": {"body": [{"v": "ciao"}]}, "language": "it"}
REPLY, ALERT, BULK = (outbox.LANES[lane] for lane in ("reply", "alert", "bulk"))


def post(address: int | None = 1, lane: int = REPLY, channel: str = "telegram") -> Post:
    return Post("bianca", address, channel, lane, BODY)


def put(conn: Connection, address: int = 1, node: str = "", lane: int = REPLY, at: datetime = NOW) -> int:
    return outbox.put(conn, post(address, lane), at, node)[0]


def claim(conn: Connection, node: str, at: datetime = NOW, limit: int = 50) -> list[int]:
    return [row.id for row in outbox.claim(conn, node, at - 20 * SECOND, at, limit)]


def row(conn: Connection, key: int) -> Row[tuple[object, ...]]:
    return conn.execute(select(OUTBOX).where(OUTBOX.c.id == key)).one()


def alive(conn: Connection, *nodes: str, at: datetime = NOW) -> None:
    for node in nodes:
        outbox.beat(conn, node, at)


def test_a_message_is_claimed_at_birth_where_nothing_older_waits_elsewhere(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a", "b")
        first, mine = outbox.put(conn, post(), NOW, "a")
        second, also_mine = outbox.put(conn, post(), NOW, "a")
        third, not_mine = outbox.put(conn, post(), NOW, "b")
        _, elsewhere = outbox.put(conn, post(2), NOW, "b")
        assert (mine, also_mine, not_mine, elsewhere) == (True, True, False, True)
        assert [row(conn, key).status for key in (first, second, third)] == [SENDING, SENDING, WAITING]
        assert claim(conn, "b") == [], "the older ones are not sent yet"
        outbox.mark_sent(conn, [(first, "r1"), (second, "r2")], NOW)
        assert claim(conn, "b") == [third]


def test_a_process_without_a_name_claims_nothing_at_birth(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a")
        key, claimed = outbox.put(conn, post(), NOW, "")
        assert not claimed and row(conn, key).status == WAITING and row(conn, key).claimed_by is None
        assert claim(conn, "a") == [key]


def test_a_reply_waits_for_no_bulk_and_bulk_waits_for_what_is_more_urgent(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a", "b")
        bulk = put(conn, node="b", lane=BULK)
        reply, claimed = outbox.put(conn, post(lane=REPLY), NOW, "a")
        assert claimed
        outbox.put_back(conn, reply, NOW, "", "")
        outbox.put_back(conn, bulk, NOW, "", "")
        alert = put(conn, lane=ALERT)
        later_bulk = put(conn, lane=BULK)
        assert claim(conn, "a") == [reply, bulk], "the alert waits for the reply, the newer bulk for the older"
        outbox.mark_sent(conn, [(reply, "r")], NOW)
        assert claim(conn, "a") == [alert]
        outbox.mark_sent(conn, [(alert, "r")], NOW)
        assert claim(conn, "a") == []
        outbox.mark_sent(conn, [(bulk, "r")], NOW)
        assert claim(conn, "a") == [later_bulk]


def test_replies_are_claimed_first_and_what_is_not_due_is_left(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a")
        bulk, reply, later = put(conn, 1, lane=BULK), put(conn, 2), put(conn, 3)
        outbox.put_back(conn, later, NOW + 10 * SECOND, "", "")
        assert claim(conn, "a", limit=1) == [reply]
        assert claim(conn, "a") == [bulk]
        assert claim(conn, "a", NOW + 9 * SECOND) == []
        alive(conn, "a", at=NOW + 10 * SECOND)
        assert claim(conn, "a", NOW + 10 * SECOND) == [later]


def test_what_a_dead_process_had_claimed_is_taken_over_once_and_counted(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "dead", "a", "b")
        key = put(conn, node="dead")
        stranger = put(conn, 2, node="stranger")
        assert claim(conn, "a") == [stranger]
        late = NOW + 21 * SECOND
        alive(conn, "a", "b", at=late)
        assert claim(conn, "a", late) == [key]
        assert (row(conn, key).repeats, row(conn, key).claimed_by) == (1, "a")
        assert claim(conn, "b", late) == []


def test_a_process_that_leaves_gives_back_at_once_and_others_are_named(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a", "b")
        key = put(conn, node="a")
        assert outbox.other_nodes(conn, "b") == ["a"]
        assert claim(conn, "b") == []
        outbox.leave(conn, ["a"])
        assert claim(conn, "b") == [key] and outbox.other_nodes(conn, "b") == []


def test_what_a_process_claimed_but_has_no_more_in_hand_is_let_go_after_a_minute(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a", "b")
        lost, held = put(conn, 1, node="a"), put(conn, 2, node="a")
        outbox.let_go(conn, "a", [held], NOW + 60 * SECOND)
        assert row(conn, lost).status == SENDING
        outbox.let_go(conn, "b", [], NOW + 61 * SECOND)
        assert row(conn, lost).status == SENDING, "it is none of theirs"
        outbox.let_go(conn, "a", [held], NOW + 61 * SECOND)
        assert (row(conn, lost).status, row(conn, held).status) == (WAITING, SENDING)


def test_what_waits_for_the_reader_goes_out_when_she_writes_and_before_the_new_reply(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a")
        waiting, other = put(conn, node="a", lane=ALERT), put(conn, 2, node="a")
        for key in (waiting, other):
            outbox.park(conn, key, "opener", NOW)
        assert (row(conn, waiting).status, row(conn, waiting).rank, row(conn, waiting).ref) == (PARKED, 1, "opener")
        assert claim(conn, "a") == []
        assert outbox.unpark(conn, 1, NOW) == 1 and outbox.unpark(conn, 1, NOW) == 0
        reply, claimed = outbox.put(conn, post(), NOW, "a")
        assert not claimed
        assert claim(conn, "a") == [waiting]
        outbox.mark_sent(conn, [(waiting, "r")], NOW)
        assert claim(conn, "a") == [reply]
        assert row(conn, other).status == PARKED


def test_putting_back_counts_an_attempt_only_where_it_was_one(database: Database) -> None:
    with database.write() as conn:
        key = put(conn, node="a")
        outbox.put_back(conn, key, NOW + SECOND, "502", "x" * 500)
        outbox.put_back(conn, key, NOW + SECOND, "429", "", counts=False)
        found = row(conn, key)
        assert (found.attempts, found.status, found.claimed_by, found.code) == (1, WAITING, None, "429")


@pytest.mark.parametrize("by_number", [True, False])
def test_a_status_never_goes_back_to_a_lower_one_in_whatever_order_it_is_told(
    database: Database, by_number: bool
) -> None:
    with database.write() as conn:
        key = put(conn, node="a")
        outbox.mark_sent(conn, [(key, "SM1")], NOW)

        def report(status: str, code: str = "") -> str:
            outbox.report(conn, "telegram", key if by_number else 0, "SM1", status, code, "because")
            return str(row(conn, key).status)

        seen = [report(status) for status in (DELIVERED, SENT, READ, DELIVERED, READ)]
        assert seen == [DELIVERED, DELIVERED, READ, READ, READ]
        assert report(FAILED, "63016") == FAILED and row(conn, key).code == "63016"
        assert report(FAILED, "") == FAILED and row(conn, key).code == "63016", "a known cause stays"
        assert report(READ) == FAILED
        assert outbox.report(conn, "whatsapp", key, "SM1", FAILED, "", "") is None, "another channel's number"


def test_a_message_that_was_put_back_or_given_up_is_not_marked_as_sent_afterwards(database: Database) -> None:
    with database.write() as conn:
        again, lost = put(conn, 1, node="a"), put(conn, 2, node="a")
        outbox.put_back(conn, again, NOW, "63016", "")
        outbox.give_up(conn, lost, "21211", "no such number")
        outbox.mark_sent(conn, [(again, "SM1"), (lost, "SM2")], NOW)
        assert [row(conn, key).status for key in (again, lost)] == [WAITING, FAILED]


def test_a_farewell_is_forgotten_once_it_went_out_or_failed(database: Database, keys: KeyRing) -> None:
    goodbye = Post(None, None, "telegram", REPLY, BODY, farewell="id:1001")
    with database.write() as conn:
        keys_of = [outbox.put(conn, goodbye, NOW, node) for node in ("a", "a", "")]
        assert [claimed for _, claimed in keys_of] == [True, True, False]
        sent, failed, waits = (key for key, _ in keys_of)
        outbox.mark_sent(conn, [(sent, "r")], NOW)
        outbox.drop_farewells(conn)
        outbox.give_up(conn, failed, "403", "blocked")
        assert conn.execute(select(OUTBOX.c.id)).scalars().all() == [waits]
        alive(conn, "a")
        [found] = outbox.claim(conn, "a", NOW - 20 * SECOND, NOW, 5)
        assert found.farewell == "id:1001" and found.person_id is None


def test_the_number_of_a_forgotten_message_is_never_used_again(database: Database) -> None:
    with database.write() as conn:
        last = put(conn)
        conn.execute(OUTBOX.delete())
        assert put(conn) > last


def test_the_backlog_is_as_old_as_the_oldest_message_that_should_have_left(database: Database) -> None:
    with database.write() as conn:
        assert outbox.backlog(conn, NOW) == outbox.Backlog(0, None, 0)
        tomorrow = put(conn, 1, at=NOW - 600 * SECOND)
        outbox.put_back(conn, tomorrow, NOW + timedelta(days=1), "", "")
        put(conn, 2, at=NOW - 30 * SECOND)
        outbox.give_up(conn, put(conn, 3), "x", "")
        outbox.mark_sent(conn, [(put(conn, 4, node="a", at=NOW - 900 * SECOND), "r")], NOW)
        assert outbox.backlog(conn, NOW) == outbox.Backlog(2, NOW - 30 * SECOND, 1)


def test_a_message_for_another_address_of_hers_starts_anew_there(database: Database) -> None:
    with database.write() as conn:
        alive(conn, "a")
        key = put(conn, node="a", lane=ALERT)
        outbox.readdress(conn, key, 7, "whatsapp", NOW)
        found = row(conn, key)
        assert (found.address_id, found.channel, found.status, found.claimed_by) == (7, "whatsapp", WAITING, None)


def drain(database: Database, node: str, sent: Callable[[int], None]) -> None:
    """Claims and sends until nothing is left, as one process does."""
    empty = 0
    while empty < 3:
        with database.write() as conn:
            outbox.beat(conn, node, NOW)
            found = claim(conn, node, limit=7)
        for key in found:
            sent(key)
        with database.write() as conn:
            outbox.mark_sent(conn, [(key, f"{node}{key}") for key in found], NOW)
        empty = 0 if found else empty + 1


def test_of_four_who_claim_at_once_none_gets_what_another_has_and_each_reader_is_served_in_order(
    database: Database,
) -> None:
    with database.write() as conn:
        alive(conn, *(f"n{number}" for number in range(4)))
        made = [(put(conn, address), address) for _ in range(6) for address in range(1, 11)]
    order: list[int] = []
    lock = threading.Lock()

    def sent(key: int) -> None:
        with lock:
            order.append(key)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: drain(database, f"n{number}", sent), range(4)))
    assert Counter(order) == Counter(key for key, _ in made), "each once"
    for address in range(1, 11):
        mine = [key for key, reader in made if reader == address]
        assert [key for key in order if key in mine] == mine


CLAIMER = """
import os, sys
from storage.crypto import KeyRing
from storage.db import Database
from tests.storage.test_outbox import drain
database = Database(sys.argv[1], KeyRing.parse(os.environ["WIS_SECRET_KEYS"]))
with database.read():
    print("ready", flush=True)
sys.stdin.readline()
drain(database, sys.argv[2], lambda key: print(key, flush=True))
database.close()
"""


def test_two_processes_on_postgresql_never_send_a_message_twice(
    postgres: Postgres, keys: KeyRing, secret: str
) -> None:
    url = postgres.fresh()
    database = Database(url, keys)
    with database.write() as conn:
        alive(conn, "one", "two")
        made = [put(conn, address) for _ in range(4) for address in range(1, 41)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, url, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WIS_SECRET_KEYS": secret},
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    got = [process.communicate(timeout=60)[0].split() for process in processes]
    assert Counter(map(int, [*got[0], *got[1]])) == Counter(made)
    database.close()
