"""The sheets of a call's dossier, as plain rows: people under a pseudonym, sums from the same rows as the ledger's.

Funders read it, in Italian. Amounts are euros with two decimals.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, select

from conversations.call_spec import CallSpec, spec_from_json
from conversations.rules.spreadsheets import harmless
from conversations.rules.tickets import ticket_number
from conversations.rules.vouchers_money import Pot, pot_key
from conversations.rules.vouchers_moves import DRAFT
from storage import calls, claims, ledger, network, papers, payments, pots, profiles, redemptions, requests, vouchers
from storage.crypto import KeyRing

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the headings, and rows of cells."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """Everything of one call in the database, read once; `sampled` are the people whose names are shown."""

    call: Row[Any]
    spec: CallSpec
    zone: ZoneInfo
    keys: KeyRing
    requests: list[Row[Any]]
    vouchers: list[Row[Any]]
    redemptions: list[Row[Any]]
    claims: list[Row[Any]]
    payments: list[Row[Any]]
    parts: dict[str, dict[str, int]]
    lines: list[Row[Any]]
    firms: dict[str, Row[Any]]
    papers: list[Row[Any]]
    sampled: frozenset[str]
    known: Mapping[str, profiles.Known]

    def person(self, key: str, mark: str = "P") -> str:
        """The pseudonym of somebody: the same in every sheet and every dossier of this call, in no other."""
        if not key:
            return ""
        # the hash begins with the name of its key
        return f"{mark}-{self.keys.hash('pseudonym', f'{self.call.id}:{key}').rpartition(':')[2][:8].upper()}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of money, as the terms name them."""
        named = [name for line in self.spec.lines for name, _ in line.sources or self.spec.sources]
        return tuple(dict.fromkeys(named))

    def local(self, at: datetime | None) -> datetime | None:
        """The time on the network's clock, as spreadsheets can hold it."""
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None, microsecond=0)


def read_book(conn: Connection, keys: KeyRing, zone: ZoneInfo, call: Row[Any], sampled: frozenset[str]) -> Book:
    """The call with all that belongs to it; drafts belong to nobody else and are left out."""
    asked = _all(conn, requests.REQUESTS, "call_id", [call.id])
    granted = _all(conn, vouchers.VOUCHERS, "call_id", [call.id])
    of_vouchers = [row.id for row in granted]
    charged = _all(conn, redemptions.REDEMPTIONS, "voucher_id", of_vouchers)
    claimed = [row for row in _all(conn, claims.CLAIMS, "voucher_id", of_vouchers) if row.state != DRAFT]
    asked = [row for row in asked if row.state != DRAFT]
    owed = _all(conn, payments.PAYMENTS, "call_id", [call.id])
    p = papers.PAPERS.c
    shown: list[Any] = [p.id, p.owner_id, p.person_id, p.kind, p.status, p.at, p.verified_by, p.verified_at]
    sent: list[Row[Any]] = []
    for part in _parts([row.id for row in (*asked, *claimed)]):
        sent += conn.execute(select(*shown).where(p.owner_id.in_(part))).all()
    names = [row.provider_id for row in charged] + sorted(sampled)
    return Book(
        call=call,
        spec=spec_from_json(call.spec),
        zone=zone,
        keys=keys,
        requests=asked,
        vouchers=granted,
        redemptions=charged,
        claims=claimed,
        payments=owed,
        parts=payments.parts_of(conn, [row.id for row in owed]),
        lines=calls.lines_of(conn, call.id),
        firms={row.id: row for row in network.enterprises(conn)},
        papers=sorted(sent, key=lambda row: (row.at, row.id)),
        sampled=sampled,
        known=profiles.profiles_of(conn, names),
    )


def sheets(conn: Connection, book: Book) -> list[Sheet]:
    """The sheets of the call's objects, one each."""
    found = [_lines(conn, book), _requests(book), _vouchers(book), _charges(book), _claims(book), _spending(book)]
    return [*found, _moves(conn, book)]


def euros(cents: int) -> Decimal:
    """The amount as a cell, exact to the cent."""
    return Decimal(cents) / 100


def of_line(book: Book, key: str) -> str:
    """The name of a line."""
    return next((line.name for line in book.lines if line.id == key), "")


def _lines(conn: Connection, book: Book) -> Sheet:
    held = pots.read_many(conn, [book.call.id], ("line",))
    sheet = Sheet("Linee", ("linea", "area", "impresa", "contratti", "totale", "impegnato", "speso", "libero"))
    for line in book.lines:
        pot = held.get(pot_key("line", book.call.id, line.id), Pot(0))
        firm = book.firms[line.enterprise_id].name if line.enterprise_id in book.firms else "tutte"
        money = (pot.total_cents, pot.reserved_cents, pot.spent_cents, pot.free_cents)
        sheet.rows.append(
            (harmless(line.name), line.area or "tutte", harmless(firm), ", ".join(line.contracts), *map(euros, money))
        )
    return sheet


def _requests(book: Book) -> Sheet:
    columns = (
        "richiesta", "persona", "contratto", "dimensione impresa", "area", "categoria", "importo", "stato",
        "inviata", "completa", "decisa", "decisa da", "giorni di attesa", "motivo",
    )  # fmt: skip
    sheet = Sheet("Richieste", columns)
    for row in book.requests:
        firm = book.firms.get(row.enterprise_id)
        sheet.rows.append(
            (
                ticket_number(row.id), book.person(row.person_id), row.contract, firm.size_class if firm else "",
                row.area, row.category, euros(row.amount_cents), row.state, book.local(row.submitted_at),
                book.local(row.queue_at), book.local(row.decided_at), book.person(row.decided_by, "D"),
                waited(row), row.reason,
            )
        )  # fmt: skip
    return sheet


def waited(request: Row[Any]) -> int | None:
    """Whole days from the complete request to its decision; None where there is none."""
    if request.queue_at is None or request.decided_at is None:
        return None
    return max(0, int((request.decided_at - request.queue_at).days))


def _vouchers(book: Book) -> Sheet:
    columns = (
        "voucher", "richiesta", "persona", "categoria", "linea", "tipo", "stato", "valore", "usato", "restituito",
        "residuo", "emesso", "scade",
    )  # fmt: skip
    sheet = Sheet("Voucher", columns)
    for row in book.vouchers:
        rest = row.face_cents - row.used_cents - row.returned_cents
        money = map(euros, (row.face_cents, row.used_cents, row.returned_cents, rest))
        about = (ticket_number(row.id), ticket_number(row.request_id), book.person(row.person_id), row.category)
        line = harmless(of_line(book, row.line_id))
        sheet.rows.append((*about, line, row.kind, row.state, *money, book.local(row.issued_at), row.expires_on))
    return sheet


def _charges(book: Book) -> Sheet:
    columns = ("utilizzo", "voucher", "partner", "importo", "stato", "avviato", "confermato", "motivo")
    sheet = Sheet("Utilizzi", columns)
    for row in book.redemptions:
        partner = book.known.get(row.provider_id)
        name = harmless(partner.name) if partner and partner.name else book.person(row.provider_id, "E")
        when = (book.local(row.started_at), book.local(row.confirmed_at))
        number = (ticket_number(row.id), ticket_number(row.voucher_id))
        sheet.rows.append((*number, name, euros(row.amount_cents), row.state, *when, row.reason))
    return sheet


def _claims(book: Book) -> Sheet:
    columns = (
        "rimborso", "voucher", "persona", "stato", "fattura", "data", "lordo", "IVA", "netto", "accettato",
        "pagata con", "simile a un'altra", "accettato da", "motivo",
    )  # fmt: skip
    sheet = Sheet("Rimborsi", columns)
    for row in book.claims:
        money = map(euros, (row.gross_cents, row.vat_cents, row.gross_cents - row.vat_cents, row.accepted_cents))
        about = (ticket_number(row.id), ticket_number(row.voucher_id), book.person(row.person_id), row.state)
        by = book.person(row.accepted_by, "D")
        alike = "sì" if row.alike else ""
        invoice = (harmless(row.number), row.issued_on)
        sheet.rows.append((*about, *invoice, *money, row.traceable, alike, by, row.reason))
    return sheet


def _spending(book: Book) -> Sheet:
    """What was paid or is owed, as funders ask for it: document, payer, proof, net, VAT, sources."""
    columns = (
        "pagamento", "stato", "causa", "documento", "data documento", "beneficiario", "pagato il", "prova",
        "lotto", "importo", "IVA", "netto",
    )  # fmt: skip
    sheet = Sheet("Spese", (*columns, *(harmless(f"fonte {name}") for name in book.sources), "linea", "CUP"))
    claimed = {row.id: row for row in book.claims}
    for row in book.payments:
        claim = claimed.get(row.claim_id)
        cause = ("rimborso", row.claim_id) if row.claim_id else ("partner", row.redemption_id)
        number, day = (harmless(claim.number), claim.issued_on) if claim else ("", None)
        to = book.person(row.person_id) if row.claim_id else (harmless(row.name) or book.person(row.person_id, "E"))
        mine = book.parts.get(row.id, {})
        money = (row.amount_cents, row.vat_cents, row.amount_cents - row.vat_cents)
        sheet.rows.append(
            (
                ticket_number(row.id), row.state, f"{cause[0]} {ticket_number(cause[1])}", number, day, to,
                row.paid_on, harmless(row.reference), row.batch, *map(euros, money),
                *(euros(mine.get(name, 0)) for name in book.sources), harmless(of_line(book, row.line_id)),
                harmless(book.spec.cup),
            )
        )  # fmt: skip
    return sheet


def _moves(conn: Connection, book: Book) -> Sheet:
    """The rows of the ledger about this call, each with its seal."""
    columns = ("riga", "quando", "oggetto", "numero", "da", "a", "in veste di", "chi", "motivo", "importi", "sigillo")
    sheet = Sheet("Registro", columns)
    mine = {row.id for rows in _things(book) for row in rows}
    for row in ledger.rows(conn):
        if row.subject not in mine:
            continue
        worth = {name: value for name, value in json.loads(row.amounts).items() if name != "pots"}
        amounts = json.dumps(worth, sort_keys=True) if worth else ""
        who = book.person(row.actor, "P" if row.hat == "owner" else "D")
        move = (row.thing, ticket_number(row.subject), row.before, row.after, row.hat, who, row.reason)
        sheet.rows.append((row.seq, book.local(row.at), *move, amounts, row.hash))
    return sheet


def _things(book: Book) -> Iterable[Sequence[Row[Any]]]:
    return [book.call], book.requests, book.vouchers, book.redemptions, book.claims, book.payments


def _all(conn: Connection, table: Table, column: str, keys: Sequence[str]) -> list[Row[Any]]:
    at = next(table.c[name] for name in ("submitted_at", "issued_at", "started_at", "made_at") if name in table.c)
    found = [row for part in _parts(keys) for row in conn.execute(select(table).where(table.c[column].in_(part)))]
    return sorted(found, key=lambda row: (str(row._mapping[at.name] or ""), row.id))


def _parts(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[at : at + 500] for at in range(0, len(keys), 500))
