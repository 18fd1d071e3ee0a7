"""What was heard at a step of a request: the draft with the answer in it, or why it is none."""

from dataclasses import replace
from typing import Final

from conversations.facts import Facts
from conversations.flow import Heard, Miss, Picked, Typed, p
from conversations.messages import Money, Phrase
from conversations.rules.categories import in_area
from conversations.rules.voucher_requests import Fault
from conversations.steps.vouchers.form import amounts, spans
from conversations.steps.vouchers.reading import read_amount, read_period, words_of
from conversations.steps.vouchers.words import period, today
from conversations.voucher_views import Draft, WorkerCallView

LONGEST_PROVIDER: Final = 120
LONGEST_NOTE: Final = 500


def answered(step: str, heard: Heard, draft: Draft, call: WorkerCallView, facts: Facts) -> Draft | Miss:
    """The draft after this answer."""
    match step, heard:
        case "area", Picked(value) if value in call.areas:
            kept = draft.category if any(one.code == draft.category for one in in_area(value)) else ""
            return replace(draft, area=value, category=kept)
        case "category", Picked(value) if value in call.categories:
            return replace(draft, category=value)
        case "amount", Picked(value) if value in {f"c{cents}" for cents in amounts(call)}:
            return replace(draft, amount_cents=int(value[1:]))
        case "amount", Typed(text):
            return _amount(text, draft, call, facts)
        case "period", Picked(value) if value in spans(call, today(facts)):
            first, last = spans(call, today(facts))[value]
            return replace(draft, starts_on=first, ends_on=last)
        case "period", Typed(text):
            return _period(text, draft, call, facts)
        case "provider", Picked("unknown"):
            return replace(draft, provider="")
        case "provider", Typed(text):
            said = words_of(text, LONGEST_PROVIDER)
            return Miss(said) if isinstance(said, Phrase) else replace(draft, provider=said)
        case "note", Typed(text):
            said = words_of(text, LONGEST_NOTE)
            return Miss(said) if isinstance(said, Phrase) else replace(draft, note=said)
        case (("provider" | "note"), _):
            return Miss(p("voucher.write_text"))
        case _:
            return Miss()


def fault_told(fault: Fault, draft: Draft, call: WorkerCallView | None) -> Phrase:
    """The sentence for what keeps a draft from being sent."""
    match fault:
        case "too_little" if call is not None:
            return p("voucher_request.too_little", least=Money(call.least_cents))
        case "too_much" if call is not None:
            return p("voucher_request.too_much", most=Money(call.most_cents))
        case "over_cap" if call is not None:
            return p("voucher_request.over_cap", left=Money(call.left_cents))
        case "outside_call" if call is not None:
            return p("voucher_request.outside_call", period=period(call.starts_on, call.ends_on))
        case "too_many_open":
            return p("voucher_request.too_many_open")
        case "area" | "category":
            return p("voucher_request.not_covered")
        case "dates":
            return p("voucher.period_unclear")
        case _:
            return p("voucher_request.call_closed")


def _amount(text: str, draft: Draft, call: WorkerCallView, facts: Facts) -> Draft | Miss:
    cents = read_amount(text, facts.language)
    if isinstance(cents, Phrase):
        return Miss(cents)
    if cents < call.least_cents:
        return Miss(fault_told("too_little", draft, call))
    if cents > call.most_cents:
        return Miss(fault_told("too_much", draft, call))
    if cents > call.left_cents:
        return Miss(fault_told("over_cap", draft, call))
    return replace(draft, amount_cents=cents)


def _period(text: str, draft: Draft, call: WorkerCallView, facts: Facts) -> Draft | Miss:
    found = read_period(text, facts)
    if isinstance(found, Phrase):
        return Miss(found)
    first, last = found
    if not call.starts_on <= first <= call.ends_on:
        return Miss(fault_told("outside_call", draft, call))
    return replace(draft, starts_on=first, ends_on=last)
