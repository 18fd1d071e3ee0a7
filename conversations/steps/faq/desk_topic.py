"""One topic in the hands of the welfare manager: how it stands, every field, a preview, versions, signature."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from conversations.effects import Effect
from conversations.events import Json
from conversations.facts import Facts
from conversations.faq_foresee import after, faq_foreseen
from conversations.faq_orders import ChangeTopic, RestoreTopic
from conversations.faq_text import answer_texts, state_texts
from conversations.faq_views import Topic, Version
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.folding import clean, tidy
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Localized, Message, Moment, Phrase, Text, Verbatim
from conversations.state import Place
from conversations.steps.faq.desk_place import RENEWED, Hand, title_of, today

FIELDS: Final = ("title", "answer", "title_en", "answer_en", "norms", "body", "page", "phrasings", "valid_until")
"""What can be changed by chat, in the order of the screen."""
LIMITS: Final[Mapping[str, int]] = {"title": 60, "title_en": 60, "answer": 900, "answer_en": 900}
LONGEST: Final = 1_500
LONGEST_SHORT: Final = 24
OWN_AUTHOR: Final = "welfare_manager"
LONGEST_NAME: Final = 80

_AMOUNT: Final = re.compile(r"\d[\d.,]*\s?(?:euro|EUR|€|%|per cento)", re.IGNORECASE)
_YEAR: Final = re.compile(r"\b20[2-9]\d\b")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_DATE: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")


def topic_of(hand: Hand, facts: Facts) -> Topic | None:
    """The topic in hand."""
    return facts.faq.topics.get(hand.topic) if facts.faq is not None else None


def page(topic_id: str, facts: Facts, then: str = "") -> Outcome:
    """How the topic stands and what can be done with it."""
    topic = topic_of(Hand(topic=topic_id), facts)
    if topic is None:
        return done(say("faq_desk.no_topic"))
    served, off, thin = facts.desk.ratings.get(topic.id, (0, 0, 0))
    body: list[Text] = [p("faq_desk.published" if topic.published else "faq_desk.unpublished", version=topic.version)]
    body += state_texts(topic)
    body.append(p("faq_desk.ratings", served=served, off=off, thin=thin))
    sign = choice("sign", "faq_desk.sign") if topic.verified_on is None else choice("valid", "faq_desk.still_valid")
    screen = Message(
        title=title_of(topic),
        body=tuple(body),
        choices=(
            choice("preview", "faq_desk.see"),
            choice("edit", "faq_desk.edit"),
            sign,
            choice("history", "faq_desk.history"),
            choice("hide", "faq_desk.unpublish") if topic.published else choice("publish", "faq_desk.publish"),
        ),
        ways=(BACK,),
    )
    return Outcome(Hand(topic=topic.id, then=then).at("topic"), screen)


def take(place: Place, hand: Hand, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from a topic, a field, a preview, its versions."""
    topic = topic_of(hand, facts)
    if topic is None:
        return done(say("faq_desk.no_topic"))
    match place.step, heard:
        case (("topic" | "seen"), Picked(value)):
            return _chosen(value, topic, hand, facts)
        case "edit", Picked(value) if value in FIELDS:
            return field(topic, value)
        case "field", Typed(text):
            return _written(topic, replace(hand, text=text), facts)
        case "sure", Picked("save"):
            return _saved(topic, hand, facts)
        case (("sure" | "field"), Picked("rewrite")):
            return field(topic, hand.field)
        case "sure", Typed(text):
            return _written(topic, replace(hand, text=text), facts)
        case "history", Picked(value) if value.isdigit():
            return _version(topic, int(value), facts)
        case "version", Picked("restore") if hand.text.isdigit():
            order = RestoreTopic(topic.id, topic.version, int(hand.text))
            return first(page(topic.id, faq_foreseen(facts, order)), order, say("faq_desk.restored"))
        case _:
            return Miss(p("faq_desk.words") if place.step == "field" else None)


def show(place: Place, hand: Hand, facts: Facts) -> Outcome:
    """The step once more."""
    topic = topic_of(hand, facts)
    if topic is None:
        return done(say("faq_desk.no_topic"))
    match place.step:
        case "seen":
            return seen(topic, facts, hand.then)
        case "edit":
            return edit(topic)
        case "field":
            return field(topic, hand.field)
        case "sure":
            outcome = _written(topic, hand, facts)
            return outcome if isinstance(outcome, Outcome) else field(topic, hand.field)
        case "history":
            return history(topic, facts)
        case "version":
            return _version(topic, int(hand.text) if hand.text.isdigit() else topic.version, facts)
        case _:
            return page(topic.id, facts, hand.then)


def seen(topic: Topic, facts: Facts, then: str = "") -> Outcome:
    """The answer as people read it, with what its welfare manager may do about it."""
    sign = "sign" if topic.verified_on is None else "valid"
    key = "faq_desk.sign" if topic.verified_on is None else "faq_desk.still_valid"
    screen = Message(
        title=title_of(topic),
        body=answer_texts(topic, facts),
        choices=(choice(sign, key), choice("edit", "faq_desk.edit"), choice("topic", "faq_desk.manage")),
        ways=(BACK,),
    )
    return Outcome(Hand(topic=topic.id, then=then).at("seen"), screen)


def edit(topic: Topic) -> Outcome:
    """Which field?"""
    rows = tuple(choice(name, f"faq_desk.field_{name}") for name in FIELDS)
    screen = Message(title=title_of(topic), body=(p("faq_desk.which_field"),), choices=rows, ways=(BACK,))
    return Outcome(Hand(topic=topic.id).at("edit"), screen)


def field(topic: Topic, name: str) -> Outcome:
    """What the field says now, and how to write it anew."""
    present = value_of(topic, name)
    body: list[Text] = [p(f"faq_desk.how_{name}")]
    if present and name != "phrasings":
        body = [p("faq_desk.now"), Verbatim(present), *body]
    screen = Message(title=p(f"faq_desk.field_{name}"), body=tuple(body), ways=(BACK,), wanted="text")
    return Outcome(Hand(topic=topic.id, field=name).at("field"), screen)


def value_of(topic: Topic, name: str) -> str:
    """The field as she would type it."""
    match name:
        case "title" | "answer":
            return getattr(topic, name).get("it", "") or ""
        case "title_en" | "answer_en":
            return getattr(topic, name.removesuffix("_en")).get("en", "") or ""
        case "norms":
            return "\n".join(topic.norms)
        case "valid_until":
            return topic.valid_until.strftime("%d/%m/%Y") if topic.valid_until is not None else ""
        case "body" | "page":
            return str(getattr(topic, name))
        case _:
            return "\n".join(text for texts in topic.phrasings.values() for text in texts)


def patch_of(topic: Topic, name: str, text: str, day: date) -> dict[str, Json] | Phrase:
    """What a typed field changes, or why it cannot be taken."""
    text = tidy(text)
    lines: list[Json] = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return p("faq_desk.words")
    if len(text) > LIMITS.get(name, LONGEST):
        return p("faq_desk.too_long", limit=LIMITS.get(name, LONGEST))
    match name:
        case "title" | "title_en":
            code, title = ("en" if name == "title_en" else "it"), clean(text)
            short: dict[str, Json] = {**topic.short, code: _short(title)}
            return {"title": {**topic.title, code: title}, "short": short}
        case "answer":
            translation: dict[str, Json] = dict.fromkeys(
                (*topic.unverified, *(c for c in topic.answer if c != "it")), "unverified"
            )
            return {"answer": {**topic.answer, "it": text}, "translation": translation}
        case "answer_en":
            return {"answer": {**topic.answer, "en": text}, "translation": {"en": "verified"}}
        case "norms":
            return {"norms": lines}
        case "body" | "page":
            return {name: clean(text)}
        case "phrasings":
            held: dict[str, Json] = {author: list(texts) for author, texts in topic.phrasings.items()}
            mine: list[Json] = [*dict.fromkeys((*topic.phrasings.get(OWN_AUTHOR, ()), *map(str, lines)))]
            return {"phrasings": {**held, OWN_AUTHOR: mine}}
        case _:
            until = day_in(text)
            if until is None or until <= day:
                return p("faq_desk.bad_day")
            return {"valid_until": until.isoformat()}


def day_in(text: str) -> date | None:
    """A day typed as 31/12/2027, None for anything else."""
    found = _DATE.fullmatch(clean(text))
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def amounts_without_year(text: str) -> bool:
    """True if a sentence names an amount and no year."""
    return any(_AMOUNT.search(part) and not _YEAR.search(part) for part in _SENTENCE.split(text))


def signing(topic: Topic, name: str, day: date) -> ChangeTopic:
    """The signature of who has read the answer: name and day, for this version of it."""
    return ChangeTopic(topic.id, topic.version, {"verified_on": day.isoformat(), "verified_by": name}, "signed")


def renewing(topic: Topic, name: str, day: date) -> ChangeTopic:
    """Still valid: signed anew, for another half year."""
    until = max(day + RENEWED, topic.valid_until or day)
    patch: dict[str, Json] = {"verified_on": day.isoformat(), "verified_by": name, "valid_until": until.isoformat()}
    return ChangeTopic(topic.id, topic.version, patch, "confirmed")


def history(topic: Topic, facts: Facts) -> Outcome:
    """The last versions, the newest first."""
    rows = tuple(
        Choice(str(one.topic.version), p("faq_desk.version_row", version=one.topic.version, why=_why(one)))
        for one in facts.desk.history
    )
    screen = Message(title=p("faq_desk.history"), body=(p("faq_desk.history_told"),), choices=rows, ways=(BACK,))
    return Outcome(Hand(topic=topic.id).at("history"), screen)


def _chosen(value: str, topic: Topic, hand: Hand, facts: Facts) -> Outcome | Miss:
    match value:
        case "preview":
            return seen(topic, facts, hand.then)
        case "topic":
            return page(topic.id, facts, hand.then)
        case "edit":
            return edit(topic)
        case "history":
            return history(topic, facts)
        case "publish" | "hide":
            if value == "publish" and not topic.answer:
                return Miss(p("faq_desk.no_text"))
            why = "published" if value == "publish" else "hidden"
            order = ChangeTopic(topic.id, topic.version, {"published": value == "publish"}, why)
            key = "faq_desk.is_published" if value == "publish" else "faq_desk.is_unpublished"
            return first(page(topic.id, faq_foreseen(facts, order), hand.then), order, say(key))
        case _:
            return Miss()


def _written(topic: Topic, hand: Hand, facts: Facts) -> Outcome | Miss:
    patch = patch_of(topic, hand.field, hand.text, today(facts))
    if isinstance(patch, Phrase):
        return Miss(patch)
    changed = after(topic, patch, today(facts))
    body: list[Text] = [p("faq_desk.preview"), Localized(changed.title), *answer_texts(changed, facts)]
    if hand.field in ("answer", "answer_en") and amounts_without_year(hand.text):
        body.append(p("faq_desk.no_year"))
    if topic.verified_on is not None and changed.verified_on is None:
        body.append(p("faq_desk.unsigned_then"))
    if hand.field == "phrasings":
        body = [p("faq_desk.new_phrasings"), Verbatim(tidy(hand.text))]
    screen = Message(
        title=title_of(topic),
        body=tuple(body),
        choices=(choice("save", "faq_desk.save"), choice("rewrite", "faq_desk.rewrite")),
        ways=(BACK,),
    )
    return Outcome(hand.at("sure"), screen)


def _saved(topic: Topic, hand: Hand, facts: Facts) -> Outcome | Miss:
    patch = patch_of(topic, hand.field, hand.text, today(facts))
    if isinstance(patch, Phrase):
        return Miss(patch)
    order: Effect = ChangeTopic(topic.id, topic.version, patch, "edited")
    return first(
        page(topic.id, faq_foreseen(facts, ChangeTopic(topic.id, topic.version, patch, "edited"))),
        order,
        say("faq_desk.saved"),
    )


def _version(topic: Topic, number: int, facts: Facts) -> Outcome:
    found = next((one for one in facts.desk.history if one.topic.version == number), None)
    if found is None:
        return history(topic, facts)
    restore = () if number == topic.version else (choice("restore", "faq_desk.restore"),)
    screen = Message(
        title=p("faq_desk.version", version=number, when=Moment(found.at)),
        body=(_why(found), title_of(found.topic), *answer_texts(found.topic, facts)),
        choices=restore,
        ways=(BACK,),
    )
    return Outcome(Hand(topic=topic.id, text=str(number)).at("version"), screen)


def _why(version: Version) -> Phrase:
    return p(f"faq_desk.why_{version.why}")


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_SHORT else title[: border_at_most(title, LONGEST_SHORT - 1)].rstrip() + "…"
