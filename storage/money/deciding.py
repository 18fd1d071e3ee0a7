"""A request in its deciders' hands: taken, asked about, approved, declined, made to wait, reversed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from conversations.call_spec import CallSpec
from conversations.rules.reasons import LONGEST_ASK, known
from conversations.rules.voucher_timers import CASE_LIFE, DECIDING, TAKEN, asking, deciding, expiring
from conversations.rules.vouchers_moves import (
    APPROVED,
    DECLINED,
    IN_REVIEW,
    INFO_NEEDED,
    ISSUED,
    OPEN,
    OPEN_REQUEST,
    REVERSED,
    REVOKED,
    SUBMITTED,
    WAITLISTED,
    Hat,
)
from storage import calls, requests, timers, vouchers
from storage.money import actors as actors
from storage.money import vouchers as holding
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.pots import Taken, give_back, spec_of, take
from storage.money.requests import TIMERS
from storage.money.waiting import move_waiting
from storage.requests import REQUESTS

COPIED = (
    "person_id", "call_id", "enterprise_id", "contract", "area", "category", "amount_cents", "starts_on", "ends_on",
    "provider", "note", "deciders", "decider_id", "notice_version", "notice_at", "escalated", "score", "submitted_at",
    "queue_at",
)  # fmt: skip


def take_case(act: Act, request_id: str) -> None:
    """The case is hers for 24 hours. Raises Refused where somebody else has it."""
    request = _request(act, request_id)
    hat = actors.handling(act, request)
    if request.state not in OPEN_REQUEST - {WAITLISTED}:
        raise Refused("state")
    if request.taken_by not in ("", act.person_id) and not _stale(act, request):
        raise Refused("taken")
    after = IN_REVIEW if request.state == SUBMITTED else request.state
    values = {"state": after, "taken_by": act.person_id, "taken_at": act.at, "updated_at": act.at}
    requests.move(act.conn, request_id, request.state, values, taken_by=request.taken_by)
    if after != request.state:
        record(act, "request", request_id, request.state, after, hat)
    _stop_escalation(act, request)
    set_timers(act, request.person_id, request_id, {TAKEN: act.at + CASE_LIFE})


def free_case(act: Act, request_id: str) -> None:
    """Nobody has the case: given back by who had it, or (the clock) 24 hours old. It waits for a decision again.

    A timer that rings too early, because the case was taken up again meanwhile, is set once more.
    """
    request = _request(act, request_id)
    if not request.taken_by:
        raise Refused("state")
    if act.person_id != request.taken_by and not _stale(act, request):
        if act.person_id not in ("", request.person_id):
            raise Refused("state")
        set_timers(act, request.person_id, request_id, {TAKEN: request.taken_at + CASE_LIFE})
        return
    values = {"taken_by": "", "taken_at": None, "updated_at": act.at}
    requests.move(act.conn, request_id, request.state, values, taken_by=request.taken_by)
    forget_timers(act, request.person_id, request_id, (TAKEN,))
    waits = request.state == IN_REVIEW and (not request.held_cents or request.offer_taken)
    if waits and not timers.is_set(act.conn, request.person_id, DECIDING[-1], request_id):
        # after an answer the clock runs already, and is not put back
        set_timers(act, request.person_id, request_id, deciding(act.at, act.zone))


def ask(act: Act, request_id: str, reason: str, text: str, keeps_place: bool) -> None:
    """The worker is asked. Raises Refused for a reason that is not on the list, or text where none is allowed."""
    request = _request(act, request_id)
    hat = actors.handling(act, request)
    if not known("firm_ask" if hat == "firm" else "ask", reason) or len(text) > (0 if hat == "firm" else LONGEST_ASK):
        raise Refused("reason")
    if request.held_cents and not request.offer_taken:
        raise Refused("state")
    before = _in_hand(act, request, hat)
    values = {
        "state": INFO_NEEDED,
        "asked": reason,
        "asked_text": text,
        "asked_at": act.at,
        "keeps_place": keeps_place,
        "answer_text": "",
        "taken_by": act.person_id,
        "taken_at": act.at,
        "updated_at": act.at,
    }
    requests.move(act.conn, request_id, before, values)
    record(act, "request", request_id, IN_REVIEW, INFO_NEEDED, hat, reason=reason)
    _stop_escalation(act, request)
    set_timers(act, request.person_id, request_id, {**asking(act.at), TAKEN: act.at + CASE_LIFE})


def score(act: Act, request_id: str, points: int) -> None:
    """The request has these points in a call whose order is by score."""
    request = _request(act, request_id)
    actors.deciding(act, request)
    if request.state not in OPEN_REQUEST or spec_of(act.conn, request.call_id).order != "score":
        raise Refused("state")
    requests.move(act.conn, request_id, request.state, {"score": points, "updated_at": act.at})


def approve(act: Act, request_id: str, voucher_id: str, code: str) -> None:
    """A voucher is issued and its money reserved. Raises Refused ("funds", "cap") where it is not there."""
    request = _request(act, request_id)
    hat = actors.deciding(act, request)
    call = calls.call_by_id(act.conn, request.call_id, hold=True)
    if call is None or call.state != OPEN:
        raise Refused("closed")
    spec = spec_of(act.conn, request.call_id)
    before = _in_hand(act, request, hat)
    held = request.held_cents > 0
    taken = None if held else _taken(act, spec, request, hat)
    line_id = request.line_id if taken is None else taken.line_id
    values = {
        "state": APPROVED,
        "line_id": line_id,
        "held_cents": 0,
        "decided_by": act.person_id,
        "decided_at": act.at,
        "updated_at": act.at,
    }
    requests.move(act.conn, request_id, before, values, held_cents=request.held_cents, escalated=request.escalated)
    record(act, "request", request_id, IN_REVIEW, APPROVED, hat, kind=spec.voucher_kind,
           worth={"held": -request.held_cents} if held else None)  # fmt: skip
    expires_on = act.today + timedelta(days=spec.validity_days)
    if spec.uses_until is not None:
        expires_on = min(expires_on, max(spec.uses_until, act.today))
    vouchers.add_voucher(
        act.conn,
        id=voucher_id,
        request_id=request_id,
        person_id=request.person_id,
        call_id=request.call_id,
        line_id=line_id,
        kind=spec.voucher_kind,
        category=request.category,
        state=ISSUED,
        face_cents=request.amount_cents,
        code_hash=act.keys.hash("voucher", code),
        code=code,
        issued_at=act.at,
        expires_on=expires_on,
    )
    record(act, "voucher", voucher_id, "", ISSUED, hat, kind=spec.voucher_kind,
           pots=() if taken is None else taken.deltas, worth={"face": request.amount_cents})  # fmt: skip
    forget_timers(act, request.person_id, request_id, TIMERS)
    set_timers(act, request.person_id, voucher_id, expiring(act.at, expires_on, act.zone))


def _taken(act: Act, spec: CallSpec, request: Row[Any], hat: Hat) -> Taken:
    """The money is reserved. A firm's own manager learns nothing of funds and caps: the association goes on."""
    try:
        return take(act, spec, request)
    except Refused as refused:
        if hat == "firm" and refused.why in ("funds", "cap"):
            raise Refused("association") from refused
        raise


def decline(act: Act, request_id: str, reason: str) -> None:
    """The request is refused for a reason of the list; money that was kept for it goes to who waits."""
    request = _request(act, request_id)
    hat = actors.deciding(act, request)
    if not known("decline", reason):
        raise Refused("reason")
    before = _in_hand(act, request, hat)
    spec = spec_of(act.conn, request.call_id)
    deltas = give_back(act, spec, request, request.held_cents)
    values = {
        "state": DECLINED,
        "held_cents": 0,
        "reason": reason,
        "decided_by": act.person_id,
        "decided_at": act.at,
        "updated_at": act.at,
    }
    requests.move(act.conn, request_id, before, values, held_cents=request.held_cents, escalated=request.escalated)
    record(act, "request", request_id, IN_REVIEW, DECLINED, hat, reason=reason, pots=deltas,
           worth={"held": -request.held_cents} if deltas else None)  # fmt: skip
    forget_timers(act, request.person_id, request_id, TIMERS)
    if deltas:
        move_waiting(act, request.call_id)


def waitlist(act: Act, request_id: str) -> None:
    """The request waits for money; if there is some at this moment, it comes back at once."""
    request = _request(act, request_id)
    hat = actors.deciding(act, request)
    if request.held_cents:
        # the list has just offered it money: there is nothing to wait for
        raise Refused("state")
    before = _in_hand(act, request, hat)
    values = {"state": WAITLISTED, "taken_by": "", "taken_at": None, "updated_at": act.at}
    requests.move(act.conn, request_id, before, values)
    record(act, "request", request_id, IN_REVIEW, WAITLISTED, hat)
    forget_timers(act, request.person_id, request_id, TIMERS)
    move_waiting(act, request.call_id)


def reverse(act: Act, request_id: str, new_id: str, reason: str) -> None:
    """A decision is undone by a compensation: an unused voucher is revoked, and the same case is open again under a
    new id with its old place in the queue. Raises Refused where the voucher was used or given back."""
    request = _request(act, request_id)
    actors.coordinating(act, request.person_id, request.enterprise_id)
    call = calls.call_by_id(act.conn, request.call_id, hold=True)
    if request.state not in (APPROVED, DECLINED) or call is None or call.state != OPEN:
        raise Refused("state")
    if not known("reverse", reason):
        raise Refused("reason")
    spec = spec_of(act.conn, request.call_id)
    if request.state == APPROVED:
        voucher = vouchers.voucher_of_request(act.conn, request_id)
        if voucher is None or voucher.state != ISSUED or voucher.used_cents:
            raise Refused("state")
        holding.check_idle(act, voucher.id)
        deltas = give_back(act, spec, request, voucher.face_cents)
        vouchers.move_voucher(
            act.conn, voucher, {"state": REVOKED, "returned_cents": voucher.face_cents, "closed_at": act.at}
        )
        record(act, "voucher", voucher.id, ISSUED, REVOKED, "coordinator", kind=voucher.kind, reason=reason,
               pots=deltas, worth={"returned": voucher.face_cents})  # fmt: skip
        forget_timers(act, request.person_id, voucher.id, expiring(act.at, voucher.expires_on, act.zone))
    requests.move(act.conn, request_id, request.state, {"state": REVERSED, "updated_at": act.at})
    record(act, "request", request_id, request.state, REVERSED, "coordinator", reason=reason)
    copied = {name: getattr(request, name) for name in COPIED}
    act.conn.execute(
        REQUESTS.insert().values(
            **copied, id=new_id, state=IN_REVIEW, follows=request_id, held_cents=0, updated_at=act.at
        )
    )
    record(act, "request", new_id, "", IN_REVIEW, "coordinator", reason=reason,
           worth={"asked": request.amount_cents})  # fmt: skip
    set_timers(act, request.person_id, new_id, deciding(act.at, act.zone))


def _request(act: Act, request_id: str) -> Row[Any]:
    request = requests.request_by_id(act.conn, request_id)
    if request is None:
        raise Refused("state")
    return request


def _in_hand(act: Act, request: Row[Any], hat: Hat) -> str:
    """The state the row is in; the ledger says that the case was taken up. Raises Refused where it is decided."""
    if request.state in (SUBMITTED, INFO_NEEDED):
        record(act, "request", request.id, request.state, IN_REVIEW, hat)
    elif request.state != IN_REVIEW:
        raise Refused("state")
    return str(request.state)


def _stale(act: Act, request: Row[Any]) -> bool:
    return request.taken_at is not None and act.at >= request.taken_at + CASE_LIFE


def _stop_escalation(act: Act, request: Row[Any]) -> None:
    """Somebody acts: no manager is reminded of it meanwhile. What its owner still owes (an answer, a yes) runs on."""
    forget_timers(act, request.person_id, request.id, DECIDING)
