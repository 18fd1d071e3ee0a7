"""Which counts of an issue may be told: who opened it is a sign of a person, and told only where there are enough."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conversations.news.views import Outcome, Progress

FEWEST: Final = 5
"""The smallest number of readers that is told (domain.md 8)."""


def tells_readers(progress: Progress) -> bool:
    """True if those who opened the issue, on all channels, are enough not to be recognised."""
    return progress.of("read") >= FEWEST


def published(progress: Progress) -> Progress:
    """The counts, with too few readers told as people it was delivered to."""
    if tells_readers(progress):
        return progress
    return replace(progress, counts={channel: _unread(by) for channel, by in progress.counts.items()})


def _unread(by: Mapping[Outcome, int]) -> dict[Outcome, int]:
    counts: dict[Outcome, int] = {outcome: count for outcome, count in by.items() if outcome != "read"}
    if by.get("read"):
        counts["delivered"] = counts.get("delivered", 0) + by["read"]
    return counts
