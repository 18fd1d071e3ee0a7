"""`wis doctor`: checks everything an installation needs, and says what to do about what is wrong."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "note", "wrong"]
MARKS: dict[Verdict, str] = {"ok": "[green]ok   [/green]", "note": "[yellow]note [/yellow]", "wrong": "[red]wrong[/red]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do about it."""

    verdict: Verdict
    about: str
    words: str
