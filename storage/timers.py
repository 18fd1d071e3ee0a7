"""Times to come: a row per timer, turned into an event when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, UniqueConstraint, bindparam, delete, select
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import table
from storage.prepared import Prepared, insertion
from storage.types import Time


class TimerRow(SQLModel, table=True):
    """One timer of one person; `kind` is "flow:verb"."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("person_id", "kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", max_length=22)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=40)
    due_at: datetime = Field(sa_type=Time, index=True)
    payload: Any = Field(default=None, sa_column=Column(JSON))


TIMERS = table(TimerRow)
_T = TIMERS.c


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is due."""

    id: int
    person_id: str
    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Json]


def set_timer(
    conn: Connection, person_id: str, kind: str, subject: str, due_at: datetime, payload: Mapping[str, Json]
) -> None:
    """The timer rings at `due_at`; an earlier one of the same kind and subject is gone."""
    forget(conn, person_id, kind, subject)
    _SET.run(conn, person_id=person_id, kind=kind, subject=subject, due_at=due_at, payload=dict(payload))


def forget(conn: Connection, person_id: str, kind: str, subject: str) -> None:
    """There is no such timer."""
    _FORGET.run(conn, person=person_id, kind=kind, subject=subject)


def is_set(conn: Connection, person_id: str, kind: str, subject: str) -> bool:
    """True if there is such a timer."""
    same = (_T.person_id == person_id, _T.kind == kind, _T.subject == subject)
    return conn.execute(select(_T.id).where(*same)).first() is not None


def due(conn: Connection, at: datetime, limit: int = 100) -> list[Timer]:
    """The timers that are due, the oldest first."""
    rows = conn.execute(select(TIMERS).where(_T.due_at <= at).order_by(_T.due_at, _T.id).limit(limit))
    return [
        Timer(r.id, r.person_id, r.kind, r.subject, r.due_at, r.payload if isinstance(r.payload, dict) else {})
        for r in rows
    ]


def take(conn: Connection, timer: Timer) -> bool:
    """The timer is gone; False if somebody else took it or it was set anew (SQLite may give its number again)."""
    same = (_T.id == timer.id, _T.person_id == timer.person_id, _T.kind == timer.kind, _T.subject == timer.subject)
    return conn.execute(delete(TIMERS).where(*same, _T.due_at == timer.due_at)).rowcount > 0


_SET = insertion(TIMERS, "person_id", "kind", "subject", "due_at", "payload")
_FORGET = Prepared(
    delete(TIMERS).where(
        _T.person_id == bindparam("person"), _T.kind == bindparam("kind"), _T.subject == bindparam("subject")
    )
)
