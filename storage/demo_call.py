"""The demonstration's call for vouchers: the one of content/calls/example.yaml, open around the present day."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, select, update

from conversations.rules.vouchers_moves import CLOSED, OPEN
from storage import alerts, calls, claims, ledger, papers, payments, pots, redemptions, requests, timers, vouchers
from storage.call_files import Names, read_call
from storage.content import ContentError, content_folder
from storage.crypto import KeyRing
from storage.money import calls as opening
from storage.money.act import Act, acting, close, record
from storage.types import keys_of

ZONE: Final = ZoneInfo("Europe/Rome")
BEGUN: Final = timedelta(days=30)
"""How long ago it was opened, so that receipts of the last weeks can be tried out."""
MARK: Final = " (demo)"
_EMPTIED: Final = (
    payments.PARTS, payments.PAYMENTS, papers.PAPERS, claims.CLAIMS, redemptions.REDEMPTIONS, vouchers.PRESENTATIONS,
    vouchers.VOUCHERS, vouchers.WRONG_CODES, alerts.ALERTS, requests.REQUESTS, calls.DECIDERS, calls.PROPOSALS,
    pots.POTS, calls.LINES, calls.CALLS, ledger.LEDGER, ledger.HEAD,
)  # fmt: skip
"""In this order nothing is left that points to what is gone."""


def open_call(conn: Connection, keys: KeyRing, first: str, second: str, at: datetime) -> str:
    """The call is open, proposed by one coordinator and confirmed by the other; its id. Raises ContentError."""
    file = content_folder() / "calls" / "example.yaml"
    found = read_call(file.read_text("utf-8"), Names())
    if found.spec is None:
        raise ContentError(f"content/calls/example.yaml: {found.faults[0].told()}")
    spec, starts = found.spec, at.astimezone(ZONE).date() - BEGUN
    spec = replace(
        spec, title=f"{spec.title}{MARK}", starts_on=starts, ends_on=starts + (spec.ends_on - spec.starts_on)
    )
    call, proposal = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    with acting(conn, keys, ZONE, first, at) as act:
        opening.propose(act, proposal, call, spec)
    with acting(conn, keys, ZONE, second, at) as act:
        opening.confirm(act, proposal)
    conn.execute(update(calls.CALLS).where(calls.CALLS.c.id == call).values(demo=True))
    return call


def invented(conn: Connection, people: Collection[str]) -> list[str]:
    """The calls of the demonstration: marked so, or proposed by one of its people."""
    c, p = calls.CALLS.c, calls.PROPOSALS.c
    theirs = select(p.call_id).where(p.proposed_by.in_(list(people)))
    return list(conn.execute(select(c.id).where(c.demo | c.id.in_(theirs))).scalars())


def remove_calls(conn: Connection, mine: list[str], at: datetime) -> None:
    """Nothing is left of these calls. Where there are others, whose moves are sealed in the same ledger, they are
    closed and stay, without anybody's name."""
    c = calls.CALLS.c
    if not mine:
        return
    if conn.execute(select(func.count()).select_from(calls.CALLS).where(c.id.not_in(mine))).scalar_one():
        _close(conn, mine, at)
        return
    for table in _EMPTIED:
        conn.execute(delete(table))
    conn.execute(delete(timers.TIMERS).where(timers.TIMERS.c.kind.startswith("voucher_", autoescape=True)))


def _close(conn: Connection, mine: list[str], at: datetime) -> None:
    act = Act(conn, keys_of(conn), ZONE, "", at)
    for call in mine:
        row = calls.call_by_id(conn, call)
        if row is not None and row.state == OPEN:
            calls.move_call(conn, call, OPEN, {"state": CLOSED, "closed_at": at, "demo": True})
            record(act, "call", call, OPEN, CLOSED, "coordinator", reason="demo_removed")
    close(act)
