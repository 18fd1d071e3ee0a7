"""Rounds of one load, the bots taking turns, so that a slow minute of the machine falls on all of them."""

from collections.abc import Awaitable, Callable, Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.bots import Kind
from bench.figures import CONSOLE, Rounds

Round = Callable[[Kind, Rounds], Awaitable[None]]


async def take_turns(what: str, kinds: Sequence[Kind], rounds: int, one: Round) -> list[Rounds]:
    """What `one` measured of each kind in `rounds` rounds: the first round of all, then the second of all."""
    found = [Rounds(kind.name) for kind in kinds]
    with progress() as bar:
        task = bar.add_task(what, total=rounds * len(kinds))
        for number in range(rounds):
            for kind, measured in zip(kinds, found, strict=True):
                bar.update(task, description=f"{what}, round {number + 1}: {kind.name}")
                await one(kind, measured)
                bar.advance(task)
    return found


def progress() -> Progress:
    """A progress bar on the bench's console."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=CONSOLE, transient=True)
