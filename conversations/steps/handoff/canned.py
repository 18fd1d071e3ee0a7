"""Ready answers for a thread: the topics that fit what was asked, with their sources, to be read again first."""

from typing import Final

from conversations.facts import Facts, Ticket
from conversations.faq.language import guess
from conversations.faq.tokens import tokens
from conversations.faq_text import answer_texts
from conversations.faq_views import Topic
from conversations.flow import BACK, Outcome, p
from conversations.messages import Choice, Localized, Message
from conversations.phrases import render
from conversations.state import Place
from conversations.steps.handoff.draft import Draft
from conversations.steps.handoff.thread import NAME

_MANY: Final = 7
TOPIC: Final = "t:"


def suggested(ticket: Ticket, facts: Facts) -> tuple[Choice, ...]:
    """The topic the thread began from, if it did."""
    topic = facts.faq.published(ticket.topic) if facts.faq is not None else None
    return (_choice(topic),) if topic is not None and topic.covered else ()


def canned(ticket: Ticket, draft: Draft, facts: Facts, words: str = "") -> Outcome:
    """More of them; a word she types finds others."""
    topics = _fitting(words or _last_words(ticket), ticket, facts, begun=not words)[:_MANY]
    screen = Message(
        title=p("handoff.canned"),
        body=(p("handoff.canned_told") if topics else p("handoff.canned_none"),),
        choices=tuple(map(_choice, topics)),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(Place(NAME, "canned", draft.to_data(mark=ticket.mark)), screen)


def canned_text(topic_id: str, ticket: Ticket, facts: Facts) -> str:
    """The answer of a topic with its warnings, sources and the state of its check, in the language she wrote in."""
    topic = facts.faq.published(topic_id) if facts.faq is not None else None
    if topic is None:
        return ""
    language = guess(tokens(_last_words(ticket)))
    spoken = language if language in topic.answer else facts.catalog.default
    return "\n\n".join(render(part, spoken, facts.catalog) for part in answer_texts(topic, facts, spoken))


def _last_words(ticket: Ticket) -> str:
    return next((note.text for note in reversed(ticket.notes) if not note.ours and note.text), "")


def _fitting(words: str, ticket: Ticket, facts: Facts, begun: bool = True) -> list[Topic]:
    known = facts.faq
    if known is None:
        return []
    ids = known.finder.ask(words, language=facts.language).ids if tokens(words) else ()
    wanted = dict.fromkeys((*((ticket.topic,) if begun else ()), *ids))
    return [topic for key in wanted if (topic := known.published(key)) is not None and topic.covered]


def _choice(topic: Topic) -> Choice:
    return Choice(TOPIC + topic.id, Localized(topic.short))
