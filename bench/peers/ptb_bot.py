"""The peer on python-telegram-bot: a ConversationHandler with one state for each question.

    python -m bench.peers.ptb_bot ADDRESS TOKEN FOLDER [--default] [--at-once N]

Its state is kept by a persistence of our own that is flushed to SQLite (synchronous=FULL) at the end of every update:
that is what it would need to keep an acknowledged answer, and cheaper than the stock PicklePersistence, which writes
everybody's data each time. `--default` is the stock one as it comes, written every 60 seconds. `--at-once` is the
library's concurrent_updates; without it one update is worked at a time.
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    BasePersistence,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)
from telegram.warnings import PTBUserWarning

from bench.peers.disk import Disk
from bench.questions import QUESTIONS, accepts, ending, title

FORM = "form"


class SqlPersistence(BasePersistence[dict, dict, dict]):
    """Conversations and answers in SQLite; what one update changed is one commit."""

    def __init__(self, path: Path) -> None:
        super().__init__(PersistenceInput(bot_data=False, chat_data=False, user_data=True, callback_data=False))
        self.disk = Disk(str(path))
        self._changed: dict[str, str | None] = {}

    async def get_conversations(self, name: str) -> dict:
        start = f"{name}/"
        found = {k.removeprefix(start): v for k, v in self.disk.everything().items() if k.startswith(start)}
        return {tuple(map(int, key.split(","))): json.loads(value) for key, value in found.items()}

    async def update_conversation(self, name: str, key: tuple, new_state: object | None) -> None:
        self._changed[f"{name}/{','.join(map(str, key))}"] = None if new_state is None else json.dumps(new_state)

    async def get_user_data(self) -> dict:
        kept = self.disk.everything().items()
        return {int(key[5:]): json.loads(value) for key, value in kept if key.startswith("user/")}

    async def update_user_data(self, user_id: int, data: dict) -> None:
        self._changed[f"user/{user_id}"] = json.dumps(data)

    async def refresh_user_data(self, user_id: int, user_data: dict) -> None:
        return None

    async def drop_user_data(self, user_id: int) -> None:
        self._changed[f"user/{user_id}"] = None

    async def flush(self) -> None:
        self.commit()

    def commit(self) -> None:
        """What was handed over is on the disk."""
        changed, self._changed = self._changed, {}
        if changed:
            self.disk.put(changed)

    async def get_chat_data(self) -> dict:
        return {}

    async def update_chat_data(self, chat_id: int, data: dict) -> None:
        return None

    async def refresh_chat_data(self, chat_id: int, chat_data: dict) -> None:
        return None

    async def drop_chat_data(self, chat_id: int) -> None:
        return None

    async def get_bot_data(self) -> dict:
        return {}

    async def update_bot_data(self, data: dict) -> None:
        return None

    async def refresh_bot_data(self, bot_data: dict) -> None:
        return None

    async def get_callback_data(self) -> None:
        return None

    async def update_callback_data(self, data: Any) -> None:
        return None


class Flushed(Application):
    """Every update's changes are on the disk before the next one is worked. The reply is out by then: the library
    settles a conversation's state only after the handler that sends it."""

    async def process_update(self, update: object) -> None:
        await super().process_update(update)
        await self.update_persistence()
        if isinstance(self.persistence, SqlPersistence):
            self.persistence.commit()


def asked(place: int, answers: dict) -> tuple[str, InlineKeyboardMarkup | None]:
    """The screen of a question, or the last one."""
    if place == len(QUESTIONS):
        return ending(answers), None
    question = QUESTIONS[place]
    rows = [[InlineKeyboardButton(label, callback_data=f"{place}:{name}")] for name, label in question.choices]
    return f"<b>{title(place)}</b>\n\n{question.label}", InlineKeyboardMarkup(rows) if rows else None


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    context.user_data.clear()
    text, markup = asked(0, {})
    await update.message.reply_text(text, parse_mode="HTML", reply_markup=markup)
    return 0


async def typed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int | None:
    place = len(context.user_data)
    if place >= len(QUESTIONS) or not accepts(place, update.message.text):
        return None
    context.user_data[QUESTIONS[place].name] = update.message.text
    text, markup = asked(place + 1, context.user_data)
    await update.message.reply_text(text, parse_mode="HTML", reply_markup=markup)
    return place + 1 if place + 1 < len(QUESTIONS) else ConversationHandler.END


async def tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int | None:
    query = update.callback_query
    await query.answer()
    place, _, name = query.data.partition(":")
    number = int(place)
    context.user_data[QUESTIONS[number].name] = name
    text, markup = asked(number + 1, context.user_data)
    await query.edit_message_text(text, parse_mode="HTML", reply_markup=markup)
    return number + 1 if number + 1 < len(QUESTIONS) else ConversationHandler.END


def states() -> dict[object, list]:
    found: dict[object, list] = {}
    for place, question in enumerate(QUESTIONS):
        if question.kind == "choice":
            found[place] = [CallbackQueryHandler(tapped, pattern=f"^{place}:")]
        else:
            found[place] = [MessageHandler(filters.TEXT & ~filters.COMMAND, typed)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("token")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--default", action="store_true")
    parser.add_argument("--at-once", type=int, default=0)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    builder = Application.builder().token(options.token).base_url(f"{options.address}/bot")
    if options.default:
        builder.persistence(PicklePersistence(options.folder / "state.pickle"))
    else:
        builder.application_class(Flushed).persistence(SqlPersistence(options.folder / "state.db"))
    if options.at_once:
        builder.concurrent_updates(options.at_once).connection_pool_size(options.at_once + 8).pool_timeout(30)
    application = builder.build()
    application.add_handler(
        ConversationHandler(
            [CommandHandler("start", start)],
            states(),
            [CommandHandler("start", start)],
            name=FORM,
            persistent=True,
            allow_reentry=True,
        )
    )
    application.run_polling(timeout=25, allowed_updates=["message", "callback_query"])


if __name__ == "__main__":
    main()
