"""One thing to be corrected: its card, the reason, one more yes, and what everybody concerned is told."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from conversations.effects import Effect
from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, NO, YES, Heard, Miss, Outcome, Picked, Typed, choice, first, go_to, p, say
from conversations.messages import Choice, Day, Message, Moment, Money, Param, Phrase, Text
from conversations.rules.reasons import EXTEND, REVOKE, Use, label, told
from conversations.state import Place
from conversations.steps.vouchers.correction_lists import NAME, listing
from conversations.steps.vouchers.correction_notices import (
    charge_corrected,
    claim_corrected,
    extended,
    office_warned,
    revoked,
)
from conversations.steps.vouchers.reading import read_day
from conversations.steps.vouchers.words import lasting, one_of, service
from conversations.voucher_office_views import ConfirmedChargeView, LiveVoucherView, OwedClaimView
from conversations.voucher_orders import ExtendVoucher, ReverseClaim, ReverseRedemption, RevokeVoucher

CARDS: Final = {"voucher": "vouchers", "charge": "charges", "claim": "claims"}
"""Each card and the list it comes from."""
REASONS: Final[dict[str, tuple[Use, tuple[str, ...]]]] = {
    "revoke": ("revoke", REVOKE),
    "extend": ("extend", EXTEND),
    "charge": ("reverse", ("wrong_amount", "service_not_given", "asked_by_worker", "other")),
    "claim": ("reverse", ("wrong_decision", "wrong_amount", "asked_by_worker", "other")),
}
"""For each correction the reasons that make sense for it."""
WHY: Final = frozenset(f"{what}_why" for what in REASONS)
SURE: Final = frozenset(f"{what}_sure" for what in REASONS)
STEPS: Final = frozenset({*CARDS, "extend_day", *WHY, *SURE})


def card(kind: str, key: str, facts: Facts) -> Outcome:
    """The thing as it is now, and what can be done with it."""
    match _view(kind, key, facts):
        case LiveVoucherView() as view:
            return _shown(kind, key, *_of_voucher(view))
        case ConfirmedChargeView() as view:
            return _shown(kind, key, *_of_charge(view))
        case OwedClaimView() as view:
            return _shown(kind, key, *_of_claim(view))
        case _:
            return first(listing(CARDS[kind], facts), say("voucher_correction.gone"))


def show(place: Place, facts: Facts) -> Outcome:
    """The screen of a card, a reason, a day or a last question, as things are now."""
    key = str(place.data.get("id") or "")
    what = place.step.partition("_")[0]
    kind = what if what in CARDS else "voucher"
    view = _view(kind, key, facts)
    if view is None or place.step in CARDS:
        return card(kind, key, facts)
    if place.step == "extend_day" and isinstance(view, LiveVoucherView):
        body = (p("voucher_correction.ask_day", day=Day(view.expires_on)),)
        screen = Message(title=_title(kind, view.name), body=body, ways=(BACK,), wanted="text")
    elif place.step in WHY:
        use, codes = REASONS[what]
        rows = tuple(choice(code, label(use, code)) for code in codes)
        screen = Message(
            title=_title(kind, view.name), body=(p(f"voucher_correction.why_{what}"),), choices=rows, ways=(BACK,)
        )
    else:
        screen = Message(
            title=_title(kind, view.name), body=tuple(_last_question(place, what, view)), choices=(YES, NO)
        )
    return Outcome(place, screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on with what to do, the new last day, the reason, or the last yes."""
    key = str(place.data.get("id") or "")
    what, _, part = place.step.partition("_")
    view = _view(what if what in CARDS else "voucher", key, facts)
    if view is None:
        return show(place, facts)
    match part, heard:
        case "", Picked("extend") if isinstance(view, LiveVoucherView):
            return show(Place(NAME, "extend_day", {"id": key}), facts)
        case "", Picked("revoke" | "charge" | "claim" as chosen):
            return show(Place(NAME, f"{chosen}_why", {"id": key}), facts)
        case "day", Typed(text) if isinstance(view, LiveVoucherView):
            return _on_day(view, text, facts)
        case "why", Picked(code) if code in REASONS[what][1]:
            return show(Place(NAME, f"{what}_sure", {**place.data, "reason": code}), facts)
        case "sure", Picked("yes"):
            return _done(place, what, view)
        case "sure", Picked("no"):
            kind = what if what in CARDS else "voucher"
            return first(card(kind, key, facts), say("voucher_call.nothing_done"))
        case _:
            return Miss()


def back(place: Place, facts: Facts) -> Outcome:
    """From a question to the card, from the card to its list."""
    what = place.step.partition("_")[0]
    kind = what if what in CARDS else "voucher"
    if place.step in CARDS:
        return listing(CARDS[kind], facts)
    if place.step == "extend_why":
        return show(Place(NAME, "extend_day", {"id": place.data.get("id")}), facts)
    return card(kind, str(place.data.get("id") or ""), facts)


def _on_day(view: LiveVoucherView, text: str, facts: Facts) -> Outcome | Miss:
    day = read_day(text, facts)
    if isinstance(day, Phrase):
        return Miss(day)
    if day <= view.expires_on:
        return Miss(p("voucher_correction.not_later", day=Day(view.expires_on)))
    if view.latest is not None and day > view.latest:
        return Miss(p("voucher_correction.too_late", day=Day(view.latest)))
    return show(Place(NAME, "extend_why", {"id": view.id, "day": day.isoformat()}), facts)


def _done(place: Place, what: str, view: LiveVoucherView | ConfirmedChargeView | OwedClaimView) -> Outcome:
    reason = str(place.data.get("reason") or "")
    effects: tuple[Effect, ...]
    values: dict[str, Param] = {}
    match view:
        case LiveVoucherView() if what == "extend":
            day = _day(place.data)
            effects = (ExtendVoucher(view.id, day, reason), extended(view.id, day, reason))
            values = {"day": Day(day)}
        case LiveVoucherView():
            effects = (RevokeVoucher(view.id, reason), revoked(view.id, view.number, view.residual_cents, reason))
        case ConfirmedChargeView():
            effects = (ReverseRedemption(view.id, reason), *charge_corrected(view, reason), *office_warned(view))
        case OwedClaimView():
            effects = (ReverseClaim(view.id, reason), claim_corrected(view, reason), *office_warned(view))
    where = CARDS[what if what in CARDS else "voucher"]
    return go_to(NAME, *effects, say(f"voucher_correction.done_{what}", **values), list=where)


def _last_question(
    place: Place, what: str, view: LiveVoucherView | ConfirmedChargeView | OwedClaimView
) -> list[Text]:
    body: list[Text] = []
    match view:
        case LiveVoucherView() if what == "extend":
            body.append(p("voucher_correction.sure_extend", name=view.name, day=Day(_day(place.data))))
        case LiveVoucherView():
            body.append(p("voucher_correction.sure_revoke", name=view.name, rest=Money(view.residual_cents)))
        case ConfirmedChargeView():
            body.append(
                p(
                    "voucher_correction.sure_charge",
                    amount=Money(view.amount_cents),
                    provider=view.provider,
                    name=view.name,
                )
            )
            if view.paid:
                body.append(p("voucher_correction.paid_already"))
            elif view.batch:
                body.append(p("voucher_correction.in_file", batch=view.batch))
        case OwedClaimView():
            amount = Money(view.amount_cents)
            body.append(p("voucher_correction.sure_claim", number=view.number, name=view.name, amount=amount))
            if view.batch:
                body.append(p("voucher_correction.in_file", batch=view.batch))
    use = REASONS[what][0]
    body.append(p("voucher_correction.reads", reason=p(told(use, str(place.data.get("reason") or "")))))
    return body


def _of_voucher(view: LiveVoucherView) -> tuple[str, list[Text], tuple[Choice, ...]]:
    body: list[Text] = [
        p("voucher_decision.who", name=view.name, firm=view.enterprise or p("voucher.no_firm")),
        p(
            "voucher_correction.voucher",
            service=service(view.category),
            face=Money(view.face_cents),
            rest=Money(view.residual_cents),
        ),
        p("voucher_correction.expires", number=view.number, day=Day(view.expires_on)),
    ]
    longer = choice("extend", "voucher_correction.extend")
    if view.busy:
        return view.name, [*body, p("voucher_correction.busy")], (longer,)
    return view.name, body, (choice("revoke", "voucher_correction.revoke"), longer)


def _of_charge(view: ConfirmedChargeView) -> tuple[str, list[Text], tuple[Choice, ...]]:
    body: list[Text] = [
        p(
            "voucher_correction.charge",
            name=view.name,
            service=service(view.category),
            amount=Money(view.amount_cents),
            provider=view.provider,
            moment=Moment(view.at),
        )
    ]
    if view.paid:
        body.append(p("voucher_correction.paid_already"))
    return view.name, body, (choice("charge", "voucher_correction.undo_charge"),)


def _of_claim(view: OwedClaimView) -> tuple[str, list[Text], tuple[Choice, ...]]:
    body: list[Text] = [
        p(
            "voucher_correction.claim",
            number=view.number,
            name=view.name,
            service=service(view.category),
            amount=Money(view.amount_cents),
            supplier=view.supplier,
        )
    ]
    return view.name, body, (choice("claim", "voucher_correction.undo_claim"),)


def _shown(kind: str, key: str, name: str, body: list[Text], acts: tuple[Choice, ...]) -> Outcome:
    ways = (lasting(NAME, CARDS[kind], "", f"voucher_correction.{CARDS[kind]}"), BACK)
    screen = Message(title=_title(kind, name), body=tuple(body), choices=acts, ways=ways)
    return Outcome(Place(NAME, kind, {"id": key}), screen)


def _title(kind: str, name: str) -> Phrase:
    return p(f"voucher_correction.title_{kind}", name=name)


def _view(kind: str, key: str, facts: Facts) -> LiveVoucherView | ConfirmedChargeView | OwedClaimView | None:
    known = facts.vouchers
    match kind:
        case "charge":
            return one_of(known.charged, key)
        case "claim":
            return one_of(known.owed, key)
        case _:
            return one_of(known.live, key)


def _day(data: Mapping[str, Json]) -> date:
    return date.fromisoformat(str(data.get("day") or ""))
