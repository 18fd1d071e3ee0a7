"""What the facts about vouchers will be once an order is carried out, as far as the next flow reads them."""

from dataclasses import replace
from datetime import datetime

from conversations import voucher_orders as orders
from conversations.rules.iban import last_four
from conversations.rules.vouchers_moves import (
    CHECK,
    CONFIRMED,
    DRAFT,
    IN_REVIEW,
    REFUSED,
    RELEASED,
    REVERSED,
    SUBMITTED,
    WITHDRAWN,
)
from conversations.voucher_orders import VoucherOrder
from conversations.voucher_views import VoucherFacts, WorkerClaimView, WorkerRequestView


def foreseen(known: VoucherFacts, order: VoucherOrder, now: datetime) -> VoucherFacts:
    """The same facts after the order; what it does for others is not foreseen."""
    match order:
        case orders.SaveName(name=name):
            return replace(known, profile=replace(known.profile, name=name))
        case orders.SaveIban(iban=iban):
            return replace(known, profile=replace(known.profile, iban_end=last_four(iban)))
        case orders.SaveDraft(request_id=key, draft=draft):
            title = next((call.title for call in known.calls if call.id == draft.call_id), "")
            fresh = WorkerRequestView(key, "", DRAFT, draft.call_id, title, draft, "association", "")
            kept = tuple(replace(one, draft=draft) if one.id == key else one for one in known.requests)
            new = () if any(one.id == key for one in known.requests) else (fresh,)
            return replace(known, requests=(*new, *kept))
        case orders.SaveClaim(claim_id=key, draft=draft):
            claims = tuple(replace(one, draft=draft) if one.id == key else one for one in known.claims)
            if not any(one.id == key for one in known.claims):
                claims = (WorkerClaimView(key, "", DRAFT, draft), *claims)
            return replace(known, claims=claims)
        case orders.DiscardDraft(id=key):
            requests = tuple(one for one in known.requests if one.id != key)
            return replace(known, requests=requests, claims=tuple(one for one in known.claims if one.id != key))
        case orders.SubmitRequest(request_id=key):
            requests = tuple(
                replace(one, state=SUBMITTED, submitted_at=now) if one.id == key else one for one in known.requests
            )
            return replace(known, requests=requests)
        case orders.WithdrawRequest(request_id=key):
            return _request(known, key, WITHDRAWN)
        case orders.AnswerAsk(id=key):
            return _claim(_request(known, key, IN_REVIEW), key, CHECK)
        case orders.TakeOffer(request_id=key):
            requests = tuple(replace(one, offer_taken=True) if one.id == key else one for one in known.requests)
            return replace(known, requests=requests)
        case orders.SubmitClaim(claim_id=key):
            return _claim(known, key, SUBMITTED)
        case orders.WithdrawClaim(claim_id=key):
            return _claim(known, key, WITHDRAWN)
        case orders.ReleaseVoucher(voucher_id=key):
            vouchers = tuple(
                replace(one, state=RELEASED, residual_cents=0) if one.id == key else one for one in known.vouchers
            )
            return replace(known, vouchers=vouchers)
        case orders.ConfirmRedemption(redemption_id=key):
            return _charge(known, key, CONFIRMED)
        case orders.ConfirmAloud(redemption_id=key):
            return _charge(known, key, CONFIRMED)
        case orders.RefuseRedemption(redemption_id=key):
            return _charge(known, key, REFUSED)
        case (
            orders.Approve(request_id=key)
            | orders.Decline(request_id=key)
            | orders.Waitlist(request_id=key)
            | orders.AskWorker(request_id=key)
            | orders.Escalate(request_id=key)
        ):
            return replace(
                known,
                to_decide=tuple(one for one in known.to_decide if one.id != key),
                for_firm=tuple(one for one in known.for_firm if one.id != key),
            )
        case orders.AcceptClaim(claim_id=key) | orders.RejectClaim(claim_id=key) | orders.AskClaimant(claim_id=key):
            return replace(known, to_check=tuple(one for one in known.to_check if one.id != key))
        case orders.RevokeVoucher(voucher_id=key):
            return replace(known, live=tuple(one for one in known.live if one.id != key))
        case orders.ExtendVoucher(voucher_id=key, expires_on=day):
            longer = tuple(replace(one, expires_on=day) if one.id == key else one for one in known.live)
            return replace(known, live=longer)
        case orders.ReverseRedemption(redemption_id=key):
            return replace(_charge(known, key, REVERSED), charged=tuple(c for c in known.charged if c.id != key))
        case orders.ReverseClaim(claim_id=key):
            return replace(known, owed=tuple(one for one in known.owed if one.id != key))
        case orders.MarkPaid(payment_id=key) | orders.MarkFailed(payment_id=key):
            return replace(known, to_pay=tuple(one for one in known.to_pay if one.id != key))
        case orders.ConfirmProposal(proposal_id=key) | orders.DropProposal(proposal_id=key):
            return replace(known, proposals=tuple(one for one in known.proposals if one.id != key))
        case _:
            return known


def _request(known: VoucherFacts, key: str, state: str) -> VoucherFacts:
    return replace(
        known, requests=tuple(replace(one, state=state) if one.id == key else one for one in known.requests)
    )


def _claim(known: VoucherFacts, key: str, state: str) -> VoucherFacts:
    return replace(known, claims=tuple(replace(one, state=state) if one.id == key else one for one in known.claims))


def _charge(known: VoucherFacts, key: str, state: str) -> VoucherFacts:
    charges = tuple(replace(one, state=state) if one.id == key else one for one in known.redemptions)
    return replace(known, redemptions=charges, charges=tuple(
        replace(one, state=state) if one.id == key else one for one in known.charges
    ))  # fmt: skip
