"""The only table of times: what runs when, by APScheduler's in-memory triggers on every process.

Every process ticks: what a tick starts is guarded in the database (a timer is taken by one, a slot has a unique row,
a batch moves a mark). Nothing is planned between 02:00 and 03:00 of the network's zone: that hour comes twice or not
at all at the clock changes. What runs every minute or hour is an interval in UTC, for the same reason: in the hour
that comes twice APScheduler's cron trigger goes back an hour, or stands still, and the whole program with it
(tests/scheduler/test_clock.py shows it). Signs of life are no line of the table: whoever holds something in hand
gives its own (Delivery, the runs of the newsletter).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from conversations.news.calendar import DAYS, Rule

Chore = Callable[[], Awaitable[object]]
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Where intervals are counted from, so that they fall on round times on every process."""
NTH: Final = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", -1: "last"}


@dataclass(frozen=True, slots=True)
class Chores:
    """What there is to do from time to time."""

    timers: Chore
    files: Chore
    newsletter: Chore
    recipients: Chore
    progress: Chore
    answers: Chore
    missed: Chore
    expiry: Chore
    feeds: Chore
    night: Chore


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table: its name, when it is (an APScheduler trigger), and what is done then."""

    name: str
    when: Any
    chore: Chore


def table(chores: Chores, zone: ZoneInfo, rule: Rule | None = None) -> tuple[Entry, ...]:
    """Every time there is. The newsletter's standing slot is also looked at with the issues that begin, so that a
    process that was down then still finds it."""
    lines = [
        Entry("progress of an issue", _every(seconds=5), chores.progress),
        Entry("files people sent", _every(seconds=10), chores.files),
        Entry("issues that begin", _every(seconds=10, at=3), chores.newsletter),
        Entry("recipients of an issue", _every(seconds=10, at=6), chores.recipients),
        Entry("due timers", _every(seconds=60), chores.timers),
        Entry("answers' index", _every(seconds=60, at=20), chores.answers),
        Entry("what we missed", _every(seconds=3600, at=7 * 60), chores.missed),
        Entry("digests nobody asked for", _every(seconds=3600, at=17 * 60), chores.expiry),
        Entry("feeds", _every(seconds=3 * 3600, at=40 * 60), chores.feeds),
        Entry("night", _each_day(zone, hour=3, minute=30), chores.night),
    ]
    if rule is not None:
        lines.append(Entry("newsletter slot", standing(rule, zone), chores.newsletter))
    return tuple(lines)


def standing(rule: Rule, zone: ZoneInfo) -> CronTrigger:
    """The slots of a standing rule as a trigger: the same moments as `next_slot` gives."""
    day = f"{NTH[rule.nth]} {DAYS[rule.weekday]}"
    return CronTrigger(day=day, hour=rule.at.hour, minute=rule.at.minute, timezone=zone)


def start_clock(chores: Chores, zone: ZoneInfo, rule: Rule | None = None) -> AsyncIOScheduler:
    """A running scheduler with this table; a late tick runs once, however late."""
    scheduler = AsyncIOScheduler(
        timezone=zone, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    for line in table(chores, zone, rule):
        scheduler.add_job(line.chore, line.when, id=line.name)
    scheduler.start()
    return scheduler


def _every(seconds: int, at: int = 0) -> IntervalTrigger:
    return IntervalTrigger(seconds=seconds, start_date=EPOCH + timedelta(seconds=at), timezone=UTC)


def _each_day(zone: ZoneInfo, hour: int, minute: int) -> CronTrigger:
    return CronTrigger(hour=hour, minute=minute, timezone=zone)
