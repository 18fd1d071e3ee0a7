"""What is owed: a payment for each accepted claim and each confirmed charge, and what became of it at the bank."""

from typing import Any

from sqlalchemy import Row

from conversations.call_spec import spec_from_json
from conversations.rules.iban import is_iban
from conversations.rules.reasons import known
from conversations.rules.voucher_timers import FAILED_NOW, PAID_NOW, PARTNER_PAID, UNPAID, UNPAID_AFTER
from conversations.rules.vouchers_money import PAY_APART_CENTS, Share, split
from conversations.rules.vouchers_moves import (
    CANCELLED,
    CONFIRMED,
    PAID,
    PAY_FAILED,
    SETTLED,
    TO_PAY,
    TO_RECOVER,
    Hat,
)
from conversations.rules.vouchers_moves import UNPAID as OWED
from storage import calls, claims, payments, people, profiles, redemptions, requests, vouchers
from storage.money import actors as actors
from storage.money.act import Act, Refused, forget_timers, record, set_timers


def owe(
    act: Act,
    payment_id: str,
    voucher: Row[Any],
    payee: str,
    cents: int,
    vat_cents: int,
    hat: Hat,
    *,
    claim_id: str | None = None,
    redemption_id: str | None = None,
    invoice: str = "",
) -> None:
    """The amount is to be paid to this person, in parts by source."""
    line = calls.line_by_id(act.conn, voucher.line_id)
    call = calls.call_by_id(act.conn, voucher.call_id)
    if line is None or call is None:
        raise Refused("state")
    sources = [Share(str(name), int(weight)) for name, weight in line.sources or spec_from_json(call.spec).sources]
    parts = dict(zip([share.source for share in sources], split(cents, sources), strict=True))
    known_as = profiles.profile_of(act.conn, payee)
    payments.add_payment(
        act.conn,
        parts,
        id=payment_id,
        call_id=voucher.call_id,
        line_id=voucher.line_id,
        person_id=payee,
        claim_id=claim_id,
        redemption_id=redemption_id,
        amount_cents=cents,
        vat_cents=vat_cents,
        state=TO_PAY,
        name=known_as.name,
        iban=known_as.iban,
        invoice=invoice,
        made_at=act.at,
        updated_at=act.at,
    )
    record(act, "payment", payment_id, "", TO_PAY, hat, worth={"amount": cents, "parts": {**parts}})


def call_off(act: Act, hat: Hat, claim_id: str = "", redemption_id: str = "") -> None:
    """The payment for an undone claim or charge is off, or to be had back where it was made already."""
    payment = payments.payment_for(act.conn, claim_id, redemption_id)
    if payment is None:
        raise Refused("state")
    after = TO_RECOVER if payment.state == PAID else CANCELLED
    payments.move_payment(act.conn, payment.id, payment.state, {"state": after, "updated_at": act.at})
    record(act, "payment", payment.id, payment.state, after, hat)
    forget_timers(act, payment.person_id, payment.id, (UNPAID,))


def mark_paid(act: Act, payment_id: str, reference: str) -> None:
    """The bank has paid it. Raises Refused where she decided it herself above 200 euro, or is paid by it (P8)."""
    payment = _payable(act, payment_id)
    if payment.state != TO_PAY:
        raise Refused("state")
    if not payment.iban:
        raise Refused("account")
    if not may_pay(act, payment):
        raise Refused("own")
    values = {"state": PAID, "reference": reference, "paid_on": act.today, "reason": "", "updated_at": act.at}
    payments.move_payment(act.conn, payment_id, TO_PAY, values)
    record(act, "payment", payment_id, TO_PAY, PAID, "accountant")
    if payment.claim_id is not None:
        claims.move_claim(act.conn, payment.claim_id, TO_PAY, {"state": PAID, "updated_at": act.at})
        record(act, "claim", payment.claim_id, TO_PAY, PAID, "accountant")
        set_timers(act, payment.person_id, payment.claim_id, {PAID_NOW: act.at})
    if payment.redemption_id is not None:
        settled = {"state": SETTLED, "moved_at": act.at}
        redemptions.move_redemption(act.conn, payment.redemption_id, CONFIRMED, settled)
        record(act, "redemption", payment.redemption_id, CONFIRMED, SETTLED, "accountant")
        set_timers(act, payment.person_id, "", {PARTNER_PAID: act.at})
    if not people.exists(act.conn, payment.person_id):
        # she was erased while it was still owed to her
        payments.forget_name(act.conn, payment_id)


def may_pay(act: Act, payment: Row[Any]) -> bool:
    """False for her own money, and above 200 euro for what she decided herself (P8)."""
    if act.person_id == payment.person_id:
        return False
    return payment.amount_cents <= PAY_APART_CENTS or act.person_id not in _decided_by(act, payment)


def mark_failed(act: Act, payment_id: str, reason: str) -> None:
    """The bank has not paid it; the payee is asked for another account."""
    payment = _payable(act, payment_id)
    if payment.state != TO_PAY:
        raise Refused("state")
    if not known("pay_failed", reason):
        raise Refused("reason")
    values = {"state": PAY_FAILED, "reason": reason, "batch": "", "updated_at": act.at}
    payments.move_payment(act.conn, payment_id, TO_PAY, values)
    record(act, "payment", payment_id, TO_PAY, PAY_FAILED, "accountant", reason=reason)
    if payment.claim_id is not None:
        claims.move_claim(act.conn, payment.claim_id, TO_PAY, {"state": PAY_FAILED, "updated_at": act.at})
        record(act, "claim", payment.claim_id, TO_PAY, PAY_FAILED, "accountant", reason=reason)
    set_timers(act, payment.person_id, payment.claim_id or payment_id, {FAILED_NOW: act.at})
    set_timers(act, payment.person_id, payment_id, {UNPAID: act.at + UNPAID_AFTER})


def pay_again(act: Act, payment_id: str) -> None:
    """A failed payment is to be made again."""
    _again(act, _payable(act, payment_id), "accountant")


def save_name(act: Act, name: str) -> None:
    """Her name is this in the accounts, also of what is still owed to her."""
    actors.present(act)
    profiles.keep(act.conn, act.person_id, act.at, name=name)
    payments.name_account(act.conn, act.person_id, OWED, {"name": name})


def save_iban(act: Act, iban: str) -> None:
    """She is paid there from now on, also what is still owed to her; what failed is to be made again."""
    actors.present(act)
    if not is_iban(iban):
        raise Refused("account")
    profiles.keep(act.conn, act.person_id, act.at, iban=iban)
    payments.name_account(act.conn, act.person_id, OWED, {"iban": iban})
    for payment in payments.payments_to(act.conn, act.person_id, frozenset({PAY_FAILED})):
        _again(act, payment, "owner")


def _again(act: Act, payment: Row[Any], hat: Hat) -> None:
    if payment.state != PAY_FAILED:
        raise Refused("state")
    payments.move_payment(act.conn, payment.id, PAY_FAILED, {"state": TO_PAY, "updated_at": act.at})
    record(act, "payment", payment.id, PAY_FAILED, TO_PAY, hat)
    if payment.claim_id is not None:
        claims.move_claim(act.conn, payment.claim_id, PAY_FAILED, {"state": TO_PAY, "updated_at": act.at})
        record(act, "claim", payment.claim_id, PAY_FAILED, TO_PAY, hat)
    forget_timers(act, payment.person_id, payment.id, (UNPAID,))


def _payable(act: Act, payment_id: str) -> Row[Any]:
    actors.with_role(act, "accountant")
    payment = payments.payment_by_id(act.conn, payment_id)
    if payment is None:
        raise Refused("state")
    return payment


def _decided_by(act: Act, payment: Row[Any]) -> set[str]:
    """Who granted the money: the request's decider and the claim's checker."""
    claim = claims.claim_by_id(act.conn, payment.claim_id) if payment.claim_id else None
    charge = redemptions.redemption_by_id(act.conn, payment.redemption_id) if payment.redemption_id else None
    cause = claim or charge
    voucher = None if cause is None else vouchers.voucher_by_id(act.conn, cause.voucher_id)
    request = None if voucher is None else requests.request_by_id(act.conn, voucher.request_id)
    return {who for who in (request and request.decided_by, claim and claim.accepted_by) if who}
