"""A request in its owner's hands: drafted, sent, answered, confirmed from the waiting list, withdrawn, lapsed."""

from typing import Any

from sqlalchemy import Row

from conversations.rules.voucher_requests import faults, missing
from conversations.rules.voucher_timers import (
    ASKING,
    DECIDING,
    DRAFTING,
    INFO_LIFE,
    KEEPS_PLACE_DAYS,
    OFFER,
    OFFER_LIFE,
    OFFERED,
    TAKEN,
    closing,
    deciding,
)
from conversations.rules.vouchers_money import intake_full, pot_key
from conversations.rules.vouchers_moves import (
    DRAFT,
    IN_REVIEW,
    INFO_NEEDED,
    LAPSED,
    OPEN,
    OPEN_REQUEST,
    SUBMITTED,
    WITHDRAWN,
)
from conversations.rules.working_days import add_working_days
from conversations.voucher_views import Draft
from storage import calls, people, pots, profiles, requests
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.actors import Held, owner, reachable, with_role
from storage.money.pots import give_back, spec_of
from storage.money.view import draft_of, worker_call
from storage.money.waiting import move_waiting

TIMERS = (*DECIDING, *ASKING, *DRAFTING, OFFERED, OFFER, TAKEN)


def save_draft(act: Act, request_id: str, draft: Draft) -> None:
    """Her draft is kept. Raises Refused for an unknown call, or a draft that is not hers any more."""
    with_role(act, "worker")
    call = calls.call_by_id(act.conn, draft.call_id)
    if call is None or call.state != OPEN:
        raise Refused("closed")
    values = {
        "call_id": draft.call_id,
        "area": draft.area,
        "category": draft.category,
        "amount_cents": draft.amount_cents,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "provider": draft.provider,
        "note": draft.note,
    }
    requests.put_draft(act.conn, request_id, act.person_id, values, act.at)
    set_timers(act, act.person_id, request_id, closing(act.at, call.ends_on, DRAFTING, act.zone))


def discard(act: Act, request_id: str) -> None:
    """Her draft is gone."""
    requests.discard_draft(act.conn, request_id, act.person_id)
    forget_timers(act, act.person_id, request_id, TIMERS)


def submit(act: Act, request_id: str, notice_version: str) -> None:
    """The request is with its deciders. Raises Refused where a rule of domain.md 7.2 (submit) does not hold."""
    request = requests.request_by_id(act.conn, request_id)
    if request is None or request.state != DRAFT:
        raise Refused("state")
    owner(act, request.person_id)
    now = with_role(act, "worker")
    service = people.consents_of(act.conn, act.person_id).get("service")
    if service is None or not service.given:
        raise Refused("consent")
    call = calls.call_by_id(act.conn, request.call_id, hold=True)
    view = worker_call(act.conn, call, act.person_id, now, act.today) if call is not None else None
    draft = draft_of(request)
    if missing(draft) or not profiles.profile_of(act.conn, act.person_id).name:
        raise Refused("draft")
    wrong = faults(draft, view, act.today)
    if wrong:
        raise Refused("closed" if "call_closed" in wrong else "cap" if "over_cap" in wrong else "draft")
    spec = spec_of(act.conn, request.call_id)
    _check_intake(act, request, spec.budget_cents, spec.queue_overbooking_pct)
    firm, contract, decider = _sent_for(act, request, now)
    if decider and notice_version != spec.notice_version:
        raise Refused("notice")
    # a firm without a decider who can act: the association decides at once, and nobody of the firm is told
    values = {
        "state": SUBMITTED,
        "enterprise_id": firm,
        "contract": contract,
        "deciders": "firm" if decider else "association",
        "decider_id": decider,
        "notice_version": notice_version if decider else "",
        "notice_at": act.at if decider else None,
        "submitted_at": act.at,
        "queue_at": act.at,
        "updated_at": act.at,
    }
    requests.move(act.conn, request_id, DRAFT, values)
    record(act, "request", request_id, DRAFT, SUBMITTED, "owner", worth={"asked": request.amount_cents})
    forget_timers(act, act.person_id, request_id, DRAFTING)
    set_timers(act, act.person_id, request_id, deciding(act.at, act.zone))


def withdraw(act: Act, request_id: str) -> None:
    """She does not want it any more; money that was kept for it goes to who waits."""
    request = _hers(act, request_id)
    if request.state not in OPEN_REQUEST:
        raise Refused("state")
    _end(act, request, WITHDRAWN, "owner")


def answer(act: Act, request_id: str, text: str) -> None:
    """Her answer is with the deciders. Where the lack was hers and she took longer than five working days, her place
    in the queue is the moment of the answer."""
    request = _hers(act, request_id)
    if request.state != INFO_NEEDED or request.asked_at is None:
        raise Refused("state")
    kept_until = add_working_days(request.asked_at, KEEPS_PLACE_DAYS, act.zone)
    keeps = request.keeps_place or act.at <= kept_until
    values = {
        "state": IN_REVIEW,
        "answer_text": text,
        "queue_at": request.queue_at if keeps else act.at,
        "updated_at": act.at,
    }
    requests.move(act.conn, request_id, INFO_NEEDED, values)
    record(act, "request", request_id, INFO_NEEDED, IN_REVIEW, "owner")
    forget_timers(act, request.person_id, request_id, ASKING)
    set_timers(act, request.person_id, request_id, deciding(act.at, act.zone))


def take_offer(act: Act, request_id: str) -> None:
    """She still wants it: the managers decide now."""
    request = _hers(act, request_id)
    if request.state != IN_REVIEW or not request.held_cents or request.offered_at is None:
        raise Refused("state")
    if act.at > request.offered_at + OFFER_LIFE:
        raise Refused("late")
    requests.move(act.conn, request_id, IN_REVIEW, {"offer_taken": True, "updated_at": act.at}, offer_taken=False)
    forget_timers(act, request.person_id, request_id, (OFFERED, OFFER))
    set_timers(act, request.person_id, request_id, deciding(act.at, act.zone))


def lapse(act: Act, request_id: str) -> None:
    """The clock ends it: 14 days without the information, or 72 hours without a yes to the offer."""
    request = requests.request_by_id(act.conn, request_id)
    if request is None:
        raise Refused("state")
    unanswered = request.state == INFO_NEEDED and request.asked_at and act.at >= request.asked_at + INFO_LIFE
    untaken = (
        request.state == IN_REVIEW
        and request.held_cents
        and not request.offer_taken
        and act.at >= request.offered_at + OFFER_LIFE
    )
    if not unanswered and not untaken:
        raise Refused("state")
    _end(act, request, LAPSED, "clock", "no_answer" if unanswered else "no_yes")


def escalate(act: Act, request_id: str) -> None:
    """The association's managers decide from now on; the firm's own manager does not any more."""
    request = requests.request_by_id(act.conn, request_id)
    if request is None or request.state not in OPEN_REQUEST:
        raise Refused("state")
    if request.deciders == "firm":
        requests.move(act.conn, request_id, request.state, {"escalated": True, "updated_at": act.at})


def end_for_erasure(act: Act, request: Row[Any], state: str) -> None:
    """Its owner is being erased: nobody is asked whether she may."""
    _end(act, request, state, "owner", "erased")


def end_for_closing(act: Act, request: Row[Any], state: str) -> None:
    """The call is closed: what is not decided ends, and what was kept for it is free."""
    _end(act, request, state, "coordinator", "call_closed", waiting=False)


def _end(act: Act, request: Row[Any], state: str, hat: Any, reason: str = "", waiting: bool = True) -> None:
    spec = spec_of(act.conn, request.call_id)
    deltas = give_back(act, spec, request, request.held_cents)
    requests.move(
        act.conn,
        request.id,
        request.state,
        {"state": state, "held_cents": 0, "reason": reason, "updated_at": act.at},
        held_cents=request.held_cents,
    )
    worth = {"held": -request.held_cents} if request.held_cents else None
    record(act, "request", request.id, request.state, state, hat, reason=reason, pots=deltas, worth=worth)
    forget_timers(act, request.person_id, request.id, TIMERS)
    if deltas and waiting:
        move_waiting(act, request.call_id)


def _hers(act: Act, request_id: str) -> Row[Any]:
    request = requests.request_by_id(act.conn, request_id)
    if request is None:
        raise Refused("state")
    owner(act, request.person_id)
    return request


def _sent_for(act: Act, request: Row[Any], now: Held) -> tuple[str, str, str]:
    """For which firm and contract she asks, and the firm's own manager who decides ("" for the association)."""
    spec = spec_of(act.conn, request.call_id)
    firms = [(firm, contract) for firm, contract in now.firms if contract in _contracts(act, request, firm)]
    if not firms:
        raise Refused("role")
    if spec.deciders == "firm":
        named = calls.deciders_of(act.conn, request.call_id)
        for firm, contract in firms:
            for who in named.get(firm, []) if firm else []:
                if who != act.person_id and reachable(act.conn, who):
                    return firm, contract, who
    return (*firms[0], "")


def _contracts(act: Act, request: Row[Any], firm: str) -> set[str]:
    """The contracts some line pays for in this firm and area."""
    lines = calls.lines_of(act.conn, request.call_id)
    able = [one for one in lines if one.area in ("", request.area) and one.enterprise_id in ("", firm)]
    return {contract for line in able for contract in line.contracts}


def _check_intake(act: Act, request: Row[Any], total_cents: int, overbooking_pct: int) -> None:
    if not overbooking_pct:
        return
    pot = pots.read(act.conn, pot_key("call", request.call_id))
    rows = requests.asked_in(act.conn, request.call_id)
    taken = 0 if pot is None else pot.reserved_cents + pot.spent_cents
    if intake_full(taken + rows + request.amount_cents, total_cents, overbooking_pct):
        raise Refused("funds")


