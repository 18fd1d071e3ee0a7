"""The real program against a local Telegram and a local Twilio, with the simulator and the terminal beside them.

Everything is as in service: settings, wiring, web server, webhooks with their signatures, long polling, an SQLite
file, the questionnaire of content/. Only the clock can be moved, and it begins on a Monday morning in 2035, so that
dates in the dialogues are always the same and nobody's quiet hours interfere.
"""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from rich.console import Console
from sqlalchemy import func, select

from bot.app import App
from bot.assembly import opened, whatsapp_config
from bot.channels.telegram import TelegramChannel
from bot.channels.terminal import Terminal
from bot.channels.whatsapp_sync import apply
from bot.channels.whatsapp_templates import read_templates
from bot.settings import Settings
from scheduler.chores import fetch_files, ring_timers
from scheduler.news_files import read_news_files
from storage import forms, network, seeds
from storage.content import content_folder
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.migrate import upgrade
from storage.outbox import OUTBOX
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.twilio_api import FakeTwilio

MORNING = datetime(2035, 3, 5, 9, 0, tzinfo=UTC)
"""Monday, 10:00 in Rome."""
PUBLIC = "https://wis.example"
KEY = new_key()
SECRET = "a-webhook-word-for-tests"
FIRM = "Sartoria Inventata"
BOT = "wis_fiction_bot"
SETTLE_SECONDS = 20.0


@dataclass
class Program:
    """A running program and everything around it."""

    app: App
    telegram: FakeTelegram
    twilio: FakeTwilio
    http: aiohttp.ClientSession
    terminal: Terminal
    screen: StringIO
    typed: "Keyboard"
    firms: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the program's web server."""
        return f"http://127.0.0.1:{self.app.port}"

    @property
    def webhook_mode(self) -> bool:
        """Whether Telegram calls us, instead of being polled."""
        return self.app.settings.telegram_mode == "webhook"

    async def settled(self) -> None:
        """Everything that happened was worked, and everything that is due was sent and reported."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while True:
                await self.telegram.updates.settled(SETTLE_SECONDS)
                channels = {channel.name: channel for channel in self.app.channels}
                await fetch_files(self.app.lanes, channels, self.app.clock.now())
                await read_news_files(self.app.lanes, channels, self.app.clock.now())
                await self.app.delivery.settled()
                await self.twilio.settled()
                if not await self.app.lanes.run(self._due):
                    return
                self.app.delivery.nudge()
                await asyncio.sleep(0.005)

    async def wait(self, seconds: float) -> None:
        """So much time has passed for the program and for Twilio, and what came due was worked."""
        await self.app.clock.advance(int(seconds))
        self.twilio.advance(seconds=int(seconds))
        await ring_timers(self.app.lanes, self.app.turns.take_timer, self.app.clock.now)
        self.app.delivery.nudge()
        await self.settled()

    async def invite(self, code: str, role: str = "worker", contract: str = "employee", days: float = 14) -> str:
        """The code, which lets one person in for so many days."""
        firm = await self._firm() if role in ("worker", "referent") else None
        add = partial(
            network.add_invitation,
            key=secrets.token_urlsafe(16),
            code_hash=self.app.database.keys.hash("invitation", code),
            enterprise_id=firm,
            role=role,
            contract=contract if role == "worker" else "",
            at=self.app.clock.now(),
            expires_at=self.app.clock.now() + timedelta(days=days),
        )
        await self.app.lanes.run(lambda conn: add(conn))
        return code

    async def count(self, table: Any, *where: Any) -> int:
        """How many rows of the table are like this."""
        query = select(func.count()).select_from(table).where(*where)
        return int(await self.app.lanes.run(lambda conn: conn.execute(query).scalar_one()))

    async def rows(self, query: Any) -> list[Any]:
        """What the database answers."""
        return list(await self.app.lanes.run(lambda conn: conn.execute(query).all()))

    async def _firm(self) -> str:
        if FIRM not in self.firms:
            self.firms[FIRM] = secrets.token_urlsafe(16)
            await self.app.lanes.run(lambda conn: network.add_enterprise(conn, self.firms[FIRM], FIRM, "4_9"))
        return self.firms[FIRM]

    def _due(self, conn: Any) -> int:
        c = OUTBOX.c
        query = select(func.count()).where(c.rank == 0, c.due_at <= self.app.clock.now())
        return int(conn.execute(query).scalar_one())


class Keyboard:
    """The terminal's input: one line after another, each worked before the next is typed."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._asked = asyncio.Event()

    async def read(self) -> str:
        """For the terminal: the next line."""
        self._asked.set()
        return await self._lines.get()

    async def type(self, line: str) -> None:
        """The line was typed and worked."""
        await self._asked.wait()
        self._asked.clear()
        self._lines.put_nowait(line)
        await self._asked.wait()


class PunctualTelegram(FakeTelegram):
    """The local Telegram, whose clock is the program's."""

    clock: Any = None

    def seconds(self) -> int:
        return int(self.clock().timestamp()) if self.clock else super().seconds()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(folder: Path, *, webhook: bool = False, **changes: Any) -> AsyncIterator[Program]:
    """The program serves; a wave of the questionnaire is open for 60 days, a firm is known, nobody has joined.

    With `webhook` Telegram calls the program; else the program polls. `changes` are settings.
    """
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(PunctualTelegram(username=BOT))
        twilio = await stack.enter_async_context(FakeTwilio(public_url=PUBLIC))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        port = free_port()
        if webhook:
            twilio.public_url = f"http://127.0.0.1:{port}"
        (folder / "wis.db").write_bytes(await asyncio.to_thread(_blank))
        settings = _settings(folder, telegram, twilio, port, webhook, changes)
        if settings.whatsapp:
            texts = (content_folder() / "templates.toml").read_text("utf-8")
            await apply(whatsapp_config(settings), read_templates(texts))
        app = await stack.enter_async_context(opened(settings))
        await app.clock.allow_moving(app.lanes, lambda: None)
        ahead = MORNING - datetime.now(UTC)
        await app.clock.advance(int(ahead.total_seconds()))
        twilio.shift, telegram.clock = ahead, app.clock.now
        screen, keyboard = StringIO(), Keyboard()
        console = Console(file=screen, width=400, highlight=False)
        terminal = Terminal(app.turns, "Tessa", "it", console, keyboard.read, app.delivery.settled)
        app.add(terminal)
        program = Program(app, telegram, twilio, http, terminal, screen, keyboard)
        await app.lanes.run(partial(_open_wave, at=app.clock.now()))
        stop, started = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(app.serve(stop, lambda _: started.set()))
        try:
            await _first(started.wait(), serving)
            twilio.deliver_to = program.url
            await _named(app)
            yield program
        finally:
            stop.set()
            await serving


async def _first(ready: Any, serving: asyncio.Task[None]) -> None:
    """Waits until the program serves; raises what kept it from serving."""
    waiting = asyncio.ensure_future(ready)
    done, _ = await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    if serving in done:
        waiting.cancel()
        serving.result()


async def _named(app: App) -> None:
    """The program knows the bot's name, which stands in the links it makes."""
    channel = next((c for c in app.channels if isinstance(c, TelegramChannel)), None)
    async with asyncio.timeout(SETTLE_SECONDS):
        while channel is not None and (channel.health.state == "starting" or not channel.username):
            await asyncio.sleep(0.005)


@cache
def _blank() -> bytes:
    """A database as the first start leaves it, with its schema and the questionnaire: made once, then copied."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wis.db"
        database = Database(f"sqlite:///{file}", KeyRing.parse(KEY))
        upgrade(database)
        with database.write() as conn:
            seeds.needs_form(conn, content_folder(), datetime.now(UTC))
        with database.read() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return file.read_bytes()


def _open_wave(conn: Any, at: datetime) -> None:
    version = forms.versions(conn, seeds.NEEDS)[-1]
    # Telegram dates its messages in whole seconds, so that the first ones are a little older than the program.
    began = at - timedelta(minutes=1)
    forms.open_wave(conn, secrets.token_urlsafe(16), seeds.NEEDS, version, began, at + timedelta(days=60))


def _settings(
    folder: Path, telegram: FakeTelegram, twilio: FakeTwilio, port: int, webhook: bool, changes: dict[str, Any]
) -> Settings:
    usual: dict[str, Any] = {
        "data_dir": folder,
        "http_port": port,
        "simulator": True,
        "public_base_url": twilio.public_url,
        "wis_secret_keys": KEY,
        "telegram_bot_token": TOKEN,
        "telegram_mode": "webhook" if webhook else "polling",
        "telegram_webhook_secret": SECRET,
        "telegram_api_base_url": telegram.url,
        "twilio_account_sid": twilio.account_sid,
        "twilio_auth_token": twilio.auth_token,
        "twilio_whatsapp_from": twilio.sender,
        "twilio_api_base_url": twilio.url,
        "twilio_content_base_url": twilio.url,
        "controller_name": "IRENE ETS",
        "privacy_contact": "privacy@wis.example",
        "office_phone": "+12025550123",
    }
    return Settings.load(None, **(usual | changes))
