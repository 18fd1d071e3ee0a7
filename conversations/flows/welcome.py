"""Welcome: a guest and the codes that let her in, or that join a second chat to a profile.

Giulia: ciao
> Ciao! Sono WIS... [Ho un codice] [Cos'è WIS] [Parla con noi]
Giulia: WIS-7K3M-2QXB
> Non trovo questo codice. Controlla lettere e numeri, poi scrivilo di nuovo.
"""

from collections.abc import Mapping
from typing import ClassVar, assert_never

from conversations.effects import AcceptInvitation, JoinPerson, Say, ToPerson
from conversations.events import Json
from conversations.facts import Facts, Invitation, LinkCode, Role
from conversations.flow import (
    BACK,
    DONE,
    HUMAN,
    NO,
    STAY,
    YES,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    done,
    first,
    go_to,
    p,
    phone_line,
    say,
)
from conversations.messages import Message, Phrase
from conversations.rules.codes import LINK, code_in, looks_like_code
from conversations.state import Place

EXAMPLE = "WIS-7K3M-2QXA"
_UNKNOWN = p("welcome.unknown")
_LINK_UNKNOWN = p("welcome.link_unknown")
_TROUBLE = {
    "used": p("welcome.used"),
    "expired": p("welcome.expired"),
    "revoked": p("welcome.revoked"),
    "unknown": _UNKNOWN,
}
_LINK_TROUBLE = {"used": p("welcome.link_used"), "expired": p("welcome.link_expired")}


class Welcome:
    """Guests come in here; a member comes back only with another code."""

    name: ClassVar[str] = "welcome"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin: `code` is the text or link that may hold a code; with `cancelled` a guest broke something off."""
        text = str(args.get("code") or "")
        # A hand-over within the same step must not read the code of the event twice: only the first brings a text.
        if facts.link_code is not None and text:
            return self._link(facts.link_code, facts)
        if facts.invitation is not None and text:
            return self._invited(facts.invitation, facts)
        if text:
            return self._refuse(_LINK_UNKNOWN if code_in(text, LINK) else _UNKNOWN, facts)
        if facts.person.member:
            return go_to("menu", greet=True)
        start = self.show(Place(self.name, "start"), facts)
        return first(start, say("welcome.cancelled")) if args.get("cancelled") else start

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on: a guest's text may be a code; whatever comes first of all is answered with the start."""
        match place.step, heard:
            case (("start" | "about" | "code"), Typed(text)):
                return self._typed_by_guest(place, text, facts)
            case (("start" | "about"), Picked("code" | "about" as step)):
                return self.show(Place(self.name, step), facts)
            case "start", _ if not place.data.get("met"):
                return self.show(place, facts)
            case (("add" | "join" | "two_profiles"), Picked(answer)):
                return self._answered(place, answer, facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a step; a step of an earlier program is the start."""
        call = phone_line(facts.house)
        have_code = choice("code", "welcome.have_code")
        match place.step:
            case "about":
                text = (p("welcome.about", house=facts.house.name), p("welcome.about_invitation"), *call)
                screen = Message(body=text, choices=(have_code, HUMAN), ways=(BACK,))
            case "code":
                text = (p("welcome.ask_code", example=EXAMPLE), *call)
                screen = Message(body=text, wanted="text", ways=(BACK, HUMAN))
            case "add":
                screen = Message(body=(p("welcome.add"),), choices=(YES, NO))
            case "join":
                screen = Message(body=(p("welcome.join"),), choices=(YES, NO))
            case "two_profiles":
                screen = Message(body=(p("welcome.two_profiles"), *call), choices=(HUMAN, DONE))
            case _ if facts.person.member:
                return go_to("menu")
            case _:
                screen = Message(
                    title=p("welcome.hello_title"),
                    body=(p("welcome.hello"),),
                    choices=(have_code, choice("about", "welcome.what"), HUMAN),
                    hint=p("welcome.hint"),
                )
                return Outcome(Place(self.name, "start", {"met": True}), screen)
        return Outcome(place, screen)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """The welcome has no lasting buttons; one that names it opens the start."""
        return self.enter({}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To the start; a member returns to what she was doing."""
        return done() if facts.person.member else self.show(Place(self.name, "start"), facts)

    def _typed_by_guest(self, place: Place, text: str, facts: Facts) -> Outcome | Miss:
        if facts.invitation is not None or looks_like_code(text) or code_in(text, LINK):
            return self.enter({"code": text}, facts)
        if place.step == "start" and not place.data.get("met"):
            return self.show(place, facts)
        return Miss(p("welcome.miss"))

    def _invited(self, invitation: Invitation, facts: Facts) -> Outcome:
        code: dict[str, Json] = {"code": invitation.code, "id": invitation.id}
        match invitation.status:
            case "open" if facts.person.member:
                return self.show(Place(self.name, "add", code), facts)
            case "open":
                return go_to("joining", **code)
            case "mine" if facts.person.member:
                return done(say("welcome.mine"))
            case "mine":
                return self._refuse(_TROUBLE["used"], facts)
            case "used" | "expired" | "revoked" | "unknown":
                return self._refuse(_TROUBLE[invitation.status], facts)
            case _:
                assert_never(invitation.status)

    def _link(self, link: LinkCode, facts: Facts) -> Outcome:
        match link.status:
            case "open":
                step = "two_profiles" if facts.person.member else "join"
                return self.show(Place(self.name, step, {"id": link.id, "person": link.person_id}), facts)
            case "mine":
                return done(say("welcome.link_mine"))
            case "used" | "expired":
                return self._refuse(_LINK_TROUBLE[link.status], facts)
            case _:
                assert_never(link.status)

    def _refuse(self, why: Phrase, facts: Facts) -> Outcome:
        """Say what is wrong with the code; a guest may try another one at once, a member goes on."""
        notice = Say(Message(body=(why,)))
        if facts.person.member:
            return done(notice)
        return first(self.show(Place(self.name, "code"), facts), notice)

    def _answered(self, place: Place, answer: str, facts: Facts) -> Outcome | Miss:
        match place.step, answer:
            case "two_profiles", "done":
                return done()
            case (("add" | "join"), "no"):
                return done(say("welcome.left_as_is"))
            case "add", "yes":
                return self._add(place, facts)
            case "join", "yes":
                return _join(_text(place, "id"), _text(place, "person"))
            case _:
                return Miss()

    def _add(self, place: Place, facts: Facts) -> Outcome:
        """The code is known again with the answer, because somebody else may use it meanwhile."""
        invitation = facts.invitation
        if invitation is not None and invitation.status != "open":
            return self._invited(invitation, facts)
        enterprise = invitation.enterprise if invitation else ""
        told = say("welcome.added_at", enterprise=enterprise) if enterprise else say("welcome.added")
        return done(AcceptInvitation(_text(place, "id")), told)


def _join(link_code: str, person: str) -> Outcome:
    """Told in both chats: the old one may belong to somebody who did not want this. The turn goes on as the other
    person, whose place and language this step does not know."""
    before = Say(Message(body=(p("welcome.chat_added"),)), to=ToPerson(person))
    after = Say(Message(body=(p("welcome.joined"),)), to=ToPerson(person))
    return Outcome(STAY, effects=(before, JoinPerson(link_code, person), after))


def _text(place: Place, key: str) -> str:
    return str(place.data.get(key) or "")
