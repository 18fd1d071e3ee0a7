"""People who answer while the bot is killed: what they were shown, and whether they still wait for an answer."""

from dataclasses import dataclass, field
from typing import Any

from bench.people import Phone
from bench.questions import QUESTIONS
from tests.fakes.telegram_api import FakeTelegram

END = len(QUESTIONS)


@dataclass
class Guest:
    """One person; a place is that of a question, END that of the last screen, -1 what comes before the first."""

    phone: Phone
    begin: str
    reached: int = -1
    acted: int = -2
    repeats: int = 0
    stuck: bool = False

    @property
    def waits(self) -> bool:
        """She has answered what she was shown last."""
        return self.acted == self.reached < END

    def see(self, place: int) -> None:
        """A screen has come; one she has had before is a repetition."""
        self.repeats += place <= self.reached
        self.reached = max(self.reached, place)

    async def go_on(self, patience: float) -> None:
        """One turn: she answers, unless she has, and sees what comes next; where nothing comes she is stuck."""
        before = self.reached
        if not self.waits:
            self.acted = before
            self.phone.act(before, self.begin)
        try:
            while self.reached == before:
                await self.phone.user.hears(self.phone.user.heard, patience)
        except TimeoutError:
            self.stuck = True


@dataclass
class Guests:
    """Everybody who came, and who of them is on the way."""

    fake: FakeTelegram
    begin: str
    all: dict[int, Guest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fake.on_message = self._see

    def on_the_way(self) -> list[Guest]:
        """Those who have not finished and are not stuck."""
        return [guest for guest in self.all.values() if guest.reached < END and not guest.stuck]

    def come(self, chat: int) -> None:
        """One more begins."""
        self.all[chat] = Guest(Phone(self.fake, chat), self.begin)

    def _see(self, chat: int, message: dict[str, Any]) -> None:
        labels = [place for place, question in enumerate(QUESTIONS) if question.label in message.get("text", "")]
        if labels:
            self.all[chat].see(labels[0] if len(labels) == 1 else END)
