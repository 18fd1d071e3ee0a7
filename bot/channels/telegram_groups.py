"""What the bot says in a group: that it talks in private only, at most once an hour, and nothing is kept."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.error import TelegramError

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_json import record, text
from bot.channels.telegram_plan import Phrases
from bot.channels.telegram_text import Paragraph, parts

_PAUSE = timedelta(hours=1)
_REMEMBERED = 1_000


class GroupHint:
    """The hint with a button that opens the private chat. The hours are kept in memory only."""

    def __init__(self, bot: TelegramBot, phrases: Phrases, language: str, now: Callable[[], datetime]) -> None:
        self._bot = bot
        self._phrases = phrases
        self._language = language
        self._now = now
        self.username = ""
        self._told: OrderedDict[int, datetime] = OrderedDict()

    def is_due(self, group: int) -> bool:
        """Whether this group was not told within the hour; it counts as told from now on."""
        now, last = self._now(), self._told.get(group)
        if last is not None and timedelta(0) <= now - last < _PAUSE:
            return False
        self._told[group] = now
        self._told.move_to_end(group)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True

    async def tell(self, group: int) -> None:
        """The group was told, if Telegram let us."""
        try:
            name = await self.name()
            label = self._phrases("telegram.group_button", self._language)
            button = {"text": label, "url": f"https://t.me/{name}?start="}
            said = parts([Paragraph(self._phrases("telegram.group", self._language))])[0]
            await self._bot.call(
                "sendMessage",
                {
                    "chat_id": group,
                    "text": said.html,
                    "parse_mode": "HTML",
                    "disable_notification": True,
                    "reply_markup": {"inline_keyboard": [[button]]},
                },
            )
        except TelegramError:
            # A group that does not let us write stays as it is; the next message there tries again in an hour.
            return

    async def name(self) -> str:
        """The bot's public name, asked once. Raises TelegramError."""
        if not self.username:
            self.username = text(record(await self._bot.call("getMe", {})).get("username"))
        return self.username
