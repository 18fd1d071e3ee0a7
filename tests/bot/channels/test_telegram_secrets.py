"""The token and what people write stay out of logs, errors and health, whatever goes wrong."""

import asyncio
import logging
import traceback

import pytest

from bot.channels.telegram_errors import as_send_error
from bot.channels.telegram_http import NoAnswer
from scheduler.sending import Doubtful, Letter, SendError
from tests.bot.channels.telegram_world import telegram, to, until
from tests.fakes.telegram_api import TOKEN

SECRET = TOKEN.partition(":")[2]
SAID = "frase-molto-personale"


async def test_a_whole_conversation_with_every_trouble_leaves_no_secret_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with telegram() as scene:
        leak = f"/bot{TOKEN}/x was not found"
        anna = scene.fake.user()
        for fault in (
            {"status": 404, "description": leak},
            {"status": 500, "body": leak.encode()},
            {"body": leak.encode()},
            {"drop": "after"},
        ):
            scene.fake.fail("getUpdates", **fault)
            scene.fake.fail("sendMessage", **fault)
            anna.says(SAID)
            with pytest.raises(SendError) as caught:
                await scene.channel.sender().send(Letter(1, body=(SAID,)), to())
            shown = "".join(traceback.format_exception(caught.value)) + caught.value.reason
            assert SECRET not in shown and SAID not in shown
        await scene.taken(4)
        await until(lambda: scene.channel.health.state == "ok")
        shown = caplog.text + repr(scene.channel.health)
        assert caplog.records
        assert SECRET not in shown and SAID not in shown and "1001" not in shown


def test_an_answer_that_cannot_even_be_unpacked_is_a_doubt() -> None:
    assert isinstance(as_send_error(RecursionError(TOKEN), TOKEN), Doubtful)
    assert SECRET not in str(as_send_error(NoAnswer(f"{TOKEN} {SECRET}"), TOKEN))


async def test_acknowledgements_under_way_do_not_keep_the_program_from_stopping() -> None:
    async with telegram() as scene:
        anna = scene.fake.user()
        anna.starts()
        await scene.taken(1)
        scene.fake.fail("answerCallbackQuery", delay=30)
        update = {"id": scene.fake.new_callback(), "from": anna.sender, "chat_instance": "1", "data": "x"}
        scene.fake.push(-anna.id, {"callback_query": update})
        await scene.taken(2)
        await asyncio.wait_for(scene.channel.close(), 3)
