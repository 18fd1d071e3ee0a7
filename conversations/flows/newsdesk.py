"""Invio newsletter: signed by the welfare manager, approved, planned, sent, paused and reported by a coordinator.

Marta: [Approva]
WIS:   Approvi la versione 7: 5 notizie. [Approvo] [Non ancora]
WIS:   Andrà a 310 persone. Telegram: ... WhatsApp: ... [Scegli data e ora] [Manda adesso]
Marta: martedì alle 12:30
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.effects import Say
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import STAY, Heard, Miss, Outcome, Picked, done, first, p, say
from conversations.foresee import foresee
from conversations.messages import Localized, Message, Template, Text, Verbatim
from conversations.news.views import Issue
from conversations.state import Place
from conversations.steps.newsroom import counts, deciding, desk, planning, previewing, scheduling, signing, slots
from conversations.steps.newsroom.alerts import TEMPLATE
from conversations.steps.newsroom.hand import Hand, hand_at, issue_of, item_of
from conversations.steps.newsroom.wanted import DECIDING
from conversations.steps.newsroom.words import lasting, page_in


class Newsdesk:
    """For welfare managers, who sign, and coordinators, who decide."""

    name: ClassVar[str] = DECIDING
    roles: ClassVar[frozenset[Role] | None] = frozenset({"welfare_manager", "coordinator"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with what waits."""
        return desk.home(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from wherever she is; what ends leads back to the issue."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        if place.step == "home":
            return desk.home(facts, page_in(place) + 1) if heard == Picked("more") else Miss()
        if issue is None:
            return first(desk.home(facts), say("newsroom.gone"))
        if place.step not in signing.STEPS and not desk.coordinates(facts) and place.step not in ("issue", "preview"):
            return desk.home(facts)
        outcome = _taken(place, hand, issue, heard, facts)
        if isinstance(outcome, Outcome) and outcome.then is None:
            after = foresee(facts, outcome.effects)
            return first(desk.page(issue_of(hand, after) or issue, after), *outcome.effects)
        return outcome

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The same place once more."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        if issue is None:
            return desk.home(facts, page_in(place))
        item = item_of(hand, issue)
        match place.step:
            case "sign" | "reason" if item is not None and not item.signed_by and signing.signs(issue, facts):
                return signing.sign(issue, item, facts) if place.step == "sign" else signing.reason(hand, item)
            case previewing.STEP:
                return previewing.which(issue, self.name)
            case _ if not desk.coordinates(facts):
                return desk.page(issue, facts)
            case "plan":
                return planning.planned(issue, facts)
            case "when":
                return scheduling.when(hand, issue)
            case "sure":
                return scheduling.sure(hand, issue, facts)
            case "rate":
                return scheduling.rate(issue)
            case _:
                return deciding.show(place, issue, facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, issue, sign, plan, progress, pause; stopped and finished are timers of an issue on its way, skipped,
        empty_slot and missed_slot those of the calendar."""
        issue = issue_of(Hand(subject), facts)
        match verb:
            case "stopped" | "finished":
                return Outcome(STAY) if issue is None else _told(verb, issue)
            case slots.SKIPPED | "empty_slot" | "missed_slot":
                return slots.told(verb, subject, facts)
            case "issue" | "sign" | "plan" | "progress" | "pause" if issue is None:
                return Outcome(STAY, effects=(say("newsroom.gone"),))
            case "sign" if issue is not None and signing.signs(issue, facts):
                return signing.sign(issue, signing.unsigned(issue)[0], facts)
            case "plan" if issue is not None and desk.coordinates(facts):
                return planning.planned(issue, facts)
            case "pause" if issue is not None and issue.state == "sending" and desk.coordinates(facts):
                return deciding.pause(issue, facts)
            case "issue" | "sign" | "plan" | "progress" | "pause" if issue is not None:
                return desk.page(issue, facts)
            case _:
                return desk.home(facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To the issue, from there to the list, from there to where she was."""
        hand = hand_at(place)
        issue = issue_of(hand, facts)
        match place.step:
            case "home":
                return done()
            case "reason" if issue is not None and (item := item_of(hand, issue)) is not None:
                return signing.sign(issue, item, facts)
            case "when" | "sure" | "rate" if issue is not None and issue.state in ("approved", "scheduled"):
                return planning.planned(issue, facts)
            case "issue":
                return desk.home(facts)
            case _:
                return desk.home(facts) if issue is None else desk.page(issue, facts)


def _taken(place: Place, hand: Hand, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    if place.step in signing.STEPS:
        outcome = signing.take(place, hand, issue, heard, facts)
        return Outcome(None) if outcome is None else outcome
    if place.step == previewing.STEP:
        return previewing.take(place, issue, heard, facts)
    if place.step in scheduling.STEPS:
        return scheduling.take(place, hand, issue, heard, facts)
    if place.step in deciding.STEPS:
        return deciding.take(place, hand, issue, heard, facts)
    return _from_issue(place, issue, heard, facts)


def _from_issue(place: Place, issue: Issue, heard: Heard, facts: Facts) -> Outcome | Miss:
    match heard:
        case Picked("sign") if signing.signs(issue, facts):
            return signing.sign(issue, signing.unsigned(issue)[0], facts)
        case Picked("preview"):
            return previewing.which(issue, place.flow)
        case Picked("redraft"):
            return deciding.show(Place(place.flow, "redraft"), issue, facts)
        case Picked() if not desk.coordinates(facts):
            return desk.page(issue, facts)
        case Picked("again"):
            return desk.page(issue, facts)
        case Picked("plan"):
            return planning.planned(issue, facts)
        case Picked("pause"):
            return deciding.pause(issue, facts)
        case Picked("rate"):
            return scheduling.rate(issue)
        case Picked("report"):
            return deciding.reported(issue)
        case Picked("approve" | "resume" | "cancel" | "withdraw" | "correct" as step):
            return deciding.show(Place(place.flow, step), issue, facts)
        case _:
            return Miss()


def _told(verb: str, issue: Issue) -> Outcome:
    """The timer: why an issue stopped by itself, or how it ended."""
    body: list[Text] = [p(f"newsdesk.told_{verb}", title=Localized(issue.title))]
    body += counts.moving(issue) if verb == "stopped" else counts.report(issue)
    look = lasting(DECIDING, "issue", issue.id, "newsdesk.look")
    template = Template(TEMPLATE, (Verbatim(issue.number),))
    told = Message(body=tuple(body), ways=(look,), template=template)
    return Outcome(STAY, effects=(Say(told, lane="alert"),))
