"""A turn: every event of a person counts once and in order, whatever is delivered how often and by whom."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.events import Address, Blocked, Chose, Event, Said, Unblocked
from conversations.messages import Phrase
from conversations.phrases import render
from scheduler.chores import ring_timers
from storage import audit, events, outbox, timers
from storage.content import Content
from storage.db import Database, Missing
from storage.people import ADDRESSES, CONSENTS, PEOPLE
from storage.timers import TIMERS
from storage.workbooks import Report
from tests.books import Book, OtherBook
from tests.office import Office, open_office
from tests.storage.dump import opened

Open = Callable[[], Database]


def book_of(office: Office, value: str) -> str:
    """What is in her book by her state, and by the effects of her turns: they must agree."""
    known = office.person(value)
    assert isinstance(known.state, dict)
    words = known.state["place"][2].get("words", [])  # type: ignore[index, union-attr, call-overload]
    with office.database.read() as conn:
        counted = conn.execute(
            select(CONSENTS.c.text_version).where(CONSENTS.c.person_id == known.id).order_by(CONSENTS.c.id)
        ).scalars()
        assert list(counted) == words
    return " ".join(words)


async def test_a_stranger_is_greeted_and_a_repeated_delivery_says_and_changes_nothing(
    database: Database, content: Content
) -> None:
    async with open_office(database, content) as office:
        event = office.says("1001", "ciao", id="7")
        assert "WIS" in await office.hears(event)
        before = office.person("1001")
        for _ in range(3):
            await office.takes(event)
        await office.takes(event, event)
        assert office.person("1001") == before and len(office.line.sent) == 1


async def test_five_messages_at_once_each_delivered_twice_taps_and_texts_mixed_are_worked_once_and_in_order(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        people = [str(1000 + number) for number in range(12)]
        burst: list[Event] = []
        for value in people:
            acts = (Said("a"), Chose("1:tap"), Said("b"), Chose("3:tap"), Said("c"))
            burst += [
                office.event(value, what, f"{value}:{number}") for number, what in enumerate(acts) for _ in range(2)
            ]
        await office.takes(*burst)
        await office.line.until(lambda: len(office.line.sent) == 5 * len(people))
        await office.takes(*burst)
        await office.settled()
        for value in people:
            assert book_of(office, value) == "a tap b tap c"
            assert office.line.texts(value) == ["a", "a tap", "a tap b", "a tap b tap", "a tap b tap c"]


async def test_messages_that_come_one_call_each_keep_the_order_of_their_calls(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        people = [str(2000 + number) for number in range(8)]
        calls = [office.takes(office.says(value, f"w{number}")) for number in range(6) for value in people]
        await asyncio.gather(*calls)
        for value in people:
            assert book_of(office, value) == "w0 w1 w2 w3 w4 w5"


async def test_people_are_worked_side_by_side_where_the_database_allows_it(
    postgres_database: Database, content: Content
) -> None:
    book = Book()
    inside, together = threading.Barrier(2), []

    def pause(word: str) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            inside.wait(5)
            together.append(word)

    book.pause = pause
    async with open_office(postgres_database, content, flows=(book, OtherBook())) as office:
        await asyncio.gather(office.takes(office.says("1001", "x")), office.takes(office.says("1003", "y")))
    assert sorted(together) == ["x", "y"]


async def test_a_flow_that_raises_leaves_a_dead_letter_and_an_apology_and_nobody_else_notices(
    database: Database, content: Content, caplog: pytest.LogCaptureFixture
) -> None:
    book = Book()
    async with open_office(database, content, flows=(book, OtherBook())) as office:
        await office.hears(office.says("1001", "one"))
        bad = office.says("1001", "boom", id="bad")
        others = [office.says(str(value), "fine") for value in range(3000, 3010)]
        await office.takes(bad, *others, office.says("1001", "two"))
        await office.line.until(lambda: len(office.line.sent) == 13)
        assert office.line.texts("1001")[1].startswith(label(content, "engine.apology"))
        assert book_of(office, "1001") == "one two"
        assert all(book_of(office, str(value)) == "fine" for value in range(3000, 3010))
        await office.takes(bad)
        with database.read() as conn:
            [letter] = events.dead_letters(conn)
        assert letter.body["what"] == {"text": "boom"}
        assert letter.error.startswith("LookupError at books.py:") and "boom" not in letter.error
        failed = await office.turns.retry(letter.id)
        assert failed == letter.error
        with database.read() as conn:
            assert events.dead_letter(conn, letter.id).attempts == 2
        book.broken = False
        assert await office.turns.retry(letter.id) == ""
        await office.line.until(lambda: office.line.texts("1001")[-1] == "one two boom")
        assert book_of(office, "1001") == "one two boom"
        with pytest.raises(Missing):
            await office.turns.retry(letter.id)
        await office.takes(bad)
        assert book_of(office, "1001") == "one two boom"
    assert "could not be worked" in caplog.text


async def test_the_first_message_of_all_may_fail_too(database: Database, content: Content) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        assert (await office.hears(office.says("1001", "boom"))).startswith(label(content, "engine.apology"))
        assert await office.hears(office.says("1001", "one")) == "one"


async def test_two_processes_that_meet_a_stranger_at_the_same_moment_make_one_person(
    database: Database, another: Open, content: Content
) -> None:
    flows = (Book(), OtherBook())
    async with (
        open_office(database, content, flows=flows) as one,
        open_office(another(), content, flows=flows, node="node-2") as two,
    ):
        for number in range(5):
            value = str(1000 + number)
            await asyncio.gather(
                one.takes(one.says(value, "x", id=f"x{number}")),
                two.takes(two.says(value, "y", id=f"y{number}")),
                two.takes(two.says(value, "x", id=f"x{number}")),
            )
            assert sorted(book_of(one, value).split()) == ["x", "y"]
    with database.read() as conn:
        assert len(conn.execute(select(PEOPLE.c.id)).all()) == len(conn.execute(select(ADDRESSES.c.id)).all()) == 5
        assert events.dead_count(conn) == 0


def phone_and_bsuid(office: Office, phone: str, bsuid: str, text: str) -> Event:
    """A WhatsApp message that names its sender twice."""
    alias = (Address("whatsapp", bsuid, "bsuid"),)
    return office.event(phone, Said(text), channel="whatsapp", aliases=alias)


async def test_two_names_of_one_chat_are_one_person_from_the_moment_they_are_seen_together(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        await office.takes(office.says("+12025550143", "by phone", channel="whatsapp"))
        await office.takes(phone_and_bsuid(office, "+12025550143", "IT.1349", "by both"))
        await office.takes(office.event("IT.1349", Said("by id"), channel="whatsapp"))
        assert book_of_whatsapp(office, "+12025550143") == "by phone by both by id"
        assert office.person("IT.1349", "whatsapp").id == office.person("+12025550143", "whatsapp").id
        with database.read() as conn:
            kinds = conn.execute(select(ADDRESSES.c.kind).order_by(ADDRESSES.c.id)).scalars().all()
            assert kinds == ["phone", "bsuid"] and audit.acts(conn) == []


def book_of_whatsapp(office: Office, value: str) -> str:
    state = office.person(value, "whatsapp").state
    assert isinstance(state, dict)
    return " ".join(state["place"][2]["words"])  # type: ignore[index, call-overload, arg-type]


async def test_two_people_are_never_merged_because_a_message_names_both(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        await office.takes(office.says("+12025550143", "hers", channel="whatsapp"))
        await office.takes(office.event("IT.1349", Said("his"), channel="whatsapp"))
        for _ in range(3):
            await office.takes(phone_and_bsuid(office, "+12025550143", "IT.1349", "whose"))
        hers, his = office.person("+12025550143", "whatsapp"), office.person("IT.1349", "whatsapp")
        assert hers.id != his.id and book_of_whatsapp(office, "IT.1349") == "his"
        with database.read() as conn:
            [act] = audit.acts(conn)
            assert (act.act, act.subject, act.actor) == ("address_of_two", his.id, hers.id)


async def test_who_links_a_second_chat_goes_on_there_as_herself(
    database: Database, content: Content, needs: Report
) -> None:
    async with open_office(database, content, needs) as office:
        await office.join("1001")
        whatsapp, telegram = office.lines["whatsapp"], office.line
        office.now += timedelta(minutes=10)
        await office.hears(office.says("+12025550143", "persona", channel="whatsapp"), channel="whatsapp")
        await office.hears(office.says("1001", "collega"))
        code = next(line for line in telegram.texts("1001")[-1].splitlines() if line.startswith("COL-"))
        office.now += timedelta(minutes=1)
        asked = await office.hears(office.says("+12025550143", code, channel="whatsapp"), channel="whatsapp")
        assert label(content, "welcome.join") in asked
        guest = office.person("+12025550143", "whatsapp").id
        before = len(telegram.sent)
        said = await office.hears(
            office.taps("+12025550143", label(content, "common.yes"), "whatsapp"), channel="whatsapp"
        )
        await telegram.until(lambda: len(telegram.sent) > before)
        assert label(content, "welcome.chat_added") in telegram.texts("1001")[-1], "the old chat is told"
        assert label(content, "welcome.joined") in "".join(whatsapp.texts("+12025550143")[-2:]), said
        one = office.person("1001")
        assert office.person("+12025550143", "whatsapp").id == one.id != guest and len(one.addresses) == 2
        await office.hears(office.says("1001", "questionario"))
        begun = office.person("1001").state
        again = await office.hears(office.says("+12025550143", "aiuto", channel="whatsapp"), channel="whatsapp")
        assert again and office.person("1001").state != begun, "both chats share one conversation"
        with database.read() as conn:
            assert conn.execute(select(PEOPLE.c.id)).scalars().all() == [one.id]
            assert events.dead_count(conn) == 0


async def test_a_guest_who_wrote_to_the_association_may_still_link_her_chat(
    database: Database, content: Content
) -> None:
    async with open_office(database, content) as office:
        await office.join("1001")
        chat = "+12025550143"
        yes = label(content, "common.yes")
        for text in ("ciao", "persona", "ho una domanda"):
            await office.hears(office.says(chat, text, channel="whatsapp"), channel="whatsapp")
        await office.hears(office.taps(chat, label(content, "handoff.send"), "whatsapp"), channel="whatsapp")
        await office.hears(office.says("1001", "collega"))
        code = next(line for line in office.line.texts("1001")[-1].splitlines() if line.startswith("COL-"))
        await office.hears(office.says(chat, code, channel="whatsapp"), channel="whatsapp")
        await office.hears(office.taps(chat, yes, "whatsapp"), channel="whatsapp")
        assert office.person(chat, "whatsapp").id == office.person("1001").id
        with database.read() as conn:
            assert events.dead_count(conn) == 0


async def test_the_goodbye_of_who_erased_herself_is_sent_and_then_nothing_is_left(
    database: Database, content: Content, needs: Report
) -> None:
    async with open_office(database, content, needs) as office:
        await office.join("5550001001")
        await office.join("1002")
        person = office.person("5550001001").id
        other = office.person("1002")
        await office.hears(office.says("5550001001", "cancella tutto"))
        await office.hears(office.taps("5550001001", label(content, "privacy.erase_yes")))
        bye = await office.hears(office.taps("5550001001", label(content, "privacy.erase_word")))
        assert label(content, "privacy.erased") in bye
        await office.settled()
        await office.does(lambda conn: None)
        seen = opened(database)
        assert "5550001001" not in seen and person not in seen
        assert office.person("1002") == other
        assert "WIS" in await office.hears(office.says("5550001001", "ciao"))
        assert office.person("5550001001").id != person


async def test_a_goodbye_that_cannot_be_sent_leaves_no_address_behind(database: Database, content: Content) -> None:
    from scheduler.sending import Unreachable

    async with open_office(database, content) as office:
        await office.hears(office.says("5550001001", "cancella tutto"))
        await office.hears(office.taps("5550001001", label(content, "privacy.erase_yes")))
        office.line.trouble.append(Unreachable("she blocked us", "403"))
        tried = len(office.line.tried)
        await office.takes(office.taps("5550001001", label(content, "privacy.erase_word")))
        await office.line.until(lambda: len(office.line.tried) > tried)
        await office.settled()
        assert "5550001001" not in opened(database)


async def test_a_timer_rings_once_though_two_processes_look_at_it(
    database: Database, another: Open, content: Content
) -> None:
    flows = (Book(), OtherBook())
    async with (
        open_office(database, content, flows=flows) as one,
        open_office(another(), content, flows=flows, node="node-2") as two,
    ):
        for number in range(4):
            await one.takes(one.says(str(1000 + number), "x"))
            person = one.person(str(1000 + number)).id
            await one.does(lambda conn, p=person: timers.set_timer(conn, p, "welcome:ring", "run", one.now, {}))  # type: ignore[misc]
        await asyncio.gather(*(ring_timers(o.lanes, o.turns.take_timer, lambda: one.now) for o in (one, two)))
        async with asyncio.timeout(10):
            while len(alerts(one) + alerts(two)) < 4:
                await one.does(lambda conn: None)
        await asyncio.gather(*(ring_timers(o.lanes, o.turns.take_timer, lambda: one.now) for o in (one, two)))
        assert alerts(one) + alerts(two) == ["ring run"] * 4
        with database.read() as conn:
            assert conn.execute(select(TIMERS)).all() == []


def alerts(office: Office) -> list[str]:
    return [text for text in office.line.texts() if text.startswith(("ring", "boom"))]


async def test_a_timer_whose_flow_raises_rings_no_more_and_is_worked_again_when_asked(
    database: Database, content: Content
) -> None:
    book = Book()
    async with open_office(database, content, flows=(book, OtherBook())) as office:
        await office.hears(office.says("1001", "x"))
        person = office.person("1001").id
        await office.does(lambda conn: timers.set_timer(conn, person, "welcome:boom", "run", office.now, {"n": 1}))
        assert await ring_timers(office.lanes, office.turns.take_timer, lambda: office.now) == 1
        assert await ring_timers(office.lanes, office.turns.take_timer, lambda: office.now) == 0
        assert len(office.line.sent) == 1, "nobody is told of a reminder that failed"
        with database.read() as conn:
            [letter] = events.dead_letters(conn)
        assert letter.kind == "Due"
        book.broken = False
        assert await office.turns.retry(letter.id) == ""
        await office.line.until(lambda: alerts(office) == ["boom run"])


async def test_a_timer_of_somebody_who_is_gone_rings_into_the_void(database: Database, content: Content) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        gone = timers.Timer(7, "nobody", "welcome:ring", "run", office.now, {})
        await office.turns.take_timer(gone)
        assert office.line.tried == []


async def test_who_blocks_us_is_noted_and_who_comes_back_is_reached_again(
    database: Database, content: Content
) -> None:
    async with open_office(database, content) as office:
        await office.hears(office.says("1001", "ciao"))
        await office.takes(office.event("1001", Blocked()))
        assert office.person("1001").here.blocked
        await office.takes(office.event("1001", Unblocked()))
        assert not office.person("1001").here.blocked
        await office.takes(office.event("1001", Blocked()))
        await office.hears(office.says("1001", "ciao"))
        assert not office.person("1001").here.blocked
        await office.takes(office.event("1009", Blocked()))
        assert office.person("1009").here.blocked, "she may block us before she ever wrote"


async def test_what_is_parked_goes_out_before_the_reply_to_the_message_that_freed_it(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        chat, line = "+12025550143", office.lines["whatsapp"]
        await office.hears(office.says(chat, "one", channel="whatsapp"), channel="whatsapp")
        known = office.person(chat, "whatsapp")
        office.now += timedelta(days=2)
        body = {"message": {"body": [{"v": "an alert"}]}, "language": "it"}
        line.only_opener = True
        for _ in range(2):
            post = outbox.Post(known.id, known.here.id, "whatsapp", outbox.LANES["alert"], body)  # type: ignore[arg-type]
            number, _ = await office.does(lambda conn, p=post: outbox.put(conn, p, office.now, ""))  # type: ignore[misc]
            office.delivery.nudge()
            await line.until(lambda n=number: n in line.tried)  # type: ignore[misc]
            await office.settled()
        line.only_opener = False
        line.sent.clear()
        await office.takes(office.says(chat, "two", channel="whatsapp"))
        await line.until(lambda: len(line.sent) == 3)
        assert line.texts(chat) == ["an alert", "an alert", "one two"]


async def test_a_clock_that_was_far_ahead_once_does_not_keep_the_window_open_for_ever(
    database: Database, content: Content
) -> None:
    async with open_office(database, content, flows=(Book(), OtherBook())) as office:
        ahead = office.now + timedelta(days=400)
        await office.takes(Event("future", Address("telegram", "1001"), ahead, Said("x")))
        await office.takes(office.says("1001", "y"))
        assert office.person("1001").here.last_inbound == office.now


async def test_an_event_without_meaning_is_worked_as_well(database: Database, content: Content) -> None:
    hostile = ("\x00\u202e<b>", "x" * 10_000, "'; DROP TABLE person; --", "{0.__class__}", "\ud83d", "👩‍👩‍👧‍👦" * 500)
    async with open_office(database, content) as office:
        for text in hostile:
            await office.hears(office.says("1001", text))
        assert len(office.line.sent) == len(hostile)
        with database.read() as conn:
            assert events.dead_count(conn) == 0


def label(content: Content, key: str) -> str:
    return render(Phrase(key), "it", content.catalog)


