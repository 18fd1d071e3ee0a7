"""The answers by family and by word: for who would rather look than ask."""

from typing import Final

from conversations.emergency import emergency
from conversations.facts import Facts
from conversations.faq.ranking import Outcome as Found
from conversations.faq.stems import stem
from conversations.faq.tokens import tokens
from conversations.faq_views import FAMILIES, Knowledge, Topic
from conversations.flow import BACK, Outcome, choice, p
from conversations.messages import Choice, Message
from conversations.state import Place
from conversations.steps.faq.asking import ask
from conversations.steps.faq.place import NAME, Asked
from conversations.steps.faq.screens import TOPIC, person_choice, topic_choice

FAMILY: Final = "a:"
"""What the value of a choice begins with that opens a family."""
PAGE: Final = 8
_WORDS: Final = 2
"""Words up to which a text typed here is a search, not a question."""


def home(facts: Facts) -> Outcome:
    """The families, and the invitation to ask."""
    rows = tuple(Choice(FAMILY + family, p(f"faq.family_{family}")) for family in FAMILIES)
    desk = (choice("@faq_desk:open", "faq.manage"),) if facts.person.holds("welfare_manager") else ()
    screen = Message(
        title=p("faq.title"),
        body=(p("faq.home"),),
        choices=(*rows, *desk),
        ways=(BACK,),
        example=p("faq.example"),
    )
    return Outcome(Place(NAME, "home"), screen)


def family(name: str, page: int, known: Knowledge) -> Outcome:
    """The topics of a family, a page at a time; the last page is followed by the first."""
    topics = sorted(
        (topic for topic in known.topics.values() if topic.published and topic.family == name),
        key=lambda topic: topic.title.get("it", topic.id),
    )
    start = page * PAGE if 0 <= page * PAGE < len(topics) else 0
    more = (choice("more", "faq.more"),) if len(topics) > PAGE else ()
    screen = Message(
        title=p(f"faq.family_{name}"),
        body=(p("faq.family", count=len(topics)),),
        choices=(*map(topic_choice, topics[start : start + PAGE]), *more),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "family", {"family": name, "page": start // PAGE}), screen)


def search(text: str, known: Knowledge, facts: Facts) -> Outcome:
    """One word or two: the topics whose title or text has them; a sentence is a question."""
    if len(tokens(text)) > _WORDS or "?" in text:
        return ask(text, known, facts)
    ranking = known.finder.ask(text, language=facts.language)
    if ranking.outcome is Found.ANSWER or emergency(text, facts, ranking):
        return ask(text, known, facts)
    found = holding(text, known)
    return listed(text, found) if found else ask(text, known, facts)


def holding(text: str, known: Knowledge) -> list[Topic]:
    """The published topics that hold every word of the text, in either language; those with it in the title first."""
    wanted = {stem(word, "it") for word in tokens(text)}
    found: list[tuple[int, str, Topic]] = []
    for topic in known.topics.values():
        if not topic.published or not wanted:
            continue
        titles = _stems(" ".join((*topic.title.values(), *topic.short.values())))
        if wanted <= titles:
            found.append((0, topic.id, topic))
        elif wanted <= titles | _stems(" ".join(topic.answer.values())):
            found.append((1, topic.id, topic))
    return [topic for _, _, topic in sorted(found, key=lambda row: row[:2])][:PAGE]


def listed(word: str, topics: list[Topic]) -> Outcome:
    """What a search found."""
    ids = [topic.id for topic in topics]
    screen = Message(
        title=p("faq.title"),
        body=(p("faq.found", count=len(topics), word=word.strip()[:40]),),
        choices=(*map(topic_choice, topics), person_choice(Asked())),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "found", {"word": word.strip()[:40], "ids": [*ids]}), screen)


def topic_in(value: str) -> str:
    """The id of the topic that a choice opens, empty for another choice."""
    return value.removeprefix(TOPIC) if value.startswith(TOPIC) else ""


def _stems(text: str) -> set[str]:
    return {stem(word, "it") for word in tokens(text)}
