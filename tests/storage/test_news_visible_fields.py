"""T5 for the newsletter: what each role may see of it; a field that is not on the golden list is a defect."""

import dataclasses

import pytest
from sqlalchemy import insert, update

from conversations.news import orders, views
from conversations.news.views import NewsFacts, Wishes
from storage.db import Database
from storage.news.facts import news_facts
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.news.suggestions import SUGGESTIONS
from tests.conversations.news.issues import NOW
from tests.storage.news_office import OFFICE, do, staff, stored, written
from tests.storage.news_readers import ROME, issue, reader

GOLDEN = {
    "Item": "id title sentence source link action topic common normative as_of expires signed_by signed_at",
    "Progress": "counts enqueued pace held_until stopped_why interested",
    "Issue": "id number kind title state revision items corrects created_by approved_by approved_revision"
    " scheduled_at standing started_at ended_at rate at_most_once progress",
    "Suggestion": "id feed title summary link published found_at",
    "FileReport": "name added problems done",
    "Wishes": "topics channel hour",
    "Audience": "channel open_window templates",
    "Price": "channel opener message as_of source",
    "Prospect": "audience rates daily_limit used_today prices missing_templates",
    "NewsFacts": "issues archive to_read unread wishes inbox subscribers by_topic prospect report rule next_slot",
}
READS = {"archive", "to_read", "unread", "wishes"}
WORKS = READS | {"issues", "inbox", "subscribers", "by_topic", "report"}
PARTS = {"anna": READS, "wanda": READS, "sofia": WORKS, "elena": WORKS, "marta": WORKS, "nobody": READS}

SENT = {"state": "sent", "approved_by": "marta", "approved_revision": 5, "started_at": NOW, "at_most_once": True}


@pytest.fixture
def busy(database: Database) -> Database:
    """Something of everything."""
    with database.write() as conn:
        staff(conn)
        for who in ("anna", *(f"r{number}" for number in range(5))):
            reader(conn, who)
        row = {"id": "s", "feed": "inps", "mark": "s", "title": "Titolo", "status": "new", "found_at": NOW}
        conn.execute(insert(SUGGESTIONS).values(**row))
    for who in ("anna", "wanda", *(f"r{number}" for number in range(5))):
        do(database, who, orders.SetWishes(Wishes(("leave",))))
    it = written(database)
    do(database, "elena", orders.SignItem("issue", it.revision, "one"))
    with database.write() as conn:
        issue(conn, "other", "sent", created_by="sofia", approved_by="marta", scheduled_by="marta", rate=2.0)
        conn.execute(update(ISSUES).where(ISSUES.c.id == "issue").values(**SENT))
        for who in ("anna", "wanda"):
            row = {"person_id": who, "channel": "whatsapp", "language": "it", "outcome": "opened", "due_at": NOW}
            conn.execute(insert(RECIPIENTS).values(issue_id="issue", opened_at=NOW, **row))
    return database


def facts(database: Database, who: str) -> NewsFacts:
    with database.read() as conn:
        return news_facts(conn, who, {OFFICE.get(who, "worker")}, NOW, ROME, "issue")


def filled(found: NewsFacts) -> set[str]:
    return {one.name for one in dataclasses.fields(found) if getattr(found, one.name)}


def test_every_view_shows_exactly_the_fields_of_the_golden_list() -> None:
    found = [one for one in vars(views).values() if isinstance(one, type) and one.__module__ == views.__name__]
    shapes = {one.__name__: one for one in found if dataclasses.is_dataclass(one)}
    assert {name: " ".join(f.name for f in dataclasses.fields(one)) for name, one in shapes.items()} == GOLDEN


def test_each_role_gets_its_own_parts_and_no_other(busy: Database) -> None:
    for who, parts in PARTS.items():
        assert filled(facts(busy, who)) <= parts, who
    assert filled(facts(busy, "anna")) == READS
    assert filled(facts(busy, "sofia")) >= {"issues", "inbox", "subscribers", "by_topic", "archive"}


def test_a_reader_learns_nobodys_name_from_an_issue(busy: Database) -> None:
    assert stored(busy).items[0].signed_by == "elena" and stored(busy).approved_by == "marta"
    seen = repr(facts(busy, "anna"))
    assert "Notizia one" in seen, "a search that finds nothing proves nothing"
    for hidden in ("'sofia'", "'marta'", "'elena'", "at_most_once=True"):
        assert hidden not in seen, hidden


def test_the_office_learns_no_readers_name(busy: Database) -> None:
    for who in ("sofia", "elena", "marta"):
        seen = repr(facts(busy, who))
        assert "'sofia'" in seen, "who wrote an issue is known to the office"
        assert not any(f"'{hidden}'" in seen for hidden in ("anna", "wanda", "r0")), who
