"""The feeds are visited, each when it is due: what is new and ours waits in the editors' inbox."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from scheduler.feed_reading import Fetched, NoFeed, read_feed
from storage.lanes import Lanes
from storage.news import feeds
from storage.news.feed_list import Feed
from storage.news.feeds import Entry, Visit

log = logging.getLogger(__name__)

OLDEST = timedelta(days=45)
"""What was published before is no news any more, and must not fill the inbox at the first visit."""


class FeedSource(Protocol):
    """Who can ask a server for a feed."""

    async def get(self, url: str, etag: str, modified: str) -> Fetched | None:
        """The answer, None if nothing has changed since the visit that gave these marks. Raises NoFeed."""
        ...


@dataclass(frozen=True, slots=True)
class Visited:
    """What came of one visit: how many suggestions are new, or why there are none."""

    name: str
    new: int = 0
    problem: str = ""
    changed: bool = True


async def visit_feeds(
    lanes: Lanes,
    source: FeedSource,
    wanted: Sequence[Feed],
    now: Callable[[], datetime],
    anyway: bool = False,
) -> list[Visited]:
    """Every feed that was due, or with `anyway` every one, has been visited once; one that fails stops no other."""
    visited = []
    for feed in wanted:
        visit = await lanes.run(partial(feeds.set_out, name=feed.name, url=feed.url, at=now(), anyway=anyway))
        if visit is None:
            continue
        try:
            visited.append(await _visit(lanes, source, feed, visit, now))
        except NoFeed as reason:
            log.warning("the feed %s brought nothing: %s", feed.name, reason)
            await lanes.run(partial(feeds.failed, name=feed.name, problem=str(reason)))
            visited.append(Visited(feed.name, problem=str(reason)))
    return visited


async def _visit(
    lanes: Lanes, source: FeedSource, feed: Feed, visit: Visit, now: Callable[[], datetime]
) -> Visited:
    fetched = await source.get(feed.url, visit.etag, visit.modified)
    if fetched is None:
        await lanes.run(partial(feeds.came_back, name=feed.name, at=now(), visit=visit))
        return Visited(feed.name, changed=False)
    entries = [dated for entry in await read_feed(fetched) if (dated := _ours(entry, feed, now())) is not None]
    new, more = await lanes.run(partial(feeds.keep, feed=feed.title, entries=entries, at=now()))
    # with these marks the server would say next time that there is nothing new, and the rest would be lost
    then = Visit() if more else Visit(fetched.etag, fetched.modified)
    await lanes.run(partial(feeds.came_back, name=feed.name, at=now(), visit=then))
    return Visited(feed.name, new)


def _ours(entry: Entry, feed: Feed, at: datetime) -> Entry | None:
    """The entry if it is recent and speaks of our subjects; a date in the future says nothing."""
    if entry.published is not None and entry.published < at - OLDEST:
        return None
    if not feed.wants(f"{entry.title} {entry.summary}"):
        return None
    if entry.published is not None and entry.published > at + timedelta(days=1):
        return Entry(entry.title, entry.summary, entry.link, entry.guid)
    return entry
