"""What one step may need to know of the newsletter: a reader's part always, the newsroom's for who works in it."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, String, and_, func, or_, select
from sqlalchemy import cast as sql_cast

from conversations.news.life import REACHED
from conversations.news.views import TOPICS, FileReport, Issue, NewsFacts, Topic
from storage.news import views
from storage.news.audience import PURPOSE
from storage.news.issues import FILES, ISSUES
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.people import CONSENTS, PEOPLE

OFFICE: Final = frozenset({"editor", "welfare_manager", "coordinator"})
"""The roles that work on the newsletter."""
ALIVE: Final = ("draft", "legal", "approved", "scheduled", "sending", "paused")
OVER_SHOWN: Final = 6
"""Issues that are out, cancelled or withdrawn that the newsroom still sees."""
ARCHIVE: Final = 12
FEWEST: Final = 5
"""The smallest number of people that is told of a group."""
TO_READ: Final = ("opened", "sending", "sent", "delivered", "read", "doubtful")
IN_HER_HANDS: Final = ("sending", "sent", "delivered", "read", "doubtful")
UNDER_WAY: Final = ("sending", "paused", "cancelled")

_I, _R, _F, _W, _C = ISSUES.c, RECIPIENTS.c, FILES.c, READERS.c, CONSENTS.c


def news_facts(
    conn: Connection, person_id: str, roles: Collection[str], at: datetime, zone: ZoneInfo, in_hand: str
) -> NewsFacts:
    """The newsletter as this person may see it; `in_hand` is the id of the issue the step is about, or ""."""
    today = at.astimezone(zone).date()
    to_read, unread = _to_read(conn, person_id, in_hand)
    known = NewsFacts(
        archive=_archive(conn, person_id, today),
        to_read=to_read,
        unread=unread,
        wishes=views.wishes(conn, person_id),
    )
    if not OFFICE & frozenset(roles):
        return known
    subscribers, by_topic = _subscribers(conn)
    return replace(
        known,
        issues=_office_issues(conn, in_hand),
        inbox=views.inbox(conn),
        subscribers=subscribers,
        by_topic=by_topic,
        report=_report(conn, person_id),
    )


def current(issue: Issue, today: date) -> Issue:
    """The issue without the items that are not true any more."""
    return replace(issue, items=tuple(one for one in issue.items if one.expires is None or one.expires >= today))


def public(issue: Issue) -> Issue:
    """The issue as its readers may know it: what it says, not who wrote, signed and sent it, nor how."""
    items = tuple(replace(one, signed_by="", signed_at=None) for one in issue.items)
    return replace(
        issue, items=items, created_by="", approved_by="", approved_revision=0, rate=0.0, at_most_once=False
    )


def _archive(conn: Connection, person_id: str, today: date) -> tuple[Issue, ...]:
    """What has gone out to everybody; and what she has in her hands of an issue that is still on its way to others,
    for days perhaps, or was stopped on it."""
    hers = select(_R.issue_id).where(_R.person_id == person_id, _R.outcome.in_(IN_HER_HANDS))
    stands = or_(_I.state == "sent", and_(_I.state.in_(UNDER_WAY), _I.id.in_(hers)))
    sent = views.issues(conn, stands, limit=ARCHIVE)
    return tuple(public(issue) for issue in (current(one, today) for one in sent) if issue.items)


def _to_read(conn: Connection, person_id: str, in_hand: str) -> tuple[Issue | None, bool]:
    """The issue her tap is about, if it went to her, and whether she has yet to read it; else the last one that waits
    for her."""
    mine = select(_R.issue_id, _R.outcome).join(ISSUES, _I.id == _R.issue_id).where(_R.person_id == person_id)
    mine = mine.where(_I.state != "withdrawn")
    named = conn.execute(mine.where(_R.issue_id == in_hand, _R.outcome.in_(TO_READ))).first()
    waits = mine.where(_R.outcome == "opened").order_by(_R.opened_at.desc(), _R.id.desc()).limit(1)
    row = named or conn.execute(waits).first()
    issue = None if row is None else views.issue(conn, row.issue_id)
    return (None, True) if row is None or issue is None else (public(issue), row.outcome == "opened")


def _office_issues(conn: Connection, in_hand: str) -> tuple[Issue, ...]:
    alive = views.issues(conn, _I.state.in_(ALIVE))
    over = views.issues(conn, _I.state.not_in(ALIVE), limit=OVER_SHOWN)
    found = [*alive, *over]
    if in_hand and all(issue.id != in_hand for issue in found):
        named = views.issue(conn, in_hand)
        found += [named] if named is not None else []
    return tuple(
        replace(issue, progress=views.progress(conn, issue.id))
        if issue.state in REACHED and (issue.id == in_hand or issue.state in ALIVE)
        else issue
        for issue in found
    )


def _subscribers(conn: Connection) -> tuple[int, dict[Topic, int]]:
    """How many people want the newsletter; how many of them chose a topic, where they are too many to be recognised.

    One pass over the last words on it: each person asked for by herself takes four times as long.
    """
    last = select(func.max(_C.id).label("id")).where(_C.purpose == PURPOSE).group_by(_C.person_id).subquery()
    # PostgreSQL compares no JSON
    chosen = sql_cast(_W.topics, String)
    query = (
        select(chosen, func.count())
        .select_from(last)
        .join(CONSENTS, _C.id == last.c.id)
        .join(PEOPLE, PEOPLE.c.id == _C.person_id)
        .outerjoin(READERS, _W.person_id == _C.person_id)
        .where(_C.given.is_(True), PEOPLE.c.stopped_at.is_(None))
        .group_by(chosen)
    )
    everybody, counts = 0, dict.fromkeys(TOPICS, 0)
    for topics, count in conn.execute(query):
        everybody += count
        for topic in json.loads(topics) or () if topics else ():
            counts[topic] += count
    return everybody, {topic: count for topic, count in counts.items() if count >= FEWEST}


def _report(conn: Connection, person_id: str) -> FileReport | None:
    """What became of the last file she sent."""
    row = conn.execute(
        select(_F.name, _F.added, _F.problems, _F.status)
        .where(_F.person_id == person_id)
        .order_by(_F.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    problems = tuple((int(line), str(key), str(words)) for line, key, words in row.problems or ())
    return FileReport(row.name, row.added, problems, row.status != "waiting")
