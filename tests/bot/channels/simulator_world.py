"""A simulator to test against: a store in memory, a clock one can move, and a small bot that answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.channels.contract import StatusReport, Unready
from bot.channels.layout import LayoutWords
from bot.channels.simulator import Simulator
from bot.channels.simulator_phones import Entry, Phone, ShownTemplate, SimulatorConfig, Stored, StoredFile
from conversations.events import Address, Chose, Event, Happening, Joined, Located, Said, Sent
from scheduler.sending import Button, File, Letter, Opener, Receipt, Recipient, SendError

PHONES = (
    Phone("giulia", "whatsapp", "Giulia", {"it": "Lavoratrice", "en": "Worker"}, "WIS-GIULIA"),
    Phone("marco", "telegram", "Marco", {"it": "Decide le richieste", "en": "Decides requests"}, "WIS-MARCO"),
    Phone("sara", "telegram", "Sara", {"it": "Partner", "en": "Partner"}, "WIS-SARA"),
)
NEEDS = ("Asilo nido", "Doposcuola", "Centro estivo", "Baby-sitter", "Aiuto per anziani", "Trasporto")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)


@dataclass
class MemoryStore:
    """The store, in memory."""

    kept: dict[str, Phone] = field(default_factory=dict)
    rows: dict[int, Stored] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    revision: int = 0

    async def phones(self) -> Sequence[Phone]:
        return list(self.kept.values())

    async def keep(self, phone: Phone) -> None:
        self.kept[phone.address] = phone

    async def append(self, address: str, entry: Entry) -> Stored:
        self.revision += 1
        self.rows[self.revision] = Stored(self.revision, self.revision, address, entry)
        return self.rows[self.revision]

    async def update(self, address: str, number: int, entry: Entry) -> Stored:
        if self.rows[number].address != address:
            raise KeyError(number)
        self.revision += 1
        self.rows[number] = Stored(number, self.revision, address, entry)
        return self.rows[number]

    async def entries(self, address: str, after: int) -> Sequence[Stored]:
        return [row for row in self.rows.values() if row.revision > after and address in ("", row.address)]

    async def entry(self, address: str, number: int) -> Stored | None:
        row = self.rows.get(number)
        return row if row and row.address == address else None

    async def keep_file(self, file: StoredFile) -> str:
        id = f"f{len(self.files) + 1}"
        self.files[id] = file
        return id

    async def file(self, id: str) -> StoredFile | None:
        return self.files.get(id)

    def shown(self, address: str) -> list[Entry]:
        """What is visible on the phone."""
        return [row.entry for row in self.rows.values() if row.address == address and row.entry["kind"] != "letter"]


class MovableClock:
    """The real time plus what was added to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def advance(self, seconds: int) -> None:
        self.ahead += timedelta(seconds=seconds)

    async def reset(self) -> None:
        self.ahead = timedelta()


def template(opener: Opener, language: str) -> ShownTemplate:
    return ShownTemplate(f"{opener.name} ({language}): {', '.join(opener.variables)}", (("@resume", "Riprendi"),))


def words(language: str) -> LayoutWords:
    return LayoutWords("Puoi anche scrivere: {ways}.", "Scegli" if language == "it" else "Choose")


@dataclass
class EchoBot:
    """An inbox whose answers show every kind of message a phone can show."""

    clock: MovableClock
    events: list[Event] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    simulator: Simulator | None = None
    ready: bool = True
    answers: bool = True
    number: int = 0
    screen: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    async def take(self, events: Sequence[Event]) -> None:
        if not self.ready:
            raise Unready
        for event in events:
            if event.id in self.seen:
                continue
            self.seen.add(event.id)
            self.events.append(event)
            if self.answers:
                await self._answer(event)

    async def report(self, report: StatusReport) -> None:
        if not self.ready:
            raise Unready
        self.reports.append(report)

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def happenings(self) -> list[Happening]:
        return [event.what for event in self.events]

    async def say(self, letter: Letter, value: str, last_inbound: datetime | None = None) -> Receipt:
        assert self.simulator is not None
        to = Recipient(Address("simulator", value), "it", last_inbound=last_inbound)
        return await self.simulator.sender().send(letter, to)

    async def _answer(self, event: Event) -> None:
        self.number += 1
        value = event.address.value
        letter = self._letter(event, self.screen.get(value, ""))
        try:
            receipt = await self.say(letter, value)
        except SendError:
            return
        self.screen[value] = receipt.refs[-1] if letter.choices or letter.ways else ""

    def _letter(self, event: Event, screen: str) -> Letter:
        back = (Button("@back", "Indietro"), Button("@menu", "Menu"))
        match event.what:
            case Chose(token="need") | Said(text="bisogni"):
                return Letter(
                    self.number,
                    title="Domanda 2 di 12",
                    body=("Di quale aiuto hai più bisogno?",),
                    choices=tuple(Button(f"n:{n}", need, "per i più piccoli") for n, need in enumerate(NEEDS)),
                    ways=back,
                    replaces=screen if isinstance(event.what, Chose) else "",
                )
            case Chose(token=token, label=label) if token.startswith("n:"):
                body = (f"Hai scelto: {label}.", "Grazie, ho salvato la tua risposta.")
                return Letter(self.number, body=body, ways=back[1:], replaces=screen)
            case Said(text="guida"):
                return Letter(
                    self.number,
                    body=("Ecco la guida.",),
                    file=File("document", "guida.pdf", "application/pdf", b"%PDF-1.7"),
                )
            case Said(text="foto"):
                return Letter(
                    self.number, body=("Il tuo codice.",), file=File("photo", "codice.png", "image/png", PNG)
                )
            case Said(text="lungo"):
                return Letter(self.number, body=("Una frase di prova che si ripete. " * 200,))
            case Sent(kind=kind, size=size):
                return Letter(self.number, body=(f"Ho ricevuto: {kind}, {size} byte.",))
            case Located(latitude=latitude, longitude=longitude):
                return Letter(self.number, body=(f"Sei vicino a {latitude}, {longitude}.",))
            case Joined(code=code):
                return Letter(self.number, title="Benvenuta", body=(f"Il tuo invito è {code or 'nessuno'}.",))
            case Said(text=text):
                return Letter(
                    self.number,
                    title="Domanda 1 di 12",
                    body=(f"Hai scritto: {text}",),
                    hint="Le tue risposte non le vede il tuo datore di lavoro.",
                    choices=(Button("need", "Bisogni"), Button("later", "Più tardi")),
                )
            case other:
                return Letter(self.number, body=(f"Ho visto: {type(other).__name__}.",))


@dataclass
class World:
    """The simulator with everything around it."""

    store: MemoryStore
    clock: MovableClock
    bot: EchoBot
    simulator: Simulator
    app: web.Application


def world(public: bool = False, store: MemoryStore | None = None) -> World:
    store, clock = store or MemoryStore(), MovableClock()
    bot = EchoBot(clock)
    config = SimulatorConfig(PHONES, template, words, lambda code, language: f"Ciao, il mio codice è {code}", public)
    simulator = Simulator(config, bot, store, clock)
    bot.simulator = simulator
    app = web.Application()
    app.add_routes(simulator.routes())

    async def leave(app: web.Application) -> None:
        await simulator.close()

    app.on_shutdown.append(leave)
    return World(store, clock, bot, simulator, app)
