"""Decide a request by a tap: the alert, the case, the queue; old buttons say what happened meanwhile.

> Nuova richiesta K7M-2QX: Cura, 200 €. [Approva] [Rifiuta] [Chiedi] [Dettagli]
Marta: [Approva]
> Fatto: K7M-2QX approvata, 200 €.
Marta: [Approva]
> K7M-2QX è già approvata: Marta, 25/11/2026, 10:32.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import Heard, Miss, Outcome, Picked, done, say
from conversations.state import Place
from conversations.steps.vouchers import deciding as deciding
from conversations.steps.vouchers import queue as queues
from conversations.steps.vouchers.case import to_do
from conversations.steps.vouchers.words import page_in, told

_ALONE = frozenset({"approve", "decline", "ask", "open"})
"""What can be said in a word, where only one request waits."""


class VoucherDecision:
    """For whoever holds the decision role now: what she may not see is not there."""

    name: ClassVar[str] = deciding.NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the queue."""
        if not self._decides(facts):
            return done(say("engine.not_for_you"))
        return queues.queue(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from the queue or a case."""
        match place.step, heard:
            case "queue", Picked("more"):
                return queues.queue(facts, page_in(place.data.get("page")) + 1)
            case (("queue" | "case"), _):
                return Miss()
            case _:
                return deciding.take(place, heard, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen as things are now; a case that is settled meanwhile says so."""
        key = str(place.data.get("id") or "")
        match place.step:
            case "queue":
                return queues.queue(facts, page_in(place.data.get("page")))
            case "decline" | "ask" | "undo":
                return self._or_queue(deciding.reasons(place.step, key, facts), facts)
            case "ask_text":
                return self._or_queue(deciding.reasons("ask", key, facts), facts)
            case "score":
                return self._or_queue(deciding.ask_points(key, facts), facts)
            case _:
                return self._or_queue(replace(deciding.opened(key, facts), effects=()), facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """queue, open, approve, decline, ask, wait, undo, leave, points, paper, seen; and the timers of a request."""
        if verb in queues.VERBS:
            return queues.ring(verb, subject, facts)
        if verb in _ALONE and not subject:
            waiting = [*(one.id for one in to_do(facts)), *(one.id for one in facts.vouchers.for_firm)]
            if len(waiting) != 1:
                return self.enter({}, facts) if self._decides(facts) else told(say("engine.not_for_you"))
            subject = waiting[0]
        match verb:
            case "approve":
                return deciding.approve(subject, facts, sure=False)
            case "decline" | "ask" | "undo":
                return deciding.reasons(verb, subject, facts)
            case "open":
                return deciding.opened(subject, facts)
            case "wait":
                return deciding.wait(subject, facts)
            case "leave":
                return deciding.leave(subject, facts)
            case "points":
                return deciding.ask_points(subject, facts)
            case "paper" | "seen":
                return deciding.paper(subject, facts, verify=verb == "seen")
            case _:
                return self.enter({}, facts) if self._decides(facts) else told(say("engine.not_for_you"))

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From a question to the case, from the case to the queue, from there to where she was."""
        match place.step:
            case "queue":
                return done()
            case "case":
                return queues.queue(facts)
            case _:
                return self.show(replace(place, step="case"), facts)

    def _or_queue(self, outcome: Outcome, facts: Facts) -> Outcome:
        if isinstance(outcome.then, Place):
            return outcome
        return queues.queue(facts) if self._decides(facts) else done()

    def _decides(self, facts: Facts) -> bool:
        person = facts.person
        manages = person.holds("welfare_manager") or person.holds("coordinator")
        return manages or bool(facts.vouchers.for_firm or facts.vouchers.firm_decided)
