"""The only table of times: what runs when, by APScheduler's in-memory jobs on every process.

Two processes may both tick: what a tick starts is guarded in the database (a timer is taken by one, a slot has a
unique row). Nothing is planned between 02:00 and 03:00 Europe/Rome: that hour comes twice or not at all at the
clock changes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

Chore = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Table:
    """What there is to do, by how often."""

    every_minute: Chore
    every_ten_seconds: Chore
    every_hour: Chore
    every_night: Chore


def start_clock(table: Table, zone: ZoneInfo) -> AsyncIOScheduler:
    """A running scheduler with these chores; a late tick runs once, however late."""
    scheduler = AsyncIOScheduler(
        timezone=zone, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    scheduler.add_job(table.every_minute, CronTrigger(second=0, timezone=zone), id="every minute")
    scheduler.add_job(table.every_ten_seconds, IntervalTrigger(seconds=10, timezone=zone), id="every ten seconds")
    scheduler.add_job(table.every_hour, CronTrigger(minute=7, timezone=zone), id="every hour")
    scheduler.add_job(table.every_night, CronTrigger(hour=3, minute=30, timezone=zone), id="every night")
    scheduler.start()
    return scheduler
