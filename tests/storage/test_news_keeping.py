"""What the newsletter holds of a person ends with her, or with its term; what is counted stays counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from storage import people, privacy, retention
from storage.crypto import KeyRing
from storage.db import Database
from storage.news.issues import ISSUES, ITEMS
from storage.news.keeping import retain_news
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.news.suggestions import SUGGESTIONS
from tests.conversations.news.issues import NOW
from tests.storage.lives import live
from tests.storage.news_readers import issue

SECOND, YEAR, TERM = timedelta(seconds=1), timedelta(days=365), timedelta(days=90)


def got(conn: Connection, who: str, key: str, outcome: str) -> None:
    row = {"issue_id": key, "person_id": who, "channel": "telegram", "language": "it", "outcome": outcome}
    conn.execute(insert(RECIPIENTS).values(**row, due_at=NOW, address_id=7, ref=f"ref-{who}-{key}"))


def rows(conn: Connection) -> list[tuple[Any, ...]]:
    r = RECIPIENTS.c
    query = select(r.issue_id, r.person_id, r.outcome, r.address_id, r.ref).order_by(r.id)
    return [tuple(row) for row in conn.execute(query)]


def test_an_erased_reader_is_still_counted_and_gets_nothing_more(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        bianca = live(conn, keys, "bianca", "+12025550143", NOW)
        privacy.erase(conn, bianca.person, NOW)
        assert [(outcome, person, ref) for _, person, outcome, _, ref in rows(conn)] == [
            ("read", None, ""),
            ("skipped", None, ""),
            ("expired", None, ""),
        ]
        assert set(conn.execute(select(ISSUES.c.created_by, ISSUES.c.approved_by, ISSUES.c.scheduled_by)).all()) == {
            ("erased", "erased", "erased")
        }
        assert set(conn.execute(select(ITEMS.c.signed_by)).scalars()) == {"erased"}


def test_a_guest_who_turns_out_to_be_somebody_known_brings_her_issues_along(database: Database) -> None:
    with database.write() as conn:
        for who in ("guest", "anna"):
            people.add_guest(conn, who, "it", NOW)
        for key in ("a", "b", "c"):
            issue(conn, key)
        got(conn, "anna", "a", "sent")
        for key, outcome in (("a", "todo"), ("b", "todo"), ("c", "read")):
            got(conn, "guest", key, outcome)
        conn.execute(insert(READERS).values(person_id="guest", topics=["leave"], channel="", hour=""))
        privacy.drop_guest(conn, "guest", "anna")
        assert [row[:3] for row in rows(conn)] == [
            ("a", "anna", "sent"),
            ("a", None, "skipped"),
            ("b", "anna", "todo"),
            ("c", "anna", "read"),
        ]
        assert conn.execute(select(READERS.c.person_id)).scalars().all() == ["anna"]
        people.add_guest(conn, "other", "it", NOW)
        conn.execute(insert(READERS).values(person_id="other", topics=[], channel="", hour="18:00"))
        privacy.drop_guest(conn, "other", "anna")
        assert conn.execute(select(READERS.c.person_id, READERS.c.hour)).all() == [("anna", "")]


@pytest.mark.parametrize("end", [{"ended_at": NOW}, {"started_at": NOW, "ended_at": None}])
def test_who_was_sent_an_issue_is_forgotten_a_year_after_it(database: Database, end: dict[str, Any]) -> None:
    with database.write() as conn:
        people.add_guest(conn, "anna", "it", NOW)
        for key in ("old", "young"):
            issue(conn, key, "sent", started_at=NOW - timedelta(days=9), ended_at=NOW + SECOND, created_at=NOW - YEAR)
            got(conn, "anna", key, "read")
        conn.execute(update(ISSUES).where(ISSUES.c.id == "old").values(**end))
        assert retain_news(conn, NOW + YEAR) == 0
        assert retain_news(conn, NOW + YEAR + SECOND) == 1
        assert rows(conn) == [("old", None, "read", None, ""), ("young", "anna", "read", 7, "ref-anna-young")]


def test_what_the_feeds_brought_goes_after_ninety_days(database: Database) -> None:
    with database.write() as conn:
        for key, at in (("old", NOW - SECOND), ("young", NOW)):
            row = {"id": key, "feed": "inps", "mark": key, "title": key, "status": "dropped"}
            conn.execute(insert(SUGGESTIONS).values(**row, found_at=at))
        gone = retention.retain(conn, NOW + TERM)
        assert gone.news == 1
        told = select(SUGGESTIONS.c.id).where(SUGGESTIONS.c.title != "")
        assert conn.execute(told).scalars().all() == ["young"]
