"""The steps of a request: which question comes next, and its screen."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, Outcome, choice, p
from conversations.messages import Choice, Message, Money, Text
from conversations.rules.categories import area_label, in_area
from conversations.rules.voucher_requests import Fault
from conversations.rules.vouchers_moves import DRAFT
from conversations.state import Place
from conversations.steps.vouchers.reading import month_end
from conversations.steps.vouchers.words import euro, more, one_of, page, page_in, period, service, today
from conversations.voucher_views import Draft, WorkerCallView, WorkerRequestView

NAME: Final = "voucher_request"
STEPS: Final = ("area", "category", "amount", "period", "provider", "name", "send")
"""The questions in their order; the note is offered at the end."""
ROUND: Final = (5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000)
"""Amounts offered as buttons, in cents."""
MOST_AMOUNTS: Final = 6
WHERE: Final[Mapping[Fault, str]] = {
    "area": "area",
    "category": "category",
    "too_little": "amount",
    "too_much": "amount",
    "over_cap": "amount",
    "dates": "period",
    "outside_call": "period",
}
"""The step at which a fault is mended."""


def draft_at(place: Place, facts: Facts) -> tuple[str, Draft | None]:
    """The id and content of the draft of a place; a new one has no id; None where it is gone or its call unknown."""
    key = str(place.data.get("id") or "")
    if not key:
        call = one_of(facts.vouchers.calls, str(place.data.get("call") or ""))
        return "", None if call is None else empty(call)
    found = mine(key, facts)
    return key, found.draft if found is not None and found.state == DRAFT else None


def mine(key: str, facts: Facts) -> WorkerRequestView | None:
    """Her own request with this id."""
    return one_of(facts.vouchers.requests, key)


def empty(call: WorkerCallView) -> Draft:
    """The draft of a call before the first answer; with one area there is nothing to choose."""
    return Draft(call.id, area=call.areas[0] if len(call.areas) == 1 else "")


def next_step(draft: Draft, data: Mapping[str, Json], facts: Facts) -> str:
    """The first question without an answer, or "send"."""
    open_ones = {
        "area": not draft.area,
        "category": not draft.category,
        "amount": not draft.amount_cents,
        "period": draft.starts_on is None or draft.ends_on is None,
        "provider": not draft.provider and not data.get("asked"),
        "name": not facts.vouchers.profile.name,
    }
    return next((step for step, is_open in open_ones.items() if is_open), "send")


def question(place: Place, draft: Draft, call: WorkerCallView, facts: Facts) -> Outcome:
    """The screen of one step."""
    match place.step:
        case "area":
            screen = _asks("area", tuple(choice(code, area_label(code)) for code in call.areas))
        case "category":
            screen = _categories(place, draft, call)
        case "amount":
            screen = _amount(call)
        case "period":
            screen = _period(call, facts)
        case "provider":
            screen = _asks("provider", (choice("unknown", "voucher_request.unknown"),), wanted=True)
        case "note":
            screen = Message(body=(p("voucher_request.ask_note"),), ways=(BACK,), wanted="text")
        case _:
            firm = p("voucher_request.name_firm", decider=call.decider)
            who = firm if call.decider else p("voucher_account.who")
            screen = Message(body=(p("voucher_request.ask_name"), who), ways=(BACK,), wanted="text")
    return Outcome(place, screen)


def summary(draft: Draft) -> tuple[Text, ...]:
    """What is asked for, in a few lines."""
    lines: list[Text] = [
        p(
            "voucher_request.summary",
            service=service(draft.category),
            amount=Money(draft.amount_cents),
            period=period(draft.starts_on, draft.ends_on),
        ),
        p("voucher_request.with", provider=draft.provider) if draft.provider else p("voucher_request.with_unknown"),
    ]
    return (*lines, p("voucher_request.noted", note=draft.note)) if draft.note else tuple(lines)


def spans(call: WorkerCallView, day: date) -> dict[str, tuple[date, date]]:
    """The periods offered as buttons, as far as they begin inside the call."""
    begin = max(day, call.starts_on)
    following = month_end(begin) + timedelta(days=1)
    found = {
        "month": (begin, month_end(begin)),
        "next": (following, month_end(following)),
        "three": (begin, begin + timedelta(days=91)),
    }
    return {name: span for name, span in found.items() if span[0] <= call.ends_on}


def amounts(call: WorkerCallView) -> tuple[int, ...]:
    """The amounts offered: round ones within her limits, and the highest."""
    most = min(call.most_cents, call.left_cents)
    fits = [cents for cents in ROUND if max(1, call.least_cents) <= cents < most]
    step = max(1, -(-len(fits) // (MOST_AMOUNTS - 1)))
    return (*fits[::step], most) if most >= max(1, call.least_cents) else ()


def _asks(step: str, choices: tuple[Choice, ...], wanted: bool = False) -> Message:
    return Message(
        title=p("voucher_request.title"),
        body=(p(f"voucher_request.ask_{step}"),),
        choices=choices,
        ways=(BACK,),
        wanted="text" if wanted else "choice",
    )


def _categories(place: Place, draft: Draft, call: WorkerCallView) -> Message:
    able = [one for one in in_area(draft.area) if one.code in call.categories]
    shown, others = page(able, page_in(place.data.get("page")))
    return _asks("category", more([choice(one.code, one.label) for one in shown], others))


def _amount(call: WorkerCallView) -> Message:
    most = min(call.most_cents, call.left_cents)
    return Message(
        title=p("voucher_request.title"),
        body=(
            p("voucher_request.ask_amount", least=Money(call.least_cents), most=Money(most)),
            p("voucher_request.left", amount=Money(call.left_cents)),
        ),
        choices=tuple(Choice(f"c{cents}", euro(cents)) for cents in amounts(call)),
        ways=(BACK,),
        wanted="number",
        example=p("voucher_request.example_amount"),
    )


def _period(call: WorkerCallView, facts: Facts) -> Message:
    choices = tuple(choice(name, f"voucher_request.period_{name}") for name in spans(call, today(facts)))
    return Message(
        title=p("voucher_request.title"),
        body=(p("voucher_request.ask_period", period=period(call.starts_on, call.ends_on)),),
        choices=choices,
        ways=(BACK,),
        wanted="text",
        example=p("voucher_request.example_period"),
    )
