"""Sending processes that can be killed and frozen, and what the readers have on their screens afterwards."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from storage.db import Database
from storage.news.recipients import RECIPIENTS, RUNS
from tests.fakes.telegram_api import FakeTelegram
from tests.readers import add_issue, add_office, add_readers, add_rows, issue_row, outcomes, set_issue

ROOT = Path(__file__).parents[2]
FIRST = 1001
HAND = 5
LOST_AFTER = 3.0
"""Seconds after which a silent process is given up for dead; it sends nothing itself after half of them."""


@asynccontextmanager
async def nodes(
    database: Database, secret: str, fake: FakeTelegram, count: int = 1, lost_after: float = 20.0
) -> AsyncIterator[dict[str, Any]]:
    """So many sending processes, by the names they give themselves; killed at the end if they still live."""
    url = database.engine.url.render_as_string(hide_password=False)
    what = ("-m", "tests.bot.news_node", url, secret, fake.url, str(lost_after))
    async with AsyncExitStack() as stack:
        begun = [await stack.enter_async_context(started({}, *what)) for _ in range(count)]
        async with asyncio.timeout(60):
            names = [(await process.stdout.readline()).decode().strip() for process in begun]
        yield dict(zip(names, begun, strict=True))


@asynccontextmanager
async def started(settings: dict[str, str], *command: str) -> AsyncIterator[Any]:
    """A process; killed at the end if it still lives. It must not have printed a traceback."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()
        told = (await errors).decode()
        assert "Traceback" not in told, told[-3000:]


async def ended(begun: dict[str, Any]) -> None:
    """Each process ends in order when it is asked to."""
    for process in begun.values():
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


def prepare(database: Database, fake: FakeTelegram, count: int, **more: Any) -> None:
    """So many readers, who have all begun to chat with the bot, wait for an issue."""
    at = datetime.now(UTC)
    values = [f"{FIRST + n}" for n in range(count)]
    for value in values:
        fake.user(int(value)).started = True
    with database.write() as conn:
        add_office(conn, at)
        add_issue(conn, at, **more)
        add_rows(conn, add_readers(conn, database.keys, values, at), at)


def got(fake: FakeTelegram) -> Counter[int]:
    """How many digests each reader has on her screen."""
    return Counter({user.id: len(user.messages()) for user in fake.users.values()})


async def until(true: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def sent(database: Database) -> int:
    return outcomes(database).get("sent", 0)


def doubts(database: Database) -> int:
    with database.read() as conn:
        return int(conn.execute(select(func.sum(RECIPIENTS.c.doubts))).scalar_one())


def doubtful(database: Database) -> frozenset[int]:
    """The chats of whom nobody knows whether they have it."""
    with database.read() as conn:
        parked = select(RECIPIENTS.c.person_id).where(RECIPIENTS.c.outcome == "doubtful")
        return frozenset(int(person.removeprefix("p")) for person in conn.execute(parked).scalars())


def check(database: Database, fake: FakeTelegram, count: int, most_twice: int) -> None:
    """Everybody has it; of those who have it twice each was counted."""
    assert outcomes(database) == {"sent": count} and issue_row(database).state == "sent"
    screens = got(fake)
    assert len(screens) == count and min(screens.values()) >= 1, "somebody was lost"
    twice = sum(screens.values()) - count
    assert twice <= min(most_twice, doubts(database)), "somebody got it twice and nobody knows"


def run_of(database: Database) -> Any:
    """The run of Telegram; None before the first."""
    with database.read() as conn:
        return conn.execute(select(RUNS)).first()


@asynccontextmanager
async def cluster(
    database: Database, secret: str, count: int, lost_after: float, processes: int = 2
) -> AsyncIterator[tuple[FakeTelegram, dict[str, Any]]]:
    """Processes on one PostgreSQL that have begun to send."""
    async with FakeTelegram(record=False, latency=0.02, per_second=30) as fake:
        prepare(database, fake, count, state="approved")
        async with nodes(database, secret, fake, processes, lost_after) as found:
            with database.write() as conn:
                set_issue(conn, state="sending")
            await until(lambda: sum(got(fake).values()) >= 10)
            yield fake, found
    assert fake.counts["sendmessage"] - sum(got(fake).values()) <= 3, "the limit was kept: hardly a 429"
