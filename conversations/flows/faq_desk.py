"""Gestisci le risposte: the welfare manager's desk, for the queue, the signatures, what expires, and every change.

Elena: [Gestisci le risposte]
WIS:   Domande in coda: 2. Da firmare: 75. Da controllare: 1. [Domande in coda] [Da firmare] ...
Elena: [Domande in coda]
WIS:   1. 4× Si può usare il voucher in piscina?
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from conversations.effects import Say
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.faq.tokens import tokens
from conversations.faq_foresee import faq_foreseen
from conversations.faq_orders import ChangeTopic
from conversations.faq_text import answer_texts
from conversations.faq_views import Knowledge, Topic
from conversations.flow import BACK, STAY, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.folding import clean
from conversations.messages import Day, Message, Text
from conversations.state import Place
from conversations.steps.faq import desk_queue as queue
from conversations.steps.faq import desk_topic as topics
from conversations.steps.faq.desk_place import (
    NAME,
    PAGE,
    TOPIC,
    Hand,
    drafts,
    hand_at,
    row,
    stale,
    title_of,
    today,
    unsigned,
)
from conversations.steps.faq.place import number

_QUEUE: Final = frozenset({"queue", "group", "reply", "reply_sure", "after", "title", "link"})
_TOPIC: Final = frozenset({"topic", "seen", "edit", "field", "sure", "history", "version"})
_LISTS: Final = {"unsigned": unsigned, "drafts": drafts}
"""The lists by what they hold; what expires is shown one by one."""


class FaqDesk:
    """Only for a welfare manager."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = frozenset({"welfare_manager"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with what waits."""
        return home(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from wherever she is."""
        known, hand = facts.faq, hand_at(place)
        if known is None:
            return done(say("faq.closed"))
        if place.step in _QUEUE:
            return queue.take(place, hand, heard, facts)
        match place.step, heard:
            case (("topic" | "seen" | "stale"), Picked("sign" | "valid" as value)):
                return _sign((hand.topic,), value, hand.then, facts)
            case "stale", Picked("later"):
                return _next_stale(facts, number(place.data, "page") + 1)
            case "stale", Picked("edit"):
                topic = topics.topic_of(hand, facts)
                return topics.edit(topic) if topic is not None else home(facts)
            case "name", Typed(text):
                name = clean(text)[: topics.LONGEST_NAME]
                named = any(map(str.isalpha, name))
                return _sure(replace(hand, text=name), facts) if named else Miss(p("faq_desk.write_name"))
            case "sign_sure", Picked("sign"):
                return _signed(hand, known, facts)
            case "sign_sure", Picked("rewrite"):
                return _name_asked(hand)
            case (("home" | "list" | "found"), _):
                return _from_lists(place, hand, heard, known, facts)
        return topics.take(place, hand, heard, facts) if place.step in _TOPIC else Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same place once more."""
        hand = hand_at(place)
        if place.step in _QUEUE:
            return queue.show(place, hand, facts)
        if place.step in _TOPIC:
            return topics.show(place, hand, facts)
        match place.step:
            case "list":
                return listed(hand.then, number(place.data, "page"), facts)
            case "stale":
                return _next_stale(facts, number(place.data, "page"))
            case "name":
                return _name_asked(hand)
            case "sign_sure":
                return _sure(hand, facts)
            case "found" if facts.faq is not None:
                outcome = _found(hand.text, facts.faq, facts)
                return outcome if isinstance(outcome, Outcome) else home(facts)
            case _:
                return home(facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, queue, stale, topic; review is a timer of the nightly look at what expires."""
        match verb:
            case "review":
                return _reviewed(facts)
            case "queue":
                outcome = queue.queue(facts)
            case "stale":
                outcome = _next_stale(facts, 0)
            case "topic":
                outcome = topics.page(subject, facts)
            case _:
                outcome = home(facts)
        return Outcome(STAY, effects=outcome.effects) if outcome.then is None else outcome

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One step back."""
        hand = hand_at(place)
        topic = topics.topic_of(hand, facts)
        group = queue.group_of(hand, facts)
        match place.step:
            case "reply" | "reply_sure" | "link" if group is not None:
                return queue.opened(group, facts)
            case "group":
                return queue.queue(facts)
            case "title":
                return queue.show(hand.at("after"), hand, facts)
            case "field" | "sure" if topic is not None:
                return topics.edit(topic)
            case "edit" | "history" | "seen" if topic is not None:
                return topics.page(topic.id, facts, hand.then)
            case "version" if topic is not None:
                return topics.history(topic, facts)
            case "topic" if hand.then in _LISTS:
                return listed(hand.then, 0, facts)
            case "home":
                return done()
            case _:
                return home(facts)


def home(facts: Facts) -> Outcome:
    """What waits for her, and how to find a topic."""
    known = facts.faq
    if known is None:
        return done(say("faq.closed"))
    counts = {
        "queue": len(facts.desk.groups),
        "unsigned": len(unsigned(known)),
        "stale": len(stale(known, today(facts))),
        "drafts": len(drafts(known)),
    }
    body = tuple(p(f"faq_desk.count_{name}", count=count) for name, count in counts.items() if count)
    rows = tuple(choice(name, f"faq_desk.open_{name}") for name, count in counts.items() if count)
    screen = Message(
        title=p("faq_desk.title"),
        body=(*(body or (p("faq_desk.all_done"),)), p("faq_desk.search")),
        choices=rows,
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(Hand().at("home"), screen)


def listed(name: str, page: int, facts: Facts) -> Outcome:
    """A list of topics, a page at a time; those that wait for a signature can be signed together."""
    known = facts.faq
    found = _LISTS[name](known) if known is not None and name in _LISTS else []
    if not found:
        return home(facts)
    start = page * PAGE if 0 <= page * PAGE < len(found) else 0
    shown = found[start : start + PAGE]
    more = (choice("more", "faq_desk.more"),) if len(found) > PAGE else ()
    sign = (choice("sign_all", "faq_desk.sign_all"),) if name == "unsigned" else ()
    body: tuple[Text, ...] = (p(f"faq_desk.told_{name}", count=len(found)),)
    screen = Message(
        title=p(f"faq_desk.open_{name}"), body=body, choices=(*map(row, shown), *sign, *more), ways=(BACK,)
    )
    hand = Hand(ids=tuple(topic.id for topic in shown), then=name)
    return Outcome(hand.at("list", page=start // PAGE), screen)


def _from_lists(place: Place, hand: Hand, heard: Heard, known: Knowledge, facts: Facts) -> Outcome | Miss:
    match heard:
        case Typed(text):
            return _found(text, known, facts)
        case Picked("queue"):
            return queue.queue(facts)
        case Picked("stale"):
            return _next_stale(facts, 0)
        case Picked(value) if value in _LISTS:
            return listed(value, 0, facts)
        case Picked("more"):
            return listed(hand.then, number(place.data, "page") + 1, facts)
        case Picked("sign_all"):
            return _sign(hand.ids, "sign", hand.then, facts)
        case Picked(value) if value.removeprefix(TOPIC) in known.topics:
            topic = known.topics[value.removeprefix(TOPIC)]
            return (
                topics.seen(topic, facts, hand.then)
                if hand.then == "unsigned"
                else topics.page(topic.id, facts, hand.then)
            )
        case _:
            return Miss()


def _found(text: str, known: Knowledge, facts: Facts) -> Outcome | Miss:
    """The topics a word or a question finds, drafts by their title too."""
    if not tokens(text):
        return Miss(p("faq_desk.search"))
    wanted = set(tokens(text))
    titled = [t for t in known.topics.values() if wanted <= set(tokens(" ".join((t.id, *t.title.values()))))]
    ranked = [
        known.topics[key] for key in known.finder.ask(text, language=facts.language).ids[:PAGE] if key in known.topics
    ]
    found = list({topic.id: topic for topic in (*titled, *ranked)}.values())[:PAGE]
    screen = Message(
        title=p("faq_desk.title"),
        body=(p("faq_desk.found", count=len(found)),),
        choices=tuple(map(row, found)),
        ways=(BACK,),
    )
    return Outcome(Hand(text=text).at("found"), screen)


def _next_stale(facts: Facts, place: int) -> Outcome:
    """The next answer to look at, whole, with one tap to say that it still holds."""
    found = stale(facts.faq, today(facts)) if facts.faq is not None else []
    if place >= len(found):
        return first(home(facts), say("faq_desk.stale_done"))
    topic = found[place]
    screen = Message(
        title=title_of(topic),
        body=(*answer_texts(topic, facts), p("faq_desk.stale_left", count=len(found) - place)),
        choices=(
            choice("valid", "faq_desk.still_valid"),
            choice("edit", "faq_desk.edit"),
            choice("later", "faq_desk.later"),
        ),
        ways=(BACK,),
    )
    return Outcome(Hand(topic=topic.id, then="stale").at("stale", page=place), screen)


def _sign(ids: tuple[str, ...], what: str, then: str, facts: Facts) -> Outcome:
    """One tap where her name is known: a confirmation at once; a signature after a last question."""
    hand = Hand(ids=ids, field=what, then=then, topic=ids[0] if len(ids) == 1 else "", text=facts.desk.name)
    if not hand.text:
        return _name_asked(hand)
    if what == "valid" and facts.faq is not None:
        return _signed(hand, facts.faq, facts)
    return _sure(hand, facts)


def _name_asked(hand: Hand) -> Outcome:
    screen = Message(title=p("faq_desk.sign"), body=(p("faq_desk.write_name"),), ways=(BACK,), wanted="text")
    return Outcome(hand.at("name"), screen)


def _sure(hand: Hand, facts: Facts) -> Outcome:
    known = facts.faq
    names = [title_of(known.topics[key]) for key in hand.ids if known is not None and key in known.topics]
    body = (*names, p("faq_desk.sign_sure", count=len(names), name=hand.text, day=Day(today(facts))))
    screen = Message(
        title=p("faq_desk.sign"),
        body=body,
        choices=(choice("sign", "faq_desk.i_sign"), choice("rewrite", "faq_desk.other_name")),
        ways=(BACK,),
    )
    return Outcome(hand.at("sign_sure"), screen)


def _signed(hand: Hand, known: Knowledge, facts: Facts) -> Outcome:
    """Signed or confirmed, each topic in the version she has read."""
    day = today(facts)
    held: list[Topic] = [known.topics[key] for key in hand.ids if key in known.topics]
    make = topics.renewing if hand.field == "valid" else topics.signing
    orders: list[ChangeTopic] = [make(topic, hand.text, day) for topic in held]
    after = facts
    for order in orders:
        after = faq_foreseen(after, order)
    told = say("faq_desk.confirmed" if hand.field == "valid" else "faq_desk.signed", count=len(orders))
    if hand.then == "stale":
        return first(_next_stale(after, 0), *orders, told)
    if hand.then in _LISTS:
        return first(listed(hand.then, 0, after), *orders, told)
    return first(topics.page(hand.topic, after), *orders, told)


def _reviewed(facts: Facts) -> Outcome:
    """What the nightly look found, told to her on a working morning; nothing where nothing expires."""
    found = stale(facts.faq, today(facts)) if facts.faq is not None else []
    if not found:
        return Outcome(STAY)
    names = tuple(
        p("faq_desk.expires", title=title_of(t), day=Day(t.valid_until)) for t in found[:PAGE] if t.valid_until
    )
    told = Message(
        title=p("faq_desk.open_stale"),
        body=(p("faq_desk.count_stale", count=len(found)), *names),
        ways=(choice("@faq_desk:stale", "faq_desk.look"),),
    )
    return Outcome(STAY, effects=(Say(told, lane="alert"),))
