"""Webhook mode: the route that Telegram calls, and the care that it goes on calling it."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web
from telegram.error import TelegramError

from bot.channels.contract import Health, Unready
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_json import number, record, text
from bot.channels.telegram_updates import ALLOWED_UPDATES
from bot.metrics import WEBHOOK_REFUSED
from scheduler.sending import Throttled

PATH = "/telegram/webhook"
LARGEST_BODY = 1024 * 1024
"""Bytes; Telegram's own updates are far smaller."""

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_RECENT = timedelta(minutes=5)
_MANY_PENDING = 100
_log = logging.getLogger(__name__)


class Webhook:
    """The route and its upkeep. `check_every` and `first_wait` are seconds."""

    def __init__(
        self,
        bot: TelegramBot,
        intake: Intake,
        health: Health,
        now: Callable[[], datetime],
        url: str,
        secret: str,
        check_every: float,
        first_wait: float,
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._health = health
        self._now = now
        self._url = url
        self._secret = secret
        self._check_every = check_every
        self._first_wait = first_wait

    async def handle(self, request: web.Request) -> web.Response:
        """403 without the secret; 503 while the database cannot take the update, so that Telegram delivers it
        again; otherwise 200, also for what we cannot read, because a refused update blocks its chat's queue."""
        given = request.headers.get(_HEADER)
        if given is None or not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            WEBHOOK_REFUSED.labels("telegram", "no_token" if given is None else "wrong_token").inc()
            return web.Response(status=403)
        body = await _body(request)
        if body is None:
            WEBHOOK_REFUSED.labels("telegram", "too_large").inc()
            return web.Response()
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            WEBHOOK_REFUSED.labels("telegram", "malformed").inc()
            return web.Response()
        try:
            await self._intake.take([update])
        except Unready:
            return web.Response(status=503, headers={"Retry-After": "2"})
        return web.Response()

    async def run(self) -> None:
        """Keeps the webhook set until cancelled."""
        failures = 0
        while True:
            try:
                await self._check()
                failures, wait = 0, self._check_every
            except TelegramError as error:
                failures += 1
                known = as_send_error(error, self._bot.token)
                usual = min(self._check_every, self._first_wait * 2.0 ** min(failures - 1, 10))
                wait = known.after if isinstance(known, Throttled) else usual
                self._health.state = "failing"
                self._health.detail["cause"] = f"{known.code}: {known.reason}"
                _log.warning("Telegram webhook: %s %s; trying again in %.1f s", known.code, known.reason, wait)
            await asyncio.sleep(wait)

    async def _check(self) -> None:
        info = record(await self._bot.call("getWebhookInfo", {}))
        if self._health.state == "starting" or text(info.get("url")) != self._url:
            # Always at the start, because the secret may have changed, which Telegram does not show.
            await self._bot.call(
                "setWebhook",
                {"url": self._url, "secret_token": self._secret, "allowed_updates": ALLOWED_UPDATES},
            )
            info = record(await self._bot.call("getWebhookInfo", {}))
        pending = number(info.get("pending_update_count")) or 0
        failed_at = number(info.get("last_error_date"))
        moment = datetime.fromtimestamp(failed_at, UTC) if failed_at and 0 < failed_at < 2**32 else None
        recent = moment is not None and self._now() - moment < _RECENT
        self._health.state = "degraded" if recent or pending > _MANY_PENDING else "ok"
        self._health.detail["pending"] = pending
        self._health.detail["last_error"] = text(info.get("last_error_message"))[:200] or None
        self._health.detail["last_error_at"] = moment.isoformat() if moment else None
        self._health.detail["last_check"] = self._now().isoformat(timespec="seconds")
        self._health.detail["cause"] = None


async def _body(request: web.Request) -> bytes | None:
    if (request.content_length or 0) > LARGEST_BODY:
        return None
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
