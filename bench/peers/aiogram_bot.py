"""The peer on aiogram: a Dispatcher with its FSM, kept in SQLite (synchronous=FULL).

    python -m bench.peers.aiogram_bot ADDRESS TOKEN FOLDER [--in-order]

The number of answers says which question is on, so that a turn is one write and one commit: a state for each question
would need two. The answer is on the disk before the reply goes out. `--in-order` adds the library's
SimpleEventIsolation, which works the updates of one person one after the other; without it all updates are worked at
once, as the library does by default.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.fsm.storage.memory import DisabledEventIsolation, SimpleEventIsolation
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bench.peers.disk import Disk
from bench.questions import QUESTIONS, accepts, ending, title


class Form(StatesGroup):
    """The questionnaire is on."""

    asking = State()


class SqlStorage(BaseStorage):
    """State and data of each person in SQLite; every change is a commit of its own."""

    def __init__(self, path: Path) -> None:
        self._disk = Disk(str(path))

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self._disk.put({f"state/{key.user_id}": state.state if isinstance(state, State) else state})

    async def get_state(self, key: StorageKey) -> str | None:
        return self._disk.get(f"state/{key.user_id}")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._disk.put({f"user/{key.user_id}": json.dumps(dict(data))})

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return json.loads(self._disk.get(f"user/{key.user_id}") or "{}")

    async def close(self) -> None:
        self._disk.close()


def asked(answers: dict[str, Any]) -> tuple[str, InlineKeyboardMarkup | None]:
    """The screen of the question that is on, or the last one."""
    place = len(answers)
    if place == len(QUESTIONS):
        return ending(answers), None
    question = QUESTIONS[place]
    rows = [[InlineKeyboardButton(text=label, callback_data=f"{place}:{name}")] for name, label in question.choices]
    return f"<b>{title(place)}</b>\n\n{question.label}", InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


async def start(message: Message, state: FSMContext) -> None:
    await state.set_data({})
    await state.set_state(Form.asking)
    text, markup = asked({})
    await message.answer(text, reply_markup=markup)


async def typed(message: Message, state: FSMContext) -> None:
    answers = await state.get_data()
    place = len(answers)
    if place >= len(QUESTIONS) or not accepts(place, message.text or ""):
        return
    answers[QUESTIONS[place].name] = message.text
    await state.set_data(answers)
    text, markup = asked(answers)
    await message.answer(text, reply_markup=markup)


async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    await query.answer()
    answers = await state.get_data()
    place, _, name = (query.data or "").partition(":")
    if int(place) != len(answers):
        return
    answers[QUESTIONS[int(place)].name] = name
    await state.set_data(answers)
    text, markup = asked(answers)
    await query.message.edit_text(text, reply_markup=markup)


async def serve(options: argparse.Namespace) -> None:
    isolation = SimpleEventIsolation() if options.in_order else DisabledEventIsolation()
    dispatcher = Dispatcher(storage=SqlStorage(options.folder / "state.db"), events_isolation=isolation)
    dispatcher.message.register(start, CommandStart())
    dispatcher.message.register(typed, Form.asking, F.text)
    dispatcher.callback_query.register(tapped, Form.asking)
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.address))
    bot = Bot(options.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    await dispatcher.start_polling(bot, polling_timeout=25, allowed_updates=["message", "callback_query"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("token")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--in-order", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
