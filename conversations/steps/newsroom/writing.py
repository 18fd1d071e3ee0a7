"""The fields of an item one after the other, or one alone: how to write it, its limit, what was refused and why."""

from dataclasses import replace
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, NO, SKIP, YES, Heard, Miss, Outcome, Picked, Typed, choice, first, p, say
from conversations.foresee import foresee
from conversations.messages import Choice, Message, Phrase, Text, Wanted
from conversations.news.orders import PutItem
from conversations.news.views import TOPICS, Issue, Item
from conversations.state import Place
from conversations.steps.newsroom.fields import (
    ACTIONS,
    CHAINS,
    DATES,
    ENGLISH,
    LIMITS,
    OPTIONAL,
    ROWS,
    WRITTEN,
    field_name,
    following,
    length,
    now,
    picked,
    typed,
)
from conversations.steps.newsroom.hand import Hand, issue_of, item_of
from conversations.steps.newsroom.items import (
    drop,
    edit,
    held_in,
    item,
    missing,
    moved,
    neighbour,
    place_in,
    you_wrote,
)
from conversations.steps.newsroom.words import today

STEPS: Final = frozenset({"item", "edit", "field", "drop"})
_MOVES: Final = ("up", "down", "top")


def field(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    """One field: how to write it, what it says now, and what was refused a moment ago."""
    held = held_in(hand, issue)
    name = hand.field
    present = now(held, name)
    body: list[Text] = [p(f"newsroom.how_{name}")]
    if hand.text:
        body.insert(0, you_wrote(hand))
    elif present is not None and name in WRITTEN:
        body.append(p("newsroom.now_written", text=present, length=length(held, name), most=LIMITS[name]))
    elif present is not None and hand.item and not (hand.chain == "new" and name in ("normative", "common")):
        body.append(p("newsroom.now", text=present))
    skip = (SKIP, choice("enough", "newsroom.enough")) if hand.item and hand.chain else ()
    clear = (choice("clear", "newsroom.clear"),) if name in OPTIONAL and present is not None else ()
    wanted: Wanted = "date" if name in DATES else "text" if name in WRITTEN else "choice"
    screen = Message(
        title=p(f"newsroom.field_{name}"),
        body=tuple(body),
        choices=(*_choices(name), *clear),
        ways=(*skip, BACK),
        wanted=wanted,
        hint=p("newsroom.step", step=CHAINS["new"].index(field_name(name)) + 1, steps=len(CHAINS["new"]))
        if hand.chain == "new"
        else None,
    )
    return Outcome(hand.at("field"), screen)


def take(place: Place, hand: Hand, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from an item, the list of its fields, one field, or the question whether to delete it."""
    issue = issue_of(hand, facts)
    if issue is None:
        return missing(facts)
    if hand.item and item_of(hand, issue) is None:
        return missing(facts)
    match place.step, heard:
        case "item", Picked("next"):
            return neighbour(hand, issue, facts)
        case "item" | "edit" | "field" | "drop", _ if issue.state != "draft":
            return first(item(hand, issue, facts), say("newsroom.not_draft"))
        case "item", Picked("edit"):
            return edit(hand, issue)
        case "item", Picked("drop"):
            return drop(hand, issue, facts)
        case "item", Picked(move) if move in _MOVES:
            return moved(hand, move, issue, facts)
        case "edit", Picked(name) if name in ROWS:
            return field(_begun(hand, name), issue, facts)
        case "drop", Picked("no"):
            return item(hand, issue, facts)
        case "field", Picked("skip"):
            return _next(hand, issue, facts)
        case "field", Picked("enough"):
            return item(hand, issue, facts)
        case "field", Picked(value):
            done = picked(held_in(hand, issue), hand.field, value, place_in(hand, issue), today(facts))
            return _kept(hand, done, issue, facts)
        case "field", Typed(text):
            done = typed(held_in(hand, issue), hand.field, text, place_in(hand, issue), today(facts))
            return _kept(replace(hand, text=" ".join(text.split())), done, issue, facts)
        case "field", _:
            return Miss(p("newsroom.write_words" if hand.field in WRITTEN else "newsroom.choose"))
        case _:
            return Miss()


def show(place: Place, hand: Hand, facts: Facts) -> Outcome:
    """The step once more."""
    issue = issue_of(hand, facts)
    if issue is None:
        return missing(facts)
    match place.step:
        case "field":
            return field(hand, issue, facts)
        case "edit":
            return edit(hand, issue)
        case "drop":
            return drop(hand, issue, facts)
        case _:
            return item(hand, issue, facts)


def new(issue: Issue, facts: Facts) -> Outcome:
    """An item that is not written yet: first its title."""
    return field(Hand(issue.id, field="title", chain="new"), issue, facts)


def back(place: Place, hand: Hand, facts: Facts) -> Outcome | None:
    """The field before in a chain, the list of fields, the item; None where it leads out of the item."""
    issue = issue_of(hand, facts)
    if issue is None:
        return missing(facts)
    held = held_in(hand, issue)
    before = following(held, hand.field, hand.chain, back=True) if place.step == "field" else ""
    if before:
        return field(replace(hand, field=before, text=""), issue, facts)
    if not hand.item or place.step == "item":
        return None
    return edit(hand, issue) if place.step == "field" and hand.chain != "new" else item(hand, issue, facts)


def _kept(hand: Hand, result: Item | Phrase, issue: Issue, facts: Facts) -> Outcome:
    """The field as it is now, and the next one; or why it is not taken, with her words still there."""
    if isinstance(result, Phrase):
        return first(field(hand, issue, facts), Say(Message(body=(result,))))
    if not hand.item and hand.field == "title":
        return field(Hand(issue.id, field="sentence", chain="new", title=result.title["it"]), issue, facts)
    key = hand.item or facts.fresh[0]
    order = PutItem(issue.id, issue.revision, replace(result, id=key))
    after = foresee(facts, (order,))
    told: tuple[Say, ...] = ()
    if hand.field in WRITTEN:
        size = length(result, hand.field)
        told = (
            say("newsroom.counted", field=p(f"newsroom.field_{hand.field}"), length=size, most=LIMITS[hand.field]),
        )
    on = replace(hand, item=key, title="", text="")
    return first(_next(on, issue_of(hand, after) or issue, after), order, *told)


def _next(hand: Hand, issue: Issue, facts: Facts) -> Outcome:
    after = following(held_in(hand, issue), hand.field, hand.chain)
    if after:
        return field(replace(hand, field=after, text=""), issue, facts)
    return item(hand, issue, facts)


def _begun(hand: Hand, row: str) -> Hand:
    """The hand at the first field of a row."""
    match row:
        case "normative":
            return Hand(hand.issue, hand.item, "normative", "law")
        case "english":
            return Hand(hand.issue, hand.item, ENGLISH[0], "english")
        case _:
            return Hand(hand.issue, hand.item, row)


def _choices(name: str) -> tuple[Choice, ...]:
    match name:
        case "normative" | "common":
            return (YES, NO)
        case "action":
            return tuple(choice(one, f"newsroom.action_{one}") for one in ACTIONS)
        case "topic":
            return tuple(Choice(one, p(f"newsletter.topic_{one}")) for one in TOPICS)
        case "as_of":
            return (choice("today", "newsroom.today"),)
        case _:
            return ()
