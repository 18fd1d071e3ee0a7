"""When we may write first: not from 20 to 8, at week-ends or on holidays (domain.md 7.5), in the network's time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.rules.working_days import is_working_day

OPENS = time(8)
CLOSES = time(20)
NOON = time(12, 30)
"""When a message that had to wait is sent: the hour at which most people have a break."""


def is_quiet(at: datetime, zone: ZoneInfo) -> bool:
    """True if nobody should be written to first at this moment (aware)."""
    there = at.astimezone(zone)
    return not OPENS <= there.time() < CLOSES or not is_working_day(there.date())


def waking(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself if it is a good one to write first, else the next working day at 12:30 (aware UTC)."""
    if not is_quiet(at, zone):
        return at.astimezone(UTC)
    there = at.astimezone(zone)
    day = there.date() if there.time() < OPENS else there.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC)
