"""Transactions of both databases: all or nothing, one state to read, and outages told from our own mistakes."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from storage import notes, people
from storage.crypto import KeyRing
from storage.db import Conflict, Database, is_outage
from storage.migrate import upgrade
from storage.people import PEOPLE
from tests.postgres import Postgres

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
Open = Callable[[], Database]


def test_a_block_that_raises_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as conn:
        notes.write_note(conn, "n", 1)
        raise KeyError
    with database.write() as conn:
        assert notes.read_note(conn, "n") is None
        notes.write_note(conn, "n", 2)
    with database.read() as conn:
        assert notes.read_note(conn, "n") == 2


def test_who_reads_sees_one_state_however_much_is_written_meanwhile(database: Database, another: Open) -> None:
    with database.write() as conn:
        notes.write_note(conn, "n", 1)
    other = another()
    with database.read() as reader:
        assert notes.read_note(reader, "n") == 1
        with other.write() as conn:
            notes.write_note(conn, "n", 2)
        assert notes.read_note(reader, "n") == 1
    with database.read() as reader:
        assert notes.read_note(reader, "n") == 2
    with database.write() as conn:
        notes.write_note(conn, "n", 3)


def test_no_update_is_lost_among_writers_at_once(database: Database) -> None:
    with database.write() as conn:
        notes.write_note(conn, "n", 0)
        people.add_guest(conn, "lock", "it", NOW)

    def count() -> None:
        for _ in range(10):
            with database.write() as conn:
                query = select(PEOPLE.c.id).where(PEOPLE.c.id == "lock")
                conn.execute(query.with_for_update() if database.kind == "postgresql" else query)
                value = notes.read_note(conn, "n")
                assert isinstance(value, int)
                notes.write_note(conn, "n", value + 1)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert notes.read_note(conn, "n") == 80


def test_a_database_locked_by_another_process_is_an_outage(tmp_path: Path, keys: KeyRing) -> None:
    path = tmp_path / "wis.db"
    database = Database(f"sqlite:///{path}", keys, busy_ms=20)
    upgrade(database)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError) as locked, database.write():
        pass
    assert is_outage(locked.value)
    holder.execute("ROLLBACK")
    holder.close()
    with database.write() as conn:
        notes.write_note(conn, "n", 1)
    database.close()


def test_a_full_disk_is_an_outage_and_what_was_there_before_stays(sqlite: Database) -> None:
    with sqlite.write() as conn:
        notes.write_note(conn, "n", 1)
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(DBAPIError) as full, sqlite.write() as conn:
        for number in range(50):
            notes.write_note(conn, f"large {number}", "x" * 5000)
    assert is_outage(full.value) and sqlite.refusing == "SQLITE_FULL"
    with sqlite.write() as conn:
        assert notes.read_note(conn, "n") == 1 and notes.read_note(conn, "large 0") is None
        conn.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert sqlite.refusing == ""
    with sqlite.write() as conn:
        notes.write_note(conn, "large", "x" * 50_000)


def test_a_postgresql_that_cuts_its_connections_is_an_outage_and_serves_again(
    postgres: Postgres, keys: KeyRing
) -> None:
    database = Database(postgres.fresh(), keys)
    with pytest.raises(DBAPIError) as cut, database.write() as conn:
        notes.write_note(conn, "n", 1)
        postgres.restart()
        notes.write_note(conn, "n", 2)
    assert is_outage(cut.value)
    with database.write() as conn:
        assert notes.read_note(conn, "n") is None
    database.close()


def test_a_postgresql_that_is_not_there_is_an_outage(keys: KeyRing) -> None:
    database = Database("postgresql+psycopg://wis@127.0.0.1:1/wis", keys)
    with pytest.raises(OperationalError) as gone, database.write():
        pass
    assert is_outage(gone.value)
    database.close()


def test_a_mistake_of_ours_is_no_outage_and_would_come_again(database: Database) -> None:
    with pytest.raises(DBAPIError) as wrong, database.write() as conn:
        conn.execute(text("SELECT no_such_column FROM person"))
    assert isinstance(wrong.value, OperationalError | ProgrammingError) and not is_outage(wrong.value)
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
    with pytest.raises(IntegrityError) as twice, database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
    assert not is_outage(twice.value)
    assert not is_outage(KeyError("x"))


def test_what_postgresql_breaks_off_in_favour_of_another_is_a_conflict(postgres: Postgres, keys: KeyRing) -> None:
    database = Database(postgres.fresh(), keys)
    with database.write() as conn:
        for key in ("a", "b"):
            people.add_guest(conn, key, "it", NOW)
    first_has_one, second_has_one = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def lock(mine: str, other: str, have: threading.Event, wait: threading.Event) -> None:
        try:
            with database.write() as conn:
                people.set_language(conn, mine, "en")
                have.set()
                wait.wait()
                people.set_language(conn, other, "en")
        except Conflict:
            outcomes.append("conflict")
        else:
            outcomes.append("done")

    threads = [
        threading.Thread(target=lock, args=("a", "b", first_has_one, second_has_one)),
        threading.Thread(target=lock, args=("b", "a", second_has_one, first_has_one)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    database.close()
