"""The stream that keeps an open page up to date, by server-sent events.

The store is the truth: whenever something changed, the stream sends what has a higher revision than the page
has seen. A page that reconnects says its revision and misses nothing.

    event: state    the phones and the clock, whenever they differ from what was sent last
    event: entry    one entry of one phone, new or changed; its id is the revision
    event: reset    the store has been emptied: forget everything
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.contract import Unready
from bot.channels.simulator_book import Changes
from bot.channels.simulator_phones import SimulatorStore, Stored
from bot.channels.simulator_ticks import Ticks
from conversations.events import Json

HEARTBEAT = 15.0
PLAIN_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Stream:
    """Feeds pages until they leave or the program ends."""

    def __init__(
        self,
        store: SimulatorStore,
        changes: Changes,
        ticks: Ticks,
        state: Callable[[], Awaitable[dict[str, Json]]],
    ) -> None:
        self._store = store
        self._changes = changes
        self._ticks = ticks
        self._state = state
        self._feeds: set[asyncio.Task[None]] = set()
        self._closed = False

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """The response has been fed until the page left. 503 once the stream is closed."""
        if self._closed:
            raise web.HTTPServiceUnavailable
        response = web.StreamResponse(headers=PLAIN_HEADERS)
        await response.prepare(request)
        seen = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
        feed = asyncio.ensure_future(self._feed(response, int(seen) if seen.isdecimal() else 0))
        self._feeds.add(feed)
        try:
            await feed
        except ConnectionError:
            pass
        except asyncio.CancelledError:
            # Either the program ends (the feed was cancelled by `close`) or this request was: both end the feed.
            feed.cancel()
        finally:
            self._feeds.discard(feed)
        return response

    async def close(self) -> None:
        """No page is fed any more."""
        self._closed = True
        for feed in list(self._feeds):
            feed.cancel()
        await asyncio.gather(*self._feeds, return_exceptions=True)

    async def _feed(self, response: web.StreamResponse, seen: int) -> None:
        sent_state = ""
        with self._changes.watch() as bell:
            while True:
                bell.clear()
                state = json.dumps(await self._state(), sort_keys=True)
                if state != sent_state:
                    await response.write(_message("state", state))
                    sent_state = state
                if seen and not await self._store.entries("", seen - 1):
                    await response.write(_message("reset", "{}", 0))
                    seen = 0
                fresh = sorted(await self._store.entries("", seen), key=lambda stored: stored.revision)
                for stored in fresh:
                    await response.write(_entry(stored))
                    seen = stored.revision
                await self._report(fresh)
                try:
                    await asyncio.wait_for(bell.wait(), HEARTBEAT)
                except TimeoutError:
                    await response.write(b": still here\n\n")

    async def _report(self, fresh: list[Stored]) -> None:
        try:
            await self._ticks.delivered(fresh)
        except Unready:
            # Nothing is lost: reading the messages reports a higher rank later.
            return


def entry_json(stored: Stored) -> dict[str, Json]:
    """The entry as the page gets it."""
    shown = {key: value for key, value in stored.entry.items() if key != "number"}
    return {"phone": stored.address, "n": stored.number, **shown}


def _entry(stored: Stored) -> bytes:
    return _message("entry", json.dumps(entry_json(stored)), stored.revision)


def _message(event: str, data: str, id: int | None = None) -> bytes:
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {event}\ndata: {data}\n\n".encode()
