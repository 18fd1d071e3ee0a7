"""The newsletter's way out: one paced run per channel in the whole cluster, begun where something is due.

A run serves every issue that is being sent on its channel, urgent ones first. Whoever calls `run` twice, on this or
another process, finds that the channel has its run already.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from scheduler.bulk import Run
from scheduler.bulk_rules import Digest, Rules
from scheduler.delivery import Delivery
from scheduler.durable import Durable
from storage import outbox
from storage.news import results, runs

log = logging.getLogger(__name__)

WORK: Final = "broadcast"
"""The work of a channel's run, as the durable engine knows it; its argument is the channel."""

RULES: Final[Mapping[str, Rules]] = {
    "telegram": Rules(hand=5),
    "whatsapp": Rules(hand=16, hours=(9, 18), openers=250),
    "simulator": Rules(hand=5),
}
"""How many rows in hand: that many come twice at most after a kill. WhatsApp at daytime only."""


def rules_for(openers: int) -> dict[str, Rules]:
    """The rules with this limit of people whom WhatsApp lets us write to first in 24 hours."""
    return {**RULES, "whatsapp": replace(RULES["whatsapp"], openers=openers)}


@dataclass(slots=True)
class Broadcast:
    """One process's part in sending the newsletter."""

    delivery: Delivery
    digest: Digest
    zone: ZoneInfo
    rules: Mapping[str, Rules] = field(default_factory=lambda: dict(RULES))
    _running: dict[str, Run] = field(default_factory=dict)
    _closing: bool = False

    async def due(self) -> list[str]:
        """The channels that need a run now; and every issue of which nobody waits is sent."""
        if self._closing:
            return []
        channels = [name for name in self.delivery.senders if name in self.rules and self._open(name)]
        return await self.delivery.lanes.run(partial(self._due, channels=channels))

    async def run(self, channel: str) -> str:
        """Sends what is due on the channel; why it ended: "done", "closed", "hours", "lost", or "elsewhere" where
        the channel has its run already."""
        if self._closing or channel not in self.delivery.senders:
            return "closed"
        token, rules = secrets.token_urlsafe(16), self.rules[channel]
        at = self.delivery.now()
        lost = at - timedelta(seconds=rules.lost_after)

        def take(conn: Connection) -> runs.Taken | None:
            runs.hold_nobody_up(conn, rules.patience)
            return runs.take_run(conn, channel, token, self.delivery.node, at, lost)

        taken = await self.delivery.lanes.run(take, f"bulk:{channel}")
        if taken is None:
            return "elsewhere"
        if taken.doubtful:
            log.warning("a run on %s broke off: %d letters may come twice", channel, taken.doubtful)
        run = Run(
            channel, token, self.delivery, self.delivery.paces[channel], rules, self.digest, self._local,
            taken.held_until,
        )
        self._running[token] = run
        try:
            return await run.go()
        finally:
            del self._running[token]

    async def begin(self, durable: Durable) -> None:
        """Every channel where something is due has its run, on this process or another one, and what a dead process
        had begun is begun again. To be called from time to time."""
        self.nudge()
        for channel in await self.due():
            await durable.start(WORK, channel, self.rules[channel].lost_after)
        if durable.opened:
            lost = self.delivery.now() - timedelta(seconds=self._lost_after)
            await durable.reconcile(await self.delivery.lanes.run(partial(outbox.living_nodes, since=lost)))

    def nudge(self) -> None:
        """Runs look at once for rows that are due."""
        for run in self._running.values():
            run.look_again()

    async def expire(self) -> int:
        """Digests nobody asked for within seven days are not offered any more; how many."""
        return await self.delivery.lanes.run(partial(results.expire_opened, at=self.delivery.now()))

    async def close(self, grace: float) -> None:
        """What is on its way is finished within `grace` seconds and the rest given back; nothing is claimed after."""
        self._closing = True
        await asyncio.gather(*(run.close(grace) for run in self._running.values()))

    def _due(self, conn: Connection, channels: list[str]) -> list[str]:
        at = self.delivery.now()
        results.finish(conn, at)
        return runs.channels_without_a_run(conn, channels, at, at - timedelta(seconds=self._lost_after))

    @property
    def _lost_after(self) -> float:
        return max(rule.lost_after for rule in self.rules.values())

    def _open(self, channel: str) -> bool:
        return self.rules[channel].open(self._local())

    def _local(self) -> datetime:
        return self.delivery.now().astimezone(self.zone)
