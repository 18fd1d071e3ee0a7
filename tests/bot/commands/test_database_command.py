"""`wis db` as an operator has it: from the file of a first year to PostgreSQL, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.notes import read_note, write_note
from tests.bot.commands.command_line import Wis
from tests.postgres import Postgres
from tests.storage.dump import rows


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database, given as an operator writes it."""
    url = postgres.fresh()
    yield url.replace("postgresql+psycopg://", "postgresql://")
    postgres.release(url)


@pytest.fixture
def key() -> str:
    return new_key()


@pytest.fixture
def file(wis: Wis, key: str) -> Path:
    """The installation's own database, with an invented network and a note."""
    assert wis("demo", "reset", "--yes", WIS_SECRET_KEYS=key).code == 0
    database = wis.database(KeyRing.parse(key))
    with database.write() as conn:
        write_note(conn, "mine", {"a": 1})
    database.close()
    return wis.folder / "data" / "wis.db"


def test_the_file_is_copied_to_postgresql_and_back_and_everything_is_readable(
    wis: Wis, file: Path, key: str, empty: str
) -> None:
    told = wis("db", "copy", "--to", empty, WIS_SECRET_KEYS=key)
    assert told.code == 0, told.err
    assert "enterprise\t4\t" in told.out
    assert told.out.endswith("Copied, read back and found the same.\n")
    back = file.with_name("back.db")
    told = wis("db", "copy", "--from", empty, "--to", f"sqlite:///{back}", WIS_SECRET_KEYS=key)
    assert told.code == 0, told.err
    ring = KeyRing.parse(key)
    first, last = Database(f"sqlite:///{file}", ring), Database(f"sqlite:///{back}", ring)
    assert rows(last) == rows(first)
    assert "Both hold the same." in wis("db", "compare", "--with", empty, WIS_SECRET_KEYS=key).out
    with last.write() as conn:
        write_note(conn, "mine", {"a": 2})
    told = wis("db", "compare", "--from", empty, "--with", f"sqlite:///{back}", WIS_SECRET_KEYS=key)
    assert (told.code, told.err) == (1, "The two databases are not the same in: note.\n")
    first.close()
    last.close()


def test_a_second_copy_into_the_same_database_is_refused(wis: Wis, file: Path, key: str, empty: str) -> None:
    wis("db", "copy", "--to", empty, WIS_SECRET_KEYS=key)
    told = wis("db", "copy", "--to", empty, WIS_SECRET_KEYS=key)
    assert told.code == 1
    assert "not empty" in told.err


def test_other_keys_than_those_of_the_data_are_refused(wis: Wis, file: Path, key: str, empty: str) -> None:
    told = wis("db", "copy", "--to", empty, WIS_SECRET_KEYS=new_key())
    assert told.code == 1
    assert "put it back" in told.err


def test_a_file_that_is_not_there_and_an_address_that_is_none_are_told_without_the_password(
    wis: Wis, file: Path, key: str
) -> None:
    told = wis("db", "copy", "--from", "sqlite:////nowhere/wis.db", "--to", "sqlite:///x.db", WIS_SECRET_KEYS=key)
    assert (told.code, told.err) == (1, "--from: there is no file /nowhere/wis.db.\n")
    told = wis("db", "copy", "--to", "mysql://wis:topsecret@localhost/wis", WIS_SECRET_KEYS=key)
    assert told.code == 1
    assert "--to: this is no address" in told.err
    assert "topsecret" not in told.all
    told = wis("db", "copy", "--to", f"sqlite:///{file}", WIS_SECRET_KEYS=key)
    assert "same database" in told.err
    assert wis.database(KeyRing.parse(key)).kind == "sqlite"


def test_a_copy_while_the_bot_runs_is_refused(wis: Wis, file: Path, key: str, tmp_path: Path) -> None:
    with wis.start("run", WIS_SECRET_KEYS=key) as bot:
        bot.says("WIS Bot is running.")
        told = wis("db", "copy", "--to", f"sqlite:///{tmp_path / 'copy.db'}", WIS_SECRET_KEYS=key)
        assert told.code == 1
        assert "The bot is running" in told.err


def test_the_note_of_the_source_is_still_there(wis: Wis, file: Path, key: str, tmp_path: Path) -> None:
    wis("db", "copy", "--to", f"sqlite:///{tmp_path / 'copy.db'}", WIS_SECRET_KEYS=key)
    database = wis.database(KeyRing.parse(key))
    with database.read() as conn:
        assert read_note(conn, "mine") == {"a": 1}
    database.close()
