"""The last step of a request: who will see what, then the yes that sends it, and the receipt."""

from conversations.facts import Facts
from conversations.flow import BACK, MENU, Outcome, choice, over, p, phone_line
from conversations.messages import Day, Message, Moment, Text
from conversations.rules.categories import category
from conversations.rules.voucher_timers import ANSWER_DAYS
from conversations.rules.working_days import add_working_days
from conversations.state import Place
from conversations.steps.vouchers.alerts import to_deciders
from conversations.steps.vouchers.form import summary
from conversations.steps.vouchers.words import area, lasting, number
from conversations.voucher_orders import SubmitRequest
from conversations.voucher_views import Draft, WorkerCallView


def preview(place: Place, draft: Draft, call: WorkerCallView, facts: Facts) -> Outcome:
    """What she is about to send, and exactly who reads which part of it."""
    sends = "voucher_request.understood" if call.decider else "voucher_request.send"
    screen = Message(
        title=p("voucher_request.preview_title"),
        body=(*summary(draft), *who_sees(draft, call, facts), p("voucher_request.confirm")),
        choices=(
            choice("send", sends),
            choice("note", "voucher_request.add_note"),
            choice("change", "voucher_request.change"),
        ),
        ways=(choice("later", "voucher_request.later"), choice("drop", "voucher_request.drop"), BACK),
    )
    return Outcome(place, screen)


def who_sees(draft: Draft, call: WorkerCallView, facts: Facts) -> tuple[Text, ...]:
    """The readers of a request, before it is sent (domain.md 3.2 a where the firm decides)."""
    kind = category(draft.category)
    told: list[Text] = []
    if call.decider:
        told += [
            p("voucher_request.firm_sees", decider=call.decider, area=area(draft.area)),
            p("voucher_request.firm_hint"),
            p("voucher_request.firm_rest", house=facts.house.name),
        ]
    else:
        told.append(p("voucher_request.house_sees", house=facts.house.name))
    told.append(p("voucher_request.others_see"))
    if kind is not None and kind.sensitive:
        told.append(p("voucher_request.sensitive"))
    return tuple(told)


def changes(place: Place) -> Outcome:
    """Which answer to give anew."""
    steps = ("category", "amount", "period", "provider", "note")
    screen = Message(
        body=(p("voucher_request.change_what"),),
        choices=tuple(choice(step, f"voucher_request.step_{step}") for step in steps),
        ways=(BACK,),
    )
    return Outcome(place, screen)


def sent(key: str, draft: Draft, call: WorkerCallView, facts: Facts) -> Outcome:
    """The request is with whoever decides; she has its number and the day of the answer."""
    name = facts.vouchers.profile.name if call.decider else None
    day = add_working_days(facts.now, ANSWER_DAYS, facts.zone).date()
    who = p("voucher_request.decided_by", decider=call.decider) if call.decider else p("voucher_request.not_seen")
    receipt = Message(
        title=p("voucher_request.sent_title"),
        body=(
            p("voucher_request.sent", number=number(key), moment=Moment(facts.now)),
            p("voucher_request.answer_by", day=Day(day)),
            who,
        ),
        ways=(lasting("vouchers", "list", "", "vouchers.my_requests"), MENU),
    )
    order = SubmitRequest(key, call.notice_version if call.decider else "")
    return over(receipt, order, to_deciders(key, draft.area, draft.amount_cents, name))


def no_call(facts: Facts, why: str) -> Message:
    """Why she cannot ask now, and where to go on."""
    return Message(
        body=(p(f"voucher_request.{why}"), *phone_line(facts.house)),
        choices=(choice("@vouchers:list", "vouchers.my_requests"), MENU),
    )
