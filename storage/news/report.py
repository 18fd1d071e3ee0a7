"""What the planner of an issue needs to know of the installation and of the readers, before anything is sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from conversations.news.calendar import Rule, next_slot
from conversations.news.views import NewsFacts, Price, Prospect
from storage.news.audience import WINDOWED, audience
from storage.news.claims import openers_used
from storage.news.issues import ISSUES


@dataclass(frozen=True, slots=True)
class Means:
    """What the installation has for the newsletter: letters a second on each channel it serves, to how many people
    WhatsApp lets it write first in 24 hours, prices, the languages of its opener, and the standing rule."""

    rates: Mapping[str, float] = field(default_factory=dict)
    daily_limit: int = 0
    prices: tuple[Price, ...] = ()
    opener_languages: Collection[str] = ()
    rule: Rule | None = None


NO_MEANS: Final = Means()


def with_plan(
    conn: Connection, news: NewsFacts, means: Means, issue_id: str, at: datetime, zone: ZoneInfo
) -> NewsFacts:
    """The facts with the standing rule and its next slot; and, where an issue is to be planned (its id is not ""),
    with its prospect."""
    if means.rule is not None:
        news = replace(news, rule=means.rule.name, next_slot=next_slot(means.rule, at, zone))
    return replace(news, prospect=prospect(conn, issue_id, means, at)) if issue_id else news


def prospect(conn: Connection, issue_id: str, means: Means, at: datetime) -> Prospect | None:
    """Whom the issue would go to now, and what there is to send it with; None if there is no such issue. Nothing is
    written."""
    issue = conn.execute(select(ISSUES).where(ISSUES.c.id == issue_id)).first()
    if issue is None:
        return None
    found = audience(conn, issue, tuple(means.rates), at)
    wanted = {language for one in found for language, count in one.templates.items() if count}
    served = [channel for channel in WINDOWED if channel in means.rates]
    return Prospect(
        audience=found,
        rates=means.rates,
        daily_limit=means.daily_limit,
        used_today=sum(openers_used(conn, channel, at)[0] for channel in served),
        prices=means.prices,
        missing_templates=tuple(sorted(wanted - set(means.opener_languages))),
    )
