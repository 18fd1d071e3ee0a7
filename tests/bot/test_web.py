"""The web server: every route of every channel, a health that tells the truth, and figures without people."""

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.exc import DBAPIError

from bot.channels.contract import Health
from bot.web import LARGEST_BODY, MOST_WAITING, Pulse, age, health_report, read_pulse, web_app
from storage import events, outbox
from storage.crypto import KeyRing
from storage.db import Database
from storage.migrate import upgrade
from storage.outbox import Backlog
from tests.office import NOW

Client = TestClient[web.Request, web.Application]


class Quiet:
    """A channel that only has health and routes."""

    def __init__(self, name: str, state: str = "ok", routes: Sequence[web.RouteDef] = ()) -> None:
        self.name = name
        self.health = Health(state, {"mode": "polling"})
        self._routes = routes

    def routes(self) -> Sequence[web.RouteDef]:
        return self._routes


def telling(pulse: Pulse) -> Callable[[], Awaitable[Pulse]]:
    async def tell() -> Pulse:
        return pulse

    return tell


async def gone() -> Pulse:
    raise ConnectionError("no database at +12025550143")


async def calm() -> Pulse:
    return Pulse(Backlog(0, None, 0), 0)


@asynccontextmanager
async def served(*channels: Quiet, pulse: Callable[[], Awaitable[Pulse]] = calm) -> AsyncIterator[Client]:
    app = web_app(channels, pulse, lambda: NOW, "welcome")  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as client:
        yield client


async def asked(client: Client, path: str) -> tuple[int, str]:
    async with client.get(path) as answer:
        return answer.status, await answer.text()


async def test_all_is_well_where_every_channel_works_and_nothing_waits() -> None:
    async with served(Quiet("telegram"), Quiet("whatsapp", "degraded"), Quiet("simulator", "off")) as client:
        status, text = await asked(client, "/healthz")
        assert status == 200 and '"status": "ok"' in text and '"mode": "polling"' in text
        assert await asked(client, "/") == (200, "welcome")


@pytest.mark.parametrize(
    ("channel", "pulse"),
    [
        (Quiet("telegram", "failing"), calm),
        (Quiet("telegram"), gone),
        (Quiet("telegram"), telling(Pulse(Backlog(1, NOW - timedelta(seconds=MOST_WAITING), 0), 0))),
    ],
)
async def test_a_failing_channel_a_lost_database_and_a_stuck_outbox_are_told(
    channel: Quiet, pulse: Callable[[], Awaitable[Pulse]]
) -> None:
    async with served(channel, pulse=pulse) as client:
        status, text = await asked(client, "/healthz")
    assert status == 503 and '"status": "failing"' in text
    assert "2025550143" not in text


async def test_a_dead_letter_is_told_but_is_no_reason_to_restart_the_program() -> None:
    report, good = await health_report([], telling(Pulse(Backlog(3, NOW - timedelta(seconds=9), 1), 2)), lambda: NOW)
    assert good and report["dead_letters"] == 2
    assert report["outbox"] == {"waiting": 3, "oldest_age_seconds": 9.0}


async def test_the_figures_say_what_waits_and_that_they_are_unknown_without_a_database() -> None:
    async with served(pulse=telling(Pulse(Backlog(3, NOW - timedelta(seconds=9), 1), 2))) as client:
        status, text = await asked(client, "/metrics")
        assert status == 200
        for line in ('wis_outbox_rows{status="waiting"} 3.0', 'wis_outbox_rows{status="failed"} 1.0',
                     "wis_outbox_oldest_age_seconds 9.0", "wis_dead_letters 2.0"):
            assert line in text
    async with served(pulse=gone) as client:
        status, text = await asked(client, "/metrics")
        assert status == 200 and "wis_outbox_oldest_age_seconds -1.0" in text


async def test_the_channels_routes_are_served_and_may_take_the_root() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="the simulator")

    async def hook(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async with served(Quiet("simulator", routes=[web.get("/", page), web.post("/hook", hook)])) as client:
        assert await asked(client, "/") == (200, "the simulator")
        async with client.post("/hook", data=b"x" * 1000) as answer:
            assert await answer.text() == "1000"
        try:
            async with client.post("/hook", data=io.BytesIO(b"x" * (LARGEST_BODY + 1))) as answer:
                assert answer.status == 413
        except aiohttp.ClientConnectionError:
            pass  # the server may hang up before it has read all of it
        assert (await asked(client, "/nothing"))[0] == 404


def test_a_clock_that_went_back_makes_nothing_young() -> None:
    assert age(Backlog(1, NOW + timedelta(seconds=5), 0), NOW) == 0 and age(Backlog(0, None, 0), NOW) == 0


async def test_the_pulse_is_read_from_the_database(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, outbox.Post(None, 1, "telegram", 0, {}), NOW - timedelta(seconds=7), "")
        events.bury(conn, "telegram", "1", "Said", {}, "e", NOW)
    pulse = await asyncio.to_thread(read_pulse, database, NOW)
    assert pulse == Pulse(Backlog(1, NOW - timedelta(seconds=7), 0), 1)


async def test_a_database_that_can_be_read_but_not_written_is_told_until_a_write_succeeds(
    tmp_path: Path, keys: KeyRing
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys, busy_ms=20)
    await asyncio.to_thread(upgrade, database)
    pulse = partial(asyncio.to_thread, read_pulse, database, NOW)
    holder = sqlite3.connect(tmp_path / "wis.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    report, good = await health_report([], pulse, lambda: NOW)
    assert good, "nobody has tried to write yet"
    with pytest.raises(DBAPIError), database.write():
        pass
    report, good = await health_report([], pulse, lambda: NOW)
    assert not good and report["database"] == {"state": "failing", "cause": "SQLITE_BUSY"}
    holder.execute("ROLLBACK")
    holder.close()
    report, good = await health_report([], pulse, lambda: NOW)
    assert good and report["database"] == {"state": "ok"}
    database.close()
