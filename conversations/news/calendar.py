"""The standing rule of the newsletter ("2 tue 12:30") and the hours people ask for, as moments in the network's zone.

A rule never falls between 02:00 and 03:00: that hour comes twice or not at all at the clock changes.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NIGHT: Final = (time(2, 0), time(3, 0))
ON_TIME: Final = timedelta(minutes=5)
"""As late as this is on time: a restart takes less."""
HOURS: Final = tuple(f"{hour:02}:{minute}" for hour in range(9, 19) for minute in ("00", "30"))[:-1]
"""What a reader may ask for: every half hour from 9:00 to 18:00."""

_RULE: Final = re.compile(
    r"(?P<nth>[1-4]|last) (?P<day>mon|tue|wed|thu|fri|sat|sun) (?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?: (?P<missed>skip|catch-up (?P<hours>\d{1,3})h))?"
)


class BadRule(ValueError):
    """The standing rule cannot be read; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The `nth` such weekday (0 Monday) of every month (-1 the last) at this local time.

    `catch_up` is how late a missed slot may still be used; zero skips it.
    """

    nth: int
    weekday: int
    at: time
    catch_up: timedelta

    @property
    def patience(self) -> timedelta:
        """How late a slot is still the slot: even where a missed one is skipped, no clock ticks on the dot."""
        return max(self.catch_up, ON_TIME)

    @property
    def name(self) -> str:
        """The slots of two rules with the same name are the same slots."""
        nth = "last" if self.nth < 0 else str(self.nth)
        return f"{nth} {DAYS[self.weekday]} {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What became of a local time a person named: a moment, and whether the clock change touches it."""

    moment: datetime
    change: Literal["", "missing", "twice"] = ""


def read_rule(text: str) -> Rule:
    """The rule in words: "2 tue 12:30", "last thu 18:30 skip", "2 tue 12:30 catch-up 48h" (the default).

    Raises BadRule.
    """
    found = _RULE.fullmatch(" ".join(text.lower().split()))
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise BadRule('a standing rule looks like "2 tue 12:30", "last thu 18:30 skip" or "2 tue 12:30 catch-up 48h"')
    at = time(int(found["hour"]), int(found["minute"]))
    if NIGHT[0] <= at < NIGHT[1]:
        raise BadRule("a standing rule must not fall between 02:00 and 03:00, when the clocks change")
    hours = 0 if found["missed"] == "skip" else int(found["hours"] or 48)
    nth = -1 if found["nth"] == "last" else int(found["nth"])
    return Rule(nth, DAYS.index(found["day"]), at, timedelta(hours=hours))


def next_slot(rule: Rule, after: datetime, zone: ZoneInfo) -> datetime:
    """The first slot later than `after` (aware), in UTC."""
    there = after.astimezone(zone)
    for months in (0, 1, 2):
        slot = _slot(rule, *_month(there.date(), months), zone)
        if slot > after:
            return slot
    raise AssertionError("every month has its slot")


def last_slot(rule: Rule, at: datetime, zone: ZoneInfo) -> datetime:
    """The latest slot that is not after `at` (aware), in UTC."""
    there = at.astimezone(zone)
    for months in (0, -1, -2):
        slot = _slot(rule, *_month(there.date(), months), zone)
        if slot <= at:
            return slot
    raise AssertionError("every month has its slot")


def local(day: date, at: time, zone: ZoneInfo) -> LocalTime:
    """The moment of this local time. A time the change to summer time skips is an hour later ("missing"); one that
    comes twice is the first of the two ("twice")."""
    moment = datetime.combine(day, at, tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).time() != at:
        return LocalTime(moment.astimezone(UTC), "missing")
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        return LocalTime(moment.astimezone(UTC), "twice")
    return LocalTime(moment.astimezone(UTC))


def reader_moment(start: datetime, hour: str, zone: ZoneInfo) -> datetime:
    """When a reader who asked for this hour ("" the issue's own) gets an issue that starts now: the next time that
    her clock shows it."""
    if not hour:
        return start
    wanted = time.fromisoformat(hour)
    day = start.astimezone(zone).date()
    today = local(day, wanted, zone).moment
    return today if today >= start else local(day + timedelta(days=1), wanted, zone).moment


def _slot(rule: Rule, year: int, month: int, zone: ZoneInfo) -> datetime:
    first, days = monthrange(year, month)
    day = 1 + (rule.weekday - first) % 7 + 7 * (rule.nth - 1 if rule.nth > 0 else 4)
    while day > days:
        day -= 7
    return local(date(year, month, day), rule.at, zone).moment


def _month(day: date, months: int) -> tuple[int, int]:
    whole = day.year * 12 + day.month - 1 + months
    return whole // 12, whole % 12 + 1
