"""Working days in Milan: no week-end, no Italian holiday, not the city's own day (7 December)."""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

PROVINCE: Final = "MI"
SATURDAY: Final = 5
MORNING: Final = time(8, 30)
"""When what had to wait for the morning is told."""


def is_working_day(day: date) -> bool:
    """False at week-ends and on holidays."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def add_working_days(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour on the n-th working day after this moment (aware); a moment in the night counts as its day."""
    there = at.astimezone(zone)
    day = there.date()
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, there.time(), tzinfo=zone)


def next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    """8:30 of the next working day that has not come yet."""
    there = at.astimezone(zone)
    day = there.date() if there.time() < MORNING else there.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=zone)


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("IT", subdiv=PROVINCE, years=year))
