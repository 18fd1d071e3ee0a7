"""wis doctor with real channels: Telegram, Twilio and the public address, played by servers of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from tests.bot.commands.command_line import Running, Told, Wis
from tests.bot.commands.test_doctor import finds, lines
from tests.bot.commands.test_whatsapp_command import env_of, sync
from tests.fakes.telegram_api import FakeTelegram
from tests.fakes.twilio_api import FakeTwilio


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        yield fake


def with_telegram(fake: FakeTelegram, **more: str) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_BASE_URL": fake.url, "SIMULATOR": "off"} | more


def with_twilio(fake: FakeTwilio, port: int, **more: str) -> dict[str, str]:
    return env_of(fake) | {"PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", "HTTP_PORT": str(port)} | more


async def look(wis: Wis, **env: str) -> Told:
    return await asyncio.to_thread(lambda: wis("doctor", **env))


def free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


@contextmanager
def serving(wis: Wis, **env: str) -> Iterator[Running]:
    with wis.start("run", **env) as bot:
        yield bot


async def test_a_good_token_and_an_empty_house(wis: Wis, telegram: FakeTelegram) -> None:
    told = await look(wis, **with_telegram(telegram))
    assert told.code == 0, told.out
    finds(told, "ok", "settings", "Telegram")
    finds(told, "ok", "telegram", f"@{telegram.username}", "polling")
    finds(told, "note", "house", "OFFICE_PHONE, CONTROLLER_NAME, PRIVACY_CONTACT", "GDPR")
    assert telegram.token.partition(":")[2] not in told.all
    assert {method for method, _ in telegram.calls} == {"getme", "getwebhookinfo"}, "it only asks"
    settled = {"OFFICE_PHONE": "+12025550123", "CONTROLLER_NAME": "Rete di prova", "PRIVACY_CONTACT": "a@wis.example"}
    finds(await look(wis, **with_telegram(telegram), **settled), "ok", "house")


async def test_a_token_telegram_does_not_know(wis: Wis, telegram: FakeTelegram) -> None:
    told = await look(wis, **with_telegram(telegram) | {"TELEGRAM_BOT_TOKEN": "777:another-part-of-a-fake"})
    assert told.code == 1
    finds(told, "wrong", "telegram", "@BotFather")
    assert "another-part" not in told.all


async def test_a_telegram_that_is_not_there(wis: Wis, telegram: FakeTelegram) -> None:
    told = await look(wis, **with_telegram(telegram, TELEGRAM_API_BASE_URL="http://127.0.0.1:1"))
    assert told.code == 1
    finds(told, "wrong", "telegram", "cannot be asked", "http://127.0.0.1:1")
    assert telegram.token not in told.all


async def test_a_webhook_that_takes_our_messages_is_noted(wis: Wis, telegram: FakeTelegram) -> None:
    telegram.updates.webhook = {"url": "https://elsewhere.example/hook"}
    finds(await look(wis, **with_telegram(telegram)), "note", "telegram", "elsewhere.example")


async def test_webhook_mode_tells_what_telegram_complains_of(wis: Wis, telegram: FakeTelegram) -> None:
    mode = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "a-long-invented-word"}
    env = with_telegram(telegram, PUBLIC_BASE_URL="http://127.0.0.1:1", **mode)
    finds(await look(wis, **env), "note", "telegram", "does not send to http://127.0.0.1:1/telegram/webhook yet")
    telegram.updates.webhook = {
        "url": "http://127.0.0.1:1/telegram/webhook",
        "last_error_message": "Connection refused",
    }
    told = await look(wis, **env)
    assert told.code == 1
    finds(told, "wrong", "telegram", "Connection refused")


async def test_the_whole_road_of_a_running_whatsapp(wis: Wis, twilio: FakeTwilio) -> None:
    port = free_port()
    secret = "a-shared-secret-for-webhooks"
    env = with_twilio(twilio, port, TWILIO_WEBHOOK_KEYS=f"webhooks_sharedkey_1:{secret}")
    await sync(wis, twilio, "--apply")
    with serving(wis, **env) as bot:
        await asyncio.to_thread(bot.says, "Serving whatsapp.")
        told = await look(wis, **env)
        assert told.code == 0, told.out
        finds(told, "ok", "running", "says it is well")
        finds(told, "ok", "whatsapp", "knows the account")
        finds(told, "ok", "templates", "all approved")
        finds(told, "ok", "public address", "leads to the running bot")
        finds(told, "note", "public address", "not https")
        finds(told, "ok", "signature", "the auth token is accepted")
        finds(told, "ok", "signature", "the shared key webhooks_sharedkey_1 is accepted")
        finds(told, "ok", "signature", "a forged one is refused")
        assert secret not in told.all and twilio.auth_token not in told.all
        assert (await asyncio.to_thread(wis, "events", "list")).out.strip() == "No dead letters."
        other = await look(wis, **env | {"TWILIO_WEBHOOK_KEYS": "webhooks_sharedkey_1:another-shared-secret"})
        assert other.code == 1
        finds(other, "wrong", "signature", "webhooks_sharedkey_1", "restart it")
    assert not twilio.sent


async def test_templates_that_are_missing_pending_or_rejected(wis: Wis, twilio: FakeTwilio) -> None:
    env = with_twilio(twilio, 1)
    finds(await look(wis, **env), "wrong", "templates", "missing", "sync-templates --apply")
    await sync(wis, twilio, "--apply")
    twilio.approve_all("pending")
    finds(await look(wis, **env), "note", "templates", "Meta is reviewing")
    twilio.approve_all("rejected")
    finds(await look(wis, **env), "wrong", "templates", "rejected by Meta")


async def test_wrong_twilio_credentials(wis: Wis, twilio: FakeTwilio) -> None:
    told = await look(wis, **with_twilio(twilio, 1, TWILIO_AUTH_TOKEN="0123456789abcdef"))
    assert told.code == 1
    finds(told, "wrong", "whatsapp", "TWILIO_AUTH_TOKEN")
    assert "0123456789abcdef" not in told.all


async def test_a_public_address_that_leads_nowhere(wis: Wis, twilio: FakeTwilio) -> None:
    told = await look(wis, **with_twilio(twilio, 1))
    assert told.code == 1
    finds(told, "wrong", "public address", "nobody answers there", "wis run")


async def test_a_proxy_that_lets_forgeries_through_and_shows_the_simulator(wis: Wis, twilio: FakeTwilio) -> None:
    async def healthy(_: web.Request) -> web.Response:
        return web.json_response({"channels": {}})

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html></html>", content_type="text/html")

    async def anything(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/healthz", healthy), web.get("/", page), web.post("/whatsapp/inbound", anything)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        told = await look(wis, **with_twilio(twilio, port))
    finally:
        await runner.cleanup()
    assert told.code == 1
    finds(told, "wrong", "signature", "anybody could play Twilio")
    finds(told, "wrong", "simulator", "open to everybody", "SIMULATOR=off")


async def test_a_public_simulator_beside_a_real_channel_is_wrong(wis: Wis, telegram: FakeTelegram) -> None:
    told = await look(wis, **with_telegram(telegram) | {"SIMULATOR": "on", "SIMULATOR_PUBLIC": "on"})
    assert told.code == 1
    finds(told, "wrong", "simulator", "whoever opens the page can be anyone")
    told = await look(wis, **with_telegram(telegram) | {"SIMULATOR": "on"})
    finds(told, "note", "simulator", "SIMULATOR=off")
    told = await look(wis, SIMULATOR_PUBLIC="on")
    finds(told, "note", "simulator", "Only for demonstrations")
    assert told.code == 0


async def test_another_program_on_our_port_is_noted(wis: Wis, twilio: FakeTwilio) -> None:
    told = await look(wis, HTTP_PORT=twilio.url.rpartition(":")[2])
    finds(told, "note", "running", "another program answers")
    assert told.code == 0


async def test_a_demonstration_asks_nobody(wis: Wis, telegram: FakeTelegram, twilio: FakeTwilio) -> None:
    told = await look(wis, TELEGRAM_API_BASE_URL=telegram.url, TWILIO_CONTENT_BASE_URL=twilio.url)
    assert told.code == 0
    assert not telegram.calls and not twilio.counts
    assert len(lines(told, "ok")) > 8


def test_the_keys_of_a_live_installation_are_its_own(wis: Wis) -> None:
    told = wis("doctor", TELEGRAM_BOT_TOKEN="123:local-part-of-a-fake")
    assert told.code == 1
    finds(told, "wrong", "settings", "WIS_SECRET_KEYS is empty")
    told = wis("doctor", TELEGRAM_BOT_TOKEN="123:local-part-of-a-fake", WIS_SECRET_KEYS="k1:abc")
    finds(told, "wrong", "settings", "WIS_SECRET_KEYS")
