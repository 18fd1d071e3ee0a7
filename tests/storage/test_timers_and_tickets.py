"""Timers are replaced and taken by one; a ticket is answered by one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from storage import people, tickets, timers
from storage.db import Conflict, Database
from tests.storage.test_codes import race

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def remind(conn: Connection, at: datetime, subject: str = "run") -> None:
    timers.set_timer(conn, "bianca", "needs:remind", subject, at, {"count": 1})


@pytest.fixture
def known(database: Database) -> Database:
    with database.write() as conn:
        for person in ("bianca", "elena", "marta"):
            people.add_guest(conn, person, "it", NOW)
    return database


def test_a_timer_set_again_rings_once_at_the_newer_time(known: Database) -> None:
    with known.write() as conn:
        remind(conn, NOW)
        remind(conn, NOW + DAY)
        remind(conn, NOW, "another run")
        assert [timer.subject for timer in timers.due(conn, NOW)] == ["another run"]
        assert [timer.due_at for timer in timers.due(conn, NOW + DAY)] == [NOW, NOW + DAY]
        timers.forget(conn, "bianca", "needs:remind", "run")
        assert [timer.subject for timer in timers.due(conn, NOW + 9 * DAY)] == ["another run"]


def test_of_sixteen_who_take_a_timer_one_gets_it(known: Database) -> None:
    with known.write() as conn:
        remind(conn, NOW)
    with known.read() as conn:
        [timer] = timers.due(conn, NOW)

    def take(_: int, barrier: object) -> bool:
        barrier.wait()  # type: ignore[attr-defined]
        with known.write() as conn:
            return timers.take(conn, timer)

    assert race(take) == 1


def test_a_timer_that_was_set_anew_meanwhile_is_not_taken_for_the_old_one(known: Database) -> None:
    with known.write() as conn:
        remind(conn, NOW)
        [old] = timers.due(conn, NOW)
        remind(conn, NOW + DAY)
        assert not timers.take(conn, old)
        assert [timer.due_at for timer in timers.due(conn, NOW + DAY)] == [NOW + DAY]


def test_a_ticket_is_answered_once(known: Database) -> None:
    with known.write() as conn:
        tickets.open_ticket(conn, "t1", "", "bianca", "una domanda", NOW)
        tickets.add_file(conn, "t1", "telegram", "photo", "image/jpeg", "foto.jpg", "ref", NOW)
        assert [t.id for t in tickets.open_tickets(conn)] == ["t1"]

    def answer(racer: int, barrier: object) -> bool:
        barrier.wait()  # type: ignore[attr-defined]
        try:
            with known.write() as conn:
                tickets.answer_ticket(conn, "t1", f"risposta {racer}", "elena", NOW)
        except Conflict:
            return False
        return True

    assert race(answer) == 1
    with known.read() as conn:
        assert tickets.open_tickets(conn) == []
        [ticket] = tickets.tickets_of(conn, "bianca")
        assert not ticket.open and ticket.answer.startswith("risposta ") and ticket.file_name == "foto.jpg"
        assert tickets.ticket_by_id(conn, "t1") == ticket
        assert tickets.tickets_of(conn, "elena") == []


def test_a_file_is_fetched_once_or_known_to_be_lost(known: Database) -> None:
    with known.write() as conn:
        tickets.open_ticket(conn, "t1", "", "bianca", "", NOW)
        tickets.add_file(conn, "t1", "telegram", "photo", "image/jpeg" * 20, "foto.jpg", "the reference", NOW)
        [file] = tickets.files_to_fetch(conn, ["telegram"], NOW)
        tickets.miss_file(conn, file.id, final=False)
        assert tickets.files_to_fetch(conn, ["telegram"], NOW + timedelta(seconds=9)) == []
        assert [f.attempts for f in tickets.files_to_fetch(conn, ["telegram"], NOW + timedelta(seconds=10))] == [1]
        assert tickets.files_to_fetch(conn, ["whatsapp"], NOW + DAY) == []
        tickets.keep_file(conn, file.id, b"bytes", "image/png")
        kept = tickets.file_of(conn, "t1")
        assert kept is not None and (kept.data, kept.ref, kept.status) == (b"bytes", "", tickets.KEPT)
        assert tickets.files_to_fetch(conn, ["telegram"], NOW + DAY) == [] and tickets.file_of(conn, "t2") is None
        tickets.miss_file(conn, file.id, final=True)
        assert tickets.files_to_fetch(conn, ["telegram"], NOW + DAY) == []
