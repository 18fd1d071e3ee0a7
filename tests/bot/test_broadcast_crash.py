"""The real program in the middle of a newsletter: killed, frozen, without its database. Nobody is lost, and whoever
may have got it twice is known."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from storage.db import Database
from storage.migrate import upgrade
from tests.bot.news_world import (
    HAND,
    LOST_AFTER,
    check,
    cluster,
    doubtful,
    ended,
    got,
    nodes,
    prepare,
    run_of,
    sent,
    started,
    until,
)
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.postgres import Postgres
from tests.readers import issue_row, outcomes


@pytest.fixture
def keys_database(tmp_path: Path, keys: Any, migrated: bytes) -> Any:
    """The SQLite database the program will find in its folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "wis.db").write_bytes(migrated)
    database = Database(f"sqlite:///{folder / 'wis.db'}", keys)
    yield database
    database.close()


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
        parked = doubtful(database)
        assert sent(database) + len(parked) == count and 1 <= len(parked) <= HAND
        assert max(got(fake).values()) == 1 and all(got(fake)[chat] or chat in parked for chat in got(fake))


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


async def test_a_process_that_was_frozen_for_five_seconds_goes_on_itself(
    postgres_database: Database, secret: str
) -> None:
    database, count = postgres_database, 90
    async with cluster(database, secret, count, lost_after=14.0) as (fake, processes):
        owner = run_of(database)
        processes[owner.node].send_signal(signal.SIGSTOP)
        await asyncio.sleep(5.0)
        processes[owner.node].send_signal(signal.SIGCONT)
        await until(lambda: issue_row(database).state == "sent")
        assert run_of(database).token == owner.token
    check(database, fake, count, 0)


async def test_a_process_that_was_frozen_for_too_long_is_replaced_and_sends_nothing_more(
    postgres_database: Database, secret: str
) -> None:
    database, count = postgres_database, 90
    async with cluster(database, secret, count, LOST_AFTER) as (fake, processes):
        owner = run_of(database)
        processes[owner.node].send_signal(signal.SIGSTOP)
        await until(lambda: run_of(database).token != owner.token)
        processes[owner.node].send_signal(signal.SIGCONT)
        await until(lambda: issue_row(database).state == "sent")
        # whatever the woken process would still do wrong, it would do now
        await asyncio.sleep(0.5)
    check(database, fake, count, HAND)


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
