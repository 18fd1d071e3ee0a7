"""What Telegram says of our bot, asked once, for `wis doctor`."""

from dataclasses import dataclass

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_json import number, record, text


@dataclass(frozen=True, slots=True)
class TelegramState:
    """The bot's name, the webhook it has ("" if none), what waits there, and Telegram's last complaint about it."""

    username: str
    webhook: str
    pending: int
    complaint: str


async def probe(token: str, api_base_url: str) -> TelegramState:
    """What getMe and getWebhookInfo answer; nothing is changed. Raises SendError, without the token."""
    bot = TelegramBot(token, api_base_url)
    try:
        me = record(await bot.call("getMe", {}))
        hook = record(await bot.call("getWebhookInfo", {}))
    except Exception as error:
        raise as_send_error(error, token) from None
    finally:
        await bot.disconnect()
    return TelegramState(
        text(me.get("username")) or "",
        text(hook.get("url")) or "",
        number(hook.get("pending_update_count")) or 0,
        text(hook.get("last_error_message")) or "",
    )
