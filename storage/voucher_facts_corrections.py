"""What a coordinator may correct: vouchers in use, charges of the last days, accepted claims not paid yet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from conversations.call_spec import spec_from_json
from conversations.rules.tickets import ticket_number
from conversations.rules.voucher_timers import REVERSAL_LIFE
from conversations.rules.vouchers_moves import (
    CONFIRMED,
    LIVE_VOUCHER,
    OPEN_CLAIM,
    SETTLED,
    STARTED,
    UNPAID,
)
from conversations.voucher_office_views import ConfirmedChargeView, LiveVoucherView, OwedClaimView
from storage import network, profiles
from storage.calls import CALLS
from storage.claims import CLAIMS
from storage.money.actors import Held
from storage.money.vouchers import residual
from storage.payments import PAYMENTS
from storage.redemptions import REDEMPTIONS
from storage.requests import REQUESTS
from storage.vouchers import VOUCHERS

MOST = 300
"""Rows of a list; a name that is typed finds among them."""
_V, _Q, _R, _C, _P = VOUCHERS.c, REQUESTS.c, REDEMPTIONS.c, CLAIMS.c, PAYMENTS.c


def live(conn: Connection, person_id: str, now: Held, today: date) -> tuple[LiveVoucherView, ...]:
    """The vouchers in use, the first to expire first: not her own, not of her firm (P8)."""
    query = (
        select(VOUCHERS, _Q.enterprise_id)
        .join(REQUESTS, _Q.id == _V.request_id)
        .where(_V.state.in_(sorted(LIVE_VOUCHER)), _V.expires_on >= today)
        .order_by(_V.expires_on, _V.id)
        .limit(MOST)
    )
    rows = _of_others(conn, query, person_id, now)
    names = _names(conn, rows)
    firms = {row.id: row.name for row in network.enterprises(conn)}
    last = _last_days(conn, {row.call_id for row in rows})
    held_up = _held_up(conn)
    return tuple(
        LiveVoucherView(
            id=row.id,
            number=ticket_number(row.request_id),
            name=names.get(row.person_id, ""),
            enterprise=firms.get(row.enterprise_id, ""),
            category=row.category,
            face_cents=row.face_cents,
            residual_cents=residual(row),
            expires_on=row.expires_on,
            latest=last[row.call_id],
            busy=row.id in held_up,
        )
        for row in rows
    )


def charged(conn: Connection, person_id: str, now: Held, at: datetime) -> tuple[ConfirmedChargeView, ...]:
    """The charges that can still be undone, the newest first: not on her own voucher, nor one of her firm."""
    query = (
        select(REDEMPTIONS, _V.person_id, _V.category, _V.request_id, _Q.enterprise_id, _P.batch)
        .join(VOUCHERS, _V.id == _R.voucher_id)
        .join(REQUESTS, _Q.id == _V.request_id)
        .join(PAYMENTS, _P.redemption_id == _R.id)
        .where(_R.state.in_((CONFIRMED, SETTLED)), _R.confirmed_at >= at - REVERSAL_LIFE)
        .order_by(_R.confirmed_at.desc(), _R.id)
        .limit(MOST)
    )
    rows = _of_others(conn, query, person_id, now)
    names = _names(conn, rows) | {who: one.name for who, one in profiles.profiles_of(
        conn, sorted({row.provider_id for row in rows})
    ).items()}  # fmt: skip
    return tuple(
        ConfirmedChargeView(
            id=row.id,
            number=ticket_number(row.request_id),
            name=names.get(row.person_id, ""),
            provider=names.get(row.provider_id, ""),
            category=row.category,
            amount_cents=row.amount_cents,
            at=row.confirmed_at,
            paid=row.state == SETTLED,
            batch=row.batch,
        )
        for row in rows
    )


def owed(conn: Connection, person_id: str, now: Held) -> tuple[OwedClaimView, ...]:
    """The accepted claims that are not paid yet, the newest first: not her own, nor of her firm."""
    query = (
        select(CLAIMS, _V.category, _Q.enterprise_id, _P.batch)
        .join(VOUCHERS, _V.id == _C.voucher_id)
        .join(REQUESTS, _Q.id == _V.request_id)
        .join(PAYMENTS, _P.claim_id == _C.id)
        .where(_C.state.in_(sorted(UNPAID)))
        .order_by(_C.updated_at.desc(), _C.id)
        .limit(MOST)
    )
    rows = _of_others(conn, query, person_id, now)
    names = _names(conn, rows)
    return tuple(
        OwedClaimView(
            id=row.id,
            number=ticket_number(row.id),
            name=names.get(row.person_id, ""),
            supplier=row.supplier,
            category=row.category,
            amount_cents=row.accepted_cents,
            batch=row.batch,
        )
        for row in rows
    )


def _of_others(conn: Connection, query: Any, person_id: str, now: Held) -> list[Row[Any]]:
    found = conn.execute(query)
    return [row for row in found if row.person_id != person_id and not now.belongs_to(row.enterprise_id)]


def _names(conn: Connection, rows: list[Row[Any]]) -> dict[str, str]:
    people = sorted({row.person_id for row in rows})
    return {who: known.name for who, known in profiles.profiles_of(conn, people).items()}


def _last_days(conn: Connection, call_ids: set[str]) -> dict[str, date | None]:
    query = select(CALLS.c.id, CALLS.c.spec).where(CALLS.c.id.in_(sorted(call_ids)))
    return {row.id: spec_from_json(row.spec).uses_until for row in conn.execute(query)}


def _held_up(conn: Connection) -> set[str]:
    """The vouchers on which a charge or claim is still open."""
    waiting = select(_R.voucher_id).where(_R.state == STARTED)
    checked = select(_C.voucher_id).where(_C.state.in_(sorted(OPEN_CLAIM)))
    return set(conn.execute(waiting.union(checked)).scalars())
