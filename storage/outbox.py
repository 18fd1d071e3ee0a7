"""What is to be said: one row per message and reader, claimed before it is sent and recorded after.

    todo -> sending -> sent -> delivered -> read
                    -> parked     (WhatsApp: only the opener went out; waits for the reader)
                    -> failed     (for good, with its cause)
    sending of a process that died -> sending of another one: at least once, and never silently lost

A row may be claimed only if no earlier row of the same address that is as urgent is still open: each reader gets her
messages in order, whichever process sends them, and a reply never waits for bulk.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import table
from storage.prepared import Prepared
from storage.types import Secret, SecretJson, Time

WAITING, SENDING, PARKED = "todo", "sending", "parked"
SENT, DELIVERED, READ, FAILED = "sent", "delivered", "read", "failed"
RANKS: Final[Mapping[str, int]] = {WAITING: 0, SENDING: 0, PARKED: 1, SENT: 2, DELIVERED: 3, READ: 4, FAILED: 5}
LOST_AFTER: Final = timedelta(minutes=1)
ON_PURPOSE: Final = timedelta(minutes=30)
"""Longer than any pause between two attempts."""
LANES: Final[Mapping[str, int]] = {"reply": 0, "alert": 1, "bulk": 2}


class OutboxRow(SQLModel, table=True):
    """One message to one reader. `farewell` holds the address itself where no person is left to own it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "address_id", "id", sqlite_where=text("rank < 2"), postgresql_where=text("rank < 2")),
        Index("ix_outbox_due", "due_at", sqlite_where=text("rank = 0"), postgresql_where=text("rank = 0")),
        Index(None, "ref"),
        # providers report by this number long after: it must never be given out twice
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: str | None = Field(default=None, index=True, max_length=22)
    address_id: int | None = Field(default=None)
    farewell: str | None = Field(default=None, sa_column=Column(Secret("outbox.farewell")))
    channel: str = Field(max_length=16)
    lane: int
    body: Any = Field(default=None, sa_column=Column(SecretJson("outbox.body")))
    replaces: str = Field(default="", max_length=64)
    status: str = Field(max_length=10)
    rank: int
    attempts: int = 0
    repeats: int = 0
    claimed_by: str | None = Field(default=None, max_length=22)
    claimed_at: datetime | None = Field(default=None, sa_type=Time)
    due_at: datetime = Field(sa_type=Time)
    ref: str = Field(default="", max_length=80)
    code: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=Time)
    sent_at: datetime | None = Field(default=None, sa_type=Time)


OUTBOX = table(OutboxRow)
_O = OUTBOX.c
_UNSENT: Any = literal_column("2")
"""SQLite uses the index on open rows only where it reads the index's own condition, `rank < 2`; else it would look at
everything that waits, of everybody."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message to put in the outbox."""

    person_id: str | None
    address_id: int | None
    channel: str
    lane: int
    body: Mapping[str, Json]
    replaces: str = ""
    farewell: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """An open row this process has claimed."""

    id: int
    person_id: str | None
    address_id: int | None
    farewell: str | None
    channel: str
    lane: int
    body: Json
    replaces: str
    attempts: int


def put(conn: Connection, post: Post, at: datetime, node: str) -> tuple[int, bool]:
    """The row's number, and whether this process has claimed it at once.

    It is claimed at birth where nothing older of this address, as urgent, waits with another process, so that a
    reply needs no transaction of its own before it is sent. A process without a name (`node` "") claims nothing.
    """
    values = {
        "person_id": post.person_id,
        "address_id": post.address_id,
        "farewell": post.farewell,
        "channel": post.channel,
        "lane": post.lane,
        "body": dict(post.body),
        "replaces": post.replaces,
        "at": at,
        "node": node,
        "status": SENDING,
    }
    others = not node or (
        post.address_id is not None
        and _OTHERS.first(conn, address=post.address_id, node=node, urgency=post.lane)
    )
    if others:
        values |= {"status": WAITING, "node": None}
    row = _PUT.first(conn, **values)
    assert row is not None  # an insert that does not raise returns its number
    return int(row.id), not others


def claim(conn: Connection, node: str, dead_before: datetime, at: datetime, limit: int) -> list[Claimed]:
    """Rows that are due, first the replies, each now claimed by this process.

    A row may be taken (1) if it waits and is due, or (2) if it was claimed by a process whose last sign of life is
    older than `dead_before`; and (3) only if no earlier row of its address in its lane or a more urgent one is open.
    """
    earlier = OUTBOX.alias("earlier")
    open_before = exists().where(
        earlier.c.address_id == _O.address_id,
        earlier.c.id < _O.id,
        earlier.c.rank == 0,
        earlier.c.rank < _UNSENT,
        earlier.c.lane <= _O.lane,
    )
    dead = select(NODES.c.id).where(NODES.c.beat_at < dead_before)
    living = select(NODES.c.id)
    orphan = and_(
        _O.status == SENDING, or_(_O.claimed_by.in_(dead), _O.claimed_by.not_in(living)), _O.claimed_by != node
    )
    due = (
        select(_O.id)
        .where(_O.rank == 0, or_(and_(_O.status == WAITING, _O.due_at <= at), orphan), ~open_before)
        .order_by(_O.lane, _O.id)
        .limit(limit)
    )
    if conn.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    keys = list(conn.execute(due).scalars())
    if not keys:
        return []
    rows = conn.execute(
        update(OUTBOX)
        .where(_O.id.in_(keys))
        .values(
            repeats=_O.repeats + (_O.status == SENDING).cast(_O.repeats.type),
            status=SENDING,
            claimed_by=node,
            claimed_at=at,
        )
        .returning(*_CLAIMED)
    ).all()
    return sorted((_claimed(row) for row in rows), key=lambda c: (c.lane, c.id))


def spoken(conn: Connection, key: int) -> tuple[Json, str | None] | None:
    """What the row says and to whom; None where there is no such row, or its text is gone."""
    row = conn.execute(select(_O.body, _O.person_id).where(_O.id == key)).first()
    return None if row is None or row.body is None else (row.body, row.person_id)


def mark_sent(conn: Connection, done: Iterable[tuple[int, str]], at: datetime) -> None:
    """These rows were accepted by the provider under these ids; a farewell is forgotten."""
    for key, ref in done:
        _SENT.run(conn, key=key, new_ref=ref[:80], at=at)


def drop_farewells(conn: Connection) -> None:
    """No address of an erased person is left in the outbox once her goodbye went out."""
    conn.execute(OUTBOX.delete().where(_O.farewell.is_not(None), _O.rank >= 2))


def put_back(conn: Connection, key: int, due_at: datetime, code: str, reason: str, counts: bool = True) -> None:
    """The row waits again until `due_at`; `counts` says whether this was an attempt."""
    conn.execute(
        update(OUTBOX)
        .where(_O.id == key)
        .values(
            status=WAITING,
            rank=0,
            claimed_by=None,
            due_at=due_at,
            code=code[:40],
            reason=reason[:300],
            attempts=_O.attempts + (1 if counts else 0),
        )
    )


def send_anew(conn: Connection, key: int, body: Mapping[str, Json], at: datetime) -> bool:
    """What was sent is to be replaced by this where the reader has it; False if it was not sent yet, or is gone."""
    sent = (_O.id == key, _O.rank >= RANKS[SENT], _O.rank < RANKS[FAILED], _O.ref != "")
    anew = {"status": WAITING, "rank": 0, "attempts": 0, "replaces": _O.ref, "due_at": at, "claimed_by": None}
    return conn.execute(update(OUTBOX).where(*sent).values(body=dict(body), **anew)).rowcount > 0


def park(conn: Connection, key: int, ref: str, at: datetime) -> None:
    """Only the opener went out: the text waits until the reader writes."""
    parked = {"status": PARKED, "rank": RANKS[PARKED], "ref": ref[:80], "sent_at": at}
    conn.execute(update(OUTBOX).where(_O.id == key, _O.rank == 0).values(**parked))


def unpark(conn: Connection, address_id: int, at: datetime) -> int:
    """What waited for this reader is now an answer to her, and goes out before any newer one; how many."""
    return conn.execute(
        update(OUTBOX)
        .where(_O.address_id == address_id, _O.rank == 1)
        .values(status=WAITING, rank=0, lane=LANES["reply"], due_at=at, claimed_by=None)
    ).rowcount


def give_up(conn: Connection, key: int, code: str, reason: str) -> None:
    """The row failed for good, and why; a farewell is forgotten."""
    conn.execute(OUTBOX.delete().where(_O.id == key, _O.farewell.is_not(None)))
    conn.execute(
        update(OUTBOX)
        .where(_O.id == key, _O.rank < RANKS[FAILED])
        .values(status=FAILED, rank=RANKS[FAILED], code=code[:40], reason=reason[:300], claimed_by=None)
    )


def readdress(conn: Connection, key: int, address_id: int, channel: str, at: datetime) -> None:
    """The message goes to another address of the same person."""
    conn.execute(
        update(OUTBOX)
        .where(_O.id == key)
        .values(address_id=address_id, channel=channel, replaces="")
        .values(status=WAITING, rank=0, due_at=at, claimed_by=None)
    )


def report(
    conn: Connection, channel: str, key: int, ref: str, status: str, code: str, reason: str
) -> Row[Any] | None:
    """The row has this status unless it had a higher one; a known cause is never erased. The row, if it changed."""
    found = (_O.id == key) if key else (_O.ref == ref)
    values: dict[str, Any] = {"status": status, "rank": RANKS[status]}
    if code:
        values |= {"code": code[:40], "reason": reason[:300]}
    if ref:
        values["ref"] = ref[:80]
    return conn.execute(
        update(OUTBOX)
        .where(_O.channel == channel, found, _O.rank < RANKS[status])
        .values(**values)
        .returning(_O.id, _O.address_id, _O.person_id, _O.attempts, _O.lane)
    ).first()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: rows not yet sent, and since when the oldest of those that should have left."""

    waiting: int
    oldest: datetime | None
    failed: int


def backlog(conn: Connection, at: datetime) -> Backlog:
    """What waits at `at`. A message that is to wait on purpose (once more in a day) makes nothing old."""
    waiting = conn.execute(select(func.count()).where(_O.rank == 0)).scalar_one()
    oldest = conn.execute(
        select(func.min(_O.created_at)).where(_O.rank == 0, _O.due_at <= at + ON_PURPOSE)
    ).scalar_one()
    failed = conn.execute(select(func.count()).where(_O.status == FAILED)).scalar_one()
    return Backlog(int(waiting), oldest, int(failed))


class NodeRow(SQLModel, table=True):
    """A running process and its last sign of life."""

    __tablename__ = "node"

    id: str = Field(primary_key=True, max_length=22)
    beat_at: datetime = Field(sa_type=Time)


NODES = table(NodeRow)


def beat(conn: Connection, node: str, at: datetime) -> None:
    """The process lives."""
    if not conn.execute(update(NODES).where(NODES.c.id == node).values(beat_at=at)).rowcount:
        conn.execute(insert(NODES).values(id=node, beat_at=at))


def let_go(conn: Connection, node: str, in_hand: Sequence[int], at: datetime) -> None:
    """What the process claimed but does not have in hand (its worker died) may be claimed again."""
    mine = select(_O.id).where(_O.rank == 0, _O.claimed_by == node, _O.claimed_at < at - LOST_AFTER)
    lost = set(conn.execute(mine).scalars()) - set(in_hand)
    if lost:
        conn.execute(update(OUTBOX).where(_O.id.in_(lost)).values(status=WAITING, claimed_by=None))


def leave(conn: Connection, nodes: Sequence[str]) -> None:
    """These processes are gone: what they had claimed may be taken at once."""
    conn.execute(NODES.delete().where(NODES.c.id.in_(nodes)))


def living_nodes(conn: Connection, since: datetime) -> list[str]:
    """The processes that gave a sign of life since then."""
    return list(conn.execute(select(NODES.c.id).where(NODES.c.beat_at >= since)).scalars())


def other_nodes(conn: Connection, node: str) -> list[str]:
    """The other processes that ever gave a sign of life and did not leave."""
    return list(conn.execute(select(NODES.c.id).where(NODES.c.id != node)).scalars())


_CLAIMED = (
    _O.id,
    _O.person_id,
    _O.address_id,
    _O.farewell,
    _O.channel,
    _O.lane,
    _O.body,
    _O.replaces,
    _O.attempts,
)


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(**row._mapping)


_PUT = Prepared(
    insert(OUTBOX)
    .values(
        person_id=bindparam("person_id"),
        address_id=bindparam("address_id"),
        farewell=bindparam("farewell", type_=_O.farewell.type),
        channel=bindparam("channel"),
        lane=bindparam("lane"),
        body=bindparam("body", type_=_O.body.type),
        replaces=bindparam("replaces"),
        status=bindparam("status"),
        rank=0,
        attempts=0,
        repeats=0,
        claimed_by=bindparam("node"),
        claimed_at=bindparam("at", type_=Time()),
        due_at=bindparam("at", type_=Time()),
        created_at=bindparam("at", type_=Time()),
        ref="",
        code="",
        reason="",
    )
    .returning(_O.id)
)
_OTHERS = Prepared(
    select(_O.id)
    .where(
        _O.address_id == bindparam("address"),
        _O.rank == 0,
        _O.rank < _UNSENT,
        _O.lane <= bindparam("urgency"),
        or_(_O.claimed_by.is_(None), _O.claimed_by != bindparam("node")),
    )
    .limit(1)
)
_SENT = Prepared(
    update(OUTBOX)
    # a row that was put back meanwhile, because the provider reported a failure at once, is to be sent again
    .where(_O.id == bindparam("key"), _O.status == SENDING)
    .values(
        status=SENT,
        rank=RANKS[SENT],
        ref=bindparam("new_ref"),
        sent_at=bindparam("at", type_=Time()),
        claimed_by=None,
    )
)
