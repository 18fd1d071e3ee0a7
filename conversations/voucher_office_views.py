"""What the offices may see of calls, claims and payments: coordinators, the accountant, a firm's referent.

Closed allow-lists like those of voucher_views.py (domain.md 3.1, P7).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from conversations import call_spec
from conversations.voucher_papers import ClaimDraft, PaperView


@dataclass(frozen=True, slots=True)
class CheckerClaimView:
    """A claim as the association's checker sees it: the receipt, never the bank account.

    `alike` says that another claim has nearly the same receipt.
    """

    id: str
    number: str
    state: str
    name: str
    category: str
    residual_cents: int
    draft: ClaimDraft
    submitted_at: datetime
    alike: bool
    asked: str = ""
    answer_text: str = ""
    papers: tuple[PaperView, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountantPaymentView:
    """Name, account, amount, invoice: never the reason."""

    id: str
    state: str
    name: str
    iban: str
    amount_cents: int
    vat_cents: int
    invoice: str
    failed: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a call with its money, for coordinators."""

    id: str
    name: str
    area: str
    enterprise: str
    total_cents: int
    reserved_cents: int
    spent_cents: int


@dataclass(frozen=True, slots=True)
class CoordinatorCallView:
    """A call as the coordinators see it; `proposal` is a change that waits for the second of them."""

    id: str
    title: str
    state: str
    starts_on: date
    ends_on: date
    total_cents: int
    reserved_cents: int
    spent_cents: int
    person_cap_cents: int
    lines: tuple[LineView, ...]
    waiting: int
    open_requests: int
    proposal: "ProposalView | None" = None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What one coordinator proposed and another may confirm: to open, extend or close a call; `terms` are those of a
    call to be opened, `change` what an extension changes."""

    id: str
    call_id: str
    kind: Literal["open", "extend", "close"]
    by: str
    mine: bool
    at: datetime
    terms: call_spec.CallSpec | None = None
    change: call_spec.CallChange | None = None


@dataclass(frozen=True, slots=True)
class LiveVoucherView:
    """A voucher in use, for the coordinators who may take it back or extend it: never its code.

    `latest` is the last day it may be extended to, None where the call names none; `busy` says that a charge or
    claim on it is still open: that comes first.
    """

    id: str
    number: str
    name: str
    enterprise: str
    category: str
    face_cents: int
    residual_cents: int
    expires_on: date
    latest: date | None
    busy: bool


@dataclass(frozen=True, slots=True)
class ConfirmedChargeView:
    """A charge of the last 14 days, for the coordinators who may undo it.

    `number` is that of the request; `paid` says that the partner has its money already, `batch` is the bank's file it
    went into, if any.
    """

    id: str
    number: str
    name: str
    provider: str
    category: str
    amount_cents: int
    at: datetime
    paid: bool
    batch: str


@dataclass(frozen=True, slots=True)
class OwedClaimView:
    """An accepted claim that is not paid yet, for the coordinators who may undo it; `batch` as of a charge."""

    id: str
    number: str
    name: str
    supplier: str
    category: str
    amount_cents: int
    batch: str


@dataclass(frozen=True, slots=True)
class ReferentFundView:
    """What people of a firm without the decision role see of a fund (P6)."""

    call: str
    light: Literal["available", "running_low", "finished"]
    as_of: date
