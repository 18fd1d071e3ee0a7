"""The plan of an issue as a coordinator reads it before anything is sent: people, openers, days, time, euros."""

from math import ceil
from typing import Final

from conversations.facts import Facts
from conversations.flow import BACK, Outcome, choice, p
from conversations.messages import Choice, Day, Localized, Message, Moment, Money, Text
from conversations.news.life import FROM
from conversations.news.plan import NEVER, ChannelPlan, Plan, plan
from conversations.news.views import Issue, Prospect
from conversations.steps.newsroom.counts import named
from conversations.steps.newsroom.hand import Hand
from conversations.steps.newsroom.wanted import DECIDING as NAME

MICRO_PER_CENT: Final = 10_000
MINUTE: Final = 60


def planned(issue: Issue, facts: Facts) -> Outcome:
    """The plan, and the ways to send; only the plan where the issue cannot be sent now."""
    prospect = facts.news.prospect
    if prospect is None:
        screen = Message(body=(p("newsdesk.no_plan"),), choices=(choice("plan", "newsdesk.plan"),), ways=(BACK,))
        return Outcome(Hand(issue.id).at("plan", NAME), screen)
    found = plan(prospect, issue.scheduled_at or facts.now, facts.zone, issue.rate)
    body = [text for one in found.channels if one.people for text in _channel(one, prospect, facts)]
    body.insert(0, p("newsdesk.people", count=found.people) if found.people else p("newsdesk.nobody"))
    body += (p("newsdesk.missing_template", language=_language(code)) for code in found.missing_templates)
    if found.people and found.ends is not None and found.days < NEVER:
        body.append(p("newsdesk.ends", when=Moment(found.ends)))
    screen = Message(
        title=Localized(issue.title), body=tuple(body), choices=_choices(issue, found, facts), ways=(BACK,)
    )
    return Outcome(Hand(issue.id, revision=issue.revision).at("plan", NAME), screen)


def _choices(issue: Issue, found: Plan, facts: Facts) -> tuple[Choice, ...]:
    if issue.state not in FROM["schedule"] or not found.people:
        return ()
    slot = (choice("slot", "newsdesk.at_slot"),) if facts.news.next_slot is not None else ()
    return (
        choice("at", "newsdesk.at_moment"),
        *slot,
        choice("now", "newsdesk.at_once"),
        choice("rate", "newsdesk.rate"),
    )


def _channel(one: ChannelPlan, prospect: Prospect, facts: Facts) -> list[Text]:
    """The lines of one channel."""
    name = named(one.channel)
    minutes = ceil(one.seconds / MINUTE)
    told: Text = p("newsdesk.on", channel=name, people=one.people, count=minutes)
    openers = sum(one.templates.values())
    if openers:
        told = _with(told, p("newsdesk.open_window", count=one.open_window))
        told = _with(told, p("newsdesk.need_opener", count=openers))
        for code, count in one.templates.items():
            told = _with(told, p("newsdesk.opener_in", language=_language(code), number=count))
    lines = [told]
    if one.days >= NEVER:
        lines.append(p("newsdesk.never", channel=name, limit=prospect.daily_limit))
    elif openers:
        used = {"limit": prospect.daily_limit, "used": prospect.used_today}
        lines.append(p("newsdesk.days", channel=name, count=one.days, **used))
    if one.price is None or one.cost is None:
        lines.append(p("newsdesk.no_price", channel=name))
    elif one.cost:
        cents = ceil(one.cost / MICRO_PER_CENT)
        lines.append(p("newsdesk.cost", amount=Money(cents), day=Day(one.price.as_of), source=one.price.source))
    else:
        lines.append(p("newsdesk.free", channel=name))
    return lines


def _language(code: str) -> Text:
    return p("newscheck.english" if code == "en" else "newscheck.italian")


def _with(text: Text, line: Text) -> Text:
    return p("newsletter.and_line", text=text, line=line)
