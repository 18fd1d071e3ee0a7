"""One run of the newsletter on one channel: a few rows in hand, sent at an even pace, recorded as it goes.

Two loops share the hand. One talks to the database: in one transaction it says that the run lives, records what
became of the letters, and takes the next ones. The other sends: it waits for the channel's next free moment and makes
sure that the run has not been taken for dead. So at most `hand` letters can come twice after a crash, and each is
counted.
"""

import asyncio
import contextlib
import heapq
import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count

from sqlalchemy import Connection

from conversations.events import Address
from conversations.messages import Message
from conversations.news.views import Issue, Wishes
from scheduler.delivery import Delivery
from scheduler.limits import Pace
from scheduler.reactions import BUG, LONGEST_IN_HAND, PAUSES, Again, Rest, Streaks, react
from scheduler.sending import Letter, Receipt, Recipient, Refused, SendError
from storage.news import claims, results, runs
from storage.news.claims import Claimed, Claims, Terms
from storage.news.results import Result
from storage.news.views import issue as read_issue
from storage.people import KnownAddress

log = logging.getLogger(__name__)

AT_ONCE = 2000
"""Rows put off in one transaction."""
FOREVER = datetime.max.replace(tzinfo=UTC)
LAST_WORDS = 1.5
"""Seconds at the end to record what was sent; what cannot be recorded then is counted as doubtful by the next run."""

Digest = Callable[[Issue, Wishes, str, date], Message]
"""The issue as this reader reads it, in her language, on this day."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a run behaves on its channel: how many rows in hand, the hours (local, from and before), the openers a day
    (None: no limit), and after how many seconds without a sign of life it is given up for dead."""

    hand: int = 5
    hours: tuple[int, int] = (0, 24)
    openers: int | None = None
    lost_after: float = 20.0
    beat_every: float = 5.0
    linger: float = 30.0
    """Seconds for which a run waits for somebody who is due soon."""


@dataclass(slots=True)
class Held:
    """A letter in hand."""

    claimed: Claimed
    letter: Letter
    to: Recipient
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What one transaction is to do: what to record, under which terms to claim, and until when the channel rests."""

    at: datetime
    results: tuple[Result, ...]
    doubts: tuple[int, ...]
    terms: Terms
    hold: datetime | None
    pace: float
    resting: bool


@dataclass(slots=True)
class Turned:
    """What one transaction gave; `over` says why the run has ended, `soonest` when somebody is due."""

    claims: Claims
    issues: dict[tuple[str, int], Issue]
    over: str = ""
    soonest: datetime | None = None


@dataclass(slots=True)
class Run:
    """One run; `go` ends when nothing is due, when it is closed, or when another run has taken its place."""

    channel: str
    token: str
    delivery: Delivery
    pace: Pace
    rules: Rules
    digest: Digest
    local: Callable[[], datetime]
    held_until: datetime | None = None
    over: str = ""
    sent: int = 0
    lease: float = 0.0
    closing: bool = False
    streaks: Streaks = field(default_factory=Streaks)
    _hand: dict[int, Held] = field(default_factory=dict)
    _ready: deque[Held] = field(default_factory=deque)
    _later: list[tuple[float, int, Held]] = field(default_factory=list)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _results: list[Result] = field(default_factory=list)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "count[int]" = field(default_factory=count)
    _issues: dict[tuple[str, int], Issue] = field(default_factory=dict)
    _doubts: list[int] = field(default_factory=list)
    _openers: int = 0
    _openers_at: float = float("-inf")
    _full_until: datetime = FOREVER
    _unwell_until: float = 0.0
    _look_at: float = 0.0
    _hold_written: datetime | None = None

    async def go(self) -> str:
        """Why it ended: "done", "closed", "hours" or "lost"."""
        self.lease = time.monotonic() + self._patience
        if self.held_until is not None:
            self.delivery.hold(self.channel, (self.held_until - self.delivery.now()).total_seconds())
            self._hold_written = self.held_until
        sending = asyncio.create_task(self._send_all(), name=f"bulk {self.channel}")
        try:
            await self._keep()
        finally:
            self._ended.set()
            sending.cancel()
            flying = tuple(self._flying)
            for task in flying:
                task.cancel()
            await asyncio.gather(sending, *flying, return_exceptions=True)
        return self.over

    async def close(self, grace: float) -> None:
        """What is on its way is finished within `grace` seconds; the rest is given back."""
        self.closing = True
        for held in (*self._ready, *(held for _, _, held in self._later)):
            self._give_back(held)
        self._ready.clear()
        self._later.clear()
        self._stir()
        if self._flying:
            await asyncio.wait(tuple(self._flying), timeout=grace)
        for task in tuple(self._flying):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), LAST_WORDS)

    def look_again(self) -> None:
        """Somebody may be due."""
        self._look_at = 0.0
        self._stir()

    # the database's side

    async def _keep(self) -> None:
        """Records, renews and claims until the run is over."""
        while not self.over:
            self._stirred.clear()
            began = time.monotonic()
            try:
                await self._count_openers()
                look = self._look()
                turned = await self.delivery.lanes.run(partial(self._turn_over, look=look), f"bulk:{self.channel}")
            except Exception as error:
                log.warning("the newsletter's rows cannot be reached now: %s", type(error).__name__)
                await asyncio.sleep(0.5)
                continue
            if turned is None:
                self.over = "lost"
                log.warning("the run on %s was taken over by another process", self.channel)
                return
            self.lease = began + self._patience
            self._hold_written = look.hold
            self._take(look, turned)
            if turned.claims.full:
                await self._postpone()
            if not self.over:
                await self._wait(turned.claims)

    def _look(self) -> "Look":
        """What one transaction with the database is about."""
        at, rest = self.delivery.now(), self._resting()
        results, doubts = tuple(self._results), tuple(self._doubts)
        done = {result.id for result in results}
        in_hand = [key for key in self._hand if key not in done]
        room = self.rules.hand - len(in_hand)
        if self.closing or rest > 1.0 or not self._open_hours():
            room = 0
        left: int | None = None
        if self.rules.openers is not None:
            left = self.rules.openers - self._openers - sum(self._hand[key].claimed.opens for key in in_hand)
        terms = Terms(self.channel, self.token, self._channels, room, in_hand, left, self._full_until)
        hold = at + timedelta(seconds=rest) if rest > 1.0 else None
        if hold is not None and self._hold_written is not None:
            hold = self._hold_written
        pace = float(self.pace.per_second(time.monotonic()))
        return Look(at, results, doubts, terms, hold, pace, resting=rest > 0)

    def _turn_over(self, conn: Connection, look: "Look") -> "Turned | None":
        if not runs.renew(conn, self.channel, self.token, look.at, look.pace):
            return None
        for key in look.doubts:
            results.doubt(conn, key, self.token)
        for result in look.results:
            results.record(conn, self.token, result, self._channels, look.at)
        if look.hold != self._hold_written:
            runs.hold(conn, self.channel, self.token, look.hold)
        found = claims.claim(conn, look.terms, look.at) if look.terms.room > 0 else Claims()
        wanted = {(one.issue_id, one.revision) for one in found.found} - self._issues.keys()
        issues = {key: read_issue(conn, key[0]) for key in wanted}
        turned = Turned(found, {key: issue for key, issue in issues.items() if issue is not None})
        if not look.terms.in_hand and not found.found and not found.more and not found.full:
            self._perhaps_over(conn, look, turned)
        return turned

    def _perhaps_over(self, conn: Connection, look: "Look", turned: "Turned") -> None:
        """Nothing is in hand: the run ends, unless it is worth waiting."""
        if self.closing:
            turned.over = "closed"
        elif not self._open_hours():
            turned.over = "hours"
        elif not look.resting:
            results.finish(conn, look.at)
            turned.soonest = runs.next_due(conn, self.channel, look.at)
            if turned.soonest is None or turned.soonest > look.at + timedelta(seconds=self.rules.linger):
                turned.over = "done"
        if turned.over:
            runs.leave(conn, self.channel, self.token)

    def _take(self, look: "Look", turned: "Turned") -> None:
        """What is committed counts: the recorded is out of hand, the claimed is in it."""
        del self._results[: len(look.results)]
        del self._doubts[: len(look.doubts)]
        for result in look.results:
            self._hand.pop(result.id, None)
        self._issues |= turned.issues
        for one in turned.claims.found:
            self._take_in_hand(one)
        self.over = turned.over
        if turned.soonest is not None:
            self._look_at = time.monotonic() + max(0.0, (turned.soonest - look.at).total_seconds())
        self._changed.set()

    async def _count_openers(self) -> None:
        """How many openers of today are used up is known again, at most a minute old."""
        if self.rules.openers is None or time.monotonic() - self._openers_at < 60.0:
            return
        at = self.delivery.now()
        used, last = await self.delivery.lanes.run(partial(claims.openers_used, channel=self.channel, at=at))
        self._openers, self._openers_at = used, time.monotonic()
        last = at if last is None or used < self.rules.openers else last
        self._full_until = self._into_hours(last + claims.DAY)

    async def _postpone(self) -> None:
        """The openers are used up: everybody else who would need one is due when there are some again."""
        self._openers_at = float("-inf")
        await self._count_openers()
        at = self.delivery.now()
        some = partial(
            claims.wait_for_openers, channel=self.channel, at=at, until=self._full_until, limit=AT_ONCE
        )
        while await self.delivery.lanes.run(some) == AT_ONCE:
            await asyncio.sleep(0)

    async def _wait(self, found: Claims) -> None:
        """Until there is something to record or to claim, or it is time for a sign of life."""
        room = len(self._hand) < self.rules.hand
        if self._results or found.more or found.full or (found.found and room):
            return
        pause = self.rules.beat_every
        if not self._hand:
            soon = max(self._look_at - time.monotonic(), self._resting())
            pause = min(pause, max(0.05, soon))
        elif room:
            pause = min(pause, 0.5)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), pause)

    # the channel's side

    async def _send_all(self) -> None:
        """Sends what is ready, each letter at its moment."""
        while True:
            self._changed.clear()
            held = self._next()
            if held is None:
                soonest = self._later[0][0] - time.monotonic() if self._later else None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), soonest)
                continue
            rate = held.claimed.rate
            while True:
                now = time.monotonic()
                rest = self._resting()
                wait = max(rest, self.pace.wait(now, rate))
                if now >= self.lease:
                    # perhaps we were taken for dead; only the database knows
                    self._stir()
                    wait = max(wait, 0.02)
                if self.closing or rest > LONGEST_IN_HAND:
                    self._give_back(held)
                    break
                if wait <= 0:
                    task = asyncio.create_task(self._send(held, self.pace.take(now, rate)))
                    self._flying.add(task)
                    task.add_done_callback(self._flying.discard)
                    break
                await asyncio.sleep(min(wait, 0.25))

    def _next(self) -> Held | None:
        while self._later and self._later[0][0] <= time.monotonic():
            self._ready.appendleft(heapq.heappop(self._later)[2])
        return self._ready.popleft() if self._ready else None

    async def _send(self, held: Held, place: int) -> None:
        one, at = held.claimed, self.delivery.now
        try:
            self.pace.leaves(place, time.monotonic())
            try:
                receipt = await self.delivery.senders[self.channel].send(held.letter, held.to)
            finally:
                self.pace.answered(place, time.monotonic())
        except SendError as error:
            self._meet(held, error)
        except asyncio.CancelledError:
            outcome = "doubtful" if one.at_most_once else "todo"
            doubt = Result(one.id, outcome, code="cut off", due_at=at(), doubt=True)  # type: ignore[arg-type]
            self._results.append(doubt)
            raise
        except Exception as bug:
            log.exception("letter %d of the newsletter cannot be sent", one.id)
            self._meet(held, Refused(type(bug).__name__, BUG))
        else:
            self._accepted(one, receipt)
        finally:
            self._stir()

    def _accepted(self, one: Claimed, receipt: Receipt) -> None:
        self.streaks.well()
        self.sent += 1
        ref = receipt.refs[0] if receipt.refs else ""
        if receipt.opener_only:
            self._openers += 1
        self.delivery.count(self.channel, "opener" if receipt.opener_only else "sent")
        self._results.append(Result(one.id, "opened" if receipt.opener_only else "sent", ref=ref))

    def _meet(self, held: Held, error: SendError) -> None:
        self.delivery.count(self.channel, type(error).__name__.lower())
        todo = react(error, held.claimed, held.tries, self.streaks, self.delivery.now())
        match todo:
            case Rest(seconds):
                self.delivery.hold(self.channel, seconds)
                self._ready.appendleft(held)
            case Again(after, doubt):
                held.tries += 1
                if doubt:
                    held.claimed = replace(held.claimed, doubts=held.claimed.doubts + 1)
                    self._doubts.append(held.claimed.id)
                if self.streaks.unwell > max(len(self._hand), len(PAUSES) + 1):
                    # not one letter but the provider is unwell: nobody's tries are used up meanwhile
                    rest = min(2.0 ** (self.streaks.unwell // self.rules.hand), 60.0)
                    self._unwell_until = time.monotonic() + rest
                    held.tries = 0
                heapq.heappush(self._later, (time.monotonic() + after, next(self._numbers), held))
            case Result():
                if todo.then == "stop":
                    log.error("issue %s stops at its first %s: %s", todo.issue_id, todo.code, todo.reason)
                self._results.append(todo)
        self._changed.set()

    def _give_back(self, held: Held) -> None:
        self._results.append(Result(held.claimed.id, "todo", due_at=self.delivery.now()))
        self._stir()

    def _take_in_hand(self, one: Claimed) -> None:
        self._hand[one.id] = held = Held(one, Letter(-one.id), _recipient(one))
        try:
            held.letter = self._letter(one)
        except Exception as bug:
            log.exception("issue %s cannot be rendered for somebody", one.issue_id)
            self._meet(held, Refused(type(bug).__name__, BUG))
            self._stir()
        else:
            self._ready.append(held)

    def _letter(self, one: Claimed) -> Letter:
        issue = self._issues[one.issue_id, one.revision]
        message = self.digest(issue, one.wishes, one.language, self.local().date())
        letter = self.delivery.renderer.letter(-one.id, message, one.language, "", one.person_id)
        opener = None if letter.opener is None else replace(letter.opener, whole=False)
        return replace(letter, opener=opener, silent=letter.silent or not 9 <= self.local().hour < 19)

    # what the rules say

    @property
    def _patience(self) -> float:
        """Seconds after a sign of life for which nobody can take us for dead, with half of the time to spare."""
        return self.rules.lost_after / 2

    @property
    def _channels(self) -> Collection[str]:
        return tuple(self.delivery.senders)

    def _resting(self) -> float:
        return max(self.delivery.resting(self.channel), self._unwell_until - time.monotonic(), 0.0)

    def _open_hours(self) -> bool:
        first, end = self.rules.hours
        return first <= self.local().hour < end

    def _into_hours(self, at: datetime) -> datetime:
        """That moment, or the first one after it at which the channel is used."""
        local, (first, end) = at.astimezone(self.local().tzinfo), self.rules.hours
        if local.hour >= end:
            local += timedelta(days=1)
        if not first <= local.hour < end:
            local = local.replace(hour=first, minute=0, second=0, microsecond=0)
        return local.astimezone(UTC)

    def _stir(self) -> None:
        self._stirred.set()


def _recipient(one: Claimed) -> Recipient:
    return Recipient(
        _address(one.address),
        one.language,
        tuple(_address(alias) for alias in one.aliases),
        None if one.opens else one.address.last_inbound,
    )


def _address(known: KnownAddress) -> Address:
    return Address(known.channel, known.value, known.kind)
