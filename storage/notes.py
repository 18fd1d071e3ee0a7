"""Small facts about the installation itself, by name (the simulator's clock, what was seeded)."""

from typing import Any

from sqlalchemy import JSON, Column, Connection, delete, insert, select
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import table


class NoteRow(SQLModel, table=True):
    """One named value."""

    __tablename__ = "note"

    name: str = Field(primary_key=True, max_length=40)
    value: Any = Field(default=None, sa_column=Column(JSON))


NOTES = table(NoteRow)


def read_note(conn: Connection, name: str) -> Json:
    """The value, None if there is none."""
    return conn.execute(select(NOTES.c.value).where(NOTES.c.name == name)).scalar()


def write_note(conn: Connection, name: str, value: Json) -> None:
    """The name has this value from now on; None forgets it."""
    conn.execute(delete(NOTES).where(NOTES.c.name == name))
    if value is not None:
        conn.execute(insert(NOTES).values(name=name, value=value))
