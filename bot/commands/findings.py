"""What `wis doctor` finds: one line each."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do about it. "note" is for what may well be meant so."""

    verdict: Verdict
    about: str
    words: str


def ok(about: str, words: str) -> Finding:
    """As it should be."""
    return Finding("ok", about, words)


def note(about: str, words: str) -> Finding:
    """Worth knowing."""
    return Finding("note", about, words)


def wrong(about: str, words: str) -> Finding:
    """To be mended; the words say how."""
    return Finding("wrong", about, words)


def few(names: list[str], most: int = 5) -> str:
    """The names, cut after `most`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
