"""A world without a database: phones that talk to the real engine, and what the effects leave behind."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.effects import (
    AnswerTicket,
    DiscardRun,
    Effect,
    ErasePerson,
    FinishRun,
    Forget,
    Here,
    IssueLinkCode,
    OpenTicket,
    RecordConsent,
    Remind,
    ResumeMessages,
    SaveRun,
    Say,
    SetLanguage,
    StartRun,
    StopMessages,
    ToPerson,
    ToRole,
    ToTicket,
)
from conversations.engine import Engine
from conversations.events import Address, Chose, Due, Event, Said, Sent
from conversations.facts import Consent, Facts, House, Membership, NeedsRun, Person, Ticket, Wave
from conversations.forms.form import Form
from conversations.forms.run import from_json
from conversations.messages import Message
from conversations.offers import TOKEN_BYTES
from conversations.phrases import render
from conversations.rules.tickets import ticket_number
from conversations.state import HOME, State, to_json
from conversations.state import from_json as state_from_json
from tests.conversations.player import FLOWS, content, needs_form

ZONE = ZoneInfo("Europe/Rome")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PHONE = "+1 202 555 0134"
HOUSE = House("Rete Prova", PHONE, "lun-ven 9-13", "Rete Prova", "privacy@example.org", sensitive_on_whatsapp=False)


def consent(given: bool = True) -> Consent:
    return Consent(given, "1", MONDAY, "telegram")


@dataclass
class Record:
    """What storage would keep of one person."""

    person: Person
    run: NeedsRun | None = None
    finished: list[tuple] = field(default_factory=list)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)


class World:
    """The people, their questionnaires, tickets and timers, and the clock."""

    def __init__(self, form: Form | None = None, days_open: int = 30) -> None:
        self.now = MONDAY
        self.form = form or needs_form()
        self.wave: Wave | None = Wave("wave", "needs", self.form.version, MONDAY + timedelta(days=days_open))
        self.house = HOUSE
        self.records: dict[str, Record] = {}
        self.tickets: dict[str, tuple[str, Ticket]] = {}
        self.phones: list[Phone] = []
        self.states: dict[str, State] = {}
        self.count = 0
        self.effects: list[Effect] = []

    def phone(self, name: str, look: str = "telegram", role: str = "worker", **more) -> "Phone":
        if name not in self.records:
            consents = {"service": consent(), "reminders": consent()}
            member = (Membership(role, "firm", "Bar Prova"),) if role else ()
            self.records[name] = Record(Person(name, "it", member, consents, **more))
        phone = Phone(self, name, look)
        self.phones.append(phone)
        return phone

    def pass_time(self, **span) -> None:
        """The clock moves and every timer that came due is worked, the oldest first."""
        until = self.now + timedelta(**span)
        while True:
            due = [
                (at, name, kind, subject)
                for name, record in self.records.items()
                for (kind, subject), at in record.timers.items()
                if at <= until
            ]
            if not due:
                break
            at, name, kind, subject = min(due)
            self.now = max(self.now, at)
            del self.records[name].timers[kind, subject]
            last = [phone for phone in self.phones if phone.name == name][-1]
            last.take(Due(kind, subject, {}))
        self.now = until

    def fresh(self) -> tuple[str, ...]:
        self.count += 1
        return tuple(f"{self.count:04d}{letter}" + "x" * 17 for letter in "ABCD")

    def facts(self, phone: "Phone") -> Facts:
        record = self.records[phone.name]
        reader = record.person.holds("welfare_manager")
        tickets = tuple(
            replace(ticket, mine=owner == phone.name)
            for owner, ticket in self.tickets.values()
            if owner == phone.name or (reader and ticket.open)
        )
        is_open = self.wave is not None and self.wave.closes_at > self.now
        return Facts(
            self.now, ZONE, record.person, phone.look, phone.look, content().catalog, self.house, self.fresh(),
            wave=self.wave if is_open else None,
            run=record.run if is_open else None,
            form=self.form if is_open else None,
            tickets=tickets,
            documents=content().documents,
        )  # fmt: skip

    def apply(self, effect: Effect, phone: "Phone") -> None:
        record = self.records[phone.name]
        person = record.person
        self.effects.append(effect)
        match effect:
            case Say(to=Here()):
                phone.receive(effect)
            case Say(to=ToRole(role=role)):
                for other in self.phones:
                    if other.name != phone.name and self.records[other.name].person.holds(role):
                        other.receive(effect)
            case Say(to=ToTicket(ticket_id=key)):
                owner = self.tickets[key][0]
                [other for other in self.phones if other.name == owner][-1].receive(effect)
            case Say(to=ToPerson()):
                raise AssertionError("these flows know nobody by id")
            case StartRun(run_id=key, wave_id=wave, form_version=version, run=run):
                assert record.run is None
                record.run = NeedsRun(key, wave, version, False, stored(run), self.now)
            case SaveRun(run_id=key, run=run):
                assert record.run is not None and record.run.id == key and not record.run.finished
                record.run = replace(record.run, run=stored(run), updated_at=self.now)
            case FinishRun(run_id=key, run=run, answers=answers):
                assert record.run is not None and record.run.id == key
                record.run = replace(record.run, run=stored(run), finished=True, updated_at=self.now)
                record.finished.append(answers)
            case DiscardRun(run_id=key):
                assert record.run is not None and record.run.id == key
                record.run = None
            case RecordConsent(purpose=purpose, given=given, text_version=version):
                assert 0 < len(version) <= 40
                given_now = Consent(given, version, self.now, phone.look)
                record.person = replace(person, consents={**person.consents, purpose: given_now})
            case Remind(kind=kind, subject=subject, at=at):
                record.timers[kind, subject] = at
            case Forget(kind=kind, subject=subject):
                record.timers.pop((kind, subject), None)
            case StopMessages() | ResumeMessages():
                record.person = replace(person, stopped=isinstance(effect, StopMessages))
            case SetLanguage(language=language):
                record.person = replace(person, language=language)
            case OpenTicket(ticket_id=key, text=text, file=file, about=about):
                ticket = Ticket(key, ticket_number(key), text, self.now, True, False, file, about)
                self.tickets[key] = (phone.name, ticket)
            case AnswerTicket(ticket_id=key, text=text):
                owner, ticket = self.tickets[key]
                assert ticket.open, "storage would answer with a Conflict"
                self.tickets[key] = (owner, replace(ticket, open=False, answer=text))
            case ErasePerson():
                self.records[phone.name] = Record(Person(phone.name, person.language))
            case IssueLinkCode():
                pass
            case _:
                raise AssertionError(f"unexpected {effect}")


class Phone:
    """One person's chat on one channel; both phones of a person share her state, as in the database."""

    def __init__(self, world: World, name: str, look: str) -> None:
        self.world, self.name, self.look = world, name, look
        self.engine = Engine(FLOWS)
        self.messages: list[Message] = []
        self.received: list[Message] = []

    @property
    def state(self) -> State:
        return self.world.states.get(self.name) or State(HOME)

    @property
    def record(self) -> Record:
        return self.world.records[self.name]

    @property
    def language(self) -> str:
        return self.record.person.language

    def take(self, what) -> None:
        self.messages = []
        self.world.count += 1
        event = Event(str(self.world.count), Address(self.look, self.name), self.world.now, what)
        step = self.engine.step(self.state, event, self.world.facts(self))
        for effect in step.effects:
            self.world.apply(effect, self)
        kept = json.loads(json.dumps(to_json(step.state)))
        self.world.states[self.name] = state_from_json(kept)
        assert state_from_json(kept) == step.state

    def say(self, text: str) -> str:
        self.take(Said(text))
        return self.text

    def send(self, kind: str = "voice", **more) -> str:
        self.take(Sent(kind, "ref", **more))
        return self.text

    def tap(self, label: str) -> str:
        """The newest button with this label is tapped."""
        for message in reversed(self.received):
            for one in (*message.choices, *message.ways):
                if render(one.label, self.language, content().catalog) == label:
                    self.take(Chose(one.value, label))
                    return self.text
        raise AssertionError(f"no button {label!r}; there are {self.labels}")

    def receive(self, said: Say) -> None:
        check(said.message, self.look)
        self.messages.append(said.message)
        self.received.append(said.message)

    @property
    def text(self) -> str:
        """Everything said by the last step."""
        return "\n---\n".join(told(message, self.language) for message in self.messages)

    @property
    def labels(self) -> list[str]:
        message = self.received[-1] if self.received else Message()
        return [render(one.label, self.language, content().catalog) for one in (*message.choices, *message.ways)]


def stored(run):
    """The run as the database gives it back."""
    kept = json.loads(json.dumps(run.to_json()))
    again = from_json(kept)
    assert again.to_json() == run.to_json()
    return again


def told(message: Message, language: str) -> str:
    """Every word of a message in this language, buttons in brackets."""
    catalog = content().catalog
    texts = [t for t in (message.title, *message.body, message.hint, message.example) if t is not None]
    lines = [render(text, language, catalog) for text in texts]
    for one in (*message.choices, *message.ways):
        mark = {None: "", True: "✓", False: "□"}[one.marked]
        more = f" – {render(one.description, language, catalog)}" if one.description else ""
        lines.append(f"[{mark}{render(one.label, language, catalog)}{more}]")
    return "\n".join(lines)


def check(message: Message, look: str) -> None:
    """What every message must be, whoever reads it in whatever language."""
    assert message.body or message.attachment
    buttons = (*message.choices, *message.ways)
    for language in content().catalog.languages:
        assert told(message, language)
        for choice in buttons:
            label = render(choice.label, language, content().catalog)
            assert 0 < len(label) <= (24 if choice in message.choices else 20), label
        for variable in message.template.variables if message.template else ():
            assert render(variable, language, content().catalog)
    for choice in buttons:
        assert 0 < len(choice.value.encode()) <= TOKEN_BYTES
    values = [choice.value for choice in buttons]
    assert len(set(values)) == len(values)
    if look == "whatsapp":
        assert len(message.choices) <= 10
