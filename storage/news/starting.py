"""What the calendar starts, and who hears of what it could not start."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events import Json
from conversations.news.calendar import Rule, last_slot, next_slot
from storage import people, timers
from storage.news import results, slots, views
from storage.news.causes import EXPIRED
from storage.news.slots import Begun

log = logging.getLogger(__name__)

SKIPPED: Final = "newsdesk:skipped"
EMPTY, MISSED = "newsdesk:empty_slot", "newsdesk:missed_slot"
DESK: Final = ("coordinator",)
NEWSROOM: Final = ("coordinator", "editor")


def begin(conn: Connection, at: datetime, rule: Rule | None, zone: ZoneInfo, node: str) -> list[Begun]:
    """What the calendar starts has begun; who should know of what it could not start has a timer."""
    begun = slots.begin_due(conn, at, rule, zone)
    for one in begun:
        log.info("issue %s: %s", one.issue_id, one.what)
        if one.what == "started" and _nothing_is_true(conn, one.issue_id, at.astimezone(zone).date()):
            results.stop(conn, one.issue_id, EXPIRED, at)
        if one.what == "skipped":
            told: dict[str, Json] = {"next": None if one.next_at is None else one.next_at.isoformat()}
            _tell(conn, SKIPPED, one.issue_id, {*people.holders(conn, *DESK), one.scheduled_by} - {""}, at, told)
    if rule is not None:
        outcome = slots.monthly_slot(conn, at, rule, zone, node)
        if outcome in ("empty", "missed"):
            slot = last_slot(rule, at, zone)
            told = {"slot": slot.isoformat(), "next": next_slot(rule, at, zone).isoformat()}
            who = {person for role in NEWSROOM for person in people.holders(conn, role)}
            day = slot.astimezone(zone).date().isoformat()
            _tell(conn, EMPTY if outcome == "empty" else MISSED, day, who, at, told)
    return begun


def _nothing_is_true(conn: Connection, issue_id: str, today: date) -> bool:
    """True if it begins so late that all of its items have expired: nobody is to be sent an empty digest."""
    issue = views.issue(conn, issue_id)
    items = () if issue is None else issue.items
    return bool(items) and all(item.expires is not None and item.expires < today for item in items)


def _tell(
    conn: Connection, kind: str, subject: str, who: Iterable[str], at: datetime, told: Mapping[str, Json]
) -> None:
    for person in sorted(who):
        if people.exists(conn, person):
            timers.set_timer(conn, person, kind, subject, at, told)
