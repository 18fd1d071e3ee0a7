"""Messages left for a person of the association, their files and their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, insert, select, update
from sqlmodel import Field, SQLModel

from storage.db import Conflict, table
from storage.types import Secret, SecretBytes, Time

WAITING, KEPT, LOST = "waiting", "kept", "lost"
FIRST_PAUSE = timedelta(seconds=10)


class TicketRow(SQLModel, table=True):
    """A message for the welfare manager; `about` is the ticket it follows, if it follows one."""

    __tablename__ = "ticket"

    id: str = Field(primary_key=True, max_length=22)
    about: str = Field(default="", max_length=22)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    text: str = Field(sa_column=Column(Secret("ticket.text"), nullable=False))
    opened_at: datetime = Field(sa_type=Time)
    answer: str | None = Field(default=None, sa_column=Column(Secret("ticket.answer")))
    answered_by: str | None = Field(default=None, max_length=22)
    answered_at: datetime | None = Field(default=None, sa_type=Time, index=True)


class FileRow(SQLModel, table=True):
    """A file a person sent: first only the channel's reference, then its bytes, fetched at once."""

    __tablename__ = "file"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: str = Field(sa_column=Column(ForeignKey("ticket.id"), nullable=False, index=True))
    channel: str = Field(max_length=16)
    kind: str = Field(max_length=10)
    mime: str = Field(max_length=100)
    name: str = Field(sa_column=Column(Secret("file.name"), nullable=False))
    ref: str = Field(sa_column=Column(Secret("file.ref"), nullable=False))
    status: str = Field(default=WAITING, max_length=8, index=True)
    attempts: int = 0
    data: bytes | None = Field(default=None, sa_column=Column(SecretBytes("file.data")))
    received_at: datetime = Field(sa_type=Time)


TICKETS, FILES = table(TicketRow), table(FileRow)
_T, _F = TICKETS.c, FILES.c


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket as its row holds it, with what is known of its file."""

    id: str
    about: str
    person_id: str
    text: str
    opened_at: datetime
    open: bool
    answer: str
    file_kind: str | None
    file_mime: str
    file_name: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as its row holds it."""

    id: int
    channel: str
    kind: str
    mime: str
    name: str
    ref: str
    status: str
    attempts: int
    data: bytes | None


def open_ticket(conn: Connection, key: str, about: str, person_id: str, text: str, at: datetime) -> None:
    """The message is kept."""
    conn.execute(insert(TICKETS).values(id=key, about=about, person_id=person_id, text=text, opened_at=at))


def add_file(
    conn: Connection, ticket_id: str, channel: str, kind: str, mime: str, name: str, ref: str, at: datetime
) -> None:
    """The file belongs to the ticket; its bytes are still to be fetched."""
    conn.execute(
        insert(FILES).values(
            ticket_id=ticket_id,
            channel=channel,
            kind=kind,
            mime=mime[:100],
            name=name,
            ref=ref,
            received_at=at,
            status=WAITING,
            attempts=0,
        )
    )


def answer_ticket(conn: Connection, key: str, text: str, by: str, at: datetime) -> None:
    """The ticket is answered and closed. Raises Conflict where it was closed already."""
    changed = conn.execute(
        update(TICKETS)
        .where(_T.id == key, _T.answered_at.is_(None))
        .values(answer=text, answered_by=by, answered_at=at)
    ).rowcount
    if not changed:
        raise Conflict("the ticket was answered meanwhile")


def open_tickets(conn: Connection, limit: int = 50) -> list[KnownTicket]:
    """The open tickets, the oldest first."""
    return _read(conn, _T.answered_at.is_(None), limit)


def tickets_of(conn: Connection, person_id: str, limit: int = 20) -> list[KnownTicket]:
    """The tickets of one person, the oldest first."""
    return _read(conn, _T.person_id == person_id, limit)


def ticket_by_id(conn: Connection, key: str) -> KnownTicket | None:
    """The ticket with this id."""
    return next(iter(_read(conn, _T.id == key, 1)), None)


def _read(conn: Connection, where: ColumnElement[bool], limit: int) -> list[KnownTicket]:
    query = (
        select(TICKETS, _F.kind, _F.mime, _F.name)
        .outerjoin(FILES, _F.ticket_id == _T.id)
        .where(where)
        .order_by(_T.opened_at, _T.id)
        .limit(limit)
    )
    return [
        KnownTicket(
            r.id,
            r.about,
            r.person_id,
            r.text,
            r.opened_at,
            r.answered_at is None,
            r.answer or "",
            r.kind,
            r.mime or "",
            r.name or "",
        )
        for r in conn.execute(query)
    ]


def files_to_fetch(
    conn: Connection, channels: Sequence[str], at: datetime, limit: int = 20
) -> list[KnownFile]:
    """The files whose bytes are still with one of these channels' providers and are to be asked for at `at`.

    Each try waits twice as long as the one before: 10, 20, 40... seconds.
    """
    waiting = select(_F.id, _F.attempts, _F.received_at).where(_F.status == WAITING, _F.channel.in_(channels))
    due = [
        row.id
        for row in conn.execute(waiting.order_by(_F.attempts, _F.id).limit(50 * limit))
        if row.received_at + FIRST_PAUSE * (2**row.attempts - 1) <= at
    ]
    return [KnownFile(*row) for row in conn.execute(_FILE.where(_F.id.in_(due[:limit])).order_by(_F.id))]


def file_of(conn: Connection, ticket_id: str) -> KnownFile | None:
    """The file that came with a ticket."""
    row = conn.execute(_FILE.where(_F.ticket_id == ticket_id).order_by(_F.id).limit(1)).first()
    return None if row is None else KnownFile(*row)


def keep_file(conn: Connection, key: int, data: bytes, mime: str) -> None:
    """The bytes are here; the provider's reference is forgotten."""
    conn.execute(update(FILES).where(_F.id == key).values(data=data, mime=mime[:100], status=KEPT, ref=""))


def miss_file(conn: Connection, key: int, final: bool) -> None:
    """The bytes could not be fetched, this time or for good."""
    conn.execute(
        update(FILES).where(_F.id == key).values(attempts=_F.attempts + 1, status=LOST if final else WAITING)
    )


_FILE = select(_F.id, _F.channel, _F.kind, _F.mime, _F.name, _F.ref, _F.status, _F.attempts, _F.data)
