"""People who want the newsletter, and an issue on its way to them: what the tests of the delivery engine share."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from conversations.messages import Message, Template, Verbatim
from conversations.news.views import Issue, Wishes
from storage.crypto import KeyRing
from storage.db import Database
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.people import ADDRESSES, CONSENTS, MEMBERSHIPS, PEOPLE

ISSUE = "issue-1"
OFFICE = "carla"
"""The coordinator."""


def digest(issue: Issue, wishes: Wishes, language: str, today: date) -> Message:
    """A short one: the issue's title and a word."""
    title = issue.title.get(language) or issue.title["it"]
    values = (title, "1", "una notizia", issue.id)
    return Message(
        title=Verbatim(title), body=(Verbatim(f"notizie {issue.id}"),),
        template=Template("newsletter_opener", tuple(map(Verbatim, values)), whole=True),
    )


def add_readers(
    conn: Connection,
    keys: KeyRing,
    values: Iterable[str],
    at: datetime,
    channel: str = "telegram",
    last_inbound: datetime | None = None,
    consent: bool = True,
) -> list[str]:
    """People who said yes to the newsletter, one with each of these addresses; their ids are "p" and the address."""
    values = list(values)
    kind = "phone" if channel == "whatsapp" else "id"
    persons = [f"p{value}" for value in values]
    conn.execute(
        insert(PEOPLE), [{"id": p, "language": "it", "created_at": at, "seen_at": at, "demo": False} for p in persons]
    )
    for person, value in zip(persons, values, strict=True):
        add_address(conn, keys, person, channel, value, at, last_inbound, kind)
    conn.execute(
        insert(CONSENTS),
        [
            {
                "person_id": person, "purpose": "newsletter", "given": consent, "text_version": "1",
                "language": "it", "channel": channel, "at": at,
            }
            for person in persons
        ],
    )
    return persons


def add_address(
    conn: Connection, keys: KeyRing, person: str, channel: str, value: str, at: datetime,
    last_inbound: datetime | None = None, kind: str = "id",
) -> int:
    row = {
        "person_id": person, "channel": channel, "kind": kind, "value": value,
        "value_hash": keys.hash("address", f"{channel}:{value}"), "first_seen": at,
        "last_inbound": last_inbound or at,
    }
    return int(conn.execute(insert(ADDRESSES).values(**row).returning(ADDRESSES.c.id)).scalar_one())


def add_office(conn: Connection, at: datetime) -> None:
    conn.execute(insert(PEOPLE).values(id=OFFICE, language="it", created_at=at, seen_at=at, demo=False))
    conn.execute(insert(MEMBERSHIPS).values(person_id=OFFICE, role="coordinator", contract="", since=at))


def add_issue(
    conn: Connection, at: datetime, key: str = ISSUE, state: str = "sending", enqueued: bool = True, **more: Any
) -> None:
    usual = {
        "id": key, "number": key, "kind": "monthly", "title": {"it": f"Numero {key}"}, "state": state, "revision": 1,
        "created_by": "", "created_at": at, "approved_by": OFFICE, "approved_revision": 1, "scheduled_by": OFFICE,
        "standing": False, "at_most_once": False, "rate": 0.0, "enqueued": enqueued, "enqueued_to": "",
        "started_at": at, "stopped_why": "", "reported": False,
    }
    conn.execute(insert(ISSUES).values(**(usual | more)))


def add_rows(conn: Connection, persons: Sequence[str], at: datetime, key: str = ISSUE, **more: Any) -> None:
    """The issue waits for each of these people, on her first address."""
    by_person = select(ADDRESSES.c.person_id, func.min(ADDRESSES.c.id)).group_by(ADDRESSES.c.person_id)
    first = dict(map(tuple, conn.execute(by_person)))
    channels = dict(map(tuple, conn.execute(select(ADDRESSES.c.id, ADDRESSES.c.channel))))
    rows = [
        {
            "issue_id": key, "person_id": p, "address_id": first[p], "channel": channels[first[p]],
            "language": "it", "outcome": "todo", "due_at": at, "attempts": 0, "doubts": 0, "ref": "", "code": "",
            "reason": "",
        } | more
        for p in persons
    ]
    conn.execute(insert(RECIPIENTS), rows)


def opt_out(conn: Connection, person: str, at: datetime) -> None:
    values = {
        "person_id": person, "purpose": "newsletter", "given": False, "text_version": "1", "language": "it",
        "channel": "telegram", "at": at + timedelta(seconds=1),
    }
    conn.execute(insert(CONSENTS).values(**values))


def outcomes(database: Database, key: str = ISSUE) -> dict[str, int]:
    """How many people have each outcome."""
    with database.read() as conn:
        counted = select(RECIPIENTS.c.outcome, func.count()).where(RECIPIENTS.c.issue_id == key)
        return dict(map(tuple, conn.execute(counted.group_by(RECIPIENTS.c.outcome))))


def row(database: Database, person: str, key: str = ISSUE) -> Any:
    with database.read() as conn:
        mine = (RECIPIENTS.c.person_id == person, RECIPIENTS.c.issue_id == key)
        return conn.execute(select(RECIPIENTS).where(*mine)).one()


def issue_row(database: Database, key: str = ISSUE) -> Any:
    with database.read() as conn:
        return conn.execute(select(ISSUES).where(ISSUES.c.id == key)).one()


def set_issue(conn: Connection, key: str = ISSUE, **values: Any) -> None:
    conn.execute(update(ISSUES).where(ISSUES.c.id == key).values(**values))
