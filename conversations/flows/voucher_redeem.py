"""Use a voucher at a partner: the partner types or scans the code and asks for an amount, the owner confirms it.

Paolo: 7K3M-2QXZ-0AB
> Valido: Baby-sitter, G. R., restano 200 €. Quanto vuoi incassare?
Paolo: 40
→ Giulia: Paolo Baby chiede 40 € sul tuo voucher. Confermi? [Confermo] [No]
Giulia: [Confermo]
→ Paolo: Confermato: 40 €.
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import Heard, Miss, Outcome, done, first, say
from conversations.state import Place
from conversations.steps.vouchers import charging as charging
from conversations.steps.vouchers import confirming as confirming
from conversations.steps.vouchers import statement as stating
from conversations.steps.vouchers.words import told


class VoucherRedeem:
    """A partner charges, the owner of the voucher confirms; each sees only her side."""

    name: ClassVar[str] = charging.NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin: `code` is what a partner typed or scanned, `pin` what an owner typed."""
        if pin := str(args.get("pin") or ""):
            found = confirming.by_pin(pin, facts)
            return done(say("voucher_redeem.wrong_pin")) if found is None else first(done(), *found.effects)
        if not facts.person.holds("partner"):
            return done(say("engine.not_for_you"))
        if code := str(args.get("code") or ""):
            outcome = charging.presented(code, facts, {})
            return charging.ask_code(facts) if isinstance(outcome, Miss) else outcome
        return charging.ask_code(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on with a charge."""
        if not facts.person.holds("partner"):
            return done(say("engine.not_for_you"))
        return charging.take(place, heard, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a charge once more."""
        if not facts.person.holds("partner"):
            return done(say("engine.not_for_you"))
        return charging.show(place, facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """confirm, refuse for the owner; charge, statement, undo for a partner; and the timers."""
        if verb in confirming.VERBS:
            return confirming.ring(verb, subject, facts)
        if verb in stating.VERBS:
            return stating.ring(verb, facts) if facts.person.holds("partner") else told()
        match verb:
            case "confirm":
                return confirming.confirm(subject, facts)
            case "refuse":
                return confirming.refuse(subject, facts)
            case _ if not facts.person.holds("partner"):
                return told(say("engine.not_for_you"))
            case "statement":
                return stating.statement(facts)
            case "undo":
                return charging.ask_undo(subject, facts)
            case _:
                return charging.ask_code(facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To the code, from there to where she was; a charge that waits goes on waiting."""
        if not facts.person.holds("partner") or place.step == "code":
            return done()
        return stating.statement(facts) if place.step == "undo" else charging.ask_code(facts)
