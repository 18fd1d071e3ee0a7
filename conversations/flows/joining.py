"""Joining: from an open invitation to a member, in under a minute.

> Il codice va bene. In che lingua parliamo? [Italiano] [English]
Giulia: [Italiano]
> Il tuo datore di lavoro non vede le tue risposte... [Accetto] [Leggi tutto] [No, grazie]
Giulia: [Accetto]
> Una newsletter al mese? [Sì] [No, grazie]
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.effects import AcceptInvitation, RecordConsent, Say, SetLanguage
from conversations.events import Json
from conversations.facts import Facts, Purpose, Role
from conversations.flow import (
    BACK,
    HUMAN,
    MENU,
    NEXT,
    YES,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    first,
    go_to,
    p,
)
from conversations.forms.choosing import read_yes_no
from conversations.messages import Choice, Day, Message, Text, Verbatim
from conversations.phrases import language_named, own_name
from conversations.rules.documents import pages
from conversations.state import HOME, Place

ACCEPT = choice("accept", "joining.accept")
NO_THANKS = choice("no", "common.no_thanks")
OPTIONAL: tuple[Purpose, ...] = ("newsletter", "reminders")
"""What a member may also say yes to, asked in this order."""
_TITLES = {"newsletter": "joining.newsletter_title", "reminders": "joining.reminders_title"}


class Joining:
    """The questions between the code and the menu; the place keeps the code, nothing else is stored before yes."""

    name: ClassVar[str] = "joining"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the `code` and `id` of an open invitation."""
        if not args.get("id"):
            return go_to("welcome")
        return self.show(Place(self.name, "language", {"code": args.get("code"), "id": args.get("id")}), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on: a language, the answer to the notice, then one yes or no for each optional consent."""
        match place.step, heard:
            case "language", Picked(value):
                return self._speak(place, value, facts)
            case "language", Typed(text):
                named = language_named(text, facts.catalog)
                return self._speak(place, named, facts) if named else Miss(p("joining.miss_language"))
            case (("notice" | "reading"), Picked(value)):
                return self._read(place, value, facts)
            case (("notice" | "reading"), Typed(text)):
                answer = read_yes_no(text)
                return self._read(place, "accept" if answer else "no", facts) if isinstance(answer, bool) else Miss()
            case "refused", Picked("again"):
                return self.show(replace(place, step="notice"), facts)
            case "refused", Typed(text) if isinstance(answer := read_yes_no(text), bool):
                # A yes is asked once more with the notice in sight; it is not yet the consent.
                return self.show(replace(place, step="notice") if answer else place, facts)
            case ("newsletter" | "reminders") as purpose, Picked("yes" | "no" as answer):
                return self._optional(purpose, answer == "yes", facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a step; a step of an earlier program is the welcome."""
        match place.step:
            case "language":
                names = tuple(Choice(code, Verbatim(own_name(code))) for code in facts.catalog.languages)
                screen = Message(body=(p("joining.language"),), choices=names)
            case "notice":
                screen = self._notice(facts)
            case "reading":
                screen = self._page(place, facts)
            case "refused":
                screen = Message(body=(p("joining.refused"),), choices=(choice("again", "joining.again"), HUMAN))
            case "newsletter" | "reminders":
                section = pages(facts.documents[place.step], facts.house)[0]
                screen = Message(title=p(_TITLES[place.step]), body=(section.body,), choices=(YES, NO_THANKS))
            case _:
                return go_to("welcome")
        return Outcome(place, screen)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """Joining has no lasting buttons; one that names it opens the welcome."""
        return go_to("welcome")

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One step back; a consent once given is taken back under privacy, not here."""
        match place.step, place.data.get("page"):
            case "reading", int(page) if page > 1:
                return self.show(replace(place, data={**place.data, "page": page - 1}), facts)
            case (("reading" | "refused"), _):
                return self.show(replace(place, step="notice"), facts)
            case "notice", _:
                return self.show(replace(place, step="language"), facts)
            case "reminders", _:
                return self.show(replace(place, step="newsletter"), facts)
            case "newsletter", _:
                return self.show(place, facts)
            case _:
                return go_to("welcome")

    def _speak(self, place: Place, language: str, facts: Facts) -> Outcome | Miss:
        if language not in facts.catalog.languages:
            return Miss()
        return first(self.show(replace(place, step="notice"), facts), SetLanguage(language))

    def _notice(self, facts: Facts) -> Message:
        """The first section of the notice asks; the others are the pages of "read all"."""
        section = pages(facts.documents["notice"], facts.house)[0]
        demo: tuple[Text, ...] = () if facts.house.controller else (p("common.demo"),)
        body = (section.body, *demo, p("joining.agree"))
        return Message(
            title=section.title, body=body, choices=(ACCEPT, choice("read", "joining.read_all"), NO_THANKS)
        )

    def _page(self, place: Place, facts: Facts) -> Message:
        sections = pages(facts.documents["notice"], facts.house)
        page = place.data.get("page")
        number = min(page, len(sections) - 1) if isinstance(page, int) else 1
        last = number + 1 == len(sections)
        choices = (ACCEPT, NO_THANKS) if last else (NEXT, ACCEPT)
        return Message(title=sections[number].title, body=(sections[number].body,), choices=choices, ways=(BACK,))

    def _read(self, place: Place, value: str, facts: Facts) -> Outcome | Miss:
        match value, place.data.get("page"):
            case "accept", _:
                return self._accept(place, facts)
            case "next", int(page):
                return self.show(replace(place, data={**place.data, "page": page + 1}), facts)
            case "read", _:
                return self.show(Place(self.name, "reading", {**place.data, "page": 1}), facts)
            case "no", _:
                return self.show(replace(place, step="refused"), facts)
            case _:
                return Miss()

    def _accept(self, place: Place, facts: Facts) -> Outcome:
        """The code is known again with the answer, because somebody else may use it meanwhile."""
        if facts.invitation is not None and facts.invitation.status != "open":
            return go_to("welcome", code=facts.invitation.code)
        effects = (
            AcceptInvitation(str(place.data.get("id") or "")),
            RecordConsent("service", True, facts.documents["notice"].version),
        )
        return first(self.show(Place(self.name, OPTIONAL[0]), facts), *effects)

    def _optional(self, purpose: Purpose, given: bool, facts: Facts) -> Outcome:
        effect = RecordConsent(purpose, given, facts.documents[purpose].version)
        # Reminders are about the questionnaire, which only a worker has.
        following = OPTIONAL[OPTIONAL.index(purpose) + 1 :] if facts.person.holds("worker") else ()
        if following:
            return first(self.show(Place(self.name, following[0]), facts), effect)
        return first(self._ready(facts), effect)

    def _ready(self, facts: Facts) -> Outcome:
        """What she can do now; the last screen already belongs to the menu, so nothing is left open behind it."""
        enterprise = facts.person.memberships[-1].enterprise if facts.person.memberships else ""
        told = p("joining.ready_at", enterprise=enterprise) if enterprise else p("joining.ready")
        if facts.wave is None or not facts.person.holds("worker"):
            return go_to("menu", Say(Message(body=(told,))))
        closing = Day(facts.wave.closes_at.astimezone(facts.zone).date())
        screen = Message(
            title=p("joining.ready_title"),
            body=(told, p("joining.questionnaire", day=closing)),
            choices=(choice("@needs:start", "joining.begin"), MENU),
        )
        return Outcome(HOME, screen)
