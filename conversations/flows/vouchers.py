"""Vouchers at a glance: what exists for her and what is left, her requests, her vouchers with code and QR picture.

Giulia: voucher
> Bando Cura e tempo, fino al 31 dicembre. Puoi avere ancora 800 €. [Chiedi un voucher] [Le mie richieste]
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import MENU, NO, YES, Heard, Miss, Outcome, Picked, Typed, done, first, go_to, p, say
from conversations.messages import Message, Money
from conversations.rules.voucher_pins import pin_in
from conversations.rules.vouchers_moves import LIVE_VOUCHER, OPEN_CLAIM
from conversations.state import Place
from conversations.steps.vouchers.mine import NAME, figures, hub, listing, qr
from conversations.steps.vouchers.status import (
    claim_acts,
    claim_lines,
    request_acts,
    request_lines,
    voucher_acts,
    voucher_lines,
)
from conversations.steps.vouchers.words import lasting, one_of, page_in, told
from conversations.voucher_orders import ReleaseVoucher


class Vouchers:
    """Everybody may look; each sees what her roles and her own things allow."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the overview; `list` goes straight to what is hers."""
        if not facts.person.member:
            return go_to("welcome")
        return listing(facts) if args.get("list") else hub(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """A page, a yes to give back, or the four figures of a charge."""
        match place.step, heard:
            case "list", Picked("more"):
                return listing(facts, page_in(place.data.get("page")) + 1)
            case "give", Picked("yes" | "no" as said):
                return (
                    self._give(str(place.data.get("id") or ""), facts)
                    if said == "yes"
                    else done(say("vouchers.stays"))
                )
            case _, Typed(text) if (pin := pin_in(text)) is not None:
                return go_to("voucher_redeem", pin=pin)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen as things are now."""
        key = str(place.data.get("id") or "")
        match place.step:
            case "list":
                return listing(facts, page_in(place.data.get("page")))
            case "request" | "voucher" | "claim":
                return self._one(place.step, key, facts)
            case "give":
                return self._ask_give(key, facts)
            case _:
                return hub(facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, list, request, voucher, claim, qr, figures, give."""
        match verb:
            case "list":
                return listing(facts)
            case "request" | "voucher" | "claim":
                return self._one(verb, subject, facts)
            case "qr":
                view = one_of(facts.vouchers.vouchers, subject)
                return told(say("vouchers.gone")) if view is None else qr(view, facts)
            case "figures":
                view = one_of(facts.vouchers.vouchers, subject)
                return told(say("vouchers.gone")) if view is None else figures(view)
            case "give":
                return self._ask_give(subject, facts)
            case _:
                return self.enter({}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From one thing to the list, from there to the overview, from there to where she was."""
        match place.step:
            case "hub":
                return done()
            case "list":
                return hub(facts)
            case "give":
                return self._one("voucher", str(place.data.get("id") or ""), facts)
            case _:
                return listing(facts)

    def _one(self, kind: str, key: str, facts: Facts) -> Outcome:
        known = facts.vouchers
        request, voucher, claim = one_of(known.requests, key), one_of(known.vouchers, key), one_of(known.claims, key)
        if request is not None:
            title = p("vouchers.request", number=request.number) if request.number else p("vouchers.state_draft")
            body, choices = request_lines(request), request_acts(request)
        elif voucher is not None:
            title, body, choices = p("vouchers.voucher"), voucher_lines(voucher, facts), voucher_acts(voucher, facts)
        elif claim is not None:
            title = p("vouchers.claim", number=claim.number) if claim.number else p("vouchers.state_draft")
            body, choices = claim_lines(claim, facts), claim_acts(claim)
        else:
            return first(listing(facts), say("vouchers.gone"))
        ways = (lasting(NAME, "list", "", "vouchers.my_requests"), MENU)
        return Outcome(Place(NAME, kind, {"id": key}), Message(title=title, body=body, choices=choices, ways=ways))

    def _ask_give(self, key: str, facts: Facts) -> Outcome:
        view = one_of(facts.vouchers.vouchers, key)
        if view is None or view.state not in LIVE_VOUCHER:
            return told(say("vouchers.not_usable"))
        if any(one.draft.voucher_id == key and one.state in OPEN_CLAIM for one in facts.vouchers.claims):
            return told(say("vouchers.claim_first"))
        if any(one.voucher_id == key and one.state == "started" for one in facts.vouchers.redemptions):
            return told(say("vouchers.charge_first"))
        body = (p("vouchers.ask_give", amount=Money(view.residual_cents)),)
        return Outcome(Place(NAME, "give", {"id": key}), Message(body=body, choices=(YES, NO)))

    def _give(self, key: str, facts: Facts) -> Outcome:
        again = self._ask_give(key, facts)
        if not isinstance(again.then, Place):
            return first(done(), *again.effects)
        return done(ReleaseVoucher(key), say("vouchers.given"))
