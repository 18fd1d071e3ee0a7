"""`wis keys`: new keys, and changing over to the newest."""

from rich.progress import Progress, TaskID

from bot.commands.common import Wrong, console, settings, store, told
from bot.commands.shape import subject
from storage.crypto import new_key
from storage.db import Conflict, Database
from storage.rotation import Encrypted, Rotated, columns, rotate_table, waiting

app = subject("The keys that encrypt personal data at rest (docs/howto/keys.md).")

PASSES = 5
"""How often a table is gone through while others write to it."""


@app.command()
def new() -> None:
    """Print a fresh random key for WIS_SECRET_KEYS. It is shown once and kept nowhere."""
    console.print(new_key(), markup=False)


@app.command()
def rotate() -> None:
    """Encrypt everything again with the first key of WIS_SECRET_KEYS.

    Put the new key in front, restart the bot, then do this; the bot may go on running. It can be stopped at any time
    and done again. Afterwards the first and the last key are needed: people are looked up with the last one.
    """
    with told(), store(settings()) as database:
        keys = database.keys
        with database.read() as conn:
            total = sum(waiting(conn, table, keys) for table in columns())
        with Progress(console=console, transient=True, disable=not total) as progress:
            task = progress.add_task("Encrypting again", total=total)
            found = [_whole(database, table, progress, task) for table in columns()]
        changed, unreadable = sum(one.changed for one in found), sum(one.unreadable for one in found)
        if unreadable:
            raise Wrong(
                f"{changed} values were encrypted again; {unreadable} cannot be read with any key of WIS_SECRET_KEYS."
                " Put the missing key back, behind the others, and run this again."
            )
        if left := sum(one.left for one in found):
            raise Wrong(f"{changed} values were encrypted again; {left} rows were busy: run this once more.")
        console.print(f"{changed} values were encrypted again; all are under the key {keys.current_id} now.")
        if spare := keys.ids[1:-1]:
            console.print(f"No longer needed here, only for old backups: {', '.join(spare)}.")
        if len(keys.ids) > 1:
            console.print(f"Leave {keys.lookup_id} at the end: people are looked up with it.")


def _whole(database: Database, table: Encrypted, progress: Progress, task: TaskID) -> Rotated:
    sum_of = Rotated()
    for _ in range(PASSES):
        try:
            one = rotate_table(database, table, lambda rows: progress.advance(task, rows))
        except Conflict:
            continue
        sum_of = Rotated(sum_of.changed + one.changed, one.unreadable, one.left)
        if one.left <= one.unreadable:
            break
    return sum_of
