"""Who is told of a request, and when: the deciders only, not at night, not in a flood, nobody unreachable."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import people, requests, timers, voucher_readers
from storage.db import Database
from storage.money import deciding as money_deciding
from storage.timers import TIMERS
from tests.storage.money_world import NOW, World, a_spec

FIRM = {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "1"}
SATURDAY = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.populate()
    return made


def told(world: World, key: str, by: str = "giulia") -> list[str]:
    """Who is written to at this moment."""
    with world.acts(by) as act:
        return voucher_readers.deciders(act, key)


def digests(world: World) -> dict[str, datetime]:
    with world.database.read() as conn:
        rows = conn.execute(select(TIMERS).where(TIMERS.c.kind == "voucher_decision:digest"))
        return {row.person_id: row.due_at for row in rows}


def block(world: World, person: str) -> None:
    with world.database.write() as conn:
        a = people.ADDRESSES.c
        conn.execute(update(people.ADDRESSES).where(a.person_id == person).values(blocked_at=world.at))


def test_the_associations_managers_are_told_and_nobody_of_the_firm(world: World) -> None:
    key = world.asked("giulia", world.opened())
    assert sorted(told(world, key)) == ["elena", "marta", "sara"]


def test_the_firms_own_manager_alone_is_told_where_she_decides(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    assert told(world, world.asked("giulia", call, notice="1")) == ["nino"]
    assert sorted(told(world, world.asked("karim", call))) == ["elena", "marta", "sara"]


def test_no_move_of_a_request_ever_leads_to_the_firms_referent(world: World) -> None:
    """T4: whatever happens, a referent without the role is among nobody's readers and has no timer."""
    call = world.opened()
    key = world.asked("giulia", call)
    readers = set(told(world, key))
    world.does("elena", money_deciding.ask, key, "period", "", True)
    readers |= set(told(world, key))
    world.granted(world.asked("giulia", call), "marta")
    readers.add(voucher_readers_owner(world, key))
    with world.database.read() as conn:
        timed = set(conn.execute(select(TIMERS.c.person_id)).scalars())
    assert "nino" not in readers | timed | set(digests(world))


def voucher_readers_owner(world: World, key: str) -> str:
    with world.database.read() as conn:
        return voucher_readers.owner(conn, key)


def test_whoever_acts_is_not_told_and_neither_is_who_must_not_decide(world: World) -> None:
    with world.database.write() as conn:
        people.add_membership(conn, "sara", "f1", "worker", "employee", NOW)
        people.add_membership(conn, "marta", "f2", "worker", "employee", NOW)
    call = world.opened()
    assert sorted(told(world, world.asked("giulia", call), by="elena")) == ["marta"]
    assert sorted(told(world, world.asked("marta", call), by="marta")) == ["elena", "sara"]


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        (datetime(2026, 11, 25, 20, 0, tzinfo=UTC), datetime(2026, 11, 26, 7, 30, tzinfo=UTC)),
        (SATURDAY, datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        (datetime(2026, 12, 7, 10, 0, tzinfo=UTC), datetime(2026, 12, 9, 7, 30, tzinfo=UTC)),
    ],
)
def test_at_night_at_week_ends_and_on_holidays_a_digest_waits_for_the_morning(
    world: World, at: datetime, morning: datetime
) -> None:
    call = world.opened()
    world.at = at
    keys = [world.asked("giulia", call), world.asked("karim", call)]
    assert [told(world, key) for key in keys] == [[], []]
    assert digests(world) == dict.fromkeys(["elena", "marta", "sara"], morning), "one each, not one a request"


def test_after_five_alerts_in_an_hour_a_digest_follows_instead_of_a_flood(world: World) -> None:
    call = world.opened(a_spec(open_requests=9))
    sent = [len(told(world, world.asked("giulia", call, 5_000))) for _ in range(7)]
    assert sent == [3, 3, 3, 3, 3, 0, 0]
    assert set(digests(world).values()) == {world.at + timedelta(hours=1)}
    world.at += timedelta(hours=2)
    assert len(told(world, world.asked("karim", call, 5_000))) == 3


def test_a_decided_request_is_nobodys_news(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    world.granted(key)
    assert told(world, key) == told(world, "no such request") == []


def test_a_firms_manager_who_blocked_the_bot_is_replaced_at_once(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    key = world.asked("giulia", call, notice="1")
    block(world, "nino")
    assert told(world, key) == [], "these words are for the firm's manager"
    with world.database.read() as conn:
        assert "voucher_decision:unreachable" in {timer.kind for timer in timers.due(conn, world.at)}
    assert sorted(told(world, key)) == ["elena", "marta", "sara"]
    world.granted(key, "elena")


def test_what_waits_for_a_manager_who_goes_away_is_the_associations(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    keys = [world.asked("giulia", call, 5_000, notice="1") for _ in range(2)]
    with world.acts("nino") as act:
        assert voucher_readers.replace_unreachable(act, "nino") == 0, "she still has a chat"
    block(world, "nino")
    with world.acts("nino") as act:
        assert voucher_readers.replace_unreachable(act, "nino") == 2
    with world.database.read() as conn:
        found: list[Any] = [requests.request_by_id(conn, key) for key in keys]
        assert all(row.escalated for row in found)
        due = {timer.subject for timer in timers.due(conn, world.at) if timer.kind == "voucher_decision:unreachable"}
        assert due == set(keys)


def test_a_message_finds_the_owner_of_whatever_it_is_about(world: World) -> None:
    call = world.opened()
    request = world.asked("giulia", call)
    voucher = world.granted(request)
    charge = world.charged(voucher, 1_000)
    claim = world.claimed("giulia", voucher)
    for key in (request, voucher, charge, claim):
        assert voucher_readers_owner(world, key) == "giulia"
    assert voucher_readers_owner(world, "nothing") == ""
    with world.database.read() as conn:
        assert voucher_readers.provider(conn, charge) == "paolo" and voucher_readers.provider(conn, "x") == ""


def test_a_channel_that_says_she_is_gone_replaces_her_too(world: World) -> None:
    key = world.asked("giulia", world.opened(a_spec(**FIRM)), notice="1")
    with world.database.write() as conn:
        assert voucher_readers.gone_silent(conn, "nino", world.at) == 0
    block(world, "nino")
    with world.database.write() as conn:
        assert voucher_readers.gone_silent(conn, "nino", world.at) == 1
    world.granted(key, "sara")
