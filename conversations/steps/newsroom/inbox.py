"""What the feeds brought, one suggestion a page: a person uses it in an issue or lets it go."""

from collections.abc import Mapping
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, choice, first, p, say
from conversations.folding import tidy
from conversations.foresee import foresee
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Day, Message, Text, Verbatim
from conversations.news.checks import LONGEST_SENTENCE, LONGEST_SOURCE, LONGEST_TITLE
from conversations.news.links import fault_of
from conversations.news.orders import DropSuggestion, PutItem, UseSuggestion
from conversations.news.views import Issue, Item, Suggestion
from conversations.state import Place
from conversations.steps.newsroom import naming
from conversations.steps.newsroom.hand import Hand, issue_of
from conversations.steps.newsroom.items import item
from conversations.steps.newsroom.words import PAGE, clipped

STEPS: Final = frozenset({"inbox", "which"})
LONGEST_SUMMARY: Final = 500
"""Characters of a summary that are shown."""


def inbox(hand: Hand, facts: Facts) -> Outcome:
    """The suggestion of this page; a notice where none is left."""
    waiting = facts.news.inbox
    if not waiting:
        return Outcome(None, effects=(say("newsroom.inbox_empty"),))
    at = hand.page if 0 <= hand.page < len(waiting) else 0
    one = waiting[at]
    body: list[Text] = [Verbatim(one.title or one.link)]
    if one.summary:
        body.append(Verbatim(cut(one.summary, LONGEST_SUMMARY)))
    if one.link:
        body.append(Verbatim(one.link))
    body.append(_from(one, facts))
    following = (choice("next", "newsroom.next_one"),) if len(waiting) > 1 else ()
    screen = Message(
        title=p("newsroom.inbox_title", place=at + 1, total=len(waiting)),
        body=tuple(body),
        choices=(choice("use", "newsroom.use"), choice("away", "newsroom.away"), *following),
        ways=(BACK,),
    )
    return Outcome(Hand(hand.issue, item=one.id, page=at).at("inbox"), screen)


def which(hand: Hand, facts: Facts) -> Outcome:
    """In which of several drafts?"""
    rows = tuple(Choice(f"n:{issue.id}", clipped(issue.title)) for issue in drafts(facts)[:PAGE])
    screen = Message(body=(p("newsroom.which_issue"),), choices=rows, ways=(BACK,))
    return Outcome(hand.at("which"), screen)


def drafts(facts: Facts) -> list[Issue]:
    """The issues that are being written."""
    return [issue for issue in facts.news.issues if issue.state == "draft"]


def take(place: Place, hand: Hand, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Use it, let it go, look at the next."""
    one = next((found for found in facts.news.inbox if found.id == hand.item), None)
    match place.step, heard:
        case "inbox", Picked("next"):
            return inbox(Hand(hand.issue, page=hand.page + 1), facts)
        case _, Picked("use" | "away") if one is None:
            return first(inbox(hand, facts), say("newsroom.taken"))
        case "inbox", Picked("away"):
            order = DropSuggestion(hand.item)
            return first(inbox(Hand(hand.issue, page=hand.page), foresee(facts, (order,))), order)
        case "inbox", Picked("use") if one is not None:
            return _into(one, hand, facts)
        case "which", Picked(value) if one is not None and value.startswith("n:"):
            return _used(one, value.removeprefix("n:"), facts)
        case _:
            return Miss()


def _into(one: Suggestion, hand: Hand, facts: Facts) -> Outcome:
    issue, open_ = issue_of(hand, facts), drafts(facts)
    if issue is not None and issue.state == "draft":
        return _used(one, issue.id, facts)
    if len(open_) == 1:
        return _used(one, open_[0].id, facts)
    if open_:
        return which(hand, facts)
    return first(naming.kind(), Say(Message(body=(p("newsroom.no_draft"),))))


def _used(one: Suggestion, issue_id: str, facts: Facts) -> Outcome:
    """It is an item of the draft now, for a person to complete."""
    issue = issue_of(Hand(issue_id), facts)
    if issue is None or issue.state != "draft":
        return first(inbox(Hand(), facts), say("newsroom.not_draft"))
    made = made_of(one, facts.fresh[0])
    orders = (PutItem(issue.id, issue.revision, made), UseSuggestion(one.id, issue.id))
    after = foresee(facts, orders)
    held = issue_of(Hand(issue_id), after) or issue
    return first(item(Hand(issue_id, made.id), held, after), *orders, say("newsroom.used"))


def made_of(one: Suggestion, key: str) -> Item:
    """An item with the words of the suggestion, cut to what an item can hold; the feed is its source."""
    title = cut(one.title, LONGEST_TITLE)
    sentence: Mapping[str, str] = {"it": cut(one.summary or one.title, LONGEST_SENTENCE)}
    link = one.link if one.link and fault_of(one.link) is None else ""
    source = one.feed[:LONGEST_SOURCE]
    return Item(key, {"it": title}, sentence, source=source, link=link, action="read" if link else "none")


def cut(text: str, longest: int) -> str:
    """The text on one line, with an ellipsis where it was longer."""
    line = " ".join(tidy(text).split())
    return line if len(line) <= longest else line[: border_at_most(line, longest - 1)].rstrip() + "…"


def _from(one: Suggestion, facts: Facts) -> Text:
    at = one.published or one.found_at
    return p("newsroom.from_feed", feed=one.feed, day=Day(at.astimezone(facts.zone).date()))
