"""`wis export`: the dossier of a call for the funder and the auditor."""

import os
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import Progress

from bot.commands.acting import person
from bot.commands.calls import find_call
from bot.commands.common import Wrong, console, now, settings, store, told, warn
from bot.commands.shape import subject
from storage import dossier
from storage.dossier_rows import read_book

app = subject("What leaves the program: the dossier of a call (docs/howto/accountant.md).")


@app.callback()
def export() -> None:
    """What leaves the program: the dossier of a call (docs/howto/accountant.md)."""


@app.command("dossier")
def export_dossier(
    call: Annotated[str, typer.Option(help="The call's id or title, as `wis call list` shows them.")],
    out: Annotated[Path, typer.Option(help="The ZIP to make.", dir_okay=False)],
    sample: Annotated[
        str, typer.Option(help="Draw this many people (or: all) whose names and documents are shown from now on.")
    ] = "",
    by: Annotated[str, typer.Option(help="The auditor who draws the sample: name or id.")] = "",
) -> None:
    """Write everything about a call: a sheet per object, the funder's indicators, the ledger with its seals.

    People have pseudonyms until the auditor draws a sample; the documents of the sample come along in the ZIP. The
    sums come from the ledger: if it was changed, or the tables differ from it, no dossier is made.
    """
    with told():
        found = settings()
        if out.exists():
            raise Wrong(f"{out} exists: choose another name, or move it away.")
        with store(found) as database:
            with database.write() as conn:
                row = find_call(conn, call)
                if sample:
                    who = person(conn, by, "auditor", "--by")
                    able = dossier.holders(read_book(conn, database.keys, found.zone, row, frozenset()))
                    drawn = dossier.draw(conn, row.id, able, _count(sample, len(able)), who, now())
                    console.print(f"{drawn} people were drawn; who drew them is on record.")
            part = out.with_name(out.name + ".part")
            try:
                bar = Progress(console=console, transient=True, disable=not console.is_terminal)
                with database.read() as conn, _private(part) as file, bar:
                    task = bar.add_task("Writing the dossier", total=None)
                    made = dossier.write(
                        conn, database.keys, found.zone, row, file, now(),
                        lambda total: bar.update(task, total=total), lambda: bar.advance(task),
                    )  # fmt: skip
                part.rename(out)
            finally:
                part.unlink(missing_ok=True)
    console.print(
        f"{out}: {made.people} people with a voucher, {made.named} by name, {made.documents} documents.", markup=False
    )
    if made.missing:
        warn(f"{made.missing} documents of the sample are not here: brought on paper, or lost by the provider.")


def _count(said: str, most: int) -> int:
    if said == "all":
        return most
    if not said.isdigit() or not int(said):
        raise Wrong("--sample is a number of people, or: all.")
    return int(said)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
