"""A world without a database: phones that talk to the real engine, and what the effects leave behind."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.effects import (
    CloseTicket,
    DiscardRun,
    Effect,
    ErasePerson,
    FinishRun,
    Forget,
    Here,
    IssueLinkCode,
    NameAsker,
    OpenTicket,
    RecordConsent,
    Remind,
    ReopenTicket,
    ResumeMessages,
    SaveRun,
    Say,
    SetLanguage,
    StartRun,
    StopMessages,
    TakeTicket,
    ToAskers,
    ToFollower,
    ToPerson,
    ToRole,
    ToTicket,
    WriteTicket,
)
from conversations.engine import Engine
from conversations.events import Address, Chose, Due, Event, Said, Sent
from conversations.facts import Consent, Facts, House, Matter, Membership, NeedsRun, Note, Person, Ticket, Wave
from conversations.faq_foresee import after
from conversations.faq_orders import (
    AnswerGroup,
    ChangeTopic,
    DismissGroup,
    QueueQuestion,
    RateAnswer,
    RestoreTopic,
)
from conversations.faq_text import you_asked
from conversations.faq_views import NO_DESK, Desk, Group, Knowledge, Topic, Version
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


@dataclass
class Thread:
    """What storage would keep of one thread with the welfare manager."""

    owner: str
    matter: Matter
    topic: str
    at: datetime
    due: datetime | None
    notes: list[Note]
    open: bool = True
    waiting: str = "us"
    assignee: str = ""
    name: str = ""
    closed_at: datetime | None = None


@dataclass
class Waiting:
    """A question of the queue."""

    id: str
    group: str
    owner: str
    text: str
    reason: str
    topic: str
    at: datetime
    open: bool = True


class World:
    """The people, their questionnaires, threads and timers, the answers, and the clock."""

    def __init__(self, form: Form | None = None, days_open: int = 30, faq: Knowledge | None = None) -> None:
        self.now = MONDAY
        self.form = form or needs_form()
        self.wave: Wave | None = Wave("wave", "needs", self.form.version, MONDAY + timedelta(days=days_open))
        self.house = HOUSE
        self.records: dict[str, Record] = {}
        self.tickets: dict[str, Thread] = {}
        self.faq = faq
        self.queue: list[Waiting] = []
        self.ratings: list[tuple[str, str]] = []
        self.history: dict[str, list[Version]] = {}
        self.signed: dict[str, str] = {}
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
            ticket_view(key, thread, phone.name)
            for key, thread in self.tickets.items()
            if thread.owner == phone.name or reader
        )
        is_open = self.wave is not None and self.wave.closes_at > self.now
        return Facts(
            self.now, ZONE, record.person, phone.look, phone.look, content().catalog, self.house, self.fresh(),
            wave=self.wave if is_open else None,
            run=record.run if is_open else None,
            form=self.form if is_open else None,
            tickets=tickets,
            documents=content().documents,
            faq=self.faq,
            desk=self.desk(phone) if reader else NO_DESK,
        )  # fmt: skip

    def desk(self, phone: "Phone") -> Desk:
        groups: dict[str, list[Waiting]] = {}
        for one in self.queue:
            if one.open:
                groups.setdefault(one.group, []).append(one)
        views = tuple(
            Group(key, len({w.owner for w in found}), tuple(w.text for w in found), found[0].reason, found[0].topic,
                  found[0].at, "it")  # type: ignore[arg-type]
            for key, found in groups.items()
        )  # fmt: skip
        places = (one for one in (phone.state.place, *phone.state.parked) if one.flow == "faq_desk")
        topic = next((str(one.data.get("topic") or "") for one in places), "")
        return Desk(
            tuple(sorted(views, key=lambda g: -g.count)),
            tuple(reversed(self.history.get(topic, []))),
            name=self.signed.get(phone.name, ""),
        )

    def change(self, effect: ChangeTopic, phone: "Phone") -> None:
        """The next version, as storage writes it."""
        assert self.faq is not None
        held = self.faq.topics.get(effect.topic_id)
        assert (held.version if held else 0) == effect.version, "storage would answer with a Conflict"
        before = held or Topic(effect.topic_id, 0, False, {}, {}, {}, "progetto")
        self.keep(after(before, effect.patch, self.now.date()), effect.why)
        if effect.why in ("signed", "confirmed"):
            self.signed[phone.name] = str(effect.patch["verified_by"])

    def keep(self, topic: Topic, why: str) -> None:
        assert self.faq is not None
        self.history.setdefault(topic.id, []).append(Version(topic, self.now, why))
        self.faq = replace(self.faq, stamp=self.faq.stamp + 1, topics={**self.faq.topics, topic.id: topic})

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
                owner = self.tickets[key].owner
                [other for other in self.phones if other.name == owner][-1].receive(effect)
            case Say(to=ToFollower(ticket_id=key)):
                assignee = self.tickets[key].assignee
                readers = [o for o in self.phones if self.records[o.name].person.holds("welfare_manager")]
                for other in [o for o in readers if o.name == assignee] or readers:
                    if other.name != phone.name:
                        other.receive(effect)
            case Say(to=ToAskers(group_id=key)):
                for one in self.queue:
                    if one.group == key and one.open:
                        message = replace(effect.message, body=(you_asked(one.text), *effect.message.body))
                        [p for p in self.phones if p.name == one.owner][-1].receive(replace(effect, message=message))
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
            case OpenTicket(ticket_id=key, text=text, file=file):
                first = Note(key, False, text, self.now, file)
                self.tickets[key] = Thread(phone.name, effect.matter, effect.topic, self.now, effect.due, [first])
            case WriteTicket(ticket_id=key, note_id=note, text=text, file=file, after=mark):
                thread = self.tickets[key]
                ours = mark is not None
                assert mark in (None, len(thread.notes)), "storage would answer with a Conflict"
                thread.notes.append(Note(note, ours, text, self.now, file))
                thread.open, thread.waiting, thread.due = True, "them" if ours else "us", effect.due
                thread.assignee = thread.assignee or (phone.name if ours else "")
            case TakeTicket(ticket_id=key):
                self.tickets[key].assignee = phone.name
            case CloseTicket(ticket_id=key) | ReopenTicket(ticket_id=key):
                self.tickets[key].open = isinstance(effect, ReopenTicket)
            case NameAsker(ticket_id=key, name=name):
                self.tickets[key].name = name
            case RateAnswer(topic_id=key, verdict=verdict):
                self.ratings.append((key, verdict))
            case QueueQuestion(question_id=key, text=text):
                alike = [one.group for one in self.queue if one.open and one.text == text]
                group = alike[0] if alike else key
                self.queue.append(Waiting(key, group, phone.name, text, effect.reason, effect.topic_id, self.now))
            case AnswerGroup(group_id=key) | DismissGroup(group_id=key):
                self.queue = [replace(one, open=one.open and one.group != key) for one in self.queue]
            case ChangeTopic():
                self.change(effect, phone)
            case RestoreTopic(topic_id=key, version=version, to=to):
                assert self.faq is not None and self.faq.topics[key].version == version
                old = next(one.topic for one in self.history[key] if one.topic.version == to)
                self.keep(replace(old, version=version + 1), "restored")
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


def ticket_view(key: str, thread: Thread, reader: str) -> Ticket:
    """The thread as this person may see it."""
    taken = "" if not thread.assignee else "me" if thread.assignee == reader else "other"
    return Ticket(
        key, ticket_number(key), thread.at, thread.open, thread.owner == reader, thread.matter, thread.topic,
        thread.waiting, thread.due, taken, thread.name, len(thread.notes), tuple(thread.notes),  # type: ignore[arg-type]
    )  # fmt: skip


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
