"""The writers: in order per key, grouped on the way to the disk, each job all or nothing and counted once."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from storage import notes
from storage.crypto import KeyRing
from storage.db import Conflict, Database
from storage.lanes import GROUP, TRIES, Lanes
from storage.migrate import upgrade


@pytest.fixture
async def lanes(database: Database) -> AsyncIterator[Lanes]:
    made = Lanes(database)
    yield made
    await made.close()


def write(conn: Connection, name: str, value: int) -> int:
    notes.write_note(conn, name, value)
    return value


def add(conn: Connection, name: str) -> int:
    value = notes.read_note(conn, name)
    return write(conn, name, (value if isinstance(value, int) else 0) + 1)


class Gate:
    """A job that keeps its lane busy, so that what is handed over meanwhile waits together."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, conn: Connection) -> None:
        self.begun.set()
        self.open.wait(10)


def noted(database: Database, name: str) -> object:
    with database.read() as conn:
        return notes.read_note(conn, name)


async def test_the_jobs_of_a_key_run_in_the_order_of_the_calls(lanes: Lanes) -> None:
    order: dict[str, list[int]] = {key: [] for key in "abcd"}

    def job(key: str, number: int) -> None:
        order[key].append(number)

    await asyncio.gather(
        *(lanes.run(lambda conn, k=key, n=n: job(k, n), key) for n in range(25) for key in order)  # type: ignore[misc]
    )
    assert order == {key: list(range(25)) for key in order}


async def test_a_hundred_jobs_of_many_tasks_are_each_committed_once_with_their_own_answer(
    database: Database, lanes: Lanes
) -> None:
    async def one(number: int) -> None:
        assert await lanes.run(lambda conn: write(conn, f"n{number}", number), f"key {number % 7}") == number
        assert noted(database, f"n{number}") == number, "it was committed before it was answered"

    await asyncio.gather(*(one(number) for number in range(100)))
    assert sum(noted(database, f"n{number}") == number for number in range(100)) == 100


async def test_what_waits_during_a_commit_shares_the_next_one(sqlite: Database) -> None:
    lanes, gate = Lanes(sqlite), Gate()
    with sqlite.engine.connect() as conn:
        before = conn.exec_driver_sql("PRAGMA data_version").scalar_one()
        first = lanes.run(gate)
        await asyncio.to_thread(gate.begun.wait)
        jobs = [lanes.run(lambda conn, n=n: write(conn, f"n{n}", n)) for n in range(GROUP)]  # type: ignore[misc]
        gate.open.set()
        await asyncio.gather(first, *jobs)
        after = conn.exec_driver_sql("PRAGMA data_version").scalar_one()
    assert after - before == 1, "the gate wrote nothing, so one commit changed the file"
    await lanes.close()


async def test_a_job_that_fails_takes_nobody_with_it_and_leaves_nothing(database: Database, lanes: Lanes) -> None:
    gate = Gate()
    first = lanes.run(gate)
    await asyncio.to_thread(gate.begun.wait)

    def fail(conn: Connection) -> None:
        add(conn, "never")
        raise LookupError("mine")

    jobs = [lanes.run(lambda conn: add(conn, "n")) for _ in range(5)]
    bad = lanes.run(fail)
    jobs += [lanes.run(lambda conn: add(conn, "n")) for _ in range(5)]
    gate.open.set()
    await first
    with pytest.raises(LookupError, match="mine"):
        await bad
    assert await asyncio.gather(*jobs) == list(range(1, 11)), "each was counted exactly once, in order"
    assert (noted(database, "n"), noted(database, "never")) == (10, None)


async def test_a_statement_that_fails_in_the_database_takes_nobody_with_it(database: Database, lanes: Lanes) -> None:
    gate = Gate()
    first = lanes.run(gate)
    await asyncio.to_thread(gate.begun.wait)

    def fail(conn: Connection) -> None:
        add(conn, "never")
        conn.exec_driver_sql("INSERT INTO note (name) VALUES (NULL)")

    bad, good = lanes.run(fail), lanes.run(lambda conn: add(conn, "n"))
    gate.open.set()
    await first
    assert await good == 1
    with pytest.raises(Exception, match=r"(?i)not.null"):
        await bad
    assert noted(database, "never") is None


async def test_a_conflict_runs_the_job_again_with_what_is_there_then(database: Database, lanes: Lanes) -> None:
    seen: list[int] = []

    def job(conn: Connection) -> int:
        seen.append(add(conn, "n"))
        if len(seen) < 3:
            raise Conflict("somebody was faster")
        return len(seen)

    assert await lanes.run(job) == 3
    assert seen == [1, 1, 1] and noted(database, "n") == 1


async def test_a_conflict_without_end_reaches_the_caller(database: Database, lanes: Lanes) -> None:
    tries = 0

    def job(conn: Connection) -> None:
        nonlocal tries
        tries += 1
        add(conn, "n")
        raise Conflict("always")

    with pytest.raises(Conflict):
        await lanes.run(job)
    assert tries == TRIES and noted(database, "n") is None
    assert await lanes.run(lambda conn: add(conn, "n")) == 1


@pytest.mark.parametrize("error", [StopIteration, SystemExit])
async def test_no_exception_of_a_job_stops_the_lane_or_leaves_its_caller_waiting(
    lanes: Lanes, error: type[BaseException]
) -> None:
    gate = Gate()
    first = lanes.run(gate)
    await asyncio.to_thread(gate.begun.wait)

    def job(conn: Connection) -> None:
        raise error

    bad, good = lanes.run(job), lanes.run(lambda conn: add(conn, "n"))
    gate.open.set()
    await asyncio.wait([first, bad, good])
    assert isinstance(bad.exception(), RuntimeError | SystemExit)
    assert good.result() == 1


async def test_closing_commits_all_that_was_handed_over(database: Database) -> None:
    lanes = Lanes(database)
    jobs = [lanes.run(lambda conn, n=n: write(conn, f"n{n}", n), f"{n}") for n in range(50)]  # type: ignore[misc]
    await lanes.close()
    assert [noted(database, f"n{n}") for n in range(50)] == list(range(50))
    assert await asyncio.gather(*jobs) == list(range(50))


async def test_a_caller_that_went_away_changes_nothing_for_the_others(database: Database, lanes: Lanes) -> None:
    gate = Gate()
    first = lanes.run(gate)
    await asyncio.to_thread(gate.begun.wait)
    gone, stays = lanes.run(lambda conn: add(conn, "n")), lanes.run(lambda conn: add(conn, "n"))
    gone.cancel()
    gate.open.set()
    await first
    assert await stays == 2


class Locked(Database):
    """A database that counts how often it was asked for a transaction, and gives none while it is locked."""

    asked = 0
    locked = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.asked += 1
        if self.locked:
            raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked"))
        with super().write() as conn:
            yield conn


async def test_a_lock_held_by_another_process_is_waited_for_once_by_all_who_wait_together(
    tmp_path: Path, keys: KeyRing
) -> None:
    database = Locked(f"sqlite:///{tmp_path / 'wis.db'}", keys)
    upgrade(database)
    lanes, gate = Lanes(database), Gate()
    first = lanes.run(gate)
    await asyncio.to_thread(gate.begun.wait)
    ran: list[int] = []
    jobs = [lanes.run(lambda conn, n=n: ran.append(n)) for n in range(GROUP)]  # type: ignore[misc]
    database.locked, database.asked = True, 0
    gate.open.set()
    await first
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert all(isinstance(outcome, OperationalError) for outcome in outcomes) and ran == []
    assert database.asked == 1, "each of them for itself would have waited for ten seconds"
    database.locked = False
    assert await lanes.run(lambda conn: add(conn, "n")) == 1
    await lanes.close()
    database.close()
