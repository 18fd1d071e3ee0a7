"""`wis keys`: new keys, and encrypting everything again with the newest."""

import typer
from rich.progress import Progress

from bot.commands.common import console, settings, store, told
from storage.crypto import new_key
from storage.rotation import columns, rotate_table

app = typer.Typer(help="The keys that encrypt personal data.", no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh key for WIS_SECRET_KEYS."""
    console.print(new_key())


@app.command()
def rotate() -> None:
    """Encrypt everything again with the first key of WIS_SECRET_KEYS; safe to stop and to run again.

    Afterwards only the last key must stay beside the first: people are found by its hashes.
    """
    with told(), store(settings()) as database, Progress(console=console) as progress:
        task = progress.add_task("Encrypting again", total=len(columns()))
        changed = 0
        for table in columns():
            changed += rotate_table(database, table)
            progress.advance(task)
    console.print(f"{changed} values were encrypted again with the key {database.keys.current_id}.")
