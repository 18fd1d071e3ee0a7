"""What managers, checkers and coordinators are told: the push of a request or claim, its reminders, their digest.

The association's managers read number, area and amount, a firm's own manager name, area and amount: nothing finer.
"""

from conversations.effects import Say, ToDeciders, ToRole
from conversations.flow import p
from conversations.messages import Choice, Message, Money, Phrase, Template, Verbatim
from conversations.steps.vouchers.words import area, euro, lasting, number
from conversations.voucher_views import WorkerRequestView

DECISION, CLAIM, CALL = "voucher_decision", "voucher_claim", "voucher_call"


def buttons(key: str, firm: bool = False) -> tuple[Choice, ...]:
    """The four answers to a request; a firm's own manager has nothing more to open."""
    answers = (
        lasting(DECISION, "approve", key, "voucher_decision.approve"),
        lasting(DECISION, "decline", key, "voucher_decision.decline"),
        lasting(DECISION, "ask", key, "voucher_decision.ask"),
    )
    return answers if firm else (*answers, lasting(DECISION, "open", key, "voucher_decision.details"))


def to_deciders(key: str, area_code: str, cents: int, firm_name: str | None, phrase: str = "new") -> Say:
    """The push for whoever decides; `firm_name` is the worker's name where her firm's own manager does, else None.

    `phrase` is "new", "remind", "complete" or (for the association only) "unreachable", "passed_on".
    """
    if firm_name is not None:
        return Say(_firm(key, firm_name, area_code, cents, phrase), ToDeciders(key), "alert")
    return Say(_association(key, area_code, cents, phrase), ToDeciders(key), "alert")


def of_request(view: WorkerRequestView, name: str, phrase: str) -> Say:
    """The push about a request of the person of this event."""
    firm = view.deciders == "firm"
    return to_deciders(view.id, view.draft.area, view.draft.amount_cents, name if firm else None, phrase)


def _association(key: str, area_code: str, cents: int, phrase: str) -> Message:
    told = p(f"voucher_notice.{phrase}", number=number(key), area=area(area_code), amount=Money(cents))
    values = (Verbatim(number(key)), area(area_code), euro(cents), Verbatim(key))
    return Message(body=(told,), ways=buttons(key), template=Template("voucher_request_new", values, whole=True))


def _firm(key: str, name: str, area_code: str, cents: int, phrase: str) -> Message:
    told = p(f"voucher_notice.firm_{phrase}", name=name, area=area(area_code), amount=Money(cents))
    values = (Verbatim(name), area(area_code), euro(cents), Verbatim(key))
    return Message(
        body=(told,), ways=buttons(key, True), template=Template("voucher_request_firm", values, whole=True)
    )


def digest(waiting: int) -> Message:
    """The morning's list of a manager who was not disturbed."""
    return Message(
        body=(p("voucher_notice.digest", count=waiting),),
        ways=(lasting(DECISION, "queue", "", "voucher_decision.queue"),),
        template=Template("voucher_queue", (Verbatim(str(waiting)),), whole=True),
    )


def to_coordinators(told: Phrase, way: Choice) -> Say:
    """A plain alert of every coordinator."""
    return Say(Message(body=(told,), ways=(way,)), ToRole("coordinator"), "alert")


def late(key: str, flag: str) -> Say:
    """A request that nobody decides, for the coordinators; `flag` is "escalated" or "late"."""
    return to_coordinators(
        p(f"voucher_notice.{flag}", number=number(key)), lasting(DECISION, "open", key, "voucher_decision.details")
    )


def claim(key: str, cents: int, phrase: str) -> Say:
    """A claim that waits to be checked; `phrase` is "claim_new", "claim_remind", "claim_late" or "claim_complete"."""
    return to_coordinators(
        p(f"voucher_notice.{phrase}", number=number(key), amount=Money(cents)),
        lasting(CLAIM, "see", key, "voucher_decision.details"),
    )


def proposal(key: str, kind: str, title: str, by: str) -> Say:
    """A second coordinator is needed for this proposal; `kind` is "open", "extend" or "close"."""
    return to_coordinators(
        p(f"voucher_notice.propose_{kind}", title=title, by=by or p("voucher.somebody")),
        lasting(CALL, "proposal", key, "voucher_call.see"),
    )
