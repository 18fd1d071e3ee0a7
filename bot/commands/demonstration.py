"""`wis demo`: the invented network, to begin again or to do without."""

from typing import Annotated

import typer

from bot.commands.common import Wrong, console, now, settings, store, sure, told
from bot.commands.shape import subject
from storage import demo, seeds
from storage.content import content_folder

app = subject("The invented network to try the bot with: enterprises, people in every role, an open questionnaire.")

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]

QUESTION = "All demonstration data and everything chatted on the simulator will be lost. Go on?"
RESTART = "If `wis run` is running, restart it."


@app.command()
def codes() -> None:
    """Show the invitation codes that nobody has used yet. Each opens the door once."""
    with told(), store(settings()) as database, database.read() as conn:
        free = [phone for phone in demo.phones(conn) if phone.code]
        empty = demo.is_empty(conn)
    for phone in free:
        console.print(f"{phone.code}  {phone.titles[-1]} ({phone.name}'s phone)", markup=False)
    if not free:
        console.print("No code is free: " + ("`wis run` makes some." if empty else "`wis demo reset` makes some."))


@app.command()
def reset(yes: Yes = False) -> None:
    """Remove the demonstration and load it again, fresh. Real people and enterprises are not touched."""
    with told():
        found = settings()
        if found.live:
            raise Wrong("A real channel is set up: demonstration data are not loaded beside real people.")
        sure(QUESTION, yes)
        with store(found) as database, console.status("Loading..."), database.write() as conn:
            demo.remove(conn, now())
            alone = demo.is_empty(conn)
            if alone:
                version = seeds.needs_form(conn, content_folder(), now())
                demo.load(conn, database.keys, seeds.NEEDS, version, found.default_language, now())
        if not alone:
            raise Wrong(
                "The demonstration was removed, but not loaded again: this database holds an enterprise or people of"
                " your own. Use another DATA_DIR to try things out."
            )
    console.print(f"The demonstration is fresh; `wis demo codes` shows its codes. {RESTART}")


@app.command()
def remove(yes: Yes = False) -> None:
    """Remove the demonstration and everybody who joined with its codes."""
    with told():
        found = settings()
        sure(QUESTION, yes)
        with store(found) as database, console.status("Removing..."), database.write() as conn:
            gone = demo.remove(conn, now())
    console.print(f"The demonstration is gone, and {gone} people with it. {RESTART}")
