"""What the flows may know of the answers about the rules: the topics, who finds them, the welfare manager's desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from conversations.faq.ranking import Ranking

FAMILIES: Final = ("congedi", "disabilita", "orari", "aiuti", "autonomi", "servizi", "progetto")
"""The families people browse by, in the order of the screen."""
ELSEWHERE_FAMILY: Final = "fuori"
"""The family of topics that only point elsewhere; nobody browses it."""

_FRESH_MONTHS: Final = 6
"""How long an answer is told without a word on its age (the rule of the notes on the law)."""

Verdict = Literal["served", "off_topic", "not_enough"]
"""What a reader says of an answer: it served, it was about something else (a defect of retrieval), it told too little
(a gap in the content)."""
Reason = Literal["deferred", "off_topic", "not_enough"]
"""Why a question waits in the queue."""


class Finder(Protocol):
    """Whoever finds the topics of a question; conversations/faq/index.py does."""

    def ask(
        self, question: str, context: str | None = None, language: str | None = None, facet: str | None = None
    ) -> Ranking:
        """The ranking of a question, as Index.ask tells it."""
        ...


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is now. Mappings are by language. `version` counts its changes from 1; only a published one
    answers. `law_as_of` is the day from which its information is, `unverified` are the languages whose text is a
    translation that nobody has checked; `phrasings` are by author."""

    id: str
    version: int
    published: bool
    title: Mapping[str, str]
    short: Mapping[str, str]
    answer: Mapping[str, str]
    family: str
    covered: bool = True
    norms: tuple[str, ...] = ()
    body: str = ""
    page: str = ""
    law_as_of: date | None = None
    drafted_on: date | None = None
    verified_on: date | None = None
    verified_by: str = ""
    valid_until: date | None = None
    referral: str = "no"
    related: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    phrasings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def expired(self, today: date) -> bool:
        """True once its last day has passed."""
        return self.valid_until is not None and self.valid_until < today

    def aged(self, today: date) -> date | None:
        """The day its information is from, once that is more than six months ago or the year has ended; None before.
        Whoever signed it told that it still held on that day."""
        days = (self.law_as_of or self.drafted_on, self.verified_on)
        known = max((day for day in days if day is not None), default=None)
        if known is None or not self.covered:
            return None
        months = (today.year - known.year) * 12 + today.month - known.month
        return known if today.year > known.year or (months, today.day) > (_FRESH_MONTHS, known.day) else None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All topics at one moment, by id; `stamp` grows with every change of any of them."""

    stamp: int
    finder: Finder
    topics: Mapping[str, Topic]

    def published(self, topic_id: str) -> Topic | None:
        """The topic, if it answers people."""
        topic = self.topics.get(topic_id)
        return topic if topic is not None and topic.published else None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same and wait for an answer, without names and digits; `count` is how many people asked,
    `topic` the one whose answer they refused, if they did."""

    id: str
    count: int
    texts: tuple[str, ...]
    reason: Reason
    topic: str
    oldest: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Version:
    """A topic as it was from `at` on; `why` says what was done ("file", "edited", "signed", "confirmed"...)."""

    topic: Topic
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a welfare manager works on: the queue (the most asked first), the history of the topic in her hands (the
    newest first), how often answers served (served, off topic, not enough), and the name she signs with."""

    groups: tuple[Group, ...] = ()
    history: tuple[Version, ...] = ()
    ratings: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    name: str = ""


NO_DESK: Final = Desk()
