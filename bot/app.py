"""The running program: receives, works, sends, and ends in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from bot.channels.contract import Channel, KeepsAList
from bot.clock import Clock
from bot.settings import Settings
from bot.turns import Turns
from bot.web import Pulse, read_pulse, web_app
from scheduler.broadcast import Broadcast
from scheduler.chores import fetch_files, ring_timers
from scheduler.clock import Chores, start_clock
from scheduler.delivery import Delivery
from scheduler.durable import Durable
from scheduler.issues import begin_issues, enqueue_issues, expire_digests, show_progress
from scheduler.news_files import read_news_files
from scheduler.sending import Sender, SendError
from storage import notes
from storage.content import Content
from storage.db import Database
from storage.faq_library import Answers
from storage.faq_stale import review
from storage.lanes import Lanes
from storage.retention import retain

log = logging.getLogger(__name__)

DRAIN_SECONDS = 8.0
"""Seconds to finish what is in hand after SIGTERM, so that the whole end takes less than ten."""

WARM_SECONDS = 3.0
"""Seconds after the start at which this process makes the index of the answers, where no other one does."""

SEEN = "whatsapp.seen"


@dataclass(slots=True)
class App:
    """A program with its database open and its channels made; nothing is received or sent before `serve`."""

    settings: Settings
    database: Database
    lanes: Lanes
    clock: Clock
    content: Content
    turns: Turns
    delivery: Delivery
    channels: list[Channel] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    port: int = 0
    warm_after: float = WARM_SECONDS
    answers: Answers | None = None
    broadcast: Broadcast | None = None
    durable: Durable | None = None
    visit_feeds: Callable[[], Awaitable[object]] | None = None
    _ringing: set[asyncio.Future[None]] = field(default_factory=set)

    async def pulse(self) -> Pulse:
        """What the database says of the program now."""
        return await asyncio.to_thread(read_pulse, self.database, self.clock.now())

    def add(self, channel: Channel) -> None:
        """The channel is served too; before `serve` only."""
        self.channels.append(channel)
        senders: dict[str, Sender] = {**self.delivery.senders, channel.name: channel.sender()}
        self.delivery.senders = senders

    async def serve(self, stop: asyncio.Event, started: Callable[["App"], None] = lambda app: None) -> None:
        """Receives and sends until `stop` is set, then drains: what was acknowledged is committed, what can still
        be sent in DRAIN_SECONDS is sent."""
        tasks = [asyncio.create_task(self.delivery.run(), name="delivery")]
        tasks += [asyncio.create_task(self._channel(channel), name=channel.name) for channel in self.channels]
        tasks.append(asyncio.create_task(self._warm(), name="answers"))
        tasks.append(asyncio.create_task(self._go_on(), name="newsletter"))
        runner = web.AppRunner(
            web_app(self.channels, self.pulse, self.clock.now, "WIS Bot"), access_log=None, shutdown_timeout=2.0
        )
        scheduler = start_clock(self._chores(), self.settings.zone, self.settings.rule)
        try:
            await runner.setup()
            site = web.TCPSite(runner, self.settings.http_host, self.settings.http_port)
            await site.start()
            self.port = runner.addresses[0][1]
            self.delivery.nudge()
            started(self)
            await stop.wait()
        finally:
            scheduler.shutdown(wait=False)
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            await runner.cleanup()
            await self._close_sending()
            tasks[0].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for channel in self.channels:
                await channel.close()

    async def _warm(self) -> None:
        """The first question need not wait for the index; the first replies need not wait for it either."""
        if self.answers is not None:
            await asyncio.sleep(self.warm_after)
            await asyncio.to_thread(self.answers.refresh, self.database)

    async def _go_on(self) -> None:
        """What a process that ended left to be sent goes on at once."""
        try:
            await self.send_newsletters()
        except Exception:
            log.exception("the newsletter is looked at again in a moment")

    async def attend(self, chat: Awaitable[None]) -> None:
        """Sends and keeps the timers, without any web server, until the chat is over."""
        sending = asyncio.create_task(self.delivery.run(), name="delivery")
        scheduler = start_clock(self._chores(), self.settings.zone, self.settings.rule)
        try:
            await chat
        finally:
            scheduler.shutdown(wait=False)
            await self._close_sending()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            for channel in self.channels:
                await channel.close()

    async def _channel(self, channel: Channel) -> None:
        """A channel that fails for a reason of ours is started again; the others do not notice."""
        pause = 1.0
        while True:
            try:
                if isinstance(channel, KeepsAList):
                    await self._reconcile(channel)
                await channel.run()
                return
            except Exception:
                channel.health.state = "failing"
                log.exception("the channel %s failed and starts again in %.0f seconds", channel.name, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)

    async def _reconcile(self, channel: KeepsAList) -> None:
        """What reached the provider while we were away is worked like everything else."""
        now = self.clock.now()
        seen = await self.lanes.run(partial(notes.read_note, name=SEEN))
        since = datetime.fromisoformat(seen) if isinstance(seen, str) else now - timedelta(hours=1)
        try:
            await self.turns.take(await channel.missed(since - timedelta(minutes=5)))
        except SendError as error:
            log.warning("WhatsApp cannot be asked what we missed: %s", error)
            return
        await self.lanes.run(partial(notes.write_note, name=SEEN, value=now.isoformat()))

    def _chores(self) -> Chores:
        async def answers() -> None:
            if self.answers is not None:
                await asyncio.to_thread(self.answers.refresh, self.database)

        async def files() -> None:
            channels = {channel.name: channel for channel in self.channels}
            await fetch_files(self.lanes, channels, self.clock.now())
            if await read_news_files(self.lanes, channels, self.clock.now()):
                # an editor waits in front of the chat to hear what became of hers
                await ring_timers(self.lanes, self.turns.take_timer, self.clock.now)

        async def missed() -> None:
            for channel in self.channels:
                if isinstance(channel, KeepsAList):
                    await self._reconcile(channel)

        async def feeds() -> None:
            if self.visit_feeds is not None:
                await self.visit_feeds()

        async def expiry() -> None:
            await expire_digests(self.lanes, self.clock.now())

        async def night() -> None:
            await self.lanes.run(partial(retain, at=self.clock.now()))
            await self.lanes.run(partial(review, at=self.clock.now(), zone=self.settings.zone))

        return Chores(
            timers=self._timers,
            files=files,
            newsletter=self._newsletter,
            recipients=self._recipients,
            progress=self._progress,
            answers=answers,
            missed=missed,
            expiry=expiry,
            feeds=feeds,
            night=night,
        )

    async def _timers(self) -> None:
        await ring_timers(self.lanes, self.turns.take_timer, self.clock.now)

    async def _newsletter(self) -> None:
        """What the calendar starts begins: its coordinator sees it, its recipients have their rows, and it leaves."""
        zone, node = self.settings.zone, self.delivery.node
        if await begin_issues(self.lanes, self.clock.now(), self.settings.rule, zone, node):
            await self._progress()
            await self._recipients()

    async def _recipients(self) -> None:
        names = tuple(self.delivery.senders)
        await enqueue_issues(self.lanes, names, self.clock.now(), self.settings.zone)
        await self.send_newsletters()

    async def _progress(self) -> None:
        if await show_progress(self.lanes, self.database, self.clock.now()):
            self.delivery.nudge()

    async def send_newsletters(self) -> None:
        """Every channel where something of the newsletter is due has its run, on this process or another one."""
        if self.broadcast is not None and self.durable is not None:
            await self.broadcast.begin(self.durable)

    async def _close_sending(self) -> None:
        """What is on its way is sent or given back, within DRAIN_SECONDS."""
        grace = DRAIN_SECONDS - 4.0
        closing = [self.delivery.close(grace)]
        if self.broadcast is not None:
            closing.append(self.broadcast.close(grace))
        await asyncio.gather(*closing)
        if self.durable is not None:
            await self.durable.close(2.0)

    def ring(self) -> None:
        """What came due is worked now (the clock was moved)."""

        async def rung() -> None:
            await self._newsletter()
            await self._timers()
            self.delivery.nudge()

        task = asyncio.ensure_future(rung())
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)
