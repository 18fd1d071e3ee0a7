"""The way out: claims what is due, sends it in order per reader, records what became of it.

A row that this process claimed at birth is sent without another transaction; what was sent is recorded in groups.
Replies never wait for anything else: only alerts and bulk pass a bucket of the channel, each their own.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast

from sqlalchemy import Connection

from conversations.events import Address
from conversations.message_json import message_from_json
from conversations.messages import Message
from conversations.news.views import Outcome
from scheduler.limits import COURTESY, Bucket, Pace
from scheduler.render import NotYet, Renderer
from scheduler.sending import (
    Doubtful,
    Letter,
    Misconfigured,
    Receipt,
    Recipient,
    Refused,
    Sender,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from storage import events, outbox, people, voucher_readers
from storage.effects import Posted
from storage.lanes import Lanes
from storage.news import results
from storage.people import KnownAddress

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Letters of one channel on their way at the same time."""

PATIENCE: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between the tries that keep the row in hand; after them it waits in the database."""

LONGEST_HOLD: Final = 60.0
"""Seconds a row may wait in memory for a provider's pause; a longer pause is waited for in the database."""

MOST_ATTEMPTS: Final = 40
DEAD_AFTER: Final = timedelta(seconds=20)
BEAT_EVERY: Final = 5.0
CLAIM_AT_ONCE: Final = 200
LAST_WORDS: Final = 1.5
"""Seconds at the end to record what was sent; what cannot be recorded then is sent again by another process."""
BULK_RATE: Final = 25.0
"""Telegram asks for at most about 30 bulk messages a second (Bots FAQ); Twilio's default is 80."""


def paces() -> dict[str, Pace]:
    """The limits of a process's channels: Telegram about 30 letters of bulk a second (Bots FAQ; channels.md 5.4),
    Twilio 80 per sender (6.4)."""
    return {"telegram": Pace(30, 1.005, 29.8), "whatsapp": Pace(60, 1.005, 59.5), "simulator": Pace(30, 1.005, 29.8)}


@dataclass(slots=True)
class Waiting:
    """A claimed row in this process's hands."""

    number: int
    person_id: str | None
    address: KnownAddress
    language: str
    lane: int
    message: Message
    replaces: str
    aliases: tuple[KnownAddress, ...]
    attempts: int = 0
    doubts: int = 0


@dataclass(slots=True)
class Delivery:
    """One process's delivery to all channels."""

    lanes: Lanes
    senders: Mapping[str, Sender]
    renderer: Renderer
    now: Callable[[], datetime]
    node: str
    count: Callable[[str, str], None] = lambda channel, outcome: None
    _queues: dict[str, deque[Waiting]] = field(default_factory=dict)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _sent: list[tuple[int, str, bool]] = field(default_factory=list)
    _recording: asyncio.Task[None] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    paces: dict[str, Pace] = field(default_factory=paces)
    """How fast each channel may be used; the newsletter's run waits for it, replies only take their place in it."""
    _held: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _slots: dict[str, asyncio.Semaphore] = field(default_factory=lambda: defaultdict(_slots))
    _buckets: dict[tuple[str, int], Bucket] = field(default_factory=lambda: defaultdict(_bucket))
    _in_hand: set[int] = field(default_factory=set)
    _unrecorded: dict[int, int] = field(default_factory=dict)
    """The rows that were sent and not yet recorded so, with their reader's address."""
    _behind: bool = False
    _beaten: float = float("-inf")
    _closing: bool = False

    def deliver(self, posted: Sequence[Posted]) -> None:
        """These committed rows are on their way; those another process must send first are left to the claims."""
        for post in posted:
            if post.claimed and not self._closing:
                self._enqueue(
                    Waiting(
                        post.number,
                        post.person_id,
                        post.address,
                        post.language,
                        post.lane,
                        post.message,
                        post.replaces,
                        post.aliases,
                    )
                )
            else:
                self._behind = True
                self._wake.set()

    def nudge(self) -> None:
        """Look at once for rows that are due."""
        self._wake.set()

    def hold(self, channel: str, seconds: float) -> None:
        """Nothing leaves on this channel for so long: its provider asked for a pause."""
        self._held[channel] = max(self._held[channel], time.monotonic() + seconds)

    def resting(self, channel: str) -> float:
        """For how many seconds more nothing may leave on this channel."""
        return max(0.0, self._held[channel] - time.monotonic())

    async def settled(self) -> None:
        """Nothing is in hand any more: what was handed over is sent, or waits in the database."""
        while self._workers:
            await asyncio.wait(tuple(self._workers))

    async def run(self) -> None:
        """Claims what is due, at least every second, until closed or cancelled."""
        while not self._closing:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 1.0)
            self._wake.clear()
            if self._closing:
                return
            try:
                found = await self.lanes.run(self._claim)
            except Exception as error:
                log.warning("the outbox cannot be read now: %s", type(error).__name__)
                continue
            self._behind = bool(found)
            for waiting in () if self._closing else found:
                self._enqueue(waiting)
            if len(found) == CLAIM_AT_ONCE:
                self._wake.set()

    async def close(self, grace: float) -> None:
        """What is in hand is sent or given back: at most `grace` seconds and LAST_WORDS later this process claims
        nothing, even if the database cannot be told."""
        self._closing = True
        self._wake.set()
        if self._workers:
            await asyncio.wait(self._workers, timeout=grace)
        workers = tuple(self._workers)
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_WORDS):
                if self._recording is not None:
                    await asyncio.wait({self._recording})
                await self._record_now()
                await self.lanes.run(partial(outbox.leave, nodes=[self.node]))
        except Exception as error:
            log.warning("what was sent last could not be recorded: %s", type(error).__name__)
        finally:
            if self._recording is not None:
                self._recording.cancel()

    def take_report(
        self,
        conn: Connection,
        channel: str,
        number: int,
        ref: str,
        status: str,
        code: str,
        reason: str,
        again: str,
        at: datetime,
    ) -> None:
        """The row of the outbox, or of the newsletter (its numbers are negative), has this status unless it had a
        higher one. `again` is what the failure asks for: "window" sends
        the opener instead, "later" tries once more in a day, "" nothing.

        A failure counts once, however often it is reported, and nothing that is told later of the same message
        touches the row any more: it may be on its way again.
        """
        if ref and status == outbox.FAILED:
            if not events.note(conn, channel, _failure(ref), "Report", at):
                return
        elif ref and events.known(conn, channel, _failure(ref)):
            return
        row = None if number < 0 else outbox.report(conn, channel, number, ref, status, code, reason)
        if row is None and number <= 0:
            news = partial(results.report, conn, channel, -number, ref, cast(Outcome, status), code, reason, again)
            news(tuple(self.senders), at)
            return
        if row is None or status != outbox.FAILED or row.attempts >= 2:
            return
        if again == "window" and row.address_id is not None:
            people.close_window(conn, row.address_id)
            outbox.put_back(conn, row.id, at, code, reason)
        elif again == "later":
            outbox.put_back(conn, row.id, at + timedelta(days=1), code, reason)

    def _claim(self, conn: Connection) -> list[Waiting]:
        at = self.now()
        if time.monotonic() - self._beaten >= BEAT_EVERY:
            outbox.beat(conn, self.node, at)
            outbox.let_go(conn, self.node, (*self._in_hand, *self._unrecorded), at)
            self._beaten = time.monotonic()
        found = []
        for row in outbox.claim(conn, self.node, at - DEAD_AFTER, at, CLAIM_AT_ONCE):
            try:
                waiting = self._waiting(conn, row)
            except ValueError:
                # written by another version of this program: it must not keep all the others from leaving
                outbox.give_up(conn, row.id, "damaged", "the message cannot be read")
                continue
            if waiting is None:
                outbox.give_up(conn, row.id, "gone", "the address or the message is gone")
            else:
                found.append(waiting)
        return found

    def _waiting(self, conn: Connection, row: outbox.Claimed) -> Waiting | None:
        body = row.body
        if not isinstance(body, dict) or not isinstance(body.get("message"), dict):
            return None
        aliases: tuple[KnownAddress, ...] = ()
        if row.farewell is not None:
            kind, _, value = row.farewell.partition(":")
            address = KnownAddress(0, row.channel, kind, value, self.now(), False)
        else:
            known = None if row.person_id is None else people.find_by_id(conn, row.person_id, lock=False)
            mine = () if known is None else known.addresses
            here = next((a for a in mine if a.id == row.address_id), None)
            if here is None:
                return None
            address = here
            aliases = tuple(a for a in mine if a.channel == here.channel and a.id != here.id)
        return Waiting(
            row.id,
            row.person_id,
            address,
            str(body.get("language")),
            row.lane,
            message_from_json(body["message"]),  # type: ignore[arg-type]
            row.replaces,
            aliases,
            row.attempts,
        )

    def _enqueue(self, waiting: Waiting) -> None:
        # a reply does not queue behind an alert or bulk that waits for its turn
        key = f"{waiting.address.channel}:{waiting.address.value}:{'later' if waiting.lane else 'reply'}"
        self._in_hand.add(waiting.number)
        line = self._queues.get(key)
        if line is None:
            self._queues[key] = deque([waiting])
            worker = asyncio.create_task(self._serve(key))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        else:
            line.append(waiting)

    async def _serve(self, key: str) -> None:
        """Send one reader's letters in order, until there are none."""
        line = self._queues[key]
        try:
            while line:
                waiting = line[0]
                await self._earlier_recorded(waiting)
                finished = await self._attend(waiting)
                self._in_hand.discard(line.popleft().number)
                # it waits in the database now, and what comes after it must not overtake it
                while line and not finished:
                    back = partial(outbox.put_back, due_at=self.now(), code="", reason="", counts=False)
                    await self.lanes.run(partial(back, key=line[0].number))
                    self._in_hand.discard(line.popleft().number)
        except Exception as error:
            # the rows are let go after a while, and claimed again
            log.warning("what became of a message cannot be recorded: %s", type(error).__name__)
        finally:
            self._in_hand.difference_update(waiting.number for waiting in line)
            del self._queues[key]

    async def _attend(self, waiting: Waiting) -> bool:
        """True if the row is finished with; False if it was put back to wait."""
        channel = waiting.address.channel
        for pause in (*PATIENCE, None):
            try:
                receipt = await self._send(waiting)
            except NotYet:
                error: SendError = Unavailable("the file is not here yet", "file")
            except Throttled as throttled:
                self.count(channel, "throttled")
                if throttled.whole_channel:
                    self.hold(channel, throttled.after)
                if throttled.after > LONGEST_HOLD:
                    return await self._put_back(waiting, throttled.after, throttled, counts=False)
                if not throttled.whole_channel:
                    await asyncio.sleep(throttled.after)
                error = throttled
                if pause is None:
                    return await self._put_back(waiting, throttled.after, error, counts=False)
                continue
            except WindowClosed as closed:
                if waiting.address.last_inbound is None:
                    return await self._give_up(waiting, closed)
                waiting.address = _without_window(waiting.address)
                await self.lanes.run(partial(people.close_window, address_id=waiting.address.id))
                continue
            except Unreachable as unreachable:
                return await self._lose(waiting, unreachable)
            except Refused as refused:
                log.error("%s refuses message %d: %s %s", channel, waiting.number, refused.code, refused.reason)
                return await self._give_up(waiting, refused)
            except Doubtful as doubtful:
                waiting.doubts += 1
                error = doubtful
            except SendError as other:
                error = other
            except Exception as bug:
                log.exception("message %d cannot be rendered or sent", waiting.number)
                return await self._give_up(waiting, Refused(type(bug).__name__, "bug"))
            else:
                return await self._done(waiting, receipt)
            self.count(channel, type(error).__name__.lower())
            if pause is None or self._closing or isinstance(error, Misconfigured):
                after = min(60.0 * (waiting.attempts + 1), 900.0)
                return await self._put_back(waiting, after, error, counts=not isinstance(error, Misconfigured))
            await asyncio.sleep(pause)
        return await self._put_back(waiting, 0.0, WindowClosed(), counts=True)

    async def _send(self, waiting: Waiting) -> Receipt:
        channel = waiting.address.channel
        sender = self.senders.get(channel)
        if sender is None:
            raise Misconfigured(f"the channel {channel} is not switched on", "off")
        letter = await self._letter(waiting)
        if waiting.lane:
            await asyncio.sleep(self._buckets[channel, waiting.lane].wait(time.monotonic()))
        to = Recipient(
            _address(waiting.address),
            waiting.language,
            tuple(_address(a) for a in waiting.aliases),
            waiting.address.last_inbound,
        )
        async with self._slots[channel]:
            # asked last of all: the provider may have said so while this letter waited for its turn
            while (held := self.resting(channel)) > 0:
                if held > LONGEST_HOLD:
                    raise Throttled(held, "the channel rests")
                await asyncio.sleep(held)
            pace = self.paces.get(channel)
            if pace is None:
                return await sender.send(letter, to)
            place, latest = pace.reply(), time.monotonic() + COURTESY
            try:
                while (now := time.monotonic()) < latest and (turn := pace.turn(now)):
                    await asyncio.sleep(turn)
                pace.leaves(place, time.monotonic())
                return await sender.send(letter, to)
            finally:
                pace.answered(place, time.monotonic())

    async def _letter(self, waiting: Waiting) -> Letter:
        make = partial(
            self.renderer.letter,
            waiting.number,
            waiting.message,
            waiting.language,
            waiting.replaces,
            waiting.person_id,
        )
        # only files need the database, and so a thread
        return await asyncio.to_thread(make) if waiting.message.attachment else make()

    async def _done(self, waiting: Waiting, receipt: Receipt) -> bool:
        self.count(waiting.address.channel, "opener" if receipt.opener_only else "sent")
        ref = receipt.refs[0] if receipt.refs else ""
        if receipt.opener_only:
            await self.lanes.run(partial(outbox.park, key=waiting.number, ref=ref, at=self.now()))
            return True
        self._unrecorded[waiting.number] = waiting.address.id
        self._sent.append((waiting.number, ref, waiting.person_id is None))
        if self._recording is None or self._recording.done():
            self._recording = asyncio.create_task(self._record())
        return True

    async def _earlier_recorded(self, waiting: Waiting) -> None:
        """What this reader was sent before is on record, so that after a crash at most her last message comes
        twice."""
        while waiting.address.id in self._unrecorded.values():
            if self._recording is None or self._recording.done():
                return
            self.lanes.hurry()
            await asyncio.wait({self._recording})

    async def _record(self) -> None:
        while self._sent:
            try:
                await self._record_now()
            except Exception as error:
                log.warning("what was sent cannot be recorded now: %s", type(error).__name__)
                await asyncio.sleep(1.0)

    async def _record_now(self) -> None:
        """What was sent is recorded together with the next turn, in one commit, or soon."""
        if not self._sent:
            return
        batch: list[tuple[int, str, bool]] = []

        def write(conn: Connection) -> None:
            # looked at as late as possible, so that a message is recorded before its reader's answer to it
            batch[:] = self._sent
            outbox.mark_sent(conn, [(number, ref) for number, ref, _ in batch], self.now())
            if any(farewell for _, _, farewell in batch):
                outbox.drop_farewells(conn)

        await self.lanes.run(write, patient=True)
        del self._sent[: len(batch)]
        for number, _, _ in batch:
            self._unrecorded.pop(number, None)
        if self._behind:
            # the next message of the same reader waits for just this
            self._wake.set()

    async def _put_back(self, waiting: Waiting, after: float, error: SendError, counts: bool) -> bool:
        if waiting.attempts >= MOST_ATTEMPTS:
            return await self._give_up(waiting, error)
        due = self.now() + timedelta(seconds=after)
        await self.lanes.run(
            partial(
                outbox.put_back,
                key=waiting.number,
                due_at=due,
                code=error.code or type(error).__name__,
                reason=error.reason,
                counts=counts,
            )
        )
        return False

    async def _give_up(self, waiting: Waiting, error: SendError) -> bool:
        self.count(waiting.address.channel, "failed")
        code = error.code or type(error).__name__
        await self.lanes.run(partial(outbox.give_up, key=waiting.number, code=code, reason=error.reason))
        return True

    async def _lose(self, waiting: Waiting, error: Unreachable) -> bool:
        """The reader cannot be reached there: note it, and try another address for what is no reply, or wait with
        what must not be lost until she lets us write again."""
        self.count(waiting.address.channel, "unreachable")
        await self.lanes.run(partial(self._readdress, waiting=waiting, error=error))
        self._wake.set()
        return True

    def _readdress(self, conn: Connection, waiting: Waiting, error: Unreachable) -> None:
        at = self.now()
        people.mark_blocked(conn, waiting.address.id, at)
        if waiting.person_id is not None:
            voucher_readers.gone_silent(conn, waiting.person_id, at)
        known = None if waiting.person_id is None else people.find_by_id(conn, waiting.person_id, lock=False)
        for_her = waiting.lane or waiting.message.waits
        if for_her and known is not None and not known.here.blocked and known.here.id != waiting.address.id:
            outbox.readdress(conn, waiting.number, known.here.id, known.here.channel, at)
        elif waiting.message.waits:
            outbox.park(conn, waiting.number, "", at)
        else:
            outbox.give_up(conn, waiting.number, error.code or "unreachable", error.reason)


def _failure(ref: str) -> str:
    return f"{ref[:100]}:failed"


def _slots() -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


def _bucket() -> Bucket:
    return Bucket(BULK_RATE, 5)


def _address(known: KnownAddress) -> Address:
    return Address(known.channel, known.value, known.kind)


def _without_window(address: KnownAddress) -> KnownAddress:
    return KnownAddress(address.id, address.channel, address.kind, address.value, None, address.blocked)
