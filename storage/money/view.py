"""A call and a draft as their worker sees them: what she may ask for, and what is left to her."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from conversations.call_spec import spec_from_json
from conversations.rules.calls import allowed_categories
from conversations.rules.categories import AREAS, category
from conversations.rules.vouchers_money import pot_key
from conversations.rules.vouchers_moves import OPEN
from conversations.voucher_views import Draft, WorkerCallView
from storage import calls, pots, profiles, requests
from storage.money.actors import Held, reachable
from storage.money.pots import payer


def draft_of(request: Row[Any]) -> Draft:
    """What was asked for."""
    return Draft(
        request.call_id,
        request.area,
        request.category,
        request.amount_cents,
        request.starts_on,
        request.ends_on,
        request.provider,
        request.note,
    )


def worker_call(
    conn: Connection, call: Row[Any], person_id: str, now: Held, today: date
) -> WorkerCallView | None:
    """The call as this worker may ask of it; None where it is not open, or no line pays for her."""
    if call.state != OPEN or not call.starts_on <= today <= call.ends_on or "worker" not in now.roles:
        return None
    spec = spec_from_json(call.spec)
    lines = [payer(line) for line in calls.lines_of(conn, call.id)]
    areas = tuple(
        area for area in AREAS if any(one.pays(area, firm, contract) for one in lines for firm, contract in now.firms)
    )
    if not areas:
        return None
    person = pots.read(conn, pot_key("person", call.id, person_id))
    kinds = [category(code) for code in allowed_categories(spec)]
    return WorkerCallView(
        id=call.id,
        title=call.title,
        voucher_kind=spec.voucher_kind,
        starts_on=call.starts_on,
        ends_on=call.ends_on,
        least_cents=spec.least_cents,
        most_cents=spec.most_cents,
        left_cents=spec.person_cap_cents if person is None else person.free_cents,
        areas=areas,
        categories=tuple(kind.code for kind in kinds if kind is not None and kind.area in areas),
        deciders=spec.deciders,
        decider=_decider(conn, call.id, person_id, now) if spec.deciders == "firm" else "",
        notice_version=spec.notice_version,
        order=spec.order,
        criteria=spec.criteria,
        on_leave=spec.on_leave,
        open_requests_left=max(0, spec.open_requests - requests.open_count(conn, person_id, call.id)),
    )


def _decider(conn: Connection, call_id: str, person_id: str, now: Held) -> str:
    """The name of the firm's own manager who would decide, empty where it is the association."""
    named = calls.deciders_of(conn, call_id)
    for firm, _ in now.firms:
        for who in named.get(firm, []) if firm else []:
            if who != person_id and reachable(conn, who):
                return profiles.profile_of(conn, who).name
    return ""
