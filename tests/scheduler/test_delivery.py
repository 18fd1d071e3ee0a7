"""The way out: in order per reader, at least once, and every kind of refusal met with what it asks for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from conversations.events import Address
from conversations.message_json import message_to_json
from conversations.messages import Message, Verbatim
from scheduler import delivery as module
from scheduler.delivery import BULK_RATE, LONGEST_HOLD
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
from storage import outbox, people
from storage.content import Content
from storage.db import Database
from storage.effects import Posted
from storage.outbox import FAILED, OUTBOX, PARKED, SENDING, SENT, WAITING
from storage.people import KnownAddress
from tests.office import NOW, Office, open_office

REPLY, ALERT, BULK = (outbox.LANES[lane] for lane in ("reply", "alert", "bulk"))
Open = Callable[[], Database]


@pytest.fixture
async def office(sqlite: Database, content: Content) -> AsyncIterator[Office]:
    async with open_office(sqlite, content) as opened:
        yield opened


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries, shortened."""
    monkeypatch.setattr(module, "PATIENCE", (0.001, 0.001, 0.001, 0.001, 0.001))


async def meet(office: Office, name: str, *chats: tuple[str, str]) -> tuple[KnownAddress, ...]:
    """A person with these chats (channel and address), the last one being where she wrote last."""

    def job(conn: Any) -> tuple[KnownAddress, ...]:
        people.add_guest(conn, name, "it", NOW)
        made = []
        for number, (channel, value) in enumerate(chats or (("telegram", name),)):
            kind = "phone" if channel == "whatsapp" else "id"
            hashed = office.database.keys.hash("address", f"{channel}:{value}")
            at = office.now + timedelta(seconds=number)
            made.append(people.add_address(conn, name, Address(channel, value, kind), hashed, at))
        return tuple(made)

    return await office.lanes.run(job)


async def post(
    office: Office, person: str, address: KnownAddress, *texts: str, lane: int = REPLY, node: str | None = None
) -> list[int]:
    """The messages are in the outbox and handed to this process's delivery."""
    message = [Message(body=(Verbatim(text),)) for text in texts]

    def job(conn: Any) -> list[Posted]:
        made = []
        for one in message:
            row = outbox.Post(person, address.id, address.channel, lane, {"message": message_to_json(one)})
            number, claimed = outbox.put(conn, row, office.now, office.delivery.node if node is None else node)
            made.append(Posted(number, person, address, "it", lane, one, "", claimed))
        return made

    posted = await office.lanes.run(job)
    office.delivery.deliver(posted)
    return [one.number for one in posted]


def row(office: Office, number: int) -> Row[Any]:
    with office.database.read() as conn:
        return conn.execute(select(OUTBOX).where(OUTBOX.c.id == number)).one()


async def one(office: Office, *trouble: SendError | None, lane: int = REPLY) -> Row[Any]:
    """What became of one message that met this trouble, once it is at rest."""
    [address] = await meet(office, "bianca")
    office.line.trouble.extend(trouble)
    [number] = await post(office, "bianca", address, "ciao", lane=lane)
    await office.settled()
    return row(office, number)


async def test_a_reader_gets_her_letters_in_order_however_many_readers_there_are(office: Office) -> None:
    readers = [(await meet(office, f"p{number}"))[0] for number in range(15)]
    office.line.gate = asyncio.Event()
    for number in range(6):
        for address in readers:
            await post(office, address.value, address, f"{number}")
    await office.line.until(lambda: office.line.under_way == len(readers))
    office.line.gate.set()
    await office.settled()
    for address in readers:
        assert office.line.texts(address.value) == [f"{number}" for number in range(6)]
    assert office.line.most_under_way == len(readers), "one letter of each reader at a time"


async def test_what_was_sent_is_recorded_with_the_providers_id(office: Office) -> None:
    found = await one(office)
    assert (found.status, found.ref, found.attempts, found.claimed_by) == (SENT, "telegram-1", 0, None)


async def test_a_provider_that_is_busy_holds_the_whole_channel_for_exactly_as_long_as_it_says(
    office: Office,
) -> None:
    first, second = (await meet(office, "p1"))[0], (await meet(office, "p2"))[0]
    await meet(office, "p3")
    office.line.trouble.append(Throttled(0.15))
    began = time.monotonic()
    [a] = await post(office, "p1", first, "x")
    await office.line.until(lambda: office.line.tried == [a])
    [b] = await post(office, "p2", second, "y")
    await office.line.until(lambda: len(office.line.sent) == 2)
    assert time.monotonic() - began >= 0.15
    assert sorted(office.line.tried) == [a, a, b], "nobody asked in vain meanwhile"
    await office.settled()
    assert row(office, a).attempts == 0, "it is no failed attempt"


async def test_a_pause_that_concerns_one_reader_lets_the_others_through(office: Office) -> None:
    first, second = (await meet(office, "p1"))[0], (await meet(office, "p2"))[0]
    office.line.trouble.append(Throttled(0.2, whole_channel=False))
    [a] = await post(office, "p1", first, "x")
    await office.line.until(lambda: office.line.tried == [a])
    await post(office, "p2", second, "y")
    await office.line.until(lambda: len(office.line.sent) == 2)
    assert [to.address.value for _, to in office.line.sent] == ["p2", "p1"]


async def test_a_long_pause_is_waited_for_in_the_database_and_nobody_asks_in_vain(office: Office) -> None:
    first, second = (await meet(office, "p1"))[0], (await meet(office, "p2"))[0]
    office.line.trouble.append(Throttled(LONGEST_HOLD + 600))
    [a] = await post(office, "p1", first, "x")
    await office.settled()
    [b] = await post(office, "p2", second, "y")
    await office.settled()
    assert office.line.tried == [a]
    for number in (a, b):
        found = row(office, number)
        assert (found.status, found.attempts) == (WAITING, 0)
        assert timedelta(seconds=600) < found.due_at - office.now <= timedelta(seconds=LONGEST_HOLD + 600)


async def test_a_provider_that_is_down_for_a_moment_is_tried_again_at_once(office: Office) -> None:
    found = await one(office, *[Unavailable("502", "502")] * 3)
    assert found.status == SENT and len(office.line.tried) == 4


async def test_a_provider_that_stays_down_is_waited_for_in_the_database_and_what_follows_does_not_overtake(
    office: Office,
) -> None:
    [address] = await meet(office, "bianca")
    office.line.trouble.extend([Unavailable("502", "502")] * 6)
    numbers = await post(office, "bianca", address, "one", "two", "three")
    await office.settled()
    assert set(office.line.tried) == {numbers[0]}
    first = row(office, numbers[0])
    assert (first.status, first.attempts, first.code) == (WAITING, 1, "502")
    assert first.due_at == office.now + timedelta(seconds=60)
    office.delivery.nudge()
    late = await post(office, "bianca", address, "four")
    assert row(office, late[0]).status == WAITING
    office.now += timedelta(seconds=61)
    office.delivery.nudge()
    await office.line.until(lambda: len(office.line.sent) == 4)
    assert office.line.texts("bianca") == ["one", "two", "three", "four"]


async def test_a_row_is_given_up_after_very_many_attempts(office: Office) -> None:
    [address] = await meet(office, "bianca")
    [number] = await post(office, "bianca", address, "x", node="")
    await office.does(
        lambda conn: conn.execute(outbox.OUTBOX.update().values(attempts=module.MOST_ATTEMPTS))
    )
    office.line.trouble.extend([Unavailable("502", "502")] * 6)
    office.delivery.nudge()
    await office.line.until(lambda: len(office.line.tried) == 6)
    await office.settled()
    assert row(office, number).status == FAILED


async def test_a_letter_in_doubt_is_sent_again_because_silence_would_lose_it(office: Office) -> None:
    seen: list[tuple[str, str]] = []
    office.delivery.count = lambda channel, outcome: seen.append((channel, outcome))
    found = await one(office, Doubtful("no answer", "timeout"))
    assert found.status == SENT and seen == [("telegram", "doubtful"), ("telegram", "sent")]


async def test_a_refused_letter_is_given_up_with_its_cause_and_the_next_one_goes_on(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    [address] = await meet(office, "bianca")
    office.line.trouble.append(Refused("can't parse entities", "400"))
    first, second = await post(office, "bianca", address, "one", "two")
    await office.settled()
    assert (row(office, first).status, row(office, first).code) == (FAILED, "400")
    assert row(office, second).status == SENT
    assert "can't parse entities" in caplog.text and "one" not in caplog.text


async def test_wrong_credentials_blame_no_recipient_and_are_tried_for_ever(office: Office) -> None:
    found = await one(office, Misconfigured("unauthorized", "401"))
    assert (found.status, found.attempts, found.code) == (WAITING, 0, "401")
    assert len(office.line.tried) == 1


async def test_a_channel_that_is_switched_off_keeps_its_letters(office: Office) -> None:
    [address] = await meet(office, "bianca", ("carrier pigeon", "1"))
    [number] = await post(office, "bianca", address, "x")
    await office.settled()
    assert (row(office, number).status, row(office, number).code) == (WAITING, "off")


async def test_who_cannot_be_reached_is_marked_and_an_alert_goes_to_her_other_chat(office: Office) -> None:
    whatsapp, telegram = await meet(office, "bianca", ("whatsapp", "+12025550143"), ("telegram", "1001"))
    office.line.trouble.append(Unreachable("bot was blocked by the user", "403"))
    [number] = await post(office, "bianca", telegram, "alert", lane=ALERT)
    await office.lines["whatsapp"].until(lambda: office.lines["whatsapp"].sent)
    await office.settled()
    assert office.lines["whatsapp"].texts() == ["alert"]
    found = row(office, number)
    assert (found.status, found.address_id, found.channel) == (SENT, whatsapp.id, "whatsapp")
    assert [a.blocked for a in office.person("1001").addresses] == [False, True]


async def test_a_reply_to_who_cannot_be_reached_is_not_sent_elsewhere(office: Office) -> None:
    _, telegram = await meet(office, "bianca", ("whatsapp", "+12025550143"), ("telegram", "1001"))
    office.line.trouble.append(Unreachable("blocked", "403"))
    [number] = await post(office, "bianca", telegram, "reply")
    await office.settled()
    assert (row(office, number).status, row(office, number).code) == (FAILED, "403")
    assert office.lines["whatsapp"].tried == []


async def test_where_the_window_is_closed_the_opener_goes_out_and_the_letter_waits(office: Office) -> None:
    [address] = await meet(office, "bianca", ("whatsapp", "+12025550143"))
    line = office.lines["whatsapp"]
    line.trouble.append(WindowClosed("63016", "63016"))
    line.only_opener = True
    [number] = await post(office, "bianca", address, "news")
    await office.settled()
    found = row(office, number)
    assert (found.status, found.rank, found.ref) == (PARKED, 1, "whatsapp-1")
    assert line.sent[0][1].last_inbound is None, "the second try knows that the window is closed"
    assert office.person("+12025550143", "whatsapp").here.last_inbound is None


async def test_a_window_that_stays_closed_without_an_opener_is_the_end_of_a_letter(office: Office) -> None:
    found = await one(office, WindowClosed("closed", "63016"), WindowClosed("closed", "63016"))
    assert (found.status, found.code) == (FAILED, "63016")


async def test_a_defect_of_ours_costs_one_letter_and_not_the_line(office: Office) -> None:
    [address] = await meet(office, "bianca")
    office.line.trouble.append(KeyError("defect"))  # type: ignore[arg-type]
    first, second = await post(office, "bianca", address, "one", "two")
    await office.settled()
    assert [row(office, number).status for number in (first, second)] == [FAILED, SENT]
    assert row(office, first).code == "bug"


async def test_a_row_that_cannot_be_read_keeps_no_other_from_leaving(office: Office) -> None:
    readers = [(await meet(office, f"p{number}"))[0] for number in range(4)]
    bodies: list[Any] = [{"message": {"body": [{"?": 1}]}}, {"no": "message"}, None]
    for address, body in zip(readers, bodies, strict=False):
        row_ = outbox.Post(address.value, address.id, "telegram", REPLY, body or {})
        await office.does(lambda conn, r=row_: outbox.put(conn, r, office.now, ""))  # type: ignore[misc]
    gone = outbox.Post("nobody", 99, "telegram", REPLY, {"message": {"body": []}})
    await office.does(lambda conn: outbox.put(conn, gone, office.now, ""))
    [good] = await post(office, "p3", readers[3], "x", node="")
    await office.line.until(lambda: office.line.sent)
    await office.settled()
    assert row(office, good).status == SENT
    with office.database.read() as conn:
        rest = conn.execute(select(OUTBOX.c.status, OUTBOX.c.code).where(OUTBOX.c.id != good)).all()
    assert [tuple(found) for found in rest] == [(FAILED, "damaged"), (FAILED, "gone"), (FAILED, "gone"),
                                                (FAILED, "gone")]


async def test_what_a_dying_worker_had_in_hand_is_let_go_and_sent(office: Office) -> None:
    [address] = await meet(office, "bianca")
    office.line.gate = asyncio.Event()
    numbers = await post(office, "bianca", address, "one", "two")
    await office.line.until(lambda: office.line.tried)
    [worker] = office.delivery._workers
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    office.line.gate.set()
    office.delivery._beaten = float("-inf")
    office.delivery.nudge()
    await office.does(lambda conn: None)
    assert [row(office, number).status for number in numbers] == [SENDING, SENDING], "it might still be recorded"
    office.now += timedelta(seconds=61)
    office.delivery._beaten = float("-inf")
    office.delivery.nudge()
    await office.line.until(lambda: len(office.line.sent) == 2)
    assert office.line.texts() == ["one", "two"]


async def test_a_result_that_cannot_be_recorded_ends_the_worker_but_loses_no_letter(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [address] = await meet(office, "bianca")
    office.line.trouble.append(Refused("no", "400"))
    give_up = outbox.give_up

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(outbox, "give_up", broken)
    numbers = await post(office, "bianca", address, "one", "two")
    await office.settled()
    monkeypatch.setattr(outbox, "give_up", give_up)
    assert "cannot be recorded" in caplog.text and office.delivery._in_hand == set()
    office.now += timedelta(seconds=61)
    office.delivery._beaten = float("-inf")
    office.delivery.nudge()
    await office.line.until(lambda: len(office.line.sent) == 2)
    assert numbers and office.line.texts() == ["one", "two"]


async def report(office: Office, number: int, ref: str, status: str, code: str = "", again: str = "") -> None:
    await office.does(
        lambda conn: office.delivery.take_report(
            conn, channel="whatsapp", number=number, ref=ref, status=status, code=code, reason="", again=again,
            at=office.now,
        )
    )


async def sent_on_whatsapp(office: Office) -> int:
    [address] = await meet(office, "bianca", ("whatsapp", "+12025550143"))
    [number] = await post(office, "bianca", address, "news")
    await office.settled()
    return number


async def test_late_repeated_and_swapped_reports_never_lower_a_status(office: Office) -> None:
    number = await sent_on_whatsapp(office)
    for status, expected in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"),
                             ("delivered", "read"), ("read", "read")):
        await report(office, number, "whatsapp-1", status)
        assert row(office, number).status == expected
    await report(office, 0, "never seen", "failed")
    await report(office, 999, "", "read")


async def test_a_late_word_that_the_window_was_closed_sends_the_opener_once_however_often_it_is_told(
    office: Office,
) -> None:
    number = await sent_on_whatsapp(office)
    line = office.lines["whatsapp"]
    line.only_opener = True
    for _ in range(3):
        await report(office, number, "whatsapp-1", "failed", "63016", "window")
        office.delivery.nudge()
        await line.until(lambda: len(line.sent) == 2)
        await office.settled()
    for status in ("sent", "delivered", "read", "failed"):
        await report(office, number, "whatsapp-1", status, again="window")
    assert (row(office, number).status, row(office, number).ref) == (PARKED, "whatsapp-2")
    assert line.sent[1][1].last_inbound is None and line.tried == [number, number]
    await report(office, 0, "whatsapp-2", "failed", "63049")
    assert (row(office, number).status, row(office, number).code) == (FAILED, "63049"), "the opener failed for good"


async def test_a_failure_that_is_told_before_we_have_noted_the_sending_is_not_forgotten(office: Office) -> None:
    [address] = await meet(office, "bianca", ("whatsapp", "+12025550143"))
    line = office.lines["whatsapp"]
    line.gate = asyncio.Event()
    [number] = await post(office, "bianca", address, "news")
    await line.until(lambda: line.tried)
    await report(office, number, "whatsapp-1", "failed", "63016", "window")
    line.closed = True
    line.gate.set()
    await line.until(lambda: len(line.sent) >= 1)
    await office.settled()
    office.delivery.nudge()
    await line.until(lambda: len(line.sent) == 2)
    await office.settled()
    assert row(office, number).status == PARKED


async def test_what_may_be_tried_later_is_tried_in_a_day_and_twice_at_most(office: Office) -> None:
    number = await sent_on_whatsapp(office)
    for attempt in (1, 2):
        await report(office, number, f"whatsapp-{attempt}", "failed", "63049", "later")
        assert row(office, number).due_at == office.now + timedelta(days=1)
        office.now += timedelta(days=1, seconds=1)
        office.delivery.nudge()
        await office.lines["whatsapp"].until(lambda a=attempt: len(office.lines["whatsapp"].sent) == a + 1)  # type: ignore[misc]
        await office.settled()
    await report(office, number, "whatsapp-3", "failed", "63049", "later")
    assert row(office, number).status == FAILED


async def test_a_reply_waits_neither_for_five_hundred_bulk_letters_nor_for_her_own_among_them(
    office: Office,
) -> None:
    readers = [(await meet(office, f"p{number}"))[0] for number in range(20)]
    for address in readers:
        await post(office, address.value, address, *["bulk"] * 25, lane=BULK)
    stranger = (await meet(office, "stranger"))[0]
    replies = [*await post(office, "p19", readers[19], "reply"), *await post(office, "stranger", stranger, "reply")]
    alert = await post(office, "stranger", stranger, "alert", lane=ALERT)
    await office.line.until(lambda: set(replies + alert) <= {letter.number for letter, _ in office.line.sent})
    sent = [letter.number for letter, _ in office.line.sent]
    assert max(sent.index(number) for number in replies + alert) <= 2 * BULK_RATE
    assert len(sent) <= 2 * BULK_RATE, "and the bulk keeps its pace"


async def test_at_the_end_what_can_be_sent_is_sent_and_the_rest_is_given_back_in_time(
    sqlite: Database, content: Content
) -> None:
    async with open_office(sqlite, content) as office:
        [address] = await meet(office, "bianca")
        [stuck] = await meet(office, "carla", ("whatsapp", "+12025550143"))
        office.lines["whatsapp"].gate = asyncio.Event()
        good = await post(office, "bianca", address, "one", "two")
        held = await post(office, "carla", stuck, "never")
        await office.lines["whatsapp"].until(lambda: office.lines["whatsapp"].tried)
        began = time.monotonic()
        await office.delivery.close(0.2)
        assert time.monotonic() - began < 0.2 + module.LAST_WORDS
        assert [row(office, number).status for number in good] == [SENT, SENT]
        later = await post(office, "bianca", address, "after the end")
        assert office.line.texts() == ["one", "two"]
        with sqlite.write() as conn:
            again = [c.id for c in outbox.claim(conn, "another", NOW - timedelta(seconds=20), NOW, 10)]
        assert again == [*held, *later] and outbox.NODES is not None


async def test_the_end_is_not_held_up_by_a_database_that_is_away(
    sqlite: Database, content: Content, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LAST_WORDS", 0.1)
    async with open_office(sqlite, content) as office:
        [address] = await meet(office, "bianca")

        def away(*_: object, **__: object) -> None:
            raise OSError("away")

        monkeypatch.setattr(outbox, "mark_sent", away)
        await post(office, "bianca", address, "one")
        await office.line.until(lambda: office.line.sent)
        began = time.monotonic()
        await office.delivery.close(0.1)
        assert time.monotonic() - began < 2
    assert "could not be recorded" in caplog.text


async def test_two_processes_serve_each_reader_in_order_and_each_letter_once(
    database: Database, another: Open, content: Content
) -> None:
    async with (
        open_office(database, content) as first,
        open_office(another(), content, node="node-2") as second,
    ):
        readers = [(await meet(first, f"p{number}"))[0] for number in range(6)]
        for number in range(8):
            for address in readers:
                await post((first, second)[number % 2], address.value, address, f"{number}")
        everything = [first.line, second.line]
        async with asyncio.timeout(20):
            while sum(len(line.sent) for line in everything) < 48:
                first.delivery.nudge()
                second.delivery.nudge()
                await first.does(lambda conn: None)
        await first.settled()
        await second.settled()
        assert sum(len(line.tried) for line in everything) == 48
        with database.read() as conn:
            query = select(OUTBOX.c.address_id, OUTBOX.c.sent_at, OUTBOX.c.status).order_by(OUTBOX.c.id)
            assert {found.status for found in conn.execute(query)} == {SENT}
        for line in everything:
            for address in readers:
                texts = line.texts(address.value)
                assert texts == sorted(texts)


async def test_the_address_of_a_person_who_is_gone_is_not_written_to(office: Office) -> None:
    [address] = await meet(office, "bianca")
    numbers = await post(office, "bianca", address, "x", node="")
    await office.does(lambda conn: conn.execute(people.ADDRESSES.delete()))
    office.delivery.nudge()
    async with asyncio.timeout(5):
        while row(office, numbers[0]).status != FAILED:
            await office.does(lambda conn: None)
    assert row(office, numbers[0]).code == "gone" and office.line.tried == []


async def test_an_outbox_that_cannot_be_read_is_asked_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    claim, failures = outbox.claim, [1, 1]

    def sometimes(*args: Any) -> Any:
        if failures:
            failures.pop()
            raise OSError("away")
        return claim(*args)

    monkeypatch.setattr(outbox, "claim", sometimes)
    [address] = await meet(office, "bianca")
    await post(office, "bianca", address, "x", node="")
    while failures:
        office.delivery.nudge()
        await office.does(lambda conn: None)
    office.delivery.nudge()
    await office.line.until(lambda: office.line.sent)
    assert "cannot be read" in caplog.text
