"""From the rounds of a load to its table: medians, and how far the rounds were apart."""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

WIDE = 180
"""Columns where no terminal says how many it has: no figure is cut in a file."""
CONSOLE = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else WIDE)


@dataclass
class Rounds:
    """What was measured of one bot, round by round, under the name of each figure."""

    name: str
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **figures: float) -> None:
        """The figures of one more round."""
        for name, value in figures.items():
            self.figures.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The middle of the rounds."""
        return statistics.median(self.figures[name])

    def total(self, name: str) -> int:
        """The sum of the rounds."""
        return round(sum(self.figures[name]))

    def spread(self, name: str) -> str:
        """The slowest and the fastest round."""
        return f"{min(self.figures[name]):.0f}-{max(self.figures[name]):.0f}"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], reading: str) -> None:
    """Prints one load's table and how to read it."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="right" if number else "left")
    for row in rows:
        shown.add_row(*row)
    CONSOLE.print()
    CONSOLE.print(shown)
    CONSOLE.print(" ".join(reading.split()), style="dim")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def disk(folder: Path, times: int = 60) -> float:
    """Milliseconds of one fsync there, the median."""
    path, taken = folder / "fsync", []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    path.unlink()
    return statistics.median(taken)


def times(value: float, other: float) -> str:
    """How many times the one is the other."""
    return f"{value / other:.2f}x" if other else "-"
