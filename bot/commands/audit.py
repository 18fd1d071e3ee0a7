"""`wis audit`: is the ledger whole, and does it say what the tables say?"""

from typing import Annotated

import typer

from bot.commands.common import Wrong, complain, console, settings, store, told
from bot.commands.shape import subject
from storage import ledger
from storage.money import rebuild as money_rebuild

app = subject("The ledger of vouchers: every move of money or state, sealed one to the next.")

Seal = Annotated[str, typer.Option(help="A seal noted earlier: it must still be there.")]


@app.command()
def verify(seal: Seal = "") -> None:
    """Check that no row of the ledger was changed, removed or put in; print the last seal, to be noted elsewhere.

    Somebody who can write to the database could seal everything anew: a seal kept on paper, given with --seal, tells.
    """
    with told(), store(settings()) as database, console.status("Reading the ledger"), database.read() as conn:
        broken = ledger.verify(conn)
        if broken is not None:
            raise Wrong(f"The ledger is broken at row {broken.seq}: {broken.why}.")
        last = ledger.last(conn)
        if seal and not ledger.sealed(conn, seal):
            raise Wrong("That seal is not in the ledger: it is not the one it was, or the seal was copied wrongly.")
    if last is None:
        console.print("The ledger is empty: nothing was asked or granted yet.")
        return
    console.print(f"{last.seq} rows, every seal is right. The last one:")
    console.print(last.hash, markup=False)


@app.command()
def rebuild() -> None:
    """Work out every balance and state from the ledger alone and compare them with the tables, to the cent."""
    with told(), store(settings()) as database, console.status("Rebuilding"), database.read() as conn:
        found = money_rebuild.differences(conn)
        rebuilt = money_rebuild.rebuild(conn)
    for sentence in found:
        complain(sentence)
    if found:
        complain(f"{len(found)} differences: restore a backup elsewhere and compare; change nothing by hand.")
        raise typer.Exit(1)
    console.print(f"{len(rebuilt.pots)} balances and {len(rebuilt.states)} states are as the ledger says.")
