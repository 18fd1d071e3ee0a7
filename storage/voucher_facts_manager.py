"""What managers see of requests: the association's all of it, a firm's own manager name, area and amount."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from conversations.call_spec import CallSpec, spec_from_json
from conversations.rules.categories import category
from conversations.rules.tickets import ticket_number
from conversations.rules.voucher_requests import Payer, payers
from conversations.rules.vouchers_money import LOCK_ORDER, Pot, PotKey
from conversations.rules.vouchers_moves import (
    APPROVED,
    DECLINED,
    IN_REVIEW,
    OPEN,
    OPEN_REQUEST,
    REVERSED,
    SUBMITTED,
)
from conversations.voucher_views import FirmDecidedView, FirmDeciderView, ManagerRequestView
from storage import calls, network, papers, pots, profiles, requests, vouchers
from storage.money.actors import Held, managers
from storage.money.pots import fits, payer
from storage.voucher_facts_owner import answer_by, paper_views

RECENT: Final = timedelta(days=30)
"""How long a decision is remembered for who taps its old button."""


def to_decide(conn: Connection, zone: ZoneInfo, person_id: str, now: Held) -> tuple[ManagerRequestView, ...]:
    """The open requests she may decide on or take on, the longest waiting first."""
    rows = [row for row in requests.requests_in(conn, OPEN_REQUEST) if _for(row, person_id, now)]
    return _views(conn, zone, person_id, rows)


def decided(
    conn: Connection, zone: ZoneInfo, person_id: str, now: Held, at: datetime
) -> tuple[ManagerRequestView, ...]:
    """What was decided in the last 30 days among what she may decide on, the newest first."""
    rows = requests.decided_since(conn, frozenset({APPROVED, DECLINED, REVERSED}), at - RECENT)
    return _views(conn, zone, person_id, [row for row in rows if _for(row, person_id, now)])


def for_firm(
    conn: Connection, person_id: str
) -> tuple[tuple[FirmDeciderView, ...], tuple[FirmDecidedView, ...]]:
    """For a firm's own manager: name, area and amount of what is hers to decide now; of the rest only that."""
    rows = requests.sent_to(conn, person_id)
    mine = [row for row in rows if row.state in (SUBMITTED, IN_REVIEW) and not row.escalated]
    names = profiles.profiles_of(conn, [row.person_id for row in mine]) if mine else {}
    shown = tuple(
        FirmDeciderView(
            row.id, names[row.person_id].name if row.person_id in names else "", row.area, row.amount_cents
        )
        for row in mine
    )
    known = {row.id for row in mine}
    return shown, tuple(FirmDecidedView(row.id) for row in rows if row.id not in known)


def _for(row: Row[Any], person_id: str, now: Held) -> bool:
    """P8 and P7: not her own, not of her firm; of the firm's deciders only for coordinators, or once escalated."""
    if row.person_id == person_id or now.belongs_to(row.enterprise_id):
        return False
    if "coordinator" in now.roles:
        return True
    kind = category(row.category)
    sensitive = kind is not None and kind.sensitive
    return row.deciders == "association" or row.escalated or sensitive


def _views(
    conn: Connection, zone: ZoneInfo, person_id: str, rows: list[Row[Any]]
) -> tuple[ManagerRequestView, ...]:
    if not rows:
        return ()
    people = {who for row in rows for who in (row.person_id, row.taken_by, row.decided_by) if who}
    names = {who: known.name for who, known in profiles.profiles_of(conn, sorted(people)).items()}
    firms = {row.id: row.name for row in network.enterprises(conn)}
    kept = papers.papers_of(conn, [row.id for row in rows])
    funds = {key: _Fund(conn, key) for key in {row.call_id for row in rows}}
    found = []
    for row in rows:
        fund, kind = funds[row.call_id], category(row.category)
        sensitive = kind is not None and kind.sensitive
        mine = row.taken_by == person_id
        found.append(
            ManagerRequestView(
                id=row.id,
                number=ticket_number(row.id),
                state=row.state,
                name=names.get(row.person_id, ""),
                enterprise=firms.get(row.enterprise_id, ""),
                contract=row.contract,
                call_id=row.call_id,
                call=fund.title,
                area=row.area,
                category=row.category,
                sensitive=sensitive,
                amount_cents=row.amount_cents,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                provider=row.provider,
                note=row.note,
                submitted_at=row.submitted_at,
                queue_at=row.queue_at,
                answer_by=answer_by(row, zone),
                fits=row.state in OPEN_REQUEST and fund.fits(row),
                taken_by=names.get(row.taken_by, ""),
                mine=mine,
                offered=bool(row.held_cents),
                confirmed=bool(row.held_cents) and row.offer_taken,
                score=row.score,
                confirm_above_cents=fund.spec.confirm_above_cents,
                asked=row.asked,
                asked_text=row.asked_text,
                answer_text=row.answer_text,
                decided_by=names.get(row.decided_by, ""),
                decided_at=row.decided_at,
                reason=row.reason,
                papers=paper_views(kept.get(row.id, ())) if mine or not sensitive else (),
                decides=person_id in fund.managers and (row.deciders == "association" or row.escalated),
                undoable=fund.open and (row.state == DECLINED or row.id in fund.unused),
                by_firm=row.deciders == "firm" and not row.escalated,
                by_score=fund.spec.order == "score",
            )
        )
    return tuple(found)


class _Fund:
    """A call with its managers, lines, pots and unused vouchers, read once for all its requests."""

    def __init__(self, conn: Connection, call_id: str) -> None:
        row = calls.call_by_id(conn, call_id)
        assert row is not None  # a request's call is a foreign key
        self.title = str(row.title)
        self.open = row.state == OPEN
        self.managers = frozenset(managers(conn, call_id))
        self.unused = frozenset(vouchers.unused_requests(conn, call_id))
        self.spec: CallSpec = spec_from_json(row.spec)
        self._lines: Iterable[Payer] = [payer(line) for line in calls.lines_of(conn, call_id)]
        self._pots: dict[PotKey, Pot] = pots.read_many(conn, [call_id], LOCK_ORDER)

    def fits(self, request: Row[Any]) -> bool:
        """True if the money for it is there now."""
        lines = payers(self._lines, request.area, request.enterprise_id, request.contract)
        return fits(self._pots.get, self.spec, request, lines)
