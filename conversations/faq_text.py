"""An answer as people read it: the text, its sources, the state of its check, and every warning it needs."""

from typing import Final

from conversations.facts import Facts
from conversations.faq_views import Topic
from conversations.flow import p
from conversations.messages import Day, Localized, Text, Verbatim
from conversations.phrases import month, render

UNSURE: Final = "(°)"
"""The mark of a sentence that nobody has checked on a source yet."""


def you_asked(question: str) -> Text:
    """What an asker of the queue reads before the answer: her own words."""
    return p("faq.you_asked", question=Verbatim(question))


def answer_texts(topic: Topic, facts: Facts, language: str = "") -> tuple[Text, ...]:
    """The whole answer in paragraphs; what expired comes with a warning before it. `language` is the reader's, where
    she is not the person of the turn."""
    spoken = language or facts.language
    told: list[Text] = []
    if topic.expired(facts.now.astimezone(facts.zone).date()) and topic.valid_until is not None:
        told.append(p("faq.expired", day=Day(topic.valid_until)))
    told.append(Localized(topic.answer))
    if spoken not in topic.answer:
        told.append(p("faq.not_translated"))
    elif spoken in topic.unverified:
        told.append(p("faq.translation"))
    if UNSURE in render(Localized(topic.answer), spoken, facts.catalog):
        told.append(p("faq.unsure"))
    told += age_texts(topic, facts)
    return (*told, *source_texts(topic), *state_texts(topic))


def age_texts(topic: Topic, facts: Facts) -> tuple[Text, ...]:
    """Of when the information is, where that is long ago; one that has expired says so already."""
    today = facts.now.astimezone(facts.zone).date()
    known = topic.aged(today)
    return (p("faq.aged", month=month(known, facts.catalog)),) if known and not topic.expired(today) else ()


def source_texts(topic: Topic) -> tuple[Text, ...]:
    """On what it rests: the norm with its article, who is in charge, the official page."""
    told: list[Text] = []
    if topic.norms:
        told.append(p("faq.norms", norms="; ".join(topic.norms)))
    if topic.body:
        told.append(p("faq.body", body=topic.body))
    if topic.page:
        told.append(p("faq.page", page=topic.page))
    return tuple(told)


def state_texts(topic: Topic) -> tuple[Text, ...]:
    """Who checked it and when, or that nobody has yet; until when it holds. Nothing for a mere pointer elsewhere."""
    if not topic.covered:
        return ()
    told: list[Text] = []
    if topic.verified_on is not None:
        told.append(p("faq.verified", day=Day(topic.verified_on), name=topic.verified_by))
    elif topic.drafted_on is not None:
        told.append(p("faq.drafted", day=Day(topic.drafted_on)))
    if topic.valid_until is not None:
        told.append(p("faq.valid", day=Day(topic.valid_until)))
    return tuple(told)
