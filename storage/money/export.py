"""A person's own copy of what concerns vouchers: hers, and nobody else's id, name or decision about others."""

from typing import Any, Final

from sqlalchemy import Column, Connection, Table, select

from storage.claims import CLAIMS
from storage.network import ENTERPRISES
from storage.papers import PAPERS
from storage.payments import PAYMENTS
from storage.profiles import PROFILES
from storage.redemptions import REDEMPTIONS
from storage.requests import REQUESTS
from storage.vouchers import VOUCHERS

_OTHERS: Final = frozenset(
    {
        "decider_id", "taken_by", "decided_by", "accepted_by", "provider_id", "verified_by", "code_hash",
        "fingerprint", "like_number", "like_amount", "alike", "ref", "data", "line_id", "batch",
    }
)  # fmt: skip
"""What is of others, or only ours: who decided, how a duplicate is found, where a file lies, which pot paid."""


def export_money(conn: Connection, person_id: str) -> dict[str, Any]:
    """Her name and account, requests, vouchers with their charges, claims, payments and the list of documents."""
    mine = select(VOUCHERS.c.id).where(VOUCHERS.c.person_id == person_id)
    firms = {row.id: row.name for row in conn.execute(select(ENTERPRISES.c.id, ENTERPRISES.c.name))}
    asked = _rows(conn, REQUESTS, REQUESTS.c.person_id == person_id)
    for request in asked:
        request["enterprise"] = firms.get(request.pop("enterprise_id"), "")
    return {
        "name_and_account": _rows(conn, PROFILES, PROFILES.c.person_id == person_id),
        "requests": asked,
        "vouchers": _rows(conn, VOUCHERS, VOUCHERS.c.person_id == person_id),
        "charges_on_your_vouchers": _rows(conn, REDEMPTIONS, REDEMPTIONS.c.voucher_id.in_(mine)),
        "claims": _rows(conn, CLAIMS, CLAIMS.c.person_id == person_id),
        "payments_to_you": _rows(conn, PAYMENTS, PAYMENTS.c.person_id == person_id),
        "documents": _rows(conn, PAPERS, PAPERS.c.person_id == person_id),
    }


def _rows(conn: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    shown: list[Column[Any]] = [column for column in table.columns if column.name not in _OTHERS]
    return [dict(row._mapping) for row in conn.execute(select(*shown).where(where))]
