"""The queue of updates of the local Telegram: getUpdates with its offsets, or delivery to a webhook."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.fakes.telegram_rules import ApiError, Params, bad

if TYPE_CHECKING:
    from tests.fakes.telegram_api import FakeTelegram

Fields = dict[str, Any]
_DEFAULT_KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})


class Updates:
    """An update stays until a later offset, or a 2xx of the webhook, confirms it."""

    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        self._next = 700_000_000
        self.pending: deque[Fields] = deque()
        self.confirmed: list[int] = []
        self.kinds: frozenset[str] = _DEFAULT_KINDS
        self._arrived = asyncio.Event()
        self._poller: asyncio.Task[Any] | None = None
        self._ousted: set[asyncio.Task[Any]] = set()
        self.webhook: Fields = {}
        self.deliveries: list[tuple[int, int]] = []
        self._queues: dict[int, deque[Fields]] = {}
        self._couriers: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def push(self, queue: int, update: Fields) -> int:
        """A new update waits; `queue` says with which others it is delivered in order to a webhook."""
        self._next += 1
        if not self.kinds & update.keys():
            return self._next
        full = {"update_id": self._next, **update}
        self.pending.append(full)
        if self.webhook:
            self._queue(queue, full)
        self._arrived.set()
        return self._next

    def again(self, update: Fields) -> None:
        """The same update comes once more, as after a lost confirmation."""
        self.pending.append(update)
        self._arrived.set()

    async def poll(self, params: Params) -> list[Fields]:
        """getUpdates."""
        if self.webhook:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first",
            )
        self._take_over()
        if params.get("allowed_updates") is not None:
            self.kinds = frozenset(params["allowed_updates"]) or _DEFAULT_KINDS
        offset = int(params.get("offset") or 0)
        while self.pending and offset and self.pending[0]["update_id"] < offset:
            self.confirmed.append(self.pending.popleft()["update_id"])
        limit = max(1, min(100, int(params.get("limit") or 100)))
        await self._wait(float(params.get("timeout") or 0))
        return [self.pending[place] for place in range(min(limit, len(self.pending)))]

    def _take_over(self) -> None:
        current = asyncio.current_task()
        if self._poller is not None and self._poller is not current and not self._poller.done():
            self._ousted.add(self._poller)
            self._arrived.set()
        self._poller = current

    async def _wait(self, timeout: float) -> None:
        current = asyncio.current_task()
        assert current is not None
        end = asyncio.get_running_loop().time() + min(timeout, 50)
        try:
            while not self.pending:
                self._arrived.clear()
                remaining = end - asyncio.get_running_loop().time()
                if remaining <= 0:
                    return
                try:
                    await asyncio.wait_for(self._arrived.wait(), remaining)
                except TimeoutError:
                    return
                if current in self._ousted:
                    self._ousted.discard(current)
                    raise ApiError(
                        409, "Conflict: terminated by other getUpdates request; make sure that only one bot "
                        "instance is running",
                    )
        finally:
            if self._poller is current:
                self._poller = None

    # webhook

    def set_webhook(self, params: Params) -> bool:
        url, secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        if not url:
            self.webhook = {}
            return True
        if not url.startswith(("https://", "http://127.0.0.1")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if params.get("allowed_updates") is not None:
            self.kinds = frozenset(params["allowed_updates"]) or _DEFAULT_KINDS
        self.webhook = {"url": url, "secret": secret}
        for update in self.pending:
            self._queue(_queue_of(update), update)
        return True

    def info(self) -> Fields:
        known = {key: value for key, value in self.webhook.items() if key.startswith("last_error")}
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            **known,
        }

    async def settled(self, timeout: float = 5.0) -> None:
        """Waits until nothing is pending."""
        async with asyncio.timeout(timeout):
            while self.pending:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        for courier in self._couriers.values():
            courier.cancel()
        await asyncio.gather(*self._couriers.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _queue(self, queue: int, update: Fields) -> None:
        self._queues.setdefault(queue, deque()).append(update)
        courier = self._couriers.get(queue)
        if courier is None or courier.done():
            self._couriers[queue] = asyncio.ensure_future(self._deliver(queue))

    async def _deliver(self, queue: int) -> None:
        waiting = self._queues[queue]
        while waiting and self.webhook:
            update = waiting[0]
            status, retry_after = await self._post(update)
            self.deliveries.append((update["update_id"], status))
            if 200 <= status <= 299:
                waiting.popleft()
                if update in self.pending:
                    self.pending.remove(update)
                    self.confirmed.append(update["update_id"])
            else:
                self.webhook["last_error_date"] = self._fake.seconds()
                self.webhook["last_error_message"] = f"Wrong response from the webhook: {status}"
                await asyncio.sleep(min(retry_after or self._fake.redeliver_after, self._fake.redeliver_after))

    async def _post(self, update: Fields) -> tuple[int, float]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
        try:
            async with self._session.post(self.webhook["url"], json=update, headers=headers) as answer:
                return answer.status, float(answer.headers.get("Retry-After", 0))
        except aiohttp.ClientError:
            return 599, 0


def _queue_of(update: Fields) -> int:
    if "callback_query" in update:
        return -int(update["callback_query"]["from"]["id"])
    for kind in ("message", "edited_message", "my_chat_member"):
        if kind in update:
            return int(update[kind]["chat"]["id"])
    return 0
