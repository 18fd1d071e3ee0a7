"""Brings a database to the schema of this program, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.db import Database

FOLDER = Path(__file__).resolve().parent / "migrations"


def upgrade(database: Database) -> None:
    """The database has the newest schema; nothing happens where it has it already, or where another process that
    starts at the same moment was first."""
    if current(database) == newest():
        return
    with database.in_turn():
        if current(database) == newest():
            return
        with database.engine.connect() as conn:
            config = _config()
            config.attributes["connection"] = conn
            command.upgrade(config, "head")


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """The revision the database has; None for an empty one."""
    with database.engine.connect() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
