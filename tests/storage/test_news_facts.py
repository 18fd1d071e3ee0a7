"""What a step knows of the newsletter: a reader her archive and what waits for her, the office everything else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from conversations.news import orders
from conversations.news.views import NewsFacts, Wishes
from storage.db import Database
from storage.news.facts import news_facts
from storage.news.issues import ISSUES, ITEMS
from storage.news.recipients import RECIPIENTS, RUNS
from storage.news.suggestions import SUGGESTIONS
from tests.conversations.news.issues import NOW
from tests.storage.news_office import do, staff, written
from tests.storage.news_readers import ROME, issue, reader, says


@pytest.fixture
def office(database: Database) -> Database:
    with database.write() as conn:
        staff(conn)
    return database


def known(office: Database, who: str = "anna", *roles: str, at: datetime = NOW, in_hand: str = "") -> NewsFacts:
    with office.read() as conn:
        return news_facts(conn, who, roles, at, ROME, in_hand)


def sent(office: Database, key: str, state: str = "sent", days: int = 0, **item: Any) -> None:
    """An issue with one item, made so many days after the first."""
    with office.write() as conn:
        issue(conn, key, state, created_at=NOW + timedelta(days=days))
        row = {"position": 0, "title": {"it": key}, "sentence": {"it": "x"}, **item}
        conn.execute(insert(ITEMS).values(id=f"item-{key}", issue_id=key, **row))


def got(office: Database, who: str, key: str, outcome: str, **more: Any) -> None:
    row = {"issue_id": key, "person_id": who, "channel": "whatsapp", "language": "it", "outcome": outcome}
    with office.write() as conn:
        conn.execute(insert(RECIPIENTS).values(**row, due_at=NOW, **more))


def test_the_archive_holds_sent_issues_newest_first_without_what_is_not_true_any_more(office: Database) -> None:
    today = NOW.astimezone(ROME).date()
    sent(office, "old", expires=today - timedelta(days=1))
    sent(office, "first", days=1, expires=today)
    sent(office, "second", days=2)
    for number, state in enumerate(("draft", "sending", "cancelled", "withdrawn")):
        sent(office, state, state, days=3 + number)
    assert [one.id for one in known(office).archive] == ["second", "first"]
    assert known(office, at=NOW + timedelta(days=1)).archive[-1].id == "second"


def test_what_waits_for_a_reader_is_the_last_one_that_was_announced_or_the_one_she_tapped(office: Database) -> None:
    with office.write() as conn:
        reader(conn, "anna", "whatsapp")
    for key in ("a", "b", "c", "gone"):
        sent(office, key)
    assert known(office).to_read is None
    got(office, "anna", "a", "opened", opened_at=NOW)
    got(office, "anna", "b", "opened", opened_at=NOW + timedelta(days=1))
    got(office, "anna", "c", "read")
    got(office, "anna", "gone", "opened", opened_at=NOW + timedelta(days=2))
    with office.write() as conn:
        conn.execute(update(ISSUES).where(ISSUES.c.id == "gone").values(state="withdrawn"))

    def waits(in_hand: str = "") -> str:
        found = known(office, in_hand=in_hand).to_read
        return "" if found is None else found.id

    assert (waits(), waits("a"), waits("c"), waits("gone")) == ("b", "a", "c", "b")
    assert known(office, in_hand="a").unread and not known(office, in_hand="c").unread, "she has read c already"
    assert known(office, "wanda", in_hand="a").to_read is None, "nobody reads what went to somebody else"


def test_a_reader_knows_nothing_of_the_office(office: Database) -> None:
    written(office)
    facts = known(office, "wanda", "worker")
    assert (facts.issues, facts.inbox, facts.subscribers, facts.by_topic) == ((), (), 0, {})


def test_the_office_sees_every_issue_that_is_alive_and_the_last_ones(office: Database) -> None:
    written(office)
    for number in range(9):
        sent(office, f"s{number}", days=number - 30)
    facts = known(office, "elena", "welfare_manager")
    assert [one.id for one in facts.issues] == ["issue", "s8", "s7", "s6", "s5", "s4", "s3"]
    assert known(office, "elena", "welfare_manager", in_hand="s0").issues[-1].id == "s0"


def test_the_progress_of_what_is_under_way_is_counted_by_channel_and_outcome(office: Database) -> None:
    sent(office, "n", "sending")
    with office.write() as conn:
        for who in ("anna", "bea", "cleo"):
            reader(conn, who, "whatsapp")
        row = {"channel": "whatsapp", "token": "t", "node": "n", "beat_at": NOW, "pace": 2.5, "held_until": NOW}
        conn.execute(insert(RUNS).values(**row, ended=False, restarts=0))
        conn.execute(update(ISSUES).values(enqueued=True, stopped_why="config"))
    for who, outcome in (("anna", "read"), ("bea", "todo"), ("cleo", "todo")):
        got(office, who, "n", outcome)
    [found] = known(office, "marta", "coordinator").issues
    assert found.progress is not None
    assert found.progress.counts == {"whatsapp": {"read": 1, "todo": 2}}
    assert (found.progress.total, found.progress.of("todo", "read"), found.progress.enqueued) == (3, 3, True)
    assert (found.progress.pace, found.progress.held_until) == (2.5, NOW)
    assert found.progress.stopped_why == "config"


def test_subscribers_are_counted_and_topics_only_where_five_people_chose_them(office: Database) -> None:
    with office.write() as conn:
        for number in range(6):
            reader(conn, f"r{number}")
        reader(conn, "no", yes=False)
        says(conn, "r5", False)
    for number in range(6):
        do(office, f"r{number}", orders.SetWishes(Wishes(("leave", "money") if number < 4 else ("leave",))))
    facts = known(office, "sofia", "editor")
    assert (facts.subscribers, facts.by_topic) == (5, {"leave": 5})


def test_the_inbox_shows_what_nobody_has_looked_at_newest_first(office: Database) -> None:
    with office.write() as conn:
        for number, status in enumerate(("new", "dropped", "used", "new")):
            at = NOW + timedelta(hours=number)
            row = {"id": f"s{number}", "feed": "inps", "mark": f"{number}", "title": "Titolo", "status": status}
            conn.execute(insert(SUGGESTIONS).values(**row, found_at=at))
    assert [one.id for one in known(office, "sofia", "editor").inbox] == ["s3", "s0"]


def test_interest_in_an_item_is_told_where_five_people_showed_it(office: Database) -> None:
    sent(office, "four", "sending", interest=4)
    sent(office, "five", "sending", interest=5)
    told = {one.id: one.progress.interested for one in known(office, "marta", "coordinator").issues if one.progress}
    assert told == {"four": {}, "five": {"item-five": 5}}


@pytest.mark.parametrize("state", ["sending", "paused", "cancelled", "withdrawn"])
def test_an_issue_on_its_way_is_in_the_archive_of_those_who_have_it(office: Database, state: str) -> None:
    sent(office, "n", state)
    outcomes = ("sent", "delivered", "read", "doubtful", "todo", "opened", "failed", "skipped")
    with office.write() as conn:
        for who in outcomes:
            reader(conn, who)
    for who in outcomes:
        got(office, who, "n", who)
    have = {who for who in outcomes if [one.id for one in known(office, who).archive] == ["n"]}
    assert have == (set() if state == "withdrawn" else {"sent", "delivered", "read", "doubtful"})
