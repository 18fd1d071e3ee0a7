"""What the flow of the answers remembers at a place: the question, what was shown and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conversations.events import Json
from conversations.faq.masking import mask
from conversations.state import Place

NAME: Final = "faq"
MOST_KEPT: Final = 400
"""Characters of a question that are kept; personal data in it is masked before."""
MOST_MASKED: Final = 10_000
"""Characters that are looked at for that: more than any channel delivers."""
ENOUGH: Final = 2
"""Misses in a row after which a person is offered before anything else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way. `text` is masked, and empty where it speaks of violence or danger (`danger`): that is
    kept nowhere. `topic` is the answer shown last, `refused` those that were not it, `misses` counts failures."""

    text: str = ""
    danger: bool = False
    topic: str = ""
    refused: tuple[str, ...] = ()
    misses: int = 0
    facet: str = ""

    def to_data(self, **more: Json) -> dict[str, Json]:
        """As a place remembers it, with what else belongs to the step."""
        return {
            "text": self.text,
            "danger": self.danger,
            "topic": self.topic,
            "refused": list(self.refused),
            "misses": self.misses,
            "facet": self.facet,
            **more,
        }


def asked_at(place: Place) -> Asked:
    """What the place remembers; an empty question where it is none of ours."""
    data = place.data
    refused, misses = data.get("refused"), data.get("misses")
    return Asked(
        str(data.get("text") or ""),
        bool(data.get("danger")),
        str(data.get("topic") or ""),
        tuple(map(str, refused)) if isinstance(refused, list) else (),
        misses if isinstance(misses, int) else 0,
        str(data.get("facet") or ""),
    )


def kept(text: str, danger: bool) -> Asked:
    """A new question as it may be kept; `danger` says that it may tell of violence."""
    return Asked("" if danger else _shortened(mask(text[:MOST_MASKED]).strip()), danger)


def _shortened(text: str) -> str:
    """The beginning and the end of a long story: who tells one mostly asks at the end of it."""
    if len(text) <= MOST_KEPT:
        return text
    end = text[-MOST_KEPT * 2 // 5 :].partition(" ")[2]
    return f"{text[: MOST_KEPT * 3 // 5 - 3].rpartition(' ')[0]} … {end}" if end else text[:MOST_KEPT]


def texts(data: Mapping[str, Json], name: str) -> tuple[str, ...]:
    """A list of words the place remembers."""
    found = data.get(name)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def number(data: Mapping[str, Json], name: str) -> int:
    """A number the place remembers, 0 without."""
    found = data.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
