"""What each role may see of calls, requests, vouchers, claims and payments: closed allow-lists (domain.md 3.1, P7).

A field that is not here is not shown to that role, on no screen and in no message: a test holds the golden list.
Amounts are cents of euro, moments aware UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from conversations.voucher_office_views import (
    AccountantPaymentView,
    CheckerClaimView,
    ConfirmedChargeView,
    CoordinatorCallView,
    LiveVoucherView,
    OwedClaimView,
    ProposalView,
    ReferentFundView,
)
from conversations.voucher_papers import ClaimDraft, PaperView


@dataclass(frozen=True, slots=True)
class Draft:
    """What a worker asks for, complete or not: `amount_cents` 0, empty texts and None are still missing.

    `provider` empty means "I do not know yet"; `note` is optional.
    """

    call_id: str
    area: str = ""
    category: str = ""
    amount_cents: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    provider: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorkerCallView:
    """An open call a worker may ask of, and what is left to her: never what is left in its lines.

    `decider` is the name of the firm's own manager where she decides ("firm"), whose confirmed notice has the version
    `notice_version`; `areas` and `categories` are those some line pays for her.
    """

    id: str
    title: str
    voucher_kind: str
    starts_on: date
    ends_on: date
    least_cents: int
    most_cents: int
    left_cents: int
    areas: tuple[str, ...]
    categories: tuple[str, ...]
    deciders: str
    decider: str
    notice_version: str
    order: str
    criteria: str
    on_leave: str
    open_requests_left: int


@dataclass(frozen=True, slots=True)
class WorkerRequestView:
    """Her own request, whole.

    `answer_by` is the promised day; `asked` a code of rules/reasons.py, `asked_text` the manager's words and
    `answer_until` their deadline; `declined` a reason; `band` (1 first, 2 near, 3 far) her place on the waiting list,
    never the place itself; `offer_until` the end of an offer from it; `offer_taken` that she said yes.
    """

    id: str
    number: str
    state: str
    call_id: str
    call: str
    draft: Draft
    deciders: str
    decider: str
    submitted_at: datetime | None = None
    answer_by: date | None = None
    asked: str = ""
    asked_text: str = ""
    answer_until: datetime | None = None
    declined: str = ""
    band: int = 0
    offer_until: datetime | None = None
    offer_taken: bool = False
    voucher_id: str = ""
    papers: tuple[PaperView, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerVoucherView:
    """Her own voucher; `code` is what she says aloud, `token_until` how long the QR picture shown last is valid, and
    `figures` what she says to confirm the next charge where she is without her phone."""

    id: str
    request_id: str
    state: str
    code: str
    kind: str
    area: str
    category: str
    face_cents: int
    residual_cents: int
    expires_on: date
    modes: tuple[str, ...]
    token_until: datetime | None = None
    figures: str = ""


@dataclass(frozen=True, slots=True)
class WorkerRedemptionView:
    """A charge on her voucher, to be confirmed by her while it is "started"."""

    id: str
    voucher_id: str
    state: str
    provider: str
    amount_cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerClaimView:
    """Her own claim; `iban_end` are the last four characters of where it is paid."""

    id: str
    number: str
    state: str
    draft: ClaimDraft
    accepted_cents: int = 0
    asked: str = ""
    asked_text: str = ""
    rejected: str = ""
    paid_on: date | None = None
    failed: str = ""
    iban_end: str = ""
    papers: tuple[PaperView, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagerAlertView:
    """What the association's managers see in the push: nothing finer than the area."""

    id: str
    number: str
    area: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ManagerRequestView:
    """What a manager of the association sees after opening: all of the request, never answers or bank data.

    `offered` means the money is kept for her by the waiting list, `confirmed` that she still wants it;
    `fits` that the money is there now; `taken_by` the name of who works on it, `mine` that it is the reader.
    `papers` of a sensitive category are listed for who is assigned, their content never comes by chat.
    `decides` is False where she may only take it on and ask; `undoable` says that the decision can be reversed now,
    `by_score` that the call orders by points, `by_firm` that the firm's own manager decides.
    """

    id: str
    number: str
    state: str
    name: str
    enterprise: str
    contract: str
    call_id: str
    call: str
    area: str
    category: str
    sensitive: bool
    amount_cents: int
    starts_on: date | None
    ends_on: date | None
    provider: str
    note: str
    submitted_at: datetime
    queue_at: datetime
    answer_by: date
    fits: bool
    taken_by: str
    mine: bool
    offered: bool
    confirmed: bool
    score: int | None
    confirm_above_cents: int
    asked: str = ""
    asked_text: str = ""
    answer_text: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    papers: tuple[PaperView, ...] = ()
    decides: bool = True
    undoable: bool = False
    by_score: bool = False
    by_firm: bool = False


@dataclass(frozen=True, slots=True)
class FirmDeciderView:
    """What the firm's own manager sees, at any time: name, area, amount. The id only marks the buttons."""

    id: str
    name: str
    area: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class FirmDecidedView:
    """All that the firm's own manager reads of what is no longer hers to decide."""

    id: str


@dataclass(frozen=True, slots=True)
class PartnerVoucherView:
    """What a partner sees of a code that was typed or scanned."""

    id: str
    valid: bool
    category: str
    residual_cents: int
    initials: str
    whole_only: bool


@dataclass(frozen=True, slots=True)
class PartnerRedemptionView:
    """A charge of this partner's own."""

    id: str
    state: str
    category: str
    initials: str
    amount_cents: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PartnerMonthView:
    """What a partner charged in one month, and how much of it was paid to her; `first` is the month's first day."""

    first: date
    count: int
    cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person told us for the accounts: her name, and the end of her account number if there is one."""

    name: str = ""
    iban_end: str = ""


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """Everything about vouchers that one person may see in one turn; what her roles do not allow is empty.

    `presented` is the voucher whose code or QR the event holds (for a partner), `code_blocked_until` the end of the
    pause after five wrong codes, `wrong_code` that the code in the event exists nowhere, `said_aloud` the charge that
    the four figures in the event confirm, `months` this one and the last (for a partner). `live`, `charged` and
    `owed` are what a coordinator may correct, gathered only where she looks at it. `refused` is set where an order of
    this very turn was refused a moment ago: why (storage's Refused).
    """

    profile: Profile = field(default_factory=Profile)
    calls: tuple[WorkerCallView, ...] = ()
    requests: tuple[WorkerRequestView, ...] = ()
    vouchers: tuple[WorkerVoucherView, ...] = ()
    redemptions: tuple[WorkerRedemptionView, ...] = ()
    claims: tuple[WorkerClaimView, ...] = ()
    to_decide: tuple[ManagerRequestView, ...] = ()
    decided: tuple[ManagerRequestView, ...] = ()
    for_firm: tuple[FirmDeciderView, ...] = ()
    firm_decided: tuple[FirmDecidedView, ...] = ()
    to_check: tuple[CheckerClaimView, ...] = ()
    to_pay: tuple[AccountantPaymentView, ...] = ()
    budgets: tuple[CoordinatorCallView, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    live: tuple[LiveVoucherView, ...] = ()
    charged: tuple[ConfirmedChargeView, ...] = ()
    owed: tuple[OwedClaimView, ...] = ()
    funds: tuple[ReferentFundView, ...] = ()
    presented: PartnerVoucherView | None = None
    charges: tuple[PartnerRedemptionView, ...] = ()
    months: tuple[PartnerMonthView, ...] = ()
    code_blocked_until: datetime | None = None
    wrong_code: bool = False
    said_aloud: str = ""
    refused: str = ""


NO_VOUCHERS = VoucherFacts()
"""For a turn that needs to know nothing about vouchers."""
