"""What sending an issue will mean, said before anything is sent: people, days, minutes, euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from conversations.news.calendar import local
from conversations.news.views import Audience, Price, Prospect

OPENS: Final = time(9, 0)
CLOSES: Final = time(18, 0)
DAYTIME: Final = frozenset({"whatsapp"})
"""The channels on which a newsletter leaves within these hours only."""
BEFORE_CLOSING: Final = "17:45"
"""When a reader gets it there who asked for an hour at which nothing leaves any more."""
NEVER: Final = 1_000
"""Days: a plan as long as this is none."""


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """One channel: how many people, how many inside the window, how many need the opener in which language, on how
    many days they are written to (NEVER where the daily limit lets nobody), how long the sending itself lasts at
    this rate, what it may cost at most (millionths of a euro, None where no price is known), and when the last one
    leaves at the earliest."""

    channel: str
    people: int
    open_window: int
    templates: Mapping[str, int]
    days: int
    seconds: float
    cost: int | None
    price: Price | None
    ends: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole: every channel, and the languages whose opener is missing or was rejected (their people wait)."""

    channels: tuple[ChannelPlan, ...]
    missing_templates: tuple[str, ...]

    @property
    def people(self) -> int:
        """Everybody the issue would go to."""
        return sum(one.people for one in self.channels)

    @property
    def days(self) -> int:
        """The longest any channel takes, in days."""
        return max((one.days for one in self.channels), default=0)

    @property
    def never(self) -> bool:
        """Some would never be written to: the daily limit lets nobody be."""
        return self.days >= NEVER

    @property
    def ends(self) -> datetime | None:
        """When the last person has been written to, at the earliest."""
        return max((one.ends for one in self.channels), default=None)


def plan(prospect: Prospect, start: datetime, zone: ZoneInfo, rate: float = 0.0) -> Plan:
    """What an issue that starts then (aware) will take; `rate` caps the letters a second of every channel, 0 does
    not."""
    prices = {price.channel: price for price in prospect.prices}
    channels = []
    for one in prospect.audience:
        pace = min(filter(None, (prospect.rates.get(one.channel, 1.0), rate)))
        openers = sum(one.templates.values())
        days, ends = _sent(prospect, one, pace, start, zone)
        price = prices.get(one.channel)
        cost = None if price is None else openers * price.opener + one.people * price.message
        channels.append(
            ChannelPlan(
                one.channel,
                one.people,
                one.open_window,
                one.templates,
                days,
                one.people / pace,
                cost,
                price,
                ends,
            )
        )
    return Plan(tuple(channels), prospect.missing_templates)


def _sent(
    prospect: Prospect, one: Audience, pace: float, start: datetime, zone: ZoneInfo
) -> tuple[int, datetime]:
    """On how many days this channel's people are written to, and when the last one is, at the earliest.

    On WhatsApp only within the hours; those inside the window first, the openers under the limit of 24 hours. NEVER
    days where the limit lets nobody be written to first.
    """
    if one.channel not in DAYTIME or not one.people:
        return (1 if one.people else 0), start + timedelta(seconds=one.people / pace)
    free = max(0, prospect.daily_limit - prospect.used_today)
    answers, openers = one.open_window, one.people - one.open_window
    at = _within_hours(start, zone)
    for days in range(1, NEVER):
        today = at.astimezone(zone).date()
        room = int((local(today, CLOSES, zone).moment - at).total_seconds() * pace) + 1
        answered = min(answers, room)
        opened = min(openers, free, room - answered)
        answers, openers = answers - answered, openers - opened
        if not answers and not openers:
            return days, at + timedelta(seconds=(answered + opened) / pace)
        tomorrow = local(today + timedelta(days=1), OPENS, zone).moment
        # what is used up of the limit comes back 24 hours later, not at midnight
        at = _within_hours(at + timedelta(days=1), zone) if opened == free and not answers else tomorrow
        free = prospect.daily_limit
    return NEVER, at


def _within_hours(at: datetime, zone: ZoneInfo) -> datetime:
    """This moment, or the next one at which WhatsApp may be used for openers."""
    there = at.astimezone(zone)
    if there.time() < OPENS:
        return local(there.date(), OPENS, zone).moment
    if there.time() >= CLOSES:
        return local(there.date() + timedelta(days=1), OPENS, zone).moment
    return at
