"""One step of the conversation: state, event and facts in, the next state and the effects out; nothing touched.

The order of the questions asked of every event: did the channel change? is it a timer or a lasting button (its
flow owns it)? is it a code? is it STOP? is it a label of the current screen, word for word? is it a word that
works everywhere (menu, help, back...)? does it mean a choice of the current screen? Else the flow the person is
in hears it, and what it cannot take is perhaps a question for the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from conversations.effects import Effect, ErasePerson, Here, MarkReachable, ResumeMessages, Say, StopMessages
from conversations.emergency import OWN, emergency
from conversations.events import (
    Blocked,
    Chose,
    ContactShared,
    Due,
    Event,
    Joined,
    Json,
    Located,
    Said,
    Sent,
    Unblocked,
    Unreadable,
)
from conversations.facts import Facts
from conversations.faq_wanted import asks
from conversations.flow import (
    HIDE,
    HUMAN,
    MENU,
    STAY,
    Flow,
    GoTo,
    Heard,
    Keeping,
    Miss,
    Outcome,
    Picked,
    Stay,
    Typed,
    done,
    first,
    p,
    say,
)
from conversations.foresee import foresee
from conversations.messages import Message, Phrase
from conversations.offers import base36, exactly, meant, offered, tokened
from conversations.rules.codes import INVITATION, code_in
from conversations.rules.service_words import service_meant
from conversations.rules.voucher_codes import token_in
from conversations.state import HOME, START, Place, State
from conversations.steps.vouchers.deciding import passed_on
from conversations.understand import Word, word_in
from conversations.voucher_orders import VoucherOrder
from conversations.voucher_wanted import answered, rests

OPENER = "opener"
"""The owner of the button that opens a closed window: writing was all it is for, what waited comes by itself."""

INBOX = "@handoff:list"
DECIDING = "voucher_decision"
_ANSWERS = {Word.APPROVE: "approve", Word.DECLINE: "decline", Word.ASK: "ask", Word.DETAILS: "open"}
_NEWS: Mapping[Word, Mapping[str, Json]] = {
    Word.NEWS: {},
    Word.READ: {"read": True},
    Word.SUBSCRIBE: {"on": True},
    Word.UNSUBSCRIBE: {"off": True},
}
MOST_HAND_OVERS = 8
MOST_PARKED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to."""

    state: State
    effects: tuple[Effect, ...]


class Runaway(RuntimeError):
    """The flows hand the conversation over to each other without end."""


class Engine:
    """The flows of the program, by name; immutable after it was made."""

    def __init__(self, flows: tuple[Flow, ...]) -> None:
        self._flows = {flow.name: flow for flow in flows}

    def step(self, state: State, event: Event, facts: Facts) -> Step:
        """The state after the event, and what is to be done about it.

        Raises whatever a flow raises; the caller keeps the event as a dead letter then.
        """
        state = self._permitted(state, facts)
        step = self._step(state, event, facts)
        if facts.vouchers.refused and any(isinstance(effect, VoucherOrder) for effect in step.effects):
            return self._refused(state, event, step.effects, facts)
        return step

    def _step(self, state: State, event: Event, facts: Facts) -> Step:
        match event.what:
            case Blocked():
                return Step(state, (MarkReachable(False),))
            case Unblocked():
                return Step(state, (MarkReachable(True),))
            case Due(kind=kind, subject=subject):
                flow, _, verb = kind.partition(":")
                return self._follow(state, self._flows[flow].act(verb, subject, facts), facts)
            case Joined(code=code):
                return self._joined(state, code, facts)
            case Chose(token=token):
                return self._chose(state, token, facts)
            case Said(text=text):
                return self._said(state, text, facts)
            case Sent() | Located() | ContactShared() | Unreadable():
                return self._hear(state, event.what, facts)
            case _:
                assert_never(event.what)

    def _refused(self, state: State, event: Event, dropped: tuple[Effect, ...], facts: Facts) -> Step:
        """An order of this very turn was refused a moment ago and no fact foresaw it: why is told instead."""
        if isinstance(event.what, Due):
            return Step(state, ())
        why = say(f"voucher.refused_{facts.vouchers.refused}")
        return self._show_after(state, (*passed_on(dropped, facts), why), facts)

    def _joined(self, state: State, code: str, facts: Facts) -> Step:
        if token_in(code) and facts.person.holds("partner"):
            return self._aside(state, "voucher_redeem", {"code": code}, facts)
        if facts.invitation or facts.link_code or not facts.person.member:
            return self._aside(state, "welcome", {"code": code}, facts)
        return self._enter(state, "menu", {"greet": True}, facts)

    def _chose(self, state: State, token: str, facts: Facts) -> Step:
        if token.startswith("@"):
            return self._lasting(replace(state, tapped=token), token, facts)
        screen, _, value = token.partition(":")
        if screen == base36(state.screen) and any(offer.value == value for offer in state.offers):
            return self._hear(replace(state, tapped=token), Picked(value), facts, tapped=True)
        if token == state.tapped:
            return Step(state, ())
        return self._show_again(state, facts, p("engine.old_button"))

    def _said(self, state: State, text: str, facts: Facts) -> Step:
        known = facts.invitation is not None and facts.invitation.status != "unknown"
        if (known and code_in(text, INVITATION)) or facts.link_code is not None:
            return self._aside(state, "welcome", {"code": text}, facts)
        if facts.vouchers.presented is not None and state.place.flow != "voucher_redeem":
            return self._aside(state, "voucher_redeem", {"code": text}, facts)
        word = word_in(text)
        if word is Word.STOP or (word is Word.UNSUBSCRIBE and not facts.person.member):
            return self._show_after(state, (StopMessages(), say("engine.stopped")), facts)
        value = exactly(text, state.offers)
        if not value and word is not None:
            obeyed = self._word(state, word, facts)
            if obeyed is not None:
                return obeyed
        if not value and _charged(facts) and _looking(state) and (verb := answered(text)):
            return self._lasting(state, f"@voucher_redeem:{verb}", facts)
        value = value or meant(text, state.offers)
        if value.startswith("@") and value != HIDE.value:
            return self._lasting(state, value, facts)
        # what takes its own message away means nothing without the message that was tapped
        return self._hear(state, Picked(value) if value and value != HIDE.value else Typed(text), facts)

    def _word(self, state: State, word: Word, facts: Facts) -> Step | None:
        """What a word that works everywhere does; None where the flow itself should hear it."""
        state = replace(state, misses=0)
        match word:
            case Word.RETURN | Word.SUBSCRIBE if facts.person.stopped and not _reads(word, facts):
                return self._show_after(state, (ResumeMessages(), say("engine.returned")), facts)
            case Word.RETURN if facts.run is not None and not facts.run.finished and state.place.flow != "needs":
                return self._enter(state, "needs", {}, facts)
            case Word.MENU | Word.CANCEL:
                return self._leave(state, facts, cancelled=word is Word.CANCEL)
            case Word.HELP:
                return self._aside(state, "menu", {"help": True}, facts)
            case Word.BACK:
                return self._follow(state, self._flow(state).back(state.place, facts), facts)
            case Word.SKIP if any(offer.value == "skip" for offer in state.offers):
                return self._hear(state, Picked("skip"), facts)
            case Word.LANGUAGE:
                return self._aside(state, "language", {}, facts)
            case Word.PRIVACY:
                return self._aside(state, "privacy", {}, facts)
            case Word.ERASE:
                return self._aside(state, "privacy", {"erase": True}, facts)
            case Word.HUMAN:
                return self._aside(state, "handoff", {}, facts)
            case Word.LINK:
                return self._aside(state, "link", {}, facts)
            case Word.FAQ if facts.faq is not None:
                return self._aside(state, "faq", {}, facts)
            case Word.FORM if facts.person.member and state.place.flow != "needs":
                return self._enter(state, "needs", {}, facts)
            case Word.VOUCHERS if facts.person.member:
                return self._aside(state, "vouchers", {}, facts)
            case Word.REQUESTS if facts.person.member:
                return self._aside(state, "vouchers", {"list": True}, facts)
            case Word.REFUND if facts.person.member:
                return self._aside(state, "voucher_claim", {}, facts)
            case Word.DECIDE if _decides(facts):
                return self._lasting(state, f"@{DECIDING}:queue", facts)
            case Word.APPROVE | Word.DECLINE | Word.ASK | Word.DETAILS if _decides(facts) and _looking(state):
                return self._lasting(state, f"@{DECIDING}:{_ANSWERS[word]}", facts)
            case Word.CONFIRM if _charged(facts):
                return self._lasting(state, "@voucher_redeem:confirm", facts)
            case Word.NEWS | Word.READ | Word.SUBSCRIBE | Word.UNSUBSCRIBE if facts.person.member:
                return self._aside(state, "newsletter", _NEWS[word], facts)
            case Word.TOPICS | Word.TELL if facts.person.member:
                return self._lasting(state, f"@newsletter:{word.value}", facts)
            case Word.NEWSROOM if facts.person.holds("editor") or facts.person.holds("coordinator"):
                return self._aside(state, "newsroom", {}, facts)
            case Word.NEWSDESK if facts.person.holds("welfare_manager") or facts.person.holds("coordinator"):
                return self._aside(state, "newsdesk", {}, facts)
            case Word.INBOX if facts.person.holds("welfare_manager"):
                return self._lasting(state, INBOX, facts)
            case Word.HELLO if state.place == HOME:
                return self._enter(state, "menu", {"greet": True}, facts)
            case Word.THANKS if state.place.flow == "faq":
                return None
            case Word.HELLO | Word.THANKS if any(offer.numbered for offer in state.offers):
                why = p("engine.hello") if word is Word.HELLO else p("engine.thanks")
                return self._show_again(state, facts, None if state.place.flow == "welcome" else why)
            case _:
                # Where the screen asks for a text, a greeting may be the beginning of one.
                return None

    def _lasting(self, state: State, token: str, facts: Facts) -> Step:
        if token == MENU.value:
            return self._leave(state, facts, cancelled=False)
        state = replace(state, misses=0)
        name, _, rest = token[1:].partition(":")
        verb, _, subject = rest.partition(":")
        if name == OPENER:
            return Step(state, ())
        flow = self._flows.get(name)
        if flow is None:
            return self._show_again(state, facts, p("engine.old_button"))
        if not may_enter(flow, facts):
            return self._show_again(state, facts, p("engine.not_for_you"))
        outcome = flow.act(verb, subject, facts)
        if isinstance(outcome.then, Place) and outcome.then.flow != state.place.flow:
            state = self._park(state)
        if outcome.then is None and state.place.flow != name:
            # a button of something else never ends what she is doing now
            outcome = replace(outcome, then=STAY)
        return self._follow(state, outcome, facts)

    def _hear(self, state: State, heard: Heard, facts: Facts, tapped: bool = False) -> Step:
        if isinstance(heard, Picked) and heard.value == "back":
            return self._follow(state, self._flow(state).back(state.place, facts), facts, tapped)
        outcome = self._flow(state).take(state.place, heard, facts)
        if isinstance(outcome, Miss):
            return self._elsewhere(state, heard, facts) or self._missed(state, heard, outcome, facts)
        if isinstance(heard, Typed) and state.place.flow not in OWN and (alarm := emergency(heard.text, facts)):
            outcome = first(outcome, Say(Message(body=alarm)))
        return self._follow(replace(state, misses=0), outcome, facts, tapped)

    def _elsewhere(self, state: State, heard: Heard, facts: Facts) -> Step | None:
        """A need goes to the vouchers, a question to the answers, a file sent at the menu to a person; else None."""
        match heard:
            case Typed(text) if _looking(state) and (code := service_meant(text)) and _pays(code, facts):
                return self._aside(state, "voucher_request", {"category": code}, facts)
            case Typed(text) if facts.faq is not None and state.place.flow != "faq":
                if asks(text, state.place, facts.faq, facts.language):
                    return self._aside(state, "faq", {"question": text}, facts)
            case Sent(kind="voice" | "audio" | "photo" | "document") if state.place == HOME:
                file: Json = [heard.kind, heard.ref, heard.mime, heard.name, heard.size]
                return self._aside(state, "handoff", {"file": file, "text": heard.caption}, facts)
            case _:
                pass
        return None

    def _missed(self, state: State, heard: Heard, miss: Miss, facts: Facts) -> Step:
        """Say what is wrong or what we wait for; from the second time on offer the menu and a person too."""
        shown = self._flow(state).show(state.place, facts)
        if state.misses:
            why = (*((miss.why,) if miss.why else ()), p("engine.second_miss"))
            if shown.screen is not None:
                shown = replace(shown, screen=_with_help(shown.screen, state.place))
        else:
            typed = isinstance(heard, Typed | Picked)
            why = (miss.why or p("engine.not_understood" if typed else "engine.not_readable"),)
        state = replace(state, misses=state.misses + 1)
        return self._follow(state, first(shown, Say(Message(body=why))), facts)

    def _leave(self, state: State, facts: Facts, cancelled: bool) -> Step:
        flow = self._flow(state)
        kept = flow.left(state.place, facts) if isinstance(flow, Keeping) else ""
        cancelled = cancelled and not kept and state.place.flow != "menu"
        home = Outcome(GoTo("menu", {"cancelled": cancelled, "notice": kept}))
        return self._follow(replace(state, parked=(), misses=0), home, facts)

    def _aside(self, state: State, name: str, args: Mapping[str, Json], facts: Facts) -> Step:
        """Enter a flow on the side: the person returns to where she is now."""
        if state.place.flow != name:
            state = self._park(state)
        return self._enter(state, name, args, facts)

    def _park(self, state: State) -> State:
        if state.place.flow == "menu":
            return state
        others = tuple(place for place in state.parked if place.flow != state.place.flow)
        return replace(state, parked=(*others, state.place)[-MOST_PARKED:])

    def _enter(self, state: State, name: str, args: Mapping[str, Json], facts: Facts) -> Step:
        return self._follow(replace(state, misses=0), Outcome(GoTo(name, args)), facts)

    def _show_after(self, state: State, effects: tuple[Effect, ...], facts: Facts) -> Step:
        facts = foresee(facts, effects)
        return self._follow(state, first(self._flow(state).show(state.place, facts), *effects), facts)

    def _show_again(self, state: State, facts: Facts, why: Phrase | None = None) -> Step:
        shown = self._flow(state).show(state.place, facts)
        return self._follow(state, first(shown, Say(Message(body=(why,)))) if why else shown, facts)

    def _follow(self, state: State, outcome: Outcome, facts: Facts, tapped: bool = False) -> Step:
        """Carry an outcome through hand-overs and returns, to the place where the person is to answer."""
        effects: list[Effect] = []
        for _ in range(MOST_HAND_OVERS):
            effects += outcome.effects
            facts = foresee(facts, outcome.effects)
            if any(isinstance(effect, ErasePerson) for effect in outcome.effects):
                # Nothing she was doing may outlive her data; whoever writes from there next is a new guest.
                return Step(replace(START, screen=state.screen), tuple(effects))
            then = outcome.then
            match then:
                case Stay():
                    return Step(state, tuple(effects))
                case Place() as place:
                    return self._arrive(state, place, outcome.screen, effects, facts, tapped)
                case GoTo(flow=name, args=args):
                    flow = self._flows.get(name)
                    if flow is None or not may_enter(flow, facts):
                        effects.append(say("engine.not_for_you"))
                        flow, args = self._flows["menu"], {}
                    outcome = flow.enter(args, facts)
                case None if outcome.screen is not None:
                    back = state.parked[-1] if state.parked else HOME
                    if rests(back):
                        return self._over(state, back, outcome.screen, effects, facts)
                    outcome = done(Say(outcome.screen, apart=True))
                case None if state.parked:
                    place = state.parked[-1]
                    state = replace(state, parked=state.parked[:-1], place=place)
                    outcome = self._flow(state).show(place, facts)
                case None:
                    outcome = self._flows["menu"].enter({}, facts)
                case _:
                    assert_never(then)
        raise Runaway(state.place.flow)

    def _over(self, state: State, back: Place, receipt: Message, effects: list[Effect], facts: Facts) -> Step:
        """She is back where nothing is asked of her, and the receipt is the last thing on her screen."""
        offers = tuple(offered(way, False, facts) for way in receipt.ways)
        state = replace(state, place=back, parked=state.parked[:-1], offers=offers)
        return Step(state, (*effects, Say(receipt, apart=True)))

    def _arrive(
        self,
        state: State,
        place: Place,
        screen: Message | None,
        effects: list[Effect],
        facts: Facts,
        tapped: bool,
    ) -> Step:
        if place == HOME:
            state = replace(state, parked=())
        if screen is None:
            return Step(replace(state, place=place, offers=()), tuple(effects))
        number = state.screen + 1
        notices = tuple(e.message for e in effects if isinstance(e, Say) and _is_notice(e))
        others = [e for e in effects if not (isinstance(e, Say) and _is_notice(e))]
        shown = replace(
            screen,
            screen=number,
            body=(*(text for notice in notices for text in notice.body), *screen.body),
            choices=tuple(tokened(c, number) for c in screen.choices),
            ways=tuple(tokened(c, number) for c in screen.ways),
        )
        offers = (
            *(offered(c, True, facts) for c in screen.choices),
            *(offered(c, False, facts) for c in screen.ways),
        )
        # a message that stays apart must not be overtaken by an edit of the screen above it
        edits = tapped or any(isinstance(e, Say) and e.replaces for e in effects)
        edits = edits and not any(isinstance(e, Say) and isinstance(e.to, Here) for e in others)
        return Step(
            replace(state, place=place, screen=number, offers=offers),
            (*others, Say(shown, replaces=edits)),
        )

    def _permitted(self, state: State, facts: Facts) -> State:
        """The state without the places of a flow that is gone, or whose role the person no longer holds."""
        parked = tuple(place for place in state.parked if self._open(place, facts))
        if self._open(state.place, facts):
            return state if parked == state.parked else replace(state, parked=parked)
        return replace(state, parked=parked, place=HOME, offers=(), misses=0)

    def _open(self, place: Place, facts: Facts) -> bool:
        flow = self._flows.get(place.flow)
        return flow is not None and may_enter(flow, facts)

    def _flow(self, state: State) -> Flow:
        return self._flows.get(state.place.flow) or self._flows["menu"]


def _decides(facts: Facts) -> bool:
    """True if she decides requests: for the association, or as her firm's own manager."""
    person = facts.person
    return person.holds("welfare_manager") or person.holds("coordinator") or bool(facts.vouchers.for_firm)


def _reads(word: Word, facts: Facts) -> bool:
    """True if the word is about the newsletter, which only members get; it takes back a STOP itself."""
    return word is Word.SUBSCRIBE and facts.person.member


def _pays(code: str, facts: Facts) -> bool:
    """True if a call that she may ask of now pays for this kind of service."""
    return any(code in call.categories for call in facts.vouchers.calls)


def _charged(facts: Facts) -> bool:
    """True if a charge waits for her yes or no."""
    return any(one.state == "started" for one in facts.vouchers.redemptions)


def _looking(state: State) -> bool:
    """True where nothing is being written: a word such as "chiedi" would begin a text elsewhere."""
    return rests(state.place)


def may_enter(flow: Flow, facts: Facts) -> bool:
    """True if the person holds a role the flow is for, now."""
    return flow.roles is None or any(facts.person.holds(role) for role in flow.roles)


def _with_help(screen: Message, place: Place) -> Message:
    """The screen with the menu and a person among its ways, unless it offers them already."""
    offered = {choice.value for choice in (*screen.choices, *screen.ways)}
    more = tuple(way for way in (MENU, HUMAN) if way.value not in offered and not (way is MENU and place == HOME))
    return replace(screen, ways=(*screen.ways, *more))


def _is_notice(say: Say) -> bool:
    message = say.message
    asks = message.choices or message.ways or message.hint or message.example
    plain = not (asks or message.attachment or message.title or message.template)
    return plain and isinstance(say.to, Here) and not say.apart
