"""After the sending: thanks and what happens next, the answers to read again, all of them deleted."""

from conversations.effects import DiscardRun
from conversations.facts import Facts, NeedsRun
from conversations.flow import BACK, HUMAN, MENU, Heard, Miss, Outcome, Picked, choice, done, p, say
from conversations.forms.form import Form
from conversations.messages import Day, Message
from conversations.state import Place
from conversations.steps.needs.reminders import no_more
from conversations.steps.needs.screens import told
from conversations.steps.needs.view import NAME, seen, summary

_CHOICES = (choice("review", "needs.review"), choice("delete", "needs.delete"))


def thanks(facts: Facts) -> Outcome:
    """Thank you, and what happens with the answers now."""
    body = (p("needs.thanks"), p("needs.next", day=closing_day(facts)), p("needs.private"), p("needs.and_you"))
    screen = Message(title=p("needs.thanks_title"), body=body, choices=_CHOICES, ways=(MENU, HUMAN))
    return Outcome(Place(NAME, "finished"), screen)


def sent_already(needs: NeedsRun, facts: Facts) -> Outcome:
    """The questionnaire was sent; until the wave closes the answers can be read and deleted."""
    sent = Day(needs.updated_at.astimezone(facts.zone).date())
    body = (p("needs.sent_already", day=sent), p("needs.until", day=closing_day(facts)))
    screen = Message(title=p("needs.thanks_title"), body=body, choices=_CHOICES, ways=(MENU, HUMAN))
    return Outcome(Place(NAME, "finished"), screen)


def review(form: Form, needs: NeedsRun, facts: Facts) -> Outcome:
    """The answers as they were sent, as far as this channel may show them."""
    prompt = summary(form, seen(form, needs.run, facts), facts)
    screen = Message(
        title=p("needs.summary_title"),
        body=(told(prompt, facts), p("needs.until", day=closing_day(facts))),
        choices=(choice("delete", "needs.delete"),),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "review"), screen)


def deletion(facts: Facts) -> Outcome:
    """All answers of this questionnaire are about to be deleted: sure?"""
    screen = Message(
        title=p("needs.delete_title"),
        body=(p("needs.delete_ask"), p("needs.delete_rest")),
        choices=(choice("sure", "needs.delete_sure"), choice("keep", "needs.delete_not")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "delete"), screen)


def deleted(needs: NeedsRun) -> Outcome:
    """Nothing is left of the questionnaire."""
    return done(DiscardRun(needs.id), *no_more(needs.id), say("needs.deleted"))


def hear(place: Place, heard: Heard, form: Form, needs: NeedsRun, facts: Facts) -> Outcome | Miss:
    """Go on from the thanks or from the answers."""
    match heard:
        case Picked("review") if place.step == "finished":
            return review(form, needs, facts)
        case Picked("delete"):
            return deletion(facts)
        case _:
            return Miss(p("needs.choose"))


def closing_day(facts: Facts) -> Day:
    """The day on which the wave closes; today where there is no wave."""
    closes = facts.now if facts.wave is None else facts.wave.closes_at
    return Day(closes.astimezone(facts.zone).date())
