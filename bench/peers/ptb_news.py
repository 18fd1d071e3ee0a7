"""The peer that sends a newsletter on python-telegram-bot, with the library's own AIORateLimiter.

    python -m bench.peers.ptb_news ADDRESS TOKEN FIRST_CHAT COUNT

The limiter is set up as its documentation says, with retries, so that a 429 is tried again. "/go" begins; anything
else gets a reply. The pool is large enough that no letter fails for want of a connection.
"""

import argparse
import asyncio

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, Application, CommandHandler, ContextTypes, MessageHandler, filters

TEXT = "<b>Notizie di prova</b>\n\nUn titolo. Una frase."


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text("Ciao!")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("token")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    options = parser.parse_args()

    async def one(application: Application, chat: int) -> None:
        try:
            await application.bot.send_message(chat, TEXT, parse_mode="HTML")
        except TelegramError as error:
            print(chat, error)

    async def broadcast(application: Application) -> None:
        chats = range(options.first, options.first + options.count)
        await asyncio.gather(*(one(application, chat) for chat in chats))

    async def go(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        context.application.create_task(broadcast(context.application))

    builder = Application.builder().token(options.token).base_url(f"{options.address}/bot")
    builder.rate_limiter(AIORateLimiter(max_retries=5)).concurrent_updates(True)
    application = builder.connection_pool_size(512).pool_timeout(60).build()
    application.add_handler(CommandHandler("go", go))
    application.add_handler(MessageHandler(filters.TEXT, reply))
    application.run_polling(timeout=25, allowed_updates=["message"])


if __name__ == "__main__":
    main()
