"""How a run of the newsletter behaves on its channel, and how an issue becomes a letter for one reader."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from conversations.events import Address
from conversations.messages import Message
from conversations.news.views import Issue, Wishes
from scheduler.render import Renderer
from scheduler.sending import Letter, Recipient
from storage.news.claims import Claimed
from storage.people import KnownAddress

Digest = Callable[[Issue, Wishes, str, date], Message]
"""The issue as this reader reads it, in her language, on this day."""

LOUD = (9, 19)
"""Local hours (from, before) in which a digest may ring (channels.md 8)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How many rows a run has in hand, the channel's hours (local, from and before), the openers a day (None: no
    limit), and after how many seconds without a sign of life it is given up for dead."""

    hand: int = 5
    hours: tuple[int, int] = (0, 24)
    openers: int | None = None
    lost_after: float = 20.0
    beat_every: float = 5.0
    linger: float = 30.0
    """Seconds for which a run waits for somebody who is due soon."""

    @property
    def patience(self) -> float:
        """Seconds after a sign of life in which a letter may leave: nobody takes us for dead before twice as many."""
        return self.lost_after / 2

    def open(self, local: datetime) -> bool:
        """True if the channel is used at this hour."""
        first, end = self.hours
        return first <= local.hour < end

    def into_hours(self, local: datetime) -> datetime:
        """That moment, or the first one after it at which the channel is used, in UTC."""
        if local.hour >= self.hours[1]:
            local += timedelta(days=1)
        if not self.open(local):
            local = local.replace(hour=self.hours[0], minute=0, second=0, microsecond=0)
        return local.astimezone(UTC)


def letter_for(one: Claimed, issue: Issue, digest: Digest, renderer: Renderer, local: datetime) -> Letter:
    """Her digest as a letter. Outside WhatsApp's window only its opener goes out, which is told apart from it, and
    the digest follows her tap. It is silent at night. Raises what the digest or the renderer raises."""
    message = digest(issue, one.wishes, one.language, local.date())
    letter = renderer.letter(-one.id, message, one.language, "", one.person_id)
    opener = None if letter.opener is None else replace(letter.opener, whole=False)
    return replace(letter, opener=opener, silent=letter.silent or not LOUD[0] <= local.hour < LOUD[1])


def recipient_of(one: Claimed) -> Recipient:
    """Who gets it; without a window where only the opener may go."""
    window = None if one.opens else one.address.last_inbound
    return Recipient(_address(one.address), one.language, tuple(map(_address, one.aliases)), window)


def _address(known: KnownAddress) -> Address:
    return Address(known.channel, known.value, known.kind)
