"""How a reader wants the newsletter: yes or no, offers of partners, topics, the chat and the hour."""

from dataclasses import replace
from typing import Final

from conversations.effects import Effect, RecordConsent, ResumeMessages, Say
from conversations.facts import Facts, Purpose
from conversations.flow import (
    BACK,
    DONE,
    MENU,
    STAY,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    first,
    p,
    say,
)
from conversations.foresee import foresee
from conversations.forms.days import read_time
from conversations.forms.refusal import Refusal
from conversations.messages import Choice, Localized, Message, Phrase, Text, Verbatim
from conversations.news.calendar import HOURS
from conversations.news.orders import SetWishes
from conversations.news.views import TOPICS, Topic, Wishes
from conversations.rules.documents import pages
from conversations.state import Place
from conversations.steps.newsroom.wanted import READING as NAME
from conversations.steps.newsroom.words import lasting

PROPOSED: Final = ("09:00", "10:30", "12:30", "15:00", "17:00", "18:00")
"""The hours on buttons; any other of calendar.HOURS can be typed."""
CHANNELS: Final = ("telegram", "whatsapp")


def home(facts: Facts) -> Outcome:
    """How things stand, and everything she can change."""
    gets = facts.person.agrees("newsletter")
    waiting = facts.news.to_read if facts.news.unread else None
    body: list[Text] = []
    if waiting is not None:
        body.append(p("newsletter.one_waits", title=Localized(waiting.title)))
    if facts.person.stopped:
        body.append(p("newsletter.stopped_all"))
    elif gets:
        body.append(_told(facts))
    else:
        body.append(p("newsletter.you_do_not"))
    offers = facts.person.agrees("offers")
    body.append(p("newsletter.offers_on" if offers else "newsletter.offers_off"))
    rows = [choice("read", "newsletter.read_now")] if waiting is not None else []
    rows.append(choice("archive", "newsletter.archive"))
    if gets and not facts.person.stopped:
        rows += (choice("topics", "newsletter.topics"), choice("hour", "newsletter.hour"))
        if len(channels(facts)) > 1:
            rows.append(choice("channel", "newsletter.channel"))
        rows += (choice("offers", "newsletter.offers"), choice("off", "newsletter.stop"))
    else:
        rows += (choice("on", "newsletter.subscribe"), choice("offers", "newsletter.offers"))
    rows += desks(facts)
    screen = Message(title=p("newsletter.title"), body=tuple(body), choices=tuple(rows), ways=(BACK, MENU))
    return Outcome(Place(NAME, "home"), screen)


def desks(facts: Facts) -> tuple[Choice, ...]:
    """For who works on the newsletter: where it is written, where it is signed and sent."""
    person = facts.person
    office = person.holds("coordinator")
    writes = (choice("@newsroom:open", "newsletter.newsroom"),) if office or person.holds("editor") else ()
    sends = office or person.holds("welfare_manager")
    return (*writes, *((choice("@newsdesk:open", "newsletter.newsdesk"),) if sends else ()))


def _told(facts: Facts) -> Phrase:
    """Her topics and her hour, on one line."""
    wishes = facts.news.wishes
    topics: Text = p("newsletter.all_topics")
    for index, one in enumerate(wishes.topics):
        name = p(f"newsletter.topic_{one}")
        topics = p("newsletter.and_topic", topics=topics, topic=name) if index else name
    hour: Text = Verbatim(wishes.hour) if wishes.hour else p("newsletter.any_hour")
    return p("newsletter.you_get", topics=topics, hour=hour)


def subscribe(facts: Facts) -> Outcome:
    """In with one word where she has read the text before; else the text and a question."""
    said = facts.person.consents.get("newsletter")
    if facts.person.agrees("newsletter") and not facts.person.stopped:
        return first(home(facts), say("newsletter.already_on"))
    if said is not None and said.text_version == facts.documents["newsletter"].version:
        return given("newsletter", facts)
    return consent("newsletter", facts)


def consent(purpose: Purpose, facts: Facts) -> Outcome:
    """The text of a consent with how it stands, and the answer that changes it."""
    gives = facts.person.agrees(purpose)
    change = choice("no", f"newsletter.{purpose}_no") if gives else choice("yes", f"newsletter.{purpose}_yes")
    text = pages(facts.documents[purpose], facts.house)[0].body
    state = (p("newsletter.now_yes"),) if gives else ()
    screen = Message(
        title=p(f"newsletter.{purpose}_title"), body=(text, *state), choices=(change,), ways=(BACK, MENU)
    )
    return Outcome(Place(NAME, "consent", {"purpose": purpose}), screen)


def given(purpose: Purpose, facts: Facts) -> Outcome:
    """Her yes is kept with the version of the text, and a STOP of before is taken back."""
    effects: list[Effect] = [RecordConsent(purpose, True, facts.documents[purpose].version)]
    if facts.person.stopped:
        effects.append(ResumeMessages())
    return first(home(foresee(facts, effects)), *effects, say(f"newsletter.{purpose}_given"))


def withdrawn(purpose: Purpose, facts: Facts) -> Outcome:
    """Her no is kept, effect at once; everything else stays."""
    if not facts.person.agrees(purpose):
        return first(home(facts), say(f"newsletter.{purpose}_withdrawn"))
    order = RecordConsent(purpose, False, facts.documents[purpose].version)
    return first(home(foresee(facts, (order,))), order, say(f"newsletter.{purpose}_withdrawn"))


def stop_here(facts: Facts) -> Outcome:
    """One tap under a digest, whatever she is doing: no more newsletters; how to have them back is said."""
    if not facts.person.agrees("newsletter"):
        effects: tuple[Effect, ...] = ()
    else:
        effects = (RecordConsent("newsletter", False, facts.documents["newsletter"].version),)
    again = lasting(NAME, "on", "", "newsletter.on_again")
    told = Say(Message(body=(p("newsletter.stopped_here"),), ways=(again,)))
    return Outcome(STAY, effects=(*effects, told))


def topics(facts: Facts, marked: tuple[str, ...] | None = None) -> Outcome:
    """Which topics? Several can be marked; none marked is everything."""
    chosen = facts.news.wishes.topics if marked is None else marked
    rows = tuple(Choice(one, p(f"newsletter.topic_{one}"), marked=one in chosen) for one in TOPICS)
    screen = Message(
        title=p("newsletter.topics"),
        body=(p("newsletter.topics_how"),),
        choices=rows,
        ways=(DONE, BACK),
        multiple=True,
    )
    return Outcome(Place(NAME, "topics", {"marked": list(chosen)}), screen)


def hour(facts: Facts) -> Outcome:
    """At which hour?"""
    rows = (
        choice("any", "newsletter.with_all"),
        *(choice(one, "newsletter.at_hour", hour=one.removeprefix("0")) for one in PROPOSED),
    )
    screen = Message(title=p("newsletter.hour"), body=(p("newsletter.hour_how"),), choices=rows, ways=(BACK,))
    return Outcome(Place(NAME, "hour"), screen)


def channel(facts: Facts) -> Outcome:
    """In which chat?"""
    rows = (
        choice("any", "newsletter.where_i_write"),
        *(choice(one, f"newsletter.on_{one}_chat") for one in CHANNELS if one in channels(facts)),
    )
    screen = Message(title=p("newsletter.channel"), body=(p("newsletter.channel_how"),), choices=rows, ways=(BACK,))
    return Outcome(Place(NAME, "channel"), screen)


def channels(facts: Facts) -> tuple[str, ...]:
    """The channels on which she can be reached."""
    return tuple(dict.fromkeys(reach.channel for reach in facts.person.reaches if not reach.blocked))


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from any of these screens."""
    wishes = facts.news.wishes
    match place.step, heard:
        case "home", Picked("on"):
            return subscribe(facts)
        case "home", Picked("off"):
            return withdrawn("newsletter", facts)
        case "home", Picked("offers"):
            return consent("offers", facts)
        case "home", Picked("topics" | "hour" | "channel" as step):
            return show(Place(NAME, step), facts)
        case "consent", Picked("yes" | "no" as answer):
            purpose: Purpose = "offers" if place.data.get("purpose") == "offers" else "newsletter"
            return given(purpose, facts) if answer == "yes" else withdrawn(purpose, facts)
        case "topics", Picked("done"):
            return _kept(replace(wishes, topics=_topics(_marked(place))), facts)
        case "topics", Picked(value) if value in TOPICS:
            marked = _marked(place)
            new = tuple(one for one in marked if one != value) if value in marked else (*marked, value)
            return topics(facts, tuple(one for one in TOPICS if one in new))
        case "hour", Picked("any"):
            return _kept(replace(wishes, hour=""), facts)
        case "hour", (Picked(text) | Typed(text)):
            at = read_time(text)
            told = "" if isinstance(at, Refusal) else f"{at:%H:%M}"
            return _kept(replace(wishes, hour=told), facts) if told in HOURS else Miss(p("newsletter.hour_miss"))
        case "channel", Picked(value) if value == "any" or value in channels(facts):
            return _kept(replace(wishes, channel="" if value == "any" else value), facts)
        case _:
            return Miss()


def show(place: Place, facts: Facts) -> Outcome:
    """The place once more."""
    match place.step:
        case "consent":
            return consent("offers" if place.data.get("purpose") == "offers" else "newsletter", facts)
        case "topics":
            return topics(facts, _marked(place) if "marked" in place.data else None)
        case "hour":
            return hour(facts)
        case "channel" if len(channels(facts)) > 1:
            return channel(facts)
        case _:
            return home(facts)


def _kept(wishes: Wishes, facts: Facts) -> Outcome:
    order = SetWishes(wishes)
    return first(home(foresee(facts, (order,))), order, say("newsletter.wishes_kept"))


def _marked(place: Place) -> tuple[str, ...]:
    held = place.data.get("marked")
    return tuple(map(str, held)) if isinstance(held, list) else ()


def _topics(marked: tuple[str, ...]) -> tuple[Topic, ...]:
    return tuple(one for one in TOPICS if one in marked)
