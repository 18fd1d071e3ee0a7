"""What each refusal asks of the newsletter (channels.md 5.5 and 6.9): try on in hand, rest, or record a result."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scheduler.sending import (
    Doubtful,
    Misconfigured,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from storage.news.causes import ANOTHER_DAY, CROWDED, STOPS
from storage.news.claims import DAY, Claimed
from storage.news.results import Result

PAUSES: Final = (0.25, 1.0, 4.0)
"""Seconds between the tries that keep a letter in hand while the provider is unwell."""
LONGEST_IN_HAND: Final = 60.0
MOST_ATTEMPTS: Final = 12
MOST_DOUBTS: Final = 3
CROWDED_REST: Final = 3600.0
"""Seconds the channel rests where it was crowded CROWDED_TIMES in a row."""
CROWDED_TIMES: Final = 3
BUG: Final = "bug"


@dataclass(frozen=True, slots=True)
class Again:
    """The letter stays in hand and is tried once more after this pause; `doubt` if it may have been sent."""

    after: float
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """The whole channel rests for this many seconds; the letter has lost nothing."""

    seconds: float


@dataclass(slots=True)
class Streaks:
    """What went wrong letter after letter since one last went well."""

    crowded: int = 0
    unwell: int = 0
    refused: int = 0
    refused_code: str = ""

    def well(self) -> None:
        """A letter was accepted."""
        self.crowded = self.unwell = self.refused = 0


def react(error: SendError, one: Claimed, tries: int, streaks: Streaks, at: datetime) -> Again | Rest | Result:
    """What to do about this error of a letter that was tried `tries` times in hand before."""
    code = error.code or type(error).__name__
    if code in ANOTHER_DAY:
        if one.code == code:
            return _result(one, "failed", code, error.reason)
        return _later(one, DAY.total_seconds(), code, error.reason, at)
    match error:
        case Throttled():
            return _throttled(error, one, code, streaks, at)
        case Unreachable():
            return _result(one, "failed", code, error.reason, then="lose")
        case WindowClosed():
            if one.opens or one.address.last_inbound is None:
                return _result(one, "failed", code, error.reason)
            return _later(one, 0.0, code, error.reason, at, then="close_window")
        case Doubtful():
            return _doubtful(one, tries, code, error.reason, at)
        case Unavailable():
            streaks.unwell += 1
            if tries < len(PAUSES):
                return Again(PAUSES[tries])
            if one.attempts + 1 >= MOST_ATTEMPTS:
                return _result(one, "failed", code, error.reason)
            return _later(one, min(60.0 * (one.attempts + 1), 900.0), code, error.reason, at)
        case Misconfigured():
            return _stopped(one, code, error.reason, at)
        case Refused() if code in STOPS or code == BUG or _everybody(streaks, code):
            return _stopped(one, code, error.reason, at)
        case _:
            return _result(one, "failed", code, error.reason)


def _throttled(error: Throttled, one: Claimed, code: str, streaks: Streaks, at: datetime) -> Again | Rest | Result:
    if error.whole_channel:
        streaks.crowded = streaks.crowded + 1 if code == CROWDED else 0
        return Rest(CROWDED_REST if streaks.crowded >= CROWDED_TIMES else error.after)
    if error.after > 1.0:
        # nobody else need wait for her in one of the few places in hand
        return _later(one, error.after, code, error.reason, at, attempt=False)
    return Again(error.after)


def _doubtful(one: Claimed, tries: int, code: str, reason: str, at: datetime) -> Again | Result:
    if one.at_most_once or one.doubts + 1 >= MOST_DOUBTS:
        return Result(one.id, "doubtful", code=code, reason=reason, attempt=True, doubt=True)
    if tries < len(PAUSES):
        return Again(PAUSES[tries], doubt=True)
    after = min(60.0 * (one.attempts + 1), 900.0)
    due = at + timedelta(seconds=after)
    return Result(one.id, "todo", code=code, reason=reason, due_at=due, attempt=True, doubt=True)


def _everybody(streaks: Streaks, code: str) -> bool:
    """Five in a row are refused for the same cause, and nobody's letter went well meanwhile: it is not they."""
    streaks.refused = streaks.refused + 1 if streaks.refused_code == code else 1
    streaks.refused_code = code
    return streaks.refused >= 5


def _result(one: Claimed, outcome: str, code: str, reason: str, then: str = "") -> Result:
    return Result(
        one.id,
        outcome,  # type: ignore[arg-type]
        code=code,
        reason=reason,
        attempt=True,
        then=then,  # type: ignore[arg-type]
        person_id=one.person_id,
        address_id=one.address.id,
        issue_id=one.issue_id,
    )


def _later(
    one: Claimed, after: float, code: str, reason: str, at: datetime, attempt: bool = True, then: str = ""
) -> Result:
    due = at + timedelta(seconds=after)
    return Result(
        one.id,
        "todo",
        code=code,
        reason=reason,
        due_at=due,
        attempt=attempt,
        then=then,  # type: ignore[arg-type]
        address_id=one.address.id,
    )


def _stopped(one: Claimed, code: str, reason: str, at: datetime) -> Result:
    return Result(one.id, "todo", code=code, reason=reason, due_at=at, then="stop", issue_id=one.issue_id)
