"""A topic as retrieval sees it, and the two names that mean something to the program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VIOLENCE: Final = "congedo-violenza"
"""The topic that shows 1522 first: found at a lower threshold than the others."""

ELSEWHERE: Final = "elsewhere"
"""An invented topic that stands for everything we know nothing about; it is never shown."""

PROJECT: Final = "progetto"
"""The family of topics about the project itself, which people address as "voi"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a topic is found by. `covered` is False for a topic that only points elsewhere."""

    id: str
    titles: Mapping[str, str]
    family: str
    covered: bool = True
    referral: str = "no"
    audience: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
