"""A voucher between its issue and its end: shown, given back, revoked, extended, expired, and what is then left."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from conversations.rules.categories import category
from conversations.rules.reasons import known
from conversations.rules.voucher_timers import (
    CLAIM_AFTER_EXPIRY,
    EXPIRE,
    EXPIRING,
    PRESENTATION_LIFE,
    RETURN_REST,
    end_of,
    expiring,
)
from conversations.rules.vouchers_money import Delta
from conversations.rules.vouchers_moves import (
    EXPIRED,
    LIVE_VOUCHER,
    OPEN_CLAIM,
    RELEASED,
    REVOKED,
    STARTED,
    Hat,
    after_use,
)
from storage import claims, people, redemptions, requests, vouchers
from storage.money import actors as actors
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.pots import give_back, spec_of, spend, unspend
from storage.money.waiting import move_waiting

TIMERS = (*EXPIRING, EXPIRE, RETURN_REST)


def residual(voucher: Row[Any]) -> int:
    """What is still to be used, in cents."""
    return int(voucher.face_cents - voucher.used_cents - voucher.returned_cents)


def find(act: Act, voucher_id: str) -> Row[Any]:
    """The voucher. Raises Refused where there is none."""
    voucher = vouchers.voucher_by_id(act.conn, voucher_id)
    if voucher is None:
        raise Refused("state")
    return voucher


def request_of(act: Act, voucher: Row[Any]) -> Row[Any]:
    """The request it was granted for. Raises Refused where there is none."""
    request = requests.request_by_id(act.conn, voucher.request_id)
    if request is None:
        raise Refused("state")
    return request


def present(act: Act, voucher_id: str, token: str) -> None:
    """Her QR picture may be used once within ten minutes."""
    voucher = find(act, voucher_id)
    actors.owner(act, voucher.person_id)
    if voucher.state not in LIVE_VOUCHER or act.today > voucher.expires_on:
        raise Refused("state")
    vouchers.present(act.conn, voucher_id, act.keys.hash("presentation", token), act.at + PRESENTATION_LIFE)


def release(act: Act, voucher_id: str) -> None:
    """She gives the rest back; it goes to who waits."""
    voucher = find(act, voucher_id)
    actors.owner(act, voucher.person_id)
    _end(act, voucher, RELEASED, "owner", "")


def revoke(act: Act, voucher_id: str, reason: str) -> None:
    """A coordinator takes the rest back; it goes to who waits."""
    voucher = find(act, voucher_id)
    actors.coordinating(act, voucher.person_id, request_of(act, voucher).enterprise_id)
    if not known("revoke", reason):
        raise Refused("reason")
    _end(act, voucher, REVOKED, "coordinator", reason)


def extend(act: Act, voucher_id: str, expires_on: date, reason: str) -> None:
    """A live voucher has a later last day, at most the last one on which the call pays for anything."""
    voucher = find(act, voucher_id)
    actors.coordinating(act, voucher.person_id, request_of(act, voucher).enterprise_id)
    if voucher.state not in LIVE_VOUCHER or act.today > voucher.expires_on or expires_on <= voucher.expires_on:
        raise Refused("state")
    latest = spec_of(act.conn, voucher.call_id).uses_until
    if latest is not None and expires_on > latest:
        raise Refused("late")
    if not known("extend", reason):
        raise Refused("reason")
    vouchers.move_voucher(act.conn, voucher, {"expires_on": expires_on})
    record(act, "voucher", voucher_id, voucher.state, voucher.state, "coordinator", kind=voucher.kind,
           reason=reason)  # fmt: skip
    forget_timers(act, voucher.person_id, voucher_id, TIMERS)
    set_timers(act, voucher.person_id, voucher_id, expiring(act.at, expires_on, act.zone))


def expire(act: Act, voucher_id: str) -> None:
    """The last day is over: no charge any more. The rest is free at once, or when no claim can come any more."""
    voucher = find(act, voucher_id)
    if voucher.state not in LIVE_VOUCHER or act.today <= voucher.expires_on:
        raise Refused("state")
    kind = category(voucher.category)
    waits = voucher.kind == "A" and kind is not None and "reimbursement" in kind.modes
    deltas = [] if waits else give_back(act, *_paid_by(act, voucher), residual(voucher))
    returned = 0 if waits else residual(voucher)
    vouchers.move_voucher(
        act.conn,
        voucher,
        {"state": EXPIRED, "returned_cents": voucher.returned_cents + returned, "closed_at": act.at},
    )
    record(act, "voucher", voucher_id, voucher.state, EXPIRED, "clock", kind=voucher.kind, pots=deltas,
           worth={"returned": returned})  # fmt: skip
    forget_timers(act, voucher.person_id, voucher_id, TIMERS)
    if waits:
        last = voucher.expires_on + CLAIM_AFTER_EXPIRY
        set_timers(act, voucher.person_id, voucher_id, {RETURN_REST: end_of(last, act.zone)})
    elif returned:
        move_waiting(act, voucher.call_id)


def return_rest(act: Act, voucher_id: str) -> None:
    """What an expired voucher kept for claims is free; a claim that is still open lets it wait a week more."""
    voucher = find(act, voucher_id)
    if voucher.state != EXPIRED or act.today <= voucher.expires_on + CLAIM_AFTER_EXPIRY:
        raise Refused("state")
    if _claims_open(act, voucher_id):
        set_timers(act, voucher.person_id, voucher_id, {RETURN_REST: act.at + timedelta(days=7)})
        return
    if residual(voucher):
        _give_rest(act, voucher, EXPIRED, "clock", "rest")


def check_idle(act: Act, voucher_id: str) -> None:
    """Nobody is about to use it. Raises Refused ("open_claims", or "state" for a charge that waits for its owner)."""
    if _claims_open(act, voucher_id):
        raise Refused("open_claims")
    if any(one.state == STARTED for one in redemptions.redemptions_on(act.conn, [voucher_id])):
        raise Refused("state")


def use(act: Act, voucher: Row[Any], cents: int, hat: Hat) -> None:
    """This much is spent. Raises Refused where less is left, or a voucher of kind B would not be used whole."""
    if cents <= 0 or cents > residual(voucher) or (voucher.kind == "B" and cents != voucher.face_cents):
        raise Refused("amount")
    deltas = spend(act, *_paid_by(act, voucher), cents)
    used = voucher.used_cents + cents
    after = EXPIRED if voucher.state == EXPIRED else after_use(voucher.face_cents, used)
    vouchers.move_voucher(act.conn, voucher, {"used_cents": used, "state": after})
    record(act, "voucher", voucher.id, voucher.state, after, hat, kind=voucher.kind, pots=deltas,
           worth={"used": cents})  # fmt: skip
    if residual(voucher) == cents:
        forget_timers(act, voucher.person_id, voucher.id, TIMERS)


def unuse(act: Act, voucher: Row[Any], cents: int, hat: Hat, reason: str) -> None:
    """A use is undone: the voucher holds it again if it is not over yet, else the money is free."""
    over = act.today > voucher.expires_on or voucher.state in (RELEASED, REVOKED)
    last = voucher.expires_on + CLAIM_AFTER_EXPIRY
    claimable = (
        voucher.state == EXPIRED
        and not voucher.returned_cents
        and act.today <= last
        and people.exists(act.conn, voucher.person_id)
    )
    used = voucher.used_cents - cents
    values: dict[str, Any] = {"used_cents": used}
    if over and not claimable:
        deltas: list[Delta] = unspend(act, *_paid_by(act, voucher), cents)
        values["returned_cents"] = voucher.returned_cents + cents
        after = voucher.state if voucher.state in (RELEASED, REVOKED, EXPIRED) else EXPIRED
        if after == EXPIRED and voucher.state != EXPIRED:
            # what was still unused goes back with it
            rest = residual(voucher)
            deltas += give_back(act, *_paid_by(act, voucher), rest)
            values["returned_cents"] += rest
    else:
        deltas = spend(act, *_paid_by(act, voucher), -cents)
        after = EXPIRED if voucher.state == EXPIRED else after_use(voucher.face_cents, used)
    values["state"] = after
    vouchers.move_voucher(act.conn, voucher, values)
    returned = values.get("returned_cents", voucher.returned_cents) - voucher.returned_cents
    record(act, "voucher", voucher.id, voucher.state, after, hat, kind=voucher.kind, reason=reason, pots=deltas,
           worth={"used": -cents, "returned": returned})  # fmt: skip
    if returned:
        move_waiting(act, voucher.call_id)
    elif after in LIVE_VOUCHER:
        set_timers(act, voucher.person_id, voucher.id, expiring(act.at, voucher.expires_on, act.zone))
    else:
        # its last use had stopped the clock that gives the rest back
        set_timers(act, voucher.person_id, voucher.id, {RETURN_REST: end_of(last, act.zone)})


def end_for_erasure(act: Act, voucher: Row[Any], state: str) -> None:
    """Its owner is being erased: the rest is free, whether it was live or kept for claims."""
    _give_rest(act, voucher, state, "owner" if state == RELEASED else "clock", "erased")


def _end(act: Act, voucher: Row[Any], state: str, hat: Hat, reason: str) -> None:
    if voucher.state not in LIVE_VOUCHER:
        raise Refused("state")
    check_idle(act, voucher.id)
    _give_rest(act, voucher, state, hat, reason)


def _give_rest(act: Act, voucher: Row[Any], state: str, hat: Hat, reason: str) -> None:
    rest = residual(voucher)
    deltas = give_back(act, *_paid_by(act, voucher), rest)
    vouchers.move_voucher(
        act.conn,
        voucher,
        {"state": state, "returned_cents": voucher.returned_cents + rest, "closed_at": voucher.closed_at or act.at},
    )
    record(act, "voucher", voucher.id, voucher.state, state, hat, kind=voucher.kind, reason=reason, pots=deltas,
           worth={"returned": rest})  # fmt: skip
    forget_timers(act, voucher.person_id, voucher.id, TIMERS)
    move_waiting(act, voucher.call_id)


def _paid_by(act: Act, voucher: Row[Any]) -> tuple[Any, Row[Any]]:
    """The terms and the request by which its pots are found."""
    return spec_of(act.conn, voucher.call_id), request_of(act, voucher)


def _claims_open(act: Act, voucher_id: str) -> bool:
    return any(one.state in OPEN_CLAIM for one in claims.claims_on(act.conn, voucher_id))
