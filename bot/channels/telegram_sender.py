"""The way out to Telegram: each letter becomes calls of the Bot API, each refusal a cause the program knows."""

from collections import OrderedDict
from typing import Any, TypeVar

from telegram.error import TelegramError

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_errors import as_send_error, reaction
from bot.channels.telegram_http import Answered, NoAnswer
from bot.channels.telegram_keyboard import REMOVE
from bot.channels.telegram_plan import Call, Phrases, plan
from conversations.events import Address
from scheduler.sending import Doubtful, Letter, Receipt, Recipient, SendError, Unavailable, Unreachable

_REMEMBERED = 1_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class TelegramSender:
    """Sends letters; keeps in memory only how far a letter of several messages has come, and who sees a reply
    keyboard. Both may be lost: then a part is repeated, or a keyboard stays until it is used."""

    channel = "telegram"

    def __init__(self, bot: TelegramBot, phrases: Phrases) -> None:
        self._bot = bot
        self._phrases = phrases
        self._begun: OrderedDict[tuple[int, int], list[str]] = OrderedDict()
        self._keys: OrderedDict[int, None] = OrderedDict()

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        """Telegram has accepted every message of the letter when this returns; the buttons are under the last.

        A message that cannot be edited is sent anew. When some messages went out before an error, sending the
        same letter again goes on behind them. Raises SendError.
        """
        chat = _chat(to.address)
        calls = plan(letter, to.language, self._phrases)
        refs = self._begun.pop((letter.number, chat), [])
        if not refs and chat in self._keys and not _has_keys(calls[-1]):
            await self._take_keys_away(chat)
        try:
            for call in calls[len(refs) :]:
                refs.append(await self._perform(call, chat))
        except SendError:
            if refs:
                _remember(self._begun, (letter.number, chat), refs)
            raise
        return Receipt(tuple(refs))

    async def _perform(self, call: Call, chat: int, moved: bool = False) -> str:
        data = {"chat_id": chat, **call.data}
        if call.edits:
            data["message_id"] = call.edits
            data.pop("disable_notification", None)
        try:
            result = await self._bot.call(call.endpoint, data)
            ref = _message_id(result, call.edits)
        except Answered as error:
            match reaction(error):
                case "migrated" if not moved:
                    return await self._perform(call, error.migrate_to, moved=True)
                case "done" if call.edits:
                    return str(call.edits)
                case "anew" if call.edits:
                    return await self._perform(call.anew(), chat, moved)
            raise as_send_error(error, self._bot.token) from None
        except Exception as error:
            cause = as_send_error(error, self._bot.token)
            if call.edits and isinstance(cause, Doubtful):
                # Editing twice to the same content changes nothing, so it may be tried again without a doubt.
                cause = Unavailable(cause.reason, cause.code)
            raise cause from None
        if _has_keys(call):
            _remember(self._keys, chat, None)
        return ref

    async def _take_keys_away(self, chat: int) -> None:
        """The reply keyboard is gone. Only a message without other buttons can do that, and a message that did it
        cannot be edited later, so it is a message of its own that is deleted at once."""
        words = {"text": "…", "disable_notification": True, "reply_markup": REMOVE}
        try:
            said = await self._bot.call("sendMessage", {"chat_id": chat, **words})
            self._keys.pop(chat, None)
            await self._bot.call("deleteMessage", {"chat_id": chat, "message_id": int(_message_id(said, 0))})
        except TelegramError:
            # The keyboard is only in the way; the letter itself will tell of any lasting trouble.
            return


def _has_keys(call: Call) -> bool:
    return "keyboard" in call.data.get("reply_markup", ())


def _chat(address: Address) -> int:
    try:
        return int(address.value)
    except ValueError:
        raise Unreachable("not a Telegram address", "address") from None


def _message_id(result: Any, edited: int) -> str:
    if isinstance(result, dict) and type(result.get("message_id")) is int:
        return str(result["message_id"])
    if edited:
        return str(edited)
    raise NoAnswer("the answer has no message id")


def _remember(memory: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    memory[key] = value
    while len(memory) > _REMEMBERED:
        memory.popitem(last=False)
