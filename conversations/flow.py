"""What a flow is, what it hears and what it answers, with the few helpers all flows use."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol, runtime_checkable

from conversations.effects import Effect, Say
from conversations.events import ContactShared, Json, Located, Sent, Unreadable
from conversations.facts import Facts, House, Role
from conversations.messages import Choice, Message, Param, Phrase, Text
from conversations.state import Place


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice of the current screen, by tap, number or words."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that is none of the choices."""

    text: str


Heard = Picked | Typed | Sent | Located | ContactShared | Unreadable


@dataclass(frozen=True, slots=True)
class GoTo:
    """Hand the conversation over to another flow, entered with these arguments."""

    flow: str
    args: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stay:
    """The person stays where she is, whatever that is, and her screen stays valid."""


STAY = Stay()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a flow decided.

    `then` is the next place, a hand-over, STAY, or None where the flow is done and the person returns to what she
    had left open (or to the menu). `screen` is what she sees at the next place, after the messages among
    `effects`. Of a flow that is done it is the receipt, see `over`; a hand-over and STAY have none.
    """

    then: Place | GoTo | Stay | None
    screen: Message | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """The flow could not make sense of it; `why` says what it waits for, if it can."""

    why: Phrase | None = None


class Flow(Protocol):
    """One conversation with a purpose. All four are pure."""

    name: ClassVar[str]
    roles: ClassVar[frozenset[Role] | None]
    """Who may enter: None is everybody, guests included; a set is those who hold one of the roles."""

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin."""
        ...

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from a place with what was heard."""
        ...

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a place once more, after an interruption; normally `then` is the same place."""
        ...

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """Obey a lasting button "@name:verb:subject", or a timer of this flow; must be idempotent."""
        ...

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One step back; where there is none, `then` None."""
        ...


@runtime_checkable
class Keeping(Protocol):
    """A flow that keeps something of who leaves it for the menu half-way."""

    def left(self, place: Place, facts: Facts) -> str:
        """The key of the phrase that says what is kept, empty if nothing is."""
        ...


def p(key: str, **params: Param) -> Phrase:
    """The phrase with these parameters."""
    return Phrase(key, params)


def say(key: str, **params: Param) -> Say:
    """A notice, here and now, that asks nothing."""
    return Say(Message(body=(Phrase(key, params),)))


def choice(value: str, key: str, **params: Param) -> Choice:
    """A choice whose label is a phrase."""
    return Choice(value, Phrase(key, params))


BACK = choice("back", "way.back")
SKIP = choice("skip", "way.skip")
MENU = choice("@menu:home", "way.menu")
HUMAN = choice("@handoff:open", "way.human")
HIDE = choice("@faq:hide", "faq.hide")
"""Take this message away from the chat; it stays good however old the message is."""
NEXT = choice("next", "way.next")
DONE = choice("done", "way.done")
YES = choice("yes", "common.yes")
NO = choice("no", "common.no")


def go_to(flow: str, *effects: Effect, **args: Json) -> Outcome:
    """Hand over."""
    return Outcome(GoTo(flow, args), effects=effects)


def done(*effects: Effect) -> Outcome:
    """The flow is over."""
    return Outcome(None, effects=effects)


def over(receipt: Message, *effects: Effect) -> Outcome:
    """The flow is over. The receipt stays in the chat, and is the last thing she reads unless she had left a question
    open; its buttons are ways that last."""
    return Outcome(None, receipt, effects)


def first(outcome: Outcome, *effects: Effect) -> Outcome:
    """The outcome with these effects before its own."""
    return replace(outcome, effects=(*effects, *outcome.effects))


def phone_line(house: House) -> tuple[Text, ...]:
    """The paragraph that says whom to call and when; none where no phone is configured."""
    if not house.phone:
        return ()
    if not house.hours:
        return (p("common.call_any_time", phone=house.phone),)
    return (p("common.call", phone=house.phone, hours=house.hours),)
