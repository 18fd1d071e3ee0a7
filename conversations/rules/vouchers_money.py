"""What a pot of money allows, how an amount is split between sources, and how full a pot looks to each reader.

Every limit of a call (its total, a line, a person, a firm, a category) is a pot: total, reserved (granted,
not yet used) and spent. One rule holds for all: reserved + spent <= total. Amounts are integer cents of euro.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

PotKind = Literal["call", "line", "category", "firm", "person"]
LOCK_ORDER: Final[tuple[PotKind, ...]] = ("call", "line", "category", "firm", "person")
"""In this order pots are changed, then the voucher, then the ledger: so no two turns wait for each other."""


@dataclass(frozen=True, slots=True, order=True)
class PotKey:
    """Which pot: the rank of its kind in the lock order comes first, so that sorting gives that order.

    `key` is a line's id, a person's, a firm's, or a category's code; empty for the whole call.
    """

    rank: int
    call_id: str
    key: str

    @property
    def kind(self) -> PotKind:
        """The kind of its limit."""
        return LOCK_ORDER[self.rank]


def pot_key(kind: PotKind, call_id: str, key: str = "") -> PotKey:
    """The pot of this kind."""
    return PotKey(LOCK_ORDER.index(kind), call_id, key)


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of one pot, as the ledger keeps it."""

    pot: PotKey
    total_cents: int = 0
    reserved_cents: int = 0
    spent_cents: int = 0


Light = Literal["available", "running_low", "finished"]
ALARMS: Final = (75, 90, 100)
"""Percentages of a line at which the coordinator is told."""

RUNNING_LOW: Final = 75
PAY_APART_CENTS: Final = 20_000
"""Above this nobody pays what they approved themselves (P8)."""


@dataclass(frozen=True, slots=True)
class Pot:
    """A limit and how much of it is taken."""

    total_cents: int
    reserved_cents: int = 0
    spent_cents: int = 0

    @property
    def free_cents(self) -> int:
        """What can still be granted; never negative."""
        return max(0, self.total_cents - self.reserved_cents - self.spent_cents)

    def sound(self) -> bool:
        """The invariant I1."""
        parts = (self.reserved_cents, self.spent_cents)
        return min(parts) >= 0 and sum(parts) <= self.total_cents

    def reserve(self, cents: int) -> "Pot | None":
        """The pot with this much more granted; None where it does not fit."""
        if cents <= 0 or cents > self.total_cents - self.reserved_cents - self.spent_cents:
            return None
        return Pot(self.total_cents, self.reserved_cents + cents, self.spent_cents)

    def spend(self, cents: int) -> "Pot":
        """Granted money was used."""
        return Pot(self.total_cents, self.reserved_cents - cents, self.spent_cents + cents)

    def give_back(self, cents: int) -> "Pot":
        """Granted money was not used and is free again."""
        return Pot(self.total_cents, self.reserved_cents - cents, self.spent_cents)

    @property
    def percent(self) -> int:
        """How much is taken, rounded down, so that 100 means all of it."""
        if self.total_cents <= 0:
            return 100
        return (self.reserved_cents + self.spent_cents) * 100 // self.total_cents


@dataclass(frozen=True, slots=True)
class Share:
    """One source of money and its weight (70 and 30, say)."""

    source: str
    weight: int


def split(cents: int, shares: Sequence[Share]) -> tuple[int, ...]:
    """The amount in parts by weight that add up to it exactly, by largest remainder; a tie goes to the first.

    Raises ValueError for a negative amount, or weights that are negative or all zero.
    """
    whole = sum(share.weight for share in shares)
    if cents < 0 or whole <= 0 or min(share.weight for share in shares) < 0:
        raise ValueError("an amount is split by positive weights")
    parts = [cents * share.weight // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda at: (-(cents * shares[at].weight % whole), at))
    for at in by_remainder[: cents - sum(parts)]:
        parts[at] += 1
    return tuple(parts)


def light(pot: Pot, least_cents: int) -> Light:
    """What people of a firm may know of a fund (P6); finished where not even the smallest voucher fits."""
    if pot.free_cents < max(1, least_cents):
        return "finished"
    return "running_low" if pot.percent >= RUNNING_LOW else "available"


def alarm(before: Pot, after: Pot) -> int:
    """The highest percentage of ALARMS that was passed by this change, 0 if none was."""
    return max((mark for mark in ALARMS if before.percent < mark <= after.percent), default=0)


def intake_full(asked_cents: int, total_cents: int, overbooking_pct: int) -> bool:
    """True if no more may be asked for: with 0 everybody may ask (and wait), else up to total + this many percent."""
    return overbooking_pct > 0 and asked_cents * 100 > total_cents * (100 + overbooking_pct)
