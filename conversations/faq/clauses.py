"""A long message in parts: what asks, and the story around it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from conversations.faq.tokens import tokens

SHORT: Final = 14
"""Words up to which a message is one question, whatever stands in it."""
LONGEST_CLAUSE: Final = 16
"""Words beyond which a clause without punctuation is parted where it begins to ask."""

_STOPS: Final = re.compile(r"([.!?;:\n]+|,\s)")
_ASKING: Final = frozenset(
    "quanto quanti quante quanta come quando dove chi cosa che quale quali perche posso puo possiamo possono"
    " devo deve dobbiamo spetta spettano spetterebbe diritto esiste esistono serve servono vorrei volevo sapere"
    " chiedere chiedevo conviene funziona tocca potete potreste sapete what which who when where why how can"
    " could may must should do does is are am entitled wonder know ask possible".split()
)
_OPENING: Final = tuple(
    tuple(opening.split())
    for opening in (
        "ho diritto | mi spetta | si puo | c e | ci sono | vorrei sapere | volevo sapere | volevo chiedere | mi "
        "chiedevo | mi chiedo | non so | non capisco | is there | do i | can i | am i | how much | how many | how "
        "long | want to | i need | mi serve | ho bisogno | posso | devo | quanto | quanti | quante | come si | "
        "come faccio | a chi | chi mi | cosa devo | che cosa | what can | what should | if i | possono | puo | mi "
        "tocca | esiste"
    ).split("|")
)
_FIRST: Final = frozenset(opening[0] for opening in _OPENING)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message, and whether it asks something."""

    words: tuple[str, ...]
    asks: bool


def clauses(text: str) -> tuple[Clause, ...]:
    """The parts in order. A short message is one clause that asks; in a long one at least one clause asks."""
    whole = tokens(text)
    if len(whole) <= SHORT:
        return (Clause(whole, True),) if whole else ()
    parts = [Clause(words, asks) for words, asks in _punctuated(text, len(whole)) if words]
    if not any(part.asks for part in parts):
        return tuple(Clause(part.words, True) for part in parts)
    return tuple(parts)


def _punctuated(text: str, most: int) -> Iterator[tuple[tuple[str, ...], bool]]:
    pieces = _STOPS.split(text)
    taken = 0
    for at in range(0, len(pieces), 2):
        words = tokens(pieces[at])[: most - taken]
        taken += len(words)
        question = at + 1 < len(pieces) and "?" in pieces[at + 1]
        if len(words) > LONGEST_CLAUSE:
            yield from _parted(words, question)
        else:
            yield words, question or _asks(words)


def _parted(words: Sequence[str], question: bool) -> Iterator[tuple[tuple[str, ...], bool]]:
    """A long run of words, cut where it begins to ask."""
    cuts = [0, *_openings(words), len(words)]
    for start, end in pairwise(cuts):
        part = tuple(words[start:end])
        yield part, _begins(words, start) or (question and end == len(words))


def _openings(words: Sequence[str]) -> Iterable[int]:
    last = 0
    for at in range(3, len(words)):
        if at - last >= 3 and _begins(words, at):
            last = at
            yield at


def _begins(words: Sequence[str], at: int) -> bool:
    return words[at] in _FIRST and any(tuple(words[at : at + len(opening)]) == opening for opening in _OPENING)


def _asks(words: Sequence[str]) -> bool:
    return any(word in _ASKING for word in words[:4]) or any(_begins(words, at) for at in range(len(words)))
