"""The desk of the newsletter: what waits, and one issue with the moves its state allows."""

from typing import Final

from conversations.facts import Facts
from conversations.flow import BACK, MENU, Outcome, choice, p
from conversations.messages import Choice, Localized, Message, Moment, Text
from conversations.news.checks import problems, stops
from conversations.news.life import may
from conversations.news.views import Issue
from conversations.steps.newsroom.counts import moving, report
from conversations.steps.newsroom.hand import Hand
from conversations.steps.newsroom.issues import problem_texts
from conversations.steps.newsroom.signing import signs, unsigned
from conversations.steps.newsroom.wanted import DECIDING as NAME
from conversations.steps.newsroom.words import clipped, page_of, state_of, today

OUT: Final = frozenset({"sent", "cancelled", "withdrawn"})
"""States after which only the report and a correction are left."""


def coordinates(facts: Facts) -> bool:
    """True if she decides about issues."""
    return facts.person.holds("coordinator")


def home(facts: Facts, page: int = 0) -> Outcome:
    """The issues this person has something to do with, those that wait for her counted."""
    issues = [one for one in facts.news.issues if coordinates(facts) or signs(one, facts)]
    to_sign = sum(len(unsigned(one)) for one in issues if signs(one, facts))
    to_approve = sum(one.state == "legal" and not unsigned(one) for one in issues) if coordinates(facts) else 0
    body: list[Text] = []
    if to_sign:
        body.append(p("newsdesk.to_sign", count=to_sign))
    if to_approve:
        body.append(p("newsdesk.to_approve", count=to_approve))
    body.append(p("newsdesk.choose") if issues else p("newsdesk.nothing"))
    rows, more = page_of(issues, page)
    shown = tuple(Choice(f"@{NAME}:issue:{one.id}", clipped(one.title), state_of(one)) for one in rows)
    turn = (choice("more", "newsroom.more"),) if more else ()
    screen = Message(title=p("newsdesk.title"), body=tuple(body), choices=(*shown, *turn), ways=(BACK, MENU))
    return Outcome(Hand(page=page).at("home", NAME), screen)


def page(issue: Issue, facts: Facts) -> Outcome:
    """One issue: where it is, what is missing or how far it got, and what can be done."""
    body: list[Text] = [p("newsroom.is_in_state", number=issue.number, state=state_of(issue))]
    if issue.state == "scheduled" and issue.scheduled_at is not None:
        key = "newsdesk.goes_at_slot" if issue.standing else "newsdesk.goes_at"
        body.append(p(key, when=Moment(issue.scheduled_at)))
    if issue.at_most_once and issue.state not in OUT:
        body.append(p("newsdesk.is_once"))
    if issue.rate and issue.state not in OUT:
        body.append(p("newsdesk.rate_kept", count=round(issue.rate)))
    if issue.state in ("sending", "paused"):
        body += moving(issue)
    elif issue.state in OUT and issue.progress is not None:
        body += report(issue)
    elif issue.state in ("draft", "legal"):
        body += problem_texts(problems(issue, today(facts), "approval" if issue.state == "legal" else "draft"))
    else:
        body.append(p("newsroom.items", count=len(issue.items)))
    screen = Message(title=Localized(issue.title), body=tuple(body), choices=_rows(issue, facts), ways=(BACK, MENU))
    return Outcome(Hand(issue.id, revision=issue.revision).at("issue", NAME), screen)


def _rows(issue: Issue, facts: Facts) -> tuple[Choice, ...]:
    roles = {membership.role for membership in facts.person.memberships}
    # one that was given up before it began has reached nobody
    out = issue.state in OUT and (issue.state != "cancelled" or issue.started_at is not None)
    rows: list[Choice] = []
    if signs(issue, facts):
        rows.append(choice("sign", "newsdesk.sign"))
    if may("approve", issue, roles) and not stops(issue, today(facts), "approval"):
        rows.append(choice("approve", "newsdesk.approve"))
    if coordinates(facts) and issue.state in ("legal", "approved", "scheduled"):
        rows.append(choice("plan", "newsdesk.plan" if issue.state != "approved" else "newsdesk.plan_and_send"))
    if issue.state == "sending":
        rows.append(choice("again", "newsdesk.again"))
    if may("pause", issue, roles):
        rows.append(choice("pause", "newsdesk.pause"))
    if may("resume", issue, roles) and _resumes(issue):
        rows.append(choice("resume", "newsdesk.resume" if issue.state == "paused" else "newsdesk.retry"))
    if may("rate", issue, roles) and issue.state in ("sending", "paused"):
        rows.append(choice("rate", "newsdesk.rate"))
    if out and coordinates(facts):
        rows.append(choice("report", "newsdesk.report"))
    if issue.items:
        rows.append(choice("preview", "newsroom.preview"))
    if may("redraft", issue, roles):
        rows.append(choice("redraft", "newsroom.reopen"))
    if may("correct", issue, roles) and (out or issue.state not in OUT):
        rows.append(choice("correct", "newsdesk.correct"))
    if may("withdraw", issue, roles) and out:
        rows.append(choice("withdraw", "newsdesk.withdraw"))
    if may("cancel", issue, roles) and issue.state != "draft":
        rows.append(choice("cancel", "newsdesk.cancel"))
    return tuple(rows)


def _resumes(issue: Issue) -> bool:
    """True if there is somebody to go on with: those who wait, who failed, or who are in doubt."""
    if issue.state == "paused":
        return True
    return issue.progress is not None and issue.progress.of("failed", "doubtful") > 0
