"""Every balance and state once more, from the ledger alone, compared with the tables (`wis audit rebuild`)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, select

from conversations.rules.vouchers_money import PotKey, PotKind, pot_key
from conversations.rules.vouchers_moves import AMENDS, DRAFT, ENDS, MOVES, Hat, Thing
from storage import calls, claims, ledger, payments, pots, redemptions, requests, vouchers

TABLES: dict[Thing, Table] = {
    "call": calls.CALLS,
    "request": requests.REQUESTS,
    "voucher": vouchers.VOUCHERS,
    "redemption": redemptions.REDEMPTIONS,
    "claim": claims.CLAIMS,
    "payment": payments.PAYMENTS,
}


@dataclass(slots=True)
class Rebuilt:
    """What the ledger says: the money of each pot (total, reserved, spent), the state of each thing, and what each
    voucher, request and payment is worth."""

    pots: dict[PotKey, tuple[int, int, int]] = field(default_factory=dict)
    states: dict[tuple[Thing, str], str] = field(default_factory=dict)
    worth: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    unlawful: list[str] = field(default_factory=list)


def rebuild(conn: Connection) -> Rebuilt:
    """The ledger read from its first row to its last."""
    found = Rebuilt()
    for row in ledger.rows(conn):
        _follow(found, row)
    return found


def differences(conn: Connection) -> list[str]:
    """A sentence for each thing on which the ledger and the tables do not agree; empty if they do to the cent."""
    found = rebuild(conn)
    told = list(found.unlawful)
    for thing, table in TABLES.items():
        held = {row.id: row.state for row in conn.execute(select(table.c.id, table.c.state)) if row.state != DRAFT}
        said = {subject: state for (kind, subject), state in found.states.items() if kind == thing}
        told += _compare(thing, "state", held, said)
    rows = conn.execute(select(pots.POTS)).all()
    taken = {
        pot_key(cast(PotKind, r.kind), r.call_id, r.key): (r.total_cents, r.reserved_cents, r.spent_cents)
        for r in rows
    }
    told += _compare("pot", "money", taken, found.pots)
    told += _vouchers(conn, found)
    told += _payments(conn, found)
    told += _lines(conn)
    return told


def _follow(found: Rebuilt, row: Row[Any]) -> None:
    thing, subject = cast(Thing, row.thing), str(row.subject)
    before = found.states.get((thing, subject))
    begins = row.before == "" or (row.before == DRAFT and before is None)
    if begins != (before is None) or (before is not None and before != row.before):
        found.unlawful.append(f"ledger {row.seq}: {thing} {subject} was {before!r}, not {row.before!r}")
    move = (row.before, row.after)
    if cast(Hat, row.hat) not in MOVES[thing].get(move, ()):
        found.unlawful.append(f"ledger {row.seq}: {thing} may not go {row.before} -> {row.after} by {row.hat}")
    if row.before in ENDS[thing] and row.after != row.before and move not in AMENDS[thing]:
        found.unlawful.append(f"ledger {row.seq}: {thing} left its end {row.before}")
    found.states[thing, subject] = row.after
    amounts = json.loads(row.amounts)
    for kind, call, key, total, reserved, spent in amounts.pop("pots", ()):
        pot = pot_key(kind, call, key)
        known = found.pots.get(pot, (0, 0, 0))
        found.pots[pot] = (known[0] + total, known[1] + reserved, known[2] + spent)
    for name, cents in amounts.items():
        if isinstance(cents, int):
            found.worth[name, subject] += cents
    for source, cents in amounts.get("parts", {}).items():
        found.worth[f"part {source}", subject] += cents


def _compare(thing: str, what: str, held: dict[Any, Any], said: dict[Any, Any]) -> Iterator[str]:
    for key in sorted({*held, *said}, key=str):
        if held.get(key) != said.get(key):
            yield f"{thing} {key}: {what} is {held.get(key)}, the ledger says {said.get(key)}"


def _vouchers(conn: Connection, found: Rebuilt) -> Iterator[str]:
    v, r = vouchers.VOUCHERS.c, requests.REQUESTS.c
    for row in conn.execute(select(v.id, v.face_cents, v.used_cents, v.returned_cents)):
        said = tuple(found.worth[name, row.id] for name in ("face", "used", "returned"))
        if said != tuple(row[1:]):
            yield f"voucher {row.id}: face, used, returned are {tuple(row[1:])}, the ledger says {said}"
    for key, held in conn.execute(select(r.id, r.held_cents)):
        if found.worth["held", key] != held:
            yield f"request {key}: {held} is kept, the ledger says {found.worth['held', key]}"


def _payments(conn: Connection, found: Rebuilt) -> Iterator[str]:
    p = payments.PAYMENTS.c
    rows = conn.execute(select(p.id, p.amount_cents)).all()
    parts = payments.parts_of(conn, [row.id for row in rows])
    for row in rows:
        mine = parts.get(row.id, {})
        said = {source: found.worth[f"part {source}", row.id] for source in mine}
        if {sum(mine.values()), found.worth["amount", row.id]} != {row.amount_cents} or said != mine:
            yield f"payment {row.id}: {row.amount_cents} in parts {mine}, the ledger says {said}"


def _lines(conn: Connection) -> Iterator[str]:
    """A line has reserved what its vouchers still hold and its requests keep, and spent what its vouchers used."""
    v, r = vouchers.VOUCHERS.c, requests.REQUESTS.c
    reserved: dict[str, int] = defaultdict(int)
    spent: dict[str, int] = defaultdict(int)
    for row in conn.execute(select(v.line_id, v.face_cents, v.used_cents, v.returned_cents)):
        reserved[row.line_id] += row.face_cents - row.used_cents - row.returned_cents
        spent[row.line_id] += row.used_cents
    for line, held in conn.execute(select(r.line_id, r.held_cents).where(r.held_cents > 0)):
        reserved[line] += held
    p = pots.POTS.c
    for key, *money in conn.execute(select(p.key, p.reserved_cents, p.spent_cents).where(p.kind == "line")):
        if [reserved[key], spent[key]] != money:
            said = f"{reserved[key]}, {spent[key]}"
            yield f"line {key}: reserved and spent are {money[0]}, {money[1]}; its vouchers say {said}"
