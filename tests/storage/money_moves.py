"""Every move of money as one line: on which thing, in which states it is meant, by whom, and how it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from conversations.rules.vouchers_moves import (
    APPROVED,
    CHECK,
    CONFIRMED,
    DECLINED,
    EXPIRED,
    IN_REVIEW,
    INFO_NEEDED,
    ISSUED,
    PARTLY_USED,
    PAY_FAILED,
    SETTLED,
    STARTED,
    SUBMITTED,
    TO_PAY,
    WAITLISTED,
)
from storage import (
    claims,
    payments,
    redemptions,
    requests,
    vouchers,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.money import (
    requests as money_requests,
)
from storage.money import (
    vouchers as money_vouchers,
)
from storage.money.act import Act
from tests.storage.money_world import IBAN, World

REQUEST, VOUCHER = requests.REQUESTS, vouchers.VOUCHERS
CHARGE, CLAIM, PAYMENT = redemptions.REDEMPTIONS, claims.CLAIMS, payments.PAYMENTS


@dataclass(frozen=True)
class Kind:
    """One kind of move: `by` is who usually makes it, `move` is given the thing's id and what `more` makes."""

    name: str
    table: Table
    states: tuple[str, ...]
    by: str
    move: Callable[..., Any]
    more: Callable[[World, int], tuple[Any, ...]] = lambda world, cents: ()
    weight: int = 1


def _approval(world: World, cents: int) -> tuple[Any, ...]:
    return world.new("v"), world.code()


def _confirm_aloud(act: Act, charge: str, payment: str) -> None:
    """The partner types the figures that the owner says, whoever the partner is and whatever has become of it."""
    row = redemptions.redemption_by_id(act.conn, charge)
    assert row is not None
    others = redemptions.redemptions_on(act.conn, [row.voucher_id])
    figures = money_redeeming.owners_figures(act.keys, row.voucher_id, others)
    money_redeeming.confirm_aloud(act, charge, payment, figures)


MOVES = (
    Kind("take", REQUEST, (SUBMITTED, IN_REVIEW, INFO_NEEDED), "decider", money_deciding.take_case),
    Kind("free", REQUEST, (IN_REVIEW, INFO_NEEDED), "decider", money_deciding.free_case),
    Kind("ask", REQUEST, (SUBMITTED, IN_REVIEW), "decider", money_deciding.ask,
         lambda world, cents: ("period", "" if cents % 2 else "quando?", cents > 9_000)),
    Kind("decline", REQUEST, (SUBMITTED, IN_REVIEW, INFO_NEEDED), "decider", money_deciding.decline,
         lambda world, cents: ("no_funds",)),
    Kind("wait", REQUEST, (SUBMITTED, IN_REVIEW, INFO_NEEDED), "decider", money_deciding.waitlist),
    Kind("approve", REQUEST, (SUBMITTED, IN_REVIEW, INFO_NEEDED), "decider", money_deciding.approve, _approval,
         weight=8),
    Kind("undo", REQUEST, (APPROVED, DECLINED), "coordinator", money_deciding.reverse,
         lambda world, cents: (world.new("req"), "wrong_decision")),
    Kind("withdraw", REQUEST, (SUBMITTED, IN_REVIEW, INFO_NEEDED, WAITLISTED), "owner", money_requests.withdraw),
    Kind("answer", REQUEST, (INFO_NEEDED,), "owner", money_requests.answer, lambda world, cents: ("ecco",)),
    Kind("take offer", REQUEST, (IN_REVIEW,), "owner", money_requests.take_offer),
    Kind("escalate", REQUEST, (SUBMITTED, IN_REVIEW), "", money_requests.escalate),
    Kind("release", VOUCHER, (ISSUED, PARTLY_USED), "owner", money_vouchers.release),
    Kind("revoke", VOUCHER, (ISSUED, PARTLY_USED), "coordinator", money_vouchers.revoke,
         lambda world, cents: ("fraud",)),
    Kind("extend", VOUCHER, (ISSUED, PARTLY_USED), "coordinator", money_vouchers.extend,
         lambda world, cents: (world.at.date() + timedelta(days=22), "service_later")),
    Kind("charge", VOUCHER, (ISSUED, PARTLY_USED), "partner", lambda act, voucher, key, cents: money_redeeming.start(
        act, key, voucher, cents, ""), lambda world, cents: (world.new("red"), cents), weight=8),
    Kind("confirm", CHARGE, (STARTED,), "owner", money_redeeming.confirm, lambda world, cents: (world.new("pay"),),
         weight=8),
    Kind("confirm aloud", CHARGE, (STARTED,), "partner", _confirm_aloud, lambda world, cents: (world.new("pay"),),
         weight=4),
    Kind("refuse", CHARGE, (STARTED,), "owner", money_redeeming.refuse),
    Kind("take back", CHARGE, (STARTED,), "partner", money_redeeming.refuse),
    Kind("reverse", CHARGE, (CONFIRMED, SETTLED), "coordinator", money_redeeming.reverse,
         lambda world, cents: ("other",), weight=3),
    Kind("same-day cancel", CHARGE, (CONFIRMED,), "partner", money_redeeming.reverse,
         lambda world, cents: ("other",), weight=2),
    Kind("check", CLAIM, (SUBMITTED, CHECK), "coordinator", money_claiming.take_case),
    Kind("accept", CLAIM, (SUBMITTED, CHECK, INFO_NEEDED), "coordinator", money_claiming.accept,
         lambda world, cents: (world.new("pay"), cents), weight=6),
    Kind("reject", CLAIM, (SUBMITTED, CHECK, INFO_NEEDED), "coordinator", money_claiming.reject,
         lambda world, cents: ("not_covered",)),
    Kind("ask claimant", CLAIM, (SUBMITTED, CHECK), "coordinator", money_claiming.ask,
         lambda world, cents: ("iban", "")),
    Kind("claimant answers", CLAIM, (INFO_NEEDED,), "owner", money_claiming.answer, lambda world, cents: ("ecco",)),
    Kind("withdraw claim", CLAIM, (SUBMITTED, CHECK, INFO_NEEDED), "owner", money_claiming.withdraw),
    Kind("reverse claim", CLAIM, (TO_PAY, PAY_FAILED), "coordinator", money_claiming.reverse,
         lambda world, cents: ("wrong_amount",)),
    Kind("paid", PAYMENT, (TO_PAY,), "accountant", money_paying.mark_paid, lambda world, cents: ("bonifico",),
         weight=3),
    Kind("failed", PAYMENT, (TO_PAY,), "accountant", money_paying.mark_failed, lambda world, cents: ("wrong_iban",),
         weight=3),
    Kind("pay again", PAYMENT, (PAY_FAILED,), "accountant", money_paying.pay_again),
    Kind("new account", PAYMENT, (PAY_FAILED,), "owner", lambda act, payment: money_paying.save_iban(act, IBAN)),
)  # fmt: skip
"""The moves that a random history draws from, each as often as its weight says."""

CLOCK = (
    (REQUEST, (IN_REVIEW, INFO_NEEDED), (money_requests.lapse, money_deciding.free_case)),
    (VOUCHER, (ISSUED, PARTLY_USED, EXPIRED), (money_vouchers.expire, money_vouchers.return_rest)),
    (CHARGE, (STARTED,), (money_redeeming.time_out,)),
)
"""What the clock tries on everything in these states."""

USUAL = {"coordinator": "marta", "partner": "paolo", "accountant": "ugo", "": ""}


def rows(world: World, table: Table, states: tuple[str, ...] = ()) -> list[Row[Any]]:
    """The things of one kind, in one of these states if given, in a fixed order."""
    with world.database.read() as conn:
        query = select(table).order_by(table.c.id)
        return list(conn.execute(query.where(table.c.state.in_(states)) if states else query))


def usual(world: World, kind: Kind, row: Row[Any]) -> str:
    """Who usually makes this move on this thing."""
    if kind.by == "decider":
        return str(row.decider_id) if row.deciders == "firm" and not row.escalated else "elena"
    if kind.by == "owner":
        return world.owner_of(row.voucher_id) if kind.table is CHARGE else str(row.person_id)
    return USUAL[kind.by]
