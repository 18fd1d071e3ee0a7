"""Where a person is in the conversation: serialisable, versioned, upgradable."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.events import Json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a flow and what the flow remembers there."""

    flow: str
    step: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice on the current screen: its value, its label as the person reads it, and whether it is numbered."""

    value: str
    label: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class State:
    """Where a person is.

    `parked` are the places she left open and returns to, innermost last; `screen` is the number of the screen
    shown last and `offers` what it offered; `misses` counts misunderstandings in a row; `tapped` is the token of
    the last button that was obeyed, so that a double tap is told from a stale one.
    """

    place: Place
    parked: tuple[Place, ...] = ()
    screen: int = 0
    offers: tuple[Offer, ...] = ()
    misses: int = 0
    tapped: str = ""


START = State(Place("welcome", "start"))
HOME = Place("menu", "home")
"""Where everybody can always return to; nothing stays open behind it."""


def to_json(state: State) -> dict[str, Json]:
    """The state as plain data, with the version of its shape."""
    return {
        "v": VERSION,
        "place": _place_json(state.place),
        "parked": [_place_json(place) for place in state.parked],
        "screen": state.screen,
        "offers": [[o.value, o.label, o.numbered] for o in state.offers],
        "misses": state.misses,
        "tapped": state.tapped,
    }


def from_json(data: Mapping[str, Json]) -> State:
    """The state a row holds.

    A shape this program does not know (written by a newer one, or damaged) is the menu: the person loses her
    place, never her answers, which live in rows of their own.
    """
    if data.get("v") != VERSION:
        return State(HOME, screen=_int(data.get("screen")))
    offers, parked = data.get("offers"), data.get("parked")
    return State(
        place=_place(data.get("place")),
        parked=tuple(_place(p) for p in parked) if isinstance(parked, list) else (),
        screen=_int(data.get("screen")),
        offers=tuple(_offer(o) for o in offers) if isinstance(offers, list) else (),
        misses=_int(data.get("misses")),
        tapped=str(data.get("tapped") or ""),
    )


def _place_json(place: Place) -> list[Json]:
    return [place.flow, place.step, dict(place.data)]


def _place(data: Json | None) -> Place:
    match data:
        case [str(flow), str(step), dict(memory)]:
            return Place(flow, step, memory)
        case _:
            return HOME


def _offer(data: Json) -> Offer:
    match data:
        case [str(value), str(label), bool(numbered)]:
            return Offer(value, label, numbered)
        case _:
            return Offer("", "", False)


def _int(value: Json | None) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
