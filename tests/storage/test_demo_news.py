"""The demonstration has an issue to sign, approve and send, and readers who asked for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from conversations.news import orders
from conversations.news.checks import stops
from storage import demo, demo_news, people
from storage.crypto import KeyRing
from storage.db import Database
from storage.news import views
from storage.news.facts import news_facts
from storage.news.issues import ISSUES
from storage.news.orders import carry_out
from storage.news.recipients import RECIPIENTS
from tests.storage.news_readers import ROME, issue

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def loaded(database: Database, keys: KeyRing) -> Database:
    with database.write() as conn:
        demo.load(conn, keys, "needs", "1", "it", NOW)
    return database


def test_the_draft_lacks_the_signatures_and_nothing_else_and_can_be_approved(loaded: Database) -> None:
    with loaded.write() as conn:
        [draft] = views.issues(conn)
        [editor] = people.holders(conn, "editor")
        [elena] = people.holders(conn, "welfare_manager")
        marta = people.holders(conn, "coordinator")[0]
        assert (draft.state, draft.revision, draft.created_by) == ("draft", 1, editor)
        assert {one.phrase.key for one in stops(draft, NOW.date(), "approval")} == {"newscheck.unsigned"}
        carry_out(conn, orders.HandToLegal(draft.id, 1), editor, "simulator", NOW, ROME)
        for item in draft.items:
            if item.normative:
                carry_out(conn, orders.SignItem(draft.id, 1, item.id), elena, "simulator", NOW, ROME)
        carry_out(conn, orders.ApproveIssue(draft.id, 1), marta, "simulator", NOW, ROME)
        [approved] = views.issues(conn)
        assert approved.state == "approved"
        assert news_facts(conn, editor, {"editor"}, NOW, ROME, "").subscribers == len(
            [who for who in demo.CAST if who.joined]
        )


def test_what_has_expired_when_the_demonstration_is_loaded_is_left_out(database: Database, keys: KeyRing) -> None:
    later = NOW + timedelta(days=3650)
    with database.write() as conn:
        demo.load(conn, keys, "needs", "1", "it", later)
        [draft] = views.issues(conn)
    assert draft.items and all(item.expires is None for item in draft.items)
    assert stops(draft, later.date(), "approval") == ()


def test_it_goes_with_everything_that_was_sent_of_it_and_leaves_real_issues(loaded: Database) -> None:
    with loaded.write() as conn:
        people.add_guest(conn, "real", "it", NOW)
        people.add_membership(conn, "real", None, "editor", "", NOW)
        [draft] = views.issues(conn)
        row = {"person_id": "real", "channel": "telegram", "language": "it", "outcome": "read", "due_at": NOW}
        conn.execute(insert(RECIPIENTS).values(issue_id=draft.id, **row))
        issue(conn, "mine", "sent", created_by="real", corrects=draft.id)
        demo.remove(conn, NOW)
        assert conn.execute(select(ISSUES.c.id, ISSUES.c.corrects)).all() == [("mine", None)]
        assert conn.execute(select(RECIPIENTS)).all() == []


def test_some_readers_of_the_demonstration_chose_topics(loaded: Database) -> None:
    with loaded.read() as conn:
        readers = {who for one in demo.CAST for who in people.holders(conn, one.role)}
        assert {views.wishes(conn, who).topics for who in readers} == set(demo_news.TOPICS)
