"""What steering an issue does to the rows of its recipients."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from storage.news.recipients import RECIPIENTS

AT_ONCE: Final = 1_000
"""Rows taken back in one transaction: replies wait for it."""

_R = RECIPIENTS.c


def call_off(conn: Connection, issue_id: str, opened: bool = False, limit: int = AT_ONCE) -> int:
    """At most `limit` of those who still wait for the issue will not have it; with `opened` nor who was only told of
    it. How many. What is left is taken back batch by batch (`settle_batch`); nobody is sent it meanwhile."""
    waits = ("todo", "opened") if opened else ("todo",)
    found = select(_R.id).where(_R.issue_id == issue_id, _R.outcome.in_(waits)).limit(limit)
    keys = list(conn.execute(found).scalars())
    # one that was claimed meanwhile is on its way
    off = update(RECIPIENTS).where(_R.id.in_(keys), _R.outcome.in_(waits)).values(outcome="cancelled")
    conn.execute(off)
    return len(keys)


def put_back(conn: Connection, issue_id: str, failed: bool, doubtful: bool, at: datetime) -> int:
    """Those who failed, or of whom nobody knows, wait for the issue once more. How many."""
    again = [name for name, wanted in (("failed", failed), ("doubtful", doubtful)) if wanted]
    if not again:
        return 0
    query = update(RECIPIENTS).where(_R.issue_id == issue_id, _R.outcome.in_(again), _R.person_id.is_not(None))
    return conn.execute(
        query.values(outcome="todo", due_at=at, run=None, claimed_at=None, attempts=0, code="", reason="")
    ).rowcount


def mark_read(conn: Connection, issue_id: str, person_id: str, at: datetime) -> None:
    """She has the issue before her eyes; what the provider may still report of it is less than that."""
    mine = (_R.issue_id == issue_id, _R.person_id == person_id, _R.read_at.is_(None))
    conn.execute(update(RECIPIENTS).where(*mine).values(read_at=at))
    seen = ("opened", "sent", "delivered", "doubtful", "failed", "expired")
    mine = (_R.issue_id == issue_id, _R.person_id == person_id, _R.outcome.in_(seen))
    conn.execute(update(RECIPIENTS).where(*mine).values(outcome="read", code="", reason=""))


def postpone(conn: Connection, issue_id: str, person_id: str, at: datetime) -> None:
    """The digest waits for her seven days from now."""
    mine = (_R.issue_id == issue_id, _R.person_id == person_id, _R.outcome.in_(("opened", "expired")))
    conn.execute(update(RECIPIENTS).where(*mine).values(outcome="opened", opened_at=at))
