"""A newsletter to a crowd on the local Telegram: who gets it, how often, how fast, and how long a reply takes."""

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from bench.bots import Bot
from storage.crypto import KeyRing
from storage.db import Database
from storage.news.issues import ITEMS
from tests.fakes.telegram_api import FakeTelegram
from tests.fakes.telegram_rules import ApiError
from tests.readers import ISSUE, add_issue, add_rows, issue_row

PER_SECOND = 30
"""What the local Telegram allows in any sliding second."""
LATENCY = 0.005
TITLE = "Notizie di prova"
PAUSE = 1.5
"""Seconds for which the guest reads a reply."""
WARM = 4.0
"""Seconds after a start: ours makes the index of its answers then."""
QUIET = 4.0
"""Seconds without a letter after which a bot has no more to send."""


@dataclass
class Crowd:
    """The people an issue is for, with the trouble some of them make: `blocked` us, or answered 500 the first time
    (`ill`); and one more person, the guest, who chats meanwhile."""

    chats: range
    guest: int
    blocked: frozenset[int] = frozenset()
    ill: frozenset[int] = frozenset()
    got: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    _well: set[int] = field(default_factory=set)
    _errors: int = 0

    def fake(self) -> FakeTelegram:
        """A local Telegram where they all live."""
        fake = FakeTelegram(record=False, latency=LATENCY, per_second=PER_SECOND)
        for chat in (*self.chats, self.guest):
            fake.user(chat).started = True
        for chat in self.blocked:
            fake.user(chat).blocked = True
        fake.on_message, fake.refuse = self._sees, self._refuses
        return fake

    def reachable(self) -> int:
        """How many can get it."""
        return len(self.chats) - len(self.blocked)

    def lost(self) -> int:
        """How many of those did not."""
        return sum(not self.got[chat] for chat in self.chats if chat not in self.blocked)

    def twice(self) -> int:
        """How many letters too many were delivered."""
        return sum(count - 1 for count in self.got.values() if count > 1)

    def took(self) -> float:
        """Seconds from the first letter to the last."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    def refused_for_speed(self, fake: FakeTelegram) -> int:
        """How often the limit was run into: answers 429."""
        shown = sum(self.got.values()) + fake.user(self.guest).heard
        return fake.counts["sendmessage"] - shown - len(self.blocked) - self._errors

    async def chat(self, fake: FakeTelegram) -> None:
        """The guest asks something again and again, a moment after each reply."""
        user = fake.user(self.guest)
        while True:
            heard, began = user.heard, time.perf_counter()
            user.says("ciao")
            await user.hears(heard, 60)
            self.waits.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)

    async def warm(self, fake: FakeTelegram) -> None:
        """The bot has begun to answer, and has made whatever it makes right after its start."""
        user = fake.user(self.guest)
        for pause in (WARM, 0.0):
            heard = user.heard
            user.says("ciao")
            await user.hears(heard, 60)
            await asyncio.sleep(pause)

    async def finished(self) -> None:
        """No letter has come for a while."""
        async with asyncio.timeout(120):
            while not self.times or time.perf_counter() - self.times[-1] < QUIET:
                await asyncio.sleep(0.05)

    async def reached(self, letters: int) -> None:
        """So many letters have come."""
        async with asyncio.timeout(60):
            while sum(self.got.values()) < letters:
                await asyncio.sleep(0.002)

    def _sees(self, chat: int, message: dict[str, Any]) -> None:
        if TITLE in str(message.get("text")):
            self.got[chat] += 1
            self.times.append(time.perf_counter())

    def _refuses(self, method: str, params: dict[str, Any]) -> ApiError | None:
        chat = params.get("chat_id")
        if method != "sendmessage" or chat not in self.ill or chat in self._well:
            return None
        self._well.add(int(str(chat)))
        self._errors += 1
        return ApiError(500, "Internal Server Error")


def issue(database: Database, people: list[str], **more: Any) -> None:
    """An issue with one item waits for these people."""
    at = datetime.now(UTC)
    with database.write() as conn:
        add_issue(conn, at, title={"it": TITLE}, **more)
        conn.execute(
            insert(ITEMS).values(
                id="item", issue_id=ISSUE, position=0, title={"it": "Un titolo"}, sentence={"it": "Una frase."},
                source="", link="", action="none", common=True, normative=False, signed_by="", interest=0,
            )
        )
        add_rows(conn, people, at)


@contextlib.asynccontextmanager
async def going_out(bot: Bot, crowd: Crowd) -> Any:
    """The bot has been told to send; our own has the issue in its database and looks there every ten seconds."""
    if bot.kind.framework == "ours":
        database = Database(f"sqlite:///{bot.folder / 'wis.db'}", KeyRing.parse(bot.key))
        issue(database, [f"p{chat}" for chat in crowd.chats])
        yield
        async with asyncio.timeout(30):
            while issue_row(database).state != "sent":
                await asyncio.sleep(0.05)
        database.close()
    else:
        command = {"type": "bot_command", "offset": 0, "length": 3}
        bot.fake.user(crowd.guest).writes(text="/go", entities=[command])
        yield
