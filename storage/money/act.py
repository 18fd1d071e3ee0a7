"""What every move of money shares: who acts when, the check that the move is lawful, the ledger, and the timers.

    with acting(conn, keys, zone, person, at) as act:
        deciding.approve(act, request, voucher, code)

The ledger is written at the end of the block, after every pot and voucher: that is the lock order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.events import Json
from conversations.rules.voucher_timers import Timers
from conversations.rules.vouchers_money import Delta
from conversations.rules.vouchers_moves import Hat, Thing, lawful
from storage import ledger, people, timers
from storage.crypto import KeyRing
from storage.db import Conflict

Why = Literal[
    "state", "role", "own", "unreachable", "funds", "cap", "closed", "expired", "amount", "duplicate", "late",
    "blocked", "taken", "second", "reason", "consent", "notice", "draft", "account", "sensitive", "open_claims",
    "token", "association",
]  # fmt: skip

ZONE: Final = ZoneInfo("Europe/Rome")
"""Where days begin for whoever has no facts at hand: the network is in Milan."""


class Refused(Conflict):
    """The move is not possible (any more): `why` says why; the facts of the turn's next try say it to the person."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"refused: {why}")
        self.why = why


@dataclass(slots=True)
class Act:
    """One transaction's moves by one person (empty: the clock). `key` names an outside cause that counts once."""

    conn: Connection
    keys: KeyRing
    zone: ZoneInfo
    person_id: str
    at: datetime
    key: str | None = None
    entries: list[ledger.Entry] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day in the network's zone."""
        return self.at.astimezone(self.zone).date()


@contextmanager
def acting(
    conn: Connection, keys: KeyRing, zone: ZoneInfo, person_id: str, at: datetime, key: str | None = None
) -> Iterator[Act]:
    """Moves made inside are in the ledger at the end. Raises Conflict where `key` was done before."""
    if key is not None and ledger.written(conn, key):
        raise Conflict("this was done before")
    act = Act(conn, keys, zone, person_id, at, key)
    yield act
    close(act)


def close(act: Act) -> None:
    """What was done so far is in the ledger."""
    ledger.append(act.conn, act.entries, act.at)
    act.entries.clear()


def record(
    act: Act,
    thing: Thing,
    subject: str,
    before: str,
    after: str,
    hat: Hat,
    *,
    kind: str = "A",
    reason: str = "",
    pots: Sequence[Delta] = (),
    worth: Mapping[str, Json] | None = None,
) -> None:
    """The move will be in the ledger. Raises Refused where it is not lawful for this quality."""
    if not lawful(thing, before, after, hat, kind):
        raise Refused("state")
    key, act.key = act.key, None
    actor = "" if hat == "clock" else act.person_id
    act.entries.append(ledger.Entry(thing, subject, before, after, actor, hat, reason, pots, worth, key))


def set_timers(
    act: Act, person_id: str, subject: str, wanted: Timers, payload: Mapping[str, Json] | None = None
) -> None:
    """The person has these timers, if she is still known."""
    if people.exists(act.conn, person_id):
        for kind, at in wanted.items():
            timers.set_timer(act.conn, person_id, kind, subject, at, payload or {})


def forget_timers(act: Act, person_id: str, subject: str, kinds: Iterable[str]) -> None:
    """The person has none of these timers."""
    for kind in kinds:
        timers.forget(act.conn, person_id, kind, subject)
