"""The simulator's phones and what it needs of the program to show them: configuration, store and clock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol
from zlib import crc32

from bot.channels.layout import LayoutWords
from conversations.events import Json
from scheduler.sending import Opener

CHANNEL = "simulator"
Look = Literal["whatsapp", "telegram"]
LOOKS: tuple[Look, ...] = ("whatsapp", "telegram")
Entry = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the page: who holds it and how its chat looks.

    Its address on the channel is "<look>:<id>", so the same person on the other look is another address, as it
    is in the real world. `role` and `code` are shown on the page: who she is, and an invitation to try.
    `last_inbound` is when she last wrote (aware UTC), what WhatsApp's 24-hour window is reckoned from.
    """

    id: str
    look: Look
    name: str
    role: Mapping[str, str]
    code: str = ""
    language: str = "it"
    blocked: bool = False
    hidden: bool = False
    last_inbound: datetime | None = None

    @property
    def address(self) -> str:
        return f"{self.look}:{self.id}"

    @property
    def number(self) -> str:
        """A number from the block that Ofcom keeps for drama, always the same for the same person."""
        return f"+447700900{crc32(self.id.encode()) % 1000:03}"

    def as_json(self) -> dict[str, Json]:
        """The phone as the page and a table keep it; `from_json` reads it back."""
        return {
            "id": self.id,
            "look": self.look,
            "name": self.name,
            "role": dict(self.role),
            "code": self.code,
            "language": self.language,
            "blocked": self.blocked,
            "hidden": self.hidden,
            "last_inbound": self.last_inbound.isoformat() if self.last_inbound else None,
        }

    @staticmethod
    def from_json(value: Mapping[str, Json]) -> "Phone":
        """The phone that `as_json` wrote. Raises ValueError for anything else."""
        match value:
            case {"id": str(id), "look": "whatsapp" | "telegram" as look, "name": str(name)}:
                role, last = value.get("role"), value.get("last_inbound")
                return Phone(
                    id=id,
                    look=look,
                    name=name,
                    role={key: str(text) for key, text in role.items()} if isinstance(role, dict) else {},
                    code=str(value.get("code") or ""),
                    language=str(value.get("language") or "it"),
                    blocked=value.get("blocked") is True,
                    hidden=value.get("hidden") is True,
                    last_inbound=datetime.fromisoformat(last) if isinstance(last, str) else None,
                )
            case _:
                raise ValueError("not a phone of the simulator")

    def heard_at(self, at: datetime) -> "Phone":
        """The phone after its holder wrote."""
        return replace(self, last_inbound=at)


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    """An approved template as the reader sees it: its text and the (token, label) of its buttons."""

    body: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """How the simulator behaves.

    `public` opens it to other machines than this one. `phones` are there when the page is opened first.
    `template` shows an opener in a language; `words` are those that WhatsApp's layout adds in a language;
    `greeting` is the text that an invitation link writes on WhatsApp, from the code and the language;
    `time_zone` names the zone in which the page shows times.
    """

    phones: tuple[Phone, ...]
    template: Callable[[Opener, str], ShownTemplate]
    words: Callable[[str], LayoutWords]
    greeting: Callable[[str, str], str]
    public: bool = False
    time_zone: str = "Europe/Rome"


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry in the store: its number among all entries, and the revision that last touched it. Both grow."""

    number: int
    revision: int
    address: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was sent on a phone, in either direction."""

    name: str
    mime: str
    data: bytes


class SimulatorStore(Protocol):
    """Where the phones and what they show are kept."""

    async def phones(self) -> Sequence[Phone]:
        """All phones ever kept, hidden ones too, in the order they were first kept."""
        ...

    async def keep(self, phone: Phone) -> None:
        """The phone is kept, instead of an earlier one with the same address."""
        ...

    async def append(self, address: str, entry: Entry) -> Stored:
        """The entry is kept, with a number and a revision higher than any given before."""
        ...

    async def update(self, address: str, number: int, entry: Entry) -> Stored:
        """The entry with this number is replaced; its revision is higher than any given before. Raises
        KeyError when this phone has none with this number."""
        ...

    async def entries(self, address: str, after: int) -> Sequence[Stored]:
        """The entries of this phone ("" for all phones) whose revision is greater than `after`, by number."""
        ...

    async def entry(self, address: str, number: int) -> Stored | None:
        """The entry of this phone with this number."""
        ...

    async def keep_file(self, file: StoredFile) -> str:
        """The file is kept; its id cannot be guessed."""
        ...

    async def file(self, id: str) -> StoredFile | None:
        """The file with this id."""
        ...


class ClockControl(Protocol):
    """The program's clock, which the page may move."""

    def now(self) -> datetime:
        """The time the program goes by (aware UTC)."""
        ...

    def advance(self, seconds: int) -> Awaitable[None]:
        """The clock is `seconds` later, and what came due is being worked."""
        ...

    def reset(self) -> Awaitable[None]:
        """The clock shows the real time again."""
        ...
