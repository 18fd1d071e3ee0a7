"""What every command shares: settings, an open database, output, and errors told in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot import logs
from bot.assembly import AlreadyRunning, database_url
from bot.keys import open_keys
from bot.settings import Settings, SettingsError, misspelt
from storage import migrate
from storage.content import ContentError
from storage.crypto import CryptoError
from storage.db import Database, StorageError

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

TOLD = (SettingsError, ContentError, AlreadyRunning, StorageError, CryptoError)


@contextmanager
def told() -> Iterator[None]:
    """What an operator can mend is told in words and ends the command with 1; anything else is a defect."""
    try:
        yield
    except TOLD as error:
        errors.print(str(error) or str(type(error).__doc__), style="red")
        raise typer.Exit(1) from error
    except DBAPIError as error:
        cause = str(error.orig).splitlines()[0] if error.orig is not None else "it does not answer"
        errors.print(f"The database cannot be used: {cause}", style="red")
        raise typer.Exit(1) from error
    except OSError as error:
        errors.print(f"{error.strerror or error}: {error.filename or ''}", style="red")
        raise typer.Exit(1) from error


def settings() -> Settings:
    """The settings, with logging set up by them; a name in .env that is nearly a setting is pointed out."""
    found = Settings.load()
    hidden = [
        value.get_secret_value()
        for value in (found.telegram_bot_token, found.twilio_auth_token, found.telegram_webhook_secret)
    ]
    logs.set_up(found.log_level, found.log_format, [value for value in hidden if value])
    for sentence in misspelt():
        errors.print(sentence, style="yellow")
    return found


@contextmanager
def store(found: Settings) -> Iterator[Database]:
    """The migrated database, also while the bot runs; closed at the end."""
    keys, _ = open_keys(found)
    database = Database(database_url(found), keys)
    try:
        migrate.upgrade(database)
        yield database
    finally:
        database.close()


def now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


def sure(question: str, yes: bool) -> None:
    """The operator said yes, or the command ends with 1; without a terminal only --yes counts."""
    if yes:
        return
    if not sys.stdin.isatty():
        errors.print("Nothing was done: add --yes to do it without a question.", style="red")
        raise typer.Exit(1)
    typer.confirm(question, abort=True)
