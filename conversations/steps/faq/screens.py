"""The screens of the answers: an answer, "did you mean", one more question, "I do not know", a person."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conversations.facts import Facts
from conversations.faq.entries import VIOLENCE
from conversations.faq_text import answer_texts
from conversations.faq_views import Knowledge, Reason, Topic
from conversations.flow import BACK, HIDE, Outcome, choice, p, phone_line
from conversations.messages import Choice, Localized, Message, Text
from conversations.state import Place
from conversations.steps.faq.place import ENOUGH, NAME, Asked

TOPIC: Final = "t:"
"""What the value of a choice begins with that opens a topic."""
FACET: Final = "f:"
CARE: Final = "care"
"""The step after 1522 was told; it remembers nothing of it."""
_RELATED: Final = 3

TOPICS = choice("topics", "faq.topics")
NONE = choice("none", "faq.none")


def topic_choice(topic: Topic) -> Choice:
    """The row that opens a topic."""
    return Choice(TOPIC + topic.id, Localized(topic.short))


def person_choice(asked: Asked) -> Choice:
    """The button that writes to the welfare manager about this."""
    value = f"@handoff:topic:{asked.topic}" if asked.topic and not asked.text else "person"
    return Choice(value, p("faq.person"), p("faq.person_more"))


def answer(topic: Topic, asked: Asked, known: Knowledge, facts: Facts, before: Sequence[Text] = ()) -> Outcome:
    """The answer, what its reader may say of it, and where to go from it; `before` comes first."""
    if topic.id == VIOLENCE:
        return card(topic, known, facts, before)
    asked = replace(asked, topic=topic.id)
    related = _related(topic, known)
    body = [*before, *answer_texts(topic, facts)]
    if topic.referral == "yes" and topic.covered:
        body.append(p("faq.referral"))
    if not topic.covered:
        body.append(p("faq.elsewhere"))
    elif not asked.danger:
        body.append(p("faq.useful"))
    verdicts: tuple[Choice, ...] = (choice("served", "faq.served"), choice("off_topic", "faq.off_topic"))
    if topic.covered:
        verdicts = (*verdicts, choice("not_enough", "faq.not_enough"))
    screen = Message(
        title=Localized(topic.title),
        body=tuple(body),
        choices=(*verdicts, person_choice(asked), *map(topic_choice, related)),
        ways=_ways(asked),
    )
    return Outcome(Place(NAME, "answer", asked.to_data(version=topic.version)), screen)


def card(
    topic: Topic, known: Knowledge, facts: Facts, before: Sequence[Text] = (), others: Sequence[Topic] = ()
) -> Outcome:
    """1522 and the leave. Nothing is asked of its reader, nothing she does here is counted, and the place she is at
    does not tell what she read. `others` are what she may have meant instead."""
    other = (choice("other", "faq.other_wanted"),) if others else ()
    screen = Message(
        title=Localized(topic.title),
        body=(*before, *answer_texts(topic, facts)),
        choices=(person_choice(Asked(danger=True)), *map(topic_choice, _related(topic, known)), *other),
        ways=(HIDE, BACK),
    )
    return Outcome(Place(NAME, CARE, {"ids": [other.id for other in others[:3]]}), screen)


def here(place: Place, told: Text | None = None) -> Outcome:
    """After the card, a word that is no question: we are here. The card is not told once more. `told` is said in its
    place."""
    screen = Message(
        title=p("faq.title"),
        body=(told or p("faq.here"),),
        choices=(person_choice(Asked(danger=True)), TOPICS),
        ways=(BACK,),
    )
    return Outcome(place, screen)


def did_you_mean(topics: Sequence[Topic], asked: Asked, before: Sequence[Text] = ()) -> Outcome:
    """Up to three topics, and none of these."""
    screen = Message(
        title=p("faq.title"),
        body=(*before, p("faq.did_you_mean")),
        choices=(*map(topic_choice, topics), NONE),
        ways=_ways(asked),
    )
    return Outcome(Place(NAME, "choices", asked.to_data(ids=[topic.id for topic in topics])), screen)


def clarify(facets: Sequence[str], asked: Asked, before: Sequence[Text] = ()) -> Outcome:
    """One more question, whose answer tells the topics apart."""
    screen = Message(
        title=p("faq.title"),
        body=(*before, p("faq.clarify")),
        choices=(*(Choice(FACET + facet, p(f"faq.facet_{facet}")) for facet in facets), choice("other", "faq.other")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "clarify", asked.to_data(ids=list(facets))), screen)


def defer(asked: Asked, reason: Reason, facts: Facts, before: Sequence[Text] = ()) -> Outcome:
    """We do not know, and say so: ask for her, write to a person, or look by subject. After two misses a person."""
    if asked.misses >= ENOUGH:
        return person(asked, facts, before)
    told: list[Text] = [*before, p(f"faq.told_{reason}")]
    choices = [person_choice(asked), TOPICS]
    if asked.text:
        told.append(p("faq.may_queue"))
        choices.insert(0, Choice("queue", p("faq.queue")))
    screen = Message(title=p("faq.title"), body=tuple(told), choices=tuple(choices), ways=_ways(asked))
    return Outcome(Place(NAME, "defer", asked.to_data(reason=reason)), screen)


def person(asked: Asked, facts: Facts, before: Sequence[Text] = ()) -> Outcome:
    """Our answers do not help: whom to write to and to call."""
    queue = (choice("queue", "faq.queue"),) if asked.text else ()
    screen = Message(
        title=p("faq.title"),
        body=(*before, p("faq.two_misses"), *phone_line(facts.house), *((p("faq.may_queue"),) if queue else ())),
        choices=(person_choice(asked), *queue, TOPICS),
        ways=_ways(asked),
    )
    return Outcome(Place(NAME, "person", asked.to_data()), screen)


def same_again(topic: Topic, asked: Asked, known: Knowledge) -> Outcome:
    """The question after an answer leads to that answer once more: say so, and offer what is near."""
    asked = replace(asked, topic=topic.id)
    screen = Message(
        title=p("faq.title"),
        body=(p("faq.same", title=Localized(topic.title)),),
        choices=(topic_choice(topic), *map(topic_choice, _related(topic, known)), person_choice(asked)),
        ways=_ways(asked),
    )
    return Outcome(Place(NAME, "same", asked.to_data()), screen)


def _related(topic: Topic, known: Knowledge) -> list[Topic]:
    found = [other for key in topic.related if (other := known.published(key)) is not None and other.covered]
    return found[:_RELATED]


def _ways(asked: Asked) -> tuple[Choice, ...]:
    """What names 1522 can be taken away from the chat."""
    return (HIDE, BACK) if asked.danger else (BACK,)
