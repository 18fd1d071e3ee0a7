"""Events as plain data, so that one that could not be worked can be worked again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import cast

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

KINDS: Mapping[str, type[Happening]] = {
    kind.__name__: kind
    for kind in (Said, Chose, Joined, Sent, Located, ContactShared, Blocked, Unblocked, Unreadable, Due)
}


def kind_of(event: Event) -> str:
    """What happened, in one word ("Said")."""
    return type(event.what).__name__


def event_to_json(event: Event) -> dict[str, Json]:
    """The event as plain data."""
    what = {name: dict(v) if isinstance(v, Mapping) else v for name, v in asdict(event.what).items()}
    return {
        "id": event.id,
        "address": _address_json(event.address),
        "at": event.at.isoformat(),
        "kind": kind_of(event),
        "what": cast(Json, what),
        "aliases": [_address_json(a) for a in event.aliases],
        "language_hint": event.language_hint,
        "message_ref": event.message_ref,
    }


def event_from_json(data: Mapping[str, Json]) -> Event:
    """The event the data were made of. Raises ValueError, KeyError, TypeError for data of another shape."""
    aliases, what = data["aliases"], data["what"]
    if not isinstance(aliases, list) or not isinstance(what, dict):
        raise ValueError("not an event")
    kind = KINDS[str(data["kind"])]
    return Event(
        id=str(data["id"]),
        address=_address(data["address"]),
        at=datetime.fromisoformat(str(data["at"])),
        what=kind(**what),  # type: ignore[arg-type]
        aliases=tuple(_address(a) for a in aliases),
        language_hint=str(data["language_hint"]),
        message_ref=str(data["message_ref"]),
    )


def _address_json(address: Address) -> Json:
    return [address.channel, address.value, address.kind]


def _address(data: Json) -> Address:
    match data:
        case [str(channel), str(value), str(kind)]:
            return Address(channel, value, kind)
        case _:
            raise ValueError("not an address")
