"""The clock of a request: reminders of a question, the waiting list's offer, drafts and a call that closes.

A button cannot do what only the clock may: each looks whether its time has come.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import Outcome, p, say
from conversations.messages import Day, Message
from conversations.rules.categories import category
from conversations.rules.quiet import is_quiet
from conversations.rules.vouchers_moves import CANCELLED_BY_CALL, DRAFT, IN_REVIEW, INFO_NEEDED, LAPSED
from conversations.steps.vouchers.alerts import of_request
from conversations.steps.vouchers.form import NAME, mine
from conversations.steps.vouchers.notices import bad_file, call_ended, offered, question
from conversations.steps.vouchers.words import lasting, notice, number, one_of, postponed, told
from conversations.voucher_orders import Lapse, TakeOffer
from conversations.voucher_views import WorkerRequestView

VERBS: Final = frozenset(
    {
        "info", "info_last", "info_lapse", "offered", "offer_lapse", "closing14", "closing3", "closing0",
        "call_ended", "bad_file",
    }
)  # fmt: skip
REMINDERS: Final = frozenset({"info", "info_last", "closing14", "closing3", "closing0", "call_ended"})


def ring(verb: str, key: str, facts: Facts) -> Outcome:
    """What is to be done now that this timer came due; the person stays where she is."""
    found = mine(key, facts)
    if found is None:
        return told()
    match verb:
        case _ if verb in REMINDERS and (later := postponed(NAME, verb, key, facts)) is not None:
            return later
        case "info" | "info_last":
            return _remind(found, facts)
        case "info_lapse" if found.state == INFO_NEEDED and _over(found.answer_until, facts):
            return told(Lapse(key), notice(_ended(key, "lapsed")))
        case "offered" if found.offer_until is not None and not found.offer_taken:
            # the 72 hours run: at night it comes without a sound, but it comes
            message = offered(key, found.draft.amount_cents, found.offer_until)
            return told(Say(replace(message, silent=is_quiet(facts.now, facts.zone)), lane="alert"))
        case "offer_lapse" if _untaken(found) and _over(found.offer_until, facts):
            return told(Lapse(key), notice(_ended(key, "offer_lapsed")))
        case "bad_file":
            if found.state == DRAFT:
                return told(bad_file(False, lasting(NAME, "resume", key, "voucher_request.resume")))
            return told(bad_file(True, lasting("vouchers", "list", "", "vouchers.my_requests")))
        case "call_ended" if found.state in (CANCELLED_BY_CALL, LAPSED):
            return told(call_ended(key, found.call))
        case "closing14" | "closing3" | "closing0" if found.state == DRAFT:
            return _closing(found, facts)
        case _:
            return told()


def take_offer(key: str, facts: Facts) -> Outcome:
    """She still wants what the waiting list offers, or why it is too late."""
    found = mine(key, facts)
    if found is None or found.state != IN_REVIEW or found.offer_until is None:
        return told(say("voucher_request.no_offer"))
    if found.offer_taken:
        return told(say("voucher_request.offer_taken"))
    if _over(found.offer_until, facts):
        return told(say("voucher_request.no_offer"))
    alert = of_request(found, facts.vouchers.profile.name, "new")
    return told(TakeOffer(key), alert, say("voucher_request.offer_taken"))


def _remind(found: WorkerRequestView, facts: Facts) -> Outcome:
    if found.state != INFO_NEEDED or not found.asked:
        return told()
    kind = category(found.draft.category)
    sensitive = kind is not None and kind.sensitive
    message = question(
        found.id, found.asked, found.asked_text, found.answer_until, found.deciders == "firm", sensitive, again=True
    )
    return told(Say(message, lane="alert"))


def _closing(found: WorkerRequestView, facts: Facts) -> Outcome:
    call = one_of(facts.vouchers.calls, found.call_id)
    if call is None:
        return told()
    message = Message(
        body=(p("voucher_request.closing", day=Day(call.ends_on)),),
        ways=(lasting(NAME, "resume", found.id, "voucher_request.resume"),),
    )
    return told(Say(message, lane="alert"))


def _untaken(found: WorkerRequestView) -> bool:
    return found.state == IN_REVIEW and found.offer_until is not None and not found.offer_taken


def _over(until: datetime | None, facts: Facts) -> bool:
    return until is not None and facts.now >= until


def _ended(key: str, how: str) -> Message:
    return Message(
        body=(p(f"voucher_notice.{how}", number=number(key)),),
        ways=(lasting(NAME, "new", "", "vouchers.ask"),),
    )
