"""From what a person typed to an answer, choices, one more question, or an honest "I do not know"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conversations.effects import Say
from conversations.emergency import emergency
from conversations.facts import Facts
from conversations.faq.danger import danger_in
from conversations.faq.entries import VIOLENCE
from conversations.faq.manners import only_offends
from conversations.faq.ranking import Helpline, Ranking
from conversations.faq.ranking import Outcome as Found
from conversations.faq.tokens import tokens
from conversations.faq_text import answer_texts
from conversations.faq_views import Knowledge, Topic
from conversations.flow import BACK, Outcome, first, p
from conversations.messages import Localized, Message, Text
from conversations.state import Place
from conversations.steps.faq.place import NAME, Asked, kept
from conversations.steps.faq.screens import (
    TOPICS,
    answer,
    card,
    clarify,
    defer,
    did_you_mean,
    here,
    person_choice,
    same_again,
    topic_choice,
)

LONG: Final = 1_500
"""Characters beyond which only the beginning and the end are read closely, and the person is told so: who tells a
long story mostly asks at the end of it."""
_MOST_PARTS: Final = 3
_LEAST_WORDS: Final = 3
_ENDS: Final = re.compile(r"(?<=[?\n])")
_SENTENCE: Final = re.compile(r"[^.!?\n]+\?")
_STORY: Final = 80
"""Words beyond which a story can drown the question: what is asked in so many words is then read alone too."""
_GOES_ON_ASKING: Final = re.compile(
    r"(?:,|;|\.|\b(?:e|ed|poi|inoltre|and|also)\b)\s+(?:poi\s+)?(?=(?:come|quanto|quanti|quante|quando|chi|dove|posso|che"
    r"|cosa|a chi|how|who|when|what|where|can)\b)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
"""A question that was copied from a page asks nothing with its tags."""
_SHORT: Final = 2
_QUESTION: Final = 4
"""Words from which what follows 1522 is rather a question than a greeting or an insult."""
_GOES_ON: Final = frozenset("e ed ma invece anche oppure se and but also what if".split())


def ask(text: str, known: Knowledge, facts: Facts, last: Asked | None = None) -> Outcome:
    """What the question leads to. `last` is what was asked and shown before, for a question that follows it."""
    context = last.topic if last is not None else ""
    text = _MARKUP.sub(" ", text)
    read = _closely(text)
    ranking, follows = _ranked(read, context, known, facts)
    parts = _parts(read)
    rankings = [known.finder.ask(part, language=facts.language) for part in parts] if len(parts) > 1 else []
    whole = [known.finder.ask(text, language=facts.language)] if read != text else []
    alarms = sorted((one for one in (*rankings, *whole) if one.helpline is not Helpline.NO), key=_gravest)
    if ranking.helpline is Helpline.NO and alarms:
        ranking = alarms[0]
    closing = _closing(read) if ranking.outcome is not Found.ANSWER and ranking.helpline is Helpline.NO else ""
    if closing:
        alone = known.finder.ask(closing, language=facts.language)
        ranking = alone if alone.outcome is Found.ANSWER else ranking
    if ranking.outcome is not Found.ANSWER and ranking.helpline is Helpline.NO and only_offends(text):
        return here(Place(NAME, "here"), p("faq.patient"))
    before = [*emergency(text, facts, ranking)]
    asked = kept(text, danger=bool(before))
    if last is not None:
        asked = replace(asked, misses=last.misses)
    if len(text) > LONG:
        before.append(p("faq.long"))
    if rankings and not asked.danger:
        found = _of_parts(rankings, asked, before, known, facts)
        if found is not None:
            return found
    if ranking.outcome is Found.ANSWER and follows and ranking.ids[0] == context:
        topic = known.published(context)
        if topic is not None:
            return same_again(topic, asked, known)
    return _led(ranking, asked, before, known, facts)


def _closing(text: str) -> str:
    """The last sentence with a question mark of a message that tells a story around it; empty where there is none."""
    if len(tokens(text)) <= _STORY:
        return ""
    asked = [sentence.strip() for sentence in _SENTENCE.findall(text) if len(tokens(sentence)) > _SHORT]
    return asked[-1] if asked else ""


def _closely(text: str) -> str:
    """The beginning and the end of a long message, on two lines; a shorter one as it is."""
    if len(text) <= LONG:
        return text
    half = LONG // 2
    return f"{text[:half].rpartition(' ')[0] or text[:half]}\n{text[-half:].partition(' ')[2] or text[-half:]}"


def ask_after_card(text: str, place: Place, known: Knowledge, facts: Facts) -> Outcome:
    """What follows 1522: a question of its own gets its answer, one that goes on reads it once more; a greeting or an
    insult is told that we are here, and nothing else."""
    ranking = known.finder.ask(text, language=facts.language)
    if ranking.outcome is not Found.DEFER or ranking.helpline is not Helpline.NO or danger_in(text):
        return ask(text, known, facts)
    said = tokens(text)
    if "?" in text or len(said) >= _QUESTION or (said and said[0] in _GOES_ON):
        within = known.finder.ask(text, context=VIOLENCE, language=facts.language)
        topic = known.published(within.ids[0]) if within.outcome is Found.ANSWER else None
        return answer(topic, Asked(danger=True), known, facts) if topic is not None else ask(text, known, facts)
    return here(place)


def ask_again(asked: Asked, facet: str, known: Knowledge, facts: Facts) -> Outcome:
    """The same question with the side the person chose; no second question is put."""
    asked = replace(asked, facet=facet or "other")
    ranking = known.finder.ask(asked.text, language=facts.language, facet=facet or None)
    return _led(ranking, asked, (), known, facts)


def refused(asked: Asked, known: Knowledge, facts: Facts) -> Outcome:
    """The answer was about something else: what comes next in the ranking, or that we do not know."""
    asked = replace(asked, refused=(*asked.refused, asked.topic), misses=asked.misses + 1, topic="")
    ids = known.finder.ask(asked.text, language=facts.language).ids[:5] if asked.text else ()
    others = [topic for key in ids if key not in asked.refused and (topic := known.published(key)) is not None]
    if others and asked.misses == 1:
        return did_you_mean(others[:3], asked, (p("faq.sorry"),))
    return defer(asked, "off_topic", facts)


def _ranked(text: str, context: str, known: Knowledge, facts: Facts) -> tuple[Ranking, bool]:
    """A word or two, or what goes on ("e se..."), is read with the topic before; a whole question first without.

    The second value says whether it was read with it.
    """
    said = tokens(text)
    follows = bool(context) and (len(said) <= _SHORT or (bool(said) and said[0] in _GOES_ON))
    ranking = known.finder.ask(text, context=context if follows else None, language=facts.language)
    if not context or follows or ranking.outcome is Found.ANSWER:
        return ranking, follows
    within = known.finder.ask(text, context=context, language=facts.language)
    return (within, True) if within.outcome is Found.ANSWER else (ranking, False)


def _led(ranking: Ranking, asked: Asked, before: Sequence[Text], known: Knowledge, facts: Facts) -> Outcome:
    first_topic = known.published(ranking.ids[0]) if ranking.ids else None
    if ranking.outcome is Found.ANSWER and first_topic is not None and first_topic.id not in asked.refused:
        if first_topic.id == VIOLENCE:
            # its own first sentence names the number already, in this language
            before = () if facts.language in ("it", ranking.language) else before
            others = [topic for key in ranking.ids[1:4] if (topic := known.published(key)) is not None]
            return card(first_topic, known, facts, before, others)
        return answer(first_topic, asked, known, facts, before)
    offered = [topic for key in ranking.offered if (topic := known.published(key)) is not None]
    offered = [topic for topic in offered if topic.id not in asked.refused]
    if ranking.outcome is Found.CHOICES and offered:
        if len(ranking.asks) > 1 and len(offered) == _MOST_PARTS and not asked.facet and asked.text:
            return clarify(ranking.asks, asked, before)
        return did_you_mean(offered, asked, before)
    if ranking.language == "other":
        before = (*before, p("faq.languages"))
    return defer(replace(asked, misses=asked.misses + 1), "deferred", facts, before)


def _parts(text: str) -> tuple[str, ...]:
    """The questions of a message that puts several, each ended by its mark or begun anew after "and"; one part where
    it does not."""
    found = [part.strip() for ended in _ENDS.split(text[:LONG]) for part in _GOES_ON_ASKING.split(ended)]
    asking = [part for part in found if len(tokens(part)) >= _LEAST_WORDS]
    return tuple(asking[:_MOST_PARTS]) if len(asking) > 1 else (text,)


def _gravest(ranking: Ranking) -> bool:
    return ranking.helpline is not Helpline.FIRST


def _of_parts(
    rankings: Sequence[Ranking], asked: Asked, before: Sequence[Text], known: Knowledge, facts: Facts
) -> Outcome | None:
    """Each part with its own answer; None where fewer than two parts have one of their own."""
    found: dict[str, Topic] = {}
    for ranking in rankings:
        topic = known.published(ranking.ids[0]) if ranking.outcome is Found.ANSWER else None
        if topic is not None:
            found.setdefault(topic.id, topic)
    if len(found) < 2:
        return None
    near = [key for ranking in rankings if ranking.outcome is Found.CHOICES for key in ranking.offered[:2]]
    others = [
        topic for key in dict.fromkeys(near) if key not in found and (topic := known.published(key)) is not None
    ]
    effects = [
        Say(Message(title=Localized(topic.title), body=answer_texts(topic, facts)), apart=True)
        for topic in found.values()
    ]
    screen = Message(
        title=p("faq.title"),
        body=(*before, p("faq.parts", answered=len(found), parts=len(rankings))),
        choices=(*map(topic_choice, others[:3]), person_choice(asked), TOPICS),
        ways=(BACK,),
    )
    return first(Outcome(Place(NAME, "parts", asked.to_data(ids=[t.id for t in others[:3]])), screen), *effects)
