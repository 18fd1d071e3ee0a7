"""What sending an issue will mean, said before anything is sent: people, days, minutes, euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from conversations.news.calendar import local
from conversations.news.views import Price, Prospect

OPENS: Final = time(9, 0)
CLOSES: Final = time(18, 0)
"""Nobody is written to first on WhatsApp outside these hours."""


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """One channel: how many people, how many inside the window, how many need the opener in which language, on how
    many days their share of the daily limit lies, how long the sending lasts at this rate, what it may cost
    (millionths of a euro, None where no price is known), and when the last one leaves at the earliest."""

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
        windowed = bool(one.templates) or one.channel == "whatsapp"
        days, ends = _spread(prospect, openers, one.people, pace, start, zone) if windowed else (1, start)
        if not windowed:
            ends = start + timedelta(seconds=one.people / pace)
        price = prices.get(one.channel)
        cost = None if price is None else openers * price.opener + one.people * price.message
        channels.append(
            ChannelPlan(
                one.channel,
                one.people,
                one.open_window,
                one.templates,
                days if one.people else 0,
                one.people / pace,
                cost,
                price,
                ends,
            )
        )
    return Plan(tuple(channels), prospect.missing_templates)


def _spread(
    prospect: Prospect, openers: int, people: int, pace: float, start: datetime, zone: ZoneInfo
) -> tuple[int, datetime]:
    """On how many days the openers go out under the daily limit, within the hours, and when the last one does."""
    begins = _within_hours(start, zone)
    free = max(0, prospect.daily_limit - prospect.used_today)
    if openers <= free:
        return 1, begins + timedelta(seconds=people / pace)
    days = 1 + ceil((openers - free) / max(1, prospect.daily_limit))
    rest = (openers - free) % prospect.daily_limit or prospect.daily_limit
    return days, begins + timedelta(days=days - 1, seconds=rest / pace)


def _within_hours(at: datetime, zone: ZoneInfo) -> datetime:
    """This moment, or the next one at which WhatsApp may be used for openers."""
    there = at.astimezone(zone)
    if there.time() < OPENS:
        return local(there.date(), OPENS, zone).moment
    if there.time() >= CLOSES:
        return local(there.date() + timedelta(days=1), OPENS, zone).moment
    return at
