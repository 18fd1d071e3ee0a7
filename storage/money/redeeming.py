"""A charge at a partner: started there, confirmed on the owner's own phone, refused, timed out, reversed."""

from collections.abc import Sequence
from hmac import compare_digest
from typing import Any

from sqlalchemy import Row

from conversations.rules.reasons import known
from conversations.rules.voucher_pins import said_figures
from conversations.rules.voucher_timers import (
    REDEMPTION_LIFE,
    REVERSAL_LIFE,
    TIME_OUT,
    WRONG_TRIES,
    WRONG_WITHIN,
    month_over,
)
from conversations.rules.vouchers_moves import (
    CONFIRMED,
    LIVE_VOUCHER,
    REFUSED,
    REVERSED,
    SETTLED,
    STARTED,
    TIMED_OUT,
    Hat,
)
from storage import redemptions, vouchers
from storage.crypto import KeyRing
from storage.money import actors as actors
from storage.money import vouchers as mine
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.paying import call_off, owe


def wrong_code(act: Act) -> None:
    """One more wrong code of this partner is on record."""
    actors.with_role(act, "partner")
    vouchers.note_wrong_code(act.conn, act.person_id, act.at)


def blocked(act: Act) -> bool:
    """True if this partner gave five wrong codes within an hour."""
    return vouchers.wrong_codes(act.conn, act.person_id, act.at - WRONG_WITHIN)[0] >= WRONG_TRIES


def start(act: Act, redemption_id: str, voucher_id: str, cents: int, token: str) -> None:
    """The owner is to confirm this amount within 15 minutes. Raises Refused where the voucher cannot give it."""
    actors.with_role(act, "partner")
    if blocked(act):
        raise Refused("blocked")
    voucher = mine.find(act, voucher_id)
    if voucher.person_id == act.person_id:
        raise Refused("own")
    _usable(act, voucher)
    if cents <= 0 or cents > mine.residual(voucher) or (voucher.kind == "B" and cents != voucher.face_cents):
        raise Refused("amount")
    if any(one.state == STARTED for one in redemptions.redemptions_on(act.conn, [voucher_id])):
        raise Refused("taken")
    if token:
        vouchers.use_token(act.conn, voucher_id, act.keys.hash("presentation", token), act.at)
    redemptions.add_redemption(
        act.conn,
        id=redemption_id,
        voucher_id=voucher_id,
        provider_id=act.person_id,
        amount_cents=cents,
        state=STARTED,
        started_at=act.at,
        moved_at=act.at,
    )
    record(act, "redemption", redemption_id, "", STARTED, "partner", worth={"amount": cents})
    set_timers(act, voucher.person_id, redemption_id, {TIME_OUT: act.at + REDEMPTION_LIFE})


def confirm(act: Act, redemption_id: str, payment_id: str) -> None:
    """The amount is spent and owed to the partner. Raises Refused where it is too late, or less is left."""
    charge = _find(act, redemption_id)
    voucher = mine.find(act, charge.voucher_id)
    actors.owner(act, voucher.person_id)
    _confirm(act, charge, voucher, payment_id, "owner")


def confirm_aloud(act: Act, redemption_id: str, payment_id: str, figures: str) -> None:
    """The same by the owner's four figures, typed by the charge's partner. Raises Refused ("token") for others."""
    charge = _find(act, redemption_id)
    voucher = mine.find(act, charge.voucher_id)
    actors.with_role(act, "partner")
    if charge.provider_id != act.person_id:
        raise Refused("role")
    if blocked(act):
        raise Refused("blocked")
    known = owners_figures(act.keys, voucher.id, redemptions.redemptions_on(act.conn, [voucher.id]))
    if not compare_digest(known, figures):
        raise Refused("token")
    _confirm(act, charge, voucher, payment_id, "aloud")


def owners_figures(keys: KeyRing, voucher_id: str, charges: Sequence[Row[Any]]) -> str:
    """What the owner of this voucher says aloud to confirm a charge without her phone: other figures each time."""
    confirmed = sum(one.confirmed_at is not None for one in charges if one.voucher_id == voucher_id)
    return said_figures(keys.hash("voucher said aloud", f"{voucher_id}:{confirmed}").partition(":")[2].encode())


def refuse(act: Act, redemption_id: str) -> None:
    """The charge is off: the owner said no, or its partner took it back before she said yes."""
    charge = _find(act, redemption_id)
    voucher = mine.find(act, charge.voucher_id)
    hat: Hat = "partner" if act.person_id == charge.provider_id else "owner"
    if hat == "partner":
        actors.with_role(act, "partner")
    else:
        actors.owner(act, voucher.person_id)
    _stop(act, charge, voucher, REFUSED, hat)


def end_for_erasure(act: Act, charge: Row[Any], state: str, hat: Hat) -> None:
    """Its partner or the voucher's owner is being erased."""
    _stop(act, charge, mine.find(act, charge.voucher_id), state, hat)


def time_out(act: Act, redemption_id: str) -> None:
    """The clock ends a charge that nobody confirmed for 15 minutes."""
    charge = _find(act, redemption_id)
    if act.at < charge.started_at + REDEMPTION_LIFE:
        raise Refused("state")
    _stop(act, charge, mine.find(act, charge.voucher_id), TIMED_OUT, "clock")


def reverse(act: Act, redemption_id: str, reason: str) -> None:
    """A confirmed charge is undone and owed no more: by its partner on the same day, by a coordinator for 14 days."""
    charge = _find(act, redemption_id)
    voucher = mine.find(act, charge.voucher_id)
    if charge.state not in (CONFIRMED, SETTLED) or charge.confirmed_at is None:
        raise Refused("state")
    if not known("reverse", reason):
        raise Refused("reason")
    if act.person_id == charge.provider_id:
        hat: Hat = "partner"
        actors.with_role(act, "partner")
        if act.today != charge.confirmed_at.astimezone(act.zone).date():
            raise Refused("late")
    else:
        hat = "coordinator"
        actors.coordinating(act, voucher.person_id, mine.request_of(act, voucher).enterprise_id)
        if act.at > charge.confirmed_at + REVERSAL_LIFE:
            raise Refused("late")
    mine.unuse(act, voucher, charge.amount_cents, hat, reason)
    redemptions.move_redemption(
        act.conn, redemption_id, charge.state, {"state": REVERSED, "reason": reason, "moved_at": act.at}
    )
    record(act, "redemption", redemption_id, charge.state, REVERSED, hat, reason=reason)
    call_off(act, hat, redemption_id=redemption_id)


def _confirm(act: Act, charge: Row[Any], voucher: Row[Any], payment_id: str, hat: Hat) -> None:
    if charge.state != STARTED:
        raise Refused("state")
    if act.at > charge.started_at + REDEMPTION_LIFE:
        raise Refused("late")
    _usable(act, voucher)
    mine.use(act, voucher, charge.amount_cents, hat)
    values = {"state": CONFIRMED, "confirmed_at": act.at, "moved_at": act.at}
    redemptions.move_redemption(act.conn, charge.id, STARTED, values)
    record(act, "redemption", charge.id, STARTED, CONFIRMED, hat)
    owe(act, payment_id, voucher, charge.provider_id, charge.amount_cents, 0, hat, redemption_id=charge.id)
    forget_timers(act, voucher.person_id, charge.id, (TIME_OUT,))
    set_timers(act, charge.provider_id, "", month_over(act.at, act.zone))


def _usable(act: Act, voucher: Row[Any]) -> None:
    if voucher.state not in LIVE_VOUCHER:
        raise Refused("state")
    if act.today > voucher.expires_on:
        raise Refused("expired")


def _stop(act: Act, charge: Row[Any], voucher: Row[Any], state: str, hat: Hat) -> None:
    if charge.state != STARTED:
        raise Refused("state")
    redemptions.move_redemption(act.conn, charge.id, STARTED, {"state": state, "moved_at": act.at})
    record(act, "redemption", charge.id, STARTED, state, hat)
    forget_timers(act, voucher.person_id, charge.id, (TIME_OUT,))


def _find(act: Act, redemption_id: str) -> Row[Any]:
    charge = redemptions.redemption_by_id(act.conn, redemption_id)
    if charge is None:
        raise Refused("state")
    return charge
