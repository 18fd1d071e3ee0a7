"""The local Telegram itself: it keeps the rules that the other tests and the benchmarks rely on."""

import asyncio
import json
import sys
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.telegram_html import MarkupError, visible
from tests.fakes.telegram_rules import ApiError


@pytest.mark.parametrize(
    "html",
    ["a < b", "<b>open", "<b><i>crossed</b></i>", "</b>", "<br>", "<script>x</script>", "<b", "<unknown>x</unknown>"],
)
def test_broken_markup_is_refused(html: str) -> None:
    with pytest.raises(MarkupError):
        visible(html)


def test_the_reader_sees_markup_and_entities_resolved() -> None:
    assert visible('<b>1 &lt; 2</b> <a href="x">&amp;amp;</a> &egrave; > &#233;') == "1 < 2 &amp; &egrave; > é"


async def call(fake: FakeTelegram, method: str, **params: Any) -> Any:
    async with ClientSession() as session, session.post(f"{fake.url}/bot{TOKEN}/{method}", json=params) as answer:
        return await answer.json()


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "👍" * 2049}, "message is too long"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "è" * 33}]]}}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "text buttons are unallowed"),
        ({"reply_markup": {"inline_keyboard": [], "force_reply": True}}, "can't parse reply keyboard"),
        ({"chat_id": 4}, "chat not found"),
    ],
)
async def test_what_the_bot_api_refuses_is_refused(params: dict[str, Any], description: str) -> None:
    async with FakeTelegram() as fake:
        fake.user(1001).starts()
        answer = await call(fake, "sendMessage", **{"chat_id": 1001, "text": "x", **params})
        assert (answer["ok"], answer["error_code"]) == (False, 400)
        assert description in answer["description"]


async def test_updates_are_confirmed_only_by_the_next_offset() -> None:
    async with FakeTelegram() as fake:
        anna = fake.user()
        first, second = anna.says("uno"), anna.says("due")
        for _ in range(2):
            got = (await call(fake, "getUpdates"))["result"]
            assert [update["update_id"] for update in got] == [first, second]
        got = (await call(fake, "getUpdates", offset=first + 1))["result"]
        assert [update["update_id"] for update in got] == [second]
        assert fake.updates.confirmed == [first]


async def test_sending_faster_than_allowed_gets_429() -> None:
    async with FakeTelegram(per_second=2) as fake:
        fake.user().starts()
        answers = [await call(fake, "sendMessage", chat_id=1001, text="x") for _ in range(3)]
        assert [answer["ok"] for answer in answers] == [True, True, False]
        assert answers[2]["parameters"] == {"retry_after": 1}


async def test_any_call_can_be_refused_by_a_rule_of_the_test() -> None:
    def rule(method: str, params: dict[str, Any]) -> ApiError | None:
        return ApiError(500, "no") if params.get("text") == "x" else None

    async with FakeTelegram(refuse=rule) as fake:
        fake.user().starts()
        assert (await call(fake, "sendMessage", chat_id=1001, text="x"))["error_code"] == 500
        assert (await call(fake, "sendMessage", chat_id=1001, text="y"))["ok"]


async def test_the_stock_bot_of_python_telegram_bot_is_served_too() -> None:
    async with FakeTelegram() as fake:
        anna = fake.user()
        anna.starts("x")
        async with Bot(TOKEN, f"{fake.url}/bot", f"{fake.url}/file/bot") as bot:
            (update,) = await bot.get_updates(timeout=1, allowed_updates=["message", "callback_query"])
            assert update.message is not None and update.message.text == "/start x"
            keys = InlineKeyboardMarkup([[InlineKeyboardButton("Sì", callback_data="y")]])
            sent = await bot.send_message(1001, "<b>Ciao</b>", parse_mode="HTML", reply_markup=keys)
            assert anna.screen() == "Ciao\n[Sì]"
            anna.taps("Sì")
            (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=1)
            assert update.callback_query is not None and await update.callback_query.answer()
            with pytest.raises(BadRequest):
                await update.callback_query.answer()
            assert sent.message_id == anna.last_message()["message_id"]
            with pytest.raises(BadRequest, match="not modified"):
                await bot.edit_message_text("Ciao", 1001, sent.message_id, reply_markup=keys)
            await bot.send_document(1001, b"pdf", filename="a.pdf", caption="Ecco")
            assert anna.text() == "Ecco"
            anna.blocks()
            with pytest.raises(Forbidden):
                await bot.send_message(1001, "Ciao")


async def test_it_runs_in_its_own_process_and_is_driven_from_outside() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telegram_api", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().strip()
        async with ClientSession(url) as session:
            deed = {"user": 7, "do": "says", "with": ["ciao"]}
            async with session.post("/control/do", json=deed) as answer:
                number = await answer.json()
            async with session.post(f"/bot{TOKEN}/getUpdates", json={}) as answer:
                assert [update["update_id"] for update in (await answer.json())["result"]] == [number]
            await session.post("/control/fail", json={"method": "sendMessage", "status": 500})
            for status in (500, 200):
                said = {"chat_id": 7, "text": "Eccomi"}
                async with session.post(f"/bot{TOKEN}/sendMessage", json=said) as answer:
                    assert answer.status == status
            async with session.get("/control/hears", params={"user": 7, "more_than": 0}) as answer:
                screen = json.loads(await answer.text())
            assert (screen["text"], screen["messages"], screen["heard"]) == ("Eccomi", 1, 1)
            async with session.get("/control/counts") as answer:
                assert await answer.json() == {"getupdates": 1, "sendmessage": 2}
    finally:
        process.terminate()
        await process.wait()
