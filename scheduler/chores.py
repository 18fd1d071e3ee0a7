"""What is done from time to time: due timers become events, files people sent are fetched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from conversations.rules.pictures import kind_of
from scheduler.pictures import cleaned, without_place
from scheduler.sending import SendError, Unreachable
from storage import papers, tickets, timers
from storage.lanes import Lanes
from storage.money import papers as money_papers
from storage.timers import Timer

log = logging.getLogger(__name__)

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes: what Telegram lets a bot download (Bot API, getFile) and more than WhatsApp's 16 MB."""

TRIES = 13
"""The last one about eleven hours after the first: providers keep a file for longer than they are ever away."""
AT_ONCE = 100


class Fetcher(Protocol):
    """A channel that can fetch what a person sent."""

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes, at most `limit`. Raises SendError."""
        ...


async def ring_timers(lanes: Lanes, ring: Callable[[Timer], Awaitable[None]], now: Callable[[], datetime]) -> int:
    """Every timer that is due has become an event; how many."""
    rung = 0
    while True:
        due = await lanes.run(partial(timers.due, at=now(), limit=AT_ONCE))
        for timer in due:
            await ring(timer)
        rung += len(due)
        if len(due) < AT_ONCE:
            return rung


async def fetch_files(lanes: Lanes, fetchers: Mapping[str, Fetcher], at: datetime) -> int:
    """The files people sent are here, or wait for a better hour, or are known to be lost; how many were fetched."""
    kept = 0
    for file in await lanes.run(partial(tickets.files_to_fetch, channels=tuple(fetchers), at=at)):
        try:
            data = await fetchers[file.channel].fetch(file.ref, LARGEST_FILE)
        except SendError as error:
            final = isinstance(error, Unreachable) or not error.retry or file.attempts + 1 >= TRIES
            log.warning("a file of %s cannot be fetched (final: %s): %s", file.channel, final, error.code)
            await lanes.run(partial(tickets.miss_file, key=file.id, final=final))
        else:
            kept_data = await asyncio.to_thread(without_place, data)
            mime = file.mime if kept_data == data else kind_of(kept_data) or file.mime
            await lanes.run(partial(tickets.keep_file, key=file.id, data=kept_data, mime=mime))
            kept += 1
    return kept + await _fetch_papers(lanes, fetchers, at)


async def _fetch_papers(lanes: Lanes, fetchers: Mapping[str, Fetcher], at: datetime) -> int:
    """The same for the documents of requests and claims."""
    kept = 0
    for paper in await lanes.run(partial(papers.papers_to_fetch, channels=tuple(fetchers), at=at)):
        try:
            data = await fetchers[paper.channel].fetch(paper.ref, LARGEST_FILE)
        except SendError as error:
            final = isinstance(error, Unreachable) or not error.retry or paper.attempts + 1 >= TRIES
            log.warning("a document of %s cannot be fetched (final: %s): %s", paper.channel, final, error.code)
            await lanes.run(partial(papers.miss_paper, key=paper.id, final=final))
        else:
            picture = await asyncio.to_thread(cleaned, data)
            await lanes.run(partial(money_papers.received, paper_id=paper.id, data=picture or b"", at=at))
            kept += 1
    return kept

