"""A WhatsApp channel on a real web server beside a local Twilio, with an inbox that remembers."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels.contract import StatusReport, Unready
from bot.channels.layout import LayoutWords
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_media import Links
from bot.channels.whatsapp_sync import apply
from bot.channels.whatsapp_templates import read_templates
from conversations.events import Address, Event
from scheduler.sending import Button, File, Letter, Receipt, Recipient
from storage.crypto import KeyRing, new_key
from tests.fakes.twilio_api import FakeTwilio

NUMBER = "+447700900123"
KEY = new_key()
BSUID = "IT.1349012345"
WORDS = {
    "it": LayoutWords("Puoi anche scrivere: {ways}.", "Scegli"),
    "en": LayoutWords("You can also write: {ways}.", "Choose"),
}
TEMPLATES = read_templates((Path(__file__).parents[3] / "content" / "templates.toml").read_text("utf-8"))
YES_NO = (Button("s1:yes", "Sì"), Button("s1:no", "No"))


@dataclass
class Memory:
    """An inbox that remembers; `full` lets it refuse."""

    clock: Any
    events: list[Event] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    full: bool = False

    async def take(self, events: Sequence[Event]) -> None:
        if self.full:
            raise Unready
        self.events += events

    async def report(self, report: StatusReport) -> None:
        if self.full:
            raise Unready
        self.reports.append(report)

    def now(self) -> datetime:
        return self.clock()


@dataclass
class World:
    """Everything a test needs."""

    fake: FakeTwilio
    config: WhatsAppConfig
    inbox: Memory
    channel: WhatsApp
    base: str
    letters: dict[int, Letter]
    """The outbox, where any process finds the file of a letter again."""

    @property
    def event(self) -> Event:
        """The only event so far."""
        (event,) = self.inbox.events
        return event

    @property
    def user(self) -> Any:
        """The person everyone talks of."""
        return self.fake.user(NUMBER)

    def recipient(self, *aliases: Address, language: str = "it", address: Address | None = None) -> Recipient:
        """The person as the delivery loop knows her."""
        address = address or Address("whatsapp", NUMBER, "phone")
        return Recipient(address, language, aliases, self.user.wrote)

    async def send(self, letter: Letter, to: Recipient | None = None) -> Receipt:
        """The letter goes out, and all callbacks come in."""
        self.letters[letter.number] = letter
        receipt = await self.channel.sender().send(letter, to or self.recipient())
        await self.fake.settled()
        return receipt

    async def templates(self) -> None:
        """All openers are at Twilio and approved."""
        await apply(self.config, TEMPLATES)


def links(letters: dict[int, Letter], now: Callable[[], datetime], key: str = KEY) -> Links:
    """Addresses of files as the process of an installation with this key makes them."""

    async def file_of(number: int) -> File | None:
        return letters[number].file if number in letters else None

    return Links(partial(KeyRing.parse(key).hash, "whatsapp.file"), file_of, now)


@asynccontextmanager
async def world(public: str = "https://wis.example", timeout: float = 5.0, **more: Any) -> AsyncIterator[World]:
    """The channel runs, the person has not written yet."""
    async with FakeTwilio(public_url=public) as fake:
        config = WhatsAppConfig(
            account_sid=fake.account_sid,
            auth_token=fake.auth_token,
            from_number=fake.sender,
            public_base_url=public,
            api_base_url=fake.url,
            content_base_url=fake.url,
            timeout=timeout,
            **more,
        )
        inbox = Memory(fake.now)
        letters: dict[int, Letter] = {}
        channel = WhatsApp(config, inbox, TEMPLATES, WORDS, links(letters, fake.now))
        app = web.Application()
        app.add_routes(channel.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.deliver_to = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield World(fake, config, inbox, channel, fake.deliver_to, letters)
        finally:
            await channel.close()
            await runner.cleanup()
