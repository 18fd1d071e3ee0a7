"""Privacy: the notice, who sees what, my consents, my data as a file, erase; every right from the chat.

Giulia: privacy
> I miei dati. Il tuo datore di lavoro non vede le tue risposte. 1. Leggi l'informativa 2. Chi vede cosa ...
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.effects import DiscardRun, Effect, ErasePerson, RecordConsent, ResumeMessages, Say
from conversations.events import Json
from conversations.facts import Facts, Purpose, Role
from conversations.flow import BACK, HUMAN, MENU, NEXT, Heard, Miss, Outcome, Picked, choice, done, first, p, say
from conversations.foresee import foresee
from conversations.messages import Attachment, Choice, Day, Message, Phrase, Text
from conversations.rules.documents import pages
from conversations.state import START, Place
from conversations.steps.needs.reminders import no_more

PURPOSES: Mapping[Purpose, str] = {
    "service": "privacy.service",
    "questionnaire": "privacy.questionnaire",
    "questionnaire_art9": "privacy.questionnaire_art9",
    "newsletter": "privacy.newsletter",
    "offers": "privacy.offers",
    "reminders": "privacy.reminders",
}
_ANYTIME = ("newsletter", "offers", "reminders")
"""Consents that a member can give here first; the others are asked where they are needed."""
_ABOUT_ANSWERS = ("questionnaire", "questionnaire_art9")
_SUBPAGES = ("notice", "who", "consents", "answers", "erase", "contact")


class Privacy:
    """For everybody, guests included: a guest too may read, take a copy and erase."""

    name: ClassVar[str] = "privacy"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin; with `erase` at the question whether to delete everything."""
        return self.show(Place(self.name, "erase" if args.get("erase") else "home"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on by choices only; at the last confirmation a text that is not the word is explained."""
        match place.step, heard:
            case (("home" | "erase"), Picked("export")):
                return first(self.show(place, facts), _export(facts))
            case "home", Picked(step) if step in _SUBPAGES:
                return self.show(Place(self.name, step), facts)
            case "notice", Picked("next"):
                return self.show(Place(self.name, "notice", {"page": _page(place) + 1}), facts)
            case "consents", Picked(purpose) if purpose in PURPOSES:
                return self.show(Place(self.name, "consent", {"purpose": purpose}), facts)
            case "consent", Picked("erase"):
                return self.show(Place(self.name, "erase"), facts)
            case "consent", Picked("give" | "withdraw" as answer):
                return self._consented(place, answer == "give", facts)
            case "answers", Picked("yes"):
                return self._answers_gone(facts)
            case "erase", Picked("yes"):
                return self.show(Place(self.name, "erase_sure"), facts)
            case "erase_sure", Picked("erase"):
                return Outcome(START.place, effects=(ErasePerson(), say("privacy.erased")))
            case (("answers" | "erase" | "erase_sure"), Picked("keep")):
                return first(self.show(Place(self.name, "home"), facts), say("privacy.kept"))
            case "erase_sure", _:
                return Miss(p("privacy.miss_erase"))
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The page of a step; a step of an earlier program is the first page."""
        match place.step:
            case "notice":
                return Outcome(place, _notice(place, facts))
            case "who":
                screen = Message(title=p("privacy.who"), body=(p("privacy.who_sees"),), ways=(BACK, MENU))
            case "consents":
                screen = _consents(facts)
            case "consent" if _purpose(place) is not None:
                screen = _consent(_purpose(place) or "service", facts)
            case "answers" if facts.run is not None:
                sure = (choice("yes", "privacy.answers_yes"), choice("keep", "privacy.keep"))
                screen = Message(title=p("privacy.answers"), body=(p("privacy.answers_sure"),), choices=sure)
            case "erase":
                export = choice("export", "privacy.export")
                choices = (choice("yes", "privacy.erase_yes"), choice("keep", "privacy.keep"), export)
                body = (p("privacy.erase_what"), p("privacy.erase_kept"))
                screen = Message(title=p("privacy.erase"), body=body, choices=choices)
            case "erase_sure":
                # Not numbered: nobody erases herself with a "1".
                confirm = (choice("erase", "privacy.erase_word"),)
                keep = (choice("keep", "privacy.keep"),)
                screen = Message(body=(p("privacy.erase_sure"),), choices=keep, ways=confirm)
            case "contact":
                screen = _contact(facts)
            case _:
                return Outcome(Place(self.name, "home"), _home(facts))
        return Outcome(place, screen)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, or the name of a page."""
        return self.show(Place(self.name, verb if verb in _SUBPAGES else "home"), facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To the page before, and from the first page to where the person was."""
        match place.step:
            case "home":
                return done()
            case "notice" if _page(place) > 0:
                return self.show(Place(self.name, "notice", {"page": _page(place) - 1}), facts)
            case "consent":
                return self.show(Place(self.name, "consents"), facts)
            case "erase_sure":
                return self.show(Place(self.name, "erase"), facts)
            case _:
                return self.show(Place(self.name, "home"), facts)

    def _consented(self, place: Place, given: bool, facts: Facts) -> Outcome | Miss:
        purpose = _purpose(place)
        if purpose is None or purpose == "service":
            return Miss()
        effects: list[Effect] = [RecordConsent(purpose, given, facts.documents[purpose].version)]
        told = say("privacy.consent_given" if given else "privacy.consent_withdrawn")
        if given and purpose in _ANYTIME and facts.person.stopped:
            effects.append(ResumeMessages())
        if not given and purpose in _ABOUT_ANSWERS and facts.run is not None:
            effects += (DiscardRun(facts.run.id), *no_more(facts.run.id))
            told = say("privacy.consent_and_answers_gone")
        shown = self.show(Place(self.name, "consents"), foresee(facts, effects))
        return first(shown, *effects, told)

    def _answers_gone(self, facts: Facts) -> Outcome:
        effects: tuple[Effect, ...] = ()
        if facts.run is not None:
            effects = (DiscardRun(facts.run.id), *no_more(facts.run.id))
        return first(
            self.show(Place(self.name, "home"), foresee(facts, effects)), *effects, say("privacy.answers_gone")
        )


def _home(facts: Facts) -> Message:
    choices = [choice("notice", "privacy.read"), choice("who", "privacy.who")]
    if facts.person.member:
        choices.append(choice("consents", "privacy.consents"))
    choices.append(choice("export", "privacy.export"))
    if facts.run is not None:
        choices.append(choice("answers", "privacy.answers"))
    choices += [choice("erase", "privacy.erase"), choice("contact", "privacy.contact")]
    body = (p("privacy.promise"), p("privacy.yours"))
    return Message(title=p("privacy.title"), body=body, choices=tuple(choices), ways=(BACK, MENU))


def _notice(place: Place, facts: Facts) -> Message:
    sections = pages(facts.documents["notice"], facts.house)
    number = min(_page(place), len(sections) - 1)
    demo: tuple[Text, ...] = (p("common.demo"),) if number == 0 and not facts.house.controller else ()
    return Message(
        title=sections[number].title,
        body=(sections[number].body, *demo),
        hint=p("privacy.page", page=number + 1, pages=len(sections)),
        choices=(NEXT,) if number + 1 < len(sections) else (),
        ways=(BACK, MENU),
    )


def _consents(facts: Facts) -> Message:
    listed = [purpose for purpose in PURPOSES if purpose in _ANYTIME or purpose in facts.person.consents]
    rows = tuple(Choice(purpose, p(PURPOSES[purpose]), _said_of(purpose, facts)) for purpose in listed)
    return Message(title=p("privacy.consents"), body=(p("privacy.consents_choose"),), choices=rows, ways=(BACK, MENU))


def _consent(purpose: Purpose, facts: Facts) -> Message:
    title = p(PURPOSES[purpose])
    state = p("privacy.now", state=_said_of(purpose, facts))
    if purpose == "service":
        leave = (choice("erase", "privacy.erase"),)
        return Message(title=title, body=(state, p("privacy.service_needed")), choices=leave, ways=(BACK,))
    text = pages(facts.documents[purpose], facts.house)[0].body
    given = facts.person.agrees(purpose)
    erases = given and purpose in _ABOUT_ANSWERS and facts.run is not None
    warning: tuple[Text, ...] = (p("privacy.withdraw_erases"),) if erases else ()
    change = choice("withdraw", "privacy.withdraw") if given else choice("give", "privacy.give")
    return Message(title=title, body=(text, state, *warning), choices=(change,), ways=(BACK,))


def _said_of(purpose: Purpose, facts: Facts) -> Phrase:
    consent = facts.person.consents.get(purpose)
    if consent is None:
        return p("privacy.said_nothing")
    day = Day(consent.at.astimezone(facts.zone).date())
    return p("privacy.said_yes", day=day) if consent.given else p("privacy.said_no", day=day)


def _contact(facts: Facts) -> Message:
    house = facts.house
    keeper = house.controller or house.name
    reach = house.privacy_contact or house.phone
    told = p("privacy.contact_at", keeper=keeper, reach=reach) if reach else p("privacy.contact_here", keeper=keeper)
    return Message(title=p("privacy.contact"), body=(told,), ways=(BACK, HUMAN))


def _export(facts: Facts) -> Say:
    file = Attachment("export", facts.person.id, "document", "wis-dati.json", "application/json")
    return Say(Message(body=(p("privacy.export_here"),), attachment=file))


def _page(place: Place) -> int:
    page = place.data.get("page")
    return page if isinstance(page, int) and page > 0 else 0


def _purpose(place: Place) -> Purpose | None:
    return next((purpose for purpose in PURPOSES if purpose == place.data.get("purpose")), None)
