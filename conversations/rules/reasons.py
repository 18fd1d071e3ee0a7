"""Why a request is declined or a question asked: codes from a closed list, each with its sentence for the worker."""

from typing import Final, Literal

Use = Literal["decline", "ask", "firm_ask", "reject_claim", "ask_claim", "reverse", "revoke", "extend", "pay_failed"]

DECLINE: Final = ("not_eligible", "not_covered", "outside_period", "paid_elsewhere", "no_papers", "no_funds")
ASK: Final = ("period", "amount", "provider", "document", "details")
FIRM_ASK: Final = ("period", "amount")
"""All that a firm's own manager may ask: about amount and period, no free text (domain.md 3.2 e)."""
REJECT_CLAIM: Final = (
    "outside_window", "not_traceable", "not_readable", "other_person", "claimed_before", "not_covered",
)  # fmt: skip
ASK_CLAIM: Final = ("better_photo", "payment_proof", "invoice_data", "iban")
REVERSE: Final = ("wrong_decision", "wrong_amount", "service_not_given", "asked_by_worker", "other")
REVOKE: Final = ("fraud", "left_the_firm", "wrong_decision", "other")
EXTEND: Final = ("service_later", "our_delay", "asked_by_worker", "other")
PAY_FAILED_WHY: Final = ("wrong_iban", "account_closed", "bank_refused")

LISTS: Final[dict[Use, tuple[str, ...]]] = {
    "decline": DECLINE,
    "ask": ASK,
    "firm_ask": FIRM_ASK,
    "reject_claim": REJECT_CLAIM,
    "ask_claim": ASK_CLAIM,
    "reverse": REVERSE,
    "revoke": REVOKE,
    "extend": EXTEND,
    "pay_failed": PAY_FAILED_WHY,
}

LONGEST_ASK: Final = 300
"""Characters of the free text that may go with a question (never from a firm's own manager)."""


def known(use: Use, code: str) -> bool:
    """True if this code may be given for this use."""
    return code in LISTS[use]


def label(use: Use, code: str) -> str:
    """The key of the short name of a reason, for the buttons of whoever chooses it."""
    return f"reason.{_shared(use)}_{code}"


def told(use: Use, code: str) -> str:
    """The key of the sentence that the worker reads."""
    return f"reason.told_{_shared(use)}_{code}"


def _shared(use: Use) -> str:
    return "ask" if use == "firm_ask" else use
