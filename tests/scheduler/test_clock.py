"""The table of times over 400 days, through its real triggers: every chore as often as it should, no slot twice.

The 400 days hold both clock changes. Three processes tick, each a little apart; all of them are down for thirty hours
over a slot of the newsletter. What a tick does to the newsletter is done to a real database.
"""

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from conversations.news.calendar import DAYS, Rule, next_slot, read_rule
from scheduler.clock import Chores, Entry, standing, start_clock, table
from storage.db import Database
from storage.news.issues import ISSUES, SLOTS
from storage.news.slots import begin_due, monthly_slot
from tests.storage.news_readers import issue

ROME = ZoneInfo("Europe/Rome")
TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 9, 20, 10, 0, tzinfo=UTC)
END = START + 400 * DAY
AUTUMN = date(2026, 10, 25)
"""02:00 to 03:00 comes twice."""
SPRING = date(2027, 3, 28)
"""02:00 to 03:00 does not come."""
AGAIN = date(2027, 10, 31)
RULE = read_rule("2 tue 12:30")
OFTEN = {
    "progress of an issue": 5.0,
    "files people sent": 10.0,
    "issues that begin": 10.0,
    "recipients of an issue": 10.0,
}
NODES = ("a", "b", "c")


async def nothing() -> None:
    """A chore."""


def lines(rule: Rule | None = RULE) -> tuple[Entry, ...]:
    return table(Chores(*[nothing] * len(Chores.__slots__)), ROME, rule)


def line(name: str) -> Entry:
    return next(one for one in lines() if one.name == name)


def ticks(trigger: Any, start: datetime, end: datetime) -> Iterator[datetime]:
    """When it fires, asked as APScheduler does: once for each time it fired. A trigger that stands still or goes back
    is an endless loop there."""
    last, now = None, start
    while (fires := trigger.get_next_fire_time(last, now)) is not None and fires < end:
        assert last is None or fires.astimezone(UTC) > last.astimezone(UTC), f"after {last} comes {fires}"
        yield fires
        last, now = fires, fires + TICK


def test_the_table_names_every_time_once() -> None:
    names = [one.name for one in lines()]
    assert len(set(names)) == len(names)
    assert "newsletter slot" in names and "newsletter slot" not in [one.name for one in lines(None)]
    assert {type(one.when).__name__ for one in lines()} == {"CronTrigger", "IntervalTrigger"}


@pytest.mark.parametrize("name", ["night", "newsletter slot"])
def test_what_has_an_hour_has_it_in_rome_and_never_between_two_and_three(name: str) -> None:
    trigger = line(name).when
    assert str(trigger.timezone) == "Europe/Rome"
    fired = [at.astimezone(ROME) for at in ticks(trigger, START.astimezone(ROME), END.astimezone(ROME))]
    hours = {at.time() for at in fired}
    assert hours == {time(3, 30)} if name == "night" else hours == {time(12, 30)}
    assert not any(time(2) <= hour < time(3) for hour in hours)


def test_the_night_comes_once_each_night_clock_changes_or_not() -> None:
    fired = [at.astimezone(ROME).date() for at in ticks(line("night").when, START.astimezone(ROME), END)]
    assert fired == [date(2026, 9, 21) + number * DAY for number in range(400)]
    assert {AUTUMN, SPRING} < set(fired)


@pytest.mark.parametrize("name", ["what we missed", "digests nobody asked for"])
def test_what_runs_each_hour_runs_each_hour_that_passes_clock_changes_or_not(name: str) -> None:
    fired = [at.astimezone(UTC) for at in ticks(line(name).when, START, END)]
    assert len(fired) == 400 * 24
    assert all(later - earlier == HOUR for earlier, later in pairwise(fired))


def test_the_feeds_are_visited_every_three_hours_and_not_all_programs_at_the_hour() -> None:
    fired = [at.astimezone(UTC) for at in ticks(line("feeds").when, START, END)]
    assert len(fired) == 400 * 8
    assert {at.minute for at in fired} == {40}


@pytest.mark.parametrize("name", ["due timers", "answers' index", *OFTEN])
@pytest.mark.parametrize("day", [AUTUMN, SPRING, AGAIN])
def test_what_runs_often_misses_no_minute_of_the_nights_of_the_change(name: str, day: date) -> None:
    seconds = OFTEN.get(name, 60.0)
    start = datetime.combine(day, time(), tzinfo=ROME).astimezone(UTC)
    fired = [at.astimezone(UTC) for at in ticks(line(name).when, start, start + 6 * HOUR)]
    gaps = {later - earlier for earlier, later in pairwise(fired)}
    assert gaps == {timedelta(seconds=seconds)}
    assert len(fired) == 6 * 3600 / seconds


def test_planned_in_rome_a_tick_each_minute_would_go_back_in_the_hour_that_comes_twice() -> None:
    """The control: why what runs often is planned in UTC."""
    evening = datetime.combine(AUTUMN, time(1), tzinfo=ROME)
    for trigger in (CronTrigger(second=0, timezone=ROME), CronTrigger(minute=7, timezone=ROME)):
        with pytest.raises(AssertionError, match="comes"):
            list(ticks(trigger, evening, evening + 6 * HOUR))


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["1", "2", "3", "4", "last"]),
    st.sampled_from(DAYS),
    st.sampled_from(["0:00", "1:59", "3:00", "9:05", "12:30", "18:30", "23:59"]),
)
def test_the_trigger_of_a_rule_and_its_slots_are_the_same_moments(nth: str, day: str, at: str) -> None:
    rule, slots = read_rule(f"{nth} {day} {at}"), [START]
    while (slot := next_slot(rule, slots[-1], ROME)) < END:
        slots.append(slot)
    fired = [moment.astimezone(UTC) for moment in ticks(standing(rule, ROME), START.astimezone(ROME), END)]
    assert fired == slots[1:] and len(fired) in (13, 14)


def slots_of(rule: Rule) -> list[datetime]:
    found = [next_slot(rule, START, ROME)]
    while (slot := next_slot(rule, found[-1], ROME)) < END:
        found.append(slot)
    return found


def simulated(rule: Rule, down: tuple[datetime, datetime]) -> Iterator[tuple[datetime, str, str]]:
    """The ticks of every process that have to do with the newsletter, and its nights, in the order of time: moment,
    process, line. After the outage each process is new, and so are its triggers.

    Those of every ten seconds are asked for in the minutes in which there may be something to do, and twice a day
    besides; an interval has the same ticks wherever one begins to ask (the tests around count them).
    """
    for since, until in ((START, down[0]), (down[1], END)):
        busy = [(moment - MINUTE, moment + 9 * MINUTE) for moment in (*slots_of(rule), down[1])]
        busy += [(since + number * DAY, since + number * DAY + MINUTE / 3) for number in range(400)]
        streams = []
        for number, node in enumerate(NODES):
            for one in lines(rule):
                spans = busy if one.name == "issues that begin" else [(since, until)]
                if one.name in ("issues that begin", "newsletter slot", "night"):
                    fired = _within(one.when, spans, since, until)
                    streams.append([(at + timedelta(milliseconds=13 * number), node, one.name) for at in fired])
        yield from heapq.merge(*streams)


def _within(trigger: Any, spans: list[tuple[datetime, datetime]], since: datetime, until: datetime) -> list[datetime]:
    found = set()
    for begin, end in spans:
        fired = ticks(trigger, max(begin, since).astimezone(ROME), min(end, until).astimezone(ROME))
        found |= {at.astimezone(UTC) for at in fired}
    return sorted(found)


def test_what_runs_each_minute_runs_in_every_minute_of_four_hundred_days() -> None:
    assert sum(1 for _ in ticks(line("due timers").when, START, END)) == 400 * 24 * 60


@pytest.mark.parametrize(("words", "skips"), [("2 tue 12:30", False), ("2 tue 12:30 skip", True)])
def test_four_hundred_days_of_three_processes_and_an_outage(sqlite: Database, words: str, skips: bool) -> None:
    rule = read_rule(words)
    slots = slots_of(rule)
    # the slot of February falls into an outage of thirty hours
    down = (slots[4] - 20 * HOUR, slots[4] + 10 * HOUR)
    counted: Counter[tuple[str, str]] = Counter()
    outcomes: Counter[str] = Counter()
    with sqlite.engine.connect() as conn:
        # nothing is to outlive this test
        conn.exec_driver_sql("PRAGMA synchronous=OFF")
    with sqlite.write() as conn:
        for number, slot in enumerate(slots):
            issue(conn, f"m{number}", "scheduled", scheduled_at=slot, standing=True, started_at=None)
    for at, node, name in simulated(rule, down):
        counted[node, name] += 1
        if name != "night":
            with sqlite.write() as conn:
                outcomes.update(one.what for one in begin_due(conn, at, rule, ROME))
                outcomes.update([monthly_slot(conn, at, rule, ROME, node)])
    for node in NODES:
        assert counted[node, "night"] == 399, "one night of the 400 fell into the outage"
        assert counted[node, "newsletter slot"] == len(slots) - 1, "and so did one slot"
    with sqlite.read() as conn:
        rows = conn.execute(select(SLOTS).order_by(SLOTS.c.slot)).all()
        issues = conn.execute(select(ISSUES).order_by(ISSUES.c.id)).all()
    assert [row.slot for row in rows if row.outcome != "before"] == slots, "each slot is taken, and once"
    begun = {one.id: one.started_at - slots[int(one.id[1:])] for one in issues}
    ours = begun.pop("m4")
    assert all(timedelta() <= late < timedelta(seconds=1) for late in begun.values())
    del outcomes[""]
    if skips:
        assert outcomes == {"started": len(slots), "skipped": 1, "ready": len(slots) - 1, "missed": 1}
        assert slots[4] + ours - slots[5] < timedelta(seconds=1), "at the next slot"
    else:
        assert outcomes == {"started": len(slots), "ready": len(slots)}
        assert 10 * HOUR <= ours < 10 * HOUR + MINUTE, "as soon as somebody is there again"


async def test_the_clock_starts_with_every_line_and_a_late_tick_runs_once() -> None:
    ticked = asyncio.Event()

    async def chore() -> None:
        ticked.set()

    scheduler = start_clock(Chores(*[chore] * len(Chores.__slots__)), ROME, RULE)
    try:
        jobs = {job.id: job for job in scheduler.get_jobs()}
        assert set(jobs) == {one.name for one in lines()}
        for job in jobs.values():
            assert job.misfire_grace_time is None and job.coalesce and job.max_instances == 1
        jobs["due timers"].modify(next_run_time=datetime.now(ROME))
        await asyncio.wait_for(ticked.wait(), 5)
    finally:
        scheduler.shutdown(wait=False)
