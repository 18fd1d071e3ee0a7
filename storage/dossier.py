"""The dossier of a call: a workbook and the documents of the people in the auditor's sample, in one ZIP."""

import hashlib
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from conversations.rules.spreadsheets import harmless
from conversations.rules.tickets import ticket_number
from storage import audit, ledger, papers
from storage.crypto import KeyRing
from storage.db import StorageError
from storage.dossier_book import workbook
from storage.dossier_figures import indicators, sums
from storage.dossier_rows import Book, Sheet, euros, read_book, sheets
from storage.money.rebuild import differences, rebuild

SAMPLED: Final = "sampled"
_ENDINGS: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}


class NotSound(StorageError):
    """The ledger was changed, or does not say what the tables say: such sums are given to nobody."""


@dataclass(frozen=True, slots=True)
class Made:
    """What went into the file."""

    people: int
    named: int
    documents: int
    missing: int


def draw(conn: Connection, call_id: str, person_ids: list[str], count: int, by: str, at: datetime) -> int:
    """This many people more, by lot, have their names and documents in the dossier; who drew is on record.

    Returns how many were drawn: fewer where fewer are left.
    """
    left = sorted(set(person_ids) - sampled(conn, call_id))
    drawn = secrets.SystemRandom().sample(left, min(count, len(left)))
    for person in sorted(drawn):
        audit.record(conn, SAMPLED, f"{call_id} {person}", by, at)
    return len(drawn)


def sampled(conn: Connection, call_id: str) -> frozenset[str]:
    """The people in the sample of this call."""
    a = audit.AUDIT.c
    mine = a.subject.startswith(f"{call_id} ", autoescape=True)
    rows = conn.execute(select(a.subject).where(a.act == SAMPLED, mine))
    return frozenset(str(subject).partition(" ")[2] for subject in rows.scalars())


def holders(book: Book) -> list[str]:
    """The people of whom a sample can be drawn: who got a voucher."""
    return sorted({row.person_id for row in book.vouchers})


def write(
    conn: Connection,
    keys: KeyRing,
    zone: ZoneInfo,
    call: Row[Any],
    out: IO[bytes],
    at: datetime,
    begun: Callable[[int], None] = lambda total: None,
    step: Callable[[], None] = lambda: None,
) -> Made:
    """The dossier is in `out`. `begun` is told the number of steps, `step` is called after each. Raises NotSound."""
    broken = ledger.verify(conn)
    if broken is not None:
        raise NotSound(f"The ledger is broken at row {broken.seq}: {broken.why} (`wis audit verify`).")
    wrong = differences(conn)
    if wrong:
        raise NotSound(f"The ledger and the tables differ, {len(wrong)} times: {wrong[0]} (`wis audit rebuild`).")
    book = read_book(conn, keys, zone, call, sampled(conn, call.id))
    first = sums(conn, book, rebuild(conn), at, len(book.sampled))
    pages = [first, indicators(conn, book, at), *sheets(conn, book)]
    kept = [row for row in book.papers if row.person_id in book.sampled]
    begun(sum(len(page.rows) for page in pages) + len(kept))
    headings = ("file", "di", "tipo", "stato", "arrivato", "visto da", "visto il", "impronta SHA-256")
    documents = Sheet("Documenti", headings)
    with zipfile.ZipFile(out, "w") as package:
        for number, row in enumerate(book.papers, 1):
            data, mime = _bytes(conn, row) if row.person_id in book.sampled else (None, "")
            name = ""
            if data is not None:
                name = _name(row, number, mime)
                package.writestr(_entry(name, at, zone), data)
                step()
            documents.rows.append(_document(book, row, name, data))
        pages.append(documents)
        if book.sampled:
            pages.append(_sample(book))
        made = workbook(pages, step)
        package.writestr(_entry("dossier.xlsx", at, zone), made)
    found = sum(bool(row[0]) for row in documents.rows)
    return Made(len(holders(book)), len(book.sampled), found, len(kept) - found)


def _entry(name: str, at: datetime, zone: ZoneInfo) -> zipfile.ZipInfo:
    """Stored as it is, since pictures and workbooks are compressed already; only its owner may read it."""
    local = at.astimezone(zone)
    entry = zipfile.ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.external_attr = 0o600 << 16
    return entry


def _bytes(conn: Connection, row: Row[Any]) -> tuple[bytes | None, str]:
    whole = papers.paper_by_id(conn, row.id)
    return (None, "") if whole is None else (whole.data, whole.mime)


def _name(row: Row[Any], number: int, mime: str) -> str:
    """Where the file lies in the ZIP: nothing of it was chosen by who sent it."""
    kind = "".join(char for char in row.kind if char.isalnum()) or "documento"
    folder = PurePosixPath("documenti", ticket_number(row.owner_id))
    return str(folder / f"{number:04d}-{kind}{_ENDINGS.get(mime.partition(';')[0].strip().lower(), '.bin')}")


def _document(book: Book, row: Row[Any], name: str, data: bytes | None) -> tuple[Any, ...]:
    print_ = "" if data is None else hashlib.sha256(data).hexdigest()
    seen = (book.person(row.verified_by, "D"), book.local(row.verified_at))
    return (name, ticket_number(row.owner_id), harmless(row.kind), row.status, book.local(row.at), *seen, print_)


def _sample(book: Book) -> Sheet:
    """Who is behind the pseudonyms of the sample: what an auditor needs to check one by one."""
    columns = ("persona", "nome", "impresa", "voucher", "valore", "fornitore", "fattura", "accettato", "IBAN finale")
    sheet = Sheet("Campione", columns)
    asked = {row.id: row for row in book.requests}
    for voucher in book.vouchers:
        if voucher.person_id not in book.sampled:
            continue
        request = asked.get(voucher.request_id)
        firm = book.firms.get(request.enterprise_id) if request is not None else None
        known = book.known.get(voucher.person_id)
        who = (harmless(known.name) if known else "", harmless(firm.name) if firm else "")
        what = (ticket_number(voucher.id), euros(voucher.face_cents))
        about = (book.person(voucher.person_id), *who, *what)
        mine = [row for row in book.claims if row.voucher_id == voucher.id]
        paid = {row.claim_id: row.iban[-4:] for row in book.payments if row.claim_id}
        for claim in mine:
            receipt = (harmless(claim.supplier), harmless(claim.number), euros(claim.accepted_cents))
            sheet.rows.append((*about, *receipt, paid.get(claim.id, "")))
        if not mine:
            sheet.rows.append((*about, "", "", None, ""))
    return sheet
