"""The measured process of W8: `python -m bench.w8_work URL`, on a database with many readers; prints its figures.

It is a process of its own, so that its memory is that of this work only. One person writes to the bot all the time,
and each of her turns is a whole one: facts, engine, effects, commit, and the letter at the channel's door.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from bench.figures import percentile
from conversations.news.plan import plan
from scheduler.issues import enqueue_issues
from storage.content import content_folder, read_content
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.news.report import Means, prospect
from tests.office import NOW, Office, open_office
from tests.readers import add_issue

CHANNELS = ("telegram", "whatsapp")
ROME = ZoneInfo("Europe/Rome")
HER = "77"
PAUSE = 0.02
"""Seconds between a reply and her next message."""
ALONE = 150
MEANS = Means({"telegram": 29.6, "whatsapp": 59.0}, 2_000, (), ("it", "en"))


async def main(url: str, alone: int = ALONE) -> dict[str, float]:
    """Plans, enqueues and cancels, alone and with somebody who writes."""
    database = Database(url, KeyRing.parse(new_key()))
    content = read_content(content_folder(), "it", ROME)
    async with open_office(database, content, channels=CHANNELS) as office:
        figures = {"alone": 1000 * percentile(await _talk(office, lambda waits: len(waits) < alone), 0.99)}
        began = _memory()
        await office.lanes.run(lambda conn: add_issue(conn, NOW, "first", enqueued=False))
        figures["plan"], figures["plan_cpu"] = await _planned(database)
        figures["enqueue"], figures["enqueue_cpu"] = await _timed(_enqueue(office))
        figures["settle"], figures["slow_settle"] = await _with_talk(office, _cancel_in_batches(office, "first"))
        await office.lanes.run(lambda conn: add_issue(conn, NOW, "second", enqueued=False))
        figures["enqueue_busy"], figures["slow"] = await _with_talk(office, _enqueue(office, told=True))
        figures["cancel"], figures["slow_cancel"] = await _with_talk(office, _cancel_at_once(office, "second"))
        counted = await office.lanes.run(_counted)
        assert counted["first"] == counted["second"], counted
        figures |= {"people": counted["first"], "rss": _memory(), "grown": _memory() - began}
    database.close()
    return figures


async def _planned(database: Database) -> tuple[float, float]:
    """Seconds of the plan as a coordinator's turn makes it, and those of them on this process's CPU."""

    def job() -> tuple[float, float]:
        began, cpu = time.perf_counter(), time.process_time()
        with database.read() as conn:
            found = prospect(conn, "first", MEANS, NOW)
        assert found is not None and plan(found, NOW, ROME).people > 0
        return time.perf_counter() - began, time.process_time() - cpu

    return await asyncio.to_thread(job)


async def _enqueue(office: Office, told: bool = False) -> None:
    work = asyncio.create_task(enqueue_issues(office.lanes, CHANNELS, NOW, ROME))
    while told and not work.done():
        await asyncio.wait({work}, timeout=1.0)
        rows = await office.lanes.run(_rows)
        print(f"  {rows:,} people enqueued, {_memory():.0f} MB", file=sys.stderr, flush=True)
    await work


async def _cancel_in_batches(office: Office, key: str) -> None:
    """The order sets the state; the chore does the rest."""
    await office.lanes.run(lambda conn: _cancel(conn, key))
    await enqueue_issues(office.lanes, CHANNELS, NOW, ROME)


async def _cancel_at_once(office: Office, key: str) -> None:
    def job(conn: Connection) -> None:
        _cancel(conn, key)
        waits = (RECIPIENTS.c.issue_id == key, RECIPIENTS.c.outcome == "todo")
        conn.execute(update(RECIPIENTS).where(*waits).values(outcome="cancelled"))

    await office.lanes.run(job)


def _cancel(conn: Connection, key: str) -> None:
    conn.execute(update(ISSUES).where(ISSUES.c.id == key).values(state="cancelled", ended_at=NOW))


def _rows(conn: Connection) -> int:
    return int(conn.execute(select(func.max(RECIPIENTS.c.id))).scalar_one() or 0)


def _counted(conn: Connection) -> dict[str, int]:
    r = RECIPIENTS.c
    query = select(r.issue_id, func.count()).where(r.outcome == "cancelled").group_by(r.issue_id)
    return {issue: int(count) for issue, count in conn.execute(query)}


async def _timed(work: Awaitable[None]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    await work
    return time.perf_counter() - began, time.process_time() - cpu


async def _with_talk(office: Office, work: Awaitable[None]) -> tuple[float, float]:
    """Seconds of the work, and the p99 in ms of the replies that were asked for meanwhile."""
    ended: list[float] = []

    async def timed() -> None:
        await work
        ended.append(time.perf_counter())

    began = time.perf_counter()
    task = asyncio.create_task(timed())
    waits = await _talk(office, lambda waits: not task.done() or len(waits) < 1)
    await task
    return ended[0] - began, 1000 * percentile(waits, 0.99)


async def _talk(office: Office, more: Callable[[list[float]], bool]) -> list[float]:
    """Seconds she waited for each reply, as long as more are wanted."""
    line, waits = office.line, list[float]()
    while more(waits):
        before, began = len(line.sent), time.perf_counter()
        await office.takes(replace(office.says(HER, "menu"), at=NOW))
        await line.until(lambda before=before: len(line.sent) > before, 60.0)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE)
    return waits


def _memory() -> float:
    """The most this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def printed(url: str) -> None:
    """The figures on one line."""
    figures: dict[str, Any] = asyncio.run(main(url))
    print(json.dumps(figures))


if __name__ == "__main__":
    printed(sys.argv[1])
