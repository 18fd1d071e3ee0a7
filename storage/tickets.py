"""Private threads between a person and the welfare manager: their messages, files and who follows them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, delete, insert, select, update
from sqlmodel import Field, SQLModel

from storage.db import Conflict, table
from storage.types import Secret, SecretBytes, Time

WAITING, KEPT, LOST = "waiting", "kept", "lost"
FIRST_PAUSE = timedelta(seconds=10)


OPEN, CLOSED = "open", "closed"
US, THEM = "us", "them"
KEPT_CLOSED = timedelta(days=365)


class TicketRow(SQLModel, table=True):
    """A thread. `waiting` says whose turn it is ("us": the association's), `mark` counts its messages, `name` is what
    the person let us call her, null until she does; `matter` keeps what a worker asks apart from what a firm asks."""

    __tablename__ = "ticket"

    id: str = Field(primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    matter: str = Field(default="worker", max_length=10)
    topic_id: str = Field(default="", max_length=60)
    state: str = Field(default=OPEN, max_length=8, index=True)
    waiting: str = Field(default=US, max_length=4)
    mark: int = 1
    due_at: datetime | None = Field(default=None, sa_type=Time)
    assignee: str = Field(default="", max_length=22)
    name: str | None = Field(default=None, sa_column=Column(Secret("ticket.name")))
    opened_at: datetime = Field(sa_type=Time)
    closed_at: datetime | None = Field(default=None, sa_type=Time)


class TicketNoteRow(SQLModel, table=True):
    """A message of a thread; `by` is the colleague who wrote it, empty for the person who asks."""

    __tablename__ = "ticket_note"

    id: str = Field(primary_key=True, max_length=22)
    ticket_id: str = Field(sa_column=Column(ForeignKey("ticket.id"), nullable=False, index=True))
    number: int
    by: str = Field(default="", max_length=22)
    text: str = Field(sa_column=Column(Secret("ticket.text"), nullable=False))
    at: datetime = Field(sa_type=Time)


class FileRow(SQLModel, table=True):
    """A file a person sent: first only the channel's reference, then its bytes, fetched at once."""

    __tablename__ = "file"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: str = Field(sa_column=Column(ForeignKey("ticket.id"), nullable=False, index=True))
    note_id: str = Field(max_length=22, index=True)
    channel: str = Field(max_length=16)
    kind: str = Field(max_length=10)
    mime: str = Field(max_length=100)
    name: str = Field(sa_column=Column(Secret("file.name"), nullable=False))
    ref: str = Field(sa_column=Column(Secret("file.ref"), nullable=False))
    status: str = Field(default=WAITING, max_length=8, index=True)
    attempts: int = 0
    data: bytes | None = Field(default=None, sa_column=Column(SecretBytes("file.data")))
    received_at: datetime = Field(sa_type=Time)


TICKETS, NOTES, FILES = table(TicketRow), table(TicketNoteRow), table(FileRow)
_T, _N, _F = TICKETS.c, NOTES.c, FILES.c


@dataclass(frozen=True, slots=True)
class KnownNote:
    """A message of a thread, with what is known of its file."""

    id: str
    number: int
    by: str
    text: str
    at: datetime
    file_kind: str | None
    file_mime: str
    file_name: str


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A thread as its row holds it; its messages are empty where they were not asked for."""

    id: str
    person_id: str
    matter: str
    topic_id: str
    state: str
    waiting: str
    mark: int
    due_at: datetime | None
    assignee: str
    name: str
    opened_at: datetime
    notes: tuple[KnownNote, ...] = ()


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


def open_ticket(
    conn: Connection,
    key: str,
    person_id: str,
    text: str,
    at: datetime,
    matter: str = "worker",
    topic_id: str = "",
    due_at: datetime | None = None,
) -> None:
    """The thread is open with its first message, which has the thread's own id."""
    conn.execute(
        insert(TICKETS).values(
            id=key,
            person_id=person_id,
            matter=matter,
            topic_id=topic_id,
            state=OPEN,
            waiting=US,
            mark=1,
            due_at=due_at,
            assignee="",
            opened_at=at,
        )
    )
    conn.execute(insert(NOTES).values(id=key, ticket_id=key, number=1, by="", text=text, at=at))


def write(
    conn: Connection,
    key: str,
    ticket_id: str,
    text: str,
    at: datetime,
    by: str = "",
    due_at: datetime | None = None,
    after: int | None = None,
) -> None:
    """One more message: by the person who asks (`by` empty; the thread is open again and our answer is due), or by a
    colleague, who follows the thread if nobody did. Raises Conflict where `after` is not the number of messages any
    more.
    """
    here = (_T.id == ticket_id,) if after is None else (_T.id == ticket_id, _T.mark == after)
    values = {"state": OPEN, "closed_at": None, "waiting": THEM if by else US, "due_at": None if by else due_at}
    if not conn.execute(update(TICKETS).where(*here).values(mark=_T.mark + 1, **values)).rowcount:
        raise Conflict("somebody wrote in this thread meanwhile")
    if by:
        conn.execute(update(TICKETS).where(_T.id == ticket_id, _T.assignee == "").values(assignee=by))
    number = select(_T.mark).where(_T.id == ticket_id).scalar_subquery()
    conn.execute(insert(NOTES).values(id=key, ticket_id=ticket_id, number=number, by=by, text=text, at=at))


def take_over(conn: Connection, ticket_id: str, by: str) -> None:
    """This colleague follows the thread from now on."""
    conn.execute(update(TICKETS).where(_T.id == ticket_id).values(assignee=by))


def set_state(conn: Connection, ticket_id: str, state: str, at: datetime) -> None:
    """The thread is open, or closed since `at`."""
    closed = at if state == CLOSED else None
    conn.execute(update(TICKETS).where(_T.id == ticket_id).values(state=state, closed_at=closed, due_at=None))


def name_asker(conn: Connection, ticket_id: str, name: str) -> None:
    """Whoever reads the thread knows what to call the person."""
    conn.execute(update(TICKETS).where(_T.id == ticket_id).values(name=name))


def add_file(
    conn: Connection,
    ticket_id: str,
    channel: str,
    kind: str,
    mime: str,
    name: str,
    ref: str,
    at: datetime,
    note_id: str = "",
) -> None:
    """The file belongs to this message (the first one by default); its bytes are still to be fetched."""
    conn.execute(
        insert(FILES).values(
            ticket_id=ticket_id,
            note_id=note_id or ticket_id,
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


def open_tickets(conn: Connection, limit: int = 200) -> list[KnownTicket]:
    """The open threads, the oldest first, without their messages."""
    return _read(conn, _T.state == OPEN, limit)


def closed_since(conn: Connection, at: datetime, limit: int = 20) -> list[KnownTicket]:
    """The threads closed since then, the last closed first, without their messages."""
    rows = conn.execute(_TICKET.where(_T.closed_at >= at).order_by(_T.closed_at.desc(), _T.id).limit(limit))
    return [_known(row) for row in rows]


def tickets_of(conn: Connection, person_id: str, limit: int = 20) -> list[KnownTicket]:
    """The last threads of one person, the oldest first, without their messages."""
    rows = conn.execute(_TICKET.where(_T.person_id == person_id).order_by(_T.opened_at.desc(), _T.id).limit(limit))
    return [_known(row) for row in rows][::-1]


def ticket_by_id(conn: Connection, key: str) -> KnownTicket | None:
    """The thread with this id, with its messages."""
    found = _read(conn, _T.id == key, 1)
    return replace(found[0], notes=notes_of(conn, [key]).get(key, ())) if found else None


def notes_of(conn: Connection, keys: Collection[str]) -> dict[str, tuple[KnownNote, ...]]:
    """The messages of these threads, in order."""
    query = (
        select(_N.ticket_id, _N.id, _N.number, _N.by, _N.text, _N.at, _F.kind, _F.mime, _F.name)
        .outerjoin(FILES, _F.note_id == _N.id)
        .where(_N.ticket_id.in_(keys))
        .order_by(_N.ticket_id, _N.number, _F.id)
    )
    found: dict[str, list[KnownNote]] = {}
    for key, note_id, number, by, text, at, kind, mime, name in conn.execute(query):
        notes = found.setdefault(key, [])
        notes.append(KnownNote(note_id, number, by, text, at, kind, mime or "", name or ""))
    return {key: tuple(notes) for key, notes in found.items()}


def drop_closed(conn: Connection, at: datetime) -> int:
    """Threads closed a year ago are gone with all that is in them; how many went."""
    old = list(conn.execute(select(_T.id).where(_T.closed_at < at - KEPT_CLOSED)).scalars())
    drop(conn, old)
    return len(old)


def drop(conn: Connection, keys: Sequence[str]) -> None:
    """Nothing of these threads is left."""
    conn.execute(delete(FILES).where(_F.ticket_id.in_(keys)))
    conn.execute(delete(NOTES).where(_N.ticket_id.in_(keys)))
    conn.execute(delete(TICKETS).where(_T.id.in_(keys)))


def _read(conn: Connection, where: ColumnElement[bool], limit: int) -> list[KnownTicket]:
    return [_known(row) for row in conn.execute(_TICKET.where(where).order_by(_T.opened_at, _T.id).limit(limit))]


def _known(row: Any) -> KnownTicket:
    values = (*row[:9], row.name or "", row.opened_at)
    return KnownTicket(*values)


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


def file_of(conn: Connection, note_id: str) -> KnownFile | None:
    """The file that came with a message of a thread."""
    row = conn.execute(_FILE.where(_F.note_id == note_id).order_by(_F.id).limit(1)).first()
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
_TICKET = select(
    _T.id,
    _T.person_id,
    _T.matter,
    _T.topic_id,
    _T.state,
    _T.waiting,
    _T.mark,
    _T.due_at,
    _T.assignee,
    _T.name,
    _T.opened_at,
)
