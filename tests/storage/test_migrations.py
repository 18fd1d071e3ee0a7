"""The migrations and the models say the same, on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from storage import migrate, people, tickets
from storage.crypto import KeyRing
from storage.db import Database
from storage.schema import METADATA

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_a_database_is_migrated_once_and_then_left_alone(tmp_path: Path, keys: KeyRing) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}", keys)
    assert migrate.current(database) is None
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.newest()
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.newest()
    database.close()


def test_a_database_of_another_kind_is_refused_with_words_that_help(keys: KeyRing) -> None:
    with pytest.raises(ValueError, match="sqlite:/// or postgresql"):
        Database("mysql://somewhere/wis", keys)


def test_messages_and_answers_of_before_become_threads_and_come_back(database: Database) -> None:
    with database.engine.connect() as conn:
        command.downgrade(alembic(conn), "0002")
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        tell = database.keys.encrypt
        add = text(
            "INSERT INTO ticket (id, about, person_id, text, opened_at, answer, answered_by, answered_at)"
            " VALUES (:id, '', 'bianca', :text, :at, :answer, :by, :answered)"
        )
        at, answer = NOW.isoformat(" "), tell(b"risposta", "ticket.answer")
        asked = {"text": tell(b"domanda", "ticket.text"), "at": at}
        conn.execute(add, {"id": "t1", **asked, "answer": answer, "by": "elena", "answered": at})
        conn.execute(add, {"id": "t2", **asked, "answer": None, "by": None, "answered": None})
        conn.execute(
            text(
                "INSERT INTO file (ticket_id, channel, kind, mime, name, ref, status, attempts, received_at)"
                " VALUES ('t2', 'telegram', 'photo', 'image/jpeg', :name, :name, 'waiting', 0, :at)"
            ),
            {"name": tell(b"foto.jpg", "file.name"), "at": at},
        )
    migrate.upgrade(database)
    with database.read() as conn:
        closed, waiting = tickets.ticket_by_id(conn, "t1"), tickets.ticket_by_id(conn, "t2")
    assert closed is not None and waiting is not None
    assert [(n.number, n.by, n.text) for n in closed.notes] == [(1, "", "domanda"), (2, "elena", "risposta")]
    assert (closed.state, closed.waiting, closed.mark, closed.assignee) == ("closed", "them", 2, "elena")
    assert (waiting.state, waiting.waiting, waiting.mark, waiting.assignee) == ("open", "us", 1, "")
    assert [note.file_kind for note in waiting.notes] == ["photo"]
    with database.engine.connect() as conn:
        command.downgrade(alembic(conn), "0002")
    with database.read() as conn:
        row = conn.execute(text("SELECT text, answer, answered_by FROM ticket WHERE id = 't1'")).one()
    columns = ("ticket.text", "ticket.answer")
    told = [database.keys.decrypt(bytes(token), column) for token, column in zip(row, columns, strict=False)]
    assert told == [b"domanda", b"risposta"] and row[2] == "elena"
    migrate.upgrade(database)


def alembic(conn: Connection) -> Config:
    """The program's migrations, on this connection."""
    config = migrate._config()
    config.attributes["connection"] = conn
    return config
