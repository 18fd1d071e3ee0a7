"""What a worker sees of her own: the calls she may ask of, her requests, vouchers, charges and claims."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from conversations.rules.categories import category
from conversations.rules.iban import last_four
from conversations.rules.tickets import ticket_number
from conversations.rules.voucher_requests import waiting_band
from conversations.rules.voucher_timers import ANSWER_DAYS, INFO_LIFE, OFFER_LIFE
from conversations.rules.vouchers_moves import DECLINED, DRAFT, IN_REVIEW, INFO_NEEDED, OPEN, REJECTED, WAITLISTED
from conversations.rules.working_days import add_working_days
from conversations.voucher_papers import ClaimDraft, PaperView
from conversations.voucher_views import (
    WorkerCallView,
    WorkerClaimView,
    WorkerRedemptionView,
    WorkerRequestView,
    WorkerVoucherView,
)
from storage import calls, claims, papers, payments, profiles, redemptions, requests, vouchers
from storage.crypto import KeyRing
from storage.money.actors import Held
from storage.money.redeeming import owners_figures
from storage.money.view import draft_of, worker_call
from storage.money.vouchers import residual


def calls_for(conn: Connection, person_id: str, now: Held, today: date) -> tuple[WorkerCallView, ...]:
    """The open calls some line of which pays for her."""
    if "worker" not in now.roles:
        return ()
    found = (worker_call(conn, call, person_id, now, today) for call in calls.calls_in(conn, OPEN))
    return tuple(call for call in found if call is not None)


def requests_of(conn: Connection, zone: ZoneInfo, person_id: str) -> tuple[WorkerRequestView, ...]:
    """Her requests and drafts, the newest first."""
    rows = requests.requests_of(conn, person_id)
    if not rows:
        return ()
    titles = {key: _call(conn, key) for key in {row.call_id for row in rows}}
    names = profiles.profiles_of(conn, [row.decider_id for row in rows if row.decider_id])
    kept = papers.papers_of(conn, [row.id for row in rows])
    granted = {row.request_id: row.id for row in vouchers.vouchers_of(conn, person_id)}
    places = {key: _places(conn, key, titles[key].spec) for key in {r.call_id for r in rows if r.state == WAITLISTED}}
    found = []
    for row in rows:
        asked = row.state == INFO_NEEDED
        offered = row.state == IN_REVIEW and bool(row.held_cents)
        decider = names.get(row.decider_id)
        found.append(
            WorkerRequestView(
                id=row.id,
                number="" if row.state == DRAFT else ticket_number(row.id),
                state=row.state,
                call_id=row.call_id,
                call=titles[row.call_id].title,
                draft=draft_of(row),
                deciders="association" if row.escalated else row.deciders,
                decider=decider.name if decider is not None and not row.escalated else "",
                submitted_at=row.submitted_at,
                answer_by=None if row.queue_at is None else answer_by(row, zone),
                asked=row.asked if asked else "",
                asked_text=row.asked_text if asked else "",
                answer_until=row.asked_at + INFO_LIFE if asked and row.asked_at else None,
                declined=row.reason if row.state == DECLINED else "",
                band=waiting_band(places[row.call_id].index(row.id) + 1) if row.state == WAITLISTED else 0,
                offer_until=row.offered_at + OFFER_LIFE if offered and row.offered_at else None,
                offer_taken=offered and row.offer_taken,
                voucher_id=granted.get(row.id, ""),
                papers=paper_views(kept.get(row.id, ())),
            )
        )
    return tuple(found)


def vouchers_of(
    conn: Connection, keys: KeyRing, person_id: str
) -> tuple[tuple[WorkerVoucherView, ...], tuple[WorkerRedemptionView, ...]]:
    """Her vouchers and the charges on them, the newest first."""
    rows = vouchers.vouchers_of(conn, person_id)
    if not rows:
        return (), ()
    ids = [row.id for row in rows]
    until = vouchers.presented_until(conn, ids)
    charges = redemptions.redemptions_on(conn, ids)
    names = profiles.profiles_of(conn, [row.provider_id for row in charges]) if charges else {}
    return (
        tuple(_voucher(row, until.get(row.id), owners_figures(keys, row.id, charges)) for row in rows),
        tuple(
            WorkerRedemptionView(
                row.id,
                row.voucher_id,
                row.state,
                names[row.provider_id].name if row.provider_id in names else "",
                row.amount_cents,
                row.started_at,
            )
            for row in charges
        ),
    )


def claims_of(conn: Connection, zone: ZoneInfo, person_id: str) -> tuple[WorkerClaimView, ...]:
    """Her claims and drafts, the newest first."""
    rows = claims.claims_of(conn, person_id)
    if not rows:
        return ()
    kept = papers.papers_of(conn, [row.id for row in rows])
    found = []
    for row in rows:
        payment = payments.payment_for(conn, claim_id=row.id)
        found.append(
            WorkerClaimView(
                id=row.id,
                number="" if row.state == DRAFT else ticket_number(row.id),
                state=row.state,
                draft=receipt_of(row),
                accepted_cents=row.accepted_cents,
                asked=row.asked if row.state == INFO_NEEDED else "",
                asked_text=row.asked_text if row.state == INFO_NEEDED else "",
                rejected=row.reason if row.state == REJECTED else "",
                paid_on=None if payment is None else payment.paid_on,
                failed="" if payment is None else payment.reason,
                iban_end="" if payment is None else last_four(payment.iban),
                papers=paper_views(kept.get(row.id, ())),
            )
        )
    return tuple(found)


def receipt_of(claim: Row[Any]) -> ClaimDraft:
    """The receipt as it was given."""
    return ClaimDraft(
        claim.voucher_id,
        claim.supplier,
        claim.supplier_tax_id,
        claim.number,
        claim.issued_on,
        claim.gross_cents,
        claim.vat_cents,
        claim.traceable,
    )


def answer_by(request: Row[Any], zone: ZoneInfo) -> date:
    """The day a decision is promised for."""
    return add_working_days(request.queue_at, ANSWER_DAYS, zone).date()


def paper_views(rows: Iterable[Row[Any]]) -> tuple[PaperView, ...]:
    """Which documents there are; never what is in them."""
    return tuple(PaperView(row.id, row.kind, cast(Any, row.status), row.at) for row in rows)


def _voucher(row: Row[Any], until: Any, figures: str) -> WorkerVoucherView:
    kind = category(row.category)
    modes = () if kind is None else tuple(sorted(kind.modes if row.kind == "A" else kind.modes & {"service"}))
    return WorkerVoucherView(
        id=row.id,
        request_id=row.request_id,
        state=row.state,
        code=row.code or "",
        kind=row.kind,
        area="" if kind is None else kind.area,
        category=row.category,
        face_cents=row.face_cents,
        residual_cents=residual(row),
        expires_on=row.expires_on,
        modes=modes,
        token_until=until,
        figures=figures,
    )


def _call(conn: Connection, key: str) -> Row[Any]:
    row = calls.call_by_id(conn, key)
    assert row is not None  # a request's call is a foreign key
    return row


def _places(conn: Connection, call_id: str, spec: Any) -> list[str]:
    return [row.id for row in requests.waiting(conn, call_id, spec["order"])]

