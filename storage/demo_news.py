"""The demonstration's newsletter: the first issue of content/newsletter as a draft, and readers who want it."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, update

from conversations.news import orders
from conversations.news.views import Topic, Wishes
from storage import people
from storage.content import ContentError, content_folder
from storage.news import views
from storage.news.files import read_news
from storage.news.incoming import with_items
from storage.news.issues import FILES, ISSUES, ITEMS
from storage.news.orders import carry_out, write
from storage.news.recipients import RECIPIENTS
from storage.news.suggestions import SUGGESTIONS

ZONE: Final = ZoneInfo("Europe/Rome")
CHANNEL: Final = "simulator"
TOPICS: Final[tuple[tuple[Topic, ...], ...]] = ((), ("leave", "childcare"), ("disability",), ())
"""What the readers chose, one after the other."""


def subscribe(conn: Connection, readers: Collection[str], language: str, at: datetime) -> None:
    """These people have asked for the newsletter, some of them for some topics only."""
    for place, person in enumerate(readers):
        people.record_consent(conn, person, "newsletter", True, "demo", language, CHANNEL, at)
        topics = TOPICS[place % len(TOPICS)]
        if topics:
            carry_out(conn, orders.SetWishes(Wishes(topics)), person, CHANNEL, at, ZONE)


def open_issue(conn: Connection, editor: str, at: datetime) -> str:
    """The oldest issue of content/newsletter is a draft of this editor, without what has expired; its id.

    Raises ContentError.
    """
    file = min((content_folder() / "newsletter").glob("*.md"))
    found = read_news(file.read_text("utf-8"))
    if found.faults or not found.number:
        line, key, said = found.faults[0] if found.faults else (1, "no number", "")
        raise ContentError(f"content/newsletter/{file.name}, line {line}: {key} {said}".rstrip())
    key, today = secrets.token_urlsafe(16), at.astimezone(ZONE).date()
    titles = (found.title.get("it", ""), found.title.get("en", ""))
    carry_out(conn, orders.OpenIssue(key, found.number, found.kind, *titles), editor, CHANNEL, at, ZONE)
    issue = views.issue(conn, key)
    if issue is not None:
        true = [item for item in found.items if item.expires is None or item.expires >= today]
        then, _ = with_items(issue, true)
        # the first text of a draft is its first revision
        write(conn, issue, replace(then, revision=issue.revision))
    return key


def remove_issues(conn: Connection, gone: Collection[str]) -> None:
    """No issue that one of these people began is left."""
    mine = select(ISSUES.c.id).where(ISSUES.c.created_by.in_(list(gone)))
    keys = list(conn.execute(mine).scalars())
    # an erratum stands on the issue it corrects
    conn.execute(update(ISSUES).where(ISSUES.c.corrects.in_(keys)).values(corrects=None))
    conn.execute(update(SUGGESTIONS).where(SUGGESTIONS.c.issue_id.in_(keys)).values(issue_id=None))
    for table in (RECIPIENTS, FILES, ITEMS):
        conn.execute(delete(table).where(table.c.issue_id.in_(keys)))
    conn.execute(delete(ISSUES).where(ISSUES.c.id.in_(keys)))
