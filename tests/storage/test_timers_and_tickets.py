"""Timers are replaced and taken by one; a thread goes on, is answered by one, closed and opened again."""

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


def test_of_sixteen_answers_to_the_same_message_one_is_kept(known: Database) -> None:
    with known.write() as conn:
        tickets.open_ticket(conn, "t1", "bianca", "una domanda", NOW, due_at=NOW + DAY)
        tickets.add_file(conn, "t1", "telegram", "photo", "image/jpeg", "foto.jpg", "ref", NOW)
        assert [(t.id, t.waiting, t.due_at) for t in tickets.open_tickets(conn)] == [("t1", "us", NOW + DAY)]

    def answer(racer: int, barrier: object) -> bool:
        barrier.wait()  # type: ignore[attr-defined]
        try:
            with known.write() as conn:
                tickets.write(conn, f"n{racer}", "t1", f"risposta {racer}", NOW, by="elena", after=1)
        except Conflict:
            return False
        return True

    assert race(answer) == 1
    with known.read() as conn:
        ticket = tickets.ticket_by_id(conn, "t1")
        assert ticket is not None and (ticket.mark, ticket.waiting, ticket.assignee, ticket.due_at) == (
            2, "them", "elena", None,
        )
        assert [(n.number, n.by, n.file_name) for n in ticket.notes] == [(1, "", "foto.jpg"), (2, "elena", "")]
        assert [t.id for t in tickets.tickets_of(conn, "bianca")] == ["t1"]
        assert tickets.tickets_of(conn, "elena") == []


def test_a_thread_goes_on_is_taken_over_closed_and_opened_again(known: Database) -> None:
    with known.write() as conn:
        tickets.open_ticket(conn, "t1", "bianca", "una domanda", NOW, "enterprise", "permessi-104")
        tickets.write(conn, "n2", "t1", "la risposta", NOW + DAY, by="elena")
        tickets.take_over(conn, "t1", "marta")
        tickets.write(conn, "n3", "t1", "grazie", NOW + DAY, by="marta")
        tickets.set_state(conn, "t1", tickets.CLOSED, NOW + 2 * DAY)
        assert tickets.open_tickets(conn) == []
        assert [t.id for t in tickets.closed_since(conn, NOW + DAY)] == ["t1"]
        assert tickets.closed_since(conn, NOW + 3 * DAY) == []
        tickets.write(conn, "n4", "t1", "un'altra cosa", NOW + 3 * DAY, due_at=NOW + 5 * DAY)
        tickets.name_asker(conn, "t1", "Bianca")
        ticket = tickets.ticket_by_id(conn, "t1")
        assert ticket is not None and [n.text for n in ticket.notes][-1] == "un'altra cosa"
        assert (ticket.state, ticket.waiting, ticket.assignee, ticket.name, ticket.matter, ticket.topic_id) == (
            "open", "us", "marta", "Bianca", "enterprise", "permessi-104",
        )


def test_a_thread_closed_a_year_ago_is_gone_with_all_its_messages(known: Database) -> None:
    with known.write() as conn:
        for key in ("old", "new", "open"):
            tickets.open_ticket(conn, key, "bianca", "una domanda", NOW)
            tickets.add_file(conn, key, "telegram", "photo", "image/jpeg", "foto.jpg", "ref", NOW)
        tickets.set_state(conn, "old", tickets.CLOSED, NOW)
        tickets.set_state(conn, "new", tickets.CLOSED, NOW + 2 * DAY)
        assert tickets.drop_closed(conn, NOW + tickets.KEPT_CLOSED + DAY) == 1
        assert sorted(tickets.notes_of(conn, ["old", "new", "open"])) == ["new", "open"]
        assert tickets.file_of(conn, "old") is None and tickets.file_of(conn, "new") is not None


def test_a_file_is_fetched_once_or_known_to_be_lost(known: Database) -> None:
    with known.write() as conn:
        tickets.open_ticket(conn, "t1", "bianca", "", NOW)
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
