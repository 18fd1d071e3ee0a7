"""wis run in a process of its own: what it prints, how it ends, and that there is only one on a SQLite file."""

import asyncio
import json
import signal
import urllib.error
import urllib.request

import pytest

from tests.bot.commands.command_line import Wis
from tests.fakes.telegram_api import FakeTelegram


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_it_prints_the_page_and_the_codes_and_ends_in_order(wis: Wis) -> None:
    with wis.start("run") as bot:
        page = bot.says("Simulator page: ").partition("page: ")[2].strip()
        bot.says("wis doctor")
        codes = [line.split()[0] for line in bot.lines if line.strip().startswith("WIS-")]
        assert len(codes) == 3
        assert json.loads(get(page + "/healthz"))["status"] == "ok"
        assert "<html" in get(page + "/")
        assert wis("demo", "codes").out.split()[0] in codes
        bot.gets(signal.SIGTERM)
        told = bot.ends(within=10)
    assert told.code == 0
    assert told.out.strip().endswith("Ended: everything received is kept.")
    assert told.err == ""


def test_ctrl_c_ends_it_in_order_too(wis: Wis) -> None:
    with wis.start("run") as bot:
        bot.says("wis doctor")
        bot.gets(signal.SIGINT)
        assert bot.ends(within=10).code == 0


def test_a_second_one_on_the_same_file_says_so_and_leaves_the_first_alone(wis: Wis) -> None:
    with wis.start("run") as bot:
        page = bot.says("Simulator page: ").partition("page: ")[2].strip()
        for command in ("run", "talk"):
            with wis.start(command) as second:
                told = second.ends()
            assert told.code == 1
            assert len(told.err.splitlines()) == 1
            assert "this" in told.err and "database" in told.err and "PostgreSQL" in told.err
        assert json.loads(get(page + "/healthz"))["status"] == "ok"


def test_after_a_kill_it_starts_again(wis: Wis) -> None:
    with wis.start("run") as bot:
        bot.says("wis doctor")
        bot.gets(signal.SIGKILL)
        bot.ends()
    with wis.start("run") as bot:
        bot.says("wis doctor")


async def test_what_was_received_before_sigterm_is_answered_and_nothing_is_printed_of_it(wis: Wis) -> None:
    async with FakeTelegram(latency=0.3) as telegram:
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE_URL": telegram.url,
            "WIS_SECRET_KEYS": "",
        }
        anna = telegram.user()
        with wis.start("run", **settings) as bot:
            await asyncio.to_thread(bot.says, "Serving telegram.")
            anna.says("il mio segreto")
            await telegram.updates.settled(timeout=20)
            bot.gets(signal.SIGTERM)
            told = await asyncio.to_thread(bot.ends, 10)
        assert told.code == 0
        assert telegram.called("sendMessage")
        assert "segreto" not in told.all
        assert telegram.token not in told.all


def test_the_page_is_gone_after_the_end(wis: Wis) -> None:
    with wis.start("run") as bot:
        page = bot.says("Simulator page: ").partition("page: ")[2].strip()
        bot.gets(signal.SIGTERM)
        bot.ends(within=10)
    with pytest.raises(urllib.error.URLError):
        get(page + "/healthz")
