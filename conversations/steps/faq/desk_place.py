"""What the desk of the answers remembers at a place, and small things all its screens need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from conversations.events import Json
from conversations.facts import Facts
from conversations.faq_views import Knowledge, Topic
from conversations.messages import Choice, Localized, Text, Verbatim
from conversations.state import Place
from conversations.steps.faq.place import texts

NAME: Final = "faq_desk"
PAGE: Final = 7
SOON: Final = timedelta(days=30)
"""How long before its last day an answer is on the list of those to look at."""
RENEWED: Final = timedelta(days=183)
"""How much longer an answer holds once somebody has confirmed it."""
TOPIC: Final = "t:"


@dataclass(frozen=True, slots=True)
class Hand:
    """What a welfare manager has in her hands: a group of questions or a topic, the field and the text she writes,
    the questions that become phrasings, the topics she is about to sign."""

    topic: str = ""
    group: str = ""
    field: str = ""
    text: str = ""
    asked: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    then: str = ""

    def at(self, step: str, **more: Json) -> Place:
        """The place of a step with this in hand."""
        data: dict[str, Json] = {
            "topic": self.topic,
            "group": self.group,
            "field": self.field,
            "text": self.text,
            "asked": list(self.asked),
            "ids": list(self.ids),
            "then": self.then,
            **more,
        }
        return Place(NAME, step, data)


def hand_at(place: Place) -> Hand:
    """What the place remembers."""
    topic, group, field, text, then = (
        str(place.data.get(name) or "") for name in ("topic", "group", "field", "text", "then")
    )
    return Hand(topic, group, field, text, texts(place.data, "asked"), texts(place.data, "ids"), then)


def row(topic: Topic) -> Choice:
    """The row that opens a topic."""
    return Choice(TOPIC + topic.id, title_of(topic, short=True))


def title_of(topic: Topic, short: bool = False) -> Text:
    """What the topic is called; its id where it has no name yet."""
    named = topic.short if short else topic.title
    return Localized(named) if named else Verbatim(topic.id[:24])


def today(facts: Facts) -> date:
    """The day in Milan."""
    return facts.now.astimezone(facts.zone).date()


def unsigned(known: Knowledge) -> list[Topic]:
    """The published answers that wait for a signature."""
    return _sorted(t for t in known.topics.values() if t.published and t.covered and t.verified_on is None)


def stale(known: Knowledge, day: date) -> list[Topic]:
    """The published answers that have expired, or will within a month; the oldest first."""
    found = (t for t in known.topics.values() if t.published and t.valid_until is not None)
    return sorted((t for t in found if t.expired(day + SOON)), key=lambda t: (t.valid_until or day, t.id))


def drafts(known: Knowledge) -> list[Topic]:
    """Topics that answer nobody yet."""
    return _sorted(topic for topic in known.topics.values() if not topic.published)


def _sorted(topics: Iterable[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda topic: (topic.family, topic.id))
