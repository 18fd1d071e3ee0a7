"""Parla con una persona: a private thread with the welfare manager, who answers without knowing who asks.

Tu:   persona
WIS:  Fai la tua domanda con parole tue. Puoi mandare anche un messaggio vocale, una foto o un documento.
Tu:   Posso chiedere il part-time dopo la maternità?
WIS:  Ecco il tuo messaggio. Lo mando? [Invia] [Riscrivi]
WIS:  Risposta alla domanda K7M-2QX. Sì, puoi... [Scrivi ancora] [Grazie, basta così]
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.effects import Say, ToFollower, ToRole
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.faq.entries import VIOLENCE
from conversations.flow import STAY, Heard, Miss, Outcome, done, first, p, say
from conversations.folding import tidy
from conversations.messages import Message
from conversations.rules.tickets import ticket_number
from conversations.state import Place
from conversations.steps.handoff import answering as answering
from conversations.steps.handoff import asking as asking
from conversations.steps.handoff.draft import LONGEST, Draft, draft_of, file_of
from conversations.steps.handoff.lists import listing
from conversations.steps.handoff.thread import NAME, more, ticket_of
from conversations.steps.handoff.timers import GIVEN_UP, QUIET, at_rest, late_again

_READERS_STEPS = frozenset({"list", "closed", "read", "reply", "preview", "canned"})


class Handoff:
    """Everybody may write; only who is a welfare manager now reads and answers."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with what there is of a message: `text`, `file` (kind, ref, mime, name, size), and the `topic`."""
        topic = str(args.get("topic") or "")
        draft = Draft(
            text=tidy(str(args.get("text") or ""))[:LONGEST],
            file=file_of(args.get("file")),
            # nobody's wish to talk about violence is written beside her name
            topic="" if topic == VIOLENCE else topic,
        )
        return asking.begin(draft, facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on with the message, or with the threads of a welfare manager."""
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
        ticket = ticket_of(draft.about, facts)
        match place.step:
            case "mine":
                return asking.own_list(facts)
            case "thread" if ticket is not None and ticket.mine:
                return replace(asking.thread(ticket), effects=())
            case "name":
                return asking.ask_name(draft.about)
            case "name_sure":
                return asking.sure_of_name(draft.about, str(place.data.get("name") or ""))
            case _:
                return asking.begin(draft, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From the confirmation to a new message; from there to where the person was."""
        if place.step in _READERS_STEPS and facts.person.holds("welfare_manager"):
            return answering.back(place, facts)
        match place.step:
            case "confirm":
                return asking.write(replace(draft_of(place.data), text="", file=None), facts)
            case "thread":
                return asking.own_list(facts)
            case _:
                return done()

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """For everybody open, topic, mine; for who asked more, enough, answer, name; for welfare managers list, read.

        soon, late and rest are timers."""
        ticket = ticket_of(subject, facts)
        mine = ticket if ticket is not None and ticket.mine else None
        match verb:
            case "more" if mine is not None:
                return asking.write(Draft(about=mine.id, matter=mine.matter), facts)
            case "enough":
                return asking.enough(subject, facts)
            case "answer" | "thread" if mine is not None:
                return asking.thread(mine)
            case "answer" | "thread" | "noname":
                key = "handoff.name_kept" if verb == "noname" else "handoff.not_yours"
                return Outcome(STAY, effects=(say(key),))
            case "name" if mine is not None and not mine.name:
                return asking.ask_name(mine.id)
            case "mine":
                return asking.own_list(facts)
            case "topic":
                return self.enter({"topic": subject}, facts)
            case "soon" | "late" | "rest":
                return self._rung(verb, subject, facts)
            case "list" | "read" if not facts.person.holds("welfare_manager"):
                return Outcome(STAY, effects=(say("handoff.not_reader"),))
            case "list":
                outcome = listing(facts)
                return outcome if outcome.screen is not None else Outcome(STAY, effects=outcome.effects)
            case "read":
                return answering.opened(subject, facts)
            case _:
                return asking.begin(Draft(), facts)

    def _rung(self, verb: str, key: str, facts: Facts) -> Outcome:
        """A day before an answer is due its follower hears of it; when it is late all colleagues and the asker do."""
        ticket = ticket_of(key, facts)
        quiet = Outcome(STAY)
        if ticket is None or not ticket.open:
            return quiet
        if verb == "rest":
            last = ticket.notes[-1].at if ticket.notes else facts.now
            waits = ticket.waiting == "them" and facts.now - last >= QUIET and not ticket.mine
            return Outcome(STAY, effects=at_rest(key)) if waits else quiet
        if not ticket.mine or ticket.due is None or ticket.waiting != "us":
            return quiet
        if verb == "soon":
            soon = asking.alert(key, facts, "handoff.alert_soon")
            return Outcome(STAY, effects=(Say(soon, ToFollower(key), "alert"),))
        if facts.now < ticket.due or facts.now - ticket.due > GIVEN_UP:
            return quiet
        told = Say(asking.alert(key, facts, "handoff.alert_late"), ToRole("welfare_manager"), "alert")
        again = Outcome(STAY, effects=(told, late_again(key, facts)))
        if facts.now - ticket.due >= QUIET / 14:
            return again
        sorry = Message(body=(p("handoff.sorry_late", number=ticket_number(key)),), ways=(more(key),))
        return first(again, Say(sorry))
