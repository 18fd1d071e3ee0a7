"""The queue of questions without an answer: one answer for every asker, which becomes a topic or a phrasing then."""

from dataclasses import replace
from typing import Final

from conversations.effects import Effect, Say, ToAskers
from conversations.events import Json
from conversations.facts import Facts
from conversations.faq.tokens import tokens
from conversations.faq_foresee import faq_foreseen
from conversations.faq_orders import AnswerGroup, ChangeTopic, DismissGroup
from conversations.faq_text import answer_texts
from conversations.faq_views import Group, Knowledge, Topic
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.folding import clean, tidy
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Localized, Message, Text, Verbatim
from conversations.state import Place
from conversations.steps.faq.desk_place import PAGE, TOPIC, Hand, row, title_of
from conversations.steps.faq.desk_topic import page as topic_page

GROUP: Final = "g:"
QUEUE_AUTHOR: Final = "coda"
"""The author of phrasings that people themselves wrote."""
LONGEST: Final = 900
LONGEST_TITLE: Final = 60
LONGEST_SHORT: Final = 24


def queue(facts: Facts, page: int = 0) -> Outcome:
    """The groups, the most asked first; a notice where none waits."""
    groups = facts.desk.groups
    if not groups:
        return done(say("faq_desk.queue_empty"))
    start = page * PAGE if 0 <= page * PAGE < len(groups) else 0
    rows = tuple(Choice(GROUP + group.id, Verbatim(_label(group))) for group in groups[start : start + PAGE])
    more = (choice("more", "faq_desk.more"),) if len(groups) > PAGE else ()
    screen = Message(
        title=p("faq_desk.queue"),
        body=(p("faq_desk.queue_told", count=len(groups)),),
        choices=(*rows, *more),
        ways=(BACK,),
    )
    return Outcome(Hand().at("queue", page=start // PAGE), screen)


def group_of(hand: Hand, facts: Facts) -> Group | None:
    """The group in hand, as long as it waits."""
    return next((group for group in facts.desk.groups if group.id == hand.group), None)


def opened(group: Group, facts: Facts) -> Outcome:
    """The questions of a group in their own words, without names and digits."""
    body: list[Text] = [p("faq_desk.asked_by", count=group.count), p(f"faq_desk.because_{group.reason}")]
    topic = facts.faq.topics.get(group.topic) if facts.faq is not None else None
    if topic is not None:
        body.append(p("faq_desk.refused", title=title_of(topic)))
    body += [p("faq_desk.quoted", text=Verbatim(text)) for text in group.texts]
    screen = Message(
        title=p("faq_desk.group"),
        body=tuple(body),
        choices=(
            choice("reply", "faq_desk.reply"),
            choice("link", "faq_desk.link"),
            choice("dismiss", "faq_desk.dismiss"),
        ),
        ways=(BACK,),
    )
    return Outcome(Hand(group=group.id).at("group"), screen)


def take(place: Place, hand: Hand, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from the queue, a group, the answer being written, or what becomes of it."""
    group = group_of(hand, facts)
    match place.step, heard:
        case "queue", Picked(value) if value.startswith(GROUP):
            found = next((g for g in facts.desk.groups if GROUP + g.id == value), None)
            return opened(found, facts) if found is not None else queue(facts)
        case "queue", Picked("more"):
            page = place.data.get("page")
            return queue(facts, page + 1 if isinstance(page, int) else 0)
        case (("group" | "reply" | "reply_sure"), _) if group is None:
            return first(queue(facts), say("faq_desk.gone"))
        case "group", Picked("reply") if group is not None:
            return writing(group)
        case (("group" | "after"), Picked("link")):
            asked = group.texts if group is not None else hand.asked
            return linking(replace(hand, asked=asked), facts)
        case "group", Picked("dismiss"):
            order = DismissGroup(hand.group)
            return first(queue(faq_foreseen(facts, order)), order, say("faq_desk.dismissed"))
        case (("reply" | "reply_sure"), Typed(text)):
            return _preview(hand, "\n".join(filter(None, (hand.text, tidy(text)))))
        case "reply_sure", Picked("rewrite") if group is not None:
            return writing(group)
        case "reply_sure", Picked("send") if group is not None and hand.text:
            return _sent(group, hand)
        case "after", Picked("draft"):
            return _titled(hand)
        case "after", Picked("enough"):
            return queue(facts)
        case "title", Typed(text):
            return _drafted(hand, tidy(text), facts)
        case "link", Typed(text):
            return linking(hand, facts, text)
        case "link", Picked(value) if value.startswith(TOPIC):
            return _linked(value.removeprefix(TOPIC), hand, facts)
        case _:
            return Miss()


def show(place: Place, hand: Hand, facts: Facts) -> Outcome:
    """The step once more, or the queue where the group is gone."""
    group = group_of(hand, facts)
    match place.step:
        case "group" if group is not None:
            return opened(group, facts)
        case "reply" if group is not None:
            return writing(group)
        case "reply_sure" if group is not None:
            outcome = _preview(hand, hand.text)
            return outcome if isinstance(outcome, Outcome) else writing(group)
        case "after":
            return _what_next(hand)
        case "title":
            return _titled(hand)
        case "link":
            return linking(hand, facts)
        case _:
            return queue(facts)


def writing(group: Group) -> Outcome:
    """The answer to all who asked is wanted; it may become a topic, so it follows the rules of one."""
    body = (
        p("faq_desk.write", limit=LONGEST),
        *(p("faq_desk.quoted", text=Verbatim(text)) for text in group.texts[:1]),
    )
    screen = Message(title=p("faq_desk.reply"), body=body, ways=(BACK,), wanted="text")
    return Outcome(Hand(group=group.id, asked=group.texts).at("reply"), screen)


def linking(hand: Hand, facts: Facts, words: str = "") -> Outcome:
    """Which topic do they belong to? Those that fit best, and others by a word she types."""
    known = facts.faq
    text = words or next(iter(hand.asked), "")
    ids = (
        known.finder.ask(text, language=facts.language).ids[: PAGE + 2] if known is not None and tokens(text) else ()
    )
    found = [topic for key in ids if known is not None and (topic := known.published(key)) is not None][:PAGE]
    screen = Message(
        title=p("faq_desk.link"),
        body=(p("faq_desk.link_told"),),
        choices=tuple(map(row, found)),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(hand.at("link"), screen)


def with_phrasings(topic: Topic, author: str, new: tuple[str, ...]) -> dict[str, Json]:
    """The patch that adds these phrasings, each once, under this author."""
    mine = tuple(dict.fromkeys((*topic.phrasings.get(author, ()), *new)))
    return {"phrasings": {**{name: list(held) for name, held in topic.phrasings.items()}, author: list(mine)}}


def short_of(title: str) -> str:
    """A title as a label of a list."""
    text = clean(title)
    return text if len(text) <= LONGEST_SHORT else text[: border_at_most(text, LONGEST_SHORT - 1)].rstrip() + "…"


def _label(group: Group) -> str:
    count = f"{group.count}× "
    text = clean(next(iter(group.texts), ""))
    room = LONGEST_SHORT - len(count)
    return count + (text if len(text) <= room else text[: border_at_most(text, room - 1)].rstrip() + "…")


def _preview(hand: Hand, text: str) -> Outcome | Miss:
    if not text:
        return Miss(p("faq_desk.words"))
    if len(text) > LONGEST:
        return Miss(p("faq_desk.too_long", limit=LONGEST))
    screen = Message(
        title=p("faq_desk.reply"),
        body=(p("faq_desk.preview"), Verbatim(text), p("faq_desk.reply_sure")),
        choices=(choice("send", "faq_desk.send"), choice("rewrite", "faq_desk.rewrite")),
        ways=(BACK,),
    )
    return Outcome(replace(hand, text=text).at("reply_sure"), screen)


def _sent(group: Group, hand: Hand) -> Outcome:
    told = to_askers(group.id, (Verbatim(hand.text),))
    after = replace(hand, group="", topic=group.topic, asked=group.texts)
    return first(_what_next(after), told, AnswerGroup(group.id), say("faq_desk.sent", count=group.count))


def to_askers(group_id: str, body: tuple[Text, ...]) -> Say:
    """The answer for everyone who asked."""
    ways = (choice("@faq:open", "faq.ask_more"),)
    return Say(Message(title=p("faq_desk.for_you"), body=body, ways=ways), ToAskers(group_id))


def _what_next(hand: Hand) -> Outcome:
    screen = Message(
        title=p("faq_desk.queue"),
        body=(p("faq_desk.what_next"),),
        choices=(
            choice("draft", "faq_desk.make_draft"),
            choice("link", "faq_desk.link"),
            choice("enough", "faq_desk.enough"),
        ),
    )
    return Outcome(hand.at("after"), screen)


def _titled(hand: Hand) -> Outcome:
    screen = Message(
        title=p("faq_desk.make_draft"),
        body=(p("faq_desk.write_title", limit=LONGEST_TITLE),),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(hand.at("title"), screen)


def _drafted(hand: Hand, title: str, facts: Facts) -> Outcome | Miss:
    """A topic that answers nobody until it is published."""
    if not tokens(title) or len(title) > LONGEST_TITLE:
        return Miss(p("faq_desk.write_title", limit=LONGEST_TITLE))
    key = new_id(title, facts.faq)
    asked: list[Json] = [*hand.asked]
    patch: dict[str, Json] = {
        "title": {"it": title},
        "short": {"it": short_of(title)},
        "answer": {"it": hand.text},
        "family": "progetto",
        "covered": True,
        "phrasings": {QUEUE_AUTHOR: asked},
        "published": False,
    }
    order = ChangeTopic(key, 0, patch, "drafted")
    return first(topic_page(key, faq_foreseen(facts, order)), order, say("faq_desk.drafted"))


def new_id(title: str, known: Knowledge | None) -> str:
    """An id of the words of a title that no topic has yet."""
    words = "-".join(tokens(title)[:5])[:40].strip("-")
    taken = known.topics if known is not None else {}
    return next(key for key in (words, *(f"{words}-{n}" for n in range(2, 1_000))) if key not in taken)


def _linked(topic_id: str, hand: Hand, facts: Facts) -> Outcome | Miss:
    """The questions are phrasings of this topic from now on; who still waits gets its answer at once."""
    topic = facts.faq.topics.get(topic_id) if facts.faq is not None else None
    if topic is None:
        return Miss()
    group = group_of(hand, facts)
    effects: list[Effect] = []
    if group is not None:
        effects += [to_askers(group.id, (Localized(topic.title), *answer_texts(topic, facts))), AnswerGroup(group.id)]
    order = ChangeTopic(topic.id, topic.version, with_phrasings(topic, QUEUE_AUTHOR, hand.asked), "phrased")
    after = faq_foreseen(facts, AnswerGroup(group.id)) if group is not None else facts
    effects += [order, say("faq_desk.linked", title=title_of(topic))]
    return first(queue(after), *effects)
