"""What became of an issue, person by person: one case for `wis why`, and the rows of the report's table."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, select

from conversations.news.views import IssueState, Outcome
from conversations.news.why import Case, Sent
from storage import people
from storage.news.audience import PURPOSE
from storage.news.issues import ISSUES
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.people import ADDRESSES, PEOPLE
from storage.profiles import PROFILES

AT_ONCE: Final = 5_000

_I, _R, _A = ISSUES.c, RECIPIENTS.c, ADDRESSES.c


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: a number that tells nobody who it is, her language, and what became of it."""

    number: int
    language: str
    sent: Sent


def case_of(conn: Connection, issue_id: str, person_id: str, channels: Collection[str]) -> Case | None:
    """All that speaks of this person and this issue, on these channels; None if there is no such issue or person."""
    issue = conn.execute(select(ISSUES).where(_I.id == issue_id)).first()
    person = conn.execute(select(PEOPLE).where(PEOPLE.c.id == person_id)).first()
    if issue is None or person is None:
        return None
    row = conn.execute(select(RECIPIENTS).where(_R.issue_id == issue_id, _R.person_id == person_id)).first()
    said = people.consents_of(conn, person_id).get(PURPOSE)
    addresses = conn.execute(select(_A.channel, _A.blocked_at).where(_A.person_id == person_id).order_by(_A.id)).all()
    return Case(
        state=cast(IssueState, issue.state),
        enqueued=issue.enqueued,
        started_at=issue.started_at,
        sent=None if row is None else _sent(row),
        said_yes=None if said is None else said.given,
        said_at=None if said is None else said.at,
        stopped_at=person.stopped_at,
        channels=tuple(dict.fromkeys(a.channel for a in addresses if a.blocked_at is None and a.channel in channels)),
        blocked={a.channel: a.blocked_at for a in addresses if a.blocked_at is not None and a.channel in channels},
        hour=conn.execute(select(READERS.c.hour).where(READERS.c.person_id == person_id)).scalar() or "",
        corrects=bool(issue.corrects),
    )


def lines(conn: Connection, issue_id: str) -> Iterator[Line]:
    """Everybody's row, some thousand at a time, so that a hundred thousand need no memory."""
    after = 0
    while True:
        some = select(RECIPIENTS).where(_R.issue_id == issue_id, _R.id > after).order_by(_R.id).limit(AT_ONCE)
        rows = conn.execute(some).all()
        for row in rows:
            yield Line(row.id, row.language, _sent(row))
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def last_sent(conn: Connection, at: datetime) -> str | None:
    """The id of the issue that began last."""
    begun = select(_I.id).where(_I.started_at <= at).order_by(_I.started_at.desc(), _I.id).limit(1)
    return conn.execute(begun).scalar()


def numbered(conn: Connection, number: str) -> str | None:
    """The id of the issue with this number."""
    return conn.execute(select(_I.id).where(_I.number == number)).scalar()


def person_of_row(conn: Connection, issue_id: str, number: int) -> str | None:
    """Whose row of the table this is; None where there is none, or she was erased."""
    return conn.execute(select(_R.person_id).where(_R.id == number, _R.issue_id == issue_id)).scalar()


def named(conn: Connection) -> list[str]:
    """Everybody who has said a name."""
    return list(conn.execute(select(PROFILES.c.person_id).order_by(PROFILES.c.person_id)).scalars())


def _sent(row: Any) -> Sent:
    return Sent(
        cast(Outcome, row.outcome),
        row.channel,
        row.due_at,
        row.code,
        row.attempts,
        row.doubts,
        row.opened_at,
        row.sent_at,
        row.delivered_at,
        row.read_at,
    )
