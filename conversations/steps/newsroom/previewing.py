"""The issue as each channel and language will show it, with its length against what fits, before anybody gets it."""

from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, choice, first, p
from conversations.messages import Localized, Message, Text
from conversations.news.preview import SHAPES, Preview, Shape, preview
from conversations.news.views import Issue
from conversations.state import Place
from conversations.steps.newsroom.hand import Hand
from conversations.steps.newsroom.words import today

STEP: Final = "preview"
_LANGUAGES: Final = ("it", "en")


def which(issue: Issue, flow: str, *effects: Say) -> Outcome:
    """Which channel, which language?"""
    rows = tuple(
        choice(f"{shape}_{language}", f"newsroom.look_{shape}_{language}")
        for shape in SHAPES
        for language in _LANGUAGES
    )
    screen = Message(title=Localized(issue.title), body=(p("newsroom.which_look"),), choices=rows, ways=(BACK,))
    return first(Outcome(Hand(issue.id).at(STEP, flow), screen), *effects)


def take(place: Place, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    """The message as it will be, and then how long it is."""
    for shape in SHAPES:
        for language in _LANGUAGES:
            if heard == Picked(f"{shape}_{language}"):
                seen = preview(issue, shape, language, today(facts), facts.catalog)
                message = seen.message
                told = Say(Message(body=_measured(seen, shape)))
                return which(issue, place.flow, Say(message, apart=True), told)
    return Miss()


def _measured(seen: Preview, shape: Shape) -> tuple[Text, ...]:
    """How long it is, in how many messages it arrives, and what is wrong with its buttons."""
    key = "newsroom.fits" if seen.characters <= seen.room else f"newsroom.long_{shape}"
    told: list[Text] = [p(key, characters=seen.characters, room=seen.room, count=seen.messages)]
    told += (p("newsroom.long_label", label=label) for label in seen.long_labels)
    if seen.numbers_only:
        told.append(p("newsroom.numbers_only"))
    return (*told, p("newsroom.preview_only"))
