"""The welfare manager's signature: one item after the other, with source and dates, or the reason why not."""

from collections.abc import Sequence
from typing import Final

from conversations.effects import Effect
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, first, p, say
from conversations.folding import tidy
from conversations.foresee import foresee
from conversations.messages import Day, Localized, Message, Text, Verbatim
from conversations.news.digest import item_text
from conversations.news.life import FROM
from conversations.news.orders import SignItem
from conversations.news.views import Issue, Item
from conversations.state import Place
from conversations.steps.newsroom.alerts import refused, to_approve
from conversations.steps.newsroom.hand import Hand, issue_of, item_of, place_of
from conversations.steps.newsroom.wanted import DECIDING as NAME

STEPS: Final = frozenset({"sign", "reason"})
LONGEST_REASON: Final = 500


def unsigned(issue: Issue) -> list[Item]:
    """The items that wait for a signature."""
    return [item for item in issue.items if item.normative and not item.signed_by]


def signs(issue: Issue, facts: Facts) -> bool:
    """True if this person may sign something of the issue now."""
    waiting = issue.state in FROM["sign"] and issue.state != "draft" and bool(unsigned(issue))
    return facts.person.holds("welfare_manager") and waiting


def sign(issue: Issue, item: Item, facts: Facts) -> Outcome:
    """The item whole, in both languages, with what the law asks to be known of it."""
    waiting = unsigned(issue)
    body: list[Text] = [item_text(place_of(item, issue), item, facts.language)]
    other = "en" if facts.language == "it" else "it"
    if item.title.get(other):
        title, sentence = item.title[other], item.sentence.get(other, "")
        body.append(p("newsdesk.other_language", text=Verbatim(f"{title}. {sentence}")))
    if item.expires is not None:
        body.append(p("newsroom.until", day=Day(item.expires)))
    body.append(p("newsdesk.sign_left", count=len(waiting)))
    later = (choice("later", "newsdesk.sign_later"),) if len(waiting) > 1 else ()
    screen = Message(
        title=Localized(issue.title),
        body=tuple(body),
        choices=(choice("sign", "newsdesk.i_sign"), choice("wrong", "newsdesk.wrong"), *later),
        ways=(BACK,),
    )
    return Outcome(Hand(issue.id, item.id, revision=issue.revision).at("sign", NAME), screen)


def reason(hand: Hand, item: Item) -> Outcome:
    """What is wrong with it?"""
    body = (p("newsdesk.why_wrong", title=Localized(item.title)),)
    screen = Message(title=p("newsdesk.wrong"), body=body, ways=(BACK,), wanted="text")
    return Outcome(hand.at("reason", NAME), screen)


def take(place: Place, hand: Hand, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss | None:
    """Go on; None where nothing of the issue is left to sign."""
    item = item_of(hand, issue)
    if item is None or item.signed_by or not signs(issue, facts):
        return _next(hand, issue, facts)
    match place.step, heard:
        case "sign", Picked("later"):
            return _next(hand, issue, facts)
        case "sign", Picked("wrong"):
            return reason(hand, item)
        case "sign", Picked("sign") if hand.revision != issue.revision:
            return first(sign(issue, item, facts), say("newsroom.changed"))
        case "sign", Picked("sign"):
            return _signed(hand, issue, item, facts)
        case "reason", Typed(text):
            why = tidy(text)
            if not any(char.isalpha() for char in why) or len(why) > LONGEST_REASON:
                return first(reason(hand, item), say("newsdesk.reason_how", most=LONGEST_REASON))
            told = refused(issue, item.id, place_of(item, issue), why)
            others = _next(hand, issue, facts) if len(unsigned(issue)) > 1 else None
            return _then(others, (told, say("newsdesk.reason_sent")))
        case _:
            return Miss(p("newsdesk.reason_how", most=LONGEST_REASON) if place.step == "reason" else None)


def _signed(hand: Hand, issue: Issue, item: Item, facts: Facts) -> Outcome | None:
    order = SignItem(issue.id, issue.revision, item.id)
    after = foresee(facts, (order,))
    held = issue_of(hand, after) or issue
    if not unsigned(held):
        return Outcome(None, effects=(order, to_approve(held), say("newsdesk.all_signed")))
    return _then(_next(hand, held, after), (order, say("newsdesk.signed")))


def _then(outcome: Outcome | None, effects: Sequence[Effect]) -> Outcome:
    return Outcome(None, effects=tuple(effects)) if outcome is None else first(outcome, *effects)


def _next(hand: Hand, issue: Issue, facts: Facts) -> Outcome | None:
    """The next item to sign after this one, round and round; None where none is left, or she may not."""
    if not signs(issue, facts):
        return None
    ids = [one.id for one in issue.items]
    at = ids.index(hand.item) + 1 if hand.item in ids else 0
    order = (*issue.items[at:], *issue.items[:at])
    return sign(issue, next(one for one in order if one in unsigned(issue)), facts)
