"""Menu: the home of everybody, with what exists today for her roles; and the help.

Giulia: menu
> Menu. Hai un questionario a metà: 3 domande su 12. 1. Riprendi questionario 2. Parla con una persona ...
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Person, Role
from conversations.flow import (
    BACK,
    HUMAN,
    MENU,
    Heard,
    Miss,
    Outcome,
    Typed,
    choice,
    done,
    first,
    go_to,
    p,
    phone_line,
    say,
)
from conversations.forms.walk import progress
from conversations.messages import Choice, Day, Message, Text
from conversations.rules.codes import LINK, code_in, looks_like_code
from conversations.rules.voucher_codes import meant_as_code
from conversations.rules.voucher_pins import pin_in
from conversations.state import HOME, Place
from conversations.steps.needs.view import seen, wave_open
from conversations.understand import Word, word_in

_USEFUL = frozenset[Role]({"worker", "welfare_manager", "coordinator", "partner", "accountant", "referent"})
"""The roles for which the menu has something of their own today."""
MOST_ROWS = 10
"""Rows of a WhatsApp list."""
_DECIDING = frozenset[Role]({"welfare_manager", "coordinator"})


class Menu:
    """The place where every road ends; a guest is sent to the welcome instead."""

    name: ClassVar[str] = "menu"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin: `help` shows the help; `greet`, `cancelled` or `notice` (the key of a phrase) come before home."""
        cancelled = bool(args.get("cancelled"))
        if args.get("help"):
            return self.show(Place(self.name, "help"), facts)
        if not facts.person.member:
            return go_to("welcome", cancelled=cancelled)
        home = self.show(HOME, facts)
        notice = args.get("notice")
        if isinstance(notice, str) and notice:
            home = first(home, say(notice))
        if cancelled:
            return first(home, say("menu.cancelled"))
        return first(home, say("menu.greeting")) if args.get("greet") else home

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Hear what is not a choice: a code, or a word that means nothing more than "begin"."""
        match heard:
            case Typed(text) if facts.person.holds("partner") and meant_as_code(text):
                return go_to("voucher_redeem", code=text)
            case Typed(text) if facts.vouchers.redemptions and (pin := pin_in(text)) is not None:
                return go_to("voucher_redeem", pin=pin)
            case Typed(text) if facts.invitation is not None or looks_like_code(text) or code_in(text, LINK):
                return go_to("welcome", code=text)
            case Typed(text) if word_in(text) is Word.RETURN:
                return self.enter({"greet": True}, facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The help, or home as it is now."""
        if place.step == "help":
            body = (p("menu.help"), p("menu.help_more"), *phone_line(facts.house))
            return Outcome(place, Message(title=p("menu.help_title"), body=body, choices=(MENU, HUMAN), ways=(BACK,)))
        if not facts.person.member:
            return go_to("welcome")
        return Outcome(HOME, _home(facts))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """home or help."""
        return self.enter({"help": verb == "help"}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To where the person was before the help; from home there is nowhere else."""
        return done()


def _home(facts: Facts) -> Message:
    person = facts.person
    body: list[Text] = []
    choices: list[Choice] = []
    if person.holds("worker"):
        told, more = _questionnaire(facts)
        body.append(told)
        choices += more
    if person.holds("welfare_manager"):
        waiting = sum(t.open and t.waiting == "us" and not t.mine for t in facts.tickets)
        body.append(p("menu.tickets", count=waiting) if waiting else p("menu.no_tickets"))
        choices.append(choice("@handoff:list", "menu.questions"))
    if any(person.holds(role) for role in _DECIDING):
        choices.append(choice("@voucher_decision:queue", "menu.to_decide"))
    if person.holds("partner"):
        choices.append(choice("@voucher_redeem:charge", "menu.charge"))
    if any(person.holds(role) for role in _USEFUL):
        choices.append(choice("@vouchers:open", "menu.vouchers"))
        if not body:
            body.append(p("menu.choose"))
    else:
        body.append(p("menu.choose" if person.holds("editor") else "menu.nothing_yet"))
    choices.append(choice("@newsletter:home", "menu.news"))
    if person.stopped:
        body.append(p("menu.stopped"))
    choices += (
        choice("@faq:open", "menu.faq"),
        choice("@handoff:open", "menu.human"),
        choice("@privacy:open", "menu.data"),
    )
    # each of these has a word too, which the help names, and the newsletter's desks stand in its home
    rest = [choice("@language:open", "menu.language"), *_desks(person), choice("@link:open", "menu.link")]
    choices += (*rest[: MOST_ROWS - 1 - len(choices)], choice("@menu:help", "menu.help_choice"))
    # who answers the questions needs no number to call
    call = () if person.holds("welfare_manager") else phone_line(facts.house)
    return Message(title=p("menu.title"), body=(*body, *call), choices=tuple(choices))


def _desks(person: Person) -> tuple[Choice, ...]:
    """Where the newsletter is written, signed and sent."""
    newsroom = (choice("@newsroom:open", "newsletter.newsroom"),) if person.holds("editor") else ()
    desk = any(person.holds(role) for role in _DECIDING)
    return (*newsroom, *((choice("@newsdesk:open", "newsletter.newsdesk"),) if desk else ()))


def _questionnaire(facts: Facts) -> tuple[Text, tuple[Choice, ...]]:
    """What a worker reads about the questionnaire, and the button that leads there if it is open."""
    run, wave = facts.run, facts.wave
    if run is not None and run.finished:
        return p("menu.questionnaire_sent"), (choice("@needs:open", "menu.reread"),)
    if wave is None or facts.form is None or not wave_open(facts):
        return p("menu.questionnaire_closed"), ()
    day = Day(wave.closes_at.astimezone(facts.zone).date())
    if run is None:
        return p("menu.questionnaire_open", day=day), (choice("@needs:start", "menu.begin"),)
    resume = (choice(f"@needs:resume:{run.id}", "menu.resume"),)
    done_so_far, total = progress(facts.form, seen(facts.form, run.run, facts))
    if done_so_far == total:
        return p("menu.questionnaire_ready", day=day), resume
    return p("menu.questionnaire_half", done=done_so_far, total=total, day=day), resume
