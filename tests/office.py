"""The program without any provider: lanes, turns and delivery on a database, and channels that keep what they get.

    async with open_office(database, content, needs) as office:
        await office.takes(office.says("1001", "ciao"))
        await office.sent_to("1001", 1)
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from bot.turns import Turns, address_hash
from conversations.engine import Engine
from conversations.events import Address, Chose, Event, Happening, Said
from conversations.facts import House
from conversations.flow import Flow
from conversations.program import engine
from scheduler.delivery import Delivery
from scheduler.files import file_sources
from scheduler.render import Renderer
from scheduler.sending import Letter, Receipt, Recipient, SendError
from storage import demo, forms, outbox, people
from storage.content import Content
from storage.db import Database
from storage.facts import World
from storage.faq_library import Answers
from storage.forms import Library
from storage.lanes import Lanes
from storage.workbooks import Report

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HOUSE = House("IRENE ETS", "+12025550123", "lun-ven 9-13", "IRENE ETS", "", False)
LIBRARY = Library()
"""Compiled forms, shared by all tests of a session: a version never changes."""


@dataclass
class Line:
    """A channel's way out that keeps what it is given; `trouble` is used up letter by letter.

    With `only_opener` every letter, with `closed` one to a reader without a window, is announced by an opener only.
    """

    channel: str = "telegram"
    sent: list[tuple[Letter, Recipient]] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    trouble: deque[SendError | None] = field(default_factory=deque)
    gate: asyncio.Event | None = None
    only_opener: bool = False
    closed: bool = False
    under_way: int = 0
    most_under_way: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        self.tried.append(letter.number)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await self._tell()
        try:
            if self.gate is not None:
                await self.gate.wait()
            trouble = self.trouble.popleft() if self.trouble else None
            if trouble is not None:
                raise trouble
            self.sent.append((letter, to))
            opener = self.only_opener or (self.closed and to.last_inbound is None)
            return Receipt((f"{self.channel}-{len(self.sent)}",), opener_only=opener)
        finally:
            self.under_way -= 1
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()
        await asyncio.sleep(0)

    async def until(self, true: Callable[[], object], seconds: float = 10.0) -> None:
        """Waits until this holds; it is asked again whenever something was sent or refused."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: bool(true()))

    def texts(self, value: str = "") -> list[str]:
        """What was sent to this address (or to all), title and paragraphs together."""
        return [told(letter) for letter, to in self.sent if value in ("", to.address.value)]


def told(letter: Letter) -> str:
    return "\n".join(part for part in (letter.title, *letter.body, letter.hint) if part)


@dataclass
class Office:
    """One process of the program."""

    database: Database
    lanes: Lanes
    world: World
    turns: Turns
    delivery: Delivery
    lines: dict[str, Line]
    now: datetime = NOW
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    roles: list[tuple[Address, frozenset[str]]] = field(default_factory=list)

    @property
    def line(self) -> Line:
        return self.lines["telegram"]

    def event(self, value: str, what: Happening, id: str = "", channel: str = "telegram", **more: object) -> Event:
        kind = "phone" if channel == "whatsapp" else "id"
        address = Address(channel, value, kind)
        return Event(id or f"e{next(self.numbers)}", address, self.now, what, **more)  # type: ignore[arg-type]

    def says(self, value: str, text: str, id: str = "", channel: str = "telegram") -> Event:
        return self.event(value, Said(text), id, channel)

    def taps(self, value: str, label: str, channel: str = "telegram", id: str = "") -> Event:
        """A tap on the newest button with this label that was sent to this address."""
        for letter, to in reversed(self.lines[channel].sent):
            for button in (*letter.choices, *letter.ways):
                if to.address.value == value and button.label == label:
                    return self.event(value, Chose(button.token, label), id, channel)
        raise AssertionError(f"{value} has no button {label!r}: {self.lines[channel].texts(value)[-1:]}")

    async def takes(self, *events: Event) -> None:
        await self.turns.take(events)

    async def hears(self, *events: Event, channel: str = "telegram") -> str:
        """The last text she got after these events, which bring at least one message."""
        line = self.lines[channel]
        before = len(line.sent)
        await self.turns.take(events)
        await line.until(lambda: len(line.sent) > before)
        await self.settled()
        return line.texts(events[0].address.value)[-1]

    async def settled(self) -> None:
        """Waits until nothing is in hand and all that was sent is recorded."""
        async with asyncio.timeout(10):
            while self.delivery._workers or (self.delivery._recording and not self.delivery._recording.done()):
                await asyncio.wait(self.delivery._workers or {self.delivery._recording})  # type: ignore[type-var]

    async def does(self, job: Callable[[Connection], object]) -> object:
        return await self.lanes.run(job)

    def person(self, value: str, channel: str = "telegram") -> people.KnownPerson:
        with self.database.read() as conn:
            found = people.find(conn, channel, [address_hash(self.world, Address(channel, value))], lock=False)
        assert found is not None, f"nobody has the address {value}"
        return found

    async def invite(self, role: str = "worker", firm: str | None = None) -> str:
        """A fresh code."""
        keys = self.database.keys
        return await self.lanes.run(
            lambda conn: demo.invite(conn, keys, firm, role, "employee", self.now, timedelta(days=30))
        )

    async def join(self, value: str, role: str = "worker", channel: str = "telegram") -> None:
        """She is a member, at the end of the road that members come by."""
        line = self.lines[channel]
        await self.hears(self.says(value, await self.invite(role), channel=channel), channel=channel)
        for label in ("Italiano", "Accetto", "No, grazie", "No, grazie", "Menù", "Menu"):
            if any(b.label == label for b in (*line.sent[-1][0].choices, *line.sent[-1][0].ways)):
                await self.hears(self.taps(value, label, channel), channel=channel)


@asynccontextmanager
async def open_office(
    database: Database,
    content: Content,
    needs: Report | None = None,
    *,
    node: str = "node-1",
    flows: Iterable[Flow] = (),
    channels: Iterable[str] = ("telegram", "whatsapp"),
    running: bool = True,
) -> AsyncIterator[Office]:
    """One process. With `needs` the questionnaire is open; `flows` are the program's unless given; only a `running`
    one claims what is due."""
    lanes = Lanes(database)
    lines = {channel: Line(channel) for channel in channels}
    world = World(content, lambda: HOUSE, database.keys, LIBRARY, Answers((), ()))
    delivery = Delivery(lanes, lines, Renderer(content.catalog, file_sources(database)), lambda: office.now, node)
    turns = Turns(
        lanes, world, Engine(tuple(flows)) if flows else engine(), delivery, lambda: office.now,
        lambda address, roles: office.roles.append((address, roles)),  # type: ignore[arg-type]
    )
    office = Office(database, lanes, world, turns, delivery, lines)
    if node:
        await lanes.run(lambda conn: outbox.beat(conn, node, office.now))
    if needs is not None:
        await lanes.run(lambda conn: _open_wave(conn, needs))
    task = asyncio.create_task(delivery.run()) if running else None
    try:
        yield office
    finally:
        await delivery.close(2.0)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await lanes.close()


def _open_wave(conn: Connection, needs: Report) -> None:
    assert needs.xml is not None
    if needs.version not in forms.versions(conn, "needs"):
        forms.publish(conn, "needs", needs.version, needs.title, b"", needs.xml, NOW)
        forms.open_wave(conn, "wave", "needs", needs.version, NOW, NOW + timedelta(days=60))
