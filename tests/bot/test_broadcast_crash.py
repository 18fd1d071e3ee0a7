"""The real program in the middle of a newsletter: killed, frozen, without its database. Nobody is lost, and whoever
may have got it twice is known."""

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

import pytest
from sqlalchemy import func, select

from storage.db import Database
from storage.migrate import upgrade
from storage.news.recipients import RECIPIENTS, RUNS
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.postgres import Postgres
from tests.readers import add_issue, add_office, add_readers, add_rows, issue_row, outcomes, set_issue

ROOT = Path(__file__).parents[2]
FIRST = 1001
HAND = 5
LOST_AFTER = 3.0
"""Seconds after which a silent process is given up for dead; it sends nothing itself after half of them."""


@pytest.fixture
def keys_database(tmp_path: Path, keys: Any, migrated: bytes) -> Any:
    """The SQLite database the program will find in its folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "wis.db").write_bytes(migrated)
    database = Database(f"sqlite:///{folder / 'wis.db'}", keys)
    yield database
    database.close()


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


def check(database: Database, fake: FakeTelegram, count: int, most_twice: int) -> None:
    """Everybody has it; of those who have it twice each was counted."""
    assert outcomes(database) == {"sent": count} and issue_row(database).state == "sent"
    screens = got(fake)
    assert len(screens) == count and min(screens.values()) >= 1, "somebody was lost"
    twice = sum(screens.values()) - count
    assert twice <= min(most_twice, doubts(database)), "somebody got it twice and nobody knows"


async def test_killed_in_the_middle_it_goes_on_where_it_was(
    keys_database: Database, secret: str
) -> None:
    count, kills, database = 60, 2, keys_database
    async with FakeTelegram(record=False, latency=0.02, per_second=30) as fake:
        prepare(database, fake, count)
        for number in range(kills):
            async with nodes(database, secret, fake) as begun:
                await until(lambda goal=(number + 1) * 12: sum(got(fake).values()) >= goal)
                for process in begun.values():
                    process.kill()
            # what had left the process still arrives
            await asyncio.sleep(0.05)
        assert sent(database) < count, "the kills came too late to prove anything"
        async with nodes(database, secret, fake) as begun:
            await until(lambda: issue_row(database).state == "sent")
            await ended(begun)
        check(database, fake, count, kills * HAND)


async def test_stopped_in_order_it_repeats_nothing(keys_database: Database, secret: str) -> None:
    count, database = 40, keys_database
    async with FakeTelegram(record=False, latency=0.02) as fake:
        prepare(database, fake, count)
        async with nodes(database, secret, fake) as begun:
            await until(lambda: sum(got(fake).values()) >= 10)
            await ended(begun)
        assert set(outcomes(database)) == {"sent", "todo"} and sent(database) == sum(got(fake).values())
        async with nodes(database, secret, fake):
            await until(lambda: issue_row(database).state == "sent")
        check(database, fake, count, 0)


async def test_at_most_once_parks_whom_nobody_knows_of(keys_database: Database, secret: str) -> None:
    count, database = 30, keys_database
    async with FakeTelegram(record=False, latency=0.05) as fake:
        prepare(database, fake, count, at_most_once=True)
        async with nodes(database, secret, fake) as begun:
            await until(lambda: sum(got(fake).values()) >= 12)
            for process in begun.values():
                process.kill()
        await asyncio.sleep(0.1)
        async with nodes(database, secret, fake):
            await until(lambda: issue_row(database).state == "sent")
        found = outcomes(database)
        assert found["sent"] + found["doubtful"] == count and 1 <= found["doubtful"] <= HAND
        assert max(got(fake).values()) == 1


async def test_the_whole_program_goes_on_with_the_newsletter_after_a_kill(
    keys_database: Database, secret: str, tmp_path: Path
) -> None:
    count, database = 60, keys_database
    async with FakeTelegram(record=False, latency=0.02, per_second=30) as fake:
        prepare(database, fake, count)
        settings = {
            "DATA_DIR": str(tmp_path / "data"), "WIS_SECRET_KEYS": secret, "HTTP_PORT": "0",
            "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": fake.url,
        }
        async with started(settings, "-m", "bot", "run") as process:
            await until(lambda: sum(got(fake).values()) >= 10)
            process.kill()
        await asyncio.sleep(0.05)
        async with started(settings, "-m", "bot", "run") as process:
            await until(lambda: issue_row(database).state == "sent")
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 10) == 0
        check(database, fake, count, HAND)


async def ended(begun: dict[str, Any]) -> None:
    """Each process ends in order when it is asked to."""
    for process in begun.values():
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


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


async def test_the_other_process_takes_over_from_a_killed_one(
    postgres_database: Database, secret: str
) -> None:
    database, count = postgres_database, 60
    async with cluster(database, secret, count, LOST_AFTER) as (fake, processes):
        owner = run_of(database)
        processes[owner.node].kill()
        await until(lambda: issue_row(database).state == "sent")
        assert run_of(database).node in processes.keys() - {owner.node}
    check(database, fake, count, HAND)


@pytest.mark.parametrize(("frozen", "lost_after", "taken_over"), [(5.0, 14.0, False), (4.5, LOST_AFTER, True)])
async def test_a_frozen_process_goes_on_if_it_wakes_in_time_and_is_fenced_if_not(
    postgres_database: Database, secret: str, frozen: float, lost_after: float, taken_over: bool
) -> None:
    database, count = postgres_database, 90
    async with cluster(database, secret, count, lost_after) as (fake, processes):
        owner = run_of(database)
        processes[owner.node].send_signal(signal.SIGSTOP)
        await asyncio.sleep(frozen)
        processes[owner.node].send_signal(signal.SIGCONT)
        await until(lambda: issue_row(database).state == "sent")
        assert (run_of(database).token != owner.token) == taken_over
        # whatever the woken process would still do wrong, it would do now
        await asyncio.sleep(0.5)
    check(database, fake, count, HAND if taken_over else 0)


async def test_a_restart_of_postgresql_in_the_middle_costs_nobody(
    postgres_database: Database, postgres: Postgres, secret: str
) -> None:
    database, count = postgres_database, 75
    async with cluster(database, secret, count, LOST_AFTER, processes=1) as (fake, _):
        for goal in (15, 40):
            await until(lambda goal=goal: sum(got(fake).values()) >= goal)
            postgres.restart()
        await until(lambda: issue_row(database).state == "sent")
    check(database, fake, count, 2 * HAND)


def test_the_engine_of_a_fresh_folder_has_nothing_to_do(tmp_path: Path, keys: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys)
    upgrade(database)
    database.close()
    assert not (tmp_path / "wis-runs.db").exists()
