"""The nightly look at what expires: on the first night of a month, and when an answer has just expired, the welfare
managers get a list on the next working morning."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.rules.working_days import next_morning
from storage import faq_topics, notes, people, timers
from storage.faq_library import topic_of

TIMER: Final = "faq_desk:review"
NOTE: Final = "faq.reviewed"
"""The day of the last look, so that two processes, or two looks in one night, make one list."""
_MONTH: Final = timedelta(days=30)


def review(conn: Connection, at: datetime, zone: ZoneInfo) -> int:
    """Every welfare manager has a timer for the next working morning, if there is anything to look at and it is time;
    how many answers have expired or will within a month."""
    today = at.astimezone(zone).date()
    known = notes.read_note(conn, NOTE)
    last = date.fromisoformat(known) if isinstance(known, str) else None
    if last is not None and last >= today:
        return 0
    notes.write_note(conn, NOTE, today.isoformat())
    ends = [topic.valid_until for topic in map(topic_of, faq_topics.topics(conn)) if topic.published]
    stale = [day for day in ends if day is not None and day < today + _MONTH]
    month = last is None or (last.year, last.month) != (today.year, today.month)
    fresh = any((last or date.min) <= day < today for day in stale)
    if stale and (month or fresh):
        for person in people.holders(conn, "welfare_manager"):
            timers.set_timer(conn, person, TIMER, "", next_morning(at, zone), {})
    return len(stale)
