"""A Telegram channel on the local Telegram, with an inbox that only records: what the Telegram tests share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.contract import CommandTexts, StatusReport, Unready
from bot.channels.telegram import TelegramChannel, TelegramConfig
from conversations.events import Address, Event, Happening
from scheduler.sending import Recipient
from tests.fakes.telegram_api import TOKEN, FakeTelegram

COMMANDS: CommandTexts = {
    "it": [("menu", "Torna al menu"), ("privacy", "I tuoi dati")],
    "en": [("menu", "Back to the menu"), ("privacy", "Your data")],
}


def phrases(key: str, language: str) -> str:
    return f"{key} {language}"


@dataclass
class Box:
    """The inbox: remembers what it took; may be unready, slow, or broken."""

    events: list[Event] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    unready: int = 0
    broken: int = 0
    gate: asyncio.Event | None = None
    late: timedelta = timedelta(0)

    async def take(self, events: Sequence[Event]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.unready:
            self.unready -= 1
            raise Unready
        if self.broken:
            self.broken -= 1
            raise RuntimeError("a bug of the inbox")
        self.batches.append(len(events))
        known = {event.id for event in self.events}
        self.events += [event for event in events if event.id not in known]

    async def report(self, report: StatusReport) -> None:
        raise AssertionError("Telegram reports nothing later")

    def now(self) -> datetime:
        return datetime.now(UTC) + self.late

    @property
    def whats(self) -> list[Happening]:
        return [event.what for event in self.events]


@dataclass
class Scene:
    fake: FakeTelegram
    box: Box
    channel: TelegramChannel
    run: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.run = asyncio.create_task(self.channel.run())

    async def stop(self) -> None:
        if self.run is not None:
            self.run.cancel()
            await asyncio.gather(self.run, return_exceptions=True)
            self.run = None

    async def taken(self, count: int) -> list[Happening]:
        """Waits until the inbox has that many events."""
        await until(lambda: len(self.box.events) >= count)
        return self.box.whats


async def until(true: Callable[[], Any], timeout: float = 8.0) -> None:
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.005)


def config(fake: FakeTelegram, **changes: Any) -> TelegramConfig:
    usual: dict[str, Any] = {
        "token": TOKEN,
        "api_base_url": fake.url,
        "long_poll": 2,
        "first_wait": 0.01,
        "longest_wait": 0.05,
        "retry_menu_after": 0.02,
    }
    return TelegramConfig(**(usual | changes))


@asynccontextmanager
async def telegram(*, running: bool = True, **changes: Any) -> AsyncIterator[Scene]:
    async with FakeTelegram() as fake:
        box = Box()
        channel = TelegramChannel(config(fake, **changes), box, lambda: COMMANDS, phrases)
        scene = Scene(fake, box, channel)
        if running:
            scene.start()
        try:
            yield scene
        finally:
            await scene.stop()
            await channel.close()


def to(user: int = 1001, language: str = "it") -> Recipient:
    return Recipient(Address("telegram", str(user)), language)
