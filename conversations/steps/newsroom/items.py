"""One item as it stands: its page, the list of its fields, up and down, the question whether to delete it."""

from dataclasses import replace

from conversations.facts import Facts
from conversations.flow import BACK, NO, YES, Outcome, choice, first, p, say
from conversations.foresee import foresee
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Day, Localized, Message, Text
from conversations.news.checks import item_problems
from conversations.news.digest import item_text
from conversations.news.life import FROM
from conversations.news.orders import DropItem, MoveItem
from conversations.news.views import Issue, Item
from conversations.steps.newsroom.fields import ROWS
from conversations.steps.newsroom.hand import KEPT, Hand, issue_of, item_of, place_of
from conversations.steps.newsroom.words import today


def item(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """The item as it stands, with what is wrong, and what can be done."""
    held = item_of(hand, issue)
    if held is None:
        return missing(facts)
    place = place_of(held, issue)
    found = item_problems(held, place, today(facts))
    body: list[Text] = [item_text(place, held, facts.language)]
    told = (problem for problem in found if problem.severity != "note")
    body += (p(f"newsroom.{problem.severity}", text=problem.phrase) for problem in told)
    body.append(_details(held))
    if issue.state != "draft":
        again = (choice("reopen", "newsroom.reopen"),)
        rows: tuple[Choice, ...] = again if issue.state in FROM["redraft"] else ()
    else:
        moves = tuple(choice(move, f"newsroom.move_{move}") for move in _possible(place, len(issue.items)))
        rows = (choice("edit", "newsroom.edit"), *moves, choice("drop", "newsroom.drop_item"))
    following = (choice("next", "newsroom.next_item"),) if place < len(issue.items) else ()
    title = p("newsroom.item_title", place=place, total=len(issue.items))
    screen = Message(title=title, body=tuple(body), choices=(*rows, *following), ways=(BACK,))
    return Outcome(Hand(issue.id, held.id).at("item"), screen)


def missing(facts: Facts) -> Outcome:
    """The item or issue is gone meanwhile."""
    return Outcome(None, effects=(say("newsroom.gone"),))


def edit(hand: Hand, issue: Issue) -> Outcome:
    """Which field?"""
    held = held_in(hand, issue)
    rows = tuple(choice(name, f"newsroom.row_{name}") for name in ROWS)
    screen = Message(title=Localized(held.title), body=(p("newsroom.which_field"),), choices=rows, ways=(BACK,))
    return Outcome(Hand(issue.id, hand.item).at("edit"), screen)


def drop(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """Delete it?"""
    held = item_of(hand, issue)
    if held is None:
        return missing(facts)
    screen = Message(body=(p("newsroom.drop_sure", title=Localized(held.title)),), choices=(YES, NO), ways=(BACK,))
    return Outcome(Hand(issue.id, held.id).at("drop"), screen)


def dropped(hand: Hand, issue: Issue) -> DropItem:
    """The order that deletes it."""
    return DropItem(issue.id, issue.revision, hand.item)


def moved(hand: Hand, move: str, issue: Issue, facts: Facts) -> Outcome:
    """One place up or down, or to the top."""
    held = item_of(hand, issue)
    if held is None:
        return missing(facts)
    at = place_of(held, issue) - 1
    to = {"up": at - 1, "down": at + 1}.get(move, 0)
    order = MoveItem(issue.id, issue.revision, held.id, to)
    after = foresee(facts, (order,))
    return first(item(hand, issue_of(hand, after) or issue, after), order)


def _possible(place: int, total: int) -> tuple[str, ...]:
    up = ("up",) if place > 1 else ()
    top = ("top",) if place > 2 else ()
    return (*up, *(("down",) if place < total else ()), *top)


def neighbour(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """The item after this one; after the last the first."""
    ids = [one.id for one in issue.items]
    if hand.item not in ids:
        return missing(facts)
    return item(replace(hand, item=ids[(ids.index(hand.item) + 1) % len(ids)]), issue, facts)


def _details(held: Item) -> Text:
    """What readers do not see as such: for whom, until when, whether it is a rule and signed."""
    topic: Text = p(f"newsletter.topic_{held.topic}") if held.topic is not None else p("newsletter.all_topics")
    told = p("newsroom.details", topic=topic, action=p(f"newsroom.action_{held.action}"))
    if held.common:
        told = p("newsletter.and_line", text=told, line=p("newsroom.is_common"))
    if held.expires is not None:
        told = p("newsletter.and_line", text=told, line=p("newsroom.until", day=Day(held.expires)))
    if held.normative:
        told = p(
            "newsletter.and_line", text=told, line=p("newsroom.signed" if held.signed_by else "newsroom.unsigned")
        )
    return told


def you_wrote(hand: Hand) -> Text:
    """Her own words that were not taken, so that she can copy and mend them; the beginning of a very long text."""
    kept = hand.text[: border_at_most(hand.text, KEPT)]
    return p("newsroom.you_wrote", text=kept if kept == hand.text else f"{kept}…")


def held_in(hand: Hand, issue: Issue) -> Item:
    """The item in hand; a new one with no more than its title."""
    found = item_of(hand, issue)
    return found if found is not None else Item("", {"it": hand.title} if hand.title else {}, {})


def place_in(hand: Hand, issue: Issue) -> int:
    """The number of the item in hand; after the last for a new one."""
    return place_of(held_in(hand, issue), issue)
