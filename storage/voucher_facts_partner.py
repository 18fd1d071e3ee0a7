"""What a partner sees: whether a code is valid, its category, what is left, initials; and her own charges."""

from datetime import date, datetime, time, timedelta
from hmac import compare_digest
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.rules.voucher_codes import meant_as_code, token_in, voucher_code_in
from conversations.rules.voucher_pins import pin_in
from conversations.rules.voucher_timers import REDEMPTION_LIFE, WRONG_TRIES, WRONG_WITHIN
from conversations.rules.vouchers_moves import CONFIRMED, LIVE_VOUCHER, SETTLED, STARTED
from conversations.voucher_views import PartnerMonthView, PartnerRedemptionView, PartnerVoucherView
from storage import profiles, redemptions, vouchers
from storage.crypto import KeyRing
from storage.money.redeeming import owners_figures
from storage.money.vouchers import residual


def presented(
    conn: Connection, keys: KeyRing, person_id: str, text: str, today: date, at: datetime
) -> tuple[PartnerVoucherView | None, bool]:
    """The voucher whose code or QR token the text holds; and whether it holds one that exists nowhere.

    While this partner is blocked after five wrong codes she is told nothing about any code.
    """
    token, code = token_in(text), voucher_code_in(text)
    if token is None and code is None:
        return None, meant_as_code(text)
    if code_pause(conn, person_id, at) is not None:
        return None, False
    if token is not None:
        row = vouchers.voucher_by_token(conn, keys.hash("presentation", token), at)
    else:
        row = vouchers.voucher_by_code(conn, keys.hash("voucher", code or ""))
    if row is None:
        return None, True
    valid = row.state in LIVE_VOUCHER and today <= row.expires_on and row.person_id != person_id
    known = profiles.profile_of(conn, row.person_id)
    return (
        PartnerVoucherView(
            id=row.id,
            valid=valid,
            category=row.category,
            residual_cents=residual(row) if valid else 0,
            initials=known.initials,
            whole_only=row.kind == "B",
        ),
        False,
    )


def said_aloud(conn: Connection, keys: KeyRing, person_id: str, text: str, at: datetime) -> str:
    """The open charge of this partner that the four figures in the text confirm; empty for none."""
    figures = pin_in(text)
    if figures is None or code_pause(conn, person_id, at) is not None:
        return ""
    for row in redemptions.redemptions_by(conn, person_id):
        if row.state == STARTED and at <= row.started_at + REDEMPTION_LIFE:
            charges = redemptions.redemptions_on(conn, [row.voucher_id])
            if compare_digest(owners_figures(keys, row.voucher_id, charges), figures):
                return str(row.id)
    return ""


def code_pause(conn: Connection, person_id: str, at: datetime) -> datetime | None:
    """Until when this partner may try no code; None where she may."""
    count, first = vouchers.wrong_codes(conn, person_id, at - WRONG_WITHIN)
    return first + WRONG_WITHIN if count >= WRONG_TRIES and first is not None else None


def own_charges(conn: Connection, person_id: str) -> tuple[PartnerRedemptionView, ...]:
    """Her last charges, the newest first."""
    rows = redemptions.redemptions_by(conn, person_id)
    found = []
    for row in rows:
        voucher = vouchers.voucher_by_id(conn, row.voucher_id)
        if voucher is not None:
            known = profiles.profile_of(conn, voucher.person_id)
            found.append(
                PartnerRedemptionView(
                    row.id, row.state, voucher.category, known.initials, row.amount_cents, row.started_at
                )
            )
    return tuple(found)


def months(conn: Connection, zone: ZoneInfo, person_id: str, today: date) -> tuple[PartnerMonthView, ...]:
    """What she charged this month and in the last one."""
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    return tuple(_month(conn, zone, person_id, first) for first in (this, last))


def _month(conn: Connection, zone: ZoneInfo, person_id: str, first: date) -> PartnerMonthView:
    following = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time(), tzinfo=zone) for day in (first, following))
    sums = redemptions.sums_by(conn, person_id, start, end)
    confirmed, settled = sums.get(CONFIRMED, (0, 0)), sums.get(SETTLED, (0, 0))
    return PartnerMonthView(first, confirmed[0] + settled[0], confirmed[1] + settled[1], settled[1])
