"""From an issue that begins to its recipients' rows: batch by batch, resumable, each person once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, DateTime, case, cast, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.news.calendar import HOURS, reader_moment
from storage.news.audience import audience_query
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.people import PEOPLE
from storage.types import Time

BATCH: Final = 2_000
"""People looked at in one transaction: a reply waits a tenth of a second for it at most."""

_I, _R = ISSUES.c, RECIPIENTS.c


def enqueue_batch(
    conn: Connection, issue_id: str, channels: Sequence[str], at: datetime, zone: ZoneInfo, size: int = BATCH
) -> bool:
    """The next `size` people have their row if the issue is for them; True when everybody has.

    Safe to repeat after a crash: where it had come to is in the issue's row, and a person's row is unique. An issue
    that is not being sent any more is done.
    """
    issue = conn.execute(select(ISSUES).where(_I.id == issue_id)).first()
    if issue is None or issue.enqueued or issue.state not in ("sending", "paused"):
        return True
    # another process may be doing the same batch: who is slower must not set the issue back
    here = (_I.id == issue_id, _I.enqueued.is_(False), _I.enqueued_to == issue.enqueued_to)
    reached = list(
        conn.execute(
            select(PEOPLE.c.id).where(PEOPLE.c.id > issue.enqueued_to).order_by(PEOPLE.c.id).limit(size)
        ).scalars()
    )
    if not reached:
        conn.execute(update(ISSUES).where(*here).values(enqueued=True))
        return True
    within = (PEOPLE.c.id > issue.enqueued_to, PEOPLE.c.id <= reached[-1])
    _add(conn, issue, channels, within, issue.started_at or at, zone)
    done = len(reached) < size
    moved = conn.execute(update(ISSUES).where(*here).values(enqueued_to=reached[-1], enqueued=done)).rowcount
    return done and bool(moved)


def _add(
    conn: Connection, issue: Any, channels: Sequence[str], within: Sequence[Any], start: datetime, zone: ZoneInfo
) -> None:
    who = audience_query(channels, issue.corrects, *within).subquery()
    due = case(
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
    """The next `size` people of a cancelled issue who had not got it never will; True when none is left."""
    waiting = select(_R.id).where(_R.issue_id == issue_id, _R.outcome == "todo").order_by(_R.id).limit(size)
    keys = list(conn.execute(waiting).scalars())
    # one that was claimed meanwhile is on its way
    conn.execute(update(RECIPIENTS).where(_R.id.in_(keys), _R.outcome == "todo").values(outcome="cancelled"))
    return len(keys) < size
