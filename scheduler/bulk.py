"""One run of the newsletter on one channel: a few rows in hand, sent at an even pace, recorded as it goes.

Two loops share the hand. One talks to the database (bulk_books.py). The other sends: it waits for the channel's next
free moment, and makes sure that the run has not been taken for dead. So at most `hand` letters can come twice after a
crash, and each is counted.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from scheduler.bulk_books import Books, Turned
from scheduler.bulk_hand import Hand, Held
from scheduler.bulk_rules import Digest, Rules, letter_for, recipient_of
from scheduler.delivery import Delivery
from scheduler.limits import Pace
from scheduler.reactions import BUG, LONGEST_IN_HAND, PAUSES, Again, Rest, Streaks, react
from scheduler.sending import Letter, Receipt, Refused, SendError
from storage.news.claims import Claimed
from storage.news.results import Result

log = logging.getLogger(__name__)

LAST_WORDS: Final = 1.5
"""Seconds at the end to record what was sent; what cannot be recorded then is counted as doubtful by the next run."""


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
    _hand: Hand = field(default_factory=Hand)
    _streaks: Streaks = field(default_factory=Streaks)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: bool = False
    _lease: float = 0.0
    _unwell_until: float = 0.0
    _look_at: float = 0.0

    async def go(self) -> str:
        """Why it ended: "done", "closed", "hours" or "lost"."""
        books = Books(self.channel, self.token, self.delivery, self.rules, self.local, self._hand, self.held_until)
        self._lease = time.monotonic() + self.rules.patience
        if self.held_until is not None:
            self.delivery.hold(self.channel, (self.held_until - self.delivery.now()).total_seconds())
        sending = asyncio.create_task(self._send_all(books), name=f"bulk {self.channel}")
        try:
            return await self._keep(books)
        finally:
            self._ended.set()
            sending.cancel()
            flying = tuple(self._flying)
            for task in flying:
                task.cancel()
            await asyncio.gather(sending, *flying, return_exceptions=True)

    async def close(self, grace: float) -> None:
        """What is on its way is finished within `grace` seconds; the rest is given back."""
        self._closing = True
        self._hand.give_all_back(self.delivery.now())
        self._hand.told.set()
        if self._flying:
            await asyncio.wait(tuple(self._flying), timeout=grace)
        for task in tuple(self._flying):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), LAST_WORDS)

    def look_again(self) -> None:
        """Somebody may be due."""
        self._look_at = 0.0
        self._hand.told.set()

    # the database's side

    async def _keep(self, books: Books) -> str:
        """Records, renews and claims until the run is over."""
        while True:
            self._hand.told.clear()
            began = time.monotonic()
            try:
                turned = await books.turn_over(self._resting(), self.pace.per_second(began), self._closing)
            except Exception as error:
                log.warning("the newsletter's rows cannot be reached now: %s", type(error).__name__)
                await asyncio.sleep(0.5)
                continue
            if turned is None:
                log.warning("the run on %s was taken over by another process", self.channel)
                return "lost"
            if turned.over:
                return turned.over
            self._lease = began + self.rules.patience
            self._hand.call_off(self.delivery.now(), turned.off)
            for one in turned.claims.found:
                self._take(one, books)
            if turned.soonest is not None:
                self._look_at = time.monotonic() + (turned.soonest - self.delivery.now()).total_seconds()
            # whoever waits for the lease may go on
            self._hand.moved.set()
            await self._wait(turned)

    async def _wait(self, turned: Turned) -> None:
        """Until there is something to record or to claim, or it is time for a sign of life."""
        found, room = turned.claims, len(self._hand) < self.rules.hand
        if found.more or found.full or (found.found and room):
            return
        pause = self.rules.beat_every
        if not len(self._hand):
            pause = min(pause, max(0.05, self._look_at - time.monotonic(), self._resting()))
        elif room:
            pause = min(pause, 0.5)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hand.told.wait(), pause)

    def _take(self, one: Claimed, books: Books) -> None:
        held = Held(one, Letter(-one.id), recipient_of(one))
        self._hand.take(held)
        try:
            issue = books.issues[one.issue_id, one.revision]
            held.letter = letter_for(one, issue, self.digest, self.delivery.renderer, self.local())
        except Exception as bug:
            log.exception("issue %s cannot be rendered for somebody", one.issue_id)
            self._meet(held, Refused(type(bug).__name__, BUG))
        else:
            self._hand.ready(held)

    # the channel's side

    async def _send_all(self, books: Books) -> None:
        """Sends what is ready, each letter at its moment."""
        while True:
            self._hand.moved.clear()
            held = self._hand.next()
            if held is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._hand.moved.wait(), self._hand.soonest())
                continue
            comes = await self._its_moment(held.claimed.rate)
            if not self._hand.leaves(held):
                continue
            if comes:
                place = self.pace.take(time.monotonic(), held.claimed.rate)
                task = asyncio.create_task(self._send(held, place, books))
                self._flying.add(task)
                task.add_done_callback(self._flying.discard)
            else:
                self._hand.give_back(self.delivery.now(), held)

    async def _its_moment(self, rate: float) -> bool:
        """Waits until a letter may leave; False if that is too far away to keep it in hand."""
        while not self._closing:
            now, rest = time.monotonic(), self._resting()
            if rest > LONGEST_IN_HAND:
                return False
            wait = max(rest, self.pace.wait(now, rate))
            if now >= self._lease:
                # perhaps we were taken for dead; only the database knows
                self._hand.told.set()
                wait = max(wait, 0.02)
            if wait <= 0:
                return True
            await asyncio.sleep(min(wait, 0.25))
        return False

    async def _send(self, held: Held, place: int, books: Books) -> None:
        one = held.claimed
        try:
            self.pace.leaves(place, time.monotonic())
            try:
                receipt = await self.delivery.senders[self.channel].send(held.letter, held.to)
            finally:
                self.pace.answered(place, time.monotonic())
        except SendError as error:
            self._meet(held, error)
        except asyncio.CancelledError:
            now = self.delivery.now()
            cut = Result(one.id, "todo", code="cut off", due_at=now, doubt=True)
            self._hand.ended(replace(cut, outcome="doubtful") if one.at_most_once else cut)
            raise
        except Exception as bug:
            log.exception("letter %d of the newsletter cannot be sent", one.id)
            self._meet(held, Refused(type(bug).__name__, BUG))
        else:
            self._accepted(one, receipt, books)

    def _accepted(self, one: Claimed, receipt: Receipt, books: Books) -> None:
        self._streaks.well()
        if receipt.opener_only:
            books.opened()
        self.delivery.count(self.channel, "opener" if receipt.opener_only else "sent")
        ref = receipt.refs[0] if receipt.refs else ""
        self._hand.ended(Result(one.id, "opened" if receipt.opener_only else "sent", ref=ref))

    def _meet(self, held: Held, error: SendError) -> None:
        """What the error asks for is done, or on its way to the database."""
        self.delivery.count(self.channel, type(error).__name__.lower())
        todo = react(error, held.claimed, held.tries, self._streaks, self.delivery.now())
        match todo:
            case Rest(seconds):
                self.delivery.hold(self.channel, seconds)
                self._hand.ready(held, first=True)
            case Again(after, doubt):
                held.tries += 1
                if doubt:
                    held.claimed = replace(held.claimed, doubts=held.claimed.doubts + 1)
                    self._hand.doubted(held.claimed.id)
                if self._streaks.unwell > max(len(self._hand), len(PAUSES) + 1):
                    # not one letter but the provider is unwell: nobody's tries are used up meanwhile
                    rest = min(2.0 ** (self._streaks.unwell // self.rules.hand), LONGEST_IN_HAND)
                    self._unwell_until = time.monotonic() + rest
                    held.tries = 0
                self._hand.again(held, after)
            case Result():
                if todo.then == "stop":
                    log.error("issue %s stops at its first %s: %s", todo.issue_id, todo.code, todo.reason)
                    self._hand.give_all_back(self.delivery.now(), todo.issue_id)
                self._hand.ended(todo)

    def _resting(self) -> float:
        """For how many seconds more nothing of the newsletter may leave."""
        return max(self.delivery.resting(self.channel), self._unwell_until - time.monotonic(), 0.0)
