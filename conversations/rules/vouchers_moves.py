"""The lawful moves of a request, a voucher, a redemption, a claim, a payment and a call, and who may make each.

Source: domain.md 7.2 (state machines) and 7.4 (who may do what). A draft has no past: it may be thrown away, and the
ledger begins with the move out of it. An end is left only by a move in AMENDS, which the ledger records as a
compensation: nothing that happened is rewritten.
"""

from collections.abc import Mapping
from typing import Final, Literal

Thing = Literal["request", "voucher", "redemption", "claim", "payment", "call"]
Hat = Literal["owner", "aloud", "decider", "firm", "lawyer", "coordinator", "partner", "accountant", "clock"]
"""In what quality somebody moves: the owner of the request or voucher; the owner by figures she said aloud, which her
partner typed (aloud); a manager of the call, of the association or
(firm) named by it for an enterprise; the welfare manager; ...; the clock is no person."""

DRAFT, SUBMITTED, IN_REVIEW, INFO_NEEDED = "draft", "submitted", "in_review", "info_needed"
APPROVED, DECLINED, WAITLISTED, WITHDRAWN = "approved", "declined", "waitlisted", "withdrawn"
LAPSED, CANCELLED_BY_CALL, REVERSED = "lapsed", "cancelled_by_call", "reversed"
ISSUED, PARTLY_USED, USED, EXPIRED, REVOKED, RELEASED = (
    "issued", "partly_used", "used", "expired", "revoked", "released",
)  # fmt: skip
STARTED, CONFIRMED, SETTLED, REFUSED, TIMED_OUT = "started", "confirmed", "settled", "refused", "timed_out"
CHECK, ACCEPTED, REJECTED = "check", "accepted", "rejected"
TO_PAY, PAID, PAY_FAILED, CANCELLED, TO_RECOVER = "to_pay", "paid", "pay_failed", "cancelled", "to_recover"
PROPOSED, OPEN, CLOSED = "proposed", "open", "closed"

_O: Final = frozenset[Hat]({"owner"})
_CONFIRMS: Final = frozenset[Hat]({"owner", "aloud"})
_D: Final = frozenset[Hat]({"decider", "firm"})
_ASSOCIATION: Final = frozenset[Hat]({"decider"})
_A: Final = frozenset[Hat]({"coordinator"})
_P: Final = frozenset[Hat]({"partner"})
_C: Final = frozenset[Hat]({"accountant"})
_CLOCK: Final = frozenset[Hat]({"clock"})
_ASKERS: Final = _D | _A | frozenset[Hat]({"lawyer"})

Moves = Mapping[tuple[str, str], frozenset[Hat]]

MOVES: Final[Mapping[Thing, Moves]] = {
    "request": {
        (DRAFT, SUBMITTED): _O,
        (SUBMITTED, IN_REVIEW): _ASKERS,
        (IN_REVIEW, INFO_NEEDED): _ASKERS,
        (INFO_NEEDED, IN_REVIEW): _O | _ASKERS,
        (IN_REVIEW, APPROVED): _D,
        (IN_REVIEW, DECLINED): _D,
        (IN_REVIEW, WAITLISTED): _ASSOCIATION,
        # money came back: the clock offers it to the first who waits
        (WAITLISTED, IN_REVIEW): _CLOCK,
        (SUBMITTED, WITHDRAWN): _O,
        (IN_REVIEW, WITHDRAWN): _O,
        (INFO_NEEDED, WITHDRAWN): _O,
        (WAITLISTED, WITHDRAWN): _O,
        (INFO_NEEDED, LAPSED): _CLOCK | _A,
        # an offer from the waiting list that was not taken within 72 hours
        (IN_REVIEW, LAPSED): _CLOCK,
        (SUBMITTED, CANCELLED_BY_CALL): _A,
        (IN_REVIEW, CANCELLED_BY_CALL): _A,
        (WAITLISTED, CANCELLED_BY_CALL): _A,
        (APPROVED, REVERSED): _A,
        (DECLINED, REVERSED): _A,
        # the case that a reversal opens anew
        ("", IN_REVIEW): _A,
    },
    "voucher": {
        ("", ISSUED): _D,
        (ISSUED, PARTLY_USED): _CONFIRMS | _A,
        (ISSUED, USED): _CONFIRMS | _A,
        (PARTLY_USED, PARTLY_USED): _CONFIRMS | _A | _P,
        (PARTLY_USED, USED): _CONFIRMS | _A,
        (ISSUED, EXPIRED): _CLOCK,
        (PARTLY_USED, EXPIRED): _CLOCK | _A | _P,
        (ISSUED, REVOKED): _A,
        (PARTLY_USED, REVOKED): _A,
        (ISSUED, RELEASED): _O,
        (PARTLY_USED, RELEASED): _O,
        # a later last day
        (ISSUED, ISSUED): _A,
        # a redemption or claim was reversed
        (USED, PARTLY_USED): _A | _P,
        (USED, ISSUED): _A | _P,
        (PARTLY_USED, ISSUED): _A | _P,
        (USED, EXPIRED): _A | _P,
        (RELEASED, RELEASED): _A | _P,
        (REVOKED, REVOKED): _A | _P,
        # a claim after the last day, or the end of the time for claims: the rest of the money goes back
        (EXPIRED, EXPIRED): _A | _P | _CLOCK,
    },
    "redemption": {
        ("", STARTED): _P,
        (STARTED, CONFIRMED): _CONFIRMS,
        (STARTED, REFUSED): _O | _P,
        (STARTED, TIMED_OUT): _CLOCK,
        (CONFIRMED, SETTLED): _C,
        (CONFIRMED, REVERSED): _A | _P,
        (SETTLED, REVERSED): _A,
    },
    "claim": {
        (DRAFT, SUBMITTED): _O,
        (SUBMITTED, CHECK): _A,
        (CHECK, INFO_NEEDED): _A,
        (SUBMITTED, WITHDRAWN): _O,
        (CHECK, WITHDRAWN): _O,
        (INFO_NEEDED, WITHDRAWN): _O,
        (INFO_NEEDED, CHECK): _O | _A,
        (CHECK, ACCEPTED): _A,
        (CHECK, REJECTED): _A,
        (ACCEPTED, TO_PAY): _A,
        (TO_PAY, PAID): _C,
        (TO_PAY, PAY_FAILED): _C,
        (PAY_FAILED, TO_PAY): _C | _O,
        (TO_PAY, REVERSED): _A,
        (PAY_FAILED, REVERSED): _A,
    },
    "payment": {
        ("", TO_PAY): _A | _CONFIRMS,
        (TO_PAY, PAID): _C,
        (TO_PAY, PAY_FAILED): _C,
        (PAY_FAILED, TO_PAY): _C | _O,
        (TO_PAY, CANCELLED): _A | _P,
        (PAY_FAILED, CANCELLED): _A | _P,
        (PAID, TO_RECOVER): _A,
    },
    "call": {
        ("", PROPOSED): _A,
        (PROPOSED, OPEN): _A,
        (PROPOSED, CANCELLED): _A,
        # an extension that a second coordinator confirmed
        (OPEN, OPEN): _A,
        (OPEN, CLOSED): _A,
    },
}

ENDS: Final[Mapping[Thing, frozenset[str]]] = {
    "request": frozenset({APPROVED, DECLINED, WITHDRAWN, LAPSED, CANCELLED_BY_CALL, REVERSED}),
    "voucher": frozenset({USED, EXPIRED, REVOKED, RELEASED}),
    "redemption": frozenset({SETTLED, REFUSED, TIMED_OUT, REVERSED}),
    "claim": frozenset({REJECTED, WITHDRAWN, PAID, REVERSED}),
    "payment": frozenset({PAID, CANCELLED, TO_RECOVER}),
    "call": frozenset({CLOSED, CANCELLED}),
}

AMENDS: Final[Mapping[Thing, frozenset[tuple[str, str]]]] = {
    "request": frozenset({(APPROVED, REVERSED), (DECLINED, REVERSED)}),
    "voucher": frozenset({(USED, PARTLY_USED), (USED, ISSUED), (USED, EXPIRED)}),
    "redemption": frozenset({(SETTLED, REVERSED)}),
    "claim": frozenset(),
    "payment": frozenset({(PAID, TO_RECOVER)}),
    "call": frozenset(),
}
"""The only moves that leave an end; each is a row of its own that names what it makes good."""

OPEN_REQUEST: Final = frozenset({SUBMITTED, IN_REVIEW, INFO_NEEDED, WAITLISTED})
LIVE_VOUCHER: Final = frozenset({ISSUED, PARTLY_USED})
OPEN_CLAIM: Final = frozenset({SUBMITTED, CHECK, INFO_NEEDED})
UNPAID: Final = frozenset({TO_PAY, PAY_FAILED})


def lawful(thing: Thing, before: str, after: str, hat: Hat, kind: str = "A") -> bool:
    """True if somebody in this quality may move the thing so; `kind` is the call's voucher kind.

    A voucher of kind B is used once and whole, and knows no claims.
    """
    if kind == "B" and (thing == "claim" or PARTLY_USED in (before, after)):
        return False
    return hat in MOVES[thing].get((before, after), frozenset())


def after_use(face_cents: int, used_cents: int) -> str:
    """The state of a live voucher of which this much is used."""
    if used_cents <= 0:
        return ISSUED
    return USED if used_cents >= face_cents else PARTLY_USED
