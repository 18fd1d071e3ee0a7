"""What the program offers to a channel and what it wants of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from aiohttp import web

from conversations.events import Event
from scheduler.sending import Sender

Rank = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a provider reports later of one of our messages.

    `number` is the outbox row it carries for us (0 if it carries none), `ref` the provider's own id. `again` is
    what a failure asks for: "window" (send the opener instead), "later" (once more in a day), or nothing.
    """

    channel: str
    ref: str
    rank: Rank
    number: int = 0
    code: str = ""
    reason: str = ""
    again: Literal["", "window", "later"] = ""


class Inbox(Protocol):
    """The way in. Nothing may be acknowledged to a provider before these return."""

    async def take(self, events: Sequence[Event]) -> None:
        """Every event is committed (worked, or kept as a dead letter, or known as a repetition) when this
        returns; the events of one address are worked in the given order. Raises Unready if the database
        cannot take them now: then acknowledge nothing and let the provider deliver again."""
        ...

    async def report(self, report: StatusReport) -> None:
        """The outbox row has the report's rank, unless a higher one was known. Raises Unready as `take`."""
        ...

    def now(self) -> datetime:
        """The time the program goes by (aware UTC)."""
        ...


class Unready(Exception):
    """The database cannot take events now."""


@dataclass
class Health:
    """What a channel says of itself in /healthz; mutable, read by the web server.

    `state` is "off", "starting", "ok", "degraded" or "failing"; `detail` holds dates, counts and causes without
    any personal data, token or address.
    """

    state: str = "starting"
    detail: dict[str, str | int | float | None] = field(default_factory=dict)


class Channel(Protocol):
    """One way to reach people: how to start it, its web routes, its way out and its health."""

    name: str
    health: Health

    def sender(self) -> Sender:
        """The channel's way out."""
        ...

    def routes(self) -> Sequence[web.RouteDef]:
        """The web routes it answers."""
        ...

    async def run(self) -> None:
        """Receive until cancelled (a channel that only has routes waits). Cancellation lets a batch in hand be
        committed first."""
        ...

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes of a file a person sent, at most `limit`. Raises SendError."""
        ...

    async def close(self) -> None:
        """All connections are closed when this returns."""
        ...


@runtime_checkable
class KeepsAList(Protocol):
    """A channel whose provider keeps a list of what reached it, for the time when we were away."""

    async def missed(self, since: datetime) -> list[Event]:
        """What reached the provider since then, oldest first, with the ids its deliveries have. Raises SendError."""
        ...


CommandTexts = Mapping[str, Sequence[tuple[str, str]]]
