"""A run's side towards the database: one transaction says that it lives, records what became, and takes the next."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from conversations.news.views import Issue
from scheduler.bulk_hand import Hand
from scheduler.bulk_rules import Rules
from scheduler.delivery import Delivery
from storage.news import claims, results, runs
from storage.news.claims import Claims, Terms
from storage.news.results import Result
from storage.news.views import issue as read_issue

AT_ONCE: Final = 2000
"""Rows put off in one transaction."""
OPENERS_KNOWN: Final = 60.0
"""Seconds for which the count of today's openers is believed."""
LOOK_EVERY: Final = 0.5
"""Seconds between two looks at whether what waits in hand is still wanted: at full speed nothing waits so long."""
FOREVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """What one transaction is to do: what to record, which rows to look at again, under which terms to claim, and
    until when the channel rests."""

    at: datetime
    results: tuple[Result, ...]
    doubts: tuple[int, ...]
    waiting: tuple[int, ...]
    terms: Terms
    hold: datetime | None
    pace: float
    resting: bool
    closing: bool


@dataclass(slots=True)
class Turned:
    """What one transaction gave; `over` says why the run has ended, `soonest` when somebody is due, `off` which rows
    in hand are not to be sent after all."""

    claims: Claims
    issues: dict[tuple[str, int], Issue]
    off: tuple[int, ...] = ()
    over: str = ""
    soonest: datetime | None = None


@dataclass(slots=True)
class Books:
    """What a run knows from the database; `issues` holds the content it sends, by revision."""

    channel: str
    token: str
    delivery: Delivery
    rules: Rules
    local: Callable[[], datetime]
    hand: Hand
    hold_written: datetime | None = None
    issues: dict[tuple[str, int], Issue] = field(default_factory=dict)
    _looked_at: float = float("-inf")
    _openers: int = 0
    _openers_at: float = float("-inf")
    _full_until: datetime = FOREVER

    async def turn_over(self, rest: float, pace: float, closing: bool) -> Turned | None:
        """One transaction is committed; None where another run has taken this one's place.

        `rest` is for how many seconds the channel rests, `pace` how many letters left in the last second, `closing`
        that nothing is to be claimed any more. Raises the database's errors: then nothing has changed.
        """
        await self._count_openers()
        look = self._look(rest, pace, closing)
        turned = await self.delivery.lanes.run(partial(self._work, look), f"bulk:{self.channel}")
        if turned is None:
            return None
        self.hold_written = look.hold
        self.hand.recorded(look.results, look.doubts)
        self.issues |= turned.issues
        if turned.claims.full:
            await self._postpone()
        return turned

    def opened(self) -> None:
        """One more of today's openers is used up."""
        self._openers += 1

    def _look(self, rest: float, pace: float, closing: bool) -> Look:
        at = self.delivery.now()
        found, doubts = self.hand.news()
        kept = self.hand.kept(found)
        room = self.rules.hand - len(kept)
        if closing or rest > 1.0 or not self.rules.open(self.local()):
            room = 0
        left: int | None = None
        if self.rules.openers is not None:
            left = self.rules.openers - self._openers - sum(held.claimed.opens for held in kept)
        keys = [held.claimed.id for held in kept]
        terms = Terms(self.channel, self.token, tuple(self.delivery.senders), room, keys, left, self._full_until)
        waiting: tuple[int, ...] = ()
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            waiting = tuple(held.claimed.id for held in self.hand.waiting())
            self._looked_at = time.monotonic()
        hold = None if rest <= 1.0 else self.hold_written or at + timedelta(seconds=rest)
        return Look(at, found, doubts, waiting, terms, hold, pace, rest > 0, closing)

    def _work(self, look: Look, conn: Connection) -> Turned | None:
        """Safe to run again: nothing but the transaction is changed."""
        runs.hold_nobody_up(conn, self.rules.patience)
        if not runs.renew(conn, self.channel, self.token, look.at, look.pace):
            return None
        for key in look.doubts:
            results.doubt(conn, key, self.token)
        for result in look.results:
            results.record(conn, self.token, result, look.terms.channels, look.at)
        if look.hold != self.hold_written:
            runs.hold(conn, self.channel, self.token, look.hold)
        found = claims.claim(conn, look.terms, look.at) if look.terms.room > 0 else Claims()
        wanted = {(one.issue_id, one.revision) for one in found.found} - self.issues.keys()
        content = {key: read_issue(conn, key[0]) for key in wanted}
        off = tuple(claims.called_off(conn, look.waiting))
        turned = Turned(found, {key: issue for key, issue in content.items() if issue is not None}, off)
        if not look.terms.in_hand and not found.found and not found.more and not found.full:
            self._perhaps_over(conn, look, turned)
        return turned

    def _perhaps_over(self, conn: Connection, look: Look, turned: Turned) -> None:
        """Nothing is in hand: the run ends, unless it is worth waiting."""
        if look.closing:
            turned.over = "closed"
        elif not self.rules.open(self.local()):
            turned.over = "hours"
        elif not look.resting:
            results.finish(conn, look.at)
            turned.soonest = runs.next_due(conn, self.channel, look.at)
            if turned.soonest is None or turned.soonest > look.at + timedelta(seconds=self.rules.linger):
                turned.over = "done"
        if turned.over:
            runs.leave(conn, self.channel, self.token)

    async def _count_openers(self) -> None:
        """How many openers of today are used up is known, at most a minute old."""
        if self.rules.openers is None or time.monotonic() - self._openers_at < OPENERS_KNOWN:
            return
        at = self.delivery.now()
        used, last = await self.delivery.lanes.run(partial(claims.openers_used, channel=self.channel, at=at))
        self._openers, self._openers_at = used, time.monotonic()
        last = at if last is None or used < self.rules.openers else last
        self._full_until = self.rules.into_hours((last + claims.DAY).astimezone(self.local().tzinfo))

    async def _postpone(self) -> None:
        """The openers are used up: everybody else who would need one is due when there are some again."""
        self._openers_at = float("-inf")
        await self._count_openers()
        put_off = partial(
            claims.wait_for_openers,
            channel=self.channel,
            at=self.delivery.now(),
            until=self._full_until,
            limit=AT_ONCE,
        )
        while await self.delivery.lanes.run(put_off) == AT_ONCE:
            await asyncio.sleep(0)
