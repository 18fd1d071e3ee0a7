"""The editor's issues: the list, one issue with everything that can be done, a file, handing it on, giving it up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conversations.effects import Say
from conversations.events import Sent
from conversations.facts import Facts
from conversations.flow import BACK, MENU, STAY, Miss, Outcome, choice, first, p, say
from conversations.foresee import foresee
from conversations.messages import Choice, Localized, Message, Moment, Phrase, Text
from conversations.news.checks import Problem, Stage, problems, stops
from conversations.news.digest import digest
from conversations.news.life import FROM, may
from conversations.news.orders import BackToDraft, CancelIssue, HandToLegal, ReadNewsFile
from conversations.news.views import TOPICS, Issue, Wishes
from conversations.steps.newsroom.alerts import to_approve, to_sign
from conversations.steps.newsroom.hand import Hand, issue_of, item_of
from conversations.steps.newsroom.items import item
from conversations.steps.newsroom.wanted import DECIDING
from conversations.steps.newsroom.wanted import WRITING as NAME
from conversations.steps.newsroom.words import clipped, lasting, page_of, state_of, today

STEPS: Final = frozenset({"list", "issue", "items", "title", "title_en", "hand", "file", "reopen", "give_up"})
UNSIGNED: Final = "newscheck.unsigned"
MOST_TOLD: Final = 6
"""Problems told on one screen."""
FEWEST: Final = 5
"""The smallest number of subscribers that is told."""
LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file with news; a long issue has some thousands."""


def listed(facts: Facts, page: int = 0) -> Outcome:
    """The issues, what waits in the inbox, and how many read the newsletter."""
    news = facts.news
    rows, more = page_of(news.issues, page)
    shown = tuple(Choice(f"@{NAME}:issue:{one.id}", clipped(one.title), state_of(one)) for one in rows)
    turn = (choice("more", "newsroom.more"),) if more else ()
    inbox = (choice("inbox", "newsroom.inbox_row", count=len(news.inbox)),) if news.inbox else ()
    body: list[Text] = [p("newsroom.list_told", count=len(news.issues)) if news.issues else p("newsroom.no_issues")]
    body.append(_subscribers(facts))
    screen = Message(
        title=p("newsroom.title"),
        body=tuple(body),
        choices=(*shown, choice("new", "newsroom.new"), *inbox, *turn),
        ways=(BACK, MENU),
    )
    return Outcome(Hand(page=page).at("list"), screen)


def _subscribers(facts: Facts) -> Text:
    """How many people get it, and by topic; nothing that could name a person."""
    if facts.news.subscribers < FEWEST:
        return p("newsroom.few_subscribers")
    told: Text = p("newsroom.subscribers", count=facts.news.subscribers)
    for topic in TOPICS:
        if (count := facts.news.by_topic.get(topic, 0)) >= FEWEST:
            line = p("newsroom.of_topic", topic=p(f"newsletter.topic_{topic}"), number=count)
            told = p("newsletter.and_line", text=told, line=line)
    return told


def page(issue: Issue, facts: Facts, stage: Stage = "draft") -> Outcome:
    """One issue: its state, its items, what is wrong with it if it is to go so far, and what to do next."""
    found = problems(issue, today(facts), stage if issue.state == "draft" else "legal")
    body: list[Text] = [p("newsroom.is_in_state", number=issue.number, state=state_of(issue))]
    if issue.items:
        lines: Text = p("newsroom.line", place=1, title=Localized(issue.items[0].title))
        for place, item in enumerate(issue.items[1:], 2):
            line = p("newsroom.line", place=place, title=Localized(item.title))
            lines = p("newsletter.and_line", text=lines, line=line)
        body.append(lines)
    body += problem_texts(found)
    if issue.state == "draft":
        rows = _draft_rows(issue, facts)
    else:
        reopen = (choice("reopen", "newsroom.reopen"),) if issue.state in FROM["redraft"] else ()
        items = (choice("items", "newsroom.items", count=len(issue.items)),) if issue.items else ()
        desk = (Choice(f"@{DECIDING}:issue:{issue.id}", p("newsletter.newsdesk")),) if _coordinates(facts) else ()
        rows = (*items, choice("preview", "newsroom.preview"), choice("test", "newsroom.test"), *reopen, *desk)
    screen = Message(title=Localized(issue.title), body=tuple(body), choices=rows, ways=(BACK, MENU))
    return Outcome(Hand(issue.id, revision=issue.revision).at("issue"), screen)


def _draft_rows(issue: Issue, facts: Facts) -> tuple[Choice, ...]:
    full = issue.items
    return (
        *((choice("items", "newsroom.items", count=len(full)),) if full else ()),
        choice("new_item", "newsroom.new_item"),
        choice("file", "newsroom.from_file"),
        *((choice("inbox", "newsroom.inbox_row", count=len(facts.news.inbox)),) if facts.news.inbox else ()),
        *((choice("preview", "newsroom.preview"), choice("test", "newsroom.test")) if full else ()),
        choice("title", "newsroom.change_title"),
        *((choice("hand", "newsroom.hand"),) if full else ()),
        *((choice("give_up", "newsroom.give_up"),) if _gives_up(issue, facts) else ()),
    )


def _gives_up(issue: Issue, facts: Facts) -> bool:
    return may("cancel", issue, {membership.role for membership in facts.person.memberships})


def _coordinates(facts: Facts) -> bool:
    """True if she decides about it too, at the desk."""
    return facts.person.holds("coordinator")


def problem_texts(found: Sequence[Problem]) -> list[Text]:
    """The problems, the worst first, and how many are not told; that all is well where there is none."""
    unsigned = [one for one in found if one.phrase.key == UNSIGNED]
    told = [one for one in found if one not in unsigned] if len(unsigned) > 1 else list(found)
    texts: list[Text] = [p(f"newsroom.{one.severity}", text=one.phrase) for one in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        texts.append(p("newsroom.more_problems", count=len(told) - MOST_TOLD))
    if len(unsigned) > 1:
        together = p("newsroom.to_sign", count=len(unsigned))
        texts.append(p(f"newsroom.{unsigned[0].severity}", text=together))
    return texts or [p("newsroom.all_well")]


def items(issue: Issue, page_number: int = 0) -> Outcome:
    """The items as rows."""
    rows, more = page_of(issue.items, page_number)
    first_place = issue.items.index(rows[0]) + 1 if rows else 1
    shown = tuple(
        Choice(f"i:{one.id}", clipped(one.title, lead=f"{place}. ")) for place, one in enumerate(rows, first_place)
    )
    turn = (choice("more", "newsroom.more_items"),) if more else ()
    body = (p("newsroom.which_item", count=len(issue.items)),)
    screen = Message(title=Localized(issue.title), body=body, choices=(*shown, *turn), ways=(BACK,))
    return Outcome(Hand(issue.id, page=page_number).at("items"), screen)


def tried(issue: Issue, facts: Facts) -> Outcome:
    """The real message to herself, here and now, and the issue again below it."""
    message = replace(digest(issue, Wishes(), facts.language, today(facts)), template=None)
    return first(page(issue, facts), Say(message, apart=True), say("newsroom.tried"))


def reopen(hand: Hand, issue: Issue) -> Outcome:
    """What is lost if it is written on once more, said before it is."""
    told: Text = p("newsroom.reopen_legal" if issue.state == "legal" else "newsroom.reopen_approved")
    if issue.state == "scheduled" and issue.scheduled_at is not None:
        told = p("newsroom.reopen_scheduled", when=Moment(issue.scheduled_at))
    rows = (choice("yes", "newsroom.reopen"), choice("no", "newsroom.leave_it"))
    screen = Message(title=Localized(issue.title), body=(told,), choices=rows, ways=(BACK,))
    return Outcome(replace(hand, issue=issue.id, revision=issue.revision).at("reopen"), screen)


def reopened(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """It is a draft again; she is where she was, at an item or at the issue."""
    order = BackToDraft(issue.id)
    after = foresee(facts, (order,))
    draft = issue_of(hand, after) or issue
    shown = item(hand, draft, after) if item_of(hand, draft) is not None else page(draft, after)
    return first(shown, order, say("newsroom.reopened"))


def hand_on(issue: Issue, facts: Facts) -> Outcome:
    """Is everything there? Then what happens next, and a last question."""
    errors = stops(issue, today(facts), "legal")
    if errors:
        return first(page(issue, facts, "legal"), say("newsroom.not_yet"))
    rules = sum(item.normative and not item.signed_by for item in issue.items)
    key = "newsroom.hand_sign" if rules else "newsroom.hand_approve"
    body = (p(key, count=rules) if rules else p(key),)
    rows = (choice("yes", "newsroom.hand"), choice("no", "newsroom.leave_it"))
    screen = Message(title=Localized(issue.title), body=body, choices=rows, ways=(BACK,))
    return Outcome(Hand(issue.id, revision=issue.revision).at("hand"), screen)


def handed(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """It waits for the welfare manager, or for a coordinator where there is nothing to sign; they are told."""
    if hand.revision != issue.revision or stops(issue, today(facts), "legal"):
        return first(page(issue, facts), say("newsroom.changed"))
    order = HandToLegal(issue.id, issue.revision)
    after = foresee(facts, (order,))
    rules = any(item.normative and not item.signed_by for item in issue.items)
    alert = to_sign(issue) if rules else to_approve(issue)
    key = "newsroom.handed_sign" if rules else "newsroom.handed_approve"
    if not rules and _coordinates(facts):
        key = "newsroom.handed_self"
    return first(page(issue_of(hand, after) or issue, after), order, alert, say(key))


def file(issue: Issue) -> Outcome:
    """Send a file now."""
    body = (p("newsroom.file_how"), p("newsroom.file_shape"))
    screen = Message(title=p("newsroom.from_file"), body=body, ways=(BACK,))
    return Outcome(Hand(issue.id).at("file"), screen)


def received(issue: Issue, sent: Sent, facts: Facts) -> Outcome | Miss:
    """The file is read in a moment; why not, where it cannot be."""
    name = sent.name.lower()
    if sent.kind != "document" or (name and not name.endswith((".md", ".markdown", ".txt", ".docx"))):
        return Miss(p("newscheck.file_kind"))
    if sent.size > LARGEST:
        return Miss(p("newscheck.file_large"))
    return first(page(issue, facts), ReadNewsFile(issue.id, sent), say("newsroom.file_reading"))


def file_read(issue_id: str, facts: Facts) -> Outcome:
    """The timer: how many items the file gave, and what is wrong in it, line by line."""
    report = facts.news.report
    if report is None or not report.done:
        return Outcome(STAY)
    body: list[Text] = [p("newsroom.file_read", name=report.name or "?", count=report.added)]
    for line, key, text in report.problems[:MOST_TOLD]:
        problem = Phrase(key, {"words": text})
        body.append(p("newsroom.at_line", line=line, text=problem) if line else problem)
    if len(report.problems) > MOST_TOLD:
        body.append(p("newsroom.more_problems", count=len(report.problems) - MOST_TOLD))
    ways = (lasting(NAME, "issue", issue_id, "newsdesk.look"),)
    return Outcome(STAY, effects=(Say(Message(body=tuple(body), ways=ways)),))


def give_up(issue: Issue, facts: Facts) -> Outcome:
    """Throw the draft away?"""
    rows = (choice("yes", "newsroom.give_up"), choice("no", "newsroom.leave_it"))
    body = (p("newsroom.give_up_sure", title=Localized(issue.title), count=len(issue.items)),)
    return Outcome(Hand(issue.id).at("give_up"), Message(body=body, choices=rows, ways=(BACK,)))


def given_up(issue: Issue, facts: Facts) -> Outcome:
    """It is gone from the list of what is being written."""
    order = CancelIssue(issue.id)
    return first(listed(foresee(facts, (order,))), order, say("newsroom.given_up"))
