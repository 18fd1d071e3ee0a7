"""A partner's statement: this month and the last, what is paid, today's charges; sent when a month is over."""

from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import MENU, Outcome, choice, p
from conversations.messages import Choice, Message, Money, Phrase, Text
from conversations.rules.vouchers_moves import CONFIRMED
from conversations.state import Place
from conversations.steps.vouchers.words import lasting, postponed, service, today, told
from conversations.voucher_views import PartnerMonthView, PartnerRedemptionView

NAME: Final = "voucher_redeem"
VERBS: Final = frozenset({"month", "paid"})
MOST_SHOWN: Final = 8


def statement(facts: Facts) -> Outcome:
    """The sums of this month and the last, and today's charges, which can still be undone."""
    body: list[Text] = []
    for name, month in zip(("this", "last"), facts.vouchers.months, strict=False):
        body += _sums(name, month)
    day = today(facts)
    now = [
        one
        for one in facts.vouchers.charges
        if one.state == CONFIRMED and one.at.astimezone(facts.zone).date() == day
    ][:MOST_SHOWN]
    if now:
        body.append(p("voucher_redeem.today"))
    screen = Message(
        title=p("voucher_redeem.statement"),
        body=tuple(body),
        choices=tuple(_row(one) for one in now),
        ways=(choice("back", "way.back"), MENU),
    )
    return Outcome(Place(NAME, "statement"), screen)


def ring(verb: str, facts: Facts) -> Outcome:
    """The month is over, or a transfer was made: she is told."""
    if (later := postponed(NAME, verb, "", facts)) is not None:
        return later
    ways = (lasting(NAME, "statement", "", "voucher_redeem.statement"),)
    if verb == "paid":
        return told(Say(Message(body=(p("voucher_notice.partner_paid"),), ways=ways), lane="alert"))
    last = facts.vouchers.months[1:]
    if not last or not last[0].count:
        return told()
    body = (p("voucher_redeem.month_over"), *_sums("last", last[0]))
    return told(Say(Message(body=body, ways=ways), lane="alert"))


def _sums(name: str, month: PartnerMonthView) -> list[Text]:
    body: list[Text] = [p(f"voucher_redeem.{name}_month", count=month.count, amount=Money(month.cents))]
    if month.count:
        left = Money(month.cents - month.paid_cents)
        body.append(p("voucher_redeem.paid_so_far", paid=Money(month.paid_cents), left=left))
    return body


def _row(one: PartnerRedemptionView) -> Choice:
    label = Phrase("voucher_redeem.row", {"amount": Money(one.amount_cents), "initials": one.initials})
    return Choice(f"@{NAME}:undo:{one.id}", label, service(one.category))
