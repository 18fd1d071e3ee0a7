"""The newsletter's run without a provider: order, refusals, opting out, pausing, and the end of an issue."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from scheduler import reactions
from scheduler.broadcast import RULES, Broadcast
from scheduler.bulk_rules import Rules
from scheduler.limits import Pace
from scheduler.sending import (
    Doubtful,
    Misconfigured,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from storage import people
from storage.content import Content
from storage.db import Database
from storage.news import results
from storage.news.recipients import RUNS
from storage.outbox import NODES
from storage.timers import TIMERS
from tests.office import NOW, Office, open_office
from tests.readers import (
    ISSUE,
    OFFICE,
    add_address,
    add_issue,
    add_office,
    add_readers,
    add_rows,
    digest,
    issue_row,
    opt_out,
    outcomes,
    row,
    set_issue,
)

ZONE = ZoneInfo("Europe/Rome")
DAY = timedelta(hours=24)


@pytest.fixture
async def office(sqlite: Database, content: Content) -> AsyncIterator[Office]:
    async with open_office(sqlite, content) as opened:
        # no test waits for a provider's limit
        opened.delivery.paces = {name: Pace(10_000, 1.0, 10_000.0) for name in ("telegram", "whatsapp")}
        yield opened


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries, shortened."""
    monkeypatch.setattr(reactions, "PAUSES", (0.001, 0.001, 0.001))


def engine(office: Office, **rules: Any) -> Broadcast:
    usual = {name: replace(rule, linger=0.0, **rules) for name, rule in RULES.items()}
    return Broadcast(office.delivery, digest, ZONE, usual)


async def prepare(office: Office, count: int, channel: str = "telegram", **more: Any) -> list[str]:
    """So many readers wait for the issue."""
    values = [f"{1001 + n}" for n in range(count)]

    def job(conn: Any) -> list[str]:
        add_office(conn, NOW)
        persons = add_readers(conn, office.database.keys, values, NOW, channel)
        add_issue(conn, NOW, **more)
        add_rows(conn, persons, NOW)
        return persons

    return await office.lanes.run(job)


async def one(office: Office, *trouble: SendError | None, channel: str = "telegram", **more: Any) -> Any:
    """What became of one reader whose letter met this trouble, when the run is over."""
    [person] = await prepare(office, 1, channel, **more)
    office.lines[channel].trouble.extend(trouble)
    assert await engine(office).run(channel) == "done"
    return row(office.database, person)


def rang(office: Office) -> list[tuple[str, str, str]]:
    """Who is told what of which issue."""
    with office.database.read() as conn:
        rows = conn.execute(select(TIMERS.c.person_id, TIMERS.c.kind, TIMERS.c.subject))
        return [(row.person_id, row.kind, row.subject) for row in rows]


def held(office: Office) -> Any:
    """Until when the channel rests, as everybody can see."""
    with office.database.read() as conn:
        return conn.execute(select(RUNS.c.held_until)).scalar_one()


async def test_everybody_is_sent_the_issue_once_and_the_office_hears_that_it_is_done(office: Office) -> None:
    await prepare(office, 40)
    assert await engine(office).run("telegram") == "done"
    assert outcomes(office.database) == {"sent": 40}
    assert sorted(to.address.value for _, to in office.line.sent) == [f"{1001 + n}" for n in range(40)]
    assert office.line.most_under_way <= 5
    assert issue_row(office.database).state == "sent" and issue_row(office.database).ended_at is not None
    assert rang(office) == [(OFFICE, "newsdesk:finished", ISSUE)]
    assert all(letter.number < 0 for letter, _ in office.line.sent), "its numbers are none of the outbox"


async def test_an_urgent_issue_goes_before_an_older_one_and_the_oldest_before_the_others(office: Office) -> None:
    persons = await prepare(office, 3, started_at=NOW)

    def job(conn: Any) -> None:
        add_issue(conn, NOW, "older", started_at=NOW - DAY)
        add_issue(conn, NOW, "alert", kind="urgent", started_at=NOW + DAY)
        add_rows(conn, persons, NOW, "older")
        add_rows(conn, persons, NOW, "alert")

    await office.lanes.run(job)
    await engine(office, hand=1).run("telegram")
    order = [letter.body[0].split()[1] for letter, _ in office.line.sent]
    assert order == ["alert"] * 3 + ["older"] * 3 + [ISSUE] * 3


async def test_whoever_is_due_later_is_not_sent_it_before(office: Office) -> None:
    persons = await prepare(office, 3)
    await office.lanes.run(lambda conn: add_issue(conn, NOW, "evening"))
    await office.lanes.run(lambda conn: add_rows(conn, persons[:1], NOW + timedelta(hours=6), "evening"))
    await engine(office).run("telegram")
    assert outcomes(office.database, "evening") == {"todo": 1}
    assert issue_row(office.database, "evening").state == "sending"
    office.now += timedelta(hours=6)
    broadcast = engine(office)
    assert await broadcast.due() == ["telegram"]
    await broadcast.run("telegram")
    assert outcomes(office.database, "evening") == {"sent": 1}


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("opts out", "opted_out"),
        ("stops us", "stopped"),
        ("never said yes", "opted_out"),
        ("blocked us everywhere", "unreachable"),
    ],
)
async def test_whoever_does_not_want_it_any_more_is_skipped_in_the_last_moment(
    office: Office, what: str, cause: str
) -> None:
    persons = await prepare(office, 6)
    office.line.gate = asyncio.Event()
    run = asyncio.create_task(engine(office, hand=2).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 2)
    last = persons[-1]

    def job(conn: Any) -> None:
        match what:
            case "opts out":
                opt_out(conn, last, office.now)
            case "stops us":
                people.set_stopped(conn, last, office.now)
            case "never said yes":
                conn.execute(people.CONSENTS.delete().where(people.CONSENTS.c.person_id == last))
            case _:
                hers = people.ADDRESSES.update().where(people.ADDRESSES.c.person_id == last)
                conn.execute(hers.values(blocked_at=NOW))

    await office.lanes.run(job)
    office.line.gate.set()
    await run
    assert outcomes(office.database) == {"sent": 5, "skipped": 1}
    assert row(office.database, last).code == cause
    assert issue_row(office.database).state == "sent"


async def test_whose_address_is_gone_gets_it_at_another_one_and_on_the_channel_where_that_is(office: Office) -> None:
    first, second = await prepare(office, 2)

    def job(conn: Any) -> None:
        add_address(conn, office.database.keys, first, "telegram", "7001", NOW)
        add_address(conn, office.database.keys, second, "whatsapp", "+12025550171", NOW, kind="phone")
        gone = people.ADDRESSES.c.value_hash.in_(
            [office.database.keys.hash("address", f"telegram:{v}") for v in ("1001", "1002")]
        )
        conn.execute(people.ADDRESSES.delete().where(gone))

    await office.lanes.run(job)
    broadcast = engine(office)
    await broadcast.run("telegram")
    assert office.line.texts("7001") != [] and row(office.database, second).channel == "whatsapp"
    assert await broadcast.due() == ["whatsapp"]
    await broadcast.run("whatsapp")
    assert office.lines["whatsapp"].sent[0][1].address.value == "+12025550171"
    assert outcomes(office.database) == {"sent": 2}


async def test_who_blocked_us_is_blocked_at_once_and_tried_on_her_other_channel(office: Office) -> None:
    [person] = await prepare(office, 1)

    def job(conn: Any) -> None:
        keys, earlier = office.database.keys, NOW - timedelta(hours=1)
        add_address(conn, keys, person, "whatsapp", "+12025550171", earlier, kind="phone")

    await office.lanes.run(job)
    office.line.trouble.append(Unreachable("blocked", "403"))
    broadcast = engine(office)
    await broadcast.run("telegram")
    known = office.person("1001")
    assert [a.blocked for a in known.addresses if a.channel == "telegram"] == [True]
    assert row(office.database, person).outcome == "todo" and row(office.database, person).code == "403"
    await broadcast.run("whatsapp")
    assert row(office.database, person).outcome == "sent" and len(office.lines["whatsapp"].sent) == 1


async def test_who_cannot_be_reached_anywhere_has_failed_with_the_cause(office: Office) -> None:
    found = await one(office, Unreachable("blocked", "403"))
    assert (found.outcome, found.code, found.reason, found.attempts) == ("failed", "403", "blocked", 1)
    assert issue_row(office.database).state == "sent"


async def test_a_provider_that_asks_to_wait_is_obeyed_by_the_whole_channel_and_costs_no_attempt(
    office: Office,
) -> None:
    await prepare(office, 12)
    office.line.trouble.extend([None, Throttled(0.3, "slow down", "429")])
    run = asyncio.create_task(engine(office, hand=1).run("telegram"))
    async with asyncio.timeout(5):
        while not (before := office.delivery.resting("telegram")):
            await asyncio.sleep(0.005)
    assert before <= 0.3
    await asyncio.sleep(before * 0.8)
    assert len(office.line.tried) == 2, "nothing leaves meanwhile, neither bulk nor replies"
    await run
    assert outcomes(office.database) == {"sent": 12} and len(office.line.tried) == 13
    assert row(office.database, "p1002").attempts == 0


async def test_a_long_pause_gives_the_rows_back_and_is_remembered_for_the_next_process(office: Office) -> None:
    await prepare(office, 3)
    office.line.trouble.append(Throttled(7200.0, "the account's day is full", "63038"))
    broadcast = engine(office, hand=1)
    run = asyncio.create_task(broadcast.run("telegram"))
    await office.line.until(lambda: office.line.tried)
    async with asyncio.timeout(5):
        while outcomes(office.database) != {"todo": 3} or held(office) is None:
            await asyncio.sleep(0.01)
    await broadcast.close(0.1)
    assert await run == "closed"
    office.delivery._held.clear()
    assert await engine(office).due() == [], "the pause is over in two hours"
    office.now += timedelta(hours=2, minutes=1)
    next_one = engine(office)
    assert await next_one.due() == ["telegram"]
    await next_one.run("telegram")
    assert outcomes(office.database) == {"sent": 3}


async def test_a_short_illness_of_the_provider_is_waited_out_in_hand(office: Office) -> None:
    found = await one(office, Unavailable("502", "502"), Unavailable("502", "502"), None)
    assert (found.outcome, found.attempts, found.doubts) == ("sent", 0, 0)


async def test_a_longer_illness_of_one_letter_is_waited_out_in_the_database_and_ends_with_its_cause(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "MOST_ATTEMPTS", 2)
    await prepare(office, 2)
    ill = [Unavailable("500", "500")] * 4
    office.line.trouble.extend([*ill])
    broadcast = engine(office, hand=1)
    await broadcast.run("telegram")
    waiting = row(office.database, "p1001")
    assert (waiting.outcome, waiting.attempts, waiting.code) == ("todo", 1, "500")
    assert waiting.due_at == NOW + timedelta(seconds=60) and outcomes(office.database)["sent"] == 1
    office.now += timedelta(seconds=61)
    office.line.trouble.extend(ill)
    await broadcast.run("telegram")
    assert outcomes(office.database) == {"sent": 1, "failed": 1}


async def test_what_may_have_been_sent_is_tried_again_and_counted(office: Office) -> None:
    found = await one(office, Doubtful("no answer", "no-answer"), None)
    assert (found.outcome, found.doubts) == ("sent", 1)


async def test_what_may_have_been_sent_thrice_is_parked_for_a_person_to_see(office: Office) -> None:
    found = await one(office, *[Doubtful("no answer", "no-answer")] * 3)
    assert (found.outcome, found.doubts, found.code) == ("doubtful", 3, "no-answer")


async def test_at_most_once_parks_the_first_doubt(office: Office) -> None:
    found = await one(office, Doubtful("no answer", "no-answer"), at_most_once=True)
    assert (found.outcome, found.doubts) == ("doubtful", 1)
    assert office.line.sent == [] and issue_row(office.database).state == "sent"


async def test_a_letter_refused_for_its_reader_alone_has_failed_with_the_cause(office: Office) -> None:
    await prepare(office, 3)
    office.line.trouble.append(Refused("a strange number", "35999"))
    await engine(office).run("telegram")
    assert outcomes(office.database) == {"sent": 2, "failed": 1}
    assert row(office.database, "p1001").reason == "a strange number"


@pytest.mark.parametrize(
    "error",
    [
        Misconfigured("the token is wrong", "401"),
        Refused("wrong number of template parameters", "63028"),
        Refused("the template is paused", "63041"),
    ],
)
async def test_what_everybody_would_meet_stops_the_issue_at_the_first_and_tells_the_office(
    office: Office, error: SendError
) -> None:
    await prepare(office, 20)
    office.line.trouble.append(error)
    await engine(office, hand=1).run("telegram")
    stopped = issue_row(office.database)
    assert stopped.state == "paused" and stopped.stopped_why == error.code
    assert outcomes(office.database) == {"todo": 20} and len(office.line.tried) == 1
    assert rang(office) == [(OFFICE, "newsdesk:stopped", ISSUE)]
    await office.lanes.run(lambda conn: set_issue(conn, state="sending"))
    await engine(office).run("telegram")
    assert outcomes(office.database) == {"sent": 20}, "resumed, nobody is left out"


async def test_an_issue_that_stops_is_given_back_while_another_one_goes_on(office: Office) -> None:
    persons = await prepare(office, 8)
    await office.lanes.run(lambda conn: add_issue(conn, NOW, "other", started_at=NOW + DAY))
    await office.lanes.run(lambda conn: add_rows(conn, persons, NOW, "other"))
    office.delivery.paces["telegram"] = Pace(30, 1.0, 25.0)
    office.line.trouble.append(Refused("the template is paused", "63041"))
    await engine(office, hand=5).run("telegram")
    found = outcomes(office.database)
    left = found.get("sent", 0)
    assert left <= 4 and found["todo"] == 8 - left, "at most what was in hand has left"
    assert outcomes(office.database, "other") == {"sent": 8}, "it goes on"
    assert issue_row(office.database).state == "paused" and issue_row(office.database, "other").state == "sent"


async def test_five_refusals_in_a_row_for_one_cause_are_nobodys_own(office: Office) -> None:
    await prepare(office, 20)
    office.line.trouble.extend([Refused("can't parse entities", "400")] * 20)
    await engine(office, hand=1).run("telegram")
    assert outcomes(office.database) == {"failed": 4, "todo": 16}
    assert issue_row(office.database).state == "paused"


async def test_an_issue_that_cannot_be_rendered_stops_and_says_so(office: Office) -> None:
    await prepare(office, 3)
    broadcast = engine(office)

    def broken(*_: object) -> Any:
        raise ZeroDivisionError("a bug")

    broadcast.digest = broken
    await broadcast.run("telegram")
    assert outcomes(office.database) == {"todo": 3} and office.line.tried == []
    assert issue_row(office.database).stopped_why == "bug"


async def test_metas_limit_for_one_person_is_tried_again_after_a_day_and_once(office: Office) -> None:
    await prepare(office, 1, "whatsapp")
    line, limit = office.lines["whatsapp"], Throttled(86_400, "marketing cap", "63049", whole_channel=False)
    line.trouble.append(limit)
    broadcast = engine(office, hours=(0, 24))
    await broadcast.run("whatsapp")
    assert row(office.database, "p1001").due_at == NOW + DAY and outcomes(office.database) == {"todo": 1}
    office.now += DAY
    line.trouble.append(limit)
    await broadcast.run("whatsapp")
    assert outcomes(office.database) == {"failed": 1} and line.sent == []


async def test_a_channel_that_is_crowded_again_and_again_rests_for_an_hour(office: Office) -> None:
    await prepare(office, 2, "whatsapp")
    line = office.lines["whatsapp"]
    line.trouble.extend([Throttled(0.01, "crowded", "63018")] * 3)
    broadcast = engine(office, hand=1, hours=(0, 24))
    run = asyncio.create_task(broadcast.run("whatsapp"))
    await line.until(lambda: len(line.tried) == 3)
    async with asyncio.timeout(5):
        while office.delivery.resting("whatsapp") < 3000:
            await asyncio.sleep(0.01)
    await broadcast.close(0.1)
    await run
    assert outcomes(office.database) == {"todo": 2}


async def test_a_closed_window_gets_the_opener_once_and_the_digest_waits_for_the_tap(office: Office) -> None:
    await prepare(office, 1, "whatsapp")
    line = office.lines["whatsapp"]
    line.closed = True
    line.trouble.append(WindowClosed("outside the window", "63016"))
    await engine(office, hours=(0, 24)).run("whatsapp")
    letter, to = line.sent[0]
    assert to.last_inbound is None and letter.opener is not None and not letter.opener.whole
    found = row(office.database, "p1001")
    assert (found.outcome, found.opened_at) == ("opened", NOW) and len(line.tried) == 2


async def test_an_opened_issue_that_nobody_asked_for_expires_after_seven_days(office: Office) -> None:
    await prepare(office, 1, "whatsapp")
    office.lines["whatsapp"].only_opener = True
    await engine(office, hours=(0, 24)).run("whatsapp")
    for days, expected in ((6, "opened"), (8, "expired")):
        at = NOW + timedelta(days=days)
        await office.lanes.run(lambda conn, at=at: results.expire_opened(conn, at))
        assert row(office.database, "p1001").outcome == expected


async def test_whatsapp_is_used_from_nine_to_six_only(office: Office) -> None:
    await prepare(office, 3, "whatsapp")
    office.now = NOW.replace(hour=17, minute=30)  # 18:30 in Rome
    broadcast = engine(office)
    assert await broadcast.due() == [] and await broadcast.run("whatsapp") == "hours"
    assert outcomes(office.database) == {"todo": 3}
    office.now = NOW.replace(hour=8) + timedelta(days=1)
    assert await broadcast.due() == ["whatsapp"]
    await broadcast.run("whatsapp")
    assert outcomes(office.database) == {"sent": 3}


async def test_openers_beyond_the_daily_limit_wait_for_the_next_day_and_open_windows_do_not(office: Office) -> None:
    line = office.lines["whatsapp"]
    line.closed = True

    def job(conn: Any) -> None:
        add_office(conn, NOW)
        keys = office.database.keys
        numbers = [f"+1202555{n:04d}" for n in range(100, 140)]
        closed = add_readers(conn, keys, numbers[:30], NOW, "whatsapp", NOW - 2 * DAY)
        fresh = add_readers(conn, keys, numbers[30:], NOW, "whatsapp", NOW)
        add_issue(conn, NOW)
        add_rows(conn, [*closed, *fresh], NOW)

    await office.lanes.run(job)
    broadcast = engine(office, openers=12)
    assert await broadcast.run("whatsapp") == "done"
    assert outcomes(office.database) == {"opened": 12, "sent": 10, "todo": 18}
    assert await broadcast.due() == []
    office.now += timedelta(hours=23)
    assert await broadcast.due() == [], "twelve people are still within the moving day"
    office.now += timedelta(hours=1, minutes=1)
    assert await broadcast.due() == ["whatsapp"]
    await broadcast.run("whatsapp")
    assert outcomes(office.database) == {"opened": 24, "sent": 10, "todo": 6}
    office.now += DAY + timedelta(minutes=1)
    await broadcast.run("whatsapp")
    assert outcomes(office.database) == {"opened": 30, "sent": 10}
    assert len({to.address.value for _, to in line.sent}) == len(line.sent) == 40


async def test_a_pause_finishes_what_is_in_hand_and_a_resumed_run_goes_on_with_the_rest(office: Office) -> None:
    await prepare(office, 30)
    office.line.gate = asyncio.Event()
    run = asyncio.create_task(engine(office, hand=4).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 4)
    await office.lanes.run(lambda conn: set_issue(conn, state="paused"))
    office.line.gate.set()
    assert await run == "done"
    assert outcomes(office.database) == {"sent": 4, "todo": 26}
    await office.lanes.run(lambda conn: set_issue(conn, state="sending"))
    await engine(office).run("telegram")
    assert outcomes(office.database) == {"sent": 30}
    assert len(office.line.sent) == 30, "nobody twice"


async def test_a_cancelled_issue_reaches_nobody_who_is_not_in_hand(office: Office) -> None:
    await prepare(office, 30)
    office.line.gate = asyncio.Event()
    run = asyncio.create_task(engine(office, hand=4).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 4)
    await office.lanes.run(lambda conn: set_issue(conn, state="cancelled"))
    office.line.gate.set()
    await run
    assert outcomes(office.database)["sent"] == 4


@pytest.mark.parametrize("what", ["opts out", "cancelled", "paused"])
async def test_what_waits_in_hand_for_a_resting_channel_is_not_sent_if_it_is_called_off_meanwhile(
    office: Office, what: str
) -> None:
    persons = await prepare(office, 3)
    office.line.trouble.append(Throttled(0.9, "slow down", "429"))
    run = asyncio.create_task(engine(office, hand=1, beat_every=0.05).run("telegram"))
    async with asyncio.timeout(5):
        while not office.delivery.resting("telegram"):
            await asyncio.sleep(0.005)

    def job(conn: Any) -> None:
        if what == "opts out":
            opt_out(conn, persons[0], office.now)
        else:
            set_issue(conn, state=what)

    await office.lanes.run(job)
    await run
    expected = {"sent": 2, "skipped": 1} if what == "opts out" else {"todo": 3}
    assert outcomes(office.database) == expected
    assert len(office.line.sent) == expected.get("sent", 0) and row(office.database, persons[0]).sent_at is None


async def test_a_lower_rate_of_the_issue_is_kept_and_can_be_changed_on_the_way(office: Office) -> None:
    await prepare(office, 8, rate=20.0)
    office.delivery.paces["telegram"] = Pace(30, 1.0, 29.0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await engine(office, hand=1).run("telegram")
    slow = loop.time() - began
    assert slow >= 7 / 20 - 0.06, "eight letters at twenty a second"
    await office.lanes.run(lambda conn: add_issue(conn, NOW, "two", rate=0.0))
    await office.lanes.run(lambda conn: add_rows(conn, [f"p{1001 + n}" for n in range(3)], NOW, "two"))
    await engine(office, hand=1).run("telegram")
    assert outcomes(office.database, "two") == {"sent": 3}


async def test_a_channel_has_one_run_however_often_it_is_begun(office: Office) -> None:
    await prepare(office, 10)
    office.line.gate = asyncio.Event()
    broadcast = engine(office)
    first = asyncio.create_task(broadcast.run("telegram"))
    await office.line.until(lambda: office.line.under_way)
    assert await broadcast.due() == []
    assert await broadcast.run("telegram") == "elsewhere"
    office.line.gate.set()
    assert await first == "done"
    assert outcomes(office.database) == {"sent": 10} and len(office.line.sent) == 10


async def test_what_a_dead_run_had_in_hand_goes_again_and_is_counted(office: Office) -> None:
    persons = await prepare(office, 10)
    office.line.gate = asyncio.Event()
    first = asyncio.create_task(engine(office, hand=3).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 3)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await engine(office).due() == [], "it might still live"
    office.line.gate.set()
    office.now += timedelta(seconds=21)
    broadcast = engine(office)
    assert await broadcast.due() == ["telegram"]
    await broadcast.run("telegram")
    assert outcomes(office.database) == {"sent": 10}
    assert [row(office.database, person).doubts for person in persons] == [1, 1, 1, *[0] * 7]


async def test_at_most_once_parks_what_a_dead_run_had_in_hand(office: Office) -> None:
    await prepare(office, 10, at_most_once=True)
    office.line.gate = asyncio.Event()
    first = asyncio.create_task(engine(office, hand=3).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 3)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    office.line.gate.set()
    # its process has left: nobody need wait for a sign of life
    await office.lanes.run(lambda conn: conn.execute(NODES.delete()))
    await engine(office).run("telegram")
    assert outcomes(office.database) == {"doubtful": 3, "sent": 7}
    assert len(office.line.sent) == 7


async def test_a_run_that_lost_its_place_records_nothing_and_sends_nothing_more(office: Office) -> None:
    await prepare(office, 10)
    office.line.gate = asyncio.Event()
    slow = asyncio.create_task(engine(office, hand=2).run("telegram"))
    await office.line.until(lambda: office.line.under_way == 2)
    await asyncio.sleep(0.01)
    office.now += timedelta(seconds=30)
    gate, office.line.gate = office.line.gate, None
    assert await engine(office).run("telegram") == "done"
    assert len(office.line.sent) == 10
    gate.set()
    assert await slow == "lost"
    assert len(office.line.sent) <= 12 and outcomes(office.database) == {"sent": 10}
    assert [row(office.database, f"p{1001 + n}").doubts for n in range(3)] == [1, 1, 0]


async def test_closing_finishes_what_is_on_its_way_and_gives_the_rest_back(office: Office) -> None:
    await prepare(office, 20)
    office.line.gate = asyncio.Event()
    broadcast = engine(office, hand=4)
    run = asyncio.create_task(broadcast.run("telegram"))
    await office.line.until(lambda: office.line.under_way == 4)
    closing = asyncio.create_task(broadcast.close(2.0))
    await asyncio.sleep(0)
    office.line.gate.set()
    await closing
    assert await run == "closed"
    assert outcomes(office.database) == {"sent": 4, "todo": 16}
    assert await broadcast.due() == [] and await broadcast.run("telegram") == "closed"
    assert await engine(office).due() == ["telegram"], "another one may begin at once"


async def test_what_closing_must_cut_off_is_counted_as_doubtful(office: Office) -> None:
    await prepare(office, 5)
    office.line.gate = asyncio.Event()
    broadcast = engine(office, hand=2)
    run = asyncio.create_task(broadcast.run("telegram"))
    await office.line.until(lambda: office.line.under_way == 2)
    await broadcast.close(0.05)
    assert await run == "closed"
    assert outcomes(office.database) == {"todo": 5}
    assert [row(office.database, f"p{1001 + n}").doubts for n in range(5)] == [1, 1, 0, 0, 0]


async def test_rows_that_come_while_the_run_goes_on_are_sent_by_it(office: Office) -> None:
    persons = await prepare(office, 4)
    await office.lanes.run(lambda conn: add_issue(conn, NOW, "growing", enqueued=False))
    await office.lanes.run(lambda conn: add_rows(conn, persons[:2], NOW, "growing"))
    run = asyncio.create_task(engine(office).run("telegram"))
    await office.line.until(lambda: len(office.line.sent) == 6)
    await office.lanes.run(lambda conn: add_rows(conn, persons[2:], NOW, "growing"))
    await office.lanes.run(lambda conn: set_issue(conn, "growing", enqueued=True))
    assert await run == "done"
    assert outcomes(office.database, "growing") == {"sent": 4}
    assert issue_row(office.database, "growing").state == "sent"


async def test_a_database_that_is_away_for_a_moment_costs_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare(office, 12)
    record, left = results.record, [3]

    def shaky(*given: Any) -> bool:
        if left[0]:
            left[0] -= 1
            raise OSError("the disk is away")
        return record(*given)

    monkeypatch.setattr(results, "record", shaky)
    await engine(office).run("telegram")
    assert outcomes(office.database) == {"sent": 12} and len(office.line.sent) == 12


async def test_replies_are_not_kept_waiting_by_a_run(office: Office) -> None:
    await prepare(office, 30)
    office.delivery.paces["telegram"] = Pace(30, 1.0, 29.0)
    run = asyncio.create_task(engine(office).run("telegram"))
    await office.line.until(lambda: len(office.line.sent) >= 5)
    loop, before = asyncio.get_running_loop(), office.line.texts()
    began = loop.time()
    await office.takes(office.says("9999", "ciao"))
    await office.line.until(lambda: office.line.texts("9999"))
    assert loop.time() - began < 5 and len(before) < 30
    assert not run.done(), "the reply went out in the middle of it"
    await run


def test_the_rules_of_the_channels_are_those_of_the_decision_record() -> None:
    assert (RULES["telegram"].hand, RULES["whatsapp"].hand, RULES["simulator"].hand) == (5, 16, 5)
    assert RULES["whatsapp"].hours == (9, 18) and Rules().lost_after == 20.0
