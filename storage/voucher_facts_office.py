"""What the association's offices see: claims to check, payments, budgets, proposals; and a referent's light."""

import json
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.call_spec import change_from_json, spec_from_json
from conversations.rules.tickets import ticket_number
from conversations.rules.vouchers_money import Pot, light, pot_key
from conversations.rules.vouchers_moves import OPEN, OPEN_CLAIM, OPEN_REQUEST, PROPOSED, UNPAID, WAITLISTED
from conversations.voucher_office_views import (
    AccountantPaymentView,
    CheckerClaimView,
    CoordinatorCallView,
    LineView,
    ProposalView,
    ReferentFundView,
)
from storage import calls, claims, ledger, network, papers, payments, pots, profiles, requests, vouchers
from storage.money.actors import Held
from storage.money.vouchers import residual
from storage.voucher_facts_owner import paper_views, receipt_of


def to_check(conn: Connection, person_id: str, now: Held) -> tuple[CheckerClaimView, ...]:
    """The claims she may check, the longest waiting first: not her own, not of her firm (P8)."""
    rows = claims.claims_in(conn, OPEN_CLAIM)
    if not rows:
        return ()
    kept = papers.papers_of(conn, [row.id for row in rows])
    names = profiles.profiles_of(conn, [row.person_id for row in rows])
    found = []
    for row in rows:
        voucher = vouchers.voucher_by_id(conn, row.voucher_id)
        request = None if voucher is None else requests.request_by_id(conn, voucher.request_id)
        if voucher is None or request is None or row.person_id == person_id or now.belongs_to(request.enterprise_id):
            continue
        found.append(
            CheckerClaimView(
                id=row.id,
                number=ticket_number(row.id),
                state=row.state,
                name=names[row.person_id].name if row.person_id in names else "",
                category=voucher.category,
                residual_cents=residual(voucher),
                draft=receipt_of(row),
                submitted_at=row.submitted_at,
                alike=row.alike,
                asked=row.asked,
                answer_text=row.answer_text,
                papers=paper_views(kept.get(row.id, ())),
            )
        )
    return tuple(found)


def to_pay(conn: Connection) -> tuple[AccountantPaymentView, ...]:
    """What is to be paid, or failed, the oldest first."""
    return tuple(
        AccountantPaymentView(
            row.id, row.state, row.name, row.iban, row.amount_cents, row.vat_cents, row.invoice, row.reason
        )
        for row in payments.payments_in(conn, UNPAID)
    )


def budgets(conn: Connection, person_id: str) -> tuple[CoordinatorCallView, ...]:
    """The calls that are proposed or open, with their money."""
    rows = [*calls.calls_in(conn, OPEN), *calls.calls_in(conn, PROPOSED)]
    if not rows:
        return ()
    held = pots.read_many(conn, [row.id for row in rows], ("call", "line"))
    firms = {row.id: row.name for row in network.enterprises(conn)}
    waiting = {one.call_id: one for one in proposals(conn, person_id)}
    found = []
    for row in rows:
        spec = spec_from_json(row.spec)
        whole = held.get(pot_key("call", row.id), Pot(spec.budget_cents))
        open_ones = requests.requests_in_call(conn, row.id, OPEN_REQUEST)
        lines = []
        for line in calls.lines_of(conn, row.id):
            pot = held.get(pot_key("line", row.id, line.id), Pot(0))
            money = (pot.total_cents, pot.reserved_cents, pot.spent_cents)
            lines.append(LineView(line.id, line.name, line.area, firms.get(line.enterprise_id, ""), *money))
        found.append(
            CoordinatorCallView(
                id=row.id,
                title=row.title,
                state=row.state,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                total_cents=whole.total_cents,
                reserved_cents=whole.reserved_cents,
                spent_cents=whole.spent_cents,
                person_cap_cents=spec.person_cap_cents,
                lines=tuple(lines),
                waiting=sum(one.state == WAITLISTED for one in open_ones),
                open_requests=sum(one.state != WAITLISTED for one in open_ones),
                proposal=waiting.get(row.id),
            )
        )
    return tuple(found)


def proposals(conn: Connection, person_id: str) -> tuple[ProposalView, ...]:
    """What waits for a second coordinator."""
    rows = calls.proposals_waiting(conn)
    names = profiles.profiles_of(conn, [row.proposed_by for row in rows]) if rows else {}
    specs = {row.call_id: calls.call_by_id(conn, row.call_id) for row in rows if row.kind == "open"}
    return tuple(
        ProposalView(
            row.id,
            row.call_id,
            cast(Any, row.kind),
            names[row.proposed_by].name if row.proposed_by in names else "",
            row.proposed_by == person_id,
            row.proposed_at,
            spec_from_json(call.spec) if (call := specs.get(row.call_id)) is not None else None,
            change_from_json(row.payload) if row.kind == "extend" else None,
        )
        for row in rows
    )


def funds(conn: Connection, zone: ZoneInfo, today: date) -> tuple[ReferentFundView, ...]:
    """How full each open call was at the beginning of the month, as a light (P6): a live one tells who got it."""
    first = today.replace(day=1)
    since = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
    rows = calls.calls_in(conn, OPEN)
    later = _moved_since(conn, since) if rows else {}
    found = []
    for row in rows:
        now = pots.read(conn, pot_key("call", row.id))
        if now is None:
            continue
        total, reserved, spent = later.get(row.id, (0, 0, 0))
        then = Pot(now.total_cents - total, now.reserved_cents - reserved, now.spent_cents - spent)
        # a call opened this month had all its money
        shown = then if then.total_cents > 0 else Pot(now.total_cents)
        found.append(ReferentFundView(row.title, light(shown, spec_from_json(row.spec).least_cents), first))
    return tuple(found)


def _moved_since(conn: Connection, since: datetime) -> dict[str, tuple[int, int, int]]:
    """What the ledger says went in and out of each call since then."""
    found: dict[str, tuple[int, int, int]] = {}
    for row in ledger.rows_since(conn, since):
        for kind, call, _key, total, reserved, spent in json.loads(row.amounts).get("pots", ()):
            if kind == "call":
                before = found.get(call, (0, 0, 0))
                found[call] = (before[0] + total, before[1] + reserved, before[2] + spent)
    return found

