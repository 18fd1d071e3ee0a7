"""What a worker or partner is told when somebody else, or the clock, moves her request, voucher, charge or claim.

Nobody may learn a need from a locked screen: the push names a number and an amount, the rest is read after a tap.
"""

from datetime import date, datetime

from conversations.effects import Say, ToOwner, ToProvider, ToRole
from conversations.flow import HUMAN, p
from conversations.messages import Choice, Day, Message, Moment, Money, Phrase, Template, Text, Verbatim
from conversations.rules.reasons import told
from conversations.steps.vouchers.words import lasting, number

MINE, REQUEST, REDEEM, CLAIM, ACCOUNT = (
    "vouchers", "voucher_request", "voucher_redeem", "voucher_claim", "voucher_account",
)  # fmt: skip


def approved(key: str, cents: int, voucher_id: str) -> Say:
    """The request was granted; the code is read after a tap."""
    way = lasting(MINE, "voucher", voucher_id, "vouchers.open_voucher")
    return _decided(key, (p("voucher_notice.approved", number=number(key), amount=Money(cents)),), way)


def declined(key: str, reason: str) -> Say:
    """The request was refused: why, and where to go on."""
    body = (
        p("voucher_notice.declined", number=number(key), reason=p(told("decline", reason))),
        p("voucher_notice.appeal"),
    )
    return _decided(key, body, Choice("@handoff:open", p("way.human")))


def waitlisted(key: str) -> Say:
    """The request waits for money."""
    body = (p("voucher_notice.waitlisted", number=number(key)),)
    return _decided(key, body, lasting(MINE, "request", key, "vouchers.open_request"))


def reversed_(key: str, reason: str) -> Say:
    """The decision was undone, and the case is open again."""
    body = (p("voucher_notice.reversed", number=number(key), reason=p(told("reverse", reason))),)
    return _decided(key, body, lasting(MINE, "list", "", "vouchers.my_requests"))


def bad_file(sent: bool, way: Choice) -> Say:
    """What she sent was fetched, and is no photo and no PDF; `sent` where her request or receipt has gone already."""
    then = p("voucher_notice.bad_file_sent") if sent else p("voucher_notice.bad_file_again")
    body = (p("voucher_notice.bad_file"), then)
    return Say(Message(body=body, ways=(way,)))


def call_ended(key: str, call: str) -> Say:
    """The call was closed before anybody decided."""
    message = Message(
        body=(p("voucher_notice.call_ended", number=number(key), call=call), p("voucher_notice.appeal")),
        ways=(HUMAN,),
        template=Template("voucher_decided", (Verbatim(number(key)),)),
    )
    return Say(message, lane="alert")


def asked(key: str, reason: str, text: str, firm: bool, sensitive: bool) -> Say:
    """A question about a request; `firm` where the firm's own manager asks by a code."""
    return Say(question(key, reason, text, None, firm, sensitive), ToOwner(key))


def question(
    key: str, reason: str, text: str, until: datetime | None, firm: bool, sensitive: bool, again: bool = False
) -> Message:
    """The question as its owner reads it, first or as a reminder."""
    body: list[Text] = [p("voucher_notice.ask_again" if again else "voucher_notice.ask", number=number(key))]
    body.append(p(told("firm_ask" if firm else "ask", reason)))
    if text:
        body.append(Verbatim(text))
    if reason == "document" and sensitive:
        body.append(p("voucher_notice.bring_it"))
    if until is not None:
        body.append(p("voucher_notice.until", moment=Moment(until)))
    return Message(
        body=tuple(body),
        ways=(lasting(REQUEST, "answer", key, "voucher_request.answer"),),
        template=Template("voucher_info_needed", (Verbatim(number(key)),)),
    )


def claim_question(key: str, reason: str, text: str, again: bool = False) -> Message:
    """A question about a claim as its owner reads it."""
    body: list[Text] = [p("voucher_notice.ask_again" if again else "voucher_notice.ask", number=number(key))]
    body.append(p(told("ask_claim", reason)))
    if text:
        body.append(Verbatim(text))
    return Message(
        body=tuple(body),
        ways=(lasting(CLAIM, "answer", key, "voucher_request.answer"),),
        template=Template("voucher_info_needed", (Verbatim(number(key)),)),
    )


def offered(key: str, cents: int, until: datetime) -> Message:
    """The waiting list reached her."""
    return Message(
        body=(p("voucher_notice.offered", number=number(key), amount=Money(cents), moment=Moment(until)),),
        ways=(
            lasting(REQUEST, "take", key, "voucher_request.take"),
            lasting(REQUEST, "withdraw", key, "voucher_request.no_more"),
        ),
        template=Template("voucher_decided", (Verbatim(number(key)),)),
    )


def expiring(voucher_id: str, rest: int, expires_on: date) -> Message:
    """A voucher that ends soon."""
    return Message(
        body=(p("voucher_notice.expiring", amount=Money(rest), day=Day(expires_on)),),
        ways=(lasting(MINE, "voucher", voucher_id, "vouchers.open_voucher"),),
        template=Template("voucher_expiring", (p("voucher.day", day=Day(expires_on)),)),
    )


def charge(redemption_id: str, cents: int, provider: str) -> Say:
    """A partner asks for an amount: only the owner can say yes."""
    message = Message(
        body=(p("voucher_notice.charge", amount=Money(cents), provider=provider or p("voucher.partner")),),
        ways=(
            lasting(REDEEM, "confirm", redemption_id, "voucher_redeem.confirm"),
            lasting(REDEEM, "refuse", redemption_id, "voucher_redeem.refuse"),
        ),
        template=Template("voucher_charge", ()),
    )
    return Say(message, ToOwner(redemption_id))


def charge_over(redemption_id: str, cents: int, how: str) -> Say:
    """The owner learns what became of a charge she did not settle herself: "called_off", "undone"."""
    return Say(_plain(p(f"voucher_notice.{how}", amount=Money(cents))), ToOwner(redemption_id))


def paid_aloud(redemption_id: str, cents: int, provider: str) -> Say:
    """She said her four figures and the amount is spent; if it was not she, somebody must know at once."""
    message = Message(
        body=(p("voucher_notice.paid_aloud", amount=Money(cents), provider=provider or p("voucher.partner")),),
        ways=(HUMAN,),
    )
    return Say(message, ToOwner(redemption_id))


def to_provider(redemption_id: str, cents: int, how: str) -> Say:
    """The partner's receipt: "confirmed", "refused" or "timed_out"."""
    message = Message(
        body=(p(f"voucher_notice.{how}", amount=Money(cents)),),
        ways=(lasting(REDEEM, "charge", "", "voucher_redeem.another"),),
    )
    return Say(message, ToProvider(redemption_id))


def claim_asked(key: str, reason: str, text: str) -> Say:
    """The checker's question."""
    return Say(claim_question(key, reason, text), ToOwner(key))


def accepted(key: str, cents: int) -> Say:
    """The claim will be paid."""
    body = (p("voucher_notice.accepted", number=number(key), amount=Money(cents)),)
    return _decided(key, body, lasting(MINE, "claim", key, "vouchers.open_claim"))


def rejected(key: str, reason: str) -> Say:
    """The claim is refused: why."""
    body = (
        p("voucher_notice.rejected", number=number(key), reason=p(told("reject_claim", reason))),
        p("voucher_notice.send_again"),
    )
    return _decided(key, body, Choice("@handoff:open", p("way.human")))


def paid(cents: int, iban_end: str) -> Message:
    """The money is on its way."""
    return _plain(p("voucher_notice.paid", amount=Money(cents), end=iban_end))


def payment_failed(cents: int, reason: str) -> Message:
    """The bank sent it back: another account is needed."""
    return _account(p("voucher_notice.pay_failed", amount=Money(cents), reason=p(told("pay_failed", reason))))


def account_wanted(payment_id: str, cents: int) -> Say:
    """The accountant needs her account to pay."""
    return Say(still_unpaid(cents), ToOwner(payment_id))


def still_unpaid(cents: int = 0) -> Message:
    """Her account is needed for what is still to be paid."""
    return _account(p("voucher_notice.account", amount=Money(cents)) if cents else p("voucher_notice.still_unpaid"))


def proposal_settled(how: str, call_id: str, title: str, by: str) -> Say:
    """What became of a proposal, for the other coordinators; `how` is "open", "extend", "close" or "drop"."""
    told_ = p(f"voucher_notice.settled_{how}", title=title, by=by or p("voucher.somebody"))
    way = lasting("voucher_call", "call", call_id, "voucher_call.see")
    return Say(Message(body=(told_,), ways=(way,)), ToRole("coordinator"), "alert")


def _account(told_why: Phrase) -> Message:
    return Message(
        body=(told_why,),
        ways=(lasting(ACCOUNT, "iban", "", "voucher_account.give"),),
        template=Template("payment_failed", ()),
    )


def _decided(key: str, body: tuple[Text, ...], *ways: Choice) -> Say:
    message = Message(body=body, ways=ways, template=Template("voucher_decided", (Verbatim(number(key)),)))
    return Say(message, ToOwner(key))


def _plain(text: Phrase) -> Message:
    return Message(body=(text,), ways=(lasting(MINE, "open", "", "vouchers.short"),))
