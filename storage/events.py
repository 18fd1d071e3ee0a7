"""Everything that reached us: one row per provider's event, kept in full only where it could not be worked."""

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Insert, Row, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import Missing, table
from storage.prepared import Prepared
from storage.types import SecretJson, Time

DONE, DEAD, RETRIED = "done", "dead", "retried"


class EventRow(SQLModel, table=True):
    """One event; `body` is empty once it was worked, and then nothing here leads to a person."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("channel", "provider_id"), Index(None, "status", "id"))

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=16)
    provider_id: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    status: str = Field(max_length=8)
    body: Any = Field(default=None, sa_column=Column(SecretJson("event.body")))
    error: str = Field(default="", max_length=2000)
    attempts: int = 0
    received_at: datetime = Field(sa_type=Time)


EVENTS = table(EventRow)
_E = EVENTS.c


def note(conn: Connection, channel: str, provider_id: str, kind: str, at: datetime) -> bool:
    """The event is known from now on; False if it was known already, so that it must not be worked again."""
    values = {"channel": channel, "provider_id": provider_id, "kind": kind, "status": DONE, "received_at": at}
    return _NOTE[conn.dialect.name].run(conn, **values) > 0


def known(conn: Connection, channel: str, provider_id: str) -> bool:
    """Whether the event was noted."""
    return conn.execute(select(_E.id).where(_E.channel == channel, _E.provider_id == provider_id)).first() is not None


def bury(
    conn: Connection, channel: str, provider_id: str, kind: str, body: Mapping[str, Json], error: str, at: datetime
) -> bool:
    """The event is kept as a dead letter, with all that is needed to work it again. False if it was known."""
    if not note(conn, channel, provider_id, kind, at):
        return False
    conn.execute(
        update(EVENTS)
        .where(_E.channel == channel, _E.provider_id == provider_id)
        .values(status=DEAD, body=dict(body), error=error[:2000], attempts=1)
    )
    return True


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not be worked."""

    id: int
    channel: str
    kind: str
    body: Mapping[str, Json]
    error: str
    attempts: int
    at: datetime


def dead_letters(conn: Connection, limit: int = 200) -> list[DeadLetter]:
    """The dead letters, oldest first."""
    return [_letter(r) for r in conn.execute(select(EVENTS).where(_E.status == DEAD).order_by(_E.id).limit(limit))]


def dead_letter(conn: Connection, key: int) -> DeadLetter:
    """The dead letter with this number. Raises Missing."""
    row = conn.execute(select(EVENTS).where(_E.id == key, _E.status == DEAD)).first()
    if row is None:
        raise Missing(f"there is no dead letter {key}")
    return _letter(row)


def letters_of(conn: Connection, names: Set[tuple[str, str]]) -> list[DeadLetter]:
    """The dead letters of one person, who has these addresses (channel and value): each one is opened to see."""
    found = (_letter(row) for row in conn.execute(select(EVENTS).where(_E.status == DEAD).order_by(_E.id)))
    return [letter for letter in found if not names.isdisjoint(_names(letter))]


def forget_letters(conn: Connection, keys: Collection[int]) -> None:
    """Nothing of these dead letters can be read any more; that the events came stays known."""
    values = {"status": DONE, "body": None, "error": ""}
    conn.execute(update(EVENTS).where(_E.id.in_(keys), _E.status == DEAD).values(**values))


def dead_count(conn: Connection) -> int:
    """How many dead letters wait."""
    return int(conn.execute(select(func.count()).select_from(EVENTS).where(_E.status == DEAD)).scalar_one())


def revive(conn: Connection, key: int) -> bool:
    """The dead letter counts as worked from now on; False if somebody else took it."""
    values = {"status": RETRIED, "body": None, "attempts": _E.attempts + 1}
    return conn.execute(update(EVENTS).where(_E.id == key, _E.status == DEAD).values(**values)).rowcount > 0


def fail_again(conn: Connection, key: int, error: str) -> None:
    """The retry failed too."""
    conn.execute(
        update(EVENTS).where(_E.id == key, _E.status == DEAD).values(error=error[:2000], attempts=_E.attempts + 1)
    )


def _names(letter: DeadLetter) -> Iterator[tuple[str, str]]:
    aliases = letter.body.get("aliases")
    for name in (letter.body.get("address"), *(aliases if isinstance(aliases, list) else ())):
        match name:
            case [str(channel), str(value), *_]:
                yield channel, value


def _letter(row: Row[Any]) -> DeadLetter:
    body = row.body if isinstance(row.body, dict) else {}
    return DeadLetter(row.id, row.channel, row.kind, body, row.error, row.attempts, row.received_at)


def _note(insert: Any) -> Prepared:
    columns = ("channel", "provider_id", "kind", "status", "received_at")
    values = {name: bindparam(name, type_=_E[name].type) for name in columns}
    statement: Insert = insert(EVENTS).values(**values, error="", attempts=0).on_conflict_do_nothing()
    return Prepared(statement)


_NOTE = {"sqlite": _note(sqlite.insert), "postgresql": _note(postgresql.insert)}
