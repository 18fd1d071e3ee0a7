"""The calls as coordinators see them: money, lines and lights, the waiting list, and what waits for a second yes."""

from collections.abc import Sequence
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, Outcome, choice, p
from conversations.messages import Choice, Day, Message, Money, Phrase, Text, Verbatim
from conversations.rules.vouchers_money import ALARMS, Pot, light
from conversations.state import Place
from conversations.steps.vouchers.terms import changes, terms
from conversations.steps.vouchers.words import lasting, more, one_of, page, told
from conversations.voucher_office_views import CoordinatorCallView, LineView, ProposalView

NAME: Final = "voucher_call"
MOST_LINES_SHOWN: Final = 8


def calls(facts: Facts, number_of_page: int = 0) -> Outcome:
    """The calls, what is proposed, and the way to a new one."""
    known = facts.vouchers
    rows = [_proposal_row(one, known.budgets) for one in known.proposals] + [_row(one) for one in known.budgets]
    part, others = page(rows, number_of_page)
    body: list[Text] = [
        p("voucher_call.calls", count=len(known.budgets)) if known.budgets else p("voucher_call.none")
    ]
    if known.proposals:
        body.append(p("voucher_call.waiting", count=len(known.proposals)))
    if known.to_check:
        body.append(p("voucher_claim.to_check", count=len(known.to_check)))
    ways = (
        lasting(NAME, "new", "", "voucher_call.new"),
        lasting("voucher_claim", "check", "", "voucher_claim.list"),
        lasting("voucher_correction", "open", "", "voucher_correction.title"),
        BACK,
    )
    screen = Message(title=p("voucher_call.title"), body=tuple(body), choices=more(part, others), ways=ways)
    return Outcome(Place(NAME, "calls", {"page": number_of_page}), screen)


def one_call(call: CoordinatorCallView) -> Outcome:
    """One call: its period, its money, its lines and their lights."""
    whole = Pot(call.total_cents, call.reserved_cents, call.spent_cents)
    body: list[Text] = [
        p("voucher_call.dates", start=Day(call.starts_on), end=Day(call.ends_on), cap=Money(call.person_cap_cents)),
        _money("voucher_call.whole", whole),
        *(_line(one) for one in call.lines[:MOST_LINES_SHOWN]),
        p("voucher_call.people", open=call.open_requests, waiting=call.waiting),
    ]
    choices: list[Choice] = []
    if call.proposal is not None:
        body.append(p(f"voucher_call.proposed_{call.proposal.kind}", by=call.proposal.by or p("voucher.somebody")))
        choices.append(lasting(NAME, "proposal", call.proposal.id, "voucher_call.look"))
    elif call.state == "open":
        choices = [choice("extend", "voucher_call.extend"), choice("close", "voucher_call.close")]
    screen = Message(title=Verbatim(call.title), body=tuple(body), choices=tuple(choices), ways=(BACK,))
    return Outcome(Place(NAME, "call", {"id": call.id}), screen)


def one_proposal(view: ProposalView, facts: Facts) -> Outcome:
    """What one coordinator proposes; only another may confirm it."""
    call = one_of(facts.vouchers.budgets, view.call_id)
    title = call.title if call is not None else ""
    body: list[Text] = [p(f"voucher_call.proposed_{view.kind}", by=view.by or p("voucher.somebody"))]
    if view.terms is not None:
        body += terms(view.terms)
    if view.change is not None:
        body += changes(view.change)
    if view.kind == "close":
        body.append(p("voucher_call.close_effect"))
    body.append(p("voucher_call.needs_other") if view.mine else p("voucher_call.confirm"))
    yes = () if view.mine else (choice("confirm", "voucher_call.yes"),)
    screen = Message(
        title=Verbatim(title) if title else p("voucher_call.title"),
        body=tuple(body),
        choices=(*yes, choice("drop", "voucher_call.drop")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "proposal", {"id": view.id}), screen)


def budget_alarm(line_id: str, facts: Facts) -> Outcome:
    """A line passed 75, 90 or 100 per cent: its coordinator is told."""
    for call in facts.vouchers.budgets:
        line = one_of(call.lines, line_id)
        if line is None:
            continue
        used = Pot(line.total_cents, line.reserved_cents, line.spent_cents)
        mark = max((one for one in ALARMS if used.percent >= one), default=0)
        if not mark:
            return told()
        left = Money(used.free_cents)
        body = (p("voucher_notice.budget", line=line.name, call=call.title, percent=mark, left=left),)
        return told(Say(Message(body=body, ways=(lasting(NAME, "call", call.id, "voucher_call.see"),)), lane="alert"))
    return told()


def proposal_wanted(key: str, facts: Facts) -> Outcome:
    """Another coordinator proposed something on the command line: a second one is asked."""
    view = one_of(facts.vouchers.proposals, key)
    if view is None or view.mine:
        return told()
    call = one_of(facts.vouchers.budgets, view.call_id)
    by = view.by or p("voucher.somebody")
    body = (p(f"voucher_notice.propose_{view.kind}", title=call.title if call else "", by=by),)
    return told(Say(Message(body=body, ways=(lasting(NAME, "proposal", key, "voucher_call.see"),)), lane="alert"))


def closing_soon(call_id: str, facts: Facts) -> Outcome:
    """A call ends soon: what is still open in it."""
    call = one_of(facts.vouchers.budgets, call_id)
    if call is None or call.state != "open":
        return told()
    body = (
        p("voucher_notice.call_ends", call=call.title, day=Day(call.ends_on)),
        p("voucher_call.people", open=call.open_requests, waiting=call.waiting),
    )
    return told(Say(Message(body=body, ways=(lasting(NAME, "call", call_id, "voucher_call.see"),)), lane="alert"))


def _line(line: LineView) -> Phrase:
    pot = Pot(line.total_cents, line.reserved_cents, line.spent_cents)
    return p(
        "voucher_call.line",
        light=p(f"voucher_call.light_{light(pot, 0)}"),
        name=line.name,
        percent=pot.percent,
        left=Money(pot.free_cents),
    )


def _money(key: str, pot: Pot) -> Phrase:
    return p(
        key,
        total=Money(pot.total_cents),
        reserved=Money(pot.reserved_cents),
        spent=Money(pot.spent_cents),
        percent=pot.percent,
    )


def _row(call: CoordinatorCallView) -> Choice:
    pot = Pot(call.total_cents, call.reserved_cents, call.spent_cents)
    about = p("voucher_call.row", percent=pot.percent, day=Day(call.ends_on))
    return Choice(f"@{NAME}:call:{call.id}", Verbatim(short(call.title)), about)


def _proposal_row(view: ProposalView, calls_known: Sequence[CoordinatorCallView]) -> Choice:
    call = one_of(calls_known, view.call_id)
    label = p(f"voucher_call.row_{view.kind}")
    return Choice(f"@{NAME}:proposal:{view.id}", label, Verbatim(call.title[:72]) if call is not None else None)


def short(title: str) -> str:
    """A title that fits a row."""
    return title if len(title) <= 24 else title[:23].rstrip() + "…"
