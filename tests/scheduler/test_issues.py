"""Issues begin on time, recipients get rows batch by batch while people are answered, the office hears of it."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from conversations.news.calendar import next_slot, read_rule
from scheduler.issues import begin_issues, enqueue_issues, expire_digests
from storage import people
from storage.crypto import KeyRing
from storage.db import Database
from storage.lanes import Lanes
from storage.news import results
from storage.news.issues import ISSUES, ITEMS
from storage.news.recipients import RECIPIENTS
from storage.news.starting import EMPTY, MISSED, SKIPPED
from storage.timers import TIMERS, Timer, due
from tests.storage.news_readers import CHANNELS, NOW, ROME, issue, reader, rows

RULE = read_rule("2 tue 12:30")
DECEMBER = next_slot(RULE, NOW, ROME)
HOUR = timedelta(hours=1)


def office(conn: Connection) -> None:
    roles = {"marta": "coordinator", "sara": "coordinator", "dario": "editor", "elena": "welfare_manager"}
    for name, role in roles.items():
        reader(conn, name, yes=None)
        people.add_membership(conn, name, None, role, "", NOW)


def scheduled(conn: Connection, at: datetime, standing: bool = True, by: str = "marta") -> None:
    issue(conn, state="scheduled", scheduled_at=at, standing=standing, started_at=None, scheduled_by=by)


def told(conn: Connection) -> dict[str, list[Timer]]:
    found: dict[str, list[Timer]] = {}
    for timer in due(conn, NOW + timedelta(days=400)):
        found.setdefault(timer.kind, []).append(timer)
    return found


async def begin(lanes: Lanes, at: datetime) -> list[str]:
    return [one.what for one in await begin_issues(lanes, at, RULE, ROME, "a")]


async def test_an_issue_begins_and_everybody_it_is_for_has_a_row(database: Database) -> None:
    lanes = Lanes(database)

    def job(conn: Connection) -> None:
        for number in range(25):
            reader(conn, f"p{number:02}", yes=number % 5 != 0)
        scheduled(conn, NOW, standing=False)

    await lanes.run(job)
    assert await enqueue_issues(lanes, CHANNELS, NOW, ROME) == 0, "it has not begun"
    assert await begin(lanes, NOW) == ["started"]
    assert await enqueue_issues(lanes, CHANNELS, NOW, ROME, size=10) == 3
    assert await enqueue_issues(lanes, CHANNELS, NOW, ROME, size=10) == 0
    with database.read() as conn:
        assert len(rows(conn)) == 20 and conn.execute(select(ISSUES.c.enqueued)).scalar_one()
    await lanes.close()


async def test_people_are_answered_between_two_batches(sqlite: Database) -> None:
    lanes = Lanes(sqlite)

    def job(conn: Connection) -> None:
        for number in range(60):
            reader(conn, f"p{number:02}")
        issue(conn)

    await lanes.run(job)
    enqueuing = asyncio.create_task(enqueue_issues(lanes, CHANNELS, NOW, ROME, size=5))
    there: list[int] = []
    count = select(RECIPIENTS.c.id)
    while not enqueuing.done():
        there.append(await lanes.run(lambda conn: len(conn.execute(count).all())))
    assert 3 < len(set(there)) and max(there) <= 60, "answers came while some had their rows and others had not"
    await lanes.close()


async def test_three_processes_at_once_leave_nobody_out_and_none_of_them_fails(
    postgres_database: Database, keys: KeyRing
) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    nodes = [Database(url, keys) for _ in range(3)]
    with postgres_database.write() as conn:
        for number in range(60):
            reader(conn, f"p{number:02}")
        issue(conn)
    lanes = [Lanes(node) for node in nodes]
    async with asyncio.timeout(30):
        while not await _enqueued(lanes[0]):
            await asyncio.gather(*(enqueue_issues(one, CHANNELS, NOW, ROME, size=3) for one in lanes))
    with postgres_database.read() as conn:
        assert len(rows(conn)) == 60
    for one in lanes:
        await one.close()
    for node in nodes:
        node.close()


async def _enqueued(lanes: Lanes) -> bool:
    return bool(await lanes.run(lambda conn: conn.execute(select(ISSUES.c.enqueued)).scalar_one()))


async def test_who_waits_for_a_cancelled_issue_waits_no_more(sqlite: Database) -> None:
    lanes = Lanes(sqlite)

    def job(conn: Connection) -> None:
        for number in range(25):
            reader(conn, f"p{number:02}")
        issue(conn)

    await lanes.run(job)
    await enqueue_issues(lanes, CHANNELS, NOW, ROME)
    await lanes.run(lambda conn: conn.execute(update(ISSUES).values(state="cancelled")).rowcount)
    assert await enqueue_issues(lanes, CHANNELS, NOW, ROME, size=10) == 3
    with sqlite.read() as conn:
        assert {row.outcome for row in rows(conn).values()} == {"cancelled"}
    assert await enqueue_issues(lanes, CHANNELS, NOW, ROME) == 0
    await lanes.close()


async def test_coordinators_and_who_scheduled_it_hear_that_a_standing_issue_was_too_late(sqlite: Database) -> None:
    lanes = Lanes(sqlite)
    await lanes.run(office)
    await lanes.run(lambda conn: reader(conn, "left", yes=None))
    await lanes.run(lambda conn: scheduled(conn, NOW, by="left"))
    assert await begin(lanes, NOW + 49 * HOUR) == ["skipped"]
    with sqlite.read() as conn:
        (timers,) = told(conn).values()
    assert [(one.kind, one.person_id, one.subject) for one in timers] == [
        (SKIPPED, "left", "n1"),
        (SKIPPED, "marta", "n1"),
        (SKIPPED, "sara", "n1"),
    ]
    assert datetime.fromisoformat(str(timers[0].payload["next"])) == DECEMBER
    await lanes.close()


@pytest.mark.parametrize(("late", "kind"), [(timedelta(), EMPTY), (47 * HOUR, EMPTY), (49 * HOUR, MISSED)])
async def test_the_newsroom_hears_once_of_a_slot_nothing_waited_for(
    sqlite: Database, late: timedelta, kind: str
) -> None:
    lanes = Lanes(sqlite)
    await lanes.run(office)
    await begin(lanes, NOW)
    for _ in range(3):
        await begin(lanes, DECEMBER + late)
    with sqlite.read() as conn:
        found = told(conn)
    assert {one: [timer.person_id for timer in timers] for one, timers in found.items()} == {
        kind: ["dario", "marta", "sara"]
    }
    timer = found[kind][0]
    assert timer.subject == "2026-12-08" and datetime.fromisoformat(str(timer.payload["slot"])) == DECEMBER
    assert datetime.fromisoformat(str(timer.payload["next"])) > DECEMBER + late
    await lanes.close()


async def test_a_slot_something_goes_out_at_is_told_to_nobody(sqlite: Database) -> None:
    lanes = Lanes(sqlite)
    await lanes.run(office)
    await begin(lanes, NOW)
    await lanes.run(lambda conn: scheduled(conn, DECEMBER))
    assert await begin(lanes, DECEMBER) == ["started"]
    with sqlite.read() as conn:
        assert conn.execute(select(TIMERS)).all() == []
    await lanes.close()


async def test_without_a_rule_there_is_no_slot(sqlite: Database) -> None:
    lanes = Lanes(sqlite)
    await lanes.run(office)
    for at in (NOW, DECEMBER):
        assert await begin_issues(lanes, at, None, ROME, "a") == []
    with sqlite.read() as conn:
        assert conn.execute(select(TIMERS)).all() == []
    await lanes.close()


async def test_a_digest_nobody_asked_for_in_seven_days_is_offered_no_more(sqlite: Database) -> None:
    lanes = Lanes(sqlite)

    def job(conn: Connection) -> None:
        issue(conn)
        for name, days in (("late", 8), ("early", 6)):
            reader(conn, name, "whatsapp")
            values = {"issue_id": "n1", "person_id": name, "channel": "whatsapp", "language": "it"}
            opened = {"outcome": "opened", "due_at": NOW, "opened_at": NOW - timedelta(days=days)}
            conn.execute(insert(RECIPIENTS).values(**values, **opened))

    await lanes.run(job)
    assert await expire_digests(lanes, NOW) == 1
    with sqlite.read() as conn:
        assert {who: row.outcome for who, row in rows(conn).items()} == {"late": "expired", "early": "opened"}
    await lanes.close()


@pytest.mark.parametrize(("late", "state"), [(0, "sending"), (1, "sending"), (2, "paused")])
async def test_an_issue_that_begins_when_nothing_of_it_is_true_any_more_is_paused_and_told(
    sqlite: Database, late: int, state: str
) -> None:
    lanes, at = Lanes(sqlite), NOW + timedelta(days=late)

    def job(conn: Connection) -> None:
        office(conn)
        scheduled(conn, NOW, standing=False)
        text = {"it": "x"}
        for place, days in enumerate((0, 1)):
            row = {"id": f"i{place}", "position": place, "title": text, "sentence": text}
            expires = (NOW + timedelta(days=days)).date()
            conn.execute(insert(ITEMS).values(issue_id="n1", expires=expires, **row))

    await lanes.run(job)
    assert await begin(lanes, at) == ["started"]
    with sqlite.read() as conn:
        row = conn.execute(select(ISSUES.c.state, ISSUES.c.stopped_why)).one()
        told_to = {timer.person_id for timer in told(conn).get(results.ISSUE_STOPPED, ())}
    stops = state == "paused"
    assert row == (state, "expired" if stops else "") and told_to == ({"marta", "sara"} if stops else set())
    await lanes.close()
