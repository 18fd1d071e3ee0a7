"""How long vouchers are kept (domain.md, policy P12): terms [K], to be confirmed by the lawyer and the funder.

Drafts 90 days; what was declined, withdrawn or lapsed 12 months, then without person and words; wrong codes and used
pictures 30 days; names, accounts and receipts of payments 10 years after they were made. The ledger holds ids only
and stays.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from conversations.rules.vouchers_moves import (
    CANCELLED_BY_CALL,
    DECLINED,
    DRAFT,
    LAPSED,
    REJECTED,
    REVERSED,
    WITHDRAWN,
)
from storage.alerts import ALERTS
from storage.claims import CLAIMS
from storage.papers import PAPERS
from storage.payments import PAYMENTS
from storage.requests import REQUESTS
from storage.vouchers import PRESENTATIONS, VOUCHERS, WRONG_CODES

DRAFTED: Final = timedelta(days=90)
REFUSED_FOR: Final = timedelta(days=366)
CODES: Final = timedelta(days=30)
ACCOUNTS: Final = timedelta(days=3653)
NOBODY: Final = "gone"
OVER: Final = (DECLINED, WITHDRAWN, LAPSED, CANCELLED_BY_CALL)


def retain_money(conn: Connection, at: datetime) -> int:
    """Nothing older than its term is left; how many rows lost something."""
    r, c, p = REQUESTS.c, CLAIMS.c, PAPERS.c
    drafts = conn.execute(delete(REQUESTS).where(r.state == DRAFT, r.updated_at < at - DRAFTED)).rowcount
    drafts += conn.execute(delete(CLAIMS).where(c.state == DRAFT, c.updated_at < at - DRAFTED)).rowcount
    orphans = p.owner_id.not_in(select(r.id)) & p.owner_id.not_in(select(c.id))
    drafts += conn.execute(delete(PAPERS).where(orphans)).rowcount
    granted = select(VOUCHERS.c.request_id)
    # a reversed request that had a voucher stays with its accounts
    over = (r.state.in_(OVER) | ((r.state == REVERSED) & r.id.not_in(granted))) & (r.updated_at < at - REFUSED_FOR)
    old = select(r.id).where(over, r.person_id != NOBODY)
    refused = select(c.id).where(
        c.state.in_((REJECTED, WITHDRAWN, REVERSED)), c.updated_at < at - REFUSED_FOR, c.person_id != NOBODY
    )
    conn.execute(delete(PAPERS).where(p.owner_id.in_(old) | p.owner_id.in_(refused)))
    conn.execute(delete(ALERTS).where(ALERTS.c.request_id.in_(old)))
    words = {"provider": "", "note": "", "asked_text": "", "answer_text": "", "taken_by": "", "decided_by": ""}
    gone = conn.execute(update(REQUESTS).where(r.id.in_(old)).values(person_id=NOBODY, **words)).rowcount
    receipt = {"supplier": "", "supplier_tax_id": "", "number": "", "like_number": "", "like_amount": ""}
    said = {"asked_text": "", "answer_text": "", "taken_by": ""}
    gone += conn.execute(
        update(CLAIMS).where(c.id.in_(refused)).values(person_id=NOBODY, **receipt, **said)
    ).rowcount
    conn.execute(delete(WRONG_CODES).where(WRONG_CODES.c.at < at - CODES))
    conn.execute(delete(PRESENTATIONS).where(PRESENTATIONS.c.expires_at < at - CODES))
    return drafts + gone + _accounts(conn, at)


def _accounts(conn: Connection, at: datetime) -> int:
    """What the accounts no longer need of people after ten years; the amounts stay."""
    y, c, p = PAYMENTS.c, CLAIMS.c, PAPERS.c
    old = select(y.id).where(y.made_at < at - ACCOUNTS, y.person_id != NOBODY)
    receipts = select(y.claim_id).where(y.id.in_(old), y.claim_id.is_not(None))
    values = {"supplier": "", "supplier_tax_id": "", "number": "", "like_number": "", "like_amount": ""}
    conn.execute(delete(PAPERS).where(p.owner_id.in_(receipts)))
    conn.execute(update(CLAIMS).where(c.id.in_(receipts)).values(person_id=NOBODY, **values))
    blank = {"person_id": NOBODY, "name": "", "iban": "", "invoice": ""}
    return conn.execute(update(PAYMENTS).where(y.id.in_(old)).values(**blank)).rowcount
