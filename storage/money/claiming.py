"""A receipt to be refunded: drafted, sent, checked, asked about, accepted, rejected, undone. Each is payable once."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from conversations.folding import words
from conversations.rules.categories import category
from conversations.rules.reasons import LONGEST_ASK, known
from conversations.rules.voucher_timers import (
    CASE_LIFE,
    CHECKING,
    CLAIM_AFTER_EXPIRY,
    CLAIM_ASKING,
    checking,
    claim_asking,
)
from conversations.rules.vouchers_moves import (
    ACCEPTED,
    CHECK,
    DRAFT,
    EXPIRED,
    INFO_NEEDED,
    LIVE_VOUCHER,
    OPEN_CLAIM,
    REJECTED,
    REVERSED,
    SUBMITTED,
    TO_PAY,
    UNPAID,
    WITHDRAWN,
)
from conversations.voucher_papers import ClaimDraft
from storage import calls, claims, profiles
from storage.money import actors as actors
from storage.money import vouchers as mine
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.paying import call_off, owe
from storage.money.pots import spec_of

TIMERS = (*CHECKING, *CLAIM_ASKING)


def save(act: Act, claim_id: str, draft: ClaimDraft) -> None:
    """Her receipt is kept so far."""
    voucher = mine.find(act, draft.voucher_id)
    actors.owner(act, voucher.person_id)
    values = {
        "voucher_id": draft.voucher_id,
        "supplier": draft.supplier,
        "supplier_tax_id": draft.supplier_tax_id,
        "number": draft.number,
        "issued_on": draft.issued_on,
        "gross_cents": draft.gross_cents,
        "vat_cents": draft.vat_cents,
        "traceable": draft.traceable,
    }
    claims.put_claim(act.conn, claim_id, act.person_id, values, act.at)


def discard(act: Act, claim_id: str) -> None:
    """Her draft is gone."""
    claims.discard_claim(act.conn, claim_id, act.person_id)


def submit(act: Act, claim_id: str) -> None:
    """The receipt is with the checkers. Raises Refused where it is incomplete, too late or was sent before."""
    claim = _find(act, claim_id)
    actors.owner(act, claim.person_id)
    if claim.state != DRAFT:
        raise Refused("state")
    voucher = mine.find(act, claim.voucher_id)
    actors.owner(act, voucher.person_id)
    kind = category(voucher.category)
    if voucher.kind != "A" or kind is None or "reimbursement" not in kind.modes:
        raise Refused("state")
    _check_complete(act, claim, voucher)
    prints = _prints(act, claim)
    if claims.claimed(act.conn, prints["fingerprint"]):
        raise Refused("duplicate")
    twin = claims.alike(act.conn, claim_id, prints["like_number"], prints["like_amount"])
    values = {"state": SUBMITTED, **prints, "alike": twin, "submitted_at": act.at, "updated_at": act.at}
    try:
        claims.move_claim(act.conn, claim_id, DRAFT, values)
    except IntegrityError as error:
        # somebody sent the same receipt at the same moment: the turn runs again and finds it
        raise Refused("duplicate") from error
    record(act, "claim", claim_id, DRAFT, SUBMITTED, "owner", worth={"gross": claim.gross_cents})
    set_timers(act, claim.person_id, claim_id, checking(act.at, act.zone))


def take_case(act: Act, claim_id: str) -> None:
    """The claim is hers to check for 24 hours. Raises Refused where somebody else has it."""
    claim = _checkable(act, claim_id)
    stale = claim.taken_at is not None and act.at >= claim.taken_at + CASE_LIFE
    if claim.taken_by not in ("", act.person_id) and not stale:
        raise Refused("taken")
    after = CHECK if claim.state == SUBMITTED else claim.state
    values = {"state": after, "taken_by": act.person_id, "taken_at": act.at, "updated_at": act.at}
    claims.move_claim(act.conn, claim_id, claim.state, values, taken_by=claim.taken_by)
    if after != claim.state:
        record(act, "claim", claim_id, claim.state, after, "coordinator")
    if after == CHECK:
        # who opens it may still forget it: the clock begins anew, it does not stop
        set_timers(act, claim.person_id, claim_id, checking(act.at, act.zone))


def ask(act: Act, claim_id: str, reason: str, text: str) -> None:
    """Its owner is asked about it."""
    claim = _checkable(act, claim_id)
    if not known("ask_claim", reason) or len(text) > LONGEST_ASK:
        raise Refused("reason")
    before = _in_hand(act, claim)
    values = {
        "state": INFO_NEEDED,
        "asked": reason,
        "asked_text": text,
        "answer_text": "",
        "taken_by": act.person_id,
        "taken_at": act.at,
        "updated_at": act.at,
    }
    claims.move_claim(act.conn, claim_id, before, values)
    record(act, "claim", claim_id, CHECK, INFO_NEEDED, "coordinator", reason=reason)
    forget_timers(act, claim.person_id, claim_id, TIMERS)
    set_timers(act, claim.person_id, claim_id, claim_asking(act.at))


def answer(act: Act, claim_id: str, text: str) -> None:
    """Her answer is with the checkers."""
    claim = _find(act, claim_id)
    actors.owner(act, claim.person_id)
    if claim.state != INFO_NEEDED:
        raise Refused("state")
    values = {"state": CHECK, "answer_text": text, "updated_at": act.at}
    claims.move_claim(act.conn, claim_id, INFO_NEEDED, values)
    record(act, "claim", claim_id, INFO_NEEDED, CHECK, "owner")
    forget_timers(act, claim.person_id, claim_id, CLAIM_ASKING)
    set_timers(act, claim.person_id, claim_id, checking(act.at, act.zone))


def withdraw(act: Act, claim_id: str) -> None:
    """She takes it back; the receipt may be sent again."""
    claim = _find(act, claim_id)
    actors.owner(act, claim.person_id)
    if claim.state not in OPEN_CLAIM:
        raise Refused("state")
    end_for_erasure(act, claim)


def end_for_erasure(act: Act, claim: Row[Any]) -> None:
    """It is withdrawn, and nobody is asked whether she may."""
    values = {"state": WITHDRAWN, "fingerprint": None, "updated_at": act.at}
    claims.move_claim(act.conn, claim.id, claim.state, values)
    record(act, "claim", claim.id, claim.state, WITHDRAWN, "owner")
    forget_timers(act, claim.person_id, claim.id, TIMERS)


def accept(act: Act, claim_id: str, payment_id: str, cents: int) -> None:
    """This much is spent and owed to its owner. Raises Refused where more than the receipt or the rest is asked."""
    claim = _checkable(act, claim_id)
    voucher = mine.find(act, claim.voucher_id)
    if voucher.state not in LIVE_VOUCHER | {EXPIRED}:
        raise Refused("state")
    if not 0 < cents <= claim.gross_cents:
        raise Refused("amount")
    before = _in_hand(act, claim)
    mine.use(act, voucher, cents, "coordinator")
    values = {
        "state": TO_PAY,
        "accepted_cents": cents,
        "accepted_by": act.person_id,
        "updated_at": act.at,
    }
    claims.move_claim(act.conn, claim_id, before, values)
    record(act, "claim", claim_id, CHECK, ACCEPTED, "coordinator", worth={"accepted": cents})
    record(act, "claim", claim_id, ACCEPTED, TO_PAY, "coordinator")
    vat = min(cents, claim.vat_cents * cents // claim.gross_cents)
    owe(act, payment_id, voucher, claim.person_id, cents, vat, "coordinator", claim_id=claim_id,
        invoice=f"{claim.supplier}, {claim.number}, {claim.issued_on}")  # fmt: skip
    forget_timers(act, claim.person_id, claim_id, TIMERS)


def reject(act: Act, claim_id: str, reason: str) -> None:
    """The claim is refused for a reason of the list; the receipt may be sent again, better."""
    claim = _checkable(act, claim_id)
    if not known("reject_claim", reason):
        raise Refused("reason")
    before = _in_hand(act, claim)
    values = {"state": REJECTED, "reason": reason, "fingerprint": None, "updated_at": act.at}
    claims.move_claim(act.conn, claim_id, before, values)
    record(act, "claim", claim_id, CHECK, REJECTED, "coordinator", reason=reason)
    forget_timers(act, claim.person_id, claim_id, TIMERS)


def reverse(act: Act, claim_id: str, reason: str) -> None:
    """An accepted claim that was not paid is undone: what it used is the voucher's again, or free."""
    claim = _find(act, claim_id)
    voucher = mine.find(act, claim.voucher_id)
    actors.coordinating(act, claim.person_id, mine.request_of(act, voucher).enterprise_id)
    if claim.state not in UNPAID:
        raise Refused("state")
    if not known("reverse", reason):
        raise Refused("reason")
    mine.unuse(act, voucher, claim.accepted_cents, "coordinator", reason)
    values = {"state": REVERSED, "reason": reason, "fingerprint": None, "accepted_cents": 0, "updated_at": act.at}
    claims.move_claim(act.conn, claim_id, claim.state, values)
    record(act, "claim", claim_id, claim.state, REVERSED, "coordinator", reason=reason,
           worth={"accepted": -claim.accepted_cents})  # fmt: skip
    call_off(act, "coordinator", claim_id=claim_id)


def _find(act: Act, claim_id: str) -> Row[Any]:
    claim = claims.claim_by_id(act.conn, claim_id)
    if claim is None:
        raise Refused("state")
    return claim


def _checkable(act: Act, claim_id: str) -> Row[Any]:
    """A claim she may check: open, not her own, nor of her own firm."""
    claim = _find(act, claim_id)
    voucher = mine.find(act, claim.voucher_id)
    actors.coordinating(act, claim.person_id, mine.request_of(act, voucher).enterprise_id)
    if claim.state not in OPEN_CLAIM:
        raise Refused("state")
    return claim


def _in_hand(act: Act, claim: Row[Any]) -> str:
    """The state the row is in, once the ledger says that the claim is being checked."""
    if claim.state in (SUBMITTED, INFO_NEEDED):
        record(act, "claim", claim.id, claim.state, CHECK, "coordinator")
    return str(claim.state)


def _check_complete(act: Act, claim: Row[Any], voucher: Row[Any]) -> None:
    texts = (claim.supplier.strip(), claim.number.strip(), claim.traceable)
    if not all(texts) or claim.issued_on is None or claim.gross_cents <= 0:
        raise Refused("draft")
    if not profiles.profile_of(act.conn, act.person_id).iban:
        raise Refused("account")
    open_for_claims = voucher.state in LIVE_VOUCHER or (voucher.state == EXPIRED and mine.residual(voucher))
    if not open_for_claims or act.today > voucher.expires_on + CLAIM_AFTER_EXPIRY:
        raise Refused("late")
    call = calls.call_by_id(act.conn, voucher.call_id)
    spec = spec_of(act.conn, voucher.call_id)
    last = max(spec.uses_until or spec.ends_on, voucher.expires_on)
    if call is None or not call.starts_on <= claim.issued_on <= min(last, act.today + timedelta(days=1)):
        raise Refused("late")


def _prints(act: Act, claim: Row[Any]) -> dict[str, str]:
    """What tells a receipt from all others, and what it shares with near duplicates; none of it can be read back."""
    who = re.sub(r"[^0-9A-Z]", "", claim.supplier_tax_id.upper()) or words(claim.supplier)
    number = re.sub(r"[^0-9A-Z]", "", claim.number.upper()).lstrip("0")
    day, cents = claim.issued_on.isoformat(), claim.gross_cents
    return {
        "fingerprint": act.keys.hash("receipt", f"{who}|{number}|{day}|{cents}"),
        "like_number": act.keys.hash("receipt number", f"{who}|{number}"),
        # whoever made it out: a supplier is written in many ways, with and without its tax number
        "like_amount": act.keys.hash("receipt amount", f"{day}|{cents}"),
    }
