"""Webhook mode: who may deliver, what is answered, and the care that Telegram goes on delivering."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.telegram import TelegramConfig
from bot.channels.telegram_webhook import LARGEST_BODY, PATH
from bot.metrics import WEBHOOK_REFUSED
from conversations.events import Chose, Said
from scheduler.sending import Button, Letter
from tests.bot.channels.telegram_world import Scene, config, telegram, to, until
from tests.fakes.telegram_api import TOKEN, FakeTelegram

SECRET = "a-long_Secret-0123"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
ALL_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


class Doorstep:
    """A web server whose routes are those of the channel that comes later."""

    def __init__(self) -> None:
        self.handle: Any = None

    async def open(self, request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await self.handle(request)
        return answer


@asynccontextmanager
async def served(**changes: Any) -> AsyncIterator[tuple[Scene, str]]:
    door = Doorstep()
    app = web.Application()
    app.router.add_post(PATH, door.open)
    async with TestServer(app, host="127.0.0.1") as server:
        base = str(server.make_url("")).rstrip("/")
        usual = {"mode": "webhook", "webhook_secret": SECRET, "public_base_url": base, "check_webhook_every": 0.05}
        async with telegram(running=False, **(usual | changes)) as scene:
            (route,) = scene.channel.routes()
            door.handle = route.handler
            yield scene, base + PATH


def refused(reason: str) -> float:
    return float(WEBHOOK_REFUSED.labels("telegram", reason)._value.get())


async def test_polling_mode_opens_no_route() -> None:
    async with telegram(running=False) as scene:
        assert list(scene.channel.routes()) == []


async def test_telegram_delivers_what_people_do_and_answers_come_back() -> None:
    async with served() as (scene, url):
        scene.start()
        await until(lambda: scene.channel.health.state == "ok")
        assert scene.fake.called("setWebhook") == [
            {"url": url, "secret_token": SECRET, "allowed_updates": ALL_KINDS}
        ]
        anna = scene.fake.user()
        anna.says("uno")
        await scene.taken(1)
        await scene.channel.sender().send(Letter(1, body=("?",), choices=(Button("s1:1", "Nido"),)), to())
        tap = anna.taps("Nido")
        assert await scene.taken(2) == [Said("uno"), Chose("s1:1", "Nido")]
        await until(lambda: scene.fake.callbacks[tap] == "answered")
        await scene.fake.updates.settled()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no_token"),
        ({HEADER: ""}, "wrong_token"),
        ({HEADER: SECRET[:-1]}, "wrong_token"),
        ({HEADER: SECRET + "x"}, "wrong_token"),
        ({HEADER: SECRET.lower()}, "wrong_token"),
        ({HEADER: "è" * 20}, "wrong_token"),
    ],
    ids=str,
)
async def test_a_forged_delivery_gets_403_and_leaves_only_a_counter(headers: dict[str, str], reason: str) -> None:
    async with served() as (scene, url), ClientSession() as session:
        before = refused(reason)
        body = {"update_id": 5, "message": {"text": "forged"}}
        async with session.post(url, json=body, headers=headers) as answer:
            assert (answer.status, await answer.read()) == (403, b"")
        assert scene.box.events == []
        assert refused(reason) == before + 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "malformed"),
        (b"\xff\xfe\x00", "malformed"),
        (b"", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'"' + b"a" * LARGEST_BODY + b'"', "too_large"),
    ],
    ids=["half", "binary", "nothing", "deep", "large"],
)
async def test_what_cannot_be_read_is_taken_off_telegrams_hands_and_counted(body: bytes, reason: str) -> None:
    async with served() as (scene, url), ClientSession() as session:
        before = refused(reason)
        async with session.post(url, data=BytesIO(body), headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
        assert scene.box.events == []
        assert refused(reason) == before + 1


async def test_a_body_without_a_length_is_limited_too() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 64 * 1024

    async with served() as (_, url), ClientSession() as session:
        before = refused("too_large")
        async with session.post(url, data=endless(), headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
        assert refused("too_large") == before + 1


@pytest.mark.parametrize("update", [None, 5, [], {}, {"update_id": "x"}, {"update_id": 1, "message": [1]}], ids=str)
async def test_hostile_json_with_the_right_secret_is_swallowed(update: object) -> None:
    async with served() as (scene, url), ClientSession() as session:
        async with session.post(url, json=update, headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
        assert scene.box.events == []


async def test_an_unready_database_makes_telegram_deliver_again_in_order() -> None:
    async with served() as (scene, _):
        scene.start()
        await until(lambda: scene.channel.health.state == "ok")
        scene.box.unready = 2
        anna = scene.fake.user()
        anna.says("uno")
        anna.says("due")
        assert await scene.taken(2) == [Said("uno"), Said("due")]
        assert [status for _, status in scene.fake.updates.deliveries][:3] == [503, 503, 200]
        await until(lambda: scene.channel.health.state == "degraded")
        assert scene.channel.health.detail["last_error"] == "Wrong response from the webhook: 503"


async def test_a_delivery_is_acknowledged_only_after_its_commit() -> None:
    async with served() as (scene, _):
        scene.start()
        await until(lambda: scene.channel.health.state == "ok")
        scene.box.gate = asyncio.Event()
        scene.fake.user().says("uno")
        await asyncio.sleep(0.1)
        assert scene.fake.updates.deliveries == []
        scene.box.gate.set()
        await until(lambda: len(scene.fake.updates.deliveries) == 1)
        assert scene.box.whats == [Said("uno")]


async def test_many_pending_updates_show_in_health() -> None:
    async with served() as (scene, _):
        scene.start()
        await until(lambda: scene.channel.health.state == "ok")
        scene.fake.updates.pending.extend({"update_id": number} for number in range(101))
        await until(lambda: scene.channel.health.state == "degraded")
        assert scene.channel.health.detail["pending"] == 101


async def test_a_webhook_that_somebody_deleted_is_set_again() -> None:
    async with served() as (scene, url):
        scene.start()
        await until(lambda: scene.channel.health.state == "ok")
        scene.fake.updates.set_webhook({})
        await until(lambda: scene.fake.updates.webhook.get("url") == url)


async def test_trouble_while_setting_the_webhook_is_told_and_tried_again() -> None:
    async with served() as (scene, url):
        scene.fake.fail("setWebhook", status=400, description="Bad Request: bad webhook: IP address is reserved")
        scene.fake.fail("getWebhookInfo", retry_after=1)
        scene.start()
        await until(lambda: "429" in str(scene.channel.health.detail.get("cause")))
        assert scene.channel.health.state == "failing"
        await until(lambda: scene.channel.health.state == "ok")
        assert scene.fake.updates.webhook["url"] == url


@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"token": "no colon"},
        {"mode": "webhook", "public_base_url": "https://wis.example"},
        {"mode": "webhook", "public_base_url": "https://wis.example", "webhook_secret": "no spaces allowed"},
        {"mode": "webhook", "webhook_secret": SECRET},
        {"mode": "webhook", "webhook_secret": SECRET, "public_base_url": "http://wis.example"},
    ],
    ids=str,
)
async def test_a_configuration_that_lets_everyone_in_or_no_one_does_not_start(changes: dict[str, Any]) -> None:
    async with FakeTelegram() as fake:
        with pytest.raises(ValueError):
            config(fake, **changes)


def test_the_configuration_shows_no_secret() -> None:
    shown = repr(TelegramConfig(TOKEN, webhook_secret=SECRET))
    assert TOKEN.partition(":")[2] not in shown and SECRET not in shown
