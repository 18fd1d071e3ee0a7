"""The engine: what every event means in every state, whatever the flows are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.effects import (
    Effect,
    Here,
    MarkReachable,
    OpenTicket,
    RecordConsent,
    ResumeMessages,
    Say,
    StopMessages,
    ToRole,
)
from conversations.engine import Engine, Runaway
from conversations.events import (
    Address,
    Blocked,
    Chose,
    ContactShared,
    Due,
    Event,
    Happening,
    Joined,
    Json,
    Located,
    Said,
    Sent,
    Unblocked,
    Unreadable,
)
from conversations.facts import Facts, LinkCode, Role
from conversations.flow import (
    BACK,
    HUMAN,
    MENU,
    STAY,
    Flow,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    done,
    go_to,
    over,
    p,
    say,
)
from conversations.messages import Choice, Message, Verbatim
from conversations.offers import TOKEN_BYTES, base36
from conversations.state import HOME, START, Place, State, from_json, to_json
from tests.conversations.player import FLOWS, Player, check, guest, member, open_wave


@dataclass
class Probe:
    """A flow that remembers what it heard; its screen has two choices, a way back and SKIP."""

    name: ClassVar[str] = "probe"
    roles: ClassVar[frozenset[Role] | None] = None
    heard: list[Heard] = field(default_factory=list)
    then: Outcome | Miss | None = None
    acted: list[tuple[str, str]] = field(default_factory=list)

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        return self.show(Place("probe", "one"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        self.heard.append(heard)
        return self.then or self.show(place, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        rows = (Choice("a", Verbatim("Mattina")), Choice("b", Verbatim("Sera tardi")))
        ways = (BACK, choice("skip", "way.skip"))
        return Outcome(Place("probe", "one"), Message(body=(Verbatim("Quando?"),), choices=rows, ways=ways))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        self.acted.append((verb, subject))
        return self.show(Place("probe", "one"), facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        return done()


@dataclass
class Managers(Probe):
    """The same for welfare managers only."""

    name: ClassVar[str] = "managers"
    roles: ClassVar[frozenset[Role] | None] = frozenset({"welfare_manager"})


@dataclass
class Endless(Probe):
    """A flow that hands over to itself."""

    name: ClassVar[str] = "endless"

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        return go_to("endless")


def probed(then: Outcome | Miss | None = None, *roles: Role) -> tuple[Player, Probe]:
    """A member on the screen of the probe."""
    probe = Probe(then=then)
    player = Player(member(*roles), (*FLOWS, probe, Managers(), Endless()))
    player.does(Chose("@probe:open"))
    probe.acted.clear()
    return player, probe


def test_a_choice_is_heard_by_tap_number_and_words() -> None:
    player, probe = probed()
    player.taps("Mattina")
    player.says("1")
    player.says("la prima")
    player.says("sera")
    player.says("Sera tardi!")
    assert probe.heard == [Picked("a"), Picked("a"), Picked("a"), Picked("b"), Picked("b")]
    player.says("a mezzogiorno")
    assert probe.heard[-1] == Typed("a mezzogiorno")


def test_a_tap_edits_its_message_and_a_text_does_not() -> None:
    player, _ = probed()
    player.taps("Mattina")
    assert [effect.replaces for effect in player.effects if isinstance(effect, Say)] == [True]
    player.says("1")
    assert [effect.replaces for effect in player.effects if isinstance(effect, Say)] == [False]


def test_a_message_that_stays_apart_is_not_overtaken_by_an_edit() -> None:
    player, probe = probed()
    screen = probe.show(HOME, player.facts)
    probe.then = replace(screen, effects=(Say(Message(body=(Verbatim("Ecco"),)), apart=True),))
    player.taps("Mattina")
    apart, shown = player.effects
    assert isinstance(apart, Say) and apart.message.body == (Verbatim("Ecco"),)
    assert isinstance(shown, Say) and not shown.replaces and Verbatim("Ecco") not in shown.message.body


def test_a_notice_is_told_above_the_screen_and_a_message_to_others_is_not() -> None:
    player, probe = probed()
    screen = probe.show(HOME, player.facts)
    to_others = Say(Message(body=(Verbatim("Avviso"),)), to=ToRole("welfare_manager"))
    probe.then = replace(screen, effects=(say("engine.thanks"), to_others))
    player.taps("Mattina")
    assert player.effects[0] == to_others
    (shown,) = [e for e in player.effects if isinstance(e, Say) and e.to == Here()]
    assert shown.message.body == (p("engine.thanks"), Verbatim("Quando?"))


def test_a_stale_button_is_answered_kindly_and_a_double_tap_not_at_all() -> None:
    player, probe = probed()
    stale = player.screen
    player.taps("Mattina")
    assert len(probe.heard) == 1
    player.screen = stale
    assert player.taps("Mattina") == ""
    assert player.effects == ()
    player.screen = stale
    assert "Questa domanda è già chiusa" in player.taps("Sera tardi")
    assert len(probe.heard) == 1


@pytest.mark.parametrize("token", ["", ":", "zz:a", "1", "💥", "@", "@gone:open", "a" * 64])
def test_a_button_of_nobody_shows_the_present_screen(token: str) -> None:
    player, probe = probed()
    assert "Quando?" in player.does(Chose(token))
    assert probe.heard == []


def test_a_lasting_button_works_on_any_screen_and_leads_back() -> None:
    player, probe = probed()
    player.says("lingua")
    assert player.state.parked == (Place("probe", "one"),)
    player.does(Chose("@probe:resume:17:x"))
    assert probe.acted == [("resume", "17:x")]
    player.says("indietro")
    assert player.state.place.flow == "language"


def test_the_button_of_a_role_is_refused_without_the_role() -> None:
    player, _ = probed()
    assert "non è attiva per te" in player.does(Chose("@managers:open"))
    assert player.state.place.flow == "probe"


def test_a_place_of_a_withdrawn_role_is_left() -> None:
    player, _ = probed(None, "worker", "welfare_manager")
    player.state = replace(player.state, place=Place("managers", "one"), parked=(Place("managers", "one"),))
    player.facts = replace(player.facts, person=member("worker"))
    player.says("1")
    assert player.state.place == HOME
    assert player.state.parked == ()


def test_a_hand_over_to_what_she_may_not_enter_leads_to_the_menu() -> None:
    for name in ("managers", "nowhere"):
        player, _ = probed(go_to(name))
        assert "non è attiva per te" in player.taps("Mattina")
        assert player.state.place == HOME


def test_flows_without_end_are_stopped() -> None:
    player, _ = probed(go_to("endless"))
    with pytest.raises(Runaway):
        player.taps("Mattina")


def test_a_flow_that_is_done_returns_to_what_was_open_innermost_first() -> None:
    player, _ = probed()
    player.says("privacy")
    player.says("lingua")
    assert [place.flow for place in player.state.parked] == ["probe", "privacy"]
    player.says("indietro")
    assert player.state.place.flow == "privacy"
    player.says("indietro")
    assert player.state.place.flow == "probe"
    player.says("indietro")
    assert player.state.place == HOME


RECEIPT = Message(body=(Verbatim("Ricevuto."),), ways=(MENU,))


def test_a_receipt_is_the_last_thing_she_reads_where_nothing_is_asked_of_her() -> None:
    player, _ = probed(over(RECEIPT))
    assert player.taps("Mattina").startswith("Ricevuto.")
    assert (player.state.place, player.state.parked) == (HOME, ())
    assert [offer.label for offer in player.state.offers] == ["Menu"]


def test_after_a_receipt_a_question_she_had_left_open_is_asked_again() -> None:
    player, _ = probed(over(RECEIPT), "worker", "welfare_manager")
    player.state = replace(player.state, parked=(Place("managers", "one"),))
    said = player.taps("Mattina")
    assert said.index("Ricevuto.") < said.index("Quando?")
    assert player.state.parked == ()


def test_nothing_stays_open_behind_the_menu() -> None:
    for leave in ("menu", "annulla"):
        player, _ = probed()
        player.says("lingua")
        player.says(leave)
        assert player.state.place == HOME
        assert player.state.parked == ()
    player, _ = probed()
    player.says("privacy")
    player.taps("Menu")
    assert (player.state.place, player.state.parked) == (HOME, ())


def test_at_most_three_places_wait_and_a_flow_once() -> None:
    player, _ = probed()
    for word in ("lingua", "privacy", "collega", "persona", "lingua", "privacy"):
        player.says(word)
    flows = [place.flow for place in player.state.parked]
    assert len(flows) == len(set(flows)) == 3


def test_after_two_misunderstandings_come_the_menu_and_a_person() -> None:
    player, _ = probed(Miss())
    first = player.says("eh?")
    assert "Non ho capito bene" in first and "Menu" not in player.labels()
    for _ in range(3):
        again = player.says("eh?")
        assert "Non ho capito" not in again
        assert player.labels()[-2:] == ["Menu", "Parla con noi"]


def test_something_understood_in_between_starts_the_count_anew() -> None:
    player, _ = probed(Miss())
    player.says("eh?")
    player.says("aiuto")
    player.says("indietro")
    assert "Non ho capito bene" in player.says("eh?")


def test_a_flow_says_itself_what_it_waits_for() -> None:
    player, _ = probed(Miss(p("way.done")))
    assert "Fatto" in player.says("eh?")


def test_in_the_menu_a_second_miss_offers_nothing_twice() -> None:
    player = Player(member())
    player.says("menu")
    player.says("xyz")
    player.says("xyz")
    values = [c.value for c in (*player.screen.choices, *player.screen.ways)] if player.screen else []
    assert values.count(HUMAN.value) == 1
    assert MENU.value not in values


@pytest.mark.parametrize(
    "what",
    [
        Sent("voice", "r"),
        Sent("sticker", "r"),
        Located(45.4, 9.2),
        ContactShared("+1 202 555 0101", True),
        Unreadable("poll"),
    ],
)
def test_what_cannot_be_read_is_told(what: Happening) -> None:
    player, _ = probed(Miss())
    assert "non lo so leggere" in player.does(what)


def test_stop_works_everywhere_and_says_how_to_return() -> None:
    for start in ("menu", "lingua", "privacy", "persona"):
        player = Player(member())
        player.says(start)
        place = player.state.place
        heard = player.says("STOP")
        assert player.did(StopMessages) == [StopMessages()]
        assert "RIPRENDI" in heard
        assert player.state.place == place
        assert player.did(RecordConsent) == []
    assert "ti mando di nuovo" in player.says("riprendi").lower()
    assert player.did(ResumeMessages) == [ResumeMessages()]


def test_stop_wins_over_a_label_and_a_label_over_any_other_word() -> None:
    player, probe = probed()
    rows = tuple(Choice(value, Verbatim(value)) for value in ("Stop", "Menu", "Aiuto"))
    probe.then = Outcome(Place("probe", "one"), Message(body=(Verbatim("?"),), choices=rows))
    player.taps("Mattina")
    player.says("menu")
    assert probe.heard[-1] == Picked("Menu")
    player.says("stop")
    assert player.did(StopMessages) == [StopMessages()]


def test_skip_is_a_choice_only_where_it_is_offered() -> None:
    player, probe = probed()
    player.says("salta")
    assert probe.heard == [Picked("skip")]
    elsewhere = Player(member())
    elsewhere.says("menu")
    assert "Non ho capito" in elsewhere.says("salta")


def test_a_greeting_is_answered_with_the_present_screen_but_left_to_a_screen_that_wants_a_text() -> None:
    player, probe = probed()
    heard = player.says("ciao")
    assert heard.startswith("Ciao!") and "Quando?" in heard
    assert "Di niente" in player.says("grazie")
    assert probe.heard == []
    probe.then = Outcome(Place("probe", "one"), Message(body=(Verbatim("Scrivi"),), wanted="text"))
    player.taps("Mattina")
    player.says("ciao")
    assert probe.heard[-1] == Typed("ciao")


def test_riprendi_leads_to_an_unfinished_questionnaire_from_anywhere() -> None:
    player = Player(member(), **open_wave())
    player.says("menu")
    player.taps("Inizia il questionario")
    player.says("cominciamo")
    player.says("menu")
    player.says("riprendi")
    assert player.state.place.flow == "needs"


def test_a_code_in_free_text_is_heard_wherever_she_is() -> None:
    player, probe = probed()
    player.invites("WIS-7K3M-2QXA")
    assert "Hai già un profilo" in player.says("mi hanno dato WIS-7K3M-2QXA che faccio?")
    assert "Quando?" in player.taps("No")
    player.says("un codice che nessuno conosce: WIS-0000-0000")
    assert isinstance(probe.heard[-1], Typed)


def test_a_bare_link_greets_a_member() -> None:
    player, _ = probed()
    assert "Cosa ti serve oggi?" in player.opens()
    assert player.state.place == HOME


def test_blocking_changes_nothing_but_the_address() -> None:
    player, _ = probed()
    before = player.state
    player.does(Blocked())
    assert player.effects == (MarkReachable(False),)
    player.does(Unblocked())
    assert player.effects == (MarkReachable(True),)
    assert player.state == before


def test_a_timer_is_the_business_of_its_flow() -> None:
    player, probe = probed()
    player.does(Due("probe:remind", "17", {}))
    assert probe.acted == [("remind", "17")]


def test_stay_keeps_the_screen_valid() -> None:
    player, probe = probed(Outcome(STAY, effects=(say("engine.thanks"),)))
    before = player.state.screen
    assert player.taps("Mattina") == "Di niente!"
    assert player.state.screen == before
    player.taps("Sera tardi")
    assert probe.heard[-1] == Picked("b")


def test_a_place_without_a_screen_offers_nothing() -> None:
    player, _ = probed(Outcome(Place("probe", "one"), effects=(say("engine.thanks"),)))
    player.taps("Mattina")
    assert player.state.offers == ()


def test_a_button_longer_than_telegram_carries_is_refused() -> None:
    player, probe = probed()
    probe.then = Outcome(Place("probe", "one"), Message(choices=(Choice("x" * TOKEN_BYTES, Verbatim("x")),)))
    with pytest.raises(ValueError, match="64 bytes"):
        player.taps("Mattina")


def test_a_state_of_another_program_is_the_menu() -> None:
    assert from_json({"v": 99, "screen": 7}) == State(HOME, screen=7)
    player = Player(member())
    player.state = State(Place("gone", "x"), parked=(Place("gone", "y"),))
    player.says("ciao")
    assert player.state.place == HOME
    damaged = from_json({"v": 1, "place": "?", "offers": [3], "parked": [[]], "screen": "x"})
    assert (damaged.place, damaged.parked, damaged.screen) == (HOME, (HOME,), 0)


def test_numbers_of_screens_are_short() -> None:
    assert [base36(n) for n in (0, 35, 36, 46655)] == ["0", "z", "10", "zzz"]


WORDS = (
    "menu aiuto indietro annulla salta lingua stop riprendi privacy persona collega ciao grazie sì no 1 2 3 4 5 6 "
    "english italiano fatto CANCELLA avanti accetto /start /privacy"
).split()
TEXTS = st.one_of(
    st.sampled_from(
        [*WORDS, "cancella tutto", "i miei consensi", "WIS-7K3M-2QXA", "COL-7K3M-2QXA", "WIS-1", "7k3m2qxa"]
    ),
    st.text(max_size=40),
)
HAPPENINGS = st.one_of(
    st.builds(Said, TEXTS),
    st.builds(
        Chose, st.one_of(st.text(max_size=12), st.sampled_from(["@menu:home", "@needs:start", "@privacy:erase"]))
    ),
    st.builds(Joined, st.sampled_from(["", "WIS-7K3M-2QXA", "COL-7K3M-2QXA", "%%%"])),
    st.sampled_from([Sent("photo", "r"), Located(0, 0), ContactShared("1", False), Unreadable("poll"), Blocked()]),
    st.integers(0, 11),
)
"""A number taps one of the buttons of the screen, if there are any."""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(HAPPENINGS, min_size=1, max_size=12),
    st.sampled_from(["guest", "worker", "welfare_manager", "partner"]),
    st.sampled_from(["open", "used", "mine", "expired", "revoked"]),
    st.sampled_from(["open", "used", "expired", "mine"]),
    st.booleans(),
)
def test_nothing_anybody_does_breaks_the_conversation(
    happenings: list[Happening | int], who: str, invitation: str, link: str, waves: bool
) -> None:
    person = guest() if who == "guest" else member(who)  # type: ignore[arg-type]
    player = Player(person, FLOWS, **(open_wave() if waves else {}))
    player.invites("WIS-7K3M-2QXA", invitation)
    player.link_codes["COL-7K3M-2QXA"] = LinkCode(link, "l1", "somebody")  # type: ignore[arg-type]
    for what in happenings:
        if isinstance(what, int):
            labels = player.labels()
            if not labels or player.screen is None:
                continue
            what = Chose([*player.screen.choices, *player.screen.ways][what % len(labels)].value)
        player.does(what)
        assert isinstance(player.state.place, Place)
        assert len(player.state.parked) <= 3
        silent = isinstance(what, Chose | Blocked)
        assert player.heard or silent or player.effects, "somebody who writes is answered"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.builds(Said, TEXTS), st.integers(0, 9)), max_size=12))
def test_the_same_events_lead_to_the_same_step(happenings: list[Said | int]) -> None:
    players = [Player(member(), FLOWS, **open_wave()) for _ in range(2)]
    for what in happenings:
        for player in players:
            if isinstance(what, Said):
                player.does(what)
            elif player.labels() and player.screen is not None:
                buttons = [*player.screen.choices, *player.screen.ways]
                player.does(Chose(buttons[what % len(buttons)].value))
    assert players[0].all_effects == players[1].all_effects
    assert players[0].state == players[1].state


def test_the_person_is_never_left_without_an_answer_after_a_ticket() -> None:
    player = Player(member())
    player.says("persona")
    player.says("Vorrei sapere del part-time")
    player.says("1")
    opened: list[Effect] = player.did(OpenTicket)
    assert len(opened) == 1
    assert player.heard


def test_an_engine_does_not_change_what_it_is_given() -> None:
    player = Player(member())
    state, facts = player.state, replace(player.facts, fresh=("x" * 22,) * 4)
    before = to_json(state)
    flows: tuple[Flow, ...] = FLOWS
    event = Event("1", Address("telegram", "1"), facts.now, Said("menu"))
    first, second = (Engine(flows).step(state, event, facts) for _ in range(2))
    assert first == second
    assert to_json(state) == before
    assert START.place == Place("welcome", "start")
    for effect in first.effects:
        if isinstance(effect, Say):
            check(effect.message, facts)


def test_lasting_buttons_of_the_welcome_lead_to_where_she_belongs() -> None:
    for token in ("@welcome:x", "@joining:x"):
        assert "Sono WIS" in Player(guest()).does(Chose(token))
        assert Player(member()).does(Chose(token)).startswith("**Menu**")


def test_the_questionnaire_and_the_inbox_are_a_word_away() -> None:
    player = Player(member("worker", "welfare_manager"), **open_wave())
    player.says("questionario")
    assert player.state.place.flow == "needs"
    player.says("menu")
    assert "Nessuna domanda" in player.heard
    player.says("domande ricevute")
    assert "non è attiva" not in player.heard
