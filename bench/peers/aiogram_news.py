"""The peer that sends a newsletter on aiogram: a loop that waits as long as a 429 says, as its documentation shows.

    python -m bench.peers.aiogram_news ADDRESS TOKEN FIRST_CHAT COUNT

Without the documentation's fixed pause between two letters, which alone would make it 20 a second. "/go" begins;
anything else gets a reply.
"""

import argparse
import asyncio

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.filters import Command
from aiogram.types import Message

TEXT = "<b>Notizie di prova</b>\n\nUn titolo. Una frase."
TASKS = set()


async def send(bot: Bot, chat: int) -> None:
    try:
        await bot.send_message(chat, TEXT, parse_mode="HTML")
    except TelegramRetryAfter as error:
        await asyncio.sleep(error.retry_after)
        await send(bot, chat)
    except TelegramAPIError as error:
        print(chat, error)


async def serve(options: argparse.Namespace) -> None:
    dispatcher = Dispatcher()

    async def broadcast(bot: Bot) -> None:
        for chat in range(options.first, options.first + options.count):
            await send(bot, chat)

    async def go(message: Message, bot: Bot) -> None:
        TASKS.add(asyncio.create_task(broadcast(bot)))

    async def reply(message: Message) -> None:
        while True:
            try:
                await message.answer("Ciao!")
                return
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)

    dispatcher.message.register(go, Command("go"))
    dispatcher.message.register(reply, F.text)
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.address))
    await dispatcher.start_polling(Bot(options.token, session=session), polling_timeout=25)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("token")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
