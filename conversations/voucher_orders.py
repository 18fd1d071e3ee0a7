"""What can be decided about calls, requests, vouchers, claims and payments: orders of the person of the event.

Each is carried out by one function of storage that checks again, in the turn's transaction, that the move is lawful,
that she holds the role now, that P8 allows it and that the money is there; where one of these changed since the facts
were gathered it raises Conflict, and the turn runs again with fresh facts. New ids are fresh codes of the turn.
Timers go with the moves (rules/voucher_timers.py): no flow sets or removes them.
"""

from dataclasses import dataclass
from datetime import date

from conversations.call_spec import CallChange, CallSpec
from conversations.events import Sent
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import Draft


@dataclass(frozen=True, slots=True)
class SaveName:
    """Keep her name as it is to stand in the accounts."""

    name: str


@dataclass(frozen=True, slots=True)
class SaveIban:
    """Keep the account she is paid on (checked, no spaces); what waits to be paid, or failed, goes there."""

    iban: str


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep what she asks for so far; `request_id` is a fresh code the first time."""

    request_id: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Throw her draft of a request or claim away."""

    id: str


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """Send the draft to whoever decides; `notice_version` is the text she confirmed where the firm decides."""

    request_id: str
    notice_version: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    """She does not want it any more."""

    request_id: str


@dataclass(frozen=True, slots=True)
class AnswerAsk:
    """Her answer to a question about a request or claim; the case is open again."""

    id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """She still wants what the waiting list offers her."""

    request_id: str


@dataclass(frozen=True, slots=True)
class AddPaper:
    """A file of a request or claim (never of a sensitive category); its bytes are fetched later."""

    id: str
    paper_id: str
    kind: str
    file: Sent


@dataclass(frozen=True, slots=True)
class AskForPaper:
    """A paper to be brought or mailed (sensitive ones are not taken by chat)."""

    id: str
    paper_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class VerifyPaper:
    """A person has seen the paper; `good` False refuses it."""

    paper_id: str
    good: bool = True


@dataclass(frozen=True, slots=True)
class TakeCase:
    """The case of a request or claim is hers for 24 hours; the others see it."""

    id: str


@dataclass(frozen=True, slots=True)
class FreeCase:
    """Nobody works on the case (given back by hand, or by the clock after 24 hours)."""

    id: str


@dataclass(frozen=True, slots=True)
class AskWorker:
    """A question about a request: a reason code, and at most 300 characters (none from a firm's own manager).

    `keeps_place` False: the lack is hers, so her place in the queue is kept for five working days only.
    """

    request_id: str
    reason: str
    text: str = ""
    keeps_place: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    """Points by the published criteria of a call whose order is "score"."""

    request_id: str
    points: int


@dataclass(frozen=True, slots=True)
class Approve:
    """Grant the request: a voucher with this id and code (rules/voucher_codes.py), the money reserved."""

    request_id: str
    voucher_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Refuse the request for a reason of the list."""

    request_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Waitlist:
    """Put the request on the waiting list; when money returns it comes back by itself."""

    request_id: str


@dataclass(frozen=True, slots=True)
class ReverseDecision:
    """Undo an approval whose voucher is unused, or a refusal: the case is open again under a new id, same place."""

    request_id: str
    new_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PresentVoucher:
    """A QR picture may be shown for ten minutes; its token is valid once, and earlier ones are void."""

    voucher_id: str
    token: str


@dataclass(frozen=True, slots=True)
class ReleaseVoucher:
    """She gives the rest of the voucher back."""

    voucher_id: str


@dataclass(frozen=True, slots=True)
class RevokeVoucher:
    """A coordinator takes the rest of the voucher back, for a reason of the list."""

    voucher_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExtendVoucher:
    """A coordinator gives a live voucher a later last day, for a reason of the list."""

    voucher_id: str
    expires_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class NoteWrongCode:
    """The partner gave a code that does not exist; the fifth within an hour blocks her for the rest of it."""


@dataclass(frozen=True, slots=True)
class StartRedemption:
    """The partner charges this much; the owner is to confirm within 15 minutes. `token` is used up if given."""

    redemption_id: str
    voucher_id: str
    amount_cents: int
    token: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmRedemption:
    """The owner confirms the amount: it is spent."""

    redemption_id: str


@dataclass(frozen=True, slots=True)
class ConfirmAloud:
    """The owner is without her phone: her partner typed the four figures that she said. The amount is spent."""

    redemption_id: str
    figures: str


@dataclass(frozen=True, slots=True)
class RefuseRedemption:
    """The owner says no, or the partner takes a charge back that was not confirmed yet."""

    redemption_id: str


@dataclass(frozen=True, slots=True)
class ReverseRedemption:
    """A confirmed charge is undone: by its partner on the same day, by a coordinator within 14 days."""

    redemption_id: str
    reason: str = "other"


@dataclass(frozen=True, slots=True)
class SaveClaim:
    """Keep the receipt so far; `claim_id` is a fresh code the first time."""

    claim_id: str
    draft: ClaimDraft


@dataclass(frozen=True, slots=True)
class SubmitClaim:
    """Send the receipt to be checked."""

    claim_id: str


@dataclass(frozen=True, slots=True)
class AskClaimant:
    """A question about a claim."""

    claim_id: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class AcceptClaim:
    """This much of the claim will be paid, at most what is left of the voucher."""

    claim_id: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class RejectClaim:
    """The claim is refused for a reason of the list."""

    claim_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReverseClaim:
    """An accepted claim that was not paid yet is undone."""

    claim_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarkPaid:
    """The payment was made; `reference` is the bank's."""

    payment_id: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MarkFailed:
    """The bank refused the payment, for a reason of the list."""

    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PayAgain:
    """A failed payment is to be made again."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class ProposeCall:
    """One coordinator proposes a new call; `call_id` and `proposal_id` are fresh codes."""

    proposal_id: str
    call_id: str
    spec: CallSpec


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """One coordinator proposes to extend an open call."""

    proposal_id: str
    call_id: str
    change: CallChange


@dataclass(frozen=True, slots=True)
class ProposeClosing:
    """One coordinator proposes to close an open call: what is not decided then is cancelled."""

    proposal_id: str
    call_id: str


@dataclass(frozen=True, slots=True)
class ConfirmProposal:
    """A second coordinator confirms: the call is opened, extended or closed."""

    proposal_id: str


@dataclass(frozen=True, slots=True)
class DropProposal:
    """A coordinator takes the proposal off the table."""

    proposal_id: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The clock gives a request that the firm's own manager does not decide to the association's."""

    request_id: str


@dataclass(frozen=True, slots=True)
class WithdrawClaim:
    """She takes a claim back that was not decided yet."""

    claim_id: str


@dataclass(frozen=True, slots=True)
class ReturnRest:
    """The clock gives back what an expired voucher still keeps for claims, when the time for claims is over."""

    voucher_id: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The clock ends a request: its question was not answered in 14 days, or its offer not taken in 72 hours."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Expire:
    """The clock ends a voucher whose last day is over; the rest is free again once no claim can come any more."""

    voucher_id: str


@dataclass(frozen=True, slots=True)
class TimeOut:
    """The clock ends a charge that was not confirmed in 15 minutes."""

    redemption_id: str


VoucherOrder = (
    SaveName
    | SaveIban
    | SaveDraft
    | DiscardDraft
    | SubmitRequest
    | WithdrawRequest
    | AnswerAsk
    | TakeOffer
    | AddPaper
    | AskForPaper
    | VerifyPaper
    | TakeCase
    | FreeCase
    | AskWorker
    | Score
    | Approve
    | Decline
    | Waitlist
    | ReverseDecision
    | PresentVoucher
    | ReleaseVoucher
    | RevokeVoucher
    | ExtendVoucher
    | NoteWrongCode
    | StartRedemption
    | ConfirmRedemption
    | ConfirmAloud
    | RefuseRedemption
    | ReverseRedemption
    | SaveClaim
    | SubmitClaim
    | AskClaimant
    | AcceptClaim
    | RejectClaim
    | ReverseClaim
    | MarkPaid
    | MarkFailed
    | PayAgain
    | ProposeCall
    | ProposeChange
    | ProposeClosing
    | ConfirmProposal
    | DropProposal
    | Escalate
    | WithdrawClaim
    | ReturnRest
    | Lapse
    | Expire
    | TimeOut
)
