"""The clock of a claim and of its payment: reminders to who checks, to who was asked, to who is not paid yet."""

from typing import Final

from conversations.effects import Say, ToRole
from conversations.facts import Facts
from conversations.flow import Outcome, p
from conversations.messages import Message
from conversations.rules.vouchers_moves import CHECK, DRAFT, INFO_NEEDED, PAID, PAY_FAILED, SUBMITTED
from conversations.steps.vouchers.alerts import claim
from conversations.steps.vouchers.notices import bad_file, claim_question, paid, payment_failed, still_unpaid
from conversations.steps.vouchers.words import lasting, one_of, postponed, told

VERBS: Final = frozenset({"remind", "late", "info", "info_last", "unpaid", "paid", "failed", "bad_file"})
REMINDERS: Final = frozenset({"remind", "late", "info", "info_last", "unpaid"})


def ring(verb: str, key: str, facts: Facts) -> Outcome:
    """What is to be done now that this timer came due."""
    found = one_of(facts.vouchers.claims, key)
    match verb:
        case _ if verb in REMINDERS and (later := postponed("voucher_claim", verb, key, facts)) is not None:
            return later
        case "remind" | "late" if found is not None and found.state in (SUBMITTED, CHECK):
            return told(claim(key, found.draft.gross_cents, f"claim_{verb}"))
        case "info" | "info_last" if found is not None and found.state == INFO_NEEDED and found.asked:
            return told(Say(claim_question(key, found.asked, found.asked_text, again=True), lane="alert"))
        case "bad_file" if found is not None:
            if found.state == DRAFT:
                resume = lasting("voucher_claim", "resume", found.draft.voucher_id, "voucher_request.resume")
                return told(bad_file(False, resume))
            return told(bad_file(True, lasting("vouchers", "list", "", "vouchers.my_requests")))
        case "paid" if found is not None and found.state == PAID:
            return told(Say(paid(found.accepted_cents, found.iban_end), lane="alert"))
        case "failed" if found is not None and found.state == PAY_FAILED and found.failed:
            return told(Say(payment_failed(found.accepted_cents, found.failed), lane="alert"))
        case "failed" if found is None and facts.person.holds("partner"):
            return told(Say(still_unpaid(), lane="alert"))
        case "unpaid" if any(one.state == PAY_FAILED for one in facts.vouchers.claims):
            # the subject is the payment, which its payee does not see: any failed one of hers is meant
            return told(Say(still_unpaid(), lane="alert"), _accountant())
        case "unpaid" if facts.person.holds("partner"):
            return told(Say(still_unpaid(), lane="alert"), _accountant())
        case _:
            return told()


def _accountant() -> Say:
    way = lasting("voucher_pay", "open", "", "voucher_pay.open")
    return Say(Message(body=(p("voucher_notice.unpaid_office"),), ways=(way,)), ToRole("accountant"), "alert")
