"""Redazione: issues written item by item or from a file, suggestions used, previewed, tried, and handed on.

Rita: [Nuova notizia]
WIS:  Titolo. Scrivilo in 60 caratteri al massimo.
Rita: Bonus nido: si chiede ancora fino al 31 dicembre, ecco come fare subito
WIS:  Il titolo ha 69 caratteri: al massimo 60. Togline 9.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.events import Json, Sent
from conversations.facts import Facts, Role
from conversations.flow import STAY, Heard, Miss, Outcome, Picked, done, first, p, say
from conversations.foresee import foresee
from conversations.news.life import FROM
from conversations.news.views import Issue
from conversations.state import Place
from conversations.steps.newsroom import inbox, issues, items, naming, previewing, writing
from conversations.steps.newsroom.hand import Hand, hand_at, issue_of, item_of
from conversations.steps.newsroom.wanted import WRITING
from conversations.steps.newsroom.words import page_in


class Newsroom:
    """For editors, and for coordinators, who may write too."""

    name: ClassVar[str] = WRITING
    roles: ClassVar[frozenset[Role] | None] = frozenset({"editor", "coordinator"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the issues, or with the one named by `issue`."""
        issue = issue_of(Hand(str(args.get("issue") or "")), facts)
        return issues.listed(facts) if issue is None else issues.page(issue, facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from wherever she is."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        if place.step in naming.STEPS:
            return naming.take(place, hand, heard, facts)
        if place.step in inbox.STEPS:
            return inbox.take(place, hand, heard, facts)
        if place.step == "list":
            return _from_list(place, heard, facts)
        if issue is None:
            return items.missing(facts)
        if place.step == "drop" and heard == Picked("yes") and issue.state == "draft":
            return _dropped(hand, issue, facts)
        if place.step == "item" and heard == Picked("reopen") and issue.state in FROM["redraft"]:
            return issues.reopen(hand, issue)
        if place.step in writing.STEPS:
            return writing.take(place, hand, heard, facts)
        if place.step == previewing.STEP:
            return previewing.take(place, issue, heard, facts)
        return _from_issue(place, hand, issue, heard, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same place once more."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        if place.step in naming.STEPS:
            return naming.show(place, hand, facts)
        if place.step == "inbox":
            return inbox.inbox(hand, facts)
        if place.step == "which":
            return inbox.which(hand, facts)
        if issue is None:
            return issues.listed(facts, page_in(place))
        if place.step in writing.STEPS:
            return writing.show(place, hand, facts)
        match place.step:
            case "items":
                return issues.items(issue, hand.page)
            case "file":
                return issues.file(issue)
            case "hand":
                return issues.hand_on(issue, facts)
            case "reopen" if issue.state in FROM["redraft"]:
                return issues.reopen(hand, issue)
            case "give_up":
                return issues.give_up(issue, facts)
            case previewing.STEP:
                return previewing.which(issue, self.name)
            case _:
                return issues.page(issue, facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, issue, item ("ISSUE:ITEM"), inbox, new; file is the timer of a file that was read."""
        key, _, item = subject.partition(":")
        hand = Hand(key, item)
        issue = issue_of(hand, facts)
        match verb:
            case "file":
                return issues.file_read(subject, facts)
            case "issue" | "item" if issue is None:
                return Outcome(STAY, effects=(say("newsroom.gone"),))
            case "item" if issue is not None and item_of(hand, issue) is not None:
                return items.item(hand, issue, facts)
            case "issue" | "item" if issue is not None:
                return issues.page(issue, facts)
            case "inbox" if facts.news.inbox:
                return inbox.inbox(Hand(), facts)
            case "new":
                return naming.kind()
            case _:
                return issues.listed(facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One step back."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        match place.step:
            case "list":
                return done()
            case "number":
                return naming.kind()
            case "name":
                return naming.number(replace(hand, text=""), facts)
            case "which":
                return inbox.inbox(hand, facts)
            case step if step in writing.STEPS and issue is not None:
                inside = writing.back(place, hand, facts)
                return inside if inside is not None else _out_of_item(hand, issue, facts)
            case "list" | "issue" | "kind":
                return issues.listed(facts)
            case _:
                return issues.listed(facts) if issue is None else issues.page(issue, facts)


def _out_of_item(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    return issues.items(issue) if hand.item and issue.items else issues.page(issue, facts)


def _from_list(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    match heard:
        case Picked("new"):
            return naming.kind()
        case Picked("inbox"):
            return inbox.inbox(Hand(), facts)
        case Picked("more"):
            return issues.listed(facts, page_in(place) + 1)
        case Sent(kind="document"):
            return Miss(p("newsroom.file_where"))
        case _:
            return Miss()


def _from_issue(place: Place, hand: Hand, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    match place.step, heard:
        case (("issue" | "items"), Picked("items" | "more" as value)):
            return issues.items(issue, hand.page + 1 if value == "more" else 0)
        case "items", Picked(value) if value.startswith("i:"):
            return items.item(Hand(issue.id, value.removeprefix("i:")), issue, facts)
        case "issue", Picked("preview"):
            return previewing.which(issue, place.flow)
        case "issue", Picked("test"):
            return issues.tried(issue, facts)
        case "issue", Picked("reopen") if issue.state in FROM["redraft"]:
            return issues.reopen(Hand(issue.id), issue)
        case "reopen", Picked("yes") if issue.state in FROM["redraft"]:
            return issues.reopened(hand, issue, facts)
        case (("reopen" | "hand" | "give_up"), Picked("no")):
            return issues.page(issue, facts)
        case _, (Picked() | Sent()) if issue.state != "draft":
            return first(issues.page(issue, facts), say("newsroom.not_draft"))
        case "hand", Picked("yes"):
            return issues.handed(hand, issue, facts)
        case "give_up", Picked("yes"):
            return issues.given_up(issue, facts)
        case (("issue" | "file"), Sent()):
            return issues.received(issue, heard, facts)
        case "issue", Picked(value):
            return _of_draft(value, issue, facts)
        case _:
            return Miss(p("newsroom.file_wanted") if place.step == "file" else None)


def _of_draft(value: str, issue: Issue, facts: Facts) -> Outcome | Miss:
    match value:
        case "new_item":
            return writing.new(issue, facts)
        case "file":
            return issues.file(issue)
        case "inbox":
            return inbox.inbox(Hand(issue.id), facts)
        case "title":
            return naming.title(Hand(issue.id), issue)
        case "hand":
            return issues.hand_on(issue, facts)
        case "give_up":
            return issues.give_up(issue, facts)
        case _:
            return Miss()


def _dropped(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    order = items.dropped(hand, issue)
    after = foresee(facts, (order,))
    return first(issues.page(issue_of(hand, after) or issue, after), order, say("newsroom.item_dropped"))
