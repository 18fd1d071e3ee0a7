"""The fields of an item in a file, by their English and Italian names: source, link, action, topic, flags, dates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from conversations.folding import words
from conversations.news.views import TOPICS, Action, Item, Topic

Fault = tuple[int, str, str]
"""A line, the key of the phrase that explains what is wrong there, and the words in question."""

NAMES: Final[Mapping[str, str]] = {
    "source": "source",
    "fonte": "source",
    "link": "link",
    "action": "action",
    "azione": "action",
    "topic": "topic",
    "argomento": "topic",
    "common": "common",
    "per tutti": "common",
    "per tutte": "common",
    "normative": "normative",
    "normativa": "normative",
    "as of": "as_of",
    "aggiornato al": "as_of",
    "aggiornata al": "as_of",
    "expires": "expires",
    "scade": "expires",
    "scade il": "expires",
    "scadenza": "expires",
}
ACTIONS: Final[Mapping[str, Action]] = {
    "read": "read",
    "leggi": "read",
    "interested": "interested",
    "interessa": "interested",
    "mi interessa": "interested",
    "ask": "ask",
    "chiedi": "ask",
    "none": "none",
    "nessuna": "none",
}
SUBJECTS: Final[Mapping[str, Topic]] = {words(topic): topic for topic in TOPICS} | {
    "permessi": "leave",
    "congedi": "leave",
    "disabilita": "disability",
    "bambini": "childcare",
    "nidi": "childcare",
    "soldi": "money",
    "aiuti": "money",
    "orari": "hours",
    "autonomi": "self_employed",
    "servizi": "services",
    "rete": "network",
}
ANSWERS: Final[Mapping[str, bool]] = {"yes": True, "si": True, "no": False}
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(slots=True)
class Fields:
    """The fields of one item as far as they were read."""

    values: dict[str, Any] = field(default_factory=dict)

    def take(self, text: str, link: str) -> str:
        """Keeps one line "name: value"; the last part of the key of what is wrong with it, "" if nothing is.

        `link` is where a link in the line leads.
        """
        said, colon, value = text.partition(":")
        name, value = NAMES.get(words(said)), value.strip()
        if name is None or not colon:
            return "field"
        if name in self.values:
            return "field_twice"
        read = link if name == "link" and link else _value(name, value)
        if value and read is None:
            return "value"
        if read is not None:
            self.values[name] = read
        return ""

    def item(self, title: Mapping[str, str], sentence: Mapping[str, str]) -> Item:
        """The item with these texts and the fields."""
        return Item("", title, sentence, **self.values)


def written(item: Item) -> Iterator[tuple[str, str]]:
    """The names and values of an item's fields, those left out that say nothing."""
    if item.source:
        yield "source", item.source
    if item.link:
        yield "link", item.link
    if item.action != "none":
        yield "action", item.action
    if item.topic is not None:
        yield "topic", item.topic
    if item.common:
        yield "common", "yes"
    if item.normative:
        yield "normative", "yes"
    if item.as_of is not None:
        yield "as of", item.as_of.isoformat()
    if item.expires is not None:
        yield "expires", item.expires.isoformat()


def day_in(text: str) -> date | None:
    """The date that the text is ("2026-11-20", "20/11/2026"); None for anything else."""
    iso, usual = _ISO.fullmatch(text.strip()), _DAY.fullmatch(text.strip())
    if iso:
        year, month, day = map(int, iso.groups())
    elif usual:
        day, month, year = map(int, usual.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _value(name: str, text: str) -> Any:
    """The value of this field, None where the text is none."""
    match name:
        case "action":
            return ACTIONS.get(words(text))
        case "topic":
            return SUBJECTS.get(words(text))
        case "common" | "normative":
            return ANSWERS.get(words(text))
        case "as_of" | "expires":
            return day_in(text)
        case _:
            return text or None
