"""What the calendar could not start, told to who works on the newsletter: an empty or missed slot, a late issue."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import STAY, Outcome, p
from conversations.messages import Choice, Day, Localized, Message, Moment, Template, Text, Verbatim
from conversations.steps.newsroom.alerts import TEMPLATE
from conversations.steps.newsroom.hand import Hand, issue_of
from conversations.steps.newsroom.wanted import DECIDING, WRITING
from conversations.steps.newsroom.words import lasting

VERBS: Final = {"empty_slot": "newsslot.empty", "missed_slot": "newsslot.missed"}
SKIPPED: Final = "skipped"


def told(verb: str, subject: str, facts: Facts) -> Outcome:
    """The timers empty_slot, missed_slot (their subject is the day) and skipped (an issue); nothing is told of an
    issue that is gone."""
    if verb == SKIPPED:
        return _skipped(subject, facts)
    body: list[Text] = [p("newsslot.nothing")]
    with suppress(ValueError):
        body = [p(VERBS[verb], day=Day(date.fromisoformat(subject)))]
    if facts.news.next_slot is not None:
        body.append(p("newsslot.next", when=Moment(facts.news.next_slot)))
    return _alert(body, lasting(WRITING, "new", "", "newsslot.write"), None)


def _skipped(subject: str, facts: Facts) -> Outcome:
    issue = issue_of(Hand(subject), facts)
    if issue is None:
        return Outcome(STAY)
    body: list[Text] = [p("newsslot.skipped", title=Localized(issue.title))]
    if issue.state == "scheduled" and issue.scheduled_at is not None:
        body.append(p("newsslot.leaves", when=Moment(issue.scheduled_at)))
    elif issue.state == "approved":
        body.append(p("newsslot.decide"))
    template = Template(TEMPLATE, (Verbatim(issue.number),))
    return _alert(body, lasting(DECIDING, "issue", issue.id, "newsslot.open"), template)


def _alert(body: Sequence[Text], way: Choice, template: Template | None) -> Outcome:
    message = Message(body=tuple(body), ways=(way,), template=template)
    return Outcome(STAY, effects=(Say(message, lane="alert"),))
