"""Whether what a worker asks for may be sent, and which lines of a call can pay for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from conversations.rules.categories import category
from conversations.voucher_views import Draft, WorkerCallView

Fault = Literal[
    "call_closed", "area", "category", "too_little", "too_much", "over_cap", "dates", "outside_call", "too_many_open"
]
MISSING: Final = ("area", "category", "amount", "dates")


@dataclass(frozen=True, slots=True)
class Payer:
    """A line of a call as far as it decides whom it pays for."""

    id: str
    enterprise_id: str
    area: str
    contracts: tuple[str, ...]

    def pays(self, area: str, enterprise_id: str, contract: str) -> bool:
        """True if it pays for this area and this worker."""
        return (
            contract in self.contracts
            and self.enterprise_id in ("", enterprise_id)
            and (self.area in ("", area) or not area)
        )


def missing(draft: Draft) -> tuple[str, ...]:
    """What she has not said yet, of MISSING; provider and note may be empty."""
    given = (draft.area, draft.category, draft.amount_cents, draft.starts_on and draft.ends_on)
    return tuple(name for name, value in zip(MISSING, given, strict=True) if not value)


def faults(draft: Draft, call: WorkerCallView | None, today: date) -> tuple[Fault, ...]:
    """What must change before a complete draft can be sent; the call is None where it is not open for her."""
    if call is None or not call.starts_on <= today <= call.ends_on:
        return ("call_closed",)
    found: list[Fault] = []
    kind = category(draft.category)
    if draft.area not in call.areas:
        found.append("area")
    if kind is None or kind.area != draft.area or draft.category not in call.categories:
        found.append("category")
    if draft.amount_cents < max(1, call.least_cents):
        found.append("too_little")
    elif draft.amount_cents > call.most_cents:
        found.append("too_much")
    elif draft.amount_cents > call.left_cents:
        found.append("over_cap")
    if draft.starts_on is None or draft.ends_on is None or draft.ends_on < draft.starts_on:
        found.append("dates")
    elif draft.starts_on < call.starts_on or draft.starts_on > call.ends_on:
        found.append("outside_call")
    if call.open_requests_left <= 0:
        found.append("too_many_open")
    return tuple(found)


def payers(lines: Iterable[Payer], area: str, enterprise_id: str, contract: str) -> tuple[Payer, ...]:
    """The lines that may pay, a firm's own and an area's own before the general ones."""
    able = [line for line in lines if line.pays(area, enterprise_id, contract)]
    return tuple(sorted(able, key=lambda line: (not line.enterprise_id, not line.area)))


def waiting_band(place: int) -> int:
    """How near the top of the waiting list a place (from 1) is: 1 the first three, 2 the first ten, 3 behind."""
    return 1 if place <= 3 else 2 if place <= 10 else 3
