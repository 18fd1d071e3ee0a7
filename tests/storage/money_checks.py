"""The invariants I1 to I10 of domain.md 7.3, as far as one look at the database can tell, each as a sentence."""

from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from conversations.call_spec import spec_from_json
from conversations.rules.vouchers_money import Share, split
from storage import ledger, payments
from storage.calls import CALLS, LINES
from storage.claims import CLAIMS
from storage.money import rebuild as money_rebuild
from storage.payments import PAYMENTS
from storage.pots import POTS
from storage.redemptions import REDEMPTIONS
from storage.vouchers import VOUCHERS

ZONE = ZoneInfo("Europe/Rome")
COUNTED = {"confirmed", "settled"}
ACCEPTED = {"to_pay", "paid", "pay_failed"}


def breaches(conn: Connection) -> list[str]:
    """What is broken; empty if every invariant holds."""
    told = [*money_rebuild.differences(conn)]
    broken = ledger.verify(conn)
    if broken is not None:
        told.append(f"ledger {broken.seq}: {broken.why}")
    told += _pots(conn)
    told += _vouchers(conn)
    told += _receipts(conn)
    told += _sources(conn)
    return told


def _pots(conn: Connection) -> list[str]:
    """I1 and I2, and that the lines, categories and persons of a call add up to the call."""
    told = []
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    rows = conn.execute(select(POTS)).all()
    for row in rows:
        if row.reserved_cents < 0 or row.spent_cents < 0 or row.reserved_cents + row.spent_cents > row.total_cents:
            told.append(f"pot {row.kind} {row.key} is over: {row.reserved_cents} + {row.spent_cents}")
        sums[row.call_id, row.kind][0] += row.reserved_cents
        sums[row.call_id, row.kind][1] += row.spent_cents
    for (call, kind), money in sums.items():
        if kind in ("line", "person") and money != sums[call, "call"]:
            told.append(f"the pots of kind {kind} hold {money}, the call {sums[call, 'call']}")
    caps = {row.id: spec_from_json(row.spec).person_cap_cents for row in conn.execute(select(CALLS))}
    people = [row for row in rows if row.kind == "person"]
    told += [f"cap of {row.key} is {row.total_cents}" for row in people if row.total_cents != caps[row.call_id]]
    return told


def _vouchers(conn: Connection) -> list[str]:
    """I3 and I7: what was used is what was confirmed and accepted, and nothing after the last day."""
    told = []
    used: Counter[str] = Counter()
    last = {row.id: row.expires_on for row in conn.execute(select(VOUCHERS))}
    for charge in conn.execute(select(REDEMPTIONS)):
        if charge.state in COUNTED:
            used[charge.voucher_id] += charge.amount_cents
            if charge.confirmed_at.astimezone(ZONE).date() > last[charge.voucher_id]:
                told.append(f"charge {charge.id} was confirmed after the last day")
    for claim in conn.execute(select(CLAIMS)):
        if claim.state in ACCEPTED:
            used[claim.voucher_id] += claim.accepted_cents
    for row in conn.execute(select(VOUCHERS)):
        residual = row.face_cents - row.used_cents - row.returned_cents
        if used[row.id] != row.used_cents or residual < 0:
            told.append(f"voucher {row.id}: used {row.used_cents}, confirmed and accepted {used[row.id]}")
        if row.state in ("revoked", "released") and residual:
            told.append(f"voucher {row.id} ended, but still holds {residual}")
        if row.kind == "B" and row.used_cents not in (0, row.face_cents):
            told.append(f"voucher {row.id} of kind B was used in part")
    return told


def _receipts(conn: Connection) -> list[str]:
    """I6: no receipt is payable twice."""
    alive = [row for row in conn.execute(select(CLAIMS)) if row.state in ACCEPTED]
    seen = Counter((row.supplier, row.number.lstrip("0"), row.issued_on, row.gross_cents) for row in alive)
    return [f"receipt {key} is payable {count} times" for key, count in seen.items() if count > 1]


def _sources(conn: Connection) -> list[str]:
    """I10: each payment is split as its line says, and the parts are all of it."""
    told = []
    lines = {row.id: row for row in conn.execute(select(LINES))}
    calls = {row.id: spec_from_json(row.spec) for row in conn.execute(select(CALLS))}
    rows = conn.execute(select(PAYMENTS)).all()
    parts = payments.parts_of(conn, [row.id for row in rows])
    for row in rows:
        shares = [Share(*one) for one in lines[row.line_id].sources or calls[row.call_id].sources]
        if tuple(parts[row.id].values()) != split(row.amount_cents, shares):
            told.append(f"payment {row.id} is split {parts[row.id]}")
    return told
