"""W6: kill -9 in the middle of a newsletter, and what else can happen to processes and databases."""

import asyncio
import random
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.bots import AIOGRAM_NEWS, PTB_NEWS, Bot, Kind, Workshop
from bench.figures import table
from bench.letters import Crowd
from bench.rounds import progress
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.migrate import upgrade
from tests.bot.news_world import FIRST, LOST_AFTER, cluster, doubtful, doubts, got, nodes, prepare, run_of, until
from tests.fakes.telegram_api import FakeTelegram
from tests.postgres import Postgres
from tests.readers import issue_row

RECIPIENTS = 60
KILLS_EACH = 3
FEWER = 10
"""Our process is killed this many times as often as each of the others."""
READING = """\
A process that sends to 60 people gets SIGKILL at random moments and is started again; the others are told once more
to send, which is all one can do without a record. "lost" are people who never got it, "twice" letters too many,
"recorded" how often our rows say that somebody may get it twice, or has it and nobody knows. "each" is how many
letters a kill repeats, in the worst issue; ours has 5 in hand. Below: two processes on one PostgreSQL send to 120,
one of them is killed, frozen for 5 seconds, or for longer than the others wait for it; and a PostgreSQL that cuts
every connection twice.\
"""


@dataclass
class Losses:
    """What became of the letters of one kind of sending."""

    name: str
    troubles: int = 0
    people: int = 0
    lost: int = 0
    twice: int = 0
    recorded: int | None = None
    most: float = 0.0

    def add(self, fake: FakeTelegram, troubles: int, database: Database | None = None) -> None:
        """One issue more, and how it went; by our rows, where there are any, some may be parked as doubtful."""
        screens, parked = got(fake), frozenset[int]()
        if database is not None:
            self.recorded = (self.recorded or 0) + doubts(database)
            parked = doubtful(database)
        twice = sum(count - 1 for count in screens.values() if count > 1)
        self.troubles += troubles
        self.people += len(screens)
        self.lost += sum(not count and chat not in parked for chat, count in screens.items())
        self.twice += twice
        self.most = max(self.most, twice / troubles)


async def run(workshop: Workshop, kills: int) -> list[Losses]:
    """Kills, and prints."""
    chance = random.Random(20261126)
    many, here = max(1, kills // KILLS_EACH), workshop.folder
    found = [
        await _kind("WIS Bot", many, partial(_ours, here, chance, False)),
        await _kind("WIS Bot, at most once", max(1, many // 3), partial(_ours, here, chance, True)),
    ]
    for kind in (PTB_NEWS, AIOGRAM_NEWS):
        found.append(await _kind(kind.name, max(1, kills // FEWER), partial(_peer, workshop, kind, chance)))
    secret = new_key()
    with tempfile.TemporaryDirectory(prefix="wis-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data", KeyRing.parse(secret))
        for name, trouble in TROUBLES.items():
            found.append(await _kind(f"WIS Bot, {name}", 1, partial(_cluster, server, secret, trouble)))
        server.stop()
    rows = [
        (
            one.name, str(one.troubles), str(one.people), str(one.lost), str(one.twice),
            "-" if one.recorded is None else str(one.recorded), f"{one.most:.1f}",
        )
        for one in found
    ]
    columns = ("sender", "kills", "people", "lost", "twice", "recorded", "each")
    table("W6: kill -9 in the middle of a newsletter", columns, rows, READING)
    return found


async def _kind(name: str, issues: int, one: Callable[[Losses], Awaitable[None]]) -> Losses:
    losses = Losses(name)
    with progress() as bar:
        task = bar.add_task(f"W6: {name}", total=issues)
        for _ in range(issues):
            await one(losses)
            bar.advance(task)
    return losses


async def _ours(folder: Path, chance: random.Random, once: bool, losses: Losses) -> None:
    async with sqlite(folder) as (database, key), FakeTelegram(record=False, latency=0.005) as fake:
        prepare(database, fake, RECIPIENTS, at_most_once=once)
        for moment in sorted(chance.sample(range(1, RECIPIENTS - 10), KILLS_EACH)):
            async with nodes(database, key, fake) as begun:
                await until(lambda goal=moment: sum(got(fake).values()) >= goal)
                await asyncio.sleep(chance.uniform(0.0, 0.03))
                for process in begun.values():
                    process.kill()
            await asyncio.sleep(0.05)
        async with nodes(database, key, fake):
            await until(lambda: issue_row(database).state == "sent", 60)
        losses.add(fake, KILLS_EACH, database)


async def _peer(workshop: Workshop, kind: Kind, chance: random.Random, losses: Losses) -> None:
    crowd = Crowd(range(FIRST, FIRST + RECIPIENTS), FIRST - 1)
    fake = crowd.fake()
    known = replace(kind, options=(str(FIRST), str(RECIPIENTS)))

    async def work(bot: Bot) -> None:
        command = {"type": "bot_command", "offset": 0, "length": 3}
        moment = chance.randrange(1, RECIPIENTS - 10)
        fake.user(crowd.guest).writes(text="/go", entities=[command])
        await crowd.reached(moment)
        await bot.kill()
        await bot.start()
        crowd.times.clear()
        fake.user(crowd.guest).writes(text="/go", entities=[command])
        await crowd.finished()
        fake.users.pop(crowd.guest)
        losses.add(fake, 1)

    await workshop.with_bot(known, fake, work)


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[tuple[Database, str]]:
    """A migrated SQLite database in the folder, and its key; removed at the end."""
    key = new_key()
    files = [folder / name for name in ("wis.db", "wis-runs.db")]
    database = Database(f"sqlite:///{files[0]}", KeyRing.parse(key))
    upgrade(database)
    try:
        yield database, key
    finally:
        database.close()
        for file in files:
            for end in ("", "-wal", "-shm"):
                Path(f"{file}{end}").unlink(missing_ok=True)


async def _kill(process: Any, database: Database) -> int:
    process.kill()
    return 1


async def _freeze(seconds: float, process: Any, database: Database) -> int:
    process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGCONT)
    return 1


async def _replace(process: Any, database: Database) -> int:
    """Frozen until another process has taken its place."""
    owner = run_of(database)
    process.send_signal(signal.SIGSTOP)
    await until(lambda: run_of(database).token != owner.token)
    process.send_signal(signal.SIGCONT)
    return 1


async def _restart(process: Any, database: Database) -> int:
    for _ in range(2):
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        await asyncio.sleep(0.7)
    return 2


Trouble = Callable[[Any, Database], Awaitable[int]]
TROUBLES: dict[str, tuple[Trouble, float]] = {
    "2 processes, one killed": (_kill, LOST_AFTER),
    "2 processes, one frozen for 5 s": (partial(_freeze, 5.0), 14.0),
    "2 processes, one frozen for too long": (_replace, LOST_AFTER),
    "PostgreSQL cut off twice": (_restart, LOST_AFTER),
}
"""What happens to the sending process or its database, and after how many seconds of silence a process counts as
dead."""


async def _cluster(server: Postgres, secret: str, trouble: tuple[Trouble, float], losses: Losses) -> None:
    happens, lost_after = trouble
    url = server.fresh()
    database = Database(url, KeyRing.parse(secret))
    alone = happens is _restart
    async with cluster(database, secret, 2 * RECIPIENTS, lost_after, 1 if alone else 2) as (fake, processes):
        troubles = await happens(processes[run_of(database).node], database)
        await until(lambda: issue_row(database).state == "sent", 60)
        await asyncio.sleep(0.5)
    losses.add(fake, troubles, database)
    database.close()
