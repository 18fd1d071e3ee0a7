"""Lingua: choose the language; the answer comes in the new one and the person goes on where she was.

Giulia: lingua
> Che lingua preferisci? Which language do you prefer? [Italiano] [English] [Indietro]
Giulia: [English]
> Fine, let's speak English.
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.effects import SetLanguage
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, done, p, say
from conversations.messages import Choice, Message, Verbatim
from conversations.phrases import language_named, own_name
from conversations.state import Place


class Language:
    """One question for everybody, guests included."""

    name: ClassVar[str] = "language"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Ask, in every language we speak."""
        return self.show(Place(self.name, "choose"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Take a language by its button or its name in any of our languages."""
        match heard:
            case Picked(value):
                language: str | None = value
            case Typed(text):
                language = language_named(text, facts.catalog)
            case _:
                language = None
        if language not in facts.catalog.languages:
            return Miss(p("language.miss"))
        return done(SetLanguage(language), say("language.done"))

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The question once more."""
        names = tuple(Choice(code, Verbatim(own_name(code))) for code in facts.catalog.languages)
        screen = Message(body=(p("language.ask"),), choices=names, ways=(BACK,))
        return Outcome(Place(self.name, "choose"), screen)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open: ask."""
        return self.enter({}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To where the person was."""
        return done()
