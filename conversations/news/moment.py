"""The moment a coordinator names for an issue, and what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from conversations.messages import Day, Localized, Moment, Param, Phrase
from conversations.news.calendar import local
from conversations.news.checks import Problem, Severity
from conversations.news.plan import CLOSES, OPENS
from conversations.news.views import Issue

MIDWEEK: Final = (1, 2, 3)
"""Tuesday to Thursday, when people read (domain.md 8)."""
SENT: Final = ("scheduled", "sending", "paused", "sent")


@dataclass(frozen=True, slots=True)
class Named:
    """The moment in UTC, and the problems; with an error among them the issue cannot be scheduled then."""

    moment: datetime
    problems: tuple[Problem, ...]

    @property
    def possible(self) -> bool:
        """True if nothing forbids it."""
        return all(problem.severity != "error" for problem in self.problems)


def named(issue: Issue, day: date, clock: time, zone: ZoneInfo, now: datetime, others: Iterable[Issue] = ()) -> Named:
    """This local time as a moment for the issue. An hour that comes twice is the first of the two; `others` are the
    issues it may come too close to."""
    there = local(day, clock, zone)
    found = [*_clock(there.change, there.moment, day, clock), *_hours(there.moment, zone)]
    if there.moment <= now:
        found.insert(0, _told("error", "past", moment=Moment(there.moment)))
    found += _items(issue, day)
    found += _close(issue, there.moment, zone, others)
    order = ("error", "warning", "note")
    return Named(there.moment, tuple(sorted(found, key=lambda one: order.index(one.severity))))


def _clock(change: str, moment: datetime, day: date, clock: time) -> Iterator[Problem]:
    """The night on which the clocks change."""
    if change == "missing":
        yield _told("error", "hour_missing", hour=f"{clock:%H:%M}", day=Day(day))
    if change == "twice":
        yield _told("warning", "hour_twice", hour=f"{clock:%H:%M}", day=Day(day), utc=f"{moment:%H:%M}")


def _hours(moment: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    there = moment.astimezone(zone)
    if not OPENS <= there.time() < CLOSES:
        yield _told("warning", "whatsapp_hours", opens=f"{OPENS:%H:%M}", closes=f"{CLOSES:%H:%M}")
    if there.weekday() not in MIDWEEK:
        yield _told("note", "not_midweek")


def _items(issue: Issue, day: date) -> Iterator[Problem]:
    for place, item in enumerate(issue.items, 1):
        if item.expires is not None and item.expires < day:
            params: dict[str, Param] = {"place": place, "title": Localized(item.title), "day": Day(item.expires)}
            yield Problem("error", Phrase("newscheck.expires_first", params), item.id)


def _close(issue: Issue, moment: datetime, zone: ZoneInfo, others: Iterable[Issue]) -> Iterator[Problem]:
    """One issue a month, and at most one alert."""
    there = moment.astimezone(zone)
    for other in others:
        at = other.started_at or other.scheduled_at
        if other.id == issue.id or other.kind != issue.kind or other.state not in SENT or at is None:
            continue
        before = at.astimezone(zone)
        if issue.kind != "erratum" and (before.year, before.month) == (there.year, there.month):
            yield _told("warning", f"second_{issue.kind}", number=other.number)
            return


def _told(severity: Severity, key: str, **params: Param) -> Problem:
    return Problem(severity, Phrase(f"newscheck.{key}", params))
