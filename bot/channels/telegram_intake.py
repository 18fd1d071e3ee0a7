"""The way in from Telegram: taps are acknowledged, groups are told to write in private, events are committed."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Sequence

from telegram.error import TelegramError

from bot.channels.contract import Inbox
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_groups import GroupHint
from bot.channels.telegram_updates import Reading, read
from bot.metrics import UPDATES_SKIPPED

_REMEMBERED = 1_000
_LAST_ANSWERS = 1.0
"""Seconds that acknowledgements still under way get when the program stops."""


class Intake:
    """Takes raw updates. Acknowledging a tap stops the wheel on the button, so it goes out before the turn is
    worked, but the turn does not wait for it."""

    def __init__(self, bot: TelegramBot, bot_id: str, inbox: Inbox, groups: GroupHint) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._inbox = inbox
        self._groups = groups
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, updates: Sequence[object]) -> None:
        """Every update that means something is committed when this returns. Raises Unready."""
        now = self._inbox.now()
        readings = [read(update, self._bot_id, now) for update in updates]
        for reading in readings:
            if reading.callback and reading.callback not in self._answered:
                self._note_answered(reading.callback)
                self._start(self._answer(reading.callback))
        events = [reading.event for reading in readings if reading.event is not None]
        if events:
            if self._tasks:
                # Lets the acknowledgements write their requests first.
                await asyncio.sleep(0)
            await self._inbox.take(events)
        for reading in readings:
            self._leave(reading)

    async def close(self) -> None:
        """Nothing started here is running any more when this returns."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_ANSWERS)
        for task in tuple(self._tasks):
            task.cancel()

    def _leave(self, reading: Reading) -> None:
        if reading.skipped is not None:
            UPDATES_SKIPPED.labels("telegram", reading.skipped).inc()
        if reading.group and self._groups.is_due(reading.group):
            self._start(self._groups.tell(reading.group))

    async def _answer(self, callback: str) -> None:
        try:
            await self._bot.call("answerCallbackQuery", {"callback_query_id": callback})
        except TelegramError:
            # Too old, answered before, or not now: the wheel stops by itself and the tap is worked anyway.
            UPDATES_SKIPPED.labels("telegram", "tap_not_acknowledged").inc()

    def _note_answered(self, callback: str) -> None:
        self._answered[callback] = None
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
