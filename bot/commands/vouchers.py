"""`wis voucher`: vouchers in use and what was used of them: listed, taken back, extended, undone."""

from datetime import date
from typing import Annotated, TypeVar

import typer

from bot.commands.acting import acts, person, refusals
from bot.commands.call_shown import euros
from bot.commands.common import Conn, Wrong, console, now, settings, show, store, sure, told
from bot.commands.shape import subject
from bot.settings import Settings
from conversations.rules.reasons import EXTEND, REVERSE, REVOKE, Use, known
from conversations.steps.vouchers.correction_notices import (
    charge_corrected,
    claim_corrected,
    extended,
    office_warned,
    revoked,
)
from conversations.voucher_office_views import ConfirmedChargeView, LiveVoucherView, OwedClaimView
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.money import (
    vouchers as money_vouchers,
)
from storage.money.actors import Held
from storage.voucher_facts_corrections import charged, live, owed
from storage.voucher_posting import post

app = subject("Vouchers in use: list them, take one back, extend it, undo a charge (docs/howto/coordinator.md).")

By = Annotated[str, typer.Option(help="The coordinator who does it: name or id.")]
Key = Annotated[str, typer.Argument(help="The voucher's id or number, as `wis voucher list` shows them.")]
Used = Annotated[str, typer.Argument(help="The charge or refund, as `wis voucher uses` shows it: id or number.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
View = TypeVar("View", LiveVoucherView, ConfirmedChargeView, OwedClaimView)
NOBODY = Held(frozenset(), ())
"""Who looks is the operator: nothing is her own."""


@app.command("list")
def list_vouchers() -> None:
    """List the vouchers in use, the first to expire first: id, number, name, firm, service, given, left, last day."""
    with told():
        found = settings()
        with store(found) as database, database.read() as conn:
            rows = [
                (one.id, one.number, one.name, one.enterprise, one.category, euros(one.face_cents),
                 euros(one.residual_cents), str(one.expires_on), "something open" if one.busy else "")
                for one in _live(conn, found)
            ]  # fmt: skip
    if rows:
        show(("voucher", "number", "name", "firm", "service", "given", "left", "until", ""), rows)
    else:
        console.print("No voucher is in use.")


@app.command("uses")
def list_uses() -> None:
    """List what can be undone: charges of the last 14 days, and accepted refunds that are not paid yet."""
    with told(), store(settings()) as database, database.read() as conn:
        rows = [
            (one.id, one.number, "charge", one.name, one.provider, euros(one.amount_cents),
             "paid" if one.paid else one.batch)
            for one in charged(conn, "", NOBODY, now())
        ]  # fmt: skip
        rows += [
            (one.id, one.number, "refund", one.name, one.supplier, euros(one.amount_cents), one.batch)
            for one in owed(conn, "", NOBODY)
        ]
    if rows:
        show(("id", "number", "what", "name", "where", "amount", "paid or in file"), rows)
    else:
        console.print("There is nothing that can be undone.")


@app.command(context_settings={"ignore_unknown_options": True})
def revoke(
    voucher: Key,
    by: By,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(REVOKE)}.")],
    yes: Yes = False,
) -> None:
    """Take back what is left of a voucher; its owner is told why, and the money is free again."""
    with told():
        _known("revoke", reason, REVOKE)
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "coordinator", "--by")
                view = _one(_live(conn, found), voucher, "wis voucher list")
            sure(f"Take back the voucher of {view.name}, {euros(view.residual_cents)} EUR?", yes)
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                money_vouchers.revoke(act, view.id, reason)
                post(act, revoked(view.id, view.number, view.residual_cents, reason))
    console.print(f"The voucher {view.number} of {view.name} was taken back; she was told.", markup=False)


@app.command(context_settings={"ignore_unknown_options": True})
def extend(
    voucher: Key,
    to: Annotated[str, typer.Option(help="The new last day, as 2027-03-31.")],
    by: By,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(EXTEND)}.")],
    yes: Yes = False,
) -> None:
    """Give a voucher a later last day; its owner is told."""
    with told():
        _known("extend", reason, EXTEND)
        day = _day(to)
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "coordinator", "--by")
                view = _one(_live(conn, found), voucher, "wis voucher list")
            if day <= view.expires_on:
                raise Wrong(f"It is valid until {view.expires_on} already: write a later day.")
            if view.latest is not None and day > view.latest:
                raise Wrong(f"The call pays nothing after {view.latest}: write a day up to that one.")
            sure(f"The voucher of {view.name} becomes valid until {day} instead of {view.expires_on}?", yes)
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                money_vouchers.extend(act, view.id, day, reason)
                post(act, extended(view.id, day, reason))
    console.print(f"The voucher {view.number} of {view.name} is valid until {day}; she was told.", markup=False)


@app.command(context_settings={"ignore_unknown_options": True})
def undo(
    use: Used,
    by: By,
    reason: Annotated[str, typer.Option(help=f"Why: {', '.join(REVERSE)}.")],
    yes: Yes = False,
) -> None:
    """Undo a charge of a partner, or an accepted refund that is not paid yet; everybody concerned is told."""
    with told():
        _known("reverse", reason, REVERSE)
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                who = person(conn, by, "coordinator", "--by")
                view = _use(conn, use)
            sure(f"Undo {euros(view.amount_cents)} EUR of {view.name}?", yes)
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                if isinstance(view, ConfirmedChargeView):
                    money_redeeming.reverse(act, view.id, reason)
                    post(act, *charge_corrected(view, reason), *office_warned(view))
                else:
                    money_claiming.reverse(act, view.id, reason)
                    post(act, claim_corrected(view, reason), *office_warned(view))
    console.print(f"{euros(view.amount_cents)} EUR of {view.name} are undone; everybody was told.", markup=False)


def _live(conn: Conn, found: Settings) -> tuple[LiveVoucherView, ...]:
    return live(conn, "", NOBODY, now().astimezone(found.zone).date())


def _use(conn: Conn, said: str) -> ConfirmedChargeView | OwedClaimView:
    charges, claims = charged(conn, "", NOBODY, now()), owed(conn, "", NOBODY)
    if any(said in (one.id, one.number) for one in charges):
        return _one(charges, said, "wis voucher uses")
    return _one(claims, said, "wis voucher uses")


def _one(views: tuple[View, ...], said: str, where: str) -> View:
    found = [one for one in views if said in (one.id, one.number)]
    if len(found) != 1:
        raise Wrong(f"{'Several have that number: write the id' if found else 'There is none such'} (`{where}`).")
    return found[0]


def _known(use: Use, reason: str, codes: tuple[str, ...]) -> None:
    if not known(use, reason):
        raise Wrong(f"The reason is one of {', '.join(codes)}.")


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Wrong(f"{said!r} is no date: write it as 2027-03-31.") from error
