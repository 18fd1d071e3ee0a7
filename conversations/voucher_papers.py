"""A receipt as its owner gave it, and the documents of a request or claim, as everybody of them sees them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class PaperView:
    """A document that belongs to a request or claim: sent by its owner, or seen elsewhere by a person."""

    id: str
    kind: str
    status: Literal["wanted", "sent", "verified", "refused"]
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A receipt to be refunded, complete or not. `supplier_tax_id` is a VAT number or tax code; `vat_cents` is part
    of `gross_cents`; `traceable` is how it was paid ("transfer", "card", "sdd", "pagopa", "" if not said)."""

    voucher_id: str
    supplier: str = ""
    supplier_tax_id: str = ""
    number: str = ""
    issued_on: date | None = None
    gross_cents: int = 0
    vat_cents: int = 0
    traceable: str = ""
