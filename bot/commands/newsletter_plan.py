"""`wis newsletter plan|report`: whom an issue would reach, how long and at what cost; and what became of it."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from bot.channels.whatsapp_templates import read_templates
from bot.commands.common import Wrong, console, now, settings, show, store, told, warn
from bot.commands.newsletter import By, Number, app
from bot.commands.newsletter_acts import moment
from bot.commands.newsletter_issue import LANGUAGE, find_issue, sentences, who
from bot.settings import Settings
from conversations.messages import Attachment, AttachmentKind
from conversations.news.digest import TEMPLATE
from conversations.news.plan import NEVER, ChannelPlan, plan
from conversations.news.published import published
from conversations.phrases import render
from conversations.steps.newsroom.counts import interest
from scheduler.delivery import paces
from scheduler.news_report import news_sources
from storage.content import content_folder
from storage.news import views
from storage.news.prices import read_prices
from storage.news.report import Means, prospect

MICRO: Final = 1_000_000
"""Millionths of a euro in a euro."""

FILES: tuple[tuple[str, AttachmentKind, str, str], ...] = (
    ("news_chart", "photo", "png", "image/png"),
    ("news_csv", "document", "csv", "text/csv"),
)
At = Annotated[str, typer.Option(help='If it began then: "2026-12-08 12:30"; without it, at its own moment or now.')]

Folder = Annotated[
    Path | None, typer.Option(help="Write the picture and the table here; without it only the counts are shown.")
]


def served(found: Settings) -> Iterator[str]:
    """The channels that these settings serve."""
    if found.telegram:
        yield "telegram"
    if found.whatsapp:
        yield "whatsapp"
    if found.simulator_on:
        yield "simulator"


def means(found: Settings) -> Means:
    """What this installation has to send a newsletter with. Raises ContentError, BadTemplates."""
    templates = read_templates((content_folder() / "templates.toml").read_text("utf-8"))
    known = paces()
    return Means(
        rates={name: known[name].rate for name in served(found)},
        daily_limit=found.whatsapp_daily_limit,
        prices=read_prices(content_folder()),
        opener_languages=[code for one in templates if one.name == TEMPLATE for code in one.bodies],
        rule=found.rule,
    )


@app.command("plan")
def plan_(number: Number, at: At = "") -> None:
    """Tell before anything is sent: people by channel, inside WhatsApp's 24 hours or not, days, time, cost."""
    with told():
        found = settings()
        catalog = sentences(found)
        with store(found) as database, database.read() as conn:
            issue = find_issue(conn, number)
            seen = prospect(conn, issue.id, means(found), now())
        if seen is None:
            raise Wrong(f"There is no issue {number}.")
        start = moment(at, found.zone) if at else issue.scheduled_at or now()
        whole = plan(seen, start, found.zone, issue.rate)
        rows = [_row(one, found.zone) for one in whole.channels if one.people]
        if not rows:
            console.print("Nobody who can be reached has asked for the newsletter.")
            return
        show(("channel", "people", "window open", "openers", "days", "minutes", "euros", "last one"), rows)
        if any(one.templates for one in whole.channels):
            console.print(
                f"WhatsApp lets {seen.daily_limit} people be written to first in 24 hours; used: {seen.used_today}."
            )
        for price in (one.price for one in whole.channels if one.people and one.price is not None):
            source = render(price.source, LANGUAGE, catalog)
            console.print(f"Prices of {price.channel} as of {price.as_of}: {source}", markup=False)
        for code in whole.missing_templates:
            warn(f"The opener {TEMPLATE} is missing in {code}: its readers get it in another language.")
        if any(one.days >= NEVER for one in whole.channels):
            warn("The daily limit is 0: who needs the opener is never written to (WHATSAPP_DAILY_LIMIT).")


@app.command()
def report(number: Number, by: By = "", folder: Folder = None) -> None:
    """Tell what became of an issue: people by channel and outcome; with --folder also the picture and the table."""
    with told():
        found = settings()
        catalog = sentences(found)
        with store(found) as database:
            with database.read() as conn:
                issue = find_issue(conn, number)
                progress = published(views.progress(conn, issue.id))
                person = who(conn, by, ("coordinator",)) if folder is not None else ""
            if not progress.total:
                raise Wrong(f"The issue {issue.number} is {issue.state}: it has not gone to anybody yet.")
            show(
                ("channel", "outcome", "people"),
                [
                    (name, what, str(count))
                    for name, counts in progress.counts.items()
                    for what, count in counts.items()
                ],
            )
            for text in interest(issue, progress):
                console.print(render(text, LANGUAGE, catalog), markup=False)
            if progress.stopped_why:
                warn(f"It was stopped: {progress.stopped_why}")
            if folder is None:
                return
            sources = news_sources(database, catalog)
            folder.mkdir(parents=True, exist_ok=True)
            for source, kind, ending, mime in FILES:
                file = sources[source](Attachment(source, issue.id, kind, f"{issue.number}.{ending}", mime), person)
                if file is None:
                    raise Wrong("Only who is a coordinator now gets the files.")
                (folder / f"{issue.number}.{ending}").write_bytes(file.data)
        console.print(
            f"{issue.number}.png and {issue.number}.csv are in {folder}; `wis why` explains a row.", markup=False
        )


def _row(one: ChannelPlan, zone: ZoneInfo) -> tuple[str, ...]:
    openers = ", ".join(f"{code} {count}" for code, count in sorted(one.templates.items()))
    never = one.days >= NEVER
    return (
        one.channel,
        str(one.people),
        str(one.open_window),
        openers or "0",
        "never" if never else str(one.days),
        str(ceil(one.seconds / 60)),
        "unknown" if one.cost is None else f"{one.cost / MICRO:.2f}",
        "" if never else f"{one.ends.astimezone(zone):%Y-%m-%d %H:%M}",
    )
