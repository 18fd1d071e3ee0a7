"""Files editors sent for the newsletter are fetched and read into items; their bytes are never kept."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from scheduler.chores import Fetcher
from scheduler.sending import SendError, Unreachable
from storage.lanes import Lanes
from storage.news import incoming

log = logging.getLogger(__name__)

TRIES = 7
"""The last one about ten minutes after the first: an editor waits in front of the chat."""


async def read_news_files(lanes: Lanes, fetchers: Mapping[str, Fetcher], at: datetime) -> int:
    """The files that could be had are read, and their editors have a timer that tells them; how many were read."""
    read = 0
    for file in await lanes.run(partial(incoming.files_to_read, channels=tuple(fetchers), at=at)):
        try:
            data = await fetchers[file.channel].fetch(file.ref, incoming.MOST_BYTES)
        except SendError as error:
            final = isinstance(error, Unreachable) or not error.retry or file.attempts + 1 >= TRIES
            log.warning("a newsletter file of %s cannot be fetched (final: %s): %s", file.channel, final, error.code)
            await lanes.run(partial(incoming.miss, key=file.id, final=final, at=at))
        else:
            found = await asyncio.to_thread(incoming.understood, data)
            await lanes.run(partial(incoming.receive, key=file.id, read=found, at=at))
            read += 1
    return read
