"""Domande e risposte: a question in one's own words gets a short answer with its source and date, or an honest no.

Tu:   quanto dura il congedo parentale?
WIS:  Congedo parentale: quanto dura. Ogni coppia ha... Norma: ... [Mi è servita] [Non c'entra] [Non basta]
Tu:   e se sono sola?
WIS:  Intendevi una di queste? 1. Congedo parentale 2. Genitore solo 3. Nessuna di queste
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, assert_never

from conversations.effects import Effect, Say
from conversations.events import Json, Sent
from conversations.facts import Facts, Role
from conversations.faq.tokens import tokens
from conversations.faq_orders import QueueQuestion, RateAnswer
from conversations.faq_views import FAMILIES, Knowledge, Reason, Verdict
from conversations.flow import HIDE, STAY, Heard, Miss, Outcome, Picked, Typed, done, first, go_to, p, say
from conversations.messages import Message, Phrase
from conversations.phrases import render
from conversations.state import Place
from conversations.steps.faq import browsing as browsing
from conversations.steps.faq import screens as screens
from conversations.steps.faq.asking import ask, ask_after_card, ask_again, refused
from conversations.steps.faq.place import NAME, Asked, asked_at, number, texts
from conversations.understand import Word, choice_of, word_in


class Faq:
    """Everybody may ask, guests too; who asks is kept only with her consent."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin: with a `question`, or with the families."""
        question = args.get("question")
        if facts.faq is None:
            return done(say("faq.closed"))
        if isinstance(question, str) and question:
            return ask(question, facts.faq, facts)
        return browsing.home(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """A choice of the screen, or the next question."""
        known = facts.faq
        if known is None:
            return done(say("faq.closed"))
        match heard:
            case Typed(text) if choice_of(text, [render(HIDE.label, facts.language, facts.catalog)], False) == 0:
                return _typed_hide(facts)
            case Typed(text) if place.step == screens.CARE and tokens(text):
                return ask_after_card(text, place, known, facts)
            case Typed(text) if word_in(text) is Word.THANKS and place.step == "answer":
                return _rated("served", place, known, facts)
            case Typed(text) if word_in(text) is Word.THANKS:
                return done(say("engine.thanks"))
            case Typed(text) if not tokens(text):
                return Miss(p("faq.words"))
            case Typed(text) if place.step in {"home", "family", "found"}:
                return browsing.search(text, known, facts)
            case Typed(text):
                return ask(text, known, facts, asked_at(place))
            case Picked(value):
                return _picked(value, place, known, facts)
            case Sent():
                file: Json = [heard.kind, heard.ref, heard.mime, heard.name, heard.size]
                return go_to("handoff", say("faq.no_files"), file=file, text=heard.caption)
            case _:
                return Miss(p("faq.words"))

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same screen once more, with what the topics say now."""
        known, asked = facts.faq, asked_at(place)
        if known is None:
            return done(say("faq.closed"))
        topic = known.published(asked.topic)
        offered = [found for key in texts(place.data, "ids") if (found := known.published(key)) is not None]
        match place.step:
            case "answer" if topic is not None:
                return screens.answer(topic, asked, known, facts)
            case "same" if topic is not None:
                return screens.same_again(topic, asked, known)
            case "choices" if offered:
                return screens.did_you_mean(offered, asked)
            case "clarify":
                return screens.clarify(texts(place.data, "ids"), asked)
            case "defer":
                return screens.defer(asked, _reason(place), facts)
            case "person":
                return screens.person(asked, facts)
            case "here":
                return screens.here(place, p("faq.patient"))
            case "family":
                return browsing.family(
                    str(place.data.get("family") or FAMILIES[0]), number(place.data, "page"), known
                )
            case "found" if offered:
                return browsing.listed(str(place.data.get("word") or ""), offered)
            case _:
                return browsing.home(facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open: the families; topic: one answer; hide: the message that was tapped is taken away."""
        if verb == "hide":
            return _hidden(facts)
        topic = facts.faq.published(subject) if facts.faq is not None else None
        if verb == "topic" and topic is not None and facts.faq is not None:
            return screens.answer(topic, Asked(), facts.faq, facts)
        outcome = self.enter({}, facts)
        return Outcome(STAY, effects=outcome.effects) if outcome.then is None else outcome

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From a family or a search to the families; from everywhere else to where the person was."""
        return browsing.home(facts) if place.step in {"family", "found"} and facts.faq is not None else done()


def _picked(value: str, place: Place, known: Knowledge, facts: Facts) -> Outcome | Miss:
    asked = asked_at(place)
    topic = known.published(browsing.topic_in(value))
    if topic is not None:
        return screens.answer(topic, replace(asked, misses=0), known, facts)
    match value:
        case "served" | "off_topic" | "not_enough":
            return _rated(value, place, known, facts)
        case "none":
            missed = replace(asked, refused=(*asked.refused, *texts(place.data, "ids")), misses=asked.misses + 1)
            return screens.defer(missed, "deferred", facts)
        case "other" if place.step == screens.CARE:
            others = [found for key in texts(place.data, "ids") if (found := known.published(key)) is not None]
            return screens.did_you_mean(others, Asked()) if others else browsing.home(facts)
        case "other":
            return ask_again(asked, "", known, facts)
        case "queue":
            return _queued(asked, _reason(place), facts)
        case "person":
            return go_to("handoff", text=asked.text, topic=asked.topic)
        case "topics":
            return browsing.home(facts)
        case "more":
            return browsing.family(str(place.data.get("family")), number(place.data, "page") + 1, known)
        case _ if value.startswith(screens.FACET):
            return ask_again(asked, value.removeprefix(screens.FACET), known, facts)
        case _ if value.removeprefix(browsing.FAMILY) in FAMILIES:
            return browsing.family(value.removeprefix(browsing.FAMILY), 0, known)
        case _:
            return Miss()


def _rated(verdict: Verdict, place: Place, known: Knowledge, facts: Facts) -> Outcome:
    """What the reader said counts, for this version of the topic and without her; the answer stays in the chat."""
    asked = asked_at(place)
    rating: tuple[Effect, ...] = (RateAnswer(asked.topic, number(place.data, "version"), verdict),)
    match verdict:
        case "served":
            return done(*rating, _apart(p("faq.thanks")))
        case "off_topic":
            return first(refused(asked, known, facts), *rating, _apart(p("faq.noted")))
        case "not_enough":
            return first(screens.defer(asked, "not_enough", facts), *rating, _apart(p("faq.noted")))


def _queued(asked: Asked, reason: Reason, facts: Facts) -> Outcome:
    if not asked.text:
        return screens.defer(asked, reason, facts)
    topic = asked.topic or (asked.refused[-1] if asked.refused and reason == "off_topic" else "")
    kept = QueueQuestion(facts.fresh[0], asked.text, facts.language, reason, topic)
    return done(kept, _apart(p("faq.queued")))


def _hidden(facts: Facts) -> Outcome:
    """On Telegram the next screen takes the place of the answer; WhatsApp lets nobody but the reader delete it."""
    match facts.look:
        case "telegram":
            return done(Say(Message(body=(p("faq.hidden"),)), replaces=True))
        case "whatsapp":
            return done(_apart(p("faq.hide_yourself")))
        case "terminal":
            return done(_apart(p("faq.hide_terminal")))
        case _:
            assert_never(facts.look)


def _typed_hide(facts: Facts) -> Outcome:
    """Who types the word on Telegram is told to tap: only then we know which message."""
    return Outcome(STAY, effects=(say("faq.hide_tap"),)) if facts.look == "telegram" else _hidden(facts)


def _reason(place: Place) -> Reason:
    match place.data.get("reason"):
        case "off_topic":
            return "off_topic"
        case "not_enough":
            return "not_enough"
        case _:
            return "deferred"


def _apart(phrase: Phrase) -> Say:
    """A message of its own, so that no edit of the screen takes the answer away."""
    return Say(Message(body=(phrase,)), apart=True)
