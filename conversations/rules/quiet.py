"""When we may write first: never between 20 and 8, never at a week-end (domain.md 8, network's own time)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(8)
CLOSES = time(20)
NOON = time(12, 30)
"""When a message that had to wait is sent: the hour at which most people have a break."""
SATURDAY = 5


def is_quiet(at: datetime, zone: ZoneInfo) -> bool:
    """True if nobody should be written to first at this moment (aware)."""
    there = at.astimezone(zone)
    return there.weekday() >= SATURDAY or not OPENS <= there.time() < CLOSES


def waking(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself if it is a good one to write first, else the next weekday at 12:30 (aware UTC)."""
    if not is_quiet(at, zone):
        return at.astimezone(UTC)
    there = at.astimezone(zone)
    day = there.date() if there.time() < OPENS else there.date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC)
