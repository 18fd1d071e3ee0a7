"""The newsletter through the real clients to providers that keep their limits, fail, lose answers and report late."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_sender import TelegramSender
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_sync import apply
from scheduler import reactions
from scheduler.broadcast import RULES, Broadcast
from scheduler.limits import Pace
from storage.content import Content
from storage.db import Database
from storage.news.recipients import RECIPIENTS
from tests.bot.channels.whatsapp_world import TEMPLATES, WORDS, links
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.telegram_rules import ApiError
from tests.fakes.twilio_api import FakeTwilio
from tests.office import Office, open_office
from tests.readers import add_issue, add_office, add_readers, add_rows, digest, issue_row, outcomes, row

ZONE = ZoneInfo("Europe/Rome")
DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries, shortened."""
    monkeypatch.setattr(reactions, "PAUSES", (0.01, 0.02, 0.03))


def engine(office: Office, **rules: Any) -> Broadcast:
    usual = {name: replace(rule, linger=0.0, hours=(0, 24), **rules) for name, rule in RULES.items()}
    return Broadcast(office.delivery, digest, ZONE, usual)


async def prepare(
    office: Office, values: Sequence[str], channel: str, wrote: datetime | None = None, key: str = "issue-1"
) -> None:
    def job(conn: Any) -> None:
        if key == "issue-1":
            add_office(conn, office.now)
        add_issue(conn, office.now, key)
        persons = add_readers(conn, office.database.keys, values, office.now, channel, wrote)
        add_rows(conn, persons, office.now, key)

    await office.lanes.run(job)


# Telegram


@asynccontextmanager
async def telegram(sqlite: Database, content: Content, fake: FakeTelegram) -> AsyncIterator[Office]:
    """An office whose letters go out by python-telegram-bot."""
    async with open_office(sqlite, content, channels=("telegram",)) as office:
        office.now = datetime.now(UTC)
        bot = TelegramBot(TOKEN, fake.url)
        office.delivery.senders = {"telegram": TelegramSender(bot, lambda key, language: key)}
        try:
            yield office
        finally:
            await bot.disconnect()


def limited() -> FakeTelegram:
    return FakeTelegram(record=False, latency=0.01, per_second=30)


def chats(fake: FakeTelegram, count: int) -> list[str]:
    for number in range(1001, 1001 + count):
        fake.user(number).started = True
    return [str(number) for number in range(1001, 1001 + count)]


def screens(fake: FakeTelegram) -> Counter[int]:
    return Counter({user.id: len(user.messages()) for user in fake.users.values()})


async def test_everybody_on_telegram_gets_it_once_within_the_limit_whatever_goes_wrong(
    sqlite: Database, content: Content
) -> None:
    times: list[float] = []
    async with limited() as fake, telegram(sqlite, content, fake) as office:
        values, ill = chats(fake, 75), {1010, 1040}

        def refuse(method: str, params: dict[str, Any]) -> ApiError | None:
            times.append(time.monotonic())
            if params.get("chat_id") in ill:
                ill.discard(params["chat_id"])
                return ApiError(500, "Internal Server Error")
            return None

        fake.refuse = refuse
        for blocked in (1005, 1050):
            fake.user(blocked).blocked = True
        await prepare(office, values, "telegram")
        assert await engine(office).run("telegram") == "done"
        assert outcomes(sqlite) == {"sent": 73, "failed": 2}
        seen = screens(fake)
        assert [chat for chat, count in seen.items() if count != 1] == [1005, 1050]
        assert row(sqlite, "p1005").code == "403"
        assert fake.counts["sendmessage"] - 77 <= 1, "a refusal for speed is the exception"
        assert max(sum(first <= at < first + 1.0 for at in times) for first in times) <= 30


async def test_a_429_stops_the_newsletter_and_the_replies_for_exactly_as_long_as_it_says(
    sqlite: Database, content: Content
) -> None:
    async with FakeTelegram(latency=0.01) as fake, telegram(sqlite, content, fake) as office:
        values = chats(fake, 20)
        times: list[float] = []
        fake.on_message = lambda chat, message: times.append(time.monotonic())
        fake.fail("sendMessage", status=429, retry_after=1, skip=8)
        await prepare(office, values, "telegram")
        await engine(office).run("telegram")
        assert outcomes(sqlite) == {"sent": 20} and set(screens(fake).values()) == {1}
        pause = max(b - a for a, b in pairwise(times))
        assert 0.9 <= pause < 2.0
        with sqlite.read() as conn:
            assert conn.execute(select(func.sum(RECIPIENTS.c.attempts))).scalar_one() == 0


async def test_an_answer_that_was_lost_is_counted_as_a_possible_repeat(sqlite: Database, content: Content) -> None:
    async with FakeTelegram(latency=0.01) as fake, telegram(sqlite, content, fake) as office:
        values = chats(fake, 10)
        fake.fail("sendMessage", drop="after", skip=3)
        await prepare(office, values, "telegram")
        await engine(office).run("telegram")
        with sqlite.read() as conn:
            doubts = conn.execute(select(func.sum(RECIPIENTS.c.doubts))).scalar_one()
        assert outcomes(sqlite) == {"sent": 10} and doubts == 1
        assert sum(screens(fake).values()) == 11


async def test_a_reply_does_not_wait_for_the_newsletter(sqlite: Database, content: Content) -> None:
    async with limited() as fake, telegram(sqlite, content, fake) as office:
        values = chats(fake, 70)
        fake.user(9999).started = True
        await prepare(office, values, "telegram")
        run = asyncio.create_task(engine(office).run("telegram"))
        while sum(screens(fake).values()) < 35:
            await asyncio.sleep(0.01)
        await office.takes(office.says("9999", "ciao"))
        await fake.user(9999).hears(0, 10)
        assert not run.done() and sum(screens(fake).values()) < 70, "it came in the middle"
        await run
        await office.settled()
        assert fake.counts["sendmessage"] - sum(screens(fake).values()) <= 1


# WhatsApp


@asynccontextmanager
async def whatsapp(sqlite: Database, content: Content) -> AsyncIterator[tuple[Office, FakeTwilio]]:
    """An office whose letters go out by Twilio's client, and to which Twilio reports."""
    async with FakeTwilio() as fake, open_office(sqlite, content, channels=("whatsapp",)) as office:
        office.now = datetime.now(UTC)
        config = WhatsAppConfig(
            account_sid=fake.account_sid, auth_token=fake.auth_token, from_number=fake.sender,
            public_base_url=fake.public_url, api_base_url=fake.url, content_base_url=fake.url, timeout=5.0,
        )
        channel = WhatsApp(config, office.turns, TEMPLATES, WORDS, links({}, fake.now))
        app = web.Application()
        app.add_routes(channel.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.deliver_to = f"http://127.0.0.1:{runner.addresses[0][1]}"
        office.delivery.senders = {"whatsapp": channel.sender()}
        office.delivery.paces = {"whatsapp": Pace(60, 1.0, 60.0)}
        await apply(config, TEMPLATES)
        try:
            yield office, fake
        finally:
            await channel.close()
            await runner.cleanup()


def numbers(fake: FakeTwilio, count: int, wrote: bool, first: int = 100) -> list[str]:
    """So many people; those who `wrote` did so just now, by Twilio's clock too."""
    found = [f"+1202555{first + n:04d}" for n in range(count)]
    for number in found:
        fake.user(number).wrote = fake.now() if wrote else None
    return found


async def test_on_whatsapp_an_open_window_gets_the_digest_and_a_closed_one_the_opener(
    sqlite: Database, content: Content
) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        fresh, closed = numbers(fake, 6, True), numbers(fake, 4, False, 200)

        def job(conn: Any) -> None:
            add_office(conn, office.now)
            add_issue(conn, office.now)
            keys = office.database.keys
            here = add_readers(conn, keys, fresh, office.now, "whatsapp", office.now)
            away = add_readers(conn, keys, closed, office.now, "whatsapp", office.now - 2 * DAY)
            add_rows(conn, [*here, *away], office.now)

        await office.lanes.run(job)
        assert await engine(office).run("whatsapp") == "done"
        await fake.settled()
        assert outcomes(sqlite) == {"delivered": 6, "opened": 4}
        assert fake.violations == []
        [opener] = fake.user(closed[0]).messages
        assert [label for _, label, _ in opener.buttons] == ["Leggi ora", "Più tardi", "Non inviare più"]
        assert opener.buttons[0][0] == "@newsletter:read:issue-1"
        assert "notizie issue-1" in fake.user(fresh[0]).messages[0].body


async def test_reports_that_repeat_and_come_in_any_order_never_lower_what_is_known(
    sqlite: Database, content: Content
) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        fake.statuses = ("read", "queued", "sent", "delivered", "sent", "read", "read")
        await prepare(office, numbers(fake, 5, True), "whatsapp", office.now)
        await engine(office).run("whatsapp")
        await fake.settled()
        assert outcomes(sqlite) == {"read": 5} and set(fake.answers) == {200}


async def test_a_window_that_was_closed_after_all_gets_the_opener_once(sqlite: Database, content: Content) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        [number] = numbers(fake, 1, False)
        await prepare(office, [number], "whatsapp", office.now)
        broadcast = engine(office)
        await broadcast.run("whatsapp")
        await fake.settled()
        # the same failure, told again and again
        for _ in range(2):
            await fake.report(fake.sent[0], "undelivered", 63016)
        await broadcast.run("whatsapp")
        await fake.settled()
        await fake.report(fake.sent[0], "undelivered", 63016)
        found = row(sqlite, f"p{number}")
        assert (found.outcome, found.code, found.attempts) == ("opened", "63016", 1)
        assert len(fake.sent) == 2 and len(fake.user(number).messages) == 1


async def test_what_meta_does_not_deliver_now_waits_for_a_day_and_a_block_is_believed(
    sqlite: Database, content: Content
) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        limited, blocking, fine = numbers(fake, 3, True)
        await prepare(office, [limited, blocking, fine], "whatsapp", office.now)
        fake.undeliver(63049)
        fake.undeliver(63014)
        await engine(office, hand=1).run("whatsapp")
        await fake.settled()
        later = row(sqlite, f"p{limited}")
        assert (later.outcome, later.code) == ("todo", "63049") and later.due_at - office.now >= DAY
        assert (row(sqlite, f"p{blocking}").outcome, row(sqlite, f"p{blocking}").code) == ("failed", "63014")
        assert office.person(blocking, "whatsapp").here.blocked
        assert row(sqlite, f"p{fine}").outcome == "delivered"


@pytest.mark.parametrize("how", ["at once", "in a report"])
async def test_a_broken_template_stops_the_issue_at_the_first(sqlite: Database, content: Content, how: str) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        people = numbers(fake, 20, False)
        await prepare(office, people, "whatsapp", office.now - 2 * DAY)
        if how == "at once":
            fake.fail(63028, times=20)
        else:
            fake.undeliver(63041, times=20)
        await engine(office, hand=1).run("whatsapp")
        await fake.settled()
        assert issue_row(sqlite).state == "paused" and issue_row(sqlite).stopped_why in ("63028", "63041")
        found = outcomes(sqlite)
        assert found.get("failed", 0) == 0 and found["todo"] >= 17, "nobody is to blame, nobody is left out"


async def test_twilio_that_is_busy_or_ill_costs_time_but_nobody(sqlite: Database, content: Content) -> None:
    async with whatsapp(sqlite, content) as (office, fake):
        await prepare(office, numbers(fake, 12, True), "whatsapp", office.now)
        fake.fail(20429, status=429, retry_after="1", skip=3)
        fake.fail(status=503, skip=5)
        fake.fail(status=500, accepts=True, skip=6)
        await engine(office, hand=2).run("whatsapp")
        await fake.settled()
        assert outcomes(sqlite) == {"delivered": 12}
        assert {len(user.messages) for user in fake.users.values()} == {1}, "what was taken is not sent again"
