"""A newsroom for tests: an editor, a welfare manager, coordinators, and orders given one by one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from conversations.news import orders
from conversations.news.orders import NewsOrder
from conversations.news.views import Issue, Item
from storage import people
from storage.audit import acts
from storage.db import Database
from storage.news import views
from storage.news.orders import carry_out
from storage.news.recipients import RECIPIENTS
from tests.conversations.news.issues import NOW, full
from tests.storage.news_readers import ROME

OFFICE = {"sofia": "editor", "elena": "welfare_manager", "marta": "coordinator", "wanda": "worker"}


def staff(conn: Connection) -> None:
    """Everybody of the office exists and holds her role."""
    for who, role in OFFICE.items():
        people.add_guest(conn, who, "it", NOW)
        people.add_membership(conn, who, None, role, "", NOW)


def do(database: Database, who: str, *given: NewsOrder, at: datetime = NOW) -> None:
    """She gives these orders, in one transaction. Raises Conflict."""
    with database.write() as conn:
        for order in given:
            carry_out(conn, order, who, "telegram", at, ROME)


def stored(database: Database, key: str = "issue") -> Issue:
    with database.read() as conn:
        found = views.issue(conn, key)
    assert found is not None
    return found


def written(database: Database, items: Sequence[Item] = full().items, key: str = "issue", **opened: Any) -> Issue:
    """A draft with these items, written by Sofia."""
    order = orders.OpenIssue(key, opened.pop("number", "2026-11"), "monthly", "Novembre 2026", "November 2026")
    do(database, "sofia", order)
    for item in items:
        do(database, "sofia", orders.PutItem(key, stored(database, key).revision, item))
    return stored(database, key)


def approved(database: Database, key: str = "issue", **opened: Any) -> Issue:
    """A full issue that Marta has approved."""
    revision = written(database, tuple(_named(item, key) for item in full().items), key, **opened).revision
    do(database, "sofia", orders.HandToLegal(key, revision))
    do(database, "marta", orders.ApproveIssue(key, revision))
    return stored(database, key)


def outcomes(database: Database, key: str = "issue") -> dict[str, str]:
    """What became of each person of the issue."""
    with database.read() as conn:
        rows = conn.execute(select(RECIPIENTS).where(RECIPIENTS.c.issue_id == key)).all()
    return {row.person_id: row.outcome for row in rows}


def proofs(database: Database) -> list[tuple[str, str, str]]:
    """What is on record, the oldest first: act, subject, actor."""
    with database.read() as conn:
        return [(row.act, row.subject, row.actor) for row in reversed(acts(conn))]


def _named(item: Item, key: str) -> Item:
    return Item(f"{key}-{item.id}", item.title, item.sentence, common=item.common)
