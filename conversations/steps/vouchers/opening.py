"""The few questions that make a new call, or extend one; the rest of the terms are the house's usual ones."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from conversations.call_spec import CallChange, CallSpec, LineSpec
from conversations.events import Json
from conversations.facts import Facts
from conversations.flow import BACK, NO, YES, Heard, Miss, Outcome, Picked, Typed, choice, p
from conversations.messages import Choice, Message, Phrase, Text, Wanted
from conversations.phrases import render
from conversations.rules.calls import LONGEST_TITLE
from conversations.state import Place
from conversations.steps.vouchers.budget import short
from conversations.steps.vouchers.reading import read_amount, read_day, read_period, words_of
from conversations.steps.vouchers.terms import changes, terms
from conversations.steps.vouchers.words import euro, today
from conversations.voucher_office_views import CoordinatorCallView

NEW: Final = ("title", "period", "budget", "care", "cap", "most", "order", "criteria", "check")
EXTEND: Final = ("what", "end", "line", "more", "new_cap", "check_change")
ORDERS: Final = ("fcfs", "score")
LONGEST_CRITERIA: Final = 500
LEAST: Final = 5_000
"""Cents of the smallest voucher, where the highest is not lower."""


def question(place: Place, call: CoordinatorCallView | None, facts: Facts) -> Outcome:
    """The screen of one step."""
    step, choices = place.step, _choices(place, call)
    wanted: Wanted = "choice"
    if step in ("title", "period", "criteria"):
        wanted = "text"
    elif step in ("budget", "care", "cap", "most", "more", "new_cap"):
        wanted = "number"
    elif step == "end":
        wanted = "date"
    body: tuple[Text, ...] = (p(f"voucher_call.ask_{step}"),)
    if step == "check":
        body = (*terms(spec_of(place.data, facts)), p("voucher_call.ask_check"))
    elif step == "check_change":
        told = () if call is None else changes(change_of(place.data, call))
        body = (*told, p("voucher_call.ask_check"))
    screen = Message(title=p("voucher_call.title"), body=body, choices=choices, ways=(BACK,), wanted=wanted)
    return Outcome(place, screen)


def answered(place: Place, heard: Heard, call: CoordinatorCallView | None, facts: Facts) -> dict[str, Json] | Miss:
    """What the place remembers after this answer, and its next step under "step"; or why it is none."""
    data = dict(place.data)
    match place.step, heard:
        case "title", Typed(text):
            said = words_of(text, LONGEST_TITLE)
            return Miss(said) if isinstance(said, Phrase) else {**data, "title": said, "step": "period"}
        case "period", Typed(text):
            span = read_period(text, facts)
            if isinstance(span, Phrase):
                return Miss(span)
            if span[1] < today(facts):
                return Miss(p("voucher_call.past", year=str(today(facts).year + 1)))
            return {**data, "from": span[0].isoformat(), "to": span[1].isoformat(), "step": "budget"}
        case ("budget" | "care" | "cap" | "most" | "more" | "new_cap") as step, Typed(text):
            cents = read_amount(text, facts.language)
            return Miss(cents) if isinstance(cents, Phrase) else _sum(step, cents, data, call)
        case "care", Picked("skip"):
            return {**data, "care": 0, "step": "cap"}
        case ("cap" | "most") as step, Picked(value) if value in {"c80000", "c40000"}:
            return _sum(step, int(value[1:]), data, call)
        case "order", Picked(value) if value in ORDERS:
            return {**data, "order": value, "step": "criteria" if value == "score" else "check"}
        case "criteria", Typed(text):
            said = words_of(text, LONGEST_CRITERIA)
            return Miss(said) if isinstance(said, Phrase) else {**data, "criteria": said, "step": "check"}
        case "what", Picked("end" | "line" | "new_cap" as step):
            return {**data, "step": step}
        case "end", Typed(text):
            day = read_day(text, facts)
            if isinstance(day, Phrase):
                return Miss(day)
            if call is None or day <= call.ends_on:
                return Miss(p("voucher_call.not_later"))
            return {**data, "to": day.isoformat(), "step": "check_change"}
        case "line", Picked(value) if call is not None and value in {line.id for line in call.lines}:
            return {**data, "line": value, "step": "more"}
        case _:
            return Miss()


def spec_of(data: Mapping[str, Json], facts: Facts) -> CallSpec:
    """The terms the answers make; its lines have names in the coordinator's language."""

    def named(key: str) -> str:
        return render(p(key), facts.language, facts.catalog)

    budget, care, most = _cents(data, "budget"), _cents(data, "care"), _cents(data, "most")
    lines = (LineSpec(named("category.area_care"), care, area="care"),) if care else ()
    other = named("category.area_time" if care else "voucher_call.all_lines")
    rest = (LineSpec(other, budget - care, area="time" if care else ""),) if budget > care else ()
    order = str(data.get("order") or "fcfs")
    return CallSpec(
        title=str(data.get("title") or ""),
        starts_on=date.fromisoformat(str(data.get("from"))),
        ends_on=date.fromisoformat(str(data.get("to"))),
        budget_cents=budget,
        lines=lines + rest,
        person_cap_cents=_cents(data, "cap"),
        least_cents=min(LEAST, most),
        most_cents=most,
        order=order,
        criteria=str(data.get("criteria") or "") if order == "score" else "",
    )


def change_of(data: Mapping[str, Json], call: CoordinatorCallView) -> CallChange:
    """The extension the answers make."""
    if data.get("to"):
        return CallChange(ends_on=date.fromisoformat(str(data.get("to"))))
    line = next((one for one in call.lines if one.id == data.get("line")), None)
    if line is not None:
        return CallChange(add_to_lines={line.name: _cents(data, "more")})
    return CallChange(person_cap_cents=_cents(data, "new_cap"))


def _sum(step: str, cents: int, data: dict[str, Json], call: CoordinatorCallView | None) -> dict[str, Json] | Miss:
    match step:
        case "budget":
            return {**data, "budget": cents, "step": "care"}
        case "care" if cents >= _cents(data, "budget"):
            return Miss(p("voucher_call.care_high"))
        case "care":
            return {**data, "care": cents, "step": "cap"}
        case "cap" if cents > _cents(data, "budget"):
            return Miss(p("voucher_call.over_budget"))
        case "cap":
            return {**data, "cap": cents, "step": "most"}
        case "most" if cents > _cents(data, "cap"):
            return Miss(p("voucher_call.over_person_cap"))
        case "most":
            return {**data, "most": cents, "step": "order"}
        case "more":
            return {**data, "more": cents, "step": "check_change"}
        case _ if call is None or cents <= call.person_cap_cents:
            return Miss(p("voucher_call.not_higher"))
        case _:
            return {**data, "new_cap": cents, "step": "check_change"}


def _choices(place: Place, call: CoordinatorCallView | None) -> tuple[Choice, ...]:
    match place.step:
        case "care":
            return (choice("skip", "voucher_call.one_line"),)
        case "cap" if _cents(place.data, "budget") >= 80_000:
            return (Choice("c80000", euro(80_000)),)
        case "most" if _cents(place.data, "cap") >= 40_000:
            return (Choice("c40000", euro(40_000)),)
        case "order":
            return (choice("fcfs", "voucher_call.fcfs"), choice("score", "voucher_call.score"))
        case "what":
            return (
                choice("end", "voucher_call.later_end"),
                choice("line", "voucher_call.more_money"),
                choice("new_cap", "voucher_call.raise_cap"),
            )
        case "line" if call is not None:
            return tuple(
                Choice(line.id, p("voucher_call.line_name", name=short(line.name))) for line in call.lines[:10]
            )
        case "check" | "check_change":
            return (YES, NO)
        case _:
            return ()


def _cents(data: Mapping[str, Json], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
