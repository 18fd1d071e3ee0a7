"""What a channel must be able to do to send, and the causes for which it may fail.

SendError
+-- Unreachable      the person cannot be reached here (blocked us, never wrote, number unknown): no retry
+-- WindowClosed     only an approved template may go out now (WhatsApp, 24 hours)
+-- Throttled        the provider asks to wait `after` seconds; never counts as a failed attempt
+-- Unavailable      the provider or the way to it is broken for now; surely not sent
+-- Doubtful         it may have been sent: the answer never came
+-- Refused          the provider refuses this message for good: our fault, the office is told
+-- Misconfigured    credentials or settings are wrong: no recipient is to blame, the office is told
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from conversations.events import Address
from conversations.messages import AttachmentKind, Wanted


@dataclass(frozen=True, slots=True)
class Button:
    """A choice as the reader sees it: `token` comes back when it is tapped, `description` may be empty.

    `marked` is None for a plain choice, True or False for one that can be marked.
    """

    token: str
    label: str
    description: str = ""
    marked: bool | None = None


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of an attachment with the name and type the reader sees."""

    kind: AttachmentKind
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Opener:
    """An approved template and the values of its variables, in the reader's language; a `whole` one says all that
    the letter says."""

    name: str
    variables: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the reader's language, not yet laid out for a channel.

    `number` is the outbox row's id. `choices` are numbered options, `ways` the ways out (never numbered).
    `replaces` is the provider's reference of the message to edit in place, empty for a new message; a channel
    that cannot edit sends a new one. All texts are plain: the channel escapes them.
    """

    number: int
    title: str = ""
    body: tuple[str, ...] = ()
    hint: str = ""
    choices: tuple[Button, ...] = ()
    ways: tuple[Button, ...] = ()
    multiple: bool = False
    wanted: Wanted = "choice"
    example: str = ""
    file: File | None = None
    opener: Opener | None = None
    replaces: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets it: the address to use, other names of the same person there, her language, and when she last
    wrote to us on this address (aware UTC; None if never)."""

    address: Address
    language: str
    aliases: tuple[Address, ...] = ()
    last_inbound: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider said: its ids of the messages sent, in order, and whether only the opener went out."""

    refs: tuple[str, ...]
    opener_only: bool = False


class Sender(Protocol):
    """A channel's way out."""

    channel: str

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        """The letter has been accepted by the provider when this returns. Raises SendError, nothing else, where
        the provider or the network is the cause."""
        ...


class SendError(Exception):
    """The message was not accepted."""

    retry: ClassVar[bool] = False
    tell_office: ClassVar[bool] = False

    def __init__(self, reason: str = "", code: str = "") -> None:
        super().__init__(reason or type(self).__doc__)
        self.reason = reason
        self.code = code


class Unreachable(SendError):
    """The person cannot be reached on this address."""


class WindowClosed(SendError):
    """Only an approved template may be sent now."""


class Throttled(SendError):
    """The provider asks to wait."""

    retry = True

    def __init__(self, after: float, reason: str = "", code: str = "", whole_channel: bool = True) -> None:
        super().__init__(reason, code)
        self.after = after
        self.whole_channel = whole_channel


class Unavailable(SendError):
    """The provider cannot be used for now; the message was not sent."""

    retry = True


class Doubtful(SendError):
    """The request left but no answer came: it may have been sent."""

    retry = True
    tell_office = True


class Refused(SendError):
    """The provider refuses this message."""

    tell_office = True


class Misconfigured(SendError):
    """The channel's credentials or settings are wrong."""

    retry = True
    tell_office = True
