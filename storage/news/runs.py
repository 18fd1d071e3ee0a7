"""The one run of a channel: taken, kept alive and left by its token, so that nobody who lost it counts any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, literal_column, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from storage.db import Conflict
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS, RUNS
from storage.outbox import NODES

_I, _R, _B = ISSUES.c, RECIPIENTS.c, RUNS.c
A_MOMENT: Final = timedelta(seconds=0.5)
WAITING: Final[ColumnElement[str]] = literal_column("'todo'")
SENDING: Final[ColumnElement[str]] = literal_column("'sending'")
"""Written out and not bound, so that SQLite sees that the index on just these rows will do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run finds: how many letters the run before left in the dark, and until when the channel rests."""

    doubtful: int
    held_until: datetime | None


def take_run(
    conn: Connection, channel: str, token: str, node: str, at: datetime, lost_before: datetime
) -> Taken | None:
    """The channel's run has this token, and what a dead one had in hand is free again; None where one lives.

    A run is dead if it ended, gave no sign of life since `lost_before`, or its process has left. What it had in hand
    may have been sent: it goes once more and is counted (`doubts`), or is parked as doubtful where the issue is sent
    at most once or is over.
    """
    mine = {"token": token, "node": node, "beat_at": at, "ended": False, "pace": 0.0}
    if conn.execute(select(_B.channel).where(_B.channel == channel)).first() is None:
        try:
            conn.execute(insert(RUNS).values(channel=channel, restarts=0, held_until=None, **mine))
        except IntegrityError as error:
            raise Conflict("another process began the channel's first run") from error
    else:
        taken = update(RUNS).where(_B.channel == channel, _dead(lost_before))
        if not conn.execute(taken.values(restarts=_B.restarts + 1, **mine)).rowcount:
            return None
    held = conn.execute(select(_B.held_until).where(_B.channel == channel)).scalar_one()
    return Taken(_set_free(conn, channel, at), held if held is not None and held > at else None)


def hold_nobody_up(conn: Connection, seconds: float) -> None:
    """If this process freezes in the middle of the transaction, PostgreSQL breaks it off after so many seconds: else
    its locks would keep every other process from taking the run over. SQLite serves one process."""
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {round(seconds * 1000)}"))


def renew(conn: Connection, channel: str, token: str, at: datetime, pace: float) -> bool:
    """The run lives and this fast; False if another has taken its place. Until the commit nobody can take it."""
    mine = (_B.channel == channel, _B.token == token, _B.ended.is_(False))
    return conn.execute(update(RUNS).where(*mine).values(beat_at=at, pace=pace)).rowcount > 0


def hold(conn: Connection, channel: str, token: str, until: datetime | None) -> None:
    """The channel rests until then, also if another process takes the run."""
    conn.execute(update(RUNS).where(_B.channel == channel, _B.token == token).values(held_until=until))


def leave(conn: Connection, channel: str, token: str) -> None:
    """The run has ended, and nothing is in its hand: the next one may begin at once, or when the channel's rest is
    over."""
    conn.execute(update(RUNS).where(_B.channel == channel, _B.token == token).values(ended=True, pace=0.0))


def channels_without_a_run(
    conn: Connection, channels: Collection[str], at: datetime, lost_before: datetime
) -> list[str]:
    """The channels where something is due, or was left in hand by a dead run, and nobody sends."""
    living = set(conn.execute(select(_B.channel).where(or_(~_dead(lost_before), _B.held_until > at))).scalars())
    issues = list(conn.execute(select(_I.id).where(_I.state == "sending")).scalars())
    found = []
    for channel in channels:
        if channel in living:
            continue
        left = select(_R.id).where(_R.channel == channel, _R.outcome == SENDING).limit(1)
        if conn.execute(left).first() is not None or any(_due(conn, one, channel, at) for one in issues):
            found.append(channel)
    return found


def next_due(conn: Connection, channel: str, at: datetime) -> datetime | None:
    """When the first of those who wait on this channel is due, of all issues being sent: in a moment while rows are
    still being added; None if nobody waits."""
    found = []
    for issue in conn.execute(select(_I.id, _I.enqueued).where(_I.state == "sending")).all():
        waits = select(_R.due_at).where(_R.issue_id == issue.id, _R.channel == channel, _R.outcome == WAITING)
        found += list(conn.execute(waits.order_by(_R.due_at).limit(1)).scalars())
        found += [] if issue.enqueued else [at + A_MOMENT]
    return min(found, default=None)


def _due(conn: Connection, issue: str, channel: str, at: datetime) -> bool:
    waits = (_R.issue_id == issue, _R.channel == channel, _R.outcome == WAITING, _R.due_at <= at)
    return conn.execute(select(_R.id).where(*waits).limit(1)).first() is not None


def _dead(lost_before: datetime) -> ColumnElement[bool]:
    gone = ~exists().where(NODES.c.id == _B.node)
    return or_(_B.ended.is_(True), _B.beat_at < lost_before, gone)


def _set_free(conn: Connection, channel: str, at: datetime) -> int:
    once_only = exists().where(
        _I.id == _R.issue_id, or_(_I.at_most_once.is_(True), _I.state.not_in(("sending", "paused", "sent")))
    )
    left = and_(_R.channel == channel, _R.outcome == SENDING)
    parked = {"outcome": "doubtful", "run": None, "doubts": _R.doubts + 1, "code": "crash"}
    again = {"outcome": "todo", "run": None, "doubts": _R.doubts + 1, "due_at": at}
    count = conn.execute(update(RECIPIENTS).where(left, once_only).values(**parked)).rowcount
    return count + conn.execute(update(RECIPIENTS).where(left).values(**again)).rowcount
