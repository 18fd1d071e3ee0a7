"""Who takes part in a story of the newsletter: the people who make it and those who read it, and the program's clock,
which ticks only when the story says that time passes."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection, func, select, update

from bot.channels.dialogue import Hears
from conversations.news.orders import OpenIssue
from scheduler.clock import Chores
from storage import people
from storage.news import views
from storage.news.files import read_news
from storage.news.incoming import with_items
from storage.news.issues import ISSUES, ITEMS
from storage.news.orders import carry_out, write
from storage.news.recipients import RECIPIENTS, RUNS
from tests.journeys.cast import Cast
from tests.journeys.program import SETTLE_SECONDS, Program, running
from tests.journeys.transcript import Player

ROME = ZoneInfo("Europe/Rome")
ROLES = {"Sofia": "editor", "Elena": "welfare_manager", "Marta": "coordinator"}
"""Everybody else is a worker who wants the newsletter."""
MENU, ENTRY = "**Menu**", re.compile(r"^\d+\. .*\n?", flags=re.MULTILINE)
NEWS = """---
number: "2035-03"
kind: monthly
title:
  it: Notizie di marzo 2035
  en: News of March 2035
---

## Bonus nido: si chiede fino al 31 dicembre

La domanda si fa sul sito INPS, con le ricevute dei mesi già pagati.

### English: Nursery bonus: apply by 31 December

Apply on the INPS site, with the receipts of the months already paid.

- source: INPS, circolare inventata 12/2035
- link: https://www.inps.it/nido
- action: read
- topic: money
- common: yes
- normative: yes
- as of: 2035-03-01
- expires: 2035-12-31

## Permessi 104: che cosa cambia da aprile

I tre giorni si possono dividere in ore, se il contratto lo prevede.

### English: Law 104 leave: what changes in April

The three days can be divided into hours where the contract allows it.

- source: Decreto inventato 1/2035
- action: ask
- topic: disability
- normative: yes
- as of: 2035-03-01
- expires: 2035-12-31

## Un caffè insieme il 20 marzo

Ci vediamo alle 18 alla Casa della Rete, i bambini sono benvenuti.

### English: A coffee together on 20 March

We meet at 6 pm at the Network's House, children are welcome.

- action: interested
- topic: network
- common: yes
"""
"""An issue of those days; all of it is invented."""


@dataclass
class Ticks:
    """The table of times of the running program, worked by hand."""

    chores: list[Chores] = field(default_factory=list)

    async def tick(self, program: Program) -> None:
        """What is due of the newsletter has begun, left and been reported; who watches sees how far it is."""
        for chores in self.chores:
            await chores.newsletter()
            await chores.recipients()
            await self._left(program)
            await program.settled()
            await chores.recipients()
            await chores.progress()
            await chores.expiry()
            await chores.timers()
        await program.settled()

    async def _left(self, program: Program) -> None:
        """Every letter that is due has left."""
        c, now = RECIPIENTS.c, program.app.clock.now()
        due = select(func.count()).where((c.outcome == "sending") | ((c.outcome == "todo") & (c.due_at <= now)))
        going = select(func.count()).select_from(RUNS).where(RUNS.c.ended.is_(False))
        async with asyncio.timeout(SETTLE_SECONDS):
            while [row[0] for query in (due, going) for row in await program.rows(query)] != [0, 0]:
                await asyncio.sleep(0.01)


class NewsCast(Cast):
    """A cast for whom the newsletter's clock ticks whenever time passes. Of the menu only what stands above its
    entries is heard: these are not of this story."""

    def __init__(self, program: Program, ticks: Ticks, players: Mapping[str, Player]) -> None:
        super().__init__(players)
        self._program, self._ticks = program, ticks

    async def wait(self, seconds: int) -> None:
        await super().wait(seconds)
        await self._ticks.tick(self._program)

    async def hear(self, who: str) -> Hears | None:
        heard = await super().hear(who)
        if heard is not None and heard.text.startswith(MENU):
            return replace(heard, text=ENTRY.sub("", heard.text).rstrip(), rows=())
        return heard


@asynccontextmanager
async def newsroom(folder: Path, patch: pytest.MonkeyPatch, **changes: Any) -> AsyncIterator[tuple[Program, Ticks]]:
    """The running program, whose table of times is worked by hand; `changes` are settings."""
    ticks = Ticks()

    def held(chores: Chores, *_: Any) -> AsyncIOScheduler:
        ticks.chores.append(chores)
        idle = AsyncIOScheduler()
        idle.start()
        return idle

    patch.setattr("bot.app.start_clock", held)
    async with running(folder, **changes) as program:
        yield program, ticks


async def joined(program: Program, players: Mapping[str, Player]) -> None:
    """Everybody has joined, readers with a yes to the newsletter; nothing of it is heard any more."""
    for place, (who, player) in enumerate(players.items()):
        role = ROLES.get(who, "worker")
        code = await program.invite(f"WIS-NEWS-000{place}", role, days=40)
        await player.do(who, "link", code)
        await player.tap(who, "Italiano")
        await player.tap(who, "Accetto")
        await player.tap(who, "Sì" if role == "worker" else "No, grazie")
        if role == "worker":
            await player.tap(who, "No, grazie")
        while await player.hear(who) is not None:
            pass


async def issue_scheduled(program: Program, at: datetime) -> None:
    """The issue above was written, signed and approved, and goes out at this moment (aware)."""
    await program.app.lanes.run(partial(_scheduled, at=at, now=program.app.clock.now()))


def _scheduled(conn: Connection, at: datetime, now: datetime) -> None:
    found, key, (marta,) = read_news(NEWS), "an-issue", people.holders(conn, "coordinator")
    assert not found.faults
    begun = OpenIssue(key, found.number, found.kind, found.title["it"], found.title["en"])
    carry_out(conn, begun, marta, "telegram", now, ROME)
    issue = views.issue(conn, key)
    assert issue is not None
    write(conn, issue, with_items(issue, found.items)[0])
    signed = {"signed_by": "elena", "signed_at": now}
    conn.execute(update(ITEMS).where(ITEMS.c.normative.is_(True)).values(**signed))
    conn.execute(update(ISSUES).values(state="scheduled", scheduled_at=at, approved_revision=ISSUES.c.revision))
