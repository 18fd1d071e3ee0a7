"""A batch of payments as two files: a table for the accounts and the bank's own, both of the same payments."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.commands.common import Record
from conversations.rules.spreadsheets import harmless
from conversations.rules.tickets import ticket_number
from storage.sepa import Transfer, transfers_file

COLUMNS = ("batch", "reference", "payment", "name", "iban", "amount", "of which VAT", "net")


def reference(batch: str, position: int) -> str:
    """What comes back on the statement: the batch and the payment's place in it."""
    return f"{batch}-{position:04d}"


def table(batch: str, rows: Sequence[Record], parts: Mapping[str, Mapping[str, int]]) -> bytes:
    """The payments as CSV (UTF-8 with mark, semicolons, decimal commas: as Italian spreadsheet programs read it).

    Each source has a column; a row's sources add up to its amount, and the last row to everything.
    """
    sources = sorted({source for mine in parts.values() for source in mine})
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(harmless(source) for source in sources), "invoice"])
    for position, row in enumerate(rows, 1):
        mine = parts.get(row.id, {})
        money = [row.amount_cents, row.vat_cents, row.amount_cents - row.vat_cents]
        money += [mine.get(source, 0) for source in sources]
        shown = [comma(cents) for cents in money]
        who = [batch, reference(batch, position), harmless(row.id), harmless(row.name), row.iban]
        writer.writerow([*who, *shown, harmless(row.invoice)])
    whole = sum(row.amount_cents for row in rows)
    vat = sum(row.vat_cents for row in rows)
    by_source = [sum(mine.get(source, 0) for mine in parts.values()) for source in sources]
    writer.writerow([batch, "total", "", "", "", *map(comma, (whole, vat, whole - vat, *by_source)), ""])
    return out.getvalue().encode("utf-8-sig")


def bank_file(
    schema: str, batch: str, payer: str, iban: str, rows: Sequence[Record], on: date, made_at: datetime
) -> bytes:
    """The payments as the bank reads them; no invoice in it, only our numbers. Raises BadFile."""
    transfers = [
        Transfer(reference(batch, at), row.name or "Beneficiario", row.iban, row.amount_cents, _text(payer, row))
        for at, row in enumerate(rows, 1)
    ]
    return transfers_file(schema, batch, payer, iban, transfers, on, made_at)


def comma(cents: int) -> str:
    """An amount as it is written in Italy: 1234,50."""
    return f"{cents // 100},{cents % 100:02d}"


def _text(payer: str, row: Record) -> str:
    what, key = ("Rimborso", row.claim_id) if row.claim_id else ("Servizio", row.redemption_id)
    return f"{payer} - {what} {ticket_number(key)}"
