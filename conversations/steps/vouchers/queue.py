"""The queue of who decides, with age and promised day; and the clock of a request that waits for a decision."""

from typing import Final

from conversations.effects import Say
from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, Outcome, p
from conversations.messages import Choice, Day, Message, Money, Phrase
from conversations.phrases import duration
from conversations.rules.voucher_timers import ESCALATE_DAYS, LATE_DAYS, REMIND_DAYS
from conversations.rules.vouchers_moves import IN_REVIEW, INFO_NEEDED, OPEN_REQUEST, SUBMITTED
from conversations.rules.working_days import add_working_days
from conversations.state import Place
from conversations.steps.vouchers.alerts import digest, late, of_request
from conversations.steps.vouchers.case import to_do
from conversations.steps.vouchers.words import (
    area,
    euro,
    lasting,
    more,
    notice,
    number,
    one_of,
    page,
    postponed,
    told,
)
from conversations.voucher_orders import Escalate, FreeCase
from conversations.voucher_views import FirmDeciderView, ManagerRequestView, WorkerRequestView

NAME: Final = "voucher_decision"
VERBS: Final = frozenset({"remind", "escalate", "late", "free", "digest", "unreachable"})
_WAITING: Final = frozenset({SUBMITTED, IN_REVIEW})


def queue(facts: Facts, number_of_page: int = 0) -> Outcome:
    """What waits for her decision, the oldest first; what waits for others is counted."""
    rows = [_row(view, facts) for view in to_do(facts)] + [_firm_row(view) for view in facts.vouchers.for_firm]
    waiting = sum(view.state not in _WAITING for view in facts.vouchers.to_decide)
    if not rows:
        shown = (p("voucher_decision.none"), *_others(waiting))
        data: dict[str, Json] = {"page": 0}
        return Outcome(Place(NAME, "queue", data), Message(body=shown, choices=_recent(facts), ways=(BACK,)))
    part, others = page(rows, number_of_page)
    screen = Message(
        title=p("voucher_decision.queue"),
        body=(p("voucher_decision.waiting", count=len(rows)), *_others(waiting)),
        choices=more(part, others),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "queue", {"page": number_of_page}), screen)


def ring(verb: str, key: str, facts: Facts) -> Outcome:
    """What is to be done now that this timer came due; a button that names it does nothing before its time."""
    if verb == "digest":
        waiting = len(to_do(facts)) + len(facts.vouchers.for_firm)
        return told(Say(digest(waiting), lane="alert")) if waiting else told()
    found = one_of(facts.vouchers.requests, key)
    if found is None or found.submitted_at is None or found.state not in OPEN_REQUEST:
        return told()
    name = facts.vouchers.profile.name
    match verb:
        case "free" if found.state in _WAITING | {INFO_NEEDED}:
            return told(FreeCase(key))
        case "remind" if found.state in _WAITING and _passed(found, REMIND_DAYS, facts):
            return told(of_request(found, name, "remind"))
        case "escalate" | "late" if (later := postponed(NAME, verb, key, facts)) is not None:
            return later
        case "escalate" if found.state in _WAITING and _passed(found, ESCALATE_DAYS, facts):
            moved = (Escalate(key),) if found.deciders == "firm" else ()
            return told(*moved, late(key, "escalated"))
        case "late" if found.state in _WAITING and _passed(found, LATE_DAYS, facts):
            sorry = Message(
                body=(p("voucher_notice.sorry_late", number=number(key)),),
                ways=(lasting("vouchers", "request", key, "vouchers.open_request"),),
            )
            return told(late(key, "late"), notice(sorry))
        case "unreachable":
            return told(of_request(found, name, "unreachable"))
        case _:
            return told()


def _row(view: ManagerRequestView, facts: Facts) -> Choice:
    age = duration(facts.now - view.queue_at, facts.language)
    about = p(
        "voucher_decision.row_about" if not view.taken_by else "voucher_decision.row_taken",
        area=area(view.area),
        amount=Money(view.amount_cents),
        day=Day(view.answer_by),
        **({"who": view.taken_by} if view.taken_by else {}),
    )
    label = Phrase("voucher_decision.row", {"number": view.number, "age": age})
    return Choice(f"@{NAME}:open:{view.id}", label, about)


def _firm_row(view: FirmDeciderView) -> Choice:
    about = p("voucher_decision.firm_row", name=view.name[:40], area=area(view.area))
    return Choice(f"@{NAME}:open:{view.id}", euro(view.amount_cents), about)


def _others(waiting: int) -> tuple[Phrase, ...]:
    return (p("voucher_decision.others_wait", count=waiting),) if waiting else ()


def _recent(facts: Facts) -> tuple[Choice, ...]:
    """The last decisions, where nothing waits: the way to undo one."""
    rows = facts.vouchers.decided[:5]
    return tuple(
        Choice(
            f"@{NAME}:open:{view.id}",
            Phrase("voucher_decision.row", {"number": view.number, "age": p(f"vouchers.state_{view.state}")}),
        )
        for view in rows
    )


def _passed(found: WorkerRequestView, days: int, facts: Facts) -> bool:
    return found.submitted_at is not None and facts.now >= add_working_days(found.submitted_at, days, facts.zone)
