"""Whatever a person does, on one channel or on two, the questionnaire answers with a screen that can be used."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.events import Chose, ContactShared, Located, Sent, Unreadable
from conversations.facts import Consent, Person, Purpose
from conversations.forms.walk import progress, prompt
from conversations.steps.needs.view import seen
from tests.conversations.flows.phones import Phone, World
from tests.conversations.flows.test_needs import assert_nothing_sensitive, sensitive_texts
from tests.conversations.player import needs_form

WORDS = (
    "1", "2", "3", "6", "1, 2", "1 e 3", "2,3,4,5", "99", "-1", "tre", "3,5", "ieri", "sì", "no", "salta", "indietro",
    "menu", "annulla", "aiuto", "persona", "riprendi", "fatto", "stop", "privacy", "lingua", "english", "ciao",
    "grazie",
    "boh", "", " ", "<b>{0}</b>", "x" * 5_000, "🙂", "‮abc", "invia", "cambia una risposta", "lascia così", "pausa",
    "cancella le risposte", "mi picchia", "/menu", "WIS-7K3M-2QXZ", "preferisco non dirlo",
)  # fmt: skip
THINGS = (
    *(Sent(kind, "ref") for kind in ("photo", "voice", "sticker", "document")),
    Located(45.4, 9.2),
    ContactShared("+1 202 555 0199", own=True),
    Unreadable("poll"),
    Chose("zz:never"),
    Chose("@needs:resume:gone"),
    Chose("@needs:nonsense"),
    Chose("@handoff:read:gone"),
)
ACTS = st.one_of(
    st.tuples(st.just("tap"), st.integers(0, 14)),
    st.tuples(st.just("tap"), st.integers(0, 14)),
    st.tuples(st.just("old"), st.integers(0, 60)),
    st.tuples(st.just("say"), st.integers(0, len(WORDS) - 1)),
    st.tuples(st.just("thing"), st.integers(0, len(THINGS) - 1)),
    st.tuples(st.just("switch"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 90)),
    st.tuples(st.just("withdraw"), st.integers(0, 1)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans(), st.integers(0, 45), st.lists(ACTS, max_size=60))
def test_random_acts_always_end_in_a_usable_screen(whatsapp: bool, ahead: int, acts: list[tuple[str, int]]) -> None:
    world = World()
    phones = [world.phone("giulia", "whatsapp"), world.phone("giulia", "telegram")]
    phone = phones[0 if whatsapp else 1]
    phone.say("menu")
    phone.say("1")
    phone.say("1")
    for step in range(ahead):
        phone.say("fatto" if phone.received[-1].multiple and step % 2 else "1")
    for act, number in acts:
        match act:
            case "tap" | "old":
                shown = phone.received[-1] if act == "tap" else phone.received[number % len(phone.received)]
                buttons = (*shown.choices, *shown.ways)
                if not buttons:
                    continue
                token = buttons[number % len(buttons)].value
                repeated = token == phone.state.tapped
                phone.take(Chose(token))
                assert phone.messages or repeated
            case "say":
                assert phone.say(WORDS[number])
            case "thing":
                phone.take(THINGS[number])
                assert phone.messages
            case "switch":
                phone = phones[1 - phones.index(phone)]
                phone.say("riprendi")
            case "wait":
                world.pass_time(hours=number)
            case "withdraw":
                purpose: Purpose = ("questionnaire_art9", "reminders")[number]
                person = phone.record.person
                withdrawn = Consent(False, "1", world.now, phone.look)
                phone.record.person = replace_consent(person, purpose, withdrawn)
        if phone.look == "whatsapp":
            assert_nothing_sensitive(phone, *sensitive_texts())
        assert_progress_is_sound(phone)


def replace_consent(person: Person, purpose: Purpose, consent: Consent) -> Person:

    return replace(person, consents={**person.consents, purpose: consent})


def assert_progress_is_sound(phone: Phone) -> None:
    facts = phone.world.facts(phone)
    if facts.run is None or facts.run.finished:
        return
    run = seen(needs_form(), facts.run.run, facts)
    dealt, total = progress(needs_form(), run)
    shown = prompt(needs_form(), run, "it")
    assert 0 <= dealt <= total <= 29
    assert shown.kind == "summary" or 1 <= shown.number <= shown.total == total
