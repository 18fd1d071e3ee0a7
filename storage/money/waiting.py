"""The waiting list moves by itself: money that returned is kept for who waits longest, and offered to her.

In one line nobody overtakes: a request that does not fit keeps the line's money from those behind it, unless it is
only its owner's own cap that it does not fit.
"""

from conversations.rules.voucher_timers import OFFER, OFFER_LIFE, OFFERED
from conversations.rules.vouchers_money import pot_key
from conversations.rules.vouchers_moves import IN_REVIEW, OPEN, WAITLISTED
from storage import calls, pots, requests
from storage.money.act import Act, Refused, record, set_timers
from storage.money.pots import lines_for, spec_of, take


def move_waiting(act: Act, call_id: str) -> int:
    """Everybody on the waiting list whom the money reaches has an offer for 72 hours; how many got one."""
    call = calls.call_by_id(act.conn, call_id, hold=True)
    if call is None or call.state != OPEN:
        return 0
    spec = spec_of(act.conn, call_id)
    closed: set[str] = set()
    offered = 0
    for request in requests.waiting(act.conn, call_id, spec.order):
        lines = {line.id for line in lines_for(act.conn, request)}
        person = pots.read(act.conn, pot_key("person", call_id, request.person_id))
        capped = person is not None and person.free_cents < request.amount_cents
        if capped or not lines or lines <= closed:
            continue
        try:
            taken = take(act, spec, request)
        except Refused as refused:
            if refused.__cause__ is not None:
                raise
            closed |= lines
            continue
        values = {
            "state": IN_REVIEW,
            "held_cents": request.amount_cents,
            "line_id": taken.line_id,
            "offered_at": act.at,
            "offer_taken": False,
            "taken_by": "",
            "taken_at": None,
            "updated_at": act.at,
        }
        requests.move(act.conn, request.id, WAITLISTED, values)
        record(act, "request", request.id, WAITLISTED, IN_REVIEW, "clock", pots=taken.deltas,
               worth={"held": request.amount_cents})  # fmt: skip
        set_timers(act, request.person_id, request.id, {OFFERED: act.at, OFFER: act.at + OFFER_LIFE})
        offered += 1
    return offered
