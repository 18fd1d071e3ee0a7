"""`wis payments`: what is to be paid: listed, made into the bank's file, marked as paid or failed."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.acting import WORDS, acts, person, refusals
from bot.commands.call_shown import euros
from bot.commands.common import Record, Wrong, console, now, settings, show, store, sure, told, warn
from bot.commands.payment_files import bank_file, table
from bot.commands.shape import subject
from bot.settings import Settings
from conversations.rules.iban import last_four, read_iban
from conversations.rules.reasons import PAY_FAILED_WHY
from conversations.rules.vouchers_moves import CANCELLED, PAID, PAY_FAILED, TO_PAY, TO_RECOVER, UNPAID
from storage import payments
from storage.money import paying as money_paying
from storage.money.act import Act, Refused
from storage.sepa import SCHEMAS, BadFile

app = subject("Payments of claims and partners (docs/howto/accountant.md).")

By = Annotated[str, typer.Option(help="The accountant who does it: name or id.")]
Keys = Annotated[list[str], typer.Argument(help="Payments, or whole batches, as `wis payments list` shows them.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
EVER = 1_000_000


@app.command("list")
def list_payments(
    every: Annotated[bool, typer.Option("--all", help="Also what is paid or cancelled.")] = False,
) -> None:
    """List what is to be paid or failed, the oldest first: amount, VAT, parts by source, last four of the IBAN."""
    with told(), store(settings()) as database, database.read() as conn:
        states = UNPAID | {PAID, CANCELLED, TO_RECOVER} if every else UNPAID
        found = payments.payments_in(conn, frozenset(states), EVER)
        parts = payments.parts_of(conn, [row.id for row in found])
    rows = []
    for row in found:
        split = " + ".join(f"{source} {euros(cents)}" for source, cents in parts.get(row.id, {}).items())
        account = last_four(row.iban) if row.iban else "none"
        state = f"{row.state} {row.reason}".strip()
        rows.append(
            (row.id, state, euros(row.amount_cents), euros(row.vat_cents), split, row.name, account, row.batch)
        )
    if not rows:
        console.print("Nothing is to be paid.")
        return
    show(("payment", "state", "amount", "VAT", "sources", "name", "IBAN", "batch"), rows)
    waiting = [row for row in found if row.state in UNPAID]
    if console.is_terminal:
        console.print(f"{len(waiting)} to pay, {euros(sum(row.amount_cents for row in waiting))} EUR.")


@app.command()
def batch(
    by: By,
    out: Annotated[Path, typer.Option(help="The folder for the two files.", file_okay=False)] = Path(),
    on: Annotated[str, typer.Option(help="The day the bank is to pay, as 2026-12-31; tomorrow if not given.")] = "",
    schema: Annotated[str, typer.Option(help=f"The bank's version: {' or '.join(SCHEMAS)}.")] = SCHEMAS[0],
    yes: Yes = False,
) -> None:
    """Make the bank's file (SEPA pain.001) and a table (CSV) of all that can be paid now; each payment goes out once.

    Left out, and told: what has no account yet, what you approved yourself above 200 euro, what is paid to you.
    """
    with told():
        found = settings()
        day = _day(on, found)
        if schema not in SCHEMAS:
            raise Wrong(f"The schema is one of {', '.join(SCHEMAS)}.")
        iban = _account(found)
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "accountant", "--by")
            name = f"WIS-{now().astimezone(found.zone):%Y%m%d-%H%M%S}"
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                rows = _payable(act)
                if not rows:
                    raise Wrong("There is nothing to put in a file now (`wis payments list`).")
                total = euros(sum(row.amount_cents for row in rows))
                sure(f"{len(rows)} payments, {total} EUR, to be paid on {day}. Make the files?", yes)
                parts = payments.parts_of(conn, [row.id for row in rows])
                try:
                    bank = bank_file(schema, name, found.association_name, iban, rows, day, now())
                except BadFile as error:
                    raise Wrong(f"The bank's file would be wrong, nothing was made: {error}") from error
                payments.name_batch(conn, [row.id for row in rows], name)
                out.mkdir(parents=True, exist_ok=True)
                for ending, data in (("xml", bank), ("csv", table(name, rows, parts))):
                    _write(out / f"{name}.{ending}", data)
    console.print(f"{name}: {len(rows)} payments, {total} EUR, in {out / name}.xml and .csv", markup=False)
    console.print(f"When the bank has done them: wis payments paid {name} --by ...", markup=False)


@app.command(context_settings={"ignore_unknown_options": True})
def paid(
    keys: Keys,
    by: By,
    reference: Annotated[str, typer.Option(help="The bank's reference, for the dossier.")] = "",
    yes: Yes = False,
) -> None:
    """Mark payments, or whole batches, as paid. All of them or none; what is paid already is left as it is."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "accountant", "--by")
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                rows = [row for row in _named(act, keys) if row.state != PAID]
                total = euros(sum(row.amount_cents for row in rows))
                if rows:
                    sure(f"{len(rows)} payments, {total} EUR, were paid by the bank?", yes)
                for row in rows:
                    _do(row, lambda row=row: money_paying.mark_paid(act, row.id, (reference or row.batch)[:80]))
    console.print(f"{len(rows)} payments, {total} EUR, are paid." if rows else "All of them are paid already.")


@app.command(context_settings={"ignore_unknown_options": True})
def failed(
    keys: Keys,
    by: By,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(PAY_FAILED_WHY)}.")],
    yes: Yes = False,
) -> None:
    """Mark payments that came back; whoever is to be paid is asked for another account."""
    with told():
        if reason not in PAY_FAILED_WHY:
            raise Wrong(f"The reason is one of {', '.join(PAY_FAILED_WHY)}.")
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "accountant", "--by")
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                rows = [row for row in _named(act, keys) if row.state != PAY_FAILED]
                if rows:
                    sure(f"{len(rows)} payments came back from the bank ({reason})?", yes)
                for row in rows:
                    _do(row, lambda row=row: money_paying.mark_failed(act, row.id, reason))
    console.print(f"{len(rows)} payments failed." if rows else "All of them were marked already.")


@app.command(context_settings={"ignore_unknown_options": True})
def again(keys: Keys, by: By) -> None:
    """Put failed payments back among what is to be paid: the account was right after all, or is another one now."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "accountant", "--by")
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                rows = [row for row in _named(act, keys) if row.state != TO_PAY]
                for row in rows:
                    _do(row, lambda row=row: money_paying.pay_again(act, row.id))
    console.print(f"{len(rows)} payments are to be paid again." if rows else "All of them are to be paid already.")


def _payable(act: Act) -> list[Record]:
    """What may go out now, in a fixed order; what may not is told."""
    rows = []
    for row in payments.payments_in(act.conn, frozenset({TO_PAY}), EVER):
        if row.batch:
            continue
        if not row.iban:
            warn(f"{row.id}, {euros(row.amount_cents)} EUR: no account yet; the bot can ask for it.")
        elif not money_paying.may_pay(act, row):
            warn(f"{row.id}, {euros(row.amount_cents)} EUR: {WORDS['own']}")
        else:
            rows.append(row)
    return rows


def _named(act: Act, keys: list[str]) -> list[Record]:
    """The payments with these ids and in these batches, each once."""
    found: dict[str, Record] = {}
    for key in keys:
        one = payments.payment_by_id(act.conn, key)
        rows = [one] if one is not None else _of_file(act, key)
        if not rows:
            raise Wrong(f"There is no payment or batch {key} (`wis payments list --all`). Nothing was marked.")
        found |= {row.id: row for row in rows}
    return list(found.values())


def _of_file(act: Act, batch: str) -> list[Record]:
    """What went out in this file; what was undone since is left out, and told: the bank may have paid it."""
    rows = payments.payments_of_batch(act.conn, batch)
    for row in rows:
        if row.state == CANCELLED:
            amount = f"{euros(row.amount_cents)} EUR to {row.name}"
            warn(f"{row.id}, {amount}, was undone after the file was made: if the bank paid it, have it back.")
    return [row for row in rows if row.state != CANCELLED]


def _do(row: Record, move: Any) -> None:
    try:
        move()
    except Refused as refused:
        words = WORDS.get(refused.why, refused.why)
        raise Wrong(f"{row.id}, {euros(row.amount_cents)} EUR: {words} Nothing was marked.") from refused


def _account(found: Settings) -> str:
    iban = read_iban(found.payments_iban)
    if iban in ("length", "checksum", "shape", "country"):
        raise Wrong("PAYMENTS_IBAN must hold the account from which vouchers are paid: set it in .env, and check it.")
    return iban


def _day(said: str, found: Settings) -> date:
    today = now().astimezone(found.zone).date()
    try:
        day = date.fromisoformat(said) if said else today + timedelta(days=1)
    except ValueError as error:
        raise Wrong(f"{said!r} is no date: write it as 2026-12-31.") from error
    if day < today:
        raise Wrong(f"{day} is over already.")
    return day


def _write(path: Path, data: bytes) -> None:
    """Only its owner may read it, and no file is written over."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
