"""Who an issue goes to, on both databases: each once, on the right channel, and nobody who does not want it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from conversations.news.views import Audience
from storage import people
from storage.db import Conflict, Database
from storage.news import audience as audiences
from storage.news import enqueue as enqueues
from storage.news.enqueue import enqueue_batch, settle_batch, to_enqueue, to_settle
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from tests.storage.news_readers import CHANNELS, LONG_AGO, NOW, ROME, enqueue, issue, reader, rows, says

MINUTE = timedelta(minutes=1)


def audience(conn: Connection, corrects: str | None = None, at: datetime = NOW) -> dict[str, Audience]:
    found = audiences.audience(conn, SimpleNamespace(corrects=corrects), CHANNELS, at)
    return {one.channel: one for one in found}


def channels(conn: Connection) -> dict[str, str]:
    return {who: row.channel for who, row in rows(conn).items()}


def test_only_whoever_last_said_yes_and_can_be_reached_gets_it(database: Database) -> None:
    with database.write() as conn:
        reader(conn, "anna")
        reader(conn, "never-asked", yes=None)
        reader(conn, "no", yes=False)
        reader(conn, "regretted")
        says(conn, "regretted", False)
        reader(conn, "came-back", yes=False)
        says(conn, "came-back", True)
        reader(conn, "other-purpose", yes=False)
        people.record_consent(conn, "other-purpose", "offers", True, "v1", "it", "telegram", NOW)
        reader(conn, "stopped")
        people.set_stopped(conn, "stopped", NOW)
        people.mark_blocked(conn, reader(conn, "blocked")[0], NOW)
        reader(conn, "simulated", "simulator")
        assert audience(conn) == {"telegram": Audience("telegram", 2)}
        issue(conn)
        enqueue(conn)
        assert set(rows(conn)) == {"anna", "came-back"}
        assert {row.outcome for row in rows(conn).values()} == {"todo"}


def test_a_person_with_two_channels_gets_it_once_where_she_wrote_last_or_where_she_chose(database: Database) -> None:
    with database.write() as conn:
        reader(conn, "last", "telegram", "whatsapp")
        reader(conn, "other-last", "telegram", "whatsapp", wrote=(NOW, LONG_AGO))
        reader(conn, "chose", "telegram", "whatsapp", chosen="telegram")
        reader(conn, "chose-a-lacking-one", "telegram", chosen="whatsapp")
        blocked = reader(conn, "chose-a-blocked-one", "telegram", "whatsapp", chosen="whatsapp")
        people.mark_blocked(conn, blocked[1], NOW)
        silent = reader(conn, "window-closed-there", "telegram", "whatsapp")
        people.close_window(conn, silent[1])
        reader(conn, "chose-an-unserved-one", "telegram", "simulator", chosen="simulator")
        counted = audience(conn)
        issue(conn)
        enqueue(conn)
        assert channels(conn) == {
            "last": "whatsapp",
            "other-last": "telegram",
            "chose": "telegram",
            "chose-a-lacking-one": "telegram",
            "chose-a-blocked-one": "telegram",
            "window-closed-there": "telegram",
            "chose-an-unserved-one": "telegram",
        }
        assert {name: one.people for name, one in counted.items()} == {"telegram": 6, "whatsapp": 1}


def test_the_window_of_whatsapp_closes_ten_minutes_early(database: Database) -> None:
    hours = timedelta(hours=23, minutes=50)
    with database.write() as conn:
        reader(conn, "inside", "whatsapp", wrote=NOW - hours + MINUTE)
        reader(conn, "just-out", "whatsapp", wrote=NOW - hours)
        reader(conn, "out-in-english", "whatsapp", language="en")
        people.close_window(conn, reader(conn, "closed-by-them", "whatsapp", wrote=NOW)[0])
        reader(conn, "no-window-there", "telegram")
        assert audience(conn) == {
            "telegram": Audience("telegram", 1),
            "whatsapp": Audience("whatsapp", 1, {"it": 2, "en": 1}),
        }


def test_an_erratum_goes_to_those_who_were_reached_and_still_want_it(database: Database) -> None:
    with database.write() as conn:
        reached = ("opened", "sent", "delivered", "read", "doubtful")
        outcomes = (*reached, "todo", "failed", "skipped", "cancelled", "expired")
        for name in (*outcomes, "regretted", "stopped"):
            reader(conn, name)
        issue(conn)
        enqueue(conn)
        reader(conn, "new")
        for name in (*outcomes, "regretted", "stopped"):
            outcome = name if name in outcomes else "sent"
            conn.execute(update(RECIPIENTS).where(RECIPIENTS.c.person_id == name).values(outcome=outcome))
        says(conn, "regretted", False)
        people.set_stopped(conn, "stopped", NOW)
        issue(conn, "n2", kind="erratum", corrects="n1")
        assert audience(conn, "n1")["telegram"].people == 5
        enqueue(conn, "n2")
        assert set(rows(conn, "n2")) == set(reached)


def test_a_reader_with_an_hour_of_hers_is_due_then(database: Database) -> None:
    with database.write() as conn:
        reader(conn, "with-all")
        reader(conn, "evening", hour="18:00")
        reader(conn, "morning", hour="09:00")
        reader(conn, "evening-whatsapp", "whatsapp", hour="18:00")
        reader(conn, "noon-whatsapp", "whatsapp", hour="13:00")
        issue(conn)
        enqueue(conn, at=NOW + MINUTE)
        due = {who: row.due_at for who, row in rows(conn).items()}
    assert due["with-all"] == NOW, "the moment it began, not that of the batch"
    assert due["evening"] == datetime(2026, 11, 10, 18, 0, tzinfo=ROME)
    assert due["evening-whatsapp"] == datetime(2026, 11, 10, 17, 45, tzinfo=ROME), "at six nothing leaves there"
    assert due["noon-whatsapp"] == datetime(2026, 11, 10, 13, 0, tzinfo=ROME)
    assert due["morning"] == datetime(2026, 11, 11, 9, 0, tzinfo=ROME)


def crowd(conn: Connection, count: int) -> None:
    for number in range(count):
        reader(conn, f"p{number:03}", yes=number % 4 != 0)


def test_an_enqueuing_that_breaks_off_goes_on_where_it_was(database: Database) -> None:
    with database.write() as conn:
        crowd(conn, 50)
        issue(conn)
    for _ in range(3):
        with database.write() as conn:
            assert not enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 7)
    with pytest.raises(KeyboardInterrupt), database.write() as conn:
        enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 7)
        raise KeyboardInterrupt
    with database.write() as conn:
        done = conn.execute(select(ISSUES.c.enqueued_to, ISSUES.c.enqueued)).one()
        assert (done.enqueued_to, done.enqueued) == ("p020", False)
        assert not enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 7)
        # a crash between two databases, or a restored backup: the mark is behind the rows
        conn.execute(update(ISSUES).values(enqueued_to="p003"))
        enqueue(conn, size=7)
        assert sorted(rows(conn)) == [f"p{number:03}" for number in range(50) if number % 4]
        assert enqueue_batch(conn, "n1", CHANNELS, NOW, ROME), "nothing is left to do"


def test_two_processes_that_enqueue_the_same_issue_make_each_row_once(
    database: Database, another: Callable[[], Database]
) -> None:
    with database.write() as conn:
        crowd(conn, 80)
        issue(conn)
    nodes, start = [another() for _ in range(3)], threading.Barrier(3)

    def work(node: Database) -> None:
        start.wait()
        done = False
        while not done:
            with suppress(Conflict), node.write() as conn:
                done = enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 3)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, nodes))
    with database.read() as conn:
        assert sorted(rows(conn)) == [f"p{number:03}" for number in range(80) if number % 4]
        assert conn.execute(select(ISSUES.c.enqueued)).scalar_one() is True


def test_the_slower_of_two_processes_does_not_set_an_issue_back(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, add = postgres_database, enqueues._add
    with database.write() as conn:
        crowd(conn, 20)
        issue(conn)

    def overtaken(*values: Any) -> None:
        monkeypatch.setattr(enqueues, "_add", add)
        with database.write() as quick:
            enqueue(quick, size=5)
        add(*values)

    monkeypatch.setattr(enqueues, "_add", overtaken)
    with pytest.raises(Conflict), database.write() as slow:
        enqueue_batch(slow, "n1", CHANNELS, NOW, ROME, 5)
    with database.read() as conn:
        done = conn.execute(select(ISSUES.c.enqueued, ISSUES.c.enqueued_to)).one()
        assert (done.enqueued, done.enqueued_to) == (True, "p019")


def test_a_cancel_in_the_middle_of_a_batch_leaves_no_row_behind(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, add = postgres_database, enqueues._add
    with database.write() as conn:
        crowd(conn, 20)
        issue(conn)

    def cancelled(*values: Any) -> None:
        with database.write() as coordinator:
            coordinator.execute(update(ISSUES).values(state="cancelled"))
            assert settle_batch(coordinator, "n1")
        add(*values)

    monkeypatch.setattr(enqueues, "_add", cancelled)
    with pytest.raises(Conflict), database.write() as conn:
        enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 5)
    with database.write() as conn:
        assert enqueue_batch(conn, "n1", CHANNELS, NOW, ROME, 5)
        assert rows(conn) == {} and to_settle(conn, CHANNELS) == []


def test_what_is_to_be_enqueued_and_settled_is_found(database: Database) -> None:
    with database.write() as conn:
        reader(conn, "anna")
        for key, state in (("n1", "sending"), ("n2", "paused"), ("n3", "sent"), ("n4", "scheduled")):
            issue(conn, key, state)
        issue(conn, "n5", kind="urgent", started_at=NOW + MINUTE)
        assert to_enqueue(conn) == ["n5", "n1", "n2"]
        enqueue(conn, "n1")
        assert to_enqueue(conn) == ["n5", "n2"]
        assert to_settle(conn, CHANNELS) == []
        conn.execute(update(ISSUES).where(ISSUES.c.id == "n1").values(state="cancelled"))
        assert to_settle(conn, CHANNELS) == ["n1"]
        assert settle_batch(conn, "n1") and to_settle(conn, CHANNELS) == []


@pytest.mark.parametrize("state", ["draft", "scheduled", "cancelled", "sent"])
def test_an_issue_that_is_not_being_sent_is_for_nobody(sqlite: Database, state: str) -> None:
    with sqlite.write() as conn:
        reader(conn, "anna")
        issue(conn, state=state)
        assert enqueue_batch(conn, "n1", CHANNELS, NOW, ROME)
        assert enqueue_batch(conn, "no-such-issue", CHANNELS, NOW, ROME)
        assert rows(conn) == {}


def test_a_paused_issue_is_enqueued_to_its_end_and_waits(sqlite: Database) -> None:
    with sqlite.write() as conn:
        reader(conn, "anna")
        issue(conn, state="paused")
        enqueue(conn)
        assert rows(conn)["anna"].outcome == "todo"


def test_whoever_waits_when_an_issue_is_cancelled_never_gets_it_and_what_is_in_hand_is_left_alone(
    database: Database,
) -> None:
    with database.write() as conn:
        crowd(conn, 40)
        issue(conn)
        enqueue(conn)
        r = RECIPIENTS.c
        conn.execute(update(RECIPIENTS).where(r.person_id.in_(["p001", "p002"])).values(outcome="sending"))
        conn.execute(update(RECIPIENTS).where(r.person_id == "p003").values(outcome="sent"))
        assert settle_batch(conn, "n1", 10), "it is not cancelled"
        conn.execute(update(ISSUES).values(state="cancelled"))
        batches = 1
        while not settle_batch(conn, "n1", 10):
            batches += 1
        outcomes = [row.outcome for row in rows(conn).values()]
        assert batches == 3
        assert {one: outcomes.count(one) for one in set(outcomes)} == {"sending": 2, "sent": 1, "cancelled": 27}


def test_of_a_withdrawn_issue_nobody_may_ask_for_the_digest_any_more(database: Database) -> None:
    with database.write() as conn:
        crowd(conn, 12)
        issue(conn)
        enqueue(conn)
        conn.execute(update(RECIPIENTS).values(outcome="opened"))
        conn.execute(update(ISSUES).values(state="cancelled"))
        assert to_settle(conn, CHANNELS) == [] and settle_batch(conn, "n1")
        assert {row.outcome for row in rows(conn).values()} == {"opened"}, "it is not sent further, but may be read"
        conn.execute(update(ISSUES).values(state="withdrawn"))
        assert to_settle(conn, CHANNELS) == ["n1"]
        assert not settle_batch(conn, "n1", 4)
        while not settle_batch(conn, "n1", 4):
            pass
        assert {row.outcome for row in rows(conn).values()} == {"cancelled"}


def test_a_row_that_is_claimed_while_an_issue_is_settled_stays_in_hand(postgres_database: Database) -> None:
    database, r = postgres_database, RECIPIENTS.c
    with database.write() as conn:
        reader(conn, "anna")
        issue(conn, state="cancelled")
        values = {"issue_id": "n1", "person_id": "anna", "channel": "telegram", "language": "it", "outcome": "todo"}
        conn.execute(insert(RECIPIENTS).values(**values, due_at=NOW))
    settled = threading.Event()

    def settle() -> None:
        with database.write() as conn:
            settle_batch(conn, "n1")
        settled.set()

    with database.write() as claiming:
        claiming.execute(update(RECIPIENTS).where(r.person_id == "anna").values(outcome="sending"))
        thread = threading.Thread(target=settle)
        thread.start()
        assert not settled.wait(0.5), "it waits for the claim"
    thread.join(10)
    with database.read() as conn:
        assert rows(conn)["anna"].outcome == "sending"
