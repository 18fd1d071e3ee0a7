"""The migrations and the models say the same, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from storage import migrate
from storage.crypto import KeyRing
from storage.db import Database
from storage.schema import METADATA


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
