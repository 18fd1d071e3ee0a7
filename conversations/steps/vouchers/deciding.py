"""One request in the hands of who decides: its card, and approve, decline, ask, wait, undo, leave, papers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conversations.effects import Effect, Say
from conversations.facts import Facts
from conversations.flow import BACK, SKIP, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.messages import Attachment, Message, Moment, Money, Phrase
from conversations.rules.reasons import ASK, DECLINE, FIRM_ASK, LONGEST_ASK, REVERSE, Use, label
from conversations.rules.voucher_codes import voucher_code
from conversations.rules.vouchers_moves import APPROVED, DECLINED, IN_REVIEW, INFO_NEEDED, SUBMITTED
from conversations.state import Place
from conversations.steps.vouchers.alerts import to_deciders
from conversations.steps.vouchers.case import after, card, firm_card, no_funds
from conversations.steps.vouchers.case import sure as ask_sure
from conversations.steps.vouchers.notices import approved, asked, declined, reversed_, waitlisted
from conversations.steps.vouchers.reading import words_of
from conversations.steps.vouchers.words import number, one_of, told
from conversations.voucher_orders import (
    Approve,
    AskForPaper,
    AskWorker,
    Decline,
    Escalate,
    FreeCase,
    ReverseDecision,
    Score,
    TakeCase,
    VerifyPaper,
    Waitlist,
)
from conversations.voucher_views import FirmDeciderView, ManagerRequestView

NAME: Final = "voucher_decision"
FIRM_DECLINE: Final = ("not_eligible", "outside_period", "no_funds")
"""The reasons a firm's own manager can know of: she sees no service and no paper."""
HERS: Final = frozenset({"document", "details"})
"""Questions after which the lack is the worker's: her place is kept for five working days."""
WORKABLE: Final = frozenset({SUBMITTED, IN_REVIEW, INFO_NEEDED})


def view_of(key: str, facts: Facts) -> ManagerRequestView | None:
    """The request, if she is to see it as a manager of the association."""
    return one_of(facts.vouchers.to_decide, key) or one_of(facts.vouchers.decided, key)


def firm_view(key: str, facts: Facts) -> FirmDeciderView | None:
    """The request, if it is hers to decide as her firm's own manager."""
    return one_of(facts.vouchers.for_firm, key)


def opened(key: str, facts: Facts) -> Outcome:
    """The card of a request; the first to open it takes the case."""
    firm = firm_view(key, facts)
    if firm is not None:
        return Outcome(Place(NAME, "case", {"id": key}), firm_card(firm))
    view = view_of(key, facts)
    if view is None:
        return settled(key, facts)
    free = view.state in WORKABLE and not view.taken_by and not view.mine
    shown = Outcome(Place(NAME, "case", {"id": key}), card(replace(view, mine=view.mine or free), facts))
    return first(shown, TakeCase(key)) if free else shown


def settled(key: str, facts: Facts) -> Outcome:
    """Why a button does nothing any more: decided by whom and when, her own, or not hers."""
    known = facts.vouchers
    if one_of(known.firm_decided, key) is not None:
        return told(say("voucher_decision.decided"))
    view = one_of(known.decided, key)
    if view is not None and view.state in (APPROVED, DECLINED) and view.decided_at is not None:
        how = "already_approved" if view.state == APPROVED else "already_declined"
        who = view.decided_by or p("voucher.somebody")
        return told(say(f"voucher_decision.{how}", number=view.number, who=who, moment=Moment(view.decided_at)))
    if one_of(known.requests, key) is not None:
        return told(say("voucher_decision.own"))
    return told(say("voucher_decision.not_yours"))


def approve(key: str, facts: Facts, sure: bool) -> Outcome:
    """The voucher is issued and the worker told; above a threshold, or on somebody else's case, asked first."""
    firm = firm_view(key, facts)
    if firm is not None:
        return told(*_grant(key, firm.amount_cents, facts), say("voucher_decision.approved_firm"))
    view = one_of(facts.vouchers.to_decide, key)
    if view is None or view.state not in WORKABLE:
        return settled(key, facts) if view is None else told(say("voucher_decision.waits", number=view.number))
    if not view.decides:
        return told(say("voucher_decision.only_ask"))
    if view.offered and not view.confirmed:
        return told(say("voucher_decision.offered", number=view.number))
    if not view.fits and not view.offered:
        return Outcome(Place(NAME, "funds", {"id": key}), no_funds(view))
    others = bool(view.taken_by) and not view.mine
    if not sure and (others or 0 < view.confirm_above_cents < view.amount_cents):
        return Outcome(Place(NAME, "sure", {"id": key}), ask_sure(view, others))
    ready = p("voucher_decision.approved", number=view.number, amount=Money(view.amount_cents))
    return told(*_grant(key, view.amount_cents, facts), after(ready, facts, key))


def reasons(step: str, key: str, facts: Facts) -> Outcome:
    """The list of reasons to decline ("decline"), ask ("ask") or undo ("undo")."""
    firm = firm_view(key, facts)
    view = view_of(key, facts)
    if firm is None and (view is None or not _may(step, view, facts)):
        return settled(key, facts)
    if firm is not None and step == "undo":
        return settled(key, facts)
    codes, use = _codes(step, firm is not None)
    shown = firm.name if firm is not None else number(key)
    screen = Message(
        title=p("voucher_decision.case", number=shown),
        body=(p(f"voucher_decision.why_{step}"),),
        choices=tuple(choice(code, label(use, code)) for code in codes),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, step, {"id": key}), screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on with a reason, the words of a question, a confirmation, or points."""
    key = str(place.data.get("id") or "")
    if firm_view(key, facts) is None and view_of(key, facts) is None:
        return first(done(), *settled(key, facts).effects)
    firm = firm_view(key, facts) is not None
    match place.step, heard:
        case ("decline" | "ask" | "undo") as step, Picked(code) if code in _codes(step, firm)[0]:
            return _chosen(step, key, code, facts, firm)
        case "ask_text", Picked("skip"):
            return _ask(key, str(place.data.get("reason") or ""), "", facts)
        case "ask_text", Typed(text):
            said = words_of(text, LONGEST_ASK)
            if isinstance(said, Phrase):
                return Miss(said)
            return _ask(key, str(place.data.get("reason") or ""), said, facts)
        case "sure", Picked("yes"):
            return approve(key, facts, sure=True)
        case "score", Typed(text) if text.strip().isdecimal() and int(text.strip()[:4]) <= 1_000:
            return first(done(), Score(key, int(text.strip()[:4])), say("voucher_decision.scored"))
        case "score", _:
            return Miss(p("voucher_decision.points_only"))
        case _:
            return Miss()


def ask_points(key: str, facts: Facts) -> Outcome:
    """How many points the request has by the published criteria."""
    view = view_of(key, facts)
    if view is None or not view.by_score or not view.decides:
        return settled(key, facts)
    screen = Message(body=(p("voucher_decision.points"),), ways=(BACK,), wanted="number")
    return Outcome(Place(NAME, "score", {"id": key}), screen)


def wait(key: str, facts: Facts) -> Outcome:
    """The request is on the waiting list."""
    view = one_of(facts.vouchers.to_decide, key)
    if view is None or view.state not in WORKABLE or not view.decides or view.offered:
        return settled(key, facts)
    ready = p("voucher_decision.waitlisted", number=view.number)
    return told(Waitlist(key), waitlisted(key), after(ready, facts, key))


def leave(key: str, facts: Facts) -> Outcome:
    """Nobody works on the case."""
    view = one_of(facts.vouchers.to_decide, key)
    if view is None or not view.mine:
        return settled(key, facts)
    return told(FreeCase(key), say("voucher_decision.left", number=view.number))


def paper(key: str, facts: Facts, verify: bool) -> Outcome:
    """A paper of a request: opened here, or noted as seen."""
    for view in facts.vouchers.to_decide:
        found = one_of(view.papers, key)
        if found is None:
            continue
        if verify:
            return told(VerifyPaper(key), say("voucher_decision.verified"))
        if view.sensitive:
            return told(say("voucher_decision.not_by_chat"))
        file = Attachment("voucher_paper", key, "document", f"{view.number}", "application/octet-stream")
        message = Message(body=(p("voucher_decision.paper_of", number=view.number),), attachment=file)
        return told(Say(message, apart=True))
    return told(say("voucher_decision.not_yours"))


def passed_on(dropped: Sequence[Effect], facts: Facts) -> tuple[Effect, ...]:
    """The association decides what a firm's own manager could not approve, for a reason that she does not learn."""
    keys = [one.request_id for one in dropped if isinstance(one, Approve)]
    view = firm_view(keys[0], facts) if keys and facts.vouchers.refused == "association" else None
    if view is None:
        return ()
    return Escalate(view.id), to_deciders(view.id, view.area, view.amount_cents, None, "passed_on")


def _grant(key: str, cents: int, facts: Facts) -> tuple[Effect, ...]:
    voucher, code = facts.fresh[0], voucher_code(facts.fresh[1])
    return Approve(key, voucher, code), approved(key, cents, voucher)


def _chosen(step: str, key: str, code: str, facts: Facts, firm: bool) -> Outcome:
    match step:
        case "decline":
            named = p("voucher_decision.declined", number=number(key))
            ready = p("voucher_decision.declined_firm") if firm else named
            return first(done(), Decline(key, code), declined(key, code), after(ready, facts, key))
        case "undo":
            return _undo(key, code, facts)
        case _ if firm:
            effects = (AskWorker(key, code), asked(key, code, "", True, False))
            return first(done(), *effects, say("voucher_decision.asked_firm"))
        case _:
            screen = Message(
                title=p("voucher_decision.case", number=number(key)),
                body=(p("voucher_decision.write_question", limit=LONGEST_ASK),),
                ways=(SKIP, BACK),
                wanted="text",
            )
            return Outcome(Place(NAME, "ask_text", {"id": key, "reason": code}), screen)


def _ask(key: str, reason: str, text: str, facts: Facts) -> Outcome:
    view = view_of(key, facts)
    if view is None or view.state not in WORKABLE:
        return first(done(), *settled(key, facts).effects)
    effects: list[Effect] = []
    if reason == "document" and view.sensitive:
        effects.append(AskForPaper(key, facts.fresh[0], reason))
    effects.append(AskWorker(key, reason, text, reason not in HERS))
    effects.append(asked(key, reason, text, False, view.sensitive))
    return first(done(), *effects, say("voucher_decision.asked", number=view.number))


def _undo(key: str, reason: str, facts: Facts) -> Outcome:
    view = view_of(key, facts)
    if view is None or not _may("undo", view, facts):
        return first(done(), *settled(key, facts).effects)
    new = facts.fresh[0]
    effects: tuple[Effect, ...] = (
        ReverseDecision(key, new, reason),
        reversed_(key, reason),
        to_deciders(new, view.area, view.amount_cents, view.name if view.by_firm else None),
    )
    return first(done(), *effects, say("voucher_decision.undone", old=view.number, number=number(new)))


def _may(step: str, view: ManagerRequestView, facts: Facts) -> bool:
    match step:
        case "undo":
            return view.state in (APPROVED, DECLINED) and view.undoable and facts.person.holds("coordinator")
        case "decline":
            return view.state in WORKABLE and view.decides
        case _:
            return view.state in WORKABLE


def _codes(step: str, firm: bool) -> tuple[tuple[str, ...], Use]:
    match step:
        case "decline":
            return (FIRM_DECLINE if firm else DECLINE), "decline"
        case "undo":
            return REVERSE, "reverse"
        case _:
            return (FIRM_ASK if firm else ASK), ("firm_ask" if firm else "ask")
