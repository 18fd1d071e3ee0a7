"""`wis events`: what could not be worked, and working it again after the defect is mended."""

import asyncio
from typing import Annotated

import typer
from rich.progress import track

from bot import assembly
from bot.channels.contract import Unready
from bot.commands import common
from bot.commands.common import Wrong, complain, console, settings, store, told
from bot.commands.shape import subject
from storage import events

app = subject("Dead letters: messages that could not be worked. Nothing that reached us is lost.")

Number = Annotated[int, typer.Argument(help="The dead letter's number, as `wis events list` shows it.", min=1)]
Some = Annotated[int, typer.Argument(help="The dead letter's number; without it, all of them.", min=0)]


@app.command("list")
def list_events() -> None:
    """List the dead letters, the oldest first, each with its cause but without what the person wrote."""
    with told(), store(settings()) as database, database.read() as conn:
        found, count = events.dead_letters(conn), events.dead_count(conn)
    if not found:
        console.print("No dead letters.")
        return
    rows = [
        (str(one.id), f"{one.at:%Y-%m-%d %H:%M:%S}", one.channel, one.kind, str(one.attempts), one.error)
        for one in found
    ]
    common.show(("number", "received (UTC)", "channel", "kind", "tries", "cause"), rows)
    if count > len(found):
        console.print(f"and {count - len(found)} more.")


@app.command()
def show(number: Number) -> None:
    """Show one dead letter with its content, which is personal: handle it accordingly."""
    with told(), store(settings()) as database, database.read() as conn:
        letter = events.dead_letter(conn, number)
    at = f"{letter.at:%Y-%m-%d %H:%M:%S}"
    console.print(f"{letter.kind} on {letter.channel}, {at} UTC, tried {letter.attempts} times")
    console.print(letter.error, style="red", markup=False)
    console.print_json(data=dict(letter.body))


@app.command()
def retry(number: Some = 0) -> None:
    """Work dead letters again, once the program is mended. The running bot sends the answers."""
    with told():
        try:
            done, failed = asyncio.run(_retry(number))
        except Unready as error:
            raise Wrong("The database cannot take it now: try again in a moment.") from error
        if failed:
            raise Wrong(f"{done} worked, {failed} failed again and are kept: see `wis events list`.")
    console.print(f"{done} worked; `wis run` sends the answers." if done else "No dead letters.")


async def _retry(number: int) -> tuple[int, int]:
    """How many went well, and how many failed again."""
    failed = 0
    async with assembly.opened(settings(), load_demo=False, alone=False) as program:
        with program.database.read() as conn:
            numbers = [number] if number else [letter.id for letter in events.dead_letters(conn)]
        for one in track(numbers, "Working", console=console, transient=True, disable=len(numbers) < 2):
            if cause := await program.turns.retry(one):
                failed += 1
                complain(f"{one}: {cause}")
    return len(numbers) - failed, failed
