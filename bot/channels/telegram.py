"""The Telegram channel: python-telegram-bot as transport, polling or webhook, one way out."""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web
from telegram.error import TelegramError

from bot.channels.contract import CommandTexts, Health, Inbox
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_commands import CommandMenu
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_groups import GroupHint
from bot.channels.telegram_http import Sessions
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_json import number, record, text
from bot.channels.telegram_plan import Phrases
from bot.channels.telegram_polling import Poller
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_webhook import PATH, Webhook
from scheduler.sending import Refused, SendError

LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes (Bot API)."""

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """How to reach Telegram and how it reaches us. All times are seconds.

    Raises ValueError for a token or secret that Telegram would never accept, and for webhook mode without a
    secret or a public https address: it is better not to start than to let everyone in or no one.
    """

    token: str
    api_base_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: str = ""
    public_base_url: str = ""
    default_language: str = "it"
    long_poll: int = 25
    first_wait: float = 1.0
    longest_wait: float = 30.0
    check_webhook_every: float = 60.0
    retry_menu_after: float = 60.0

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("the Telegram token must look like 123456:letters-and-digits")
        if self.mode == "webhook":
            if not _SECRET.fullmatch(self.webhook_secret):
                raise ValueError("the webhook secret must have 1 to 256 of A-Z a-z 0-9 _ -")
            if not self.public_base_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                raise ValueError("webhook mode needs a public https address")

    def __repr__(self) -> str:
        return f"TelegramConfig(mode={self.mode!r}, api_base_url={self.api_base_url!r})"

    @property
    def bot_id(self) -> str:
        """The bot's numeric id, the public part of the token."""
        return self.token.partition(":")[0]


class TelegramChannel:
    """Telegram, from the first update to the last acknowledgement."""

    name = "telegram"

    def __init__(
        self,
        config: TelegramConfig,
        inbox: Inbox,
        commands: Callable[[], CommandTexts],
        phrases: Phrases,
        sessions: Sessions | None = None,
    ) -> None:
        """`commands` gives the common menu; `phrases` the texts "telegram.share_contact", ".share_location",
        ".group", ".group_button", ".about" and ".about_short"; `sessions` an HTTP session to share."""
        self.health = Health()
        self.health.detail["mode"] = config.mode
        self._config = config
        self._tasks: set[asyncio.Task[None]] = set()
        self._bot = TelegramBot(config.token, config.api_base_url, sessions)
        self._sender = TelegramSender(self._bot, phrases)
        self._menu = CommandMenu(self._bot, commands, phrases, config.default_language)
        self._groups = GroupHint(self._bot, phrases, config.default_language, inbox.now)
        self._intake = Intake(self._bot, config.bot_id, inbox, self._groups)
        self._poller = Poller(
            self._bot, self._intake, self.health, inbox.now, config.long_poll, config.first_wait, config.longest_wait
        )
        self._webhook = Webhook(
            self._bot,
            self._intake,
            self.health,
            inbox.now,
            config.public_base_url.rstrip("/") + PATH,
            config.webhook_secret,
            config.check_webhook_every,
            config.first_wait,
        )

    def sender(self) -> TelegramSender:
        """The channel's way out."""
        return self._sender

    def routes(self) -> Sequence[web.RouteDef]:
        """The webhook's route, in webhook mode only."""
        return [web.post(PATH, self._webhook.handle)] if self._config.mode == "webhook" else []

    async def run(self) -> None:
        """Receives until cancelled, and meanwhile sets the menus. A batch in hand is committed first."""
        menu = asyncio.create_task(self._publish_menu())
        try:
            await (self._webhook.run() if self._config.mode == "webhook" else self._poller.run())
        finally:
            menu.cancel()

    @property
    def username(self) -> str:
        """The bot's public name, "" until Telegram has told it."""
        return self._groups.username

    def poll_age(self) -> float:
        """Seconds since Telegram last answered a poll; -1 if it never did."""
        return self._poller.age()

    async def set_commands_for(self, chat: int, extra: CommandTexts) -> None:
        """This chat's menu also shows the commands of the person's roles. Raises SendError."""
        await self._menu.set_for(chat, extra)

    def later(self, call: Coroutine[Any, Any, None]) -> None:
        """The call is made when there is time; if Telegram refuses it, that is logged and nothing else."""
        task = asyncio.create_task(self._tried(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tried(self, call: Coroutine[Any, Any, None]) -> None:
        try:
            await call
        except SendError as error:
            _log.warning("Telegram did not take a menu: %s %s", error.code, error.reason)

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes of a file a person sent, at most `limit` and at most 20 MB. Raises SendError."""
        limit = min(limit, LARGEST_DOWNLOAD)
        try:
            file = record(await self._bot.call("getFile", {"file_id": ref}))
            size, path = number(file.get("file_size")) or 0, text(file.get("file_path"))
            if size > limit:
                raise Refused(f"the file has more than {limit} bytes", "too-large")
            if not path:
                raise Refused("Telegram does not offer this file", "no-path")
            return await self._bot.download(path, limit)
        except SendError:
            raise
        except Exception as error:
            raise as_send_error(error, self._config.token) from None

    async def close(self) -> None:
        """All connections of this channel are closed when this returns."""
        await self._intake.close()
        await self._bot.disconnect()

    async def _publish_menu(self) -> None:
        wait = self._config.retry_menu_after
        while True:
            try:
                await self._menu.publish()
                await self._groups.name()
            except TelegramError as error:
                self.health.detail["menu"] = type(error).__name__
            except SendError as error:
                self.health.detail["menu"] = f"{type(error).__name__} {error.code}"
                _log.warning("Telegram menu not set: %s %s", error.code, error.reason)
            else:
                self.health.detail["menu"] = "ok"
                return
            await asyncio.sleep(wait)
            wait = min(3600.0, wait * 2)
