"""`wis events`: what could not be worked, and working it again after the defect is mended."""

import asyncio
from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from bot import assembly
from bot.commands.common import console, errors, settings, store, told
from storage import events

app = typer.Typer(help="Dead letters: events that could not be worked. Nothing that reached us is lost.", no_args_is_help=True)


@app.command("list")
def list_events() -> None:
    """List the dead letters, the oldest first."""
    with told(), store(settings()) as database, database.read() as conn:
        found = events.dead_letters(conn)
    table = Table("number", "received (UTC)", "channel", "kind", "tries", "cause")
    for letter in found:
        table.add_row(
            str(letter.id), f"{letter.at:%Y-%m-%d %H:%M:%S}", letter.channel, letter.kind, str(letter.attempts), letter.error
        )
    console.print(table if found else "No dead letters.")


@app.command()
def show(number: Annotated[int, typer.Argument(help="The dead letter's number.")]) -> None:
    """Show one dead letter with its content, which is personal: handle it accordingly."""
    with told(), store(settings()) as database, database.read() as conn:
        letter = events.dead_letter(conn, number)
    console.print(f"{letter.kind} on {letter.channel}, {letter.at:%Y-%m-%d %H:%M:%S} UTC, tried {letter.attempts} times")
    console.print(letter.error, style="red", markup=False)
    console.print_json(data=dict(letter.body))


@app.command()
def retry(
    number: Annotated[int, typer.Argument(help="The dead letter's number; none retries all.")] = 0,
) -> None:
    """Work dead letters again; what succeeds is answered by the running bot."""
    with told():
        failed = asyncio.run(_retry(number))
    if failed:
        errors.print(f"{failed} failed again: see `wis events list`.", style="red")
        raise typer.Exit(1)
    console.print("Done.")


async def _retry(number: int) -> int:
    failed = 0
    async with assembly.opened(settings(), load_demo=False, alone=False) as program:
        with program.database.read() as conn:
            numbers = [number] if number else [letter.id for letter in events.dead_letters(conn)]
        for one in track(numbers, "Working", console=console, disable=len(numbers) < 2):
            cause = await program.turns.retry(one)
            if cause:
                failed += 1
                errors.print(f"{one}: {cause}", style="red", markup=False)
    return failed
