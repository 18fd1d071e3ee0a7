"""An invented person at her phone: begins the questionnaire, answers what she is asked, looks at each screen."""

import time
from collections.abc import Callable

from bench.questions import QUESTIONS, answer, label_of
from tests.fakes.telegram_api import FakeTelegram
from tests.fakes.telegram_people import User

PATIENCE = 20.0
"""Seconds to wait for a reply before the bench gives up."""


class Phone:
    """One person's private chat with the bot under measure."""

    def __init__(self, fake: FakeTelegram, chat: int) -> None:
        self.chat = chat
        self.user: User = fake.user(chat)

    async def fill(self, begin: str, note: Callable[[float], None] = lambda seconds: None) -> None:
        """The whole dialogue, one event after the other; `note` gets the seconds of each turn.

        Raises AssertionError where the bot shows something else than the next question.
        """
        for place in range(-1, len(QUESTIONS)):
            heard, began = self.user.heard, time.perf_counter()
            self.act(place, begin)
            await self.user.hears(heard, PATIENCE)
            note(time.perf_counter() - began)
            self.check(place + 1)

    def act(self, place: int, begin: str) -> None:
        """She answers the question at this place; at -1 she begins."""
        if place < 0:
            command = {"type": "bot_command", "offset": 0, "length": len(begin)}
            self.user.writes(text=begin, entities=[command])
        elif QUESTIONS[place].kind == "choice":
            self.user.taps(label_of(place, answer(self.chat, place)))
        else:
            self.user.says(answer(self.chat, place))

    def check(self, place: int) -> None:
        """The question at this place is on the screen, or the end with all answers."""
        text = self.user.text()
        wanted = QUESTIONS[place].label if place < len(QUESTIONS) else answer(self.chat, len(QUESTIONS) - 1)
        assert wanted in text, f"{self.chat} at {place} reads:\n{text}"

    def expected(self, count: int = len(QUESTIONS)) -> dict[str, str]:
        """Her first answers by question."""
        return {QUESTIONS[place].name: answer(self.chat, place) for place in range(count)}


