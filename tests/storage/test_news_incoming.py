"""Files editors sent: read into the issue once, told to who sent them, forgotten when they were read."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from conversations.events import Sent
from conversations.news import orders
from storage import people, timers
from storage.db import Database
from storage.news.facts import news_facts
from storage.news.files import failed, read_news, write_news
from storage.news.incoming import TELLS, files_to_read, forget_files, miss, receive
from storage.news.issues import FILES, ISSUES
from tests.conversations.news.issues import NOW, full, item
from tests.storage.news_office import do, staff, stored, written
from tests.storage.news_readers import ROME

FILE = Sent("document", "ref-1", "text/markdown", "numero.md")


@pytest.fixture
def office(database: Database) -> Database:
    with database.write() as conn:
        staff(conn)
    return database


def sent(office: Database, file: Sent = FILE) -> int:
    """The file waits; its number."""
    do(office, "sofia", orders.ReadNewsFile("issue", file))
    with office.read() as conn:
        return files_to_read(conn, ("telegram",), NOW)[-1].id


def take(office: Database, key: int, text: str) -> int:
    with office.write() as conn:
        return receive(conn, key, read_news(text), NOW)


def report(office: Database) -> object:
    with office.read() as conn:
        return news_facts(conn, "sofia", {"editor"}, NOW, ROME, "").report


def test_the_items_of_a_file_are_in_the_issue_and_its_editor_is_told(office: Database) -> None:
    written(office, [item("one")])
    key = sent(office)
    assert take(office, key, "## Due\n\nFrase.\n\n- boh: x\n\n## Tre\n\nFrase.\n") == 2
    it = stored(office)
    assert [one.title["it"] for one in it.items] == ["Notizia one", "Due", "Tre"]
    assert all(len(one.id) == 22 for one in it.items[1:])
    assert it.revision == 3, "a file is one change"
    with office.read() as conn:
        [timer] = timers.due(conn, NOW)
        row = conn.execute(select(FILES)).one()
    assert (timer.person_id, timer.kind, timer.subject) == ("sofia", TELLS, "issue")
    assert (row.status, row.ref, row.added) == ("read", "", 2), "where the file can be had is forgotten"
    told = report(office)
    assert told is not None
    assert (told.name, told.added, told.done) == ("numero.md", 2, True)  # type: ignore[attr-defined]
    assert told.problems == ((5, "newscheck.file_field", "boh: x"),)  # type: ignore[attr-defined]


def test_a_file_is_read_once(office: Database) -> None:
    written(office, [])
    key = sent(office)
    assert [take(office, key, "## Due\n\nFrase.\n") for _ in range(2)] == [1, 0]
    assert len(stored(office).items) == 1


def test_a_mended_file_sent_again_replaces_its_items(office: Database) -> None:
    written(office, [])
    take(office, sent(office), "## Uno\n\nPrima.\n\n## Due\n\nFrase.\n")
    before = stored(office)
    take(office, sent(office), "## uno!\n\nDopo.\n\n## Due\n\nFrase.\n")
    after = stored(office)
    assert [one.id for one in after.items] == [one.id for one in before.items]
    assert after.items[0].sentence["it"] == "Dopo." and after.items[1] == before.items[1]
    take(office, sent(office), "## uno!\n\nDopo.\n\n## Due\n\nFrase.\n")
    assert stored(office).revision == after.revision, "the same file changes nothing"


def test_what_has_no_room_is_told(office: Database) -> None:
    written(office, [item(str(n)) for n in range(19)])
    assert take(office, sent(office), "## Due\n\nFrase.\n\n## Tre\n\nFrase.\n") == 1
    assert len(stored(office).items) == 20
    assert report(office).problems == ((0, "newscheck.file_many", ""),)  # type: ignore[attr-defined]


@pytest.mark.parametrize("why", ["scheduled is fine", "sent meanwhile", "no editor any more"])
def test_a_file_changes_only_what_its_editor_may_change_when_it_is_read(office: Database, why: str) -> None:
    it = written(office)
    do(office, "sofia", orders.HandToLegal("issue", it.revision))
    do(office, "marta", orders.ApproveIssue("issue", it.revision))
    key = sent(office)
    with office.write() as conn:
        if why == "sent meanwhile":
            conn.execute(update(ISSUES).values(state="sending"))
        if why == "no editor any more":
            m = people.MEMBERSHIPS
            conn.execute(update(m).where(m.c.person_id == "sofia").values(until=NOW))
    added = take(office, key, "## Due\n\nFrase.\n")
    late = ((0, "newscheck.file_late", ""),)
    assert (added, report(office).problems) == ((1, ()) if why == "scheduled is fine" else (0, late))  # type: ignore[attr-defined]
    assert stored(office).state == {"scheduled is fine": "draft", "sent meanwhile": "sending"}.get(why, "approved")


def test_a_file_that_cannot_be_had_is_asked_for_again_later_and_given_up_in_the_end(office: Database) -> None:
    written(office)
    key = sent(office)
    with office.write() as conn:
        miss(conn, key, final=False, at=NOW)
        assert files_to_read(conn, ("telegram",), NOW + timedelta(seconds=9)) == []
        [again] = files_to_read(conn, ("telegram",), NOW + timedelta(seconds=10))
        assert again.attempts == 1
        assert files_to_read(conn, ("whatsapp",), NOW + timedelta(days=1)) == []
        miss(conn, key, final=True, at=NOW)
        assert files_to_read(conn, ("telegram",), NOW + timedelta(days=1)) == []
        assert [timer.kind for timer in timers.due(conn, NOW)] == [TELLS]
    assert report(office).problems == failed("lost").faults  # type: ignore[attr-defined]


def test_what_was_said_of_a_file_is_forgotten_after_a_week(office: Database) -> None:
    written(office)
    take(office, sent(office), "## Due\n\nFrase.\n")
    waiting = sent(office)
    with office.write() as conn:
        assert forget_files(conn, NOW + timedelta(days=7)) == 0
        assert forget_files(conn, NOW + timedelta(days=8)) == 1
        assert conn.execute(select(FILES.c.id)).scalars().all() == [waiting]


def test_an_issue_written_to_a_file_comes_back_into_another_one(office: Database) -> None:
    it = written(office)
    written(office, [], key="copy", number="2026-12")
    do(office, "sofia", orders.ReadNewsFile("copy", FILE))
    with office.write() as conn:
        [file] = files_to_read(conn, ("telegram",), NOW)
        receive(conn, file.id, read_news(write_news(it)), NOW)
    assert [one.title for one in stored(office, "copy").items] == [one.title for one in full().items]
