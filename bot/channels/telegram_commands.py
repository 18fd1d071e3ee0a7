"""The commands menu and the descriptions that Telegram shows: set for each language, only where they differ."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.channels.contract import CommandTexts
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_json import record
from bot.channels.telegram_plan import Phrases
from scheduler.sending import SendError, Throttled

LONGEST_ABOUT = 512
LONGEST_SHORT = 120
LONGEST_DESCRIPTION = 256
"""Characters (Bot API)."""

_PRIVATE = {"type": "all_private_chats"}
_TRIES = 5


class CommandMenu:
    """Sets menus. People whose client has none of our languages see the default language."""

    def __init__(
        self, bot: TelegramBot, commands: Callable[[], CommandTexts], phrases: Phrases, default_language: str
    ) -> None:
        self._bot = bot
        self._commands = commands
        self._phrases = phrases
        self._default = default_language
        self._of_chat: dict[int, CommandTexts] = {}

    async def publish(self) -> None:
        """The menu of private chats and both descriptions are as the texts say. Raises SendError."""
        texts = self._commands()
        for code, language in self._languages(texts):
            await self._set_commands(_PRIVATE, code, texts.get(language, ()))
            await self._set_text("Description", "description", code, self._about(language, "", LONGEST_ABOUT))
            short = self._about(language, "_short", LONGEST_SHORT)
            await self._set_text("ShortDescription", "short_description", code, short)

    async def set_for(self, chat: int, extra: CommandTexts) -> None:
        """The menu of this private chat is the common one followed by `extra`, or the common one if `extra` is
        empty. A menu only shows commands: who may use them is decided elsewhere. Raises SendError."""
        if self._of_chat.get(chat) == extra:
            return
        common = self._commands()
        scope = {"type": "chat", "chat_id": chat}
        for code, language in self._languages(common):
            if extra.get(language):
                await self._set_commands(scope, code, [*common.get(language, ()), *extra[language]])
            else:
                await self._ask("deleteMyCommands", {"scope": scope, "language_code": code})
        self._of_chat[chat] = extra

    def _languages(self, texts: CommandTexts) -> list[tuple[str, str]]:
        return [("", self._default), *((language, language) for language in texts)]

    def _about(self, language: str, kind: str, longest: int) -> str:
        return self._phrases(f"telegram.about{kind}", language)[:longest]

    async def _set_commands(self, scope: Mapping[str, Any], code: str, texts: Sequence[tuple[str, str]]) -> None:
        where = {"scope": scope, "language_code": code}
        wanted = [{"command": name, "description": said[:LONGEST_DESCRIPTION]} for name, said in texts]
        if await self._ask("getMyCommands", where) != wanted:
            await self._ask("setMyCommands", {**where, "commands": wanted})

    async def _set_text(self, what: str, field: str, code: str, wanted: str) -> None:
        shown = record(await self._ask(f"getMy{what}", {"language_code": code}))
        if shown.get(field) != wanted:
            await self._ask(f"setMy{what}", {"language_code": code, field: wanted})

    async def _ask(self, endpoint: str, data: dict[str, Any]) -> Any:
        for remaining in reversed(range(_TRIES)):
            try:
                return await self._bot.call(endpoint, data)
            except Exception as error:
                cause: SendError = as_send_error(error, self._bot.token)
            if not isinstance(cause, Throttled) or not remaining:
                break
            await asyncio.sleep(cause.after)
        raise cause from None
