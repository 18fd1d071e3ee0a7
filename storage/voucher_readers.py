"""Who reads a message about a request, voucher, claim, charge or payment, found when it is put in the outbox."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from conversations.rules.quiet import is_quiet
from conversations.rules.voucher_timers import DIGEST, UNREACHABLE
from conversations.rules.vouchers_moves import OPEN_REQUEST
from conversations.rules.working_days import next_morning
from storage import alerts, claims, payments, redemptions, requests, vouchers
from storage.money.act import ZONE, Act, acting, set_timers
from storage.money.actors import deciders_for, reachable
from storage.money.requests import escalate
from storage.types import keys_of

FLOOD: Final = 5
"""Alerts to one manager within an hour, after which she gets a digest."""
_HOUR: Final = timedelta(hours=1)


def deciders(act: Act, request_id: str) -> list[str]:
    """Who is to be told of this request at this moment; a manager who should not be disturbed gets a digest later."""
    request = requests.request_by_id(act.conn, request_id)
    if request is None or request.state not in OPEN_REQUEST:
        return []
    able = [who for who in deciders_for(act.conn, request) if reachable(act.conn, who)]
    if not able and request.deciders == "firm" and not request.escalated:
        # these words are for the firm's manager: the timer lets the flow find those for the association's
        _pass_on(act, request)
        return []
    now = []
    for who in able:
        if who == act.person_id:
            continue
        if is_quiet(act.at, act.zone):
            set_timers(act, who, "", {DIGEST: next_morning(act.at, act.zone)})
        elif alerts.told_since(act.conn, who, act.at - _HOUR) >= FLOOD:
            set_timers(act, who, "", {DIGEST: act.at + _HOUR})
        else:
            now.append(who)
        alerts.note_alert(act.conn, request_id, who, act.at)
    return now


def owner(conn: Connection, key: str) -> str:
    """To whom this request, voucher, claim, charge or payment belongs; empty for none."""
    for found in (
        requests.request_by_id(conn, key),
        vouchers.voucher_by_id(conn, key),
        claims.claim_by_id(conn, key),
        payments.payment_by_id(conn, key),
    ):
        if found is not None:
            return str(found.person_id)
    charge = redemptions.redemption_by_id(conn, key)
    voucher = None if charge is None else vouchers.voucher_by_id(conn, charge.voucher_id)
    return "" if voucher is None else str(voucher.person_id)


def provider(conn: Connection, redemption_id: str) -> str:
    """The partner of this charge; empty for none."""
    charge = redemptions.redemption_by_id(conn, redemption_id)
    return "" if charge is None else str(charge.provider_id)


def replace_unreachable(act: Act, person_id: str) -> int:
    """Requests that wait for this firm's manager, who has no open chat any more, are the association's at once; how
    many. The owner's timer "voucher_decision:unreachable" lets the flow tell the association's managers."""
    if reachable(act.conn, person_id):
        return 0
    waiting = requests.waiting_for(act.conn, person_id, OPEN_REQUEST)
    for request in waiting:
        _pass_on(act, request)
    return len(waiting)


def _pass_on(act: Act, request: Row[Any]) -> None:
    escalate(act, request.id)
    set_timers(act, request.person_id, request.id, {UNREACHABLE: act.at})


def gone_silent(conn: Connection, person_id: str, at: datetime) -> int:
    """The same, where a channel has just told that she cannot be reached on it."""
    with acting(conn, keys_of(conn), ZONE, person_id, at) as act:
        return replace_unreachable(act, person_id)
