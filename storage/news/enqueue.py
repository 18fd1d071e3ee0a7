"""From an issue that begins to its recipients' rows: batch by batch, resumable, each person once."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, DateTime, and_, case, cast, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.news.calendar import HOURS, reader_moment
from conversations.news.plan import BEFORE_CLOSING, CLOSES, DAYTIME
from storage.db import Conflict
from storage.news.audience import audience_query
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.news.steering import call_off
from storage.people import PEOPLE
from storage.types import Time

BATCH: Final = 1_000
"""People looked at in one transaction, for which replies wait: less than a tenth of a second."""

CLOSED: Final = tuple(hour for hour in HOURS if time.fromisoformat(hour) >= CLOSES)
UNDER_WAY: Final = ("sending", "paused")
OVER: Final = ("cancelled", "withdrawn")

_I, _R = ISSUES.c, RECIPIENTS.c


def enqueue_batch(
    conn: Connection, issue_id: str, channels: Sequence[str], at: datetime, zone: ZoneInfo, size: int = BATCH
) -> bool:
    """The next `size` people have their row if the issue is for them; True when everybody has.

    Safe to repeat after a crash: where it had come to is in the issue's row, and a person's row is unique. An issue
    that is not being sent any more is done. Raises Conflict where another process did the same batch, or somebody
    cancelled the issue meanwhile: no row is left behind that nobody would settle.
    """
    issue = conn.execute(select(ISSUES).where(_I.id == issue_id)).first()
    if issue is None or issue.enqueued or issue.state not in UNDER_WAY:
        return True
    reached = list(
        conn.execute(
            select(PEOPLE.c.id).where(PEOPLE.c.id > issue.enqueued_to).order_by(PEOPLE.c.id).limit(size)
        ).scalars()
    )
    done = len(reached) < size
    if reached:
        _add(conn, issue, channels, reached[-1], issue.started_at or at, zone)
    here = (_I.id == issue_id, _I.state == issue.state, _I.enqueued.is_(False), _I.enqueued_to == issue.enqueued_to)
    to = reached[-1] if reached else issue.enqueued_to
    if not conn.execute(update(ISSUES).where(*here).values(enqueued_to=to, enqueued=done)).rowcount:
        raise Conflict("the issue moved while people were added")
    return done


def to_enqueue(conn: Connection) -> list[str]:
    """The issues that are being sent and whose recipients do not all have their rows, urgent ones first."""
    missing = (_I.enqueued.is_(False), _I.state.in_(UNDER_WAY))
    order = (case((_I.kind == "urgent", 0), else_=1), _I.started_at, _I.id)
    return list(conn.execute(select(_I.id).where(*missing).order_by(*order)).scalars())


def _add(
    conn: Connection, issue: Any, channels: Sequence[str], upto: str, start: datetime, zone: ZoneInfo
) -> None:
    who = audience_query(channels, issue.corrects, issue.enqueued_to, upto).subquery()
    late = and_(who.c.hour.in_(CLOSED), who.c.channel.in_(DAYTIME))
    due = case(
        (late, literal(reader_moment(start, BEFORE_CLOSING, zone), Time())),
        *((who.c.hour == hour, literal(reader_moment(start, hour, zone), Time())) for hour in HOURS),
        else_=literal(start, Time()),
    )
    rows = select(
        literal(issue.id),
        who.c.person_id,
        who.c.address_id,
        who.c.channel,
        who.c.language,
        literal("todo"),
        cast(due, DateTime(timezone=True)) if conn.dialect.name == "postgresql" else due,
        literal(0),
        literal(0),
        literal(""),
        literal(""),
        literal(""),
    ).order_by(who.c.person_id)
    names = "issue_id person_id address_id channel language outcome due_at attempts doubts ref code reason".split()
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(RECIPIENTS).from_select(names, rows)
    conn.execute(statement.on_conflict_do_nothing(index_elements=["issue_id", "person_id"]))


def settle_batch(conn: Connection, issue_id: str, size: int = BATCH) -> bool:
    """The next `size` people who wait for an issue that was cancelled or withdrawn never get it; True when none is
    left. Of a withdrawn one nobody may ask for the digest either."""
    state = conn.execute(select(_I.state).where(_I.id == issue_id)).scalar()
    return state not in OVER or call_off(conn, issue_id, state == "withdrawn", size) < size


def to_settle(conn: Connection, channels: Sequence[str]) -> list[str]:
    """The issues that were cancelled or withdrawn and for which somebody on these channels still waits."""
    over = select(_I.id).where(_I.state.in_(OVER), _I.started_at.is_not(None))
    todo, opened = (
        select(_R.id).where(_R.issue_id == _I.id, _R.channel.in_(channels), _R.outcome == outcome).limit(1).exists()
        for outcome in ("todo", "opened")
    )
    return list(conn.execute(over.where(or_(todo, and_(_I.state == "withdrawn", opened)))).scalars())
