"""What a coordinator decides about an issue: approve, pause, go on, stop for good, correct, withdraw; its report."""

from typing import Final

from conversations.effects import Effect, Say
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, choice, first, go_to, p, say
from conversations.foresee import foresee
from conversations.graphemes import border_at_most
from conversations.messages import Attachment, Choice, Localized, Message, Text
from conversations.news.checks import LONGEST_TITLE, problems, stops
from conversations.news.life import FROM, Move
from conversations.news.orders import (
    ApproveIssue,
    BackToDraft,
    CancelIssue,
    OpenIssue,
    PauseIssue,
    ResumeIssue,
    WithdrawIssue,
)
from conversations.news.views import Issue
from conversations.phrases import render
from conversations.state import Place
from conversations.steps.newsroom import desk, issues
from conversations.steps.newsroom.alerts import to_editor
from conversations.steps.newsroom.counts import report
from conversations.steps.newsroom.hand import Hand, issue_of
from conversations.steps.newsroom.issues import problem_texts
from conversations.steps.newsroom.planning import planned
from conversations.steps.newsroom.wanted import DECIDING as NAME
from conversations.steps.newsroom.words import today

STEPS: Final = frozenset({"approve", "resume", "cancel", "withdraw", "redraft", "correct", "report"})
RESUMES: Final = {"waiting": (False, False), "failed": (True, False), "doubtful": (False, True), "all": (True, True)}
LONGEST_NUMBER: Final = 20


def approve(issue: Issue, facts: Facts) -> Outcome:
    """This revision? What is signed and what somebody should know before the last word."""
    rules = sum(item.normative for item in issue.items)
    what = p("newsdesk.approve_what", revision=issue.revision, number=len(issue.items))
    told: list[Text] = [what, p("newsdesk.are_signed", count=rules) if rules else p("newsdesk.none_to_sign")]
    notes = [one for one in problems(issue, today(facts), "approval") if one.severity != "error"]
    told += problem_texts(notes) if notes else ()
    rows = (choice("yes", "newsdesk.i_approve"), choice("no", "newsdesk.not_yet"))
    return _asked("approve", issue, tuple(told), rows)


def sure(step: str, issue: Issue) -> Outcome:
    """A last question before what cannot be taken back easily."""
    rows = (choice("yes", f"newsdesk.{step}"), choice("no", "newsroom.leave_it"))
    return _asked(step, issue, (p(f"newsdesk.{step}_{_after(issue)}"),), rows)


def _after(issue: Issue) -> str:
    """Whether people may have it already."""
    return "before" if issue.state in ("draft", "legal", "approved", "scheduled") else "after"


def resume(issue: Issue) -> Outcome:
    """Go on with whom?"""
    progress = issue.progress
    waiting = progress.of("todo", "sending") if progress is not None else 0
    failed = progress.of("failed") if progress is not None else 0
    doubtful = progress.of("doubtful") if progress is not None else 0
    body: list[Text] = []
    rows: list[Choice] = []
    if issue.state == "paused":
        body.append(p("newsdesk.count_todo", count=waiting))
        rows.append(choice("waiting", "newsdesk.resume_waiting"))
    if failed:
        body.append(p("newsdesk.count_failed", count=failed))
        rows.append(choice("failed", "newsdesk.resume_failed"))
    if doubtful:
        body.append(p("newsdesk.count_doubtful", count=doubtful))
        rows.append(choice("doubtful", "newsdesk.resume_doubtful"))
    if failed and doubtful:
        rows.append(choice("all", "newsdesk.resume_all"))
    body.append(p("newsdesk.resume_how" if issue.state == "paused" else "newsdesk.retry_how"))
    return _asked("resume", issue, tuple(body), tuple(rows))


def reported(issue: Issue) -> Outcome:
    """How it went: the numbers, the picture and the file, and how to look for one person."""
    name = "".join(char if char.isalnum() or char == "-" else "-" for char in issue.number) or "numero"
    chart = Attachment("news_chart", issue.id, "photo", f"notizie-{name}.png", "image/png")
    rows = Attachment("news_csv", issue.id, "document", f"notizie-{name}.csv", "text/csv")
    effects: tuple[Effect, ...] = (
        Say(Message(body=(p("newsdesk.chart"),), attachment=chart), apart=True),
        Say(Message(body=(p("newsdesk.csv"),), attachment=rows), apart=True),
    )
    return first(_asked("report", issue, (*report(issue), p("newsdesk.why_not")), ()), *effects)


def take(place: Place, hand: Hand, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Obey, as long as the issue is where it was."""
    match place.step, heard:
        case "report", _:
            return Miss()
        case _, Picked("no"):
            return desk.page(issue, facts)
        case "approve", Picked("yes"):
            return _approved(hand, issue, facts)
        case "resume", Picked(value) if value in RESUMES:
            failed, doubtful = RESUMES[value]
            return _moved(issue, "resume", ResumeIssue(issue.id, failed, doubtful), "newsdesk.resumed", facts)
        case "cancel", Picked("yes"):
            return _moved(issue, "cancel", CancelIssue(issue.id), "newsdesk.cancelled", facts)
        case "withdraw", Picked("yes"):
            return _moved(issue, "withdraw", WithdrawIssue(issue.id), "newsdesk.withdrawn", facts)
        case "redraft", Picked("yes"):
            return _moved(issue, "redraft", BackToDraft(issue.id), "newsroom.reopened", facts)
        case "correct", Picked("yes") if issue.state in FROM["correct"]:
            return _corrected(issue, facts)
        case _:
            return Miss()


def show(place: Place, issue: Issue, facts: Facts) -> Outcome:
    """The question once more, where it still makes sense."""
    match place.step:
        case "approve" if issue.state in FROM["approve"]:
            return approve(issue, facts)
        case "resume" if issue.state in FROM["resume"]:
            return resume(issue)
        case "report":
            return _asked("report", issue, (*report(issue), p("newsdesk.why_not")), ())
        case "cancel" | "withdraw" | "correct" as step if issue.state in FROM[step]:
            return sure(step, issue)
        case "redraft" if issue.state in FROM["redraft"]:
            return redraft(issue)
        case _:
            return desk.page(issue, facts)


def pause(issue: Issue, facts: Facts) -> Outcome:
    """Nothing more leaves, at once."""
    return _moved(issue, "pause", PauseIssue(issue.id), "newsdesk.paused", facts)


def redraft(issue: Issue) -> Outcome:
    """What is lost if it is written on once more."""
    asked = issues.reopen(Hand(issue.id), issue).screen
    return Outcome(Hand(issue.id, revision=issue.revision).at("redraft", NAME), asked)


def _approved(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    if hand.revision != issue.revision or issue.state not in FROM["approve"]:
        return first(desk.page(issue, facts), say("newsroom.changed"))
    if stops(issue, today(facts), "approval"):
        return desk.page(issue, facts)
    order = ApproveIssue(issue.id, issue.revision)
    after = foresee(facts, (order,))
    told = (order, to_editor(issue, "newsdesk.alert_approved"), say("newsdesk.approved"))
    return first(planned(issue_of(hand, after) or issue, after), *told)


def _moved(issue: Issue, move: Move, order: Effect, key: str, facts: Facts) -> Outcome:
    if issue.state not in FROM[move]:
        return first(desk.page(issue, facts), say("newsdesk.not_now"))
    after = foresee(facts, (order,))
    return first(desk.page(issue_of(Hand(issue.id), after) or issue, after), order, say(key))


def _corrected(issue: Issue, facts: Facts) -> Outcome:
    """A draft for those who had this one; it is written like any other."""
    titles = {
        code: _cut(
            render(p("newsdesk.erratum_title", title=Localized(issue.title)), code, facts.catalog), LONGEST_TITLE
        )
        for code in ("it", "en")
    }
    number = f"{issue.number[: LONGEST_NUMBER - 2]}-c"
    order = OpenIssue(facts.fresh[0], number, "erratum", titles["it"], titles["en"], corrects=issue.id)
    return go_to("newsroom", order, say("newsdesk.erratum_open"), issue=facts.fresh[0])


def _asked(step: str, issue: Issue, body: tuple[Text, ...], rows: tuple[Choice, ...]) -> Outcome:
    screen = Message(title=Localized(issue.title), body=body, choices=rows, ways=(BACK,))
    return Outcome(Hand(issue.id, revision=issue.revision).at(step, NAME), screen)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: border_at_most(text, longest - 1)].rstrip() + "…"
