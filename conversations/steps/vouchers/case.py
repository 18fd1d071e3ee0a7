"""How a request looks to who decides on it: the card, the questions before a decision, and what is left after it."""

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, YES, p
from conversations.messages import Choice, Day, Message, Moment, Money, Phrase, Text
from conversations.rules.reasons import label
from conversations.rules.vouchers_moves import APPROVED, IN_REVIEW, INFO_NEEDED, SUBMITTED
from conversations.steps.vouchers.alerts import DECISION, buttons
from conversations.steps.vouchers.words import area, lasting, period, service
from conversations.voucher_views import FirmDeciderView, ManagerRequestView


def to_do(facts: Facts, without: str = "") -> tuple[ManagerRequestView, ...]:
    """What waits for her decision as a manager of the association, the longest waiting first."""
    able = (
        one
        for one in facts.vouchers.to_decide
        if one.state in (SUBMITTED, IN_REVIEW)
        and one.id != without
        and one.decides
        and (one.confirmed or not one.offered)
    )
    return tuple(sorted(able, key=lambda one: one.queue_at))


def firm_card(view: FirmDeciderView) -> Message:
    """Name, area, amount: all that a firm's own manager may see."""
    told = p("voucher_decision.firm_card", name=view.name, area=area(view.area), amount=Money(view.amount_cents))
    return Message(title=p("voucher_decision.firm_title"), body=(told,), choices=buttons(view.id, True), ways=(BACK,))


def card(view: ManagerRequestView, facts: Facts) -> Message:
    """All of a request that a manager of the association may see, and what she can do with it."""
    body: list[Text] = [
        p("voucher_decision.who", name=view.name, firm=view.enterprise or p("voucher.no_firm")),
        p(
            "voucher_request.summary",
            service=service(view.category),
            amount=Money(view.amount_cents),
            period=period(view.starts_on, view.ends_on),
        ),
    ]
    if view.contract:
        body.append(p(f"voucher_decision.contract_{view.contract}"))
    if view.provider:
        body.append(p("voucher_request.with", provider=view.provider))
    if view.note:
        body.append(p("voucher_request.noted", note=view.note))
    body.append(p("voucher_decision.dates", moment=Moment(view.submitted_at), day=Day(view.answer_by)))
    body += _state(view)
    body += _papers(view)
    if view.state in (SUBMITTED, IN_REVIEW, INFO_NEEDED) and (view.taken_by or view.mine):
        body.append(p("voucher_decision.mine") if view.mine else p("voucher_decision.taken_by", who=view.taken_by))
    return Message(
        title=p("voucher_decision.case", number=view.number),
        body=tuple(body),
        choices=_acts(view, facts),
        ways=(lasting(DECISION, "queue", "", "voucher_decision.queue"), BACK),
    )


def no_funds(view: ManagerRequestView) -> Message:
    """The money for it is not there now."""
    return Message(
        title=p("voucher_decision.case", number=view.number),
        body=(p("voucher_decision.no_funds", amount=Money(view.amount_cents)),),
        choices=(
            lasting(DECISION, "wait", view.id, "voucher_decision.wait"),
            lasting(DECISION, "decline", view.id, "voucher_decision.decline"),
        ),
        ways=(BACK,),
    )


def sure(view: ManagerRequestView, others: bool) -> Message:
    """One more yes: the amount is high, or somebody else works on the case."""
    why = p("voucher_decision.others", who=view.taken_by) if others else p("voucher_decision.high")
    return Message(
        title=p("voucher_decision.case", number=view.number),
        body=(why, p("voucher_decision.sure", amount=Money(view.amount_cents))),
        choices=(YES,),
        ways=(BACK,),
    )


def after(told: Phrase, facts: Facts, without: str) -> Say:
    """What was done, and the way to what still waits."""
    left = len(to_do(facts, without))
    ways = (lasting(DECISION, "queue", "", "voucher_decision.queue"),) if left else ()
    body = (told, p("voucher_decision.still", count=left)) if left else (told,)
    return Say(Message(body=body, ways=ways))


def _acts(view: ManagerRequestView, facts: Facts) -> tuple[Choice, ...]:
    found: list[Choice] = []
    if view.state in (SUBMITTED, IN_REVIEW, INFO_NEEDED):
        if view.decides:
            found += buttons(view.id, True)[:2]
            if not view.offered:
                found.append(lasting(DECISION, "wait", view.id, "voucher_decision.wait"))
            if view.by_score:
                found.append(lasting(DECISION, "points", view.id, "voucher_decision.score"))
        found.append(buttons(view.id, True)[2])
    elif view.undoable and facts.person.holds("coordinator"):
        found.append(lasting(DECISION, "undo", view.id, "voucher_decision.undo"))
    if view.mine and view.state in (SUBMITTED, IN_REVIEW, INFO_NEEDED):
        found.append(lasting(DECISION, "leave", view.id, "voucher_decision.leave"))
    for paper in view.papers[-2:]:
        if paper.status == "wanted":
            found.append(lasting(DECISION, "seen", paper.id, "voucher_decision.seen"))
        elif paper.status == "sent" and not view.sensitive:
            found.append(lasting(DECISION, "paper", paper.id, "voucher_decision.paper"))
    return tuple(found)


def _state(view: ManagerRequestView) -> list[Text]:
    match view.state:
        case "info_needed":
            return [p("voucher_decision.asked_for", reason=p(label("ask", view.asked)))]
        case "waitlisted":
            return [p("voucher_decision.on_list")]
        case "approved" | "declined" if view.decided_at is not None:
            how = "already_approved" if view.state == APPROVED else "already_declined"
            who = view.decided_by or p("voucher.somebody")
            return [p(f"voucher_decision.{how}", number=view.number, who=who, moment=Moment(view.decided_at))]
        case _:
            there = view.fits or view.offered
            told: list[Text] = [p("voucher_decision.fits" if there else "voucher_decision.fits_not")]
            if view.offered:
                told.append(p("voucher_decision.confirmed" if view.confirmed else "voucher_decision.unconfirmed"))
            if view.answer_text:
                told.append(p("voucher_decision.answer", text=view.answer_text))
            if view.score is not None:
                told.append(p("voucher_decision.has_points", count=view.score))
            return told


def _papers(view: ManagerRequestView) -> list[Text]:
    known = {paper.status for paper in view.papers}
    return [p(f"voucher_decision.paper_{status}") for status in ("wanted", "sent", "verified") if status in known]
