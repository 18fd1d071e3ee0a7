"""The newsletter's rows on both databases: one run per channel, fenced claims and records, reports by rank."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from storage import people, timers
from storage.db import Conflict, Database
from storage.news import claims, results, runs
from storage.news.claims import Claimed, Terms
from storage.news.recipients import RECIPIENTS, RUNS
from storage.news.results import Result
from storage.outbox import NODES, beat
from storage.privacy import erase
from tests.office import NOW
from tests.readers import (
    ISSUE,
    OFFICE,
    add_address,
    add_issue,
    add_office,
    add_readers,
    add_rows,
    issue_row,
    outcomes,
    row,
    set_issue,
)

TELEGRAM = ("telegram", "whatsapp")
SECOND = timedelta(seconds=1)
LOST = timedelta(seconds=20)
DAY = timedelta(hours=24)


def fill(database: Database, count: int = 5, channel: str = "telegram", **more: Any) -> list[str]:
    with database.write() as conn:
        add_office(conn, NOW)
        add_issue(conn, NOW, **more)
        numbers = [f"+1202555{n:04d}" for n in range(100, 100 + count)]
        persons = add_readers(conn, database.keys, numbers, NOW, channel)
        add_rows(conn, persons, NOW)
        beat(conn, "node", NOW)
        return persons


def take(database: Database, token: str, at: datetime = NOW, channel: str = "telegram") -> runs.Taken | None:
    with database.write() as conn:
        return runs.take_run(conn, channel, token, "node", at, at - LOST)


def claim(
    database: Database, token: str, room: int = 5, at: datetime = NOW, channel: str = "telegram",
    openers: int | None = None,
) -> list[Claimed]:
    with database.write() as conn:
        assert runs.renew(conn, channel, token, at, 1.0)
        return claims.claim(conn, Terms(channel, token, TELEGRAM, room, (), openers, at + DAY), at).found


def record(database: Database, token: str, result: Result) -> bool:
    with database.write() as conn:
        return results.record(conn, token, result, TELEGRAM, NOW)


def report(database: Database, key: int, ref: str, status: Any, code: str = "", again: str = "") -> bool:
    with database.write() as conn:
        return results.report(conn, "whatsapp", key, ref, status, code, "why", again, TELEGRAM, NOW)


def test_a_channel_has_one_run_and_a_silent_one_is_replaced(database: Database) -> None:
    fill(database)
    assert take(database, "one") == runs.Taken(0, None)
    assert take(database, "two") is None
    assert take(database, "two", NOW + LOST) is None
    assert take(database, "two", NOW + LOST + SECOND) == runs.Taken(0, None)
    with database.write() as conn:
        assert not runs.renew(conn, "telegram", "one", NOW, 0.0), "it was replaced"
        assert runs.renew(conn, "telegram", "two", NOW, 0.0)
        runs.leave(conn, "telegram", "two")
        assert not runs.renew(conn, "telegram", "two", NOW, 0.0)
    assert take(database, "three", NOW) is not None
    with database.read() as conn:
        assert conn.execute(select(RUNS.c.restarts)).scalar_one() == 2


def test_a_run_whose_process_has_left_is_replaced_at_once(database: Database) -> None:
    fill(database)
    take(database, "one")
    with database.write() as conn:
        conn.execute(NODES.delete())
    assert take(database, "two") is not None


def test_a_process_that_freezes_in_its_transaction_holds_nobody_up(postgres_database: Database) -> None:
    database = postgres_database
    fill(database)
    take(database, "one")
    frozen = database.engine.connect()
    runs.hold_nobody_up(frozen, 0.1)
    assert runs.renew(frozen, "telegram", "one", NOW, 0.0)
    assert take(database, "two", NOW + LOST + SECOND) is not None, "its lock is gone with its transaction"
    with pytest.raises(DBAPIError):
        frozen.execute(select(RUNS))
    frozen.invalidate()
    frozen.close()


def test_of_many_who_want_a_channel_one_gets_it(database: Database, another: Callable[[], Database]) -> None:
    fill(database)
    take(database, "first")
    others = [another() for _ in range(4)]

    def race(number: int) -> bool:
        return take(others[number], f"racer-{number}", NOW + LOST + SECOND) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(race, range(4))) == 1


def test_the_very_first_run_of_a_channel_is_begun_once_or_again_after_a_conflict(
    database: Database, another: Callable[[], Database]
) -> None:
    fill(database)
    others = [another() for _ in range(4)]

    def race(number: int) -> str:
        try:
            return "taken" if take(others[number], f"racer-{number}") else "elsewhere"
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(race, range(4))).count("taken") == 1


def test_no_two_claims_hold_the_same_row(database: Database, another: Callable[[], Database]) -> None:
    fill(database, 40)
    take(database, "one")
    others = [another() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: claim(others[number], "one", 10), range(4)))
    keys = [one.id for part in found for one in part]
    assert len(keys) == len(set(keys)) == 40


def test_what_a_dead_run_had_in_hand_is_free_again_with_its_doubt(database: Database) -> None:
    persons = fill(database, 3)
    take(database, "one")
    claim(database, "one", 2)
    assert take(database, "two", NOW + DAY) == runs.Taken(2, None)
    assert outcomes(database) == {"todo": 3} and [row(database, p).doubts for p in persons] == [1, 1, 0]
    assert not record(database, "one", Result(row(database, persons[0]).id, "sent", ref="late")), "it does not count"
    assert outcomes(database) == {"todo": 3}


@pytest.mark.parametrize("more", [{"at_most_once": True}, {"state": "sending"}])
def test_what_was_in_hand_of_an_issue_that_must_not_repeat_is_parked(
    database: Database, more: dict[str, Any]
) -> None:
    fill(database, 3, **more)
    take(database, "one")
    claim(database, "one", 2)
    if "at_most_once" not in more:
        with database.write() as conn:
            set_issue(conn, state="cancelled")
    take(database, "two", NOW + DAY)
    assert outcomes(database) == {"doubtful": 2, "todo": 1}


def test_channels_without_a_run_are_those_with_something_due_or_left_in_hand(database: Database) -> None:
    fill(database, 2)

    def without(at: datetime = NOW) -> list[str]:
        with database.read() as conn:
            return runs.channels_without_a_run(conn, TELEGRAM, at, at - LOST)

    assert without(NOW - SECOND) == [] and without() == ["telegram"]
    take(database, "one")
    assert without() == []
    claim(database, "one", 2)
    assert without(NOW + LOST + SECOND) == ["telegram"], "left in hand by a silent run"
    with database.write() as conn:
        runs.leave(conn, "telegram", "one")
        runs.hold(conn, "telegram", "one", NOW + DAY)
    assert without() == [] and without(NOW + DAY + SECOND) == ["telegram"], "the channel rested for a day"


def test_a_claim_looks_at_the_reader_in_the_same_transaction(database: Database) -> None:
    persons = fill(database, 6)
    with database.write() as conn:
        people.set_stopped(conn, persons[0], NOW)
        people.record_consent(conn, persons[1], "newsletter", False, "1", "it", "telegram", NOW)
        people.record_consent(conn, persons[2], "offers", False, "1", "it", "telegram", NOW)
        hers = update(people.ADDRESSES).where(people.ADDRESSES.c.person_id == persons[3])
        conn.execute(hers.values(blocked_at=NOW))
        moved = update(people.ADDRESSES).where(people.ADDRESSES.c.person_id == persons[4])
        conn.execute(moved.values(person_id=persons[5]))
        add_address(conn, database.keys, persons[4], "telegram", "9001", NOW)
    take(database, "one")
    found = {one.person_id: one.address.value for one in claim(database, "one", 10)}
    assert found == {persons[2]: "+12025550102", persons[4]: "9001", persons[5]: "+12025550105"}
    causes = {p: row(database, p).code for p in persons if row(database, p).outcome == "skipped"}
    assert causes == {persons[0]: "stopped", persons[1]: "opted_out", persons[3]: "unreachable"}


def test_what_is_in_hand_is_called_off_for_who_does_not_want_it_and_with_its_issue(database: Database) -> None:
    persons = fill(database, 5)
    take(database, "one")
    held = {one.person_id: one.id for one in claim(database, "one", 5)}

    def off() -> set[str]:
        with database.read() as conn:
            keys = set(claims.called_off(conn, list(held.values())))
        return {person for person, key in held.items() if key in keys}

    assert off() == set()
    with database.write() as conn:
        assert claims.called_off(conn, ()) == []
        people.set_stopped(conn, persons[0], NOW)
        people.record_consent(conn, persons[1], "newsletter", False, "1", "it", "telegram", NOW)
        people.record_consent(conn, persons[2], "offers", False, "1", "it", "telegram", NOW)
        erase(conn, persons[3], NOW)
    assert off() == {persons[0], persons[1], persons[3]}
    with database.write() as conn:
        set_issue(conn, state="paused")
    assert off() == set(persons)


def test_only_issues_that_are_being_sent_are_claimed(database: Database) -> None:
    fill(database, 2)
    take(database, "one")
    for state in ("paused", "cancelled", "scheduled", "sent", "withdrawn"):
        with database.write() as conn:
            set_issue(conn, state=state)
        assert claim(database, "one") == []
    with database.write() as conn:
        set_issue(conn, state="sending")
    assert len(claim(database, "one")) == 2


def test_openers_are_counted_by_person_in_a_moving_day_and_the_rest_waits(database: Database) -> None:
    with database.write() as conn:
        add_office(conn, NOW)
        beat(conn, "node", NOW)
        add_issue(conn, NOW)
        numbers = [f"+1202555{n:04d}" for n in range(100, 110)]
        add_rows(conn, add_readers(conn, database.keys, numbers, NOW, "whatsapp", NOW - 2 * DAY), NOW)
    take(database, "one", channel="whatsapp")
    found = claim(database, "one", 10, channel="whatsapp", openers=4)
    assert [one.opens for one in found] == [True] * 4
    waiting = [r for r in everybody(database) if r.outcome == "todo"]
    assert {r.due_at for r in waiting} == {NOW + DAY} and len(waiting) == 6
    for one in found:
        assert record(database, "one", Result(one.id, "opened", ref=f"SM{one.id}"))
    with database.read() as conn:
        assert claims.openers_used(conn, "whatsapp", NOW + SECOND) == (4, NOW)
        assert claims.openers_used(conn, "whatsapp", NOW + DAY + SECOND) == (0, None)


def everybody(database: Database) -> list[Any]:
    with database.read() as conn:
        return list(conn.execute(select(RECIPIENTS).order_by(RECIPIENTS.c.id)).all())


def test_putting_off_takes_only_those_who_need_an_opener(database: Database) -> None:
    fill(database, 3, "whatsapp")
    with database.write() as conn:
        people.close_window(conn, everybody(database)[0].address_id)
        until = NOW + DAY
        assert claims.wait_for_openers(conn, "whatsapp", NOW, until, 10) == 1
    assert [r.due_at for r in everybody(database)] == [NOW + DAY, NOW, NOW]


def sent_one(database: Database) -> Any:
    """A letter on WhatsApp that the provider has accepted."""
    [person] = fill(database, 1, "whatsapp")
    take(database, "one", channel="whatsapp")
    [one] = claim(database, "one", channel="whatsapp")
    assert record(database, "one", Result(one.id, "sent", ref="SM1"))
    return row(database, person)


def test_reports_raise_an_outcome_and_never_lower_it(database: Database) -> None:
    key = sent_one(database).id
    told = ("delivered", "sent", "read", "delivered", "failed")
    for status, expected in zip(told, ("delivered", "delivered", "read", "read", "read"), strict=True):
        assert report(database, key, "SM1", status)
        assert everybody(database)[0].outcome == expected
    found = everybody(database)[0]
    assert (found.sent_at, found.delivered_at, found.read_at) == (NOW, NOW, NOW)


def test_a_report_finds_its_row_by_reference_and_an_unknown_one_none(database: Database) -> None:
    sent_one(database)
    assert not report(database, 0, "SM9", "read") and not report(database, 999, "", "read")
    assert report(database, 0, "SM1", "read")
    assert everybody(database)[0].outcome == "read"


def test_a_report_that_comes_before_we_have_noted_the_sending_counts_and_is_not_undone(database: Database) -> None:
    [person] = fill(database, 1, "whatsapp")
    take(database, "one", channel="whatsapp")
    [one] = claim(database, "one", channel="whatsapp")
    assert report(database, one.id, "SM1", "delivered")
    assert not record(database, "one", Result(one.id, "sent", ref="SM1"))
    found = row(database, person)
    assert (found.outcome, found.ref, found.sent_at) == ("delivered", "SM1", NOW)


def test_a_report_resolves_a_doubt_and_stops_the_repeat(database: Database) -> None:
    [person] = fill(database, 1, "whatsapp")
    take(database, "one", channel="whatsapp")
    [one] = claim(database, "one", channel="whatsapp")
    take(database, "two", NOW + DAY, channel="whatsapp")
    assert row(database, person).outcome == "todo"
    report(database, one.id, "SM1", "delivered")
    assert row(database, person).outcome == "delivered" and claim(database, "two", channel="whatsapp") == []


def test_a_failure_keeps_its_cause_whatever_is_told_later(database: Database) -> None:
    key = sent_one(database).id
    report(database, key, "SM1", "failed", "63021")
    report(database, key, "SM1", "sent")
    found = everybody(database)[0]
    assert (found.outcome, found.code, found.reason) == ("failed", "63021", "why")


def test_a_late_word_that_the_window_was_closed_asks_for_the_opener(database: Database) -> None:
    sent = sent_one(database)
    report(database, sent.id, "SM1", "failed", "63016", "window")
    assert everybody(database)[0].outcome == "todo"
    [one] = claim(database, "one", channel="whatsapp")
    assert one.opens and one.attempts == 1


def test_metas_limit_told_late_is_tried_a_day_later_and_once(database: Database) -> None:
    key = sent_one(database).id
    report(database, key, "SM1", "failed", "63049", "later")
    assert (everybody(database)[0].outcome, everybody(database)[0].due_at) == ("todo", NOW + DAY)
    [one] = claim(database, "one", at=NOW + DAY, channel="whatsapp")
    record(database, "one", Result(one.id, "sent", ref="SM2"))
    report(database, key, "SM2", "failed", "63049", "later")
    assert everybody(database)[0].outcome == "failed"


def test_who_blocked_us_as_told_late_is_blocked_and_tried_elsewhere(database: Database) -> None:
    sent = sent_one(database)
    with database.write() as conn:
        add_address(conn, database.keys, sent.person_id, "telegram", "9001", NOW)
    report(database, sent.id, "SM1", "failed", "63014")
    moved = everybody(database)[0]
    assert (moved.outcome, moved.channel, moved.code) == ("todo", "telegram", "63014")
    with database.read() as conn:
        known = people.find_by_id(conn, sent.person_id, lock=False)
    assert known is not None and [a.blocked for a in known.addresses if a.channel == "whatsapp"] == [True]


def test_a_template_that_fails_late_stops_the_issue_and_leaves_nobody_out(database: Database) -> None:
    key = sent_one(database).id
    report(database, key, "SM1", "failed", "63028")
    assert issue_row(database).state == "paused" and everybody(database)[0].outcome == "todo"
    with database.read() as conn:
        [told] = timers.due(conn, NOW)
    assert (told.person_id, told.kind, told.subject) == (OFFICE, "newsdesk:stopped", ISSUE)


def test_an_issue_is_sent_when_nobody_waits_and_everybody_has_a_row(database: Database) -> None:
    persons = fill(database, 2, enqueued=False)
    take(database, "one")
    for one in claim(database, "one"):
        record(database, "one", Result(one.id, "sent", ref=str(one.id)))

    def finish() -> list[str]:
        with database.write() as conn:
            return results.finish(conn, NOW)

    assert finish() == [], "rows are still being added"
    with database.write() as conn:
        set_issue(conn, enqueued=True)
    assert finish() == [ISSUE] and finish() == []
    assert issue_row(database).state == "sent" and issue_row(database).ended_at == NOW
    assert len(persons) == 2
