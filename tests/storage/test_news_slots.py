"""Slots: each is taken once whatever the number of processes; what is late is caught up or skipped by the rule."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from conversations.news.calendar import Rule, last_slot, next_slot, read_rule
from storage.db import Database
from storage.news.issues import ISSUES, SLOTS
from storage.news.slots import Begun, begin_due, monthly_slot, take_slot
from tests.storage.news_readers import NOW, ROME, issue

RULE = read_rule("2 tue 12:30")
SKIP = read_rule("2 tue 12:30 skip")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TASKS = 8


def race(nodes: list[Database], take: Callable[[Connection, int], bool]) -> int:
    """How many of the processes believe that the slot is theirs; they start at the same moment."""
    start = threading.Barrier(len(nodes))

    def one(number: int) -> bool:
        start.wait()
        with nodes[number].write() as conn:
            return take(conn, number)

    with ThreadPoolExecutor(len(nodes)) as pool:
        return sum(pool.map(one, range(len(nodes))))


def test_of_many_processes_that_want_a_slot_exactly_one_has_it(
    database: Database, another: Callable[[], Database]
) -> None:
    nodes = [another() for _ in range(TASKS)]
    for day in range(5):
        slot = NOW + timedelta(days=day)
        assert race(nodes, lambda conn, number, slot=slot: take_slot(conn, "x", slot, slot, f"{number}")) == 1
    with database.read() as conn:
        assert len(conn.execute(select(SLOTS)).all()) == 5


def test_without_the_unique_row_the_same_processes_do_race(
    postgres_database: Database, another_of: Callable[[Database], Database]
) -> None:
    """The control: looking first and writing then is what a shared job store does."""
    nodes, looked = [another_of(postgres_database) for _ in range(2)], threading.Barrier(2)

    def careless(conn: Connection, number: int) -> bool:
        free = conn.execute(select(SLOTS).where(SLOTS.c.slot == NOW)).first() is None
        looked.wait()
        # the number in the name stands for a table without the unique row
        row = {"schedule": f"x{number}", "slot": NOW, "taken_at": NOW, "node": f"{number}", "outcome": ""}
        conn.execute(insert(SLOTS).values(**row))
        return free

    assert race(nodes, careless) == 2


@pytest.fixture
def another_of() -> Iterator[Callable[[Database], Database]]:
    made: list[Database] = []

    def again(database: Database) -> Database:
        made.append(Database(database.engine.url.render_as_string(hide_password=False), database.keys))
        return made[-1]

    yield again
    for one in made:
        one.close()


def begun(conn: Connection, at: datetime, rule: Rule | None = RULE) -> list[Begun]:
    return begin_due(conn, at, rule, ROME)


def state(conn: Connection, key: str = "n1") -> tuple[str, datetime | None]:
    row = conn.execute(select(ISSUES.c.state, ISSUES.c.started_at).where(ISSUES.c.id == key)).one()
    return row.state, row.started_at


def scheduled(conn: Connection, key: str = "n1", at: datetime = NOW, standing: bool = False) -> str:
    return issue(
        conn, key, "scheduled", scheduled_at=at, scheduled_by="marta", standing=standing, started_at=None
    )


def test_an_issue_begins_when_its_moment_has_come_and_once(database: Database) -> None:
    with database.write() as conn:
        scheduled(conn)
        assert begun(conn, NOW - SECOND) == []
        assert begun(conn, NOW + SECOND) == [Begun("n1", "started", "marta")]
        assert state(conn) == ("sending", NOW + SECOND)
        assert begun(conn, NOW + HOUR) == []


def test_of_many_processes_one_begins_an_issue(database: Database, another: Callable[[], Database]) -> None:
    with database.write() as conn:
        scheduled(conn)
    nodes = [another() for _ in range(TASKS)]
    assert race(nodes, lambda conn, number: bool(begun(conn, NOW))) == 1


def test_an_issue_with_a_date_of_its_own_is_sent_up_to_two_days_late(sqlite: Database) -> None:
    with sqlite.write() as conn:
        scheduled(conn)
        assert begun(conn, NOW + 48 * HOUR, SKIP) == [Begun("n1", "started", "marta")]


def test_an_issue_whose_own_date_is_long_past_waits_for_a_person(database: Database) -> None:
    with database.write() as conn:
        scheduled(conn)
        assert begun(conn, NOW + 48 * HOUR + SECOND) == [Begun("n1", "skipped", "marta")]
        assert begun(conn, NOW + 72 * HOUR) == []
        assert conn.execute(select(ISSUES.c.state, ISSUES.c.scheduled_at)).all() == [("approved", None)]


def test_a_standing_issue_is_caught_up_within_the_time_of_its_rule(sqlite: Database) -> None:
    with sqlite.write() as conn:
        scheduled(conn, standing=True)
        assert begun(conn, NOW + 48 * HOUR)[0].what == "started"


def test_a_standing_issue_that_is_too_late_goes_out_at_the_next_slot(database: Database) -> None:
    with database.write() as conn:
        scheduled(conn, standing=True)
        at = NOW + 48 * HOUR + SECOND
        december = next_slot(RULE, at, ROME)
        assert begun(conn, at) == [Begun("n1", "skipped", "marta", december)]
        assert begun(conn, at) == []
        assert begun(conn, december) == [Begun("n1", "started", "marta")]


def test_a_rule_that_skips_still_sends_when_the_clock_ticks_a_little_late(sqlite: Database) -> None:
    with sqlite.write() as conn:
        scheduled(conn, standing=True)
        scheduled(conn, "n2", standing=True)
        assert [one.what for one in begun(conn, NOW + 59 * SECOND, SKIP)] == ["started", "started"]
        scheduled(conn, "n3", standing=True)
        assert begun(conn, NOW + 301 * SECOND, SKIP)[0].what == "skipped"


def test_a_standing_issue_whose_rule_was_taken_away_is_sent(sqlite: Database) -> None:
    with sqlite.write() as conn:
        scheduled(conn, standing=True)
        assert begun(conn, NOW + 100 * HOUR, None)[0].what == "started"


def looked(conn: Connection, at: datetime, rule: Rule = RULE, node: str = "a") -> str:
    return monthly_slot(conn, at, rule, ROME, node)


def test_the_slots_before_the_first_look_are_none_of_ours(sqlite: Database) -> None:
    with sqlite.write() as conn:
        assert looked(conn, NOW + timedelta(days=10)) == ""
        assert looked(conn, NOW + timedelta(days=10)) == ""
        assert looked(conn, next_slot(RULE, NOW, ROME)) == "empty"


def test_a_new_rule_has_slots_of_its_own_and_none_of_them_was_missed(sqlite: Database) -> None:
    with sqlite.write() as conn:
        looked(conn, NOW)
        friday = read_rule("1 fri 18:30")
        assert looked(conn, NOW + 24 * HOUR, friday) == ""
        assert looked(conn, next_slot(friday, NOW + 24 * HOUR, ROME), friday) == "empty"
        patient = read_rule("1 fri 18:30 catch-up 12h")
        assert looked(conn, next_slot(friday, NOW + 24 * HOUR, ROME), patient) == "", "the same slots"


def test_a_slot_is_ready_empty_or_missed_and_told_once(database: Database) -> None:
    with database.write() as conn:
        december, january, february = _slots(conn)
        scheduled(conn, at=december, standing=True)
        begun(conn, december)
        assert looked(conn, december + SECOND) == "ready"
        assert looked(conn, december + HOUR, node="b") == ""
        cancelled = scheduled(conn, "n2", at=january, standing=True)
        conn.execute(ISSUES.update().where(ISSUES.c.id == cancelled).values(state="cancelled"))
        scheduled(conn, "n3", at=january)
        assert looked(conn, january + 47 * HOUR) == "empty", "a cancelled one, and one with a date of its own"
        assert looked(conn, february + 49 * HOUR) == "missed"
        assert looked(conn, february + 50 * HOUR) == ""
        assert last_slot(RULE, february, ROME) == february


def _slots(conn: Connection) -> list[datetime]:
    looked(conn, NOW)
    slots = [NOW]
    while len(slots) < 4:
        slots.append(next_slot(RULE, slots[-1], ROME))
    return slots[1:]


def test_of_many_processes_one_tells_of_an_empty_slot(database: Database, another: Callable[[], Database]) -> None:
    with database.write() as conn:
        december = _slots(conn)[0]
    nodes = [another() for _ in range(TASKS)]
    assert race(nodes, lambda conn, number: looked(conn, december, node=f"{number}") == "empty") == 1
