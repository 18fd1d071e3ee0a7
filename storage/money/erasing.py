"""What becomes of a person's requests and money when she is erased: what is open ends, what was paid stays, nameless.

Her id stays on the accounting rows and in the ledger: it is random, and names nobody any more.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from conversations.rules.vouchers_moves import (
    DRAFT,
    EXPIRED,
    LIVE_VOUCHER,
    OPEN_CLAIM,
    OPEN_REQUEST,
    PAID,
    REFUSED,
    RELEASED,
    STARTED,
    TO_PAY,
    UNPAID,
    WITHDRAWN,
)
from storage.alerts import ALERTS
from storage.calls import forget_decider
from storage.claims import CLAIMS, claims_of
from storage.money.act import ZONE, Act, close
from storage.money.claiming import end_for_erasure as end_claim
from storage.money.redeeming import end_for_erasure as end_charge
from storage.money.requests import end_for_erasure as end_request
from storage.money.requests import escalate
from storage.money.vouchers import end_for_erasure as end_voucher
from storage.papers import PAPERS
from storage.payments import PAYMENTS
from storage.profiles import PROFILES
from storage.redemptions import redemptions_by, redemptions_on
from storage.requests import REQUESTS, requests_of, waiting_for
from storage.types import keys_of
from storage.vouchers import PRESENTATIONS, VOUCHERS, WRONG_CODES, vouchers_of

ACCOUNTED: Final = frozenset({TO_PAY, PAID}) | UNPAID
"""Claims whose receipt belongs to the accounts."""


def erase_money(conn: Connection, person_id: str, at: datetime) -> None:
    """Nothing of hers is open, no name, account, code, note or document of hers is left but what the accounts must
    keep: a payment that is still to be made keeps its name and account until then."""
    act = Act(conn, keys_of(conn), ZONE, person_id, at)
    for charge in redemptions_by(conn, person_id):
        if charge.state == STARTED:
            end_charge(act, charge, REFUSED, "partner")
    for voucher in vouchers_of(conn, person_id):
        for charge in redemptions_on(conn, [voucher.id]):
            if charge.state == STARTED:
                end_charge(act, charge, REFUSED, "owner")
    for claim in claims_of(conn, person_id):
        if claim.state in OPEN_CLAIM:
            end_claim(act, claim)
    for request in requests_of(conn, person_id):
        if request.state in OPEN_REQUEST:
            end_request(act, request, WITHDRAWN)
    for voucher in vouchers_of(conn, person_id):
        if voucher.state in LIVE_VOUCHER:
            end_voucher(act, voucher, RELEASED)
        elif voucher.state == EXPIRED:
            end_voucher(act, voucher, EXPIRED)
    for request in waiting_for(conn, person_id, OPEN_REQUEST):
        escalate(act, request.id)
    close(act)
    forget_decider(conn, person_id)
    _forget_words(conn, person_id)


def forget_paid(conn: Connection, person_id: str) -> None:
    """The payments of somebody who is gone bear no name or account, but for those still to be made."""
    p = PAYMENTS.c
    made = (p.person_id == person_id, p.state.not_in(sorted(UNPAID)))
    conn.execute(update(PAYMENTS).where(*made).values(name="", iban=""))


def _forget_words(conn: Connection, person_id: str) -> None:
    r, c, p = REQUESTS.c, CLAIMS.c, PAPERS.c
    accounted = select(c.id).where(c.person_id == person_id, c.state.in_(sorted(ACCOUNTED)))
    conn.execute(delete(PAPERS).where(p.person_id == person_id, p.owner_id.not_in(accounted)))
    conn.execute(update(PAPERS).where(p.person_id == person_id).values(name="", ref=""))
    conn.execute(delete(REQUESTS).where(r.person_id == person_id, r.state == DRAFT))
    conn.execute(delete(CLAIMS).where(c.person_id == person_id, c.state == DRAFT))
    words = {"provider": "", "note": "", "asked_text": "", "answer_text": ""}
    conn.execute(update(REQUESTS).where(r.person_id == person_id).values(**words))
    conn.execute(update(CLAIMS).where(c.person_id == person_id).values(asked_text="", answer_text=""))
    receipt = {"supplier": "", "supplier_tax_id": "", "number": "", "like_number": "", "like_amount": ""}
    refused = (c.person_id == person_id, c.state.not_in(sorted(ACCOUNTED)))
    conn.execute(update(CLAIMS).where(*refused).values(**receipt))
    mine = select(VOUCHERS.c.id).where(VOUCHERS.c.person_id == person_id)
    conn.execute(delete(PRESENTATIONS).where(PRESENTATIONS.c.voucher_id.in_(mine)))
    conn.execute(update(VOUCHERS).where(VOUCHERS.c.person_id == person_id).values(code=None))
    conn.execute(delete(WRONG_CODES).where(WRONG_CODES.c.provider_id == person_id))
    conn.execute(delete(ALERTS).where(ALERTS.c.person_id == person_id))
    conn.execute(update(REQUESTS).where(r.taken_by == person_id).values(taken_by="", taken_at=None))
    conn.execute(update(CLAIMS).where(c.taken_by == person_id).values(taken_by="", taken_at=None))
    conn.execute(delete(PROFILES).where(PROFILES.c.person_id == person_id))
    forget_paid(conn, person_id)
