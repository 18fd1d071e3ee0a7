"""The message a coordinator watches: one, edited in place where the channel can, and seldom where it cannot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scheduler.issues import show_progress
from storage import people
from storage.content import Content
from storage.crypto import KeyRing
from storage.db import Database
from storage.news import live
from storage.news.issues import ISSUES
from storage.news.recipients import RECIPIENTS
from storage.outbox import OUTBOX
from tests.office import NOW, Office, open_office
from tests.readers import OFFICE, add_address, add_issue, add_office, add_readers, add_rows

PHONE = "900"
STEP = timedelta(seconds=5)


@pytest.fixture
async def office(sqlite: Database, content: Content) -> AsyncIterator[Office]:
    async with open_office(sqlite, content, channels=("telegram", "whatsapp", "simulator")) as opened:
        yield opened


async def begun(office: Office, channel: str = "telegram", value: str = PHONE, count: int = 10, **more: Any) -> None:
    """The issue waits for so many readers, and its coordinator has a chat on this channel."""

    def job(conn: Any) -> None:
        add_office(conn, NOW)
        add_address(conn, office.database.keys, OFFICE, channel, value, NOW)
        readers = add_readers(conn, office.database.keys, [f"{1000 + n}" for n in range(count)], NOW)
        add_issue(conn, NOW, number="2026-11", **more)
        add_rows(conn, readers, NOW)

    await office.lanes.run(job)


async def went(office: Office, outcome: str, count: int) -> None:
    """So many more of those who wait have this outcome."""

    def job(conn: Any) -> None:
        keys = select(RECIPIENTS.c.id).where(RECIPIENTS.c.outcome == "todo").order_by(RECIPIENTS.c.id).limit(count)
        conn.execute(update(RECIPIENTS).where(RECIPIENTS.c.id.in_(keys)).values(outcome=outcome))

    await office.lanes.run(job)


async def set_state(office: Office, state: str) -> None:
    ended = None if state in ("sending", "paused") else office.now
    values = {"state": state, "ended_at": ended}
    await office.lanes.run(lambda conn: conn.execute(update(ISSUES).values(**values)).rowcount)


async def looked(office: Office, channel: str = "telegram") -> int:
    """How many messages a look five seconds later brings."""
    office.now += STEP
    line, before = office.lines[channel], len(office.lines[channel].sent)
    wanted = await show_progress(office.lanes, office.database, office.now)
    office.delivery.nudge()
    await line.until(lambda: len(line.sent) == before + wanted)
    await office.settled()
    return wanted


async def test_one_message_is_edited_until_everybody_has_the_issue(office: Office) -> None:
    await begun(office)
    assert await looked(office) == 1
    assert await looked(office) == 0, "nothing has changed"
    await went(office, "sent", 4)
    assert await looked(office) == 1
    await went(office, "failed", 6)
    await set_state(office, "sent")
    assert await looked(office) == 1
    assert await looked(office) == 0, "it is over and told"
    sent = office.line.sent
    assert [letter.replaces for letter, _ in sent] == ["", "telegram-1", "telegram-2"]
    assert len({letter.number for letter, _ in sent}) == 1, "one row of the outbox, however long it takes"
    assert all(letter.silent and to.address.value == PHONE for letter, to in sent)
    assert [text.split("\n")[1] for text in office.line.texts()] == [
        "▱▱▱▱▱▱▱▱▱▱ 0%",
        "▰▰▰▰▱▱▱▱▱▱ 40%",
        "▰▰▰▰▰▰▰▰▰▰ 100%",
    ]
    assert [button.label for button in sent[0][0].ways] == ["Pausa", "Aggiorna"]
    assert [button.label for button in sent[-1][0].ways] == ["Apri il numero"]


async def test_edits_are_some_seconds_apart_however_many_processes_look(office: Office) -> None:
    await begun(office)
    await looked(office)
    await went(office, "sent", 1)
    office.now += timedelta(seconds=1)
    assert await show_progress(office.lanes, office.database, office.now) == 0
    assert await looked(office) == 1


async def test_what_is_still_on_its_way_is_not_replaced(sqlite: Database, content: Content) -> None:
    async with open_office(sqlite, content, running=False) as office:
        await begun(office)
        assert await show_progress(office.lanes, office.database, NOW) == 1
        await went(office, "sent", 1)
        assert await show_progress(office.lanes, office.database, NOW + STEP) == 0
        with sqlite.read() as conn:
            assert len(conn.execute(select(OUTBOX)).all()) == 1


async def test_of_two_processes_that_look_at_once_one_writes(
    postgres_database: Database, content: Content, keys: KeyRing
) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    async with open_office(postgres_database, content, running=False) as office:
        await begun(office)
        others = [Database(url, keys) for _ in range(3)]
        seen = [live.look(one, NOW) for one in others]
        assert [len(one) for one in seen] == [1, 1, 1]

        def post(number: int) -> None:
            with others[number].write() as conn:
                live.post(conn, seen[number], NOW)

        await asyncio.gather(*(asyncio.to_thread(post, number) for number in range(3)))
        with postgres_database.read() as conn:
            assert len(conn.execute(select(OUTBOX)).all()) == 1
        for one in others:
            one.close()


async def test_a_pause_and_a_resumption_are_seen(office: Office) -> None:
    await begun(office)
    await looked(office)
    await set_state(office, "paused")
    assert await looked(office) == 1 and "In pausa" in office.line.texts()[-1]
    await set_state(office, "sending")
    assert await looked(office) == 1 and "In pausa" not in office.line.texts()[-1]


async def test_on_whatsapp_only_the_beginning_and_the_half_are_told(office: Office) -> None:
    await begun(office, "whatsapp", "+12025550100")
    for _ in range(9):
        await looked(office, "whatsapp")
        await went(office, "sent", 1)
    await went(office, "sent", 1)
    await set_state(office, "sent")
    await looked(office, "whatsapp")
    texts = [text.split("\n")[1] for text in office.lines["whatsapp"].texts()]
    assert texts == ["▱▱▱▱▱▱▱▱▱▱ 0%", "▰▰▰▰▰▱▱▱▱▱ 50%"]


async def test_on_whatsapp_no_opener_is_spent_on_it(office: Office) -> None:
    await begun(office, "whatsapp", "+12025550100")
    office.now += timedelta(hours=24)
    assert await looked(office, "whatsapp") == 0


async def test_the_simulator_s_whatsapp_is_treated_like_whatsapp(office: Office) -> None:
    await begun(office, "simulator", "whatsapp:marta")
    await looked(office, "simulator")
    await went(office, "sent", 1)
    assert await looked(office, "simulator") == 0
    await went(office, "sent", 5)
    assert await looked(office, "simulator") == 1
    assert [letter.replaces for letter, _ in office.lines["simulator"].sent] == ["", ""]


@pytest.mark.parametrize("who", ["stopped", "blocked", "nobody", "erased"])
async def test_who_cannot_or_does_not_want_to_be_written_to_is_left_alone(office: Office, who: str) -> None:
    await begun(office, scheduled_by={"nobody": "", "erased": "gone"}.get(who, OFFICE))

    def job(conn: Any) -> None:
        if who == "stopped":
            people.set_stopped(conn, OFFICE, NOW)
        if who == "blocked":
            known = people.find_by_id(conn, OFFICE, lock=False)
            assert known is not None
            people.mark_blocked(conn, known.here.id, NOW)

    await office.lanes.run(job)
    assert await looked(office) == 0


async def test_an_issue_that_ended_long_ago_is_not_counted_again_and_again(office: Office) -> None:
    await begun(office)
    await looked(office)
    await set_state(office, "cancelled")
    office.now += timedelta(minutes=11)
    assert await looked(office) == 0


async def test_her_other_channel_gets_a_message_of_its_own(office: Office) -> None:
    await begun(office)
    await looked(office)
    office.now += timedelta(minutes=1)
    await office.lanes.run(
        lambda conn: add_address(conn, office.database.keys, OFFICE, "simulator", "telegram:marta", office.now)
    )
    await went(office, "sent", 6)
    assert await looked(office, "simulator") == 1
    assert office.lines["simulator"].sent[0][0].replaces == ""
