"""`wis demo`: the invented network, to begin again or to do without."""

from typing import Annotated

import typer

from bot.commands.common import console, errors, now, settings, store, sure, told
from storage import demo, seeds
from storage.content import content_folder

app = typer.Typer(help="The invented demonstration network: show its codes, begin again, remove it.", no_args_is_help=True)
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command()
def codes() -> None:
    """Show the invitation codes that are still free."""
    with told(), store(settings()) as database, database.read() as conn:
        for phone in demo.phones(conn):
            if phone.code:
                console.print(f"{phone.code}  {phone.titles[-1]} ({phone.name}'s phone)")


@app.command()
def reset(yes: Yes = False) -> None:
    """Remove the demonstration and load it again, fresh."""
    with told():
        found = settings()
        if found.live:
            errors.print("A real channel is set up: demonstration data are not loaded beside real people.", style="red")
            raise typer.Exit(1)
        sure("All demonstration data and everything chatted on the simulator will be lost. Go on?", yes)
        with store(found) as database, database.write() as conn:
            demo.remove(conn, now())
            if not demo.is_empty(conn):
                errors.print("There are real people in this database: the demonstration was only removed.", style="red")
                return
            version = seeds.needs_form(conn, content_folder(), now())
            demo.load(conn, database.keys, seeds.NEEDS, version, found.default_language, now())
        console.print("The demonstration is fresh. Restart the bot if it is running, then see `wis demo codes`.")


@app.command()
def remove(yes: Yes = False) -> None:
    """Remove the demonstration and whoever joined with its codes."""
    with told():
        found = settings()
        sure("All demonstration data and everything chatted on the simulator will be lost. Go on?", yes)
        with store(found) as database, database.write() as conn:
            gone = demo.remove(conn, now())
        console.print(f"Removed, {gone} people with it.")
