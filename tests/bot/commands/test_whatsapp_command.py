"""wis whatsapp sync-templates against the local Twilio: a dry run, creating, and what it says of each state."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.bot.commands.command_line import Told, Wis
from tests.fakes.twilio_api import FakeTwilio


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        yield fake


def env_of(fake: FakeTwilio) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": fake.account_sid,
        "TWILIO_AUTH_TOKEN": fake.auth_token,
        "TWILIO_WHATSAPP_FROM": fake.sender,
        "TWILIO_API_BASE_URL": fake.url,
        "TWILIO_CONTENT_BASE_URL": fake.url,
        "PUBLIC_BASE_URL": "http://127.0.0.1:1",
        "SIMULATOR": "off",
    }


async def sync(wis: Wis, fake: FakeTwilio, *arguments: str, **env: str) -> Told:
    return await asyncio.to_thread(lambda: wis("whatsapp", "sync-templates", *arguments, **(env_of(fake) | env)))


async def test_a_dry_run_changes_nothing_and_fails_while_something_is_missing(wis: Wis, twilio: FakeTwilio) -> None:
    told = await sync(wis, twilio)
    assert told.code == 1
    assert "questionnaire_reminder\tit\tmissing" in told.out
    assert "--apply" in told.err
    assert not twilio.contents


async def test_applied_once_nothing_is_left_to_do(wis: Wis, twilio: FakeTwilio) -> None:
    told = await sync(wis, twilio, "--apply")
    assert told.code == 0
    count = len(twilio.contents)
    assert f"{count} created or submitted." in told.out
    again = await sync(wis, twilio, "--apply")
    assert again.code == 0
    assert "Nothing to do." in again.out
    assert len(twilio.contents) == count
    assert "Every template can be sent." in (await sync(wis, twilio)).out
    assert not twilio.violations


@pytest.mark.parametrize("status", ["pending", "rejected", "paused"])
async def test_what_meta_says_is_shown(wis: Wis, twilio: FakeTwilio, status: str) -> None:
    await sync(wis, twilio, "--apply")
    twilio.approve_all(status)
    told = await sync(wis, twilio)
    assert told.code == 1
    assert f"\t{status}\t" in told.out


async def test_wrong_credentials_are_told_without_them(wis: Wis, twilio: FakeTwilio) -> None:
    told = await sync(wis, twilio, TWILIO_AUTH_TOKEN="0123456789abcdef")
    assert told.code == 1
    assert "TWILIO_AUTH_TOKEN" in told.err
    assert "0123456789abcdef" not in told.all
    assert len(told.err.splitlines()) == 1


async def test_a_twilio_that_is_not_there_is_told(wis: Wis, twilio: FakeTwilio) -> None:
    told = await sync(wis, twilio, TWILIO_CONTENT_BASE_URL="http://127.0.0.1:1")
    assert told.code == 1
    assert "cannot be reached" in told.err
    twilio.fail(20500, where="content", status=500)
    twilio.fail(20500, where="list", status=500)
    told = await sync(wis, twilio)
    assert told.code == 1
    assert "Traceback" not in told.all


def test_without_the_settings_it_says_which(wis: Wis) -> None:
    told = wis("whatsapp", "sync-templates")
    assert told.code == 1
    assert "TWILIO_ACCOUNT_SID" in told.err
