"""What everybody concerned is told when a coordinator takes back, extends or undoes something."""

from datetime import date

from conversations.effects import Say, ToOwner, ToProvider, ToRole
from conversations.flow import HUMAN, p
from conversations.messages import Day, Message, Money, Template, Verbatim
from conversations.rules.reasons import label, told
from conversations.steps.vouchers.notices import MINE
from conversations.steps.vouchers.words import lasting
from conversations.voucher_office_views import ConfirmedChargeView, OwedClaimView


def revoked(voucher_id: str, request: str, cents: int, reason: str) -> Say:
    """The voucher was taken back: why, and where to go on; `request` is the number she knows it by."""
    body = (
        p("voucher_notice.revoked", amount=Money(cents), reason=p(told("revoke", reason))),
        p("voucher_notice.appeal"),
    )
    news = Template("voucher_decided", (Verbatim(request),))
    return Say(Message(body=body, ways=(HUMAN,), template=news), ToOwner(voucher_id))


def extended(voucher_id: str, expires_on: date, reason: str) -> Say:
    """The voucher has a later last day."""
    message = Message(
        body=(p("voucher_notice.extended", day=Day(expires_on), reason=p(told("extend", reason))),),
        ways=(lasting(MINE, "voucher", voucher_id, "vouchers.open_voucher"),),
        template=Template("voucher_expiring", (p("voucher.day", day=Day(expires_on)),)),
    )
    return Say(message, ToOwner(voucher_id))


def charge_corrected(view: ConfirmedChargeView, reason: str) -> tuple[Say, Say]:
    """The association undid a charge: its owner and its partner learn why."""
    amount = Money(view.amount_cents)
    provider = view.provider or p("voucher.partner")
    news = Template("voucher_decided", (Verbatim(view.number),))
    hers = Message(
        body=(
            p(
                "voucher_notice.charge_corrected",
                provider=provider,
                amount=amount,
                reason=p(told("reverse", reason)),
            ),
        ),
        ways=(lasting(MINE, "list", "", "vouchers.my_requests"),),
        template=news,
    )
    why = p(label("reverse", reason))
    theirs = Message(
        body=(p("voucher_notice.own_charge_corrected", amount=amount, reason=why),),
        ways=(HUMAN,),
    )
    return Say(hers, ToOwner(view.id)), Say(theirs, ToProvider(view.id))


def claim_corrected(view: OwedClaimView, reason: str) -> Say:
    """An accepted claim was undone before it was paid."""
    body = (
        p(
            "voucher_notice.claim_corrected",
            number=view.number,
            amount=Money(view.amount_cents),
            reason=p(told("reverse", reason)),
        ),
        p("voucher_notice.send_again"),
    )
    news = Template("voucher_decided", (Verbatim(view.number),))
    return Say(Message(body=body, ways=(HUMAN,), template=news), ToOwner(view.id))


def office_warned(view: ConfirmedChargeView | OwedClaimView) -> tuple[Say, ...]:
    """Who pays is told where the money has gone out already, or may go out with the bank's file."""
    paid = isinstance(view, ConfirmedChargeView) and view.paid
    if not paid and not view.batch:
        return ()
    body = (
        p(
            "voucher_notice.to_recover" if paid else "voucher_notice.to_stop",
            amount=Money(view.amount_cents),
            batch=view.batch,
        ),
    )
    way = lasting("voucher_pay", "open", "", "voucher_pay.open")
    return (Say(Message(body=body, ways=(way,)), ToRole("accountant"), "alert"),)
