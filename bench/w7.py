"""W7: a newsletter that is paused, slowed down, stopped and started: the same people in the end, each once."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.bots import Workshop
from bench.figures import CONSOLE, Rounds, table
from bench.w6 import sqlite
from storage.db import Database
from tests.bot.news_world import HAND, ended, got, nodes, prepare, until
from tests.fakes.telegram_api import FakeTelegram
from tests.readers import issue_row, set_issue

RECIPIENTS = 120
READING = """\
An issue for 120 people is disturbed while it goes out; "same people" says whether exactly those have it who have it
undisturbed. "late" is the most letters that still came after a pause was ordered: what is in hand (5) is finished.
"rate" is the most letters in a second while five a second were asked for.\
"""
Steps = Callable[["Scene"], Awaitable[None]]


class Scene:
    """An issue under way, and what can be done to it."""

    def __init__(self, database: Database, key: str, fake: FakeTelegram) -> None:
        self.database, self.fake = database, fake
        self.start = partial(nodes, database, key, fake)
        self.late = 0
        self.rate = 0

    def letters(self) -> int:
        """How many have come."""
        return sum(got(self.fake).values())

    async def reached(self, letters: int) -> None:
        """So many have come."""
        await until(lambda: self.letters() >= letters, 60)

    async def order(self, **values: Any) -> None:
        """What the coordinator ordered is on record."""

        def write() -> None:
            with self.database.write() as conn:
                set_issue(conn, **values)

        await asyncio.to_thread(write)

    async def pause(self) -> None:
        """Paused for a second; nothing comes but what was in hand."""
        await self.order(state="paused")
        before = self.letters()
        await asyncio.sleep(1.0)
        self.late = max(self.late, self.letters() - before)
        await self.order(state="sending")

    async def finished(self) -> None:
        """The issue is sent."""
        await until(lambda: issue_row(self.database).state == "sent", 60)


async def _undisturbed(scene: Scene) -> None:
    async with scene.start():
        await scene.finished()


async def _pauses(scene: Scene) -> None:
    async with scene.start():
        for letters in (10, 40, 80):
            await scene.reached(letters)
            await scene.pause()
        await scene.finished()


async def _rates(scene: Scene) -> None:
    async with scene.start():
        await scene.reached(20)
        await scene.order(rate=5.0)
        await asyncio.sleep(0.5)
        for _ in range(2):
            before = scene.letters()
            await asyncio.sleep(1.0)
            scene.rate = max(scene.rate, scene.letters() - before)
        await scene.order(rate=0.0)
        await scene.finished()


async def _reboots(scene: Scene) -> None:
    for letters in (15, 60):
        async with scene.start() as begun:
            await scene.reached(letters)
            await ended(begun)
    async with scene.start():
        await scene.finished()


async def _everything(scene: Scene) -> None:
    async with scene.start() as begun:
        await scene.reached(10)
        await scene.pause()
        await scene.order(rate=8.0)
        await scene.reached(25)
        await scene.order(state="paused")
        await ended(begun)
    async with scene.start() as begun:
        await asyncio.sleep(0.5)
        await scene.order(state="sending", rate=0.0)
        await scene.reached(70)
        await ended(begun)
    async with scene.start():
        await scene.finished()


STORIES: dict[str, Steps] = {
    "undisturbed": _undisturbed,
    "paused and resumed three times": _pauses,
    "slowed down to 5 a second, and back": _rates,
    "the machine rebooted twice": _reboots,
    "all of it, paused while it was down": _everything,
}


async def run(workshop: Workshop, rounds: int) -> list[Rounds]:
    """Disturbs, and prints."""
    found = []
    for name, steps in STORIES.items():
        measured = Rounds(name)
        for number in range(rounds):
            CONSOLE.print(f"W7, round {number + 1}: {name}")
            await _story(workshop.folder, steps, measured)
        found.append(measured)
    rows = [
        (
            one.name, str(one.total("people")), str(one.total("lost")), str(one.total("twice")),
            "yes" if not one.total("lost") + one.total("twice") else "no",
            str(round(max(one.figures["late"]))), str(round(max(one.figures["rate"])) or "-"),
        )
        for one in found
    ]
    columns = ("what happened", "people", "lost", "twice", "same people", f"late (<= {HAND})", "rate (<= 5)")
    table(f"W7: pause, resume, change the rate, reboot; {rounds} rounds", columns, rows, READING)
    return found


async def _story(folder: Path, steps: Steps, measured: Rounds) -> None:
    async with sqlite(folder) as (database, key), FakeTelegram(record=False, latency=0.005, per_second=30) as fake:
        prepare(database, fake, RECIPIENTS)
        scene = Scene(database, key, fake)
        await steps(scene)
        screens = got(fake)
        measured.add(
            people=len(screens), lost=sum(not count for count in screens.values()),
            twice=sum(count - 1 for count in screens.values() if count > 1), late=scene.late, rate=scene.rate,
        )
