"""What exists for a person, by what she holds: the calls and what is left to her, and the ways into each part."""

from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import MENU, Outcome, p, phone_line
from conversations.messages import Attachment, Choice, Day, Message, Money, Text
from conversations.rules.voucher_codes import TOKEN
from conversations.rules.voucher_timers import PRESENTATION_LIFE
from conversations.rules.vouchers_moves import INFO_NEEDED, LIVE_VOUCHER
from conversations.state import Place
from conversations.steps.vouchers.case import to_do
from conversations.steps.vouchers.confirming import pending
from conversations.steps.vouchers.status import claim_row, request_row, voucher_row
from conversations.steps.vouchers.words import lasting, more, page, today, told
from conversations.voucher_orders import PresentVoucher
from conversations.voucher_views import WorkerCallView, WorkerVoucherView

NAME: Final = "vouchers"
MOST_CALLS: Final = 3


def hub(facts: Facts) -> Outcome:
    """The first screen of the vouchers; what waits for her comes first."""
    known = facts.vouchers
    body: list[Text] = []
    choices: list[Choice] = [_charge(one.id, one.amount_cents) for one in pending(facts)[:1]]
    if facts.person.holds("worker"):
        body += _calls(facts)
        if known.calls:
            choices.append(lasting("voucher_request", "new", "", "vouchers.ask"))
    if known.requests or known.vouchers or known.claims:
        states = [*(one.state for one in known.requests), *(one.state for one in known.claims)]
        waiting = states.count(INFO_NEEDED)
        if waiting:
            body.append(p("vouchers.questions", count=waiting))
        choices.append(lasting(NAME, "list", "", "vouchers.my_requests"))
    if any(one.state in LIVE_VOUCHER and "reimbursement" in one.modes for one in known.vouchers):
        choices.append(lasting("voucher_claim", "new", "", "vouchers.refund"))
    choices += _offices(facts, body)
    for fund in known.funds:
        body.append(p(f"vouchers.fund_{fund.light}", call=fund.call, day=Day(fund.as_of)))
    screen = Message(
        title=p("vouchers.title"),
        body=(*body, *phone_line(facts.house)) if body else (p("vouchers.nothing"), *phone_line(facts.house)),
        choices=tuple(choices)[:10],
        ways=(MENU,),
    )
    return Outcome(Place(NAME, "hub"), screen)


def listing(facts: Facts, number_of_page: int = 0) -> Outcome:
    """All of hers, what waits for her first, then the newest."""
    known = facts.vouchers
    asked = [request_row(one) for one in known.requests if one.state == INFO_NEEDED]
    asked += [claim_row(one) for one in known.claims if one.state == INFO_NEEDED]
    rows = [
        *asked,
        *(voucher_row(one) for one in known.vouchers if one.state in LIVE_VOUCHER),
        *(request_row(one) for one in known.requests if one.state != INFO_NEEDED),
        *(claim_row(one) for one in known.claims if one.state != INFO_NEEDED),
    ]
    if not rows:
        way = (lasting("voucher_request", "new", "", "vouchers.ask"),) if known.calls else ()
        screen = Message(title=p("vouchers.my_requests"), body=(p("vouchers.none_yet"),), choices=way, ways=(MENU,))
        return Outcome(Place(NAME, "list", {"page": 0}), screen)
    part, others = page(rows, number_of_page)
    screen = Message(
        title=p("vouchers.my_requests"),
        body=(p("vouchers.choose"),),
        choices=more(part, others),
        ways=(lasting(NAME, "open", "", "vouchers.short"), MENU),
    )
    return Outcome(Place(NAME, "list", {"page": number_of_page}), screen)


def qr(view: WorkerVoucherView, facts: Facts) -> Outcome:
    """A picture for ten minutes, and the code to be spoken; earlier pictures are void."""
    if view.state not in LIVE_VOUCHER or today(facts) > view.expires_on:
        return told(Say(Message(body=(p("vouchers.not_usable"),))))
    token = facts.fresh[0]
    minutes = int(PRESENTATION_LIFE.total_seconds() // 60)
    picture = Message(
        body=(
            p("vouchers.qr", minutes=minutes),
            p("vouchers.code", code=view.code),
        ),
        attachment=Attachment("voucher_qr", presentation_link(token, facts), "photo", "qr-voucher.png", "image/png"),
    )
    return told(PresentVoucher(view.id, token), Say(picture, apart=True))


def figures(view: WorkerVoucherView) -> Outcome:
    """What she says at the partner's where she is without her phone: good for one payment."""
    if view.state not in LIVE_VOUCHER:
        return told(Say(Message(body=(p("vouchers.not_usable"),))))
    body = (p("vouchers.figures", code=view.code, figures=view.figures), p("vouchers.figures_secret"))
    return told(Say(Message(body=body), apart=True))


def presentation_link(token: str, facts: Facts) -> str:
    """What the picture holds: a link to the chat with the token, by the channel she uses; else the token alone."""
    said, house = f"{TOKEN}{token}", facts.house
    if facts.look != "whatsapp" and house.telegram_bot:
        return f"https://t.me/{house.telegram_bot}?start={said}"
    if house.whatsapp_number:
        return f"https://wa.me/{''.join(filter(str.isdigit, house.whatsapp_number))}?text={said}"
    return f"https://t.me/{house.telegram_bot}?start={said}" if house.telegram_bot else said


def _calls(facts: Facts) -> list[Text]:
    calls = facts.vouchers.calls
    if not calls:
        return [p("vouchers.no_call")]
    told_: list[Text] = []
    for call in calls[:MOST_CALLS]:
        told_ += _call(call)
    return told_


def _call(call: WorkerCallView) -> list[Text]:
    told_: list[Text] = [
        p("vouchers.call", title=call.title, day=Day(call.ends_on)),
        p(
            "vouchers.left",
            left=Money(call.left_cents),
            least=Money(call.least_cents),
            most=Money(min(call.most_cents, call.left_cents)),
        ),
    ]
    if call.order == "score" and call.criteria:
        told_.append(p("vouchers.by_score", criteria=call.criteria))
    if call.decider:
        told_.append(p("vouchers.firm_decides", decider=call.decider))
    told_.append(p(f"vouchers.leave_{call.on_leave}"))
    return told_


def _offices(facts: Facts, body: list[Text]) -> list[Choice]:
    """The ways into the parts of each other role."""
    person, found = facts.person, list[Choice]()
    mine = facts.vouchers.for_firm
    if person.holds("welfare_manager") or person.holds("coordinator") or mine:
        count = len(to_do(facts)) + len(mine)
        body.append(p("voucher_decision.waiting", count=count) if count else p("voucher_decision.none"))
        found.append(lasting("voucher_decision", "queue", "", "voucher_decision.queue"))
    if person.holds("coordinator"):
        found.append(lasting("voucher_call", "open", "", "voucher_call.title"))
        found.append(lasting("voucher_claim", "check", "", "voucher_claim.list"))
        found.append(lasting("voucher_correction", "open", "", "voucher_correction.title"))
    if person.holds("partner"):
        body.append(p("vouchers.partner"))
        found.append(lasting("voucher_redeem", "charge", "", "voucher_redeem.title"))
        found.append(lasting("voucher_redeem", "statement", "", "voucher_redeem.statement"))
        found.append(lasting("voucher_account", "iban", "", "voucher_account.give"))
    if person.holds("accountant"):
        due = len(facts.vouchers.to_pay)
        body.append(p("voucher_pay.short", count=due) if due else p("voucher_pay.none"))
        found.append(lasting("voucher_pay", "open", "", "voucher_pay.title"))
    if not facts.vouchers.profile.name and found:
        body.append(p("vouchers.no_name"))
        found.append(lasting("voucher_account", "name", "", "voucher_account.my_name"))
    return found


def _charge(key: str, cents: int) -> Choice:
    return lasting("voucher_redeem", "confirm", key, "vouchers.confirm", amount=Money(cents))
