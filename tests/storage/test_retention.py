"""The night's run removes exactly what policy P12 says, on the day it says and not a day before (T8)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from conversations.events import Address
from storage import events, forms, network, outbox, people, retention, tickets, timers
from storage.db import Database
from storage.people import PEOPLE
from tests.storage.dump import rows
from tests.storage.lives import AnswerRow, sensitive

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Arrange = Callable[[Connection, datetime], None]
Seen = dict[str, list[dict[str, object]]]


def member(conn: Connection, at: datetime, name: str = "bianca") -> None:
    people.add_guest(conn, name, "it", at)
    people.save_state(conn, name, {"v": 1}, at)
    people.add_membership(conn, name, None, "worker", "employee", at)


def run(conn: Connection, closes_at: datetime, finished: bool, at: datetime) -> None:
    member(conn, NOW)
    forms.open_wave(conn, "w", "needs", "1", closes_at - timedelta(days=60), closes_at)
    forms.start_run(conn, "r", "bianca", "w", "1", {"answers": ["a"]}, at)
    if finished:
        answers = [AnswerRow("q", "q", "text", "a", "G"), sensitive("a")]
        forms.finish_run(conn, "r", {"answers": ["a"]}, answers, at)


def unfinished(conn: Connection, at: datetime) -> None:
    run(conn, NOW + timedelta(days=9), False, at)


def of_a_wave(conn: Connection, at: datetime) -> None:
    run(conn, at, True, at)


def guest(conn: Connection, at: datetime) -> None:
    people.add_guest(conn, "ospite", "it", at)
    people.add_address(conn, "ospite", Address("telegram", "1"), "h", at)


def guest_who_waits_for_an_answer(conn: Connection, at: datetime) -> None:
    guest(conn, at)
    tickets.open_ticket(conn, "t", "ospite", "domanda", at)


def spoken(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    post = outbox.Post("bianca", 1, "telegram", 0, {"message": {"body": []}, "language": "it"})
    number, _ = outbox.put(conn, post, at, "node")
    outbox.mark_sent(conn, [(number, "ref")], at)


def parked(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    post = outbox.Post("bianca", 1, "whatsapp", 1, {"message": {"body": []}, "language": "it"})
    number, _ = outbox.put(conn, post, at, "node")
    outbox.park(conn, number, "ref", at)


def unsent(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    outbox.put(conn, outbox.Post("bianca", 1, "telegram", 0, {"message": {}}), at, "")


def worked(conn: Connection, at: datetime) -> None:
    events.note(conn, "telegram", "1", "Said", at)


def dead(conn: Connection, at: datetime) -> None:
    events.bury(conn, "telegram", "1", "Said", {"x": 1}, "e", at)


def code(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    network.add_link_code(conn, "l", "h", "bianca", at)


def withdrawn(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    for given, when in ((True, at - timedelta(days=99)), (False, at)):
        for purpose in ("newsletter", "offers"):
            people.record_consent(conn, "bianca", purpose, given, "1", "it", "telegram", when)
    people.record_consent(conn, "bianca", "service", False, "1", "it", "telegram", at)


def only_offers_withdrawn(conn: Connection, at: datetime) -> None:
    given_and_kept(conn, at)
    people.record_consent(conn, "bianca", "offers", False, "1", "it", "telegram", at)


def given_and_kept(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    people.record_consent(conn, "bianca", "newsletter", True, "1", "it", "telegram", at)


def taken_back_and_given_again(conn: Connection, at: datetime) -> None:
    member(conn, NOW)
    for given in (True, False, True):
        people.record_consent(conn, "bianca", "newsletter", given, "1", "it", "telegram", at)


def quiet_member(conn: Connection, at: datetime) -> None:
    member(conn, at)
    timers.set_timer(conn, "bianca", "needs:remind", "r", NOW + timedelta(days=9), {})


def finish_of_sensitive(before: Seen) -> Seen:
    runs = [row | {"state": {}} for row in before["run"]]
    return before | {"answer": [row for row in before["answer"] if row["privacy"] != "S"], "run": runs}


def without(*names: str) -> Callable[[Seen], Seen]:
    return lambda before: before | {name: [] for name in names}


def changed(name: str, **values: object) -> Callable[[Seen], Seen]:
    return lambda before: before | {name: [row | values for row in before[name]]}


def services_only(before: Seen) -> Seen:
    return before | {"consent": [row for row in before["consent"] if row["purpose"] == "service"]}


def no_offers(before: Seen) -> Seen:
    return before | {"consent": [row for row in before["consent"] if row["purpose"] != "offers"]}


@pytest.mark.parametrize(
    ("arrange", "term", "expected"),
    [
        (unfinished, timedelta(days=30), without("run")),
        (of_a_wave, timedelta(days=92), finish_of_sensitive),
        (of_a_wave, timedelta(days=183), without("run", "answer")),
        (guest, timedelta(days=90), without("person", "address")),
        (spoken, timedelta(days=7), changed("outbox", body=None)),
        (spoken, timedelta(days=90), without("outbox")),
        (parked, timedelta(days=90), without("outbox")),
        (worked, timedelta(days=30), without("event")),
        (dead, timedelta(days=90), without("event")),
        (code, timedelta(days=30), without("link_code")),
        (withdrawn, timedelta(days=731), services_only),
        (only_offers_withdrawn, timedelta(days=731), no_offers),
        (quiet_member, timedelta(days=90), changed("person", state=None)),
    ],
)
def test_what_is_older_than_its_term_goes_and_what_is_not_stays(
    database: Database, arrange: Arrange, term: timedelta, expected: Callable[[Seen], Seen]
) -> None:
    with database.write() as conn:
        arrange(conn, NOW - term)
    shorter = rows(database)
    with database.write() as conn:
        retention.retain(conn, NOW - timedelta(days=1))
    day_before = rows(database)
    with database.write() as conn:
        retention.retain(conn, NOW)
    assert rows(database) == day_before, "exactly at its term it is still here"
    with database.write() as conn:
        gone = retention.retain(conn, NOW + SECOND)
    after = rows(database)
    recorded = after.pop("audit")
    day_before.pop("audit")
    assert after == expected(day_before)
    assert after != day_before
    # and the earlier terms of the same thing had their effect before, nothing else had
    assert {name for name in shorter if name != "audit" and shorter[name] != day_before[name]} <= {"outbox", "answer",
                                                                                                    "run"}
    assert not any(str(value) in repr(recorded) for value in ("bianca", "ospite"))
    assert gone.runs + gone.answers + gone.guests + gone.messages + gone.events + gone.codes >= 0


@pytest.mark.parametrize(
    "arrange",
    [guest_who_waits_for_an_answer, unsent, given_and_kept, taken_back_and_given_again],
)
def test_what_has_no_term_stays_for_years(database: Database, arrange: Arrange) -> None:
    with database.write() as conn:
        arrange(conn, NOW - timedelta(days=2000))
        conn.execute(update(PEOPLE).where(PEOPLE.c.id == "bianca").values(seen_at=NOW))
    before = rows(database)
    with database.write() as conn:
        retention.retain(conn, NOW)
        if arrange is guest_who_waits_for_an_answer:
            assert conn.execute(select(PEOPLE.c.id)).scalars().all() == ["ospite"]
    assert rows(database) == before


def test_the_second_run_of_a_night_finds_nothing_to_remove(database: Database) -> None:
    with database.write() as conn:
        of_a_wave(conn, NOW - timedelta(days=200))
        guest(conn, NOW - timedelta(days=200))
        first, second = retention.retain(conn, NOW), retention.retain(conn, NOW)
    assert (first.runs, first.answers, first.guests) == (1, 2, 1)
    assert second == retention.Gone(0, 0, 0, 0, 0, 0)
