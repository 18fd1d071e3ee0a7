"""A partner's side of a charge: the code, what it is worth, the amount, the wait for a yes, the statement."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from conversations.effects import Effect, Say
from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, NO, YES, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.messages import Message, Moment, Money, Phrase, Text
from conversations.rules.voucher_codes import meant_as_code, token_in, voucher_code_in
from conversations.rules.voucher_pins import pin_in, pin_of
from conversations.rules.voucher_timers import REDEMPTION_LIFE, WRONG_TRIES
from conversations.rules.vouchers_moves import CONFIRMED, STARTED
from conversations.state import Place
from conversations.steps.vouchers.alerts import to_coordinators
from conversations.steps.vouchers.notices import charge, charge_over, paid_aloud
from conversations.steps.vouchers.reading import read_amount
from conversations.steps.vouchers.statement import statement
from conversations.steps.vouchers.words import lasting, one_of, service, today, told
from conversations.voucher_orders import (
    ConfirmAloud,
    NoteWrongCode,
    RefuseRedemption,
    ReverseRedemption,
    StartRedemption,
)
from conversations.voucher_views import PartnerRedemptionView, PartnerVoucherView

NAME: Final = "voucher_redeem"
STEPS: Final = frozenset({"code", "amount", "waiting", "statement", "undo"})


def ask_code(facts: Facts, data: Mapping[str, Json] | None = None) -> Outcome:
    """The partner is asked for a code; not while she is blocked."""
    if facts.vouchers.code_blocked_until is not None:
        return _blocked(facts, data or {})
    screen = Message(
        title=p("voucher_redeem.title"),
        body=(p("voucher_redeem.ask_code"),),
        choices=(choice("statement", "voucher_redeem.statement"),),
        ways=(BACK,),
        wanted="text",
        example=p("voucher_redeem.example_code"),
    )
    return Outcome(Place(NAME, "code", dict(data or {})), screen)


def presented(text: str, facts: Facts, data: Mapping[str, Json]) -> Outcome | Miss:
    """What a typed or scanned code is worth, or that it is none."""
    known = facts.vouchers
    if known.code_blocked_until is not None:
        return _blocked(facts, data)
    if known.presented is not None:
        if not known.presented.valid:
            return first(ask_code(facts, data), say("voucher_redeem.not_valid"))
        return _worth(known.presented, token_in(text) or "")
    if known.wrong_code or token_in(text) is not None:
        return _wrong(text, facts, data)
    return Miss(p("voucher_redeem.no_code"))


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on with the code, the amount, the wait or the undoing."""
    key = str(place.data.get("id") or "")
    match place.step, heard:
        case "code", Picked("statement"):
            return statement(facts)
        case "code", Typed(text):
            return presented(text, facts, place.data)
        case "amount", Picked("all"):
            return _start(place, _rest(place), facts)
        case (("amount" | "waiting" | "statement"), Typed(text)) if _is_code(text):
            return presented(text, facts, {})
        case "amount", Typed(text):
            cents = read_amount(text, facts.language)
            return Miss(cents) if isinstance(cents, Phrase) else _start(place, cents, facts)
        case "waiting", Typed(text) if (figures := pin_in(text)) is not None:
            return _said_aloud(place, key, figures, facts)
        case "waiting", Picked("look"):
            return waiting(key, facts)
        case "waiting", Picked("stop"):
            return _call_off(key, facts)
        case "undo", Picked("yes" | "no" as said):
            return _undo(key, facts) if said == "yes" else done(say("voucher_redeem.stays"))
        case _:
            return Miss()


def show(place: Place, facts: Facts) -> Outcome:
    """The screen of a partner's place."""
    match place.step:
        case "amount":
            return _amount(place)
        case "waiting":
            return waiting(str(place.data.get("id") or ""), facts)
        case "statement":
            return statement(facts)
        case "undo":
            return ask_undo(str(place.data.get("id") or ""), facts)
        case _:
            return ask_code(facts, place.data)


def waiting(key: str, facts: Facts) -> Outcome:
    """What has become of a charge; while it is open, the four figures that help where the message does not arrive."""
    found = one_of(facts.vouchers.charges, key)
    if found is not None and found.state != STARTED:
        return first(ask_code(facts), say(f"voucher_redeem.now_{found.state}", amount=Money(found.amount_cents)))
    return _wait(key, 0 if found is None else found.amount_cents)


def ask_undo(key: str, facts: Facts) -> Outcome:
    """The same day only: is the charge to be undone?"""
    found = one_of(facts.vouchers.charges, key)
    if found is None or found.state != CONFIRMED or _day(found, facts) != today(facts):
        return told(say("voucher_redeem.too_late"))
    body = (p("voucher_redeem.undo", amount=Money(found.amount_cents), initials=found.initials),)
    return Outcome(Place(NAME, "undo", {"id": key}), Message(body=body, choices=(YES, NO)))


def _is_code(text: str) -> bool:
    return meant_as_code(text) or voucher_code_in(text) is not None or token_in(text) is not None


def _wrong(text: str, facts: Facts, data: Mapping[str, Json]) -> Outcome:
    tries = data.get("tries")
    count = (tries if isinstance(tries, int) else 0) + 1
    scanned = token_in(text) is not None
    typo = not scanned and voucher_code_in(text) is None
    why = "old_token" if scanned else "typo" if typo else "unknown_code"
    effects: list[Effect] = [NoteWrongCode()] if facts.vouchers.wrong_code else []
    if count >= WRONG_TRIES and not data.get("told"):
        effects.append(_alarm())
    kept: dict[str, Json] = {"tries": count, "told": count >= WRONG_TRIES or bool(data.get("told"))}
    return first(ask_code(facts, kept), *effects, say(f"voucher_redeem.{why}"))


def _blocked(facts: Facts, data: Mapping[str, Json]) -> Outcome:
    until = facts.vouchers.code_blocked_until or facts.now
    screen = Message(
        body=(p("voucher_redeem.blocked", moment=Moment(until)),),
        choices=(choice("statement", "voucher_redeem.statement"),),
        ways=(BACK,),
    )
    shown = Outcome(Place(NAME, "code", {**data, "told": True}), screen)
    return shown if data.get("told") else first(shown, _alarm())


def _alarm() -> Say:
    return to_coordinators(p("voucher_notice.wrong_codes"), lasting("voucher_call", "open", "", "voucher_call.see"))


def _worth(view: PartnerVoucherView, token: str) -> Outcome:
    data: dict[str, Json] = {
        "voucher": view.id,
        "rest": view.residual_cents,
        "category": view.category,
        "initials": view.initials,
        "whole": view.whole_only,
        "token": token,
    }
    return _amount(Place(NAME, "amount", data))


def _amount(place: Place) -> Outcome:
    rest, whole = _rest(place), bool(place.data.get("whole"))
    body: list[Text] = [
        p(
            "voucher_redeem.worth",
            service=service(str(place.data.get("category") or "")),
            initials=str(place.data.get("initials") or ""),
            amount=Money(rest),
        ),
        p("voucher_redeem.whole_only" if whole else "voucher_redeem.how_much"),
    ]
    screen = Message(
        title=p("voucher_redeem.title"),
        body=tuple(body),
        choices=(choice("all", "voucher_redeem.all", amount=Money(rest)),),
        ways=(BACK,),
        wanted="number",
    )
    return Outcome(place, screen)


def _start(place: Place, cents: int, facts: Facts) -> Outcome | Miss:
    rest = _rest(place)
    if cents > rest:
        return Miss(p("voucher_redeem.too_much", amount=Money(rest)))
    if place.data.get("whole") and cents != rest:
        return Miss(p("voucher_redeem.only_all", amount=Money(rest)))
    key = facts.fresh[0]
    voucher, token = str(place.data.get("voucher") or ""), str(place.data.get("token") or "")
    effects = (StartRedemption(key, voucher, cents, token), charge(key, cents, facts.vouchers.profile.name))
    return first(_wait(key, cents), *effects)


def _wait(key: str, cents: int) -> Outcome:
    minutes = int(REDEMPTION_LIFE.total_seconds() // 60)
    body: list[Text] = [p("voucher_redeem.waits", amount=Money(cents), minutes=minutes)] if cents else []
    body += [p("voucher_redeem.say_pin", pin=pin_of(key)), p("voucher_redeem.no_phone")]
    screen = Message(
        title=p("voucher_redeem.title"),
        body=tuple(body),
        choices=(choice("look", "voucher_redeem.look"), choice("stop", "voucher_redeem.stop")),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(Place(NAME, "waiting", {"id": key}), screen)


def _said_aloud(place: Place, key: str, figures: str, facts: Facts) -> Outcome:
    """The owner's own four figures confirm as her yes does; wrong ones count as a wrong code."""
    found = one_of(facts.vouchers.charges, key)
    if found is None or found.state != STARTED:
        return waiting(key, facts)
    tries = place.data.get("tries")
    count = (tries if isinstance(tries, int) else 0) + 1
    if facts.vouchers.code_blocked_until is not None:
        return _blocked(facts, {"told": count > WRONG_TRIES})
    if facts.vouchers.said_aloud == key:
        effects = (ConfirmAloud(key, figures), paid_aloud(key, found.amount_cents, facts.vouchers.profile.name))
        return first(ask_code(facts), *effects, say("voucher_redeem.now_confirmed", amount=Money(found.amount_cents)))
    alarm = (_alarm(),) if count == WRONG_TRIES else ()
    again = waiting(key, facts)
    kept = Outcome(Place(NAME, "waiting", {"id": key, "tries": count}), again.screen, again.effects)
    return first(kept, NoteWrongCode(), *alarm, say("voucher_redeem.wrong_figures"))


def _call_off(key: str, facts: Facts) -> Outcome:
    found = one_of(facts.vouchers.charges, key)
    if found is None or found.state != STARTED:
        return waiting(key, facts)
    effects = (RefuseRedemption(key), charge_over(key, found.amount_cents, "called_off"))
    return first(ask_code(facts), *effects, say("voucher_redeem.stopped"))


def _undo(key: str, facts: Facts) -> Outcome:
    found = one_of(facts.vouchers.charges, key)
    if found is None or found.state != CONFIRMED or _day(found, facts) != today(facts):
        return done(say("voucher_redeem.too_late"))
    effects = (ReverseRedemption(key, "other"), charge_over(key, found.amount_cents, "undone"))
    return first(done(), *effects, say("voucher_redeem.undone"))


def _rest(place: Place) -> int:
    rest = place.data.get("rest")
    return rest if isinstance(rest, int) else 0


def _day(one: PartnerRedemptionView, facts: Facts) -> date:
    return one.at.astimezone(facts.zone).date()
