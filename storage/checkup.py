"""What an operator wants to know of the database: its version, whether it can be written, whether a commit lasts."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import text

from storage import notes
from storage.db import Database


@dataclass(frozen=True, slots=True)
class Condition:
    """`engine` is its name and version; `lasting` says whether a commit survives a power cut, `modes` why."""

    engine: str
    lasting: bool
    modes: str


class _Tried(Exception):
    """The write worked and is taken back."""


def condition(database: Database) -> Condition:
    """How the database keeps what is committed. Raises the database's errors."""
    with database.read() as conn:
        if database.kind == "sqlite":
            version = conn.execute(text("SELECT sqlite_version()")).scalar_one()
            mode = conn.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            level = conn.exec_driver_sql("PRAGMA synchronous").scalar_one()
            safe = level in (2, 3)
            return Condition(f"SQLite {version}", safe, f"journal_mode={mode}, synchronous={level}")
        version = conn.execute(text("SHOW server_version")).scalar_one()
        modes = {name: conn.execute(text(f"SHOW {name}")).scalar_one() for name in ("fsync", "synchronous_commit")}
        safe = modes["fsync"] == "on" and modes["synchronous_commit"] != "off"
        return Condition(f"PostgreSQL {version}", safe, ", ".join(f"{name}={value}" for name, value in modes.items()))


def try_to_write(database: Database) -> None:
    """A row could be written; it is taken back. Raises the database's errors."""
    try:
        with database.write() as conn:
            notes.write_note(conn, name="doctor", value="tried")
            raise _Tried
    except _Tried:
        return


def writable(folder: Path) -> bool:
    """Whether a file can be made there; none is left."""
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
