"""What every command shares: settings, an open database, output, and errors told in one line."""

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from bot import logs
from bot.channels.whatsapp_templates import BadTemplates
from bot.keys import open_keys
from bot.settings import Settings, SettingsError, misspelt
from storage.content import ContentError
from storage.crypto import CryptoError
from storage.db import Database, StorageError
from storage.seeds import BadForm

Conn: TypeAlias = Connection
Record: TypeAlias = Row[Any]
"""A row of a table, by the names of its columns."""

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Wrong(Exception):
    """Something the operator can mend; the message says what."""


TOLD = (Wrong, SettingsError, ContentError, StorageError, CryptoError, BadForm, BadTemplates, DBAPIError, OSError)


@contextmanager
def told() -> Iterator[None]:
    """What an operator can mend is told in words and ends the command with 1; anything else is a defect."""
    try:
        yield
    except TOLD as error:
        complain(cause(error))
        raise typer.Exit(1) from error


def cause(error: Exception) -> str:
    """What went wrong in words, without any secret."""
    match error:
        case DBAPIError(orig=driver):
            first = next(iter(str(driver).strip().splitlines()), "") or "it does not answer"
            file = type(driver).__module__.startswith("sqlite3")
            hint = "Is DATA_DIR right, the disk not full?" if file else "Is it running, is DATABASE_URL right?"
            return f"The database cannot be used: {first}. {hint}"
        case OSError():
            if error.errno in _FOLDER:
                return f"{error.strerror}: {error.filename or ''}. Choose a place you may write to (DATA_DIR)"
            return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        case _:
            return str(error) or str(type(error).__doc__)


def complain(text: str) -> None:
    """The line is on the standard error, in red where that shows."""
    errors.print(text, style="red", markup=False)


def show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The rows: a table on a terminal, else a line each with tabs, as other programs want it."""
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table()
    for place, name in enumerate(columns):
        width = 0 if place else max(len(row[0]) for row in rows)
        table.add_column(name, no_wrap=place == 0, min_width=width, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)


def warn(text: str) -> None:
    """The line is on the standard error, in yellow where that shows."""
    errors.print(text, style="yellow", markup=False)


def settings() -> Settings:
    """The settings, with logging set up by them; a name in .env that is nearly a setting is pointed out."""
    found = Settings.load()
    logs.set_up(found.log_level, found.log_format, found.secrets)
    for sentence in misspelt():
        warn(sentence)
    return found


@contextmanager
def store(found: Settings) -> Iterator[Database]:
    """The migrated database, also while the bot runs; closed at the end."""
    # the migrations take a sixth of a second that a command without a database does not need
    from storage import migrate

    keys, _ = open_keys(found)
    database = Database(found.database, keys)
    try:
        migrate.upgrade(database)
        yield database
    finally:
        database.close()


def now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


def sure(question: str, yes: bool) -> None:
    """The operator said yes. Raises Wrong; without a terminal only --yes counts."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Wrong("Nothing was done: add --yes to do it without a question.")
    if not typer.confirm(question):
        raise Wrong("Nothing was done.")


_FOLDER = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT)
