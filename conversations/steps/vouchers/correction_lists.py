"""What a coordinator may correct, in three lists; a name or number that is typed shortens a list."""

from collections.abc import Sequence
from typing import Final

from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, Outcome, p
from conversations.folding import words
from conversations.messages import Choice, Day, Message, Money, Text, Verbatim
from conversations.rules.voucher_timers import REVERSAL_LIFE
from conversations.state import Place
from conversations.steps.vouchers.words import lasting, more, page, service
from conversations.voucher_office_views import ConfirmedChargeView, LiveVoucherView, OwedClaimView

NAME: Final = "voucher_correction"
LISTS: Final = ("vouchers", "charges", "claims")
_LONGEST_LABEL: Final = 24
Correctable = LiveVoucherView | ConfirmedChargeView | OwedClaimView


def hub(facts: Facts) -> Outcome:
    """The three lists, with how much is in each."""
    known = facts.vouchers
    counts = p(
        "voucher_correction.counts",
        vouchers=len(known.live),
        charges=len(known.charged),
        claims=len(known.owed),
        days=REVERSAL_LIFE.days,
    )
    screen = Message(
        title=p("voucher_correction.title"),
        body=(p("voucher_correction.what"), p("voucher_correction.kept"), counts),
        choices=tuple(lasting(NAME, name, "", f"voucher_correction.{name}") for name in LISTS),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "hub"), screen)


def listing(name: str, facts: Facts, number_of_page: int = 0, find: str = "") -> Outcome:
    """One of the three lists; `find` keeps the rows whose name or number holds its words."""
    every = _things(name, facts)
    found = [one for one in every if _meant(one, find)] if find else list(every)
    rows = [_row(one) for one in (found or every)]
    part, others = page(rows, number_of_page)
    body: list[Text] = []
    if not every:
        body.append(p("voucher_correction.none"))
    elif find:
        known = "voucher_correction.found" if found else "voucher_correction.not_found"
        body.append(p(known, text=find, count=len(found)))
    else:
        body.append(p("voucher_correction.choose"))
    data: dict[str, Json] = {"page": number_of_page, "find": find if found else ""}
    screen = Message(
        title=p(f"voucher_correction.{name}"),
        body=tuple(body),
        choices=more(part, others),
        ways=(BACK,),
        wanted="text" if every else "choice",
    )
    return Outcome(Place(NAME, name, data), screen)


def _things(name: str, facts: Facts) -> Sequence[Correctable]:
    match name:
        case "charges":
            return facts.vouchers.charged
        case "claims":
            return facts.vouchers.owed
        case _:
            return facts.vouchers.live


def _meant(one: Correctable, find: str) -> bool:
    said = words(find).split()
    known = words(f"{one.name} {one.number}")
    return bool(said) and all(word in known for word in said)


def _row(one: Correctable) -> Choice:
    label = Verbatim((one.name or one.number)[:_LONGEST_LABEL])
    match one:
        case LiveVoucherView():
            about = p(
                "voucher_correction.row_voucher",
                service=service(one.category),
                rest=Money(one.residual_cents),
                day=Day(one.expires_on),
            )
            return Choice(f"@{NAME}:voucher:{one.id}", label, about)
        case ConfirmedChargeView():
            about = p("voucher_correction.row_charge", amount=Money(one.amount_cents), provider=one.provider[:40])
            return Choice(f"@{NAME}:charge:{one.id}", label, about)
        case OwedClaimView():
            about = p("voucher_correction.row_claim", amount=Money(one.amount_cents), supplier=one.supplier[:40])
            return Choice(f"@{NAME}:claim:{one.id}", label, about)
