"""Issues of the newsletter from time to time: those whose moment has come begin, get their recipients, are settled.

Everything is found in the database (level-triggered), so that it does not matter which process looks, nor when.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from conversations.news.calendar import Rule
from storage.db import Conflict, Database
from storage.lanes import Job, Lanes
from storage.news import enqueue, live, results, starting
from storage.news.slots import Begun

KEY = "newsletter"
"""All of it takes one lane: what it does to people's rows never waits for itself."""


async def begin_issues(lanes: Lanes, at: datetime, rule: Rule | None, zone: ZoneInfo, node: str) -> list[Begun]:
    """What the calendar starts has begun, once in the cluster."""
    return await lanes.run(partial(starting.begin, at=at, rule=rule, zone=zone, node=node), KEY)


async def enqueue_issues(
    lanes: Lanes, channels: Sequence[str], at: datetime, zone: ZoneInfo, size: int = enqueue.BATCH
) -> int:
    """Everybody an issue under way is for has a row, and of those cancelled nobody waits: one batch at a time, with
    replies in between. How many batches it took."""
    batches = 0
    for issue in await lanes.run(enqueue.to_enqueue):
        add = partial(enqueue.enqueue_batch, issue_id=issue, channels=channels, at=at, zone=zone, size=size)
        batches += await _until_done(lanes, add)
    for issue in await lanes.run(partial(enqueue.to_settle, channels=channels)):
        batches += await _until_done(lanes, partial(enqueue.settle_batch, issue_id=issue, size=size))
    return batches


async def expire_digests(lanes: Lanes, at: datetime) -> int:
    """Digests that nobody asked for within seven days of their opener are not offered any more; how many."""
    return await lanes.run(partial(results.expire_opened, at=at), KEY)


async def show_progress(lanes: Lanes, database: Database, at: datetime) -> int:
    """Coordinators who watch an issue see how far it is; how many messages that takes."""
    shown = await asyncio.to_thread(live.look, database, at)
    if shown:
        await lanes.run(partial(live.post, shown=shown, at=at), KEY)
    return len(shown)


async def _until_done(lanes: Lanes, batch: Job) -> int:
    """How many batches it took; what another process is busy with is left to it until the next look."""
    batches, done = 0, False
    while not done:
        try:
            done = await lanes.run(batch, KEY)
        except Conflict:
            return batches
        batches += 1
    return batches
