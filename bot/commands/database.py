"""`wis db`: the whole database moved to another one, and two of them compared."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.status import Status

from bot.commands.common import Wrong, console, now, settings, show, told
from bot.commands.shape import subject
from bot.keys import open_keys
from storage import copy as copying
from storage import migrate
from storage.copy import CopyError
from storage.crypto import KeyRing
from storage.db import Database
from storage.sums import Sum

app = subject("The database as a whole (docs/howto/scale.md).")

HERE = "The one of DATABASE_URL and DATA_DIR if left out. A password may stand in ~/.pgpass instead."
From = Annotated[str, typer.Option("--from", metavar="URL", help=f"The database to copy from. {HERE}")]
To = Annotated[str, typer.Option("--to", metavar="URL", help="The empty database to copy to.")]
With = Annotated[str, typer.Option("--with", metavar="URL", help="The other database.")]


@app.command()
def copy(to: To, source: From = "") -> None:
    """Copy everything into an empty database, from SQLite to PostgreSQL or back, and verify every table.

    The bot must not run meanwhile. What is encrypted is copied as it is: WIS_SECRET_KEYS stays the same. It is done
    whole or not at all; broken off, it has left nothing and is simply begun again. The database copied from is not
    changed. Afterwards, set DATABASE_URL to the new one and start the bot.
    """
    with told():
        keys, here = _ring()
        with _opened(source or here, keys, "--from", must_exist=True) as one, _opened(to, keys, "--to") as other:
            migrate.upgrade(other)
            with console.status("Copying...") as status:
                done = copying.copy(one, other, now(), lambda table, rows: _tell(status, "Copying", table, rows))
        _say(done)
        console.print("Copied, read back and found the same.")


@app.command()
def compare(other: With, source: From = "") -> None:
    """Compare two databases table by table: the numbers of rows, and a checksum over everything in them."""
    with told():
        keys, here = _ring()
        with (
            _opened(source or here, keys, "--from", must_exist=True) as one,
            _opened(other, keys, "--with", must_exist=True) as two,
            console.status("Comparing...") as status,
        ):
            done = copying.compare(one, two, lambda table, rows: _tell(status, "Reading", table, rows))
        _say(done)
        console.print("Both hold the same.")


def _ring() -> tuple[KeyRing, str]:
    found = settings()
    keys, _ = open_keys(found)
    return keys, found.database


@contextmanager
def _opened(url: str, keys: KeyRing, option: str, must_exist: bool = False) -> Iterator[Database]:
    """The database of this address. Raises Wrong, which shows no password."""
    try:
        database = copying.opened(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url), keys, must_exist)
    except CopyError as error:
        raise Wrong(f"{option}: {error}") from error
    try:
        yield database
    finally:
        database.close()


def _tell(status: Status, what: str, table: str, rows: int) -> None:
    status.update(f"{what} {table}: {rows} rows")


def _say(done: dict[str, Sum]) -> None:
    show(("table", "rows", "checksum"), [(name, str(one.rows), str(one)) for name, one in done.items() if one.rows])
    console.print(f"{sum(one.rows for one in done.values())} rows in {len(done)} tables.")
