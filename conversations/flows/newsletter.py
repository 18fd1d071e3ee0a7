"""Notizie: the newsletter for its readers: the archive, an issue and its buttons, in and out, topics, chat and hour.

WIS:   Notizie di dicembre 2026. 1. ... 2. ... [Chiedi sulla 1] [Chiedi sulla 2] [Non inviare più]
Sara:  [Chiedi sulla 1]
WIS:   Che cosa vuoi sapere su «...»?
"""

from collections.abc import Mapping
from typing import ClassVar, Final, get_args

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import STAY, Heard, Miss, Outcome, Picked, done, say
from conversations.state import Place
from conversations.steps.newsroom import reading, wishing
from conversations.steps.newsroom.wanted import READING

_READING: Final = frozenset({"archive", "issue", "ask"})


class Newsletter:
    """For everybody who has joined."""

    name: ClassVar[str] = READING
    roles: ClassVar[frozenset[Role] | None] = frozenset(get_args(Role))

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin: with `read` the issue that waits, else the newest; with `on` or `off` in or out; else the home."""
        if args.get("read"):
            return reading.latest(facts)
        if args.get("on"):
            return wishing.subscribe(facts)
        return wishing.withdrawn("newsletter", facts) if args.get("off") else wishing.home(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from wherever she is."""
        match place.step, heard:
            case "home", Picked("read"):
                return reading.latest(facts)
            case "home", Picked("archive"):
                return reading.archive(facts)
            case step, _ if step in _READING:
                return reading.take(place, heard, facts)
            case _:
                return wishing.take(place, heard, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same place once more."""
        return reading.show(place, facts) if place.step in _READING else wishing.show(place, facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, read, later, stop, on, topics, tell, ask, interested; again is the timer of who wanted it later."""
        if subject and verb != "again" and reading.trial(subject, facts):
            return Outcome(STAY, effects=(say("newsletter.trial"),))
        match verb:
            case "read":
                return reading.read(subject, facts, announced=True)
            case "open" if subject:
                return reading.read(subject, facts, announced=False)
            case "later":
                return reading.later(subject, facts)
            case "again":
                return reading.again(subject, facts)
            case "stop":
                return wishing.stop_here(facts)
            case "on":
                return wishing.subscribe(facts)
            case "topics":
                return wishing.topics(facts)
            case "tell":
                return reading.tell(subject, facts)
            case "ask":
                return reading.asking(subject, facts)
            case "interested":
                return reading.interested(subject, facts)
            case "open" | "home":
                return wishing.home(facts)
            case _:
                return Outcome(STAY)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From an issue to the archive, from a question to the issue, from the home to where she was."""
        match place.step:
            case "home":
                return done()
            case "issue":
                return reading.archive(facts)
            case "ask":
                return reading.show(Place(self.name, "issue", dict(place.data)), facts)
            case _:
                return wishing.home(facts)
