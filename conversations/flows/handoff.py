"""Parla con una persona: a message becomes a ticket that a welfare manager answers, without knowing who asked.

Tu:   persona
WIS:  Puoi chiamare +39 ...: lun-ven 9-13. Oppure scrivi qui la tua domanda.
Tu:   Posso chiedere il part-time dopo la maternità?
WIS:  Ecco il tuo messaggio. Lo mando? [Invia] [Riscrivi]
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations import handoff_answering as answering
from conversations import handoff_asking as asking
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import STAY, Heard, Miss, Outcome, done, say
from conversations.handoff_draft import draft_of
from conversations.rules.tickets import ticket_number
from conversations.state import Place

_READERS_STEPS = frozenset({"list", "read", "reply", "preview"})


class Handoff:
    """Everybody may write; only who is a welfare manager now reads and answers."""

    name: ClassVar[str] = asking.NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with an empty message."""
        return asking.write(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on with the message, or with the tickets of a welfare manager."""
        if place.step not in _READERS_STEPS:
            return asking.take(place, heard, facts)
        if not facts.person.holds("welfare_manager"):
            return done(say("handoff.not_reader"))
        return answering.take(place, heard, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same place once more."""
        if place.step in _READERS_STEPS:
            if not facts.person.holds("welfare_manager"):
                return done(say("handoff.not_reader"))
            return answering.show(place, facts)
        draft = draft_of(place.data)
        return asking.write(facts, draft.about) if draft.empty else asking.confirm(draft, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From the confirmation to a new message; from there to where the person was."""
        if place.step in _READERS_STEPS and facts.person.holds("welfare_manager"):
            return answering.back(place, facts)
        return asking.write(facts, draft_of(place.data).about) if place.step == "confirm" else done()

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open; for the asker more, enough, answer; for a welfare manager list, read."""
        match verb:
            case "more":
                mine = asking.ticket_of(subject, facts)
                return asking.write(facts, about=subject if mine is not None and mine.mine else "")
            case "enough":
                return Outcome(STAY, effects=(say("handoff.bye"),))
            case "answer":
                return self._answer_again(subject, facts)
            case "list" | "read" if not facts.person.holds("welfare_manager"):
                return Outcome(STAY, effects=(say("handoff.not_reader"),))
            case "list":
                outcome = answering.listing(facts)
                return outcome if outcome.screen is not None else Outcome(STAY, effects=outcome.effects)
            case "read":
                return answering.opened(subject, facts)
            case _:
                return asking.write(facts)

    def _answer_again(self, ticket_id: str, facts: Facts) -> Outcome:
        ticket = asking.ticket_of(ticket_id, facts)
        if ticket is None or not ticket.mine or not ticket.answer:
            return Outcome(STAY, effects=(say("handoff.no_answer_yet", number=ticket_number(ticket_id)),))
        return Outcome(STAY, effects=(answering.answered_again(ticket),))
