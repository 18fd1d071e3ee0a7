"""A database that is locked, full or gone: nothing is acknowledged, nothing is lost, and later all is well."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from bot.channels.contract import StatusReport, Unready
from conversations.events import Event, Said
from scheduler.chores import ring_timers
from storage import timers
from storage.content import Content
from storage.crypto import KeyRing
from storage.db import Database
from storage.events import EVENTS
from tests.books import Book, OtherBook
from tests.bot.test_turns import book_of
from tests.office import Office, open_office
from tests.postgres import Postgres


@pytest.fixture
async def impatient(
    tmp_path: Path, keys: KeyRing, content: Content, migrated: bytes
) -> AsyncIterator[Office]:
    """An office on SQLite that waits for a lock for 30 ms only."""
    (tmp_path / "wis.db").write_bytes(migrated)
    database = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys, busy_ms=30)
    async with open_office(database, content, flows=(Book(), OtherBook()), running=False) as office:
        yield office
    database.close()


def hold(office: Office) -> sqlite3.Connection:
    """Another process that has locked the file."""
    holder = sqlite3.connect(str(office.database.engine.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return holder


async def test_while_another_process_holds_the_lock_nothing_is_acknowledged_and_then_all_is_worked_in_order(
    impatient: Office,
) -> None:
    office = impatient
    await office.takes(office.says("1001", "one"))
    batch = [office.says("1001", word) for word in ("two", "three", "four")] + [office.says("1002", "x")]
    holder = hold(office)
    with pytest.raises(Unready):
        await office.takes(*batch)
    with pytest.raises(Unready):
        await office.turns.report(StatusReport("telegram", "telegram-1", "read"))
    assert book_of(office, "1001") == "one"
    holder.execute("ROLLBACK")
    holder.close()
    await office.takes(*batch)
    await office.takes(*batch)
    assert (book_of(office, "1001"), book_of(office, "1002")) == ("one two three four", "x")
    await office.line.until(lambda: len(office.line.sent) == 5)


async def test_where_an_earlier_message_cannot_be_committed_a_later_one_of_the_same_person_is_not_either(
    impatient: Office,
) -> None:
    office, work = impatient, impatient.turns._work
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    trouble = [OperationalError("BEGIN IMMEDIATE", {}, locked)]

    def once_locked(conn: Connection, event: Event) -> object:
        if event.what == Said("two") and trouble:
            raise trouble.pop()
        return work(conn, event)

    office.turns._work = once_locked  # type: ignore[method-assign, assignment]
    batch = [office.says("1001", word) for word in ("one", "two", "three")] + [office.says("1002", "x")]
    with pytest.raises(Unready):
        await office.takes(*batch)
    assert (book_of(office, "1001"), book_of(office, "1002")) == ("one", "x"), "three would have overtaken two"
    await office.takes(*batch)
    assert book_of(office, "1001") == "one two three"


async def test_a_timer_that_cannot_ring_now_rings_later(impatient: Office) -> None:
    office = impatient
    await office.takes(office.says("1001", "x"))
    person = office.person("1001").id
    await office.does(lambda conn: timers.set_timer(conn, person, "welcome:ring", "run", office.now, {}))
    with office.database.read() as conn:
        [timer] = timers.due(conn, office.now)
    holder = hold(office)
    with pytest.raises(Unready):
        await office.turns.take_timer(timer)
    holder.execute("ROLLBACK")
    holder.close()
    assert await ring_timers(office.lanes, office.turns.take_timer, lambda: office.now) == 1


async def test_a_full_disk_acknowledges_nothing_and_what_came_is_worked_once_there_is_room(
    sqlite: Database, content: Content
) -> None:
    async with open_office(sqlite, content, flows=(Book(), OtherBook()), running=False) as office:
        await office.takes(office.says("1001", "one"))
        await office.settled()

        def fill(conn: Connection) -> None:
            pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
            conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        await office.does(fill)
        batch = [office.says(str(2000 + number), "x" * 900) for number in range(20)]
        with pytest.raises(Unready):
            await office.takes(*batch)
        await office.does(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1000000"))
        await office.takes(*batch)
        states = [office.person(str(2000 + number)).state for number in range(20)]
        assert all(isinstance(state, dict) and state["place"] == ["welcome", "book", {"words": ["x" * 900]}]
                   for state in states)
        assert book_of(office, "1001") == "one"


async def test_a_postgresql_that_goes_away_in_the_middle_of_a_turn_loses_nothing(
    postgres: Postgres, postgres_database: Database, content: Content
) -> None:
    book = Book()
    reached, gone = threading.Event(), threading.Event()

    def pause(word: str) -> None:
        if word == "two" and not gone.is_set():
            reached.set()
            gone.wait(10)

    book.pause = pause
    async with open_office(postgres_database, content, flows=(book, OtherBook())) as office:
        await office.takes(office.says("1001", "one"))
        await office.settled()
        event = office.says("1001", "two")
        turn = asyncio.create_task(office.turns.take([event]))
        await asyncio.to_thread(reached.wait)
        await asyncio.to_thread(postgres.restart)
        gone.set()
        with pytest.raises(Unready):
            await turn
        await office.takes(event)
        await office.takes(event)
        assert book_of(office, "1001") == "one two"
        await office.line.until(lambda: office.line.texts("1001")[-1] == "one two")


async def test_a_mistake_in_a_statement_is_a_dead_letter_and_not_a_wait_without_end(
    database: Database, content: Content
) -> None:
    """A poisoned event must not be offered again and again while everybody else waits behind it."""
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        work = office.turns._work

        def spoiled(conn: Connection, event: object) -> object:
            if getattr(getattr(event, "what", None), "text", "") == "poison":
                conn.execute(text("SELECT no_such_column FROM person"))
            return work(conn, event)  # type: ignore[arg-type]

        office.turns._work = spoiled  # type: ignore[method-assign, assignment]
        await office.takes(office.says("1001", "poison", id="p"), office.says("1002", "fine"))
        assert book_of(office, "1002") == "fine"
        with database.read() as conn:
            found = conn.execute(select(EVENTS.c.status).where(EVENTS.c.provider_id == "p")).scalar_one()
        assert found == "dead"


async def test_what_was_sent_while_the_database_was_locked_is_recorded_afterwards_and_not_sent_again(
    tmp_path: Path, keys: KeyRing, content: Content, migrated: bytes
) -> None:
    (tmp_path / "wis.db").write_bytes(migrated)
    database = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys, busy_ms=20)
    async with open_office(database, content, flows=(Book(), OtherBook()), running=False) as office:
        office.line.gate = asyncio.Event()
        await office.takes(office.says("1001", "one"))
        while not office.line.tried:
            await asyncio.sleep(0)
        holder = hold(office)
        office.line.gate.set()
        await office.line.until(lambda: office.line.sent)
        office.now = office.now.replace(hour=office.now.hour + 1)
        for _ in range(3):
            with pytest.raises(Exception, match="locked"):
                await office.lanes.run(office.delivery._claim)
        holder.execute("ROLLBACK")
        holder.close()
        # an hour later by the clock: nothing is taken for lost, though it is not recorded yet
        office.delivery._beaten = float("-inf")
        assert await office.lanes.run(office.delivery._claim) == []
        await office.settled()
        assert len(office.line.sent) == 1
    database.close()
