"""What comes in from outside, through the running program: forged webhooks leave a number and nothing else, large
bodies are refused, and /healthz and /metrics tell the truth in good and bad states."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.fakes.twilio_people import signature
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import HEADERS
from tests.journeys.program import SECRET, Program, running
from tests.journeys.test_hostile import heard, joined
from tests.postgres import Postgres

TEN_MEGABYTES = 10 * 1024 * 1024
UPDATE = {
    "update_id": 990001,
    "message": {
        "message_id": 1,
        "from": {"id": 5001, "is_bot": False, "first_name": "Mallory"},
        "chat": {"id": 5001, "type": "private"},
        "date": 2056700000,
        "text": "parola segretissima",
    },
}


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path, webhook=True) as program:
        await program.invite("WIS-GHJK-0001")
        yield program


async def everything(program: Program) -> dict[str, list[str]]:
    """All rows of all tables, except the program's own signs of life."""
    await program.settled()
    found = await program.rows(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'node'"))
    return {name: sorted(map(repr, await program.rows(text(f"SELECT * FROM {name}")))) for (name,) in found}


async def refused(program: Program, channel: str, reason: str) -> float:
    """How many calls of this channel were refused for this reason, as /metrics tells."""
    async with program.http.get(f"{program.url}/metrics") as answer:
        page = await answer.text()
    line = f'wis_webhook_refused_total{{channel="{channel}",reason="{reason}"}}'
    found = re.search(re.escape(line) + r" ([\d.]+)", page)
    return float(found[1]) if found else 0.0


async def knocks(program: Program, path: str, **request: Any) -> int:
    """The status of a POST."""
    async with program.http.post(program.url + path, **request) as answer:
        return answer.status


async def test_forged_calls_for_telegram_leave_a_number_and_nothing_else(program: Program) -> None:
    await joined(TelegramPlayer(program), "Giulia", "WIS-GHJK-0001")
    before = await everything(program)
    name = "X-Telegram-Bot-Api-Secret-Token"
    for headers, reason in (
        ({}, "no_token"),
        ({name: ""}, "wrong_token"),
        ({name: SECRET[:-1]}, "wrong_token"),
        ({name: SECRET + "x"}, "wrong_token"),
        ({name: SECRET.upper()}, "wrong_token"),
        ({name: "è\u00ff"}, "wrong_token"),
    ):
        count = await refused(program, "telegram", reason)
        assert await knocks(program, "/telegram/webhook", json=UPDATE, headers=headers) == 403
        assert await refused(program, "telegram", reason) == count + 1
    assert await everything(program) == before


async def test_a_genuine_update_of_telegram_that_is_replayed_is_worked_once(program: Program) -> None:
    player = TelegramPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert await knocks(program, "/telegram/webhook", json=UPDATE, headers=headers) == 200
    await program.settled()
    assert len(await heard(player)) == 1
    before = await everything(program)
    for _ in range(3):
        assert await knocks(program, "/telegram/webhook", json=UPDATE, headers=headers) == 200
    assert await everything(program) == before


async def test_forged_calls_for_whatsapp_leave_a_number_and_nothing_else(program: Program) -> None:
    await joined(WhatsAppPlayer(program), "Giulia", "WIS-GHJK-0001")
    fake = program.twilio
    form = dict(fake.inbound[-1][1]) | {"MessageSid": "SM" + "9" * 32, "Body": "parola segretissima"}
    genuine = fake.signed("/whatsapp/inbound", list(form.items()))
    wrong = {"X-Twilio-Signature": signature("another-token", fake.public_url + "/whatsapp/inbound", [*form.items()])}
    status = {"MessageSid": fake.sent[-1].sid, "MessageStatus": "failed", "ErrorCode": "63016"}
    before = await everything(program)
    for path, data, headers in (
        ("/whatsapp/inbound", form, {}),
        ("/whatsapp/inbound", form, {"X-Twilio-Signature": ""}),
        ("/whatsapp/inbound", form, {"X-Twilio-Signature": "AAAA"}),
        ("/whatsapp/inbound", form, wrong),
        ("/whatsapp/inbound", form | {"Body": "un'altra"}, genuine),
        ("/whatsapp/inbound", form | {"From": "whatsapp:+447700900999"}, genuine),
        ("/whatsapp/inbound", form | {"More": "x"}, genuine),
        ("/whatsapp/inbound?x=1", form, genuine),
        ("/whatsapp/status", form, genuine),
        ("/whatsapp/status?n=1", status, {}),
        ("/whatsapp/status?n=2", status, fake.signed("/whatsapp/status?n=1", list(status.items()))),
    ):
        assert await knocks(program, path, data=data, headers=headers) == 403, (path, data, headers)
    assert await everything(program) == before
    assert await knocks(program, "/whatsapp/inbound", data=form, headers=genuine) == 200
    once = await everything(program)
    assert once != before
    assert await knocks(program, "/whatsapp/inbound", data=form, headers=genuine) == 200
    assert await everything(program) == once


async def test_bodies_of_ten_megabytes_are_refused(program: Program) -> None:
    big = b"a" * TEN_MEGABYTES
    before = await everything(program)
    too_large = await refused(program, "telegram", "too_large")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    json = {"Content-Type": "application/json"}
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    # Telegram would send a refused update again for ever: it is told that all is well
    assert await knocks(program, "/telegram/webhook", data=BytesIO(big), headers=json | secret) == 200
    assert await refused(program, "telegram", "too_large") == too_large + 1
    assert await knocks(program, "/telegram/webhook", data=BytesIO(big), headers=json) == 403
    assert await knocks(program, "/whatsapp/inbound", data=BytesIO(b"Body=" + big), headers=form) == 403
    assert await knocks(program, "/whatsapp/status", data=BytesIO(b"Body=" + big), headers=form) == 403
    assert await knocks(program, "/simulator/say", data=BytesIO(b'"' + big + b'"'), headers=json | HEADERS) == 413
    assert await everything(program) == before


async def health(program: Program) -> tuple[int, dict[str, Any]]:
    """What /healthz answers."""
    async with program.http.get(f"{program.url}/healthz") as answer:
        return answer.status, await answer.json()


async def metrics(program: Program) -> str:
    """The page of /metrics, which always answers."""
    async with program.http.get(f"{program.url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_all_is_well(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        status, said = await until(program, "whatsapp", "ok")
        assert status == 200
        assert said["status"] == "ok"
        assert {name: channel["state"] for name, channel in said["channels"].items()} == {
            "telegram": "ok",
            "whatsapp": "ok",
            "simulator": "ok",
            "terminal": "ok",
        }
        page = await metrics(program)
        assert 'wis_outbox_rows{status="waiting"} 0.0' in page
        assert "wis_dead_letters 0.0" in page
        assert re.search(r"^wis_telegram_last_good_poll_age_seconds \d", page, re.MULTILINE)


async def test_a_token_that_telegram_refuses_makes_the_program_unhealthy_until_it_is_good_again(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as program:
        good, program.telegram.token = program.telegram.token, "123456:revoked"
        user = program.telegram.user(5001)
        user.says("ciao")
        status, said = await until(program, "telegram", "failing")
        assert status == 503 and said["status"] == "failing"
        assert "401" in said["channels"]["telegram"]["cause"]
        assert good not in str(said)
        program.telegram.token = good
        status, said = await until(program, "telegram", "ok")
        assert status == 200
        await program.wait(120)
        assert len(user.messages()) == 1, "what was written meanwhile is answered"


async def test_a_token_that_twilio_refuses_makes_the_program_unhealthy(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        player = WhatsAppPlayer(program)
        await program.invite("WIS-GHJK-0001")
        await joined(player, "Giulia", "WIS-GHJK-0001")
        good = program.twilio.auth_token
        token = "revoked-" + good

        def deliver(path: str, form: dict[str, str], **headers: str) -> Any:
            # Twilio goes on signing with the token we know while it refuses our calls
            program.twilio.auth_token = good
            proof = program.twilio.signed(path, list(form.items()))
            program.twilio.auth_token = token
            return knocks(program, path, data=form, headers=proof | headers)

        program.twilio.deliver = deliver  # type: ignore[method-assign]
        program.twilio.auth_token = token
        assert await player.user("Giulia").says("menu") == 200
        status, said = await until(program, "whatsapp", "failing")
        assert status == 503
        assert good not in str(said) and "Giulia" not in str(said)
        program.twilio.auth_token = good
        status, said = await until(program, "whatsapp", "ok")
        assert status == 200


async def test_a_database_that_is_gone_makes_the_program_unhealthy_and_nothing_is_acknowledged(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.bare()
    async with running(tmp_path, database_url=url) as program:
        player = WhatsAppPlayer(program)
        await program.invite("WIS-GHJK-0001")
        await joined(player, "Giulia", "WIS-GHJK-0001")
        assert (await health(program))[0] == 200
        postgres._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        status, said = await health(program)
        assert status == 503
        assert said["database"]["state"] == "failing"
        assert "wis_outbox_oldest_age_seconds -1.0" in await metrics(program)
        assert await player.user("Giulia").says("menu") == 503
        program.telegram.user(5001).says("ciao")
        status, said = await until(program, "telegram", "degraded")
        assert said["channels"]["telegram"]["cause"] == "the database cannot take events"
        assert program.telegram.updates.pending, "Telegram keeps what was not committed"


async def until(program: Program, channel: str, state: str) -> tuple[int, dict[str, Any]]:
    """What /healthz says as soon as the channel is in this state."""
    async with asyncio.timeout(15):
        while True:
            status, said = await health(program)
            if said["channels"][channel]["state"] == state:
                return status, said
            await asyncio.sleep(0.02)
