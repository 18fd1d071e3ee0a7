"""The fields of an item: what each holds now, and what was typed or chosen for it, or why that is not taken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal

from conversations.flow import p
from conversations.folding import clean, tidy
from conversations.forms.days import read_date
from conversations.forms.refusal import Refusal
from conversations.messages import Day, Phrase, Text, Verbatim
from conversations.news.checks import LONGEST_SENTENCE, LONGEST_SOURCE, LONGEST_TITLE, item_problems
from conversations.news.links import LONGEST as LONGEST_LINK
from conversations.news.views import TOPICS, Action, Item, Topic

Field = Literal[
    "title",
    "sentence",
    "normative",
    "source",
    "as_of",
    "expires",
    "link",
    "action",
    "topic",
    "common",
    "title_en",
    "sentence_en",
]
LAW: Final[tuple[Field, ...]] = ("normative", "source", "as_of", "expires")
ENGLISH: Final[tuple[Field, ...]] = ("title_en", "sentence_en")
CHAINS: Final[Mapping[str, tuple[Field, ...]]] = {
    "new": ("title", "sentence", *LAW, "link", "action", "topic", "common", *ENGLISH),
    "law": LAW,
    "english": ENGLISH,
}
"""Fields that are asked one after the other; each but a new item's title and sentence can be skipped."""
ROWS: Final = ("title", "sentence", "link", "action", "topic", "common", "source", "expires", "normative", "english")
"""What can be changed, as rows of one list; "normative" and "english" are several fields each."""
LIMITS: Final[Mapping[str, int]] = {
    "title": LONGEST_TITLE,
    "title_en": LONGEST_TITLE,
    "sentence": LONGEST_SENTENCE,
    "sentence_en": LONGEST_SENTENCE,
    "source": LONGEST_SOURCE,
    "link": LONGEST_LINK,
}
ACTIONS: Final[tuple[Action, ...]] = ("read", "interested", "ask", "none")
WRITTEN: Final = frozenset(LIMITS)
"""Fields that are typed."""
DATES: Final = frozenset({"as_of", "expires"})
OPTIONAL: Final = frozenset({"source", "link", "as_of", "expires", "title_en", "sentence_en", "topic"})
"""What can be taken away again."""
_CONCERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("emoji", "markup"),
    "title_en": ("emoji", "markup"),
    "sentence": ("markup",),
    "sentence_en": ("markup",),
    "source": ("markup",),
    "link": ("link_",),
    "as_of": ("as_of_later", "expires_before"),
    "expires": ("expired", "expires_before"),
    "action": ("no_link",),
}
"""Which problems of an item a change of the field is answerable for."""


def now(item: Item, field: str) -> Text | None:
    """What the field holds, None where it is empty."""
    match field:
        case "title" | "sentence":
            return _text(getattr(item, field), "it")
        case "title_en" | "sentence_en":
            return _text(getattr(item, field.removesuffix("_en")), "en")
        case "source" | "link":
            return Verbatim(str(getattr(item, field))) if getattr(item, field) else None
        case "as_of" | "expires":
            day = getattr(item, field)
            return p("newsroom.day", day=Day(day)) if day is not None else None
        case "action":
            return p(f"newsroom.action_{item.action}")
        case "topic":
            return p(f"newsletter.topic_{item.topic}") if item.topic is not None else None
        case "common":
            return p("common.yes" if item.common else "common.no")
        case _:
            return p("common.yes" if item.normative else "common.no")


def following(item: Item, field: str, chain: str, back: bool = False) -> str:
    """The next field of the chain (`back`: the one before), "" after the last; a date of the law only for a rule."""
    order = [one for one in CHAINS.get(chain, ()) if one != "as_of" or item.normative]
    if chain == "law" and not item.normative:
        order = ["normative"]
    if field not in order:
        return ""
    at = order.index(field_name(field)) + (-1 if back else 1)
    return order[at] if 0 <= at < len(order) else ""


def length(item: Item, field: str) -> int:
    """Characters of a written field."""
    held = now(item, field)
    return len(held.text) if isinstance(held, Verbatim) else 0


def typed(item: Item, field: str, text: str, place: int, today: date) -> Item | Phrase:
    """The item with what was typed, or why it is not taken; the words are kept as they are, on one line."""
    said = " ".join(tidy(text).split())
    if not clean(said):
        return p("newsroom.write_words")
    if field in DATES:
        day = day_in(said, today, ahead=field == "expires")
        return day if isinstance(day, Phrase) else _checked(_with(item, field, day), field, place, today)
    most = LIMITS.get(field)
    if most is None:
        return p("newsroom.choose")
    if len(said) > most:
        return p(f"newsroom.long_{field}", length=len(said), most=most, over=len(said) - most)
    return _checked(_with(item, field, said), field, place, today)


def picked(item: Item, field: str, value: str, place: int, today: date) -> Item | Phrase:
    """The item with what was chosen, or why it is not taken."""
    match field, value:
        case (("common" | "normative"), ("yes" | "no")):
            return _set(item, field, value == "yes")
        case "action", _ if value in ACTIONS:
            return _checked(replace(item, action=_action(value)), field, place, today)
        case "topic", _ if value in TOPICS:
            return replace(item, topic=_topic(value))
        case "as_of", "today":
            return _checked(replace(item, as_of=today), field, place, today)
        case _, "clear" if field in OPTIONAL:
            return _cleared(item, field)
        case _:
            return p("newsroom.choose")


def day_in(text: str, today: date, ahead: bool) -> date | Phrase:
    """A day as people write it; without a year it is one to come where it must lie `ahead`."""
    found = read_date(text, today)
    if isinstance(found, Refusal):
        return p("newsroom.day_unclear")
    if ahead and found < today and str(found.year) not in clean(text):
        try:
            return found.replace(year=found.year + 1)
        except ValueError:
            return p("newsroom.day_unclear")
    return found


def _checked(item: Item, field: str, place: int, today: date) -> Item | Phrase:
    concerns = tuple(f"newscheck.{one}" for one in _CONCERNS.get(field, ()))
    for problem in item_problems(item, place, today):
        if problem.severity == "error" and concerns and problem.phrase.key.startswith(concerns):
            return problem.phrase
    return item


def _with(item: Item, field: str, value: str | date) -> Item:
    match field:
        case "title_en" | "sentence_en":
            name = field.removesuffix("_en")
            return _set(item, name, {**getattr(item, name), "en": str(value)})
        case "title" | "sentence":
            return _set(item, field, {**getattr(item, field), "it": str(value)})
        case "link":
            return replace(item, link=str(value), action="read" if item.action == "none" else item.action)
        case _:
            return _set(item, field, value)


def _cleared(item: Item, field: str) -> Item:
    match field:
        case "title_en" | "sentence_en":
            name = field.removesuffix("_en")
            kept = {code: text for code, text in getattr(item, name).items() if code != "en"}
            return _set(item, name, kept)
        case "link":
            return replace(item, link="", action="none" if item.action == "read" else item.action)
        case "source":
            return replace(item, source="")
        case _:
            return _set(item, field, None)


def _set(item: Item, name: str, value: Any) -> Item:
    return replace(item, **{name: value})


def _text(texts: Mapping[str, str], language: str) -> Text | None:
    return Verbatim(texts[language]) if texts.get(language) else None


def field_name(value: str) -> Field:
    """The field of this name. Raises StopIteration where there is none."""
    return next(one for one in CHAINS["new"] if one == value)


def _action(value: str) -> Action:
    return next(one for one in ACTIONS if one == value)


def _topic(value: str) -> Topic:
    return next(one for one in TOPICS if one == value)
