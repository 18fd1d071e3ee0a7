"""Orders about the newsletter carried out as rows; each is guarded by who may, the state and the revision it read."""

from datetime import datetime
from typing import Any, Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from conversations.news import orders
from conversations.news.checks import LONGEST_SOURCE, stops
from conversations.news.life import MOST_ITEMS, REACHED, WHO, after, may, move_of, opened
from conversations.news.links import LONGEST as LONGEST_LINK
from conversations.news.orders import NewsOrder
from conversations.news.views import Issue, Item, Wishes
from storage import audit
from storage.db import Conflict
from storage.money.actors import held
from storage.news import steering, views
from storage.news.issues import FILES, ISSUES, ITEMS
from storage.news.readers import READERS
from storage.news.suggestions import SUGGESTIONS

PROVEN: Final = {
    "sign": "news_signed",
    "approve": "news_approved",
    "schedule": "news_scheduled",
    "cancel": "news_cancelled",
    "withdraw": "news_withdrawn",
}
"""The moves that must be provable later."""
WAITING: Final = "waiting"

_I, _T = ISSUES.c, ITEMS.c


def carry_out(conn: Connection, order: NewsOrder, person_id: str, channel: str, at: datetime, zone: ZoneInfo) -> None:
    """The order of this person is in the rows. Raises Conflict where the world moved since its facts were read."""
    match order:
        case orders.OpenIssue():
            _open(conn, order, person_id, at)
        case orders.ReadNewsFile():
            _steered(conn, order, person_id, at, zone)
            _keep_file(conn, order, person_id, channel, at)
        case orders.MarkRead(issue_id=key):
            steering.mark_read(conn, key, person_id, at)
        case orders.PostponeRead(issue_id=key):
            steering.postpone(conn, key, person_id, at)
        case orders.ShowInterest(issue_id=key, item_id=item):
            # a second sign of the same person does not come this far (effects.py)
            mine = (_T.issue_id == key, _T.id == item)
            conn.execute(update(ITEMS).where(*mine).values(interest=_T.interest + 1))
        case orders.SetWishes(wishes=wishes):
            _wish(conn, person_id, wishes)
        case orders.DropSuggestion(suggestion_id=key):
            _of_the_office(conn, person_id)
            _settle(conn, key, "dropped")
        case orders.UseSuggestion(suggestion_id=key, issue_id=issue):
            _of_the_office(conn, person_id)
            if not _settle(conn, key, "used", issue):
                raise Conflict("somebody else has used or dropped the suggestion")
        case (
            orders.RenameIssue()
            | orders.PutItem()
            | orders.MoveItem()
            | orders.DropItem()
            | orders.SignItem()
            | orders.HandToLegal()
            | orders.ApproveIssue()
            | orders.BackToDraft()
            | orders.ScheduleIssue()
            | orders.PauseIssue()
            | orders.ResumeIssue()
            | orders.SetRate()
            | orders.CancelIssue()
            | orders.WithdrawIssue()
        ):
            _steered(conn, order, person_id, at, zone)
        case _:
            assert_never(order)


def free_number(conn: Connection, wanted: str) -> str:
    """This number, or the next free one after it ("2026-11", "2026-11-2", "2026-11-3"...)."""
    taken = set(conn.execute(select(_I.number).where(_I.number.startswith(wanted, autoescape=True))).scalars())
    return next(one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _open(conn: Connection, order: orders.OpenIssue, person_id: str, at: datetime) -> None:
    if order.kind == "erratum":
        wrong = views.issue(conn, order.corrects)
        if wrong is None or wrong.state not in REACHED or not held(conn, person_id).roles & WHO["correct"]:
            raise Conflict("the issue to correct has not reached anybody")
        audit.record(conn, "news_erratum", order.corrects, person_id, at)
    else:
        _of_the_office(conn, person_id)
    issue = opened(order, person_id)
    conn.execute(
        insert(ISSUES).values(
            id=issue.id,
            number=free_number(conn, order.number),
            kind=issue.kind,
            title=dict(issue.title),
            state=issue.state,
            revision=issue.revision,
            corrects=issue.corrects or None,
            created_by=person_id,
            created_at=at,
        )
    )


def _of_the_office(conn: Connection, person_id: str) -> None:
    if not held(conn, person_id).roles & WHO["edit"]:
        raise Conflict("she does not work on the newsletter any more")


def _steered(conn: Connection, order: Any, person_id: str, at: datetime, zone: ZoneInfo) -> None:
    move = move_of(order)
    issue = views.issue(conn, order.issue_id, lock=True)
    if issue is None or move is None:
        raise Conflict("there is no such issue")
    if getattr(order, "revision", issue.revision) != issue.revision:
        raise Conflict("the issue was changed meanwhile")
    if not may(move, issue, held(conn, person_id).roles):
        raise Conflict(f"an issue that is {issue.state} does not allow this, or not to her")
    if move == "approve" and stops(issue, at.astimezone(zone).date(), "approval"):
        raise Conflict("the issue cannot be approved as it is")
    then = after(issue, order, person_id, at)
    if len(then.items) > MOST_ITEMS:
        raise Conflict("the issue holds as many items as it can")
    match order:
        case orders.ResumeIssue(failed=failed, doubtful=doubtful):
            steering.put_back(conn, issue.id, failed, doubtful, at)
        case orders.CancelIssue() if issue.started_at is not None:
            steering.call_off(conn, issue.id)
        case orders.WithdrawIssue():
            steering.call_off(conn, issue.id, opened=True)
        case _:
            pass
    write(conn, issue, then)
    _note(conn, order, person_id, at)
    if move in PROVEN:
        audit.record(conn, PROVEN[move], getattr(order, "item_id", issue.id), person_id, at)


def write(conn: Connection, issue: Issue, then: Issue) -> None:
    """The rows of the issue, which say `issue` now, say what `then` says. Raises Conflict where they do not."""
    names = "state revision approved_by approved_revision scheduled_at standing at_most_once rate ended_at".split()
    changed: dict[str, Any] = {
        name: getattr(then, name) for name in names if getattr(then, name) != getattr(issue, name)
    }
    if then.title != issue.title:
        changed["title"] = dict(then.title)
    if changed:
        held_ = (_I.id == issue.id, _I.revision == issue.revision, _I.state == issue.state)
        if not conn.execute(update(ISSUES).where(*held_).values(**changed)).rowcount:
            raise Conflict("the issue was changed meanwhile")
    before = {item.id: (place, item) for place, item in enumerate(issue.items)}
    for gone in before.keys() - {item.id for item in then.items}:
        conn.execute(delete(ITEMS).where(_T.id == gone))
    for place, item in enumerate(then.items):
        if item.id not in before:
            conn.execute(insert(ITEMS).values(id=item.id, issue_id=issue.id, **_columns(item, place)))
        elif before[item.id] != (place, item):
            conn.execute(update(ITEMS).where(_T.id == item.id).values(**_columns(item, place)))


def _columns(item: Item, place: int) -> dict[str, Any]:
    return {
        "position": place,
        "title": dict(item.title),
        "sentence": dict(item.sentence),
        # both were found too long by the checks; a link cut in two would lead elsewhere
        "source": item.source[:LONGEST_SOURCE],
        "link": item.link if len(item.link) <= LONGEST_LINK else "",
        "action": item.action,
        "topic": item.topic,
        "common": item.common,
        "normative": item.normative,
        "as_of": item.as_of,
        "expires": item.expires,
        "signed_by": item.signed_by,
        "signed_at": item.signed_at,
    }


def _note(conn: Connection, order: Any, person_id: str, at: datetime) -> None:
    """Columns of the row that flows do not know."""
    match order:
        case orders.ApproveIssue():
            noted: dict[str, Any] = {"approved_at": at}
        case orders.ScheduleIssue():
            noted = {"scheduled_by": person_id}
        case orders.ResumeIssue():
            noted = {"stopped_why": "", "reported": False, "ended_at": None}
        case _:
            return
    conn.execute(update(ISSUES).where(_I.id == order.issue_id).values(**noted))


def _keep_file(conn: Connection, order: orders.ReadNewsFile, person_id: str, channel: str, at: datetime) -> None:
    file = order.file
    conn.execute(
        insert(FILES).values(
            issue_id=order.issue_id,
            person_id=person_id,
            channel=channel,
            ref=file.ref,
            name=file.name[:200],
            mime=file.mime[:100],
            status=WAITING,
            created_at=at,
        )
    )


def _wish(conn: Connection, person_id: str, wishes: Wishes) -> None:
    # her row in `person` is held by this turn: nobody else writes them
    conn.execute(delete(READERS).where(READERS.c.person_id == person_id))
    conn.execute(
        insert(READERS).values(
            person_id=person_id, topics=list(wishes.topics), channel=wishes.channel, hour=wishes.hour
        )
    )


def _settle(conn: Connection, key: str, status: str, issue_id: str | None = None) -> bool:
    waiting = (SUGGESTIONS.c.id == key, SUGGESTIONS.c.status == views.NEW)
    done = conn.execute(update(SUGGESTIONS).where(*waiting).values(status=status, issue_id=issue_id))
    return done.rowcount > 0
