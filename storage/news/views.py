"""Rows of the newsletter as the values that flows know: issues with their items, suggestions, wishes."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, func, select

from conversations.news.published import FEWEST
from conversations.news.views import (
    Action,
    Issue,
    IssueKind,
    IssueState,
    Item,
    Outcome,
    Progress,
    Suggestion,
    Topic,
    Wishes,
)
from storage.news.issues import ISSUES, ITEMS
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS, RUNS
from storage.news.suggestions import SUGGESTIONS

_I, _T, _R, _S = ISSUES.c, ITEMS.c, RECIPIENTS.c, SUGGESTIONS.c
NEW = "new"


def issue(conn: Connection, key: str, lock: bool = False) -> Issue | None:
    """The issue with this id; with `lock` nobody else changes it until the transaction ends."""
    query = select(ISSUES).where(_I.id == key)
    row = conn.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _issue(row, _items(conn, [key]).get(key, ()))


def issues(
    conn: Connection, *where: ColumnElement[bool], limit: int | None = None, newest: bool = True
) -> list[Issue]:
    """The issues for which this holds, the newest first."""
    order = (_I.created_at.desc(), _I.id) if newest else (_I.created_at, _I.id)
    rows = conn.execute(select(ISSUES).where(*where).order_by(*order).limit(limit)).all()
    items = _items(conn, [row.id for row in rows])
    return [_issue(row, items.get(row.id, ())) for row in rows]


def progress(conn: Connection, key: str) -> Progress:
    """How far the issue is, on every channel, and how fast its runs are."""
    row = conn.execute(select(_I.enqueued, _I.stopped_why, _I.state).where(_I.id == key)).first()
    counts: dict[str, dict[Outcome, int]] = {}
    grouped = select(_R.channel, _R.outcome, func.count()).where(_R.issue_id == key).group_by(_R.channel, _R.outcome)
    for channel, outcome, count in conn.execute(grouped.order_by(_R.channel, _R.outcome)):
        counts.setdefault(channel, {})[outcome] = int(count)
    if row is None:
        return Progress(counts)
    enough = select(_T.id, _T.interest).where(_T.issue_id == key, _T.interest >= FEWEST)
    interested = {item: int(count) for item, count in conn.execute(enough)}
    runs = [run for run in conn.execute(select(RUNS)) if run.channel in counts and not run.ended]
    if row.state != "sending":
        runs = []
    held = max((run.held_until for run in runs if run.held_until is not None), default=None)
    return Progress(counts, row.enqueued, sum(run.pace for run in runs), held, row.stopped_why, interested)


def wishes(conn: Connection, person_id: str) -> Wishes:
    """How she wants the newsletter; everything, where she writes, if she never said."""
    row = conn.execute(select(READERS).where(READERS.c.person_id == person_id)).first()
    if row is None:
        return Wishes()
    return Wishes(tuple(cast(Sequence[Topic], row.topics or ())), row.channel, row.hour)


def inbox(conn: Connection, limit: int = 50) -> tuple[Suggestion, ...]:
    """What the feeds brought that nobody has used or dropped, the newest first."""
    rows = conn.execute(select(SUGGESTIONS).where(_S.status == NEW).order_by(_S.found_at.desc(), _S.id).limit(limit))
    return tuple(Suggestion(r.id, r.feed, r.title, r.summary, r.link, r.published, r.found_at) for r in rows)


def _items(conn: Connection, keys: Sequence[str]) -> dict[str, tuple[Item, ...]]:
    found: dict[str, tuple[Item, ...]] = {}
    for row in conn.execute(select(ITEMS).where(_T.issue_id.in_(keys)).order_by(_T.issue_id, _T.position, _T.id)):
        found[row.issue_id] = (*found.get(row.issue_id, ()), _item(row))
    return found


def _item(row: Any) -> Item:
    return Item(
        id=row.id,
        title=cast(Mapping[str, str], row.title),
        sentence=cast(Mapping[str, str], row.sentence),
        source=row.source,
        link=row.link,
        action=cast(Action, row.action),
        topic=cast(Topic | None, row.topic),
        common=row.common,
        normative=row.normative,
        as_of=row.as_of,
        expires=row.expires,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
    )


def _issue(row: Any, items: tuple[Item, ...]) -> Issue:
    return Issue(
        id=row.id,
        number=row.number,
        kind=cast(IssueKind, row.kind),
        title=cast(Mapping[str, str], row.title),
        state=cast(IssueState, row.state),
        revision=row.revision,
        items=items,
        corrects=row.corrects or "",
        created_by=row.created_by,
        approved_by=row.approved_by,
        approved_revision=row.approved_revision,
        scheduled_at=row.scheduled_at,
        standing=row.standing,
        started_at=row.started_at,
        ended_at=row.ended_at,
        rate=row.rate,
        at_most_once=row.at_most_once,
    )
