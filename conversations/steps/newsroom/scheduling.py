"""When an issue goes out: now, at a moment that is typed, at the standing slot; and what if something breaks."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, first, p, say
from conversations.foresee import foresee
from conversations.messages import Localized, Message, Moment, Text
from conversations.news.checks import Problem
from conversations.news.life import FROM
from conversations.news.moment import Named, named
from conversations.news.orders import ScheduleIssue, SetRate
from conversations.news.views import Issue
from conversations.state import Place
from conversations.steps.newsroom.alerts import to_editor
from conversations.steps.newsroom.hand import Hand, issue_of
from conversations.steps.newsroom.issues import problem_texts
from conversations.steps.newsroom.planning import planned
from conversations.steps.newsroom.wanted import DECIDING as NAME
from conversations.steps.newsroom.when import read_when
from conversations.steps.newsroom.words import today

STEPS: Final = frozenset({"plan", "when", "sure", "rate"})
SOON: Final = timedelta(minutes=2)
"""How far ahead "now" is looked at, so that it is not past while she reads."""
RATES: Final = (1, 5, 10, 20)


def when(hand: Hand, issue: Issue, *why: Text) -> Outcome:
    """Which moment?"""
    screen = Message(title=Localized(issue.title), body=(*why, p("newsdesk.when_how")), ways=(BACK,), wanted="text")
    return Outcome(hand.at("when", NAME), screen)


def sure(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """The moment with its day and year, what speaks against it, and what to do with doubts."""
    at = moment_of(hand, facts)
    if at is None:
        return when(hand, issue)
    found = look(issue, at, facts)
    if not found.possible:
        return when(Hand(issue.id, revision=hand.revision), issue, *problem_texts(found.problems))
    told = p("newsdesk.goes_now") if hand.field == "now" else p("newsdesk.goes_at", when=Moment(found.moment))
    worries: list[Problem] = list(found.problems)
    body = (told, *(problem_texts(worries) if worries else ()), p("newsdesk.if_it_breaks"))
    go = choice("go", "newsdesk.send_now" if hand.field == "now" else "newsdesk.schedule")
    screen = Message(
        title=Localized(issue.title), body=body, choices=(go, choice("once", "newsdesk.never_twice")), ways=(BACK,)
    )
    return Outcome(replace(hand, chain=_standing(issue)).at("sure", NAME), screen)


def look(issue: Issue, at: datetime, facts: Facts) -> Named:
    """The moment and its problems."""
    there = at.astimezone(facts.zone)
    found = named(issue, there.date(), there.time(), facts.zone, facts.now, facts.news.issues)
    return replace(found, moment=at)


def moment_of(hand: Hand, facts: Facts) -> datetime | None:
    """What she chose: now (a little later), the slot, or the moment she typed."""
    match hand.field:
        case "now":
            return facts.now + SOON
        case "slot":
            return facts.news.next_slot
        case _:
            try:
                return datetime.fromisoformat(hand.text)
            except ValueError:
                return None


def take(place: Place, hand: Hand, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from the plan, the moment, the last question, the speed."""
    if place.step != "rate" and issue.state not in FROM["schedule"]:
        return Outcome(None, effects=(say("newsdesk.not_now"),))
    match place.step, heard:
        case "plan", Picked("plan"):
            return planned(issue, facts)
        case "plan", Picked("at"):
            return when(Hand(issue.id, revision=hand.revision), issue)
        case "plan", Picked("now" | "slot" as way):
            return sure(Hand(issue.id, field=way, revision=hand.revision), issue, facts)
        case "plan", Picked("rate"):
            return rate(issue)
        case "when", Typed(text):
            return _typed(hand, issue, text, facts)
        case "sure", Picked("go" | "once" as way):
            return _scheduled(hand, issue, way == "once", facts)
        case "rate", Picked(value) if value.isdigit():
            return _paced(issue, int(value), facts)
        case _:
            return Miss(p("newsdesk.when_miss") if place.step == "when" else None)


def rate(issue: Issue) -> Outcome:
    """How fast at most?"""
    rows = tuple(choice(str(one), "newsdesk.rate_row", count=one) for one in RATES)
    body = (p("newsdesk.rate_how"),)
    screen = Message(
        title=Localized(issue.title), body=body, choices=(choice("0", "newsdesk.rate_full"), *rows), ways=(BACK,)
    )
    return Outcome(Hand(issue.id).at("rate", NAME), screen)


def _typed(hand: Hand, issue: Issue, text: str, facts: Facts) -> Outcome:
    found = read_when(text, today(facts))
    if found is None:
        return when(hand, issue, p("newsdesk.when_miss"))
    judged = named(issue, *found, facts.zone, facts.now, facts.news.issues)
    if not judged.possible:
        return when(hand, issue, *problem_texts([one for one in judged.problems if one.severity == "error"]))
    return sure(Hand(issue.id, field="at", text=judged.moment.isoformat(), revision=hand.revision), issue, facts)


def _scheduled(hand: Hand, issue: Issue, once: bool, facts: Facts) -> Outcome:
    at = moment_of(hand, facts)
    if at is None or hand.revision != issue.revision or hand.chain != _standing(issue):
        return first(planned(issue, facts), say("newsroom.changed"))
    if not look(issue, at, facts).possible:
        return sure(hand, issue, facts)
    now = hand.field == "now"
    order = ScheduleIssue(issue.id, issue.revision, facts.now if now else at, hand.field == "slot", once)
    told: Say = say("newsdesk.sending_now") if now else say("newsdesk.scheduled", when=Moment(at))
    editor = to_editor(issue, "newsdesk.alert_now" if now else "newsdesk.alert_scheduled")
    return Outcome(None, effects=(order, editor, told))


def _standing(issue: Issue) -> str:
    """The moment it is scheduled for, which another coordinator may change meanwhile."""
    return "" if issue.scheduled_at is None else issue.scheduled_at.isoformat()


def _paced(issue: Issue, value: int, facts: Facts) -> Outcome:
    order = SetRate(issue.id, float(value))
    after = foresee(facts, (order,))
    held = issue_of(Hand(issue.id), after) or issue
    told = say("newsdesk.rate_set") if value else say("newsdesk.rate_is_full")
    if held.state in FROM["schedule"]:
        return first(planned(held, after), order, told)
    return Outcome(None, effects=(order, told))
