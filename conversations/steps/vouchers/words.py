"""How amounts, services, periods and pages of vouchers are told: the small pieces every flow of vouchers shows."""

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeVar

from conversations.effects import Effect, Remind, Say
from conversations.facts import Facts
from conversations.flow import STAY, Outcome, choice, p
from conversations.messages import Choice, Day, Message, Money, Param, Phrase, Text, Verbatim
from conversations.rules.categories import area_label, category
from conversations.rules.quiet import is_quiet
from conversations.rules.tickets import ticket_number
from conversations.rules.working_days import next_morning

MOST_ROWS: Final = 9
"""Rows on one screen; with "more" they are the ten of a WhatsApp list."""
T = TypeVar("T")


def today(facts: Facts) -> date:
    """The day in the network's zone."""
    return facts.now.astimezone(facts.zone).date()


def area(code: str) -> Phrase:
    """The name of an area."""
    return p(area_label(code))


def service(code: str) -> Phrase:
    """The name of a kind of service."""
    kind = category(code)
    return p("voucher.service") if kind is None else p(kind.label)


def number(key: str) -> str:
    """The number people know a request or claim by."""
    return ticket_number(key)


def euro(cents: int) -> Phrase:
    """An amount alone, as a label."""
    return p("voucher.euro", amount=Money(cents))


def period(starts_on: date | None, ends_on: date | None) -> Phrase:
    """From when to when."""
    if starts_on is None or ends_on is None:
        return p("voucher.no_period")
    if starts_on == ends_on:
        return p("voucher.on_day", day=Day(starts_on))
    return p("voucher.from_to", start=Day(starts_on), end=Day(ends_on))


def lasting(flow: str, verb: str, key: str, label: str, **params: Param) -> Choice:
    """A button that stays valid whatever is on the screen later."""
    value = f"@{flow}:{verb}:{key}" if key else f"@{flow}:{verb}"
    return Choice(value, Phrase(label, params))


def page(rows: Sequence[T], number_of_page: int) -> tuple[Sequence[T], bool]:
    """The rows of one page, and whether there are others; a page that does not exist is the first."""
    if len(rows) <= MOST_ROWS + 1:
        return rows, False
    start = number_of_page * MOST_ROWS
    if not 0 <= start < len(rows):
        start = 0
    return rows[start : start + MOST_ROWS], True


def more(shown: Sequence[Choice], others: bool) -> tuple[Choice, ...]:
    """The rows, and the one that turns the page where there are others."""
    return (*shown, *((choice("more", "voucher.more"),) if others else ()))


def page_in(data: object) -> int:
    """The number of a page as a place remembers it."""
    return data if isinstance(data, int) and not isinstance(data, bool) else 0


def quoted(text: str) -> Text:
    """A person's own words."""
    return Verbatim(text)


def told(*effects: Effect) -> Outcome:
    """The effects happen, and the person stays where she is."""
    return Outcome(STAY, effects=effects)


def postponed(flow: str, verb: str, key: str, facts: Facts) -> Outcome | None:
    """The timer again in the morning, where nobody should be written to now; None where it is a good moment."""
    if not is_quiet(facts.now, facts.zone):
        return None
    return told(Remind(f"{flow}:{verb}", key, next_morning(facts.now, facts.zone)))


def notice(message: Message) -> Say:
    """A message of its own here, which stays in the chat."""
    return Say(message, apart=True)


def one_of(views: Sequence[T], key: str) -> T | None:
    """The view with this id."""
    return next((view for view in views if getattr(view, "id", "") == key), None)
