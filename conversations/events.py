"""What can happen: the neutral form of everything a channel or the clock tells us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MediaKind = Literal["photo", "document", "voice", "audio", "video", "sticker", "other"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: a channel and the provider's name for her there.

    `kind` tells the sorts of name one channel has (Telegram: "id"; WhatsApp: "phone", "bsuid", "parent").
    """

    channel: str
    value: str
    kind: str = "id"


@dataclass(frozen=True, slots=True)
class Said:
    """The person wrote a text (a command such as /menu is a text too)."""

    text: str


@dataclass(frozen=True, slots=True)
class Chose:
    """The person tapped a button or a list row; `token` is what we gave it when we sent it."""

    token: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """The person opened the chat by a link; `code` is the link's payload, empty for a bare start."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The person sent a file. `ref` is what the channel needs to fetch it; `size` is in bytes, 0 if unknown."""

    kind: MediaKind
    ref: str
    mime: str = ""
    name: str = ""
    size: int = 0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """The person shared a place, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ContactShared:
    """The person shared a contact card; `own` is true only if the channel vouches that it is her own."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the bot on this channel."""


@dataclass(frozen=True, slots=True)
class Unblocked:
    """The person let the bot in again on this channel."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The person sent something that has no meaning here (a poll, a game, a reaction...)."""

    kind: str


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of this person came due."""

    kind: str
    subject: str
    payload: Mapping[str, Json]


Happening = Said | Chose | Joined | Sent | Located | ContactShared | Blocked | Unblocked | Unreadable | Due


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one person.

    `id` is the provider's own id, unique within `address.channel`. `at` is aware UTC. `aliases` are other
    addresses known to be the same person (a BSUID beside the phone). `message_ref` is the provider's id of the
    message whose button was tapped, so that the answer can replace it.
    """

    id: str
    address: Address
    at: datetime
    what: Happening
    aliases: tuple[Address, ...] = ()
    language_hint: str = ""
    profile_name: str = ""
    message_ref: str = ""
