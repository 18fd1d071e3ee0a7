"""`wis feeds`: the feeds that suggest items for the newsletter."""

import asyncio
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import Wrong, console, now, settings, show, store, told
from bot.commands.shape import subject
from bot.feeds import FeedWeb
from scheduler.feeds import Visited, visit_feeds
from storage.content import content_folder
from storage.db import Database
from storage.lanes import Lanes
from storage.news import views
from storage.news.feed_list import FILE, Feed, FeedList, read_feeds
from storage.news.feeds import states, waiting

app = subject("The feeds that suggest items for the newsletter (content/feeds.toml, docs/howto/editor.md).")

Names = Annotated[list[str] | None, typer.Argument(help="Only these; `wis feeds list` names them.")]
Anyway = Annotated[bool, typer.Option("--now", help="Also those that are not due yet.")]


def known() -> FeedList:
    """The feeds of content/. Raises ContentError."""
    return read_feeds((content_folder() / FILE).read_text("utf-8"))


@app.command("list")
def list_() -> None:
    """List the feeds: their subject, when one last worked, how many suggestions wait, and what is wrong."""
    with told():
        found = settings()
        with store(found) as database, database.read() as conn:
            seen, unread = states(conn), waiting(conn)
        rows = []
        for feed in known().feeds:
            state = seen.get(feed.name)
            worked = "never" if state is None else _time(state.worked_at, found.zone)
            problem = f"{state.problem} ({state.failures} times)" if state and state.problem else ""
            rows.append((feed.name, feed.topic, worked, str(unread.get(feed.title, 0)), problem))
        show(("feed", "topic", "worked", "waiting", "problem"), rows)
        if not found.newsletter_feeds:
            console.print("The bot visits none of them by itself: NEWSLETTER_FEEDS is off.", style="dim")


@app.command()
def visit(names: Names = None, anyway: Anyway = False) -> None:
    """Visit the feeds that are due; what is new waits in the editors' inbox. Ends with 1 if one brought nothing."""
    with told():
        feeds = known()
        chosen = [feed for feed in feeds.feeds if not names or feed.name in names]
        if unknown := set(names or ()) - {feed.name for feed in chosen}:
            raise Wrong(f"There is no feed {min(unknown)}: `wis feeds list` names them.")
        with store(settings()) as database:
            web = FeedWeb(feeds.hosts)
            visited = asyncio.run(_visit(database, web, chosen, anyway))
        show(("feed", "what came of it"), [(one.name, _outcome(one)) for one in visited])
        if not visited:
            console.print("None is due: `wis feeds visit --now` visits them all the same.")
        if any(one.problem for one in visited):
            raise Wrong("Not every feed could be read. Correct its address in content/feeds.toml, or wait.")


@app.command()
def inbox() -> None:
    """List the suggestions that nobody has used or dropped yet, the newest first."""
    with told():
        found = settings()
        with store(found) as database, database.read() as conn:
            unread = views.inbox(conn)
        show(
            ("feed", "found", "title", "link"),
            [(one.feed, _time(one.found_at, found.zone), one.title, one.link) for one in unread],
        )


async def _visit(database: Database, web: FeedWeb, feeds: list[Feed], anyway: bool) -> list[Visited]:
    lanes = Lanes(database)
    try:
        return await visit_feeds(lanes, web, feeds, now, anyway)
    finally:
        await lanes.close()


def _outcome(one: Visited) -> str:
    if one.problem:
        return f"nothing: {one.problem}"
    return f"{one.new} new" if one.changed else "not changed"


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return "never" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
