"""Collega: a one-time code that joins a second chat, on the other channel, to the same person.

Giulia: collega
> Apri l'altra chat e manda questo codice entro 30 minuti: COL-7K3M-2QXA [Fatto]
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from conversations.effects import IssueLinkCode
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import DONE, HUMAN, Heard, Miss, Outcome, Picked, Typed, done, go_to, p, say
from conversations.messages import Message, Text, Verbatim
from conversations.rules.codes import LINK, code_in, looks_like_code, make_code
from conversations.state import Place

LIFE = timedelta(minutes=30)
"""How long storage keeps a code valid (effects.IssueLinkCode)."""


class Link:
    """For members: a guest has nothing yet that a second chat could join."""

    name: ClassVar[str] = "link"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Make a code and say how to use it."""
        if not facts.person.member:
            return done(say("link.guest"))
        # Only what nobody can guess goes into the code; the hash spreads it over the code's 40 bits.
        code = make_code(LINK, sha256(facts.fresh[0].encode()).digest())
        until = (facts.now + LIFE).isoformat()
        place = Place(self.name, "shown", {"code": code, "until": until})
        return Outcome(place, _screen(code, facts), (IssueLinkCode(code),))

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on when she says it is done; a code that belongs to nobody is explained by the welcome."""
        match heard:
            case Picked("done"):
                return done()
            case Typed(text) if looks_like_code(text) or code_in(text, LINK):
                return go_to("welcome", code=text)
            case _:
                return Miss(p("link.miss"))

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same code while it is valid, a new one afterwards."""
        code, until = place.data.get("code"), place.data.get("until")
        if isinstance(code, str) and isinstance(until, str) and facts.now < datetime.fromisoformat(until):
            return Outcome(place, _screen(code, facts))
        return self.enter({}, facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open: make a code."""
        return self.enter({}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To where the person was."""
        return done()


def _screen(code: str, facts: Facts) -> Message:
    body: tuple[Text, ...] = (p("link.send"), Verbatim(code), *_roads(code, facts), p("link.once"))
    return Message(title=p("link.title"), body=body, choices=(DONE, HUMAN))


def _roads(code: str, facts: Facts) -> tuple[Text, ...]:
    """A link to each other chat that opens it with the code already written."""
    roads: list[Text] = []
    if facts.house.telegram_bot and facts.channel != "telegram":
        roads.append(p("link.telegram", url=f"https://t.me/{facts.house.telegram_bot}?start={code}"))
    digits = "".join(char for char in facts.house.whatsapp_number if char.isdigit())
    if digits and facts.channel != "whatsapp":
        roads.append(p("link.whatsapp", url=f"https://wa.me/{digits}?text={code}"))
    return tuple(roads)
