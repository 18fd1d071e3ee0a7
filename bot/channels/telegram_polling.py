"""Long polling: a batch is committed before the next one is asked for, and no answer of Telegram ends the loop."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from telegram.error import TelegramError

from bot.channels.contract import Health, Unready
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_http import NoAnswer
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_updates import ALLOWED_UPDATES, update_number
from scheduler.sending import Misconfigured, Throttled

LARGEST_BATCH = 100
_SPARE = 10.0
"""Seconds the answer may come later than the long poll was to last."""
_LONG_SILENCE = timedelta(days=6)
"""After a week without updates Telegram may begin again at a random number, so the old offset is dropped before."""
_SOON_FAILING = 5
_log = logging.getLogger(__name__)


class Poller:
    """The loop. `long_poll` (whole, for Telegram), `first_wait` and `longest_wait` are seconds."""

    def __init__(
        self,
        bot: TelegramBot,
        intake: Intake,
        health: Health,
        now: Callable[[], datetime],
        long_poll: int,
        first_wait: float,
        longest_wait: float,
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._health = health
        self._now = now
        self._long_poll = long_poll
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._offset: int | None = None
        self._failures = 0
        self._webhook_gone = False
        self._last_update = now()
        self._last_good: datetime | None = None

    def age(self) -> float:
        """Seconds since Telegram last answered a poll; -1 if it never did."""
        return -1.0 if self._last_good is None else (self._now() - self._last_good).total_seconds()

    async def run(self) -> None:
        """Polls until cancelled; a batch in hand is committed before the cancellation goes on."""
        while True:
            try:
                await self._round()
            except Exception as error:
                await asyncio.sleep(self._failed(error))

    async def _round(self) -> None:
        if not self._webhook_gone:
            await self._bot.call("deleteWebhook", {"drop_pending_updates": False})
            self._webhook_gone = True
        updates = await self._ask()
        numbers = [number for number in map(update_number, updates) if number is not None]
        if updates:
            if not numbers:
                raise NoAnswer("a batch of updates without numbers")
            await self._commit(updates)
            self._offset = max(numbers) + 1
            self._last_update = self._now()
        self._succeeded()

    async def _ask(self) -> Sequence[object]:
        if self._now() - self._last_update > _LONG_SILENCE:
            self._offset = None
        # The first poll, and the one after a failure, answers at once, so that the health is not in doubt for long.
        patient = self._last_good is not None and not self._failures
        data: dict[str, Any] = {
            "timeout": self._long_poll if patient else 0,
            "limit": LARGEST_BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if self._offset is not None:
            data["offset"] = self._offset
        answer = await self._bot.call("getUpdates", data, read_timeout=self._long_poll + _SPARE)
        if not isinstance(answer, list):
            raise NoAnswer("the updates are not a list")
        return answer

    async def _commit(self, updates: Sequence[object]) -> None:
        work = asyncio.ensure_future(self._intake.take(updates))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            with suppress(Exception):
                await work
            raise

    def _succeeded(self) -> None:
        if self._failures:
            _log.info("Telegram answers again")
        self._failures = 0
        self._last_good = self._now()
        self._health.state = "ok"
        self._health.detail["last_good_poll"] = self._last_good.isoformat(timespec="seconds")
        self._health.detail["failures"] = 0
        self._health.detail["cause"] = None

    def _failed(self, error: Exception) -> float:
        """Notes the failure; returns how many seconds to wait."""
        self._failures += 1
        wait = min(self._longest_wait, self._first_wait * 2.0 ** min(self._failures - 1, 10))
        hopeless = self._failures >= _SOON_FAILING
        if isinstance(error, Unready):
            cause = "the database cannot take events"
        elif isinstance(error, TelegramError):
            known = as_send_error(error, self._bot.token)
            cause = f"{known.code}: {known.reason}"
            hopeless = hopeless or isinstance(known, Misconfigured)
            if isinstance(known, Throttled):
                wait = known.after
            if known.code == "409":
                # Either a second poller, or somebody has set a webhook.
                hopeless, self._webhook_gone = True, False
        else:
            cause = type(error).__name__
            _log.exception("a batch of updates could not be taken")
        if self._health.detail.get("cause") != cause:
            _log.warning("Telegram polling: %s; asking again in %.1f s", cause, wait)
        self._health.state = "failing" if hopeless else "degraded"
        self._health.detail["failures"] = self._failures
        self._health.detail["cause"] = cause
        return wait
