"""Files that people send are fetched within a limit; and one HTTP session can serve every channel."""

import aiohttp
import pytest

from bot.channels.telegram import LARGEST_DOWNLOAD, TelegramChannel
from conversations.events import Sent
from scheduler.sending import Letter, Misconfigured, Refused, SendError, Unavailable
from tests.bot.channels.telegram_world import COMMANDS, Box, config, phrases, telegram, to
from tests.fakes.telegram_api import FakeTelegram


async def test_a_photo_comes_in_and_is_fetched() -> None:
    async with telegram() as scene:
        scene.fake.user().sends_photo(b"jpeg" * 50_000, "La ricevuta")
        (sent,) = await scene.taken(1)
        assert isinstance(sent, Sent) and (sent.kind, sent.caption, sent.size) == ("photo", "La ricevuta", 200_000)
        assert await scene.channel.fetch(sent.ref, 1_000_000) == b"jpeg" * 50_000


async def test_a_document_with_an_odd_name_is_fetched() -> None:
    async with telegram() as scene:
        scene.fake.user().sends_document(b"%PDF", "busta paga è #1?.pdf", "application/pdf")
        (sent,) = await scene.taken(1)
        assert isinstance(sent, Sent)
        assert await scene.channel.fetch(sent.ref, 10) == b"%PDF"


async def test_a_file_larger_than_wanted_is_refused_before_it_is_loaded() -> None:
    async with telegram(running=False) as scene:
        ref = scene.fake.keep_file(b"x" * 11, "documents/x")
        with pytest.raises(Refused):
            await scene.channel.fetch(ref, 10)
        huge = scene.fake.keep_file(bytes(LARGEST_DOWNLOAD + 1), "documents/y")
        with pytest.raises(Refused):
            await scene.channel.fetch(huge, 10**9)


async def test_a_file_that_lies_about_its_size_is_cut_off() -> None:
    async with telegram(running=False) as scene:
        scene.fake.keep_file(b"x" * 200_000, "documents/x")
        body = b'{"ok": true, "result": {"file_id": "f", "file_size": 3, "file_path": "documents/x"}}'
        scene.fake.fail("getFile", body=body)
        with pytest.raises(Refused) as caught:
            await scene.channel.fetch("f", 100_000)
        assert caught.value.code == "too-large"


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"status": 400, "description": "Bad Request: wrong file_id"}, Refused),
        ({"body": b'{"ok": true, "result": {"file_id": "f"}}'}, Refused),
        ({"body": b'{"ok": true, "result": {"file_path": "gone/away"}}'}, Misconfigured),
        ({"status": 500}, Unavailable),
    ],
    ids=str,
)
async def test_a_file_that_cannot_be_had_is_a_send_error(fault: dict[str, object], cause: type[SendError]) -> None:
    async with telegram(running=False) as scene:
        scene.fake.fail("getFile", **fault)
        with pytest.raises(cause):
            await scene.channel.fetch("f", 100)


async def test_a_shared_session_is_used_and_left_open() -> None:
    async with FakeTelegram() as fake, aiohttp.ClientSession() as session:
        fake.user().starts()
        channel = TelegramChannel(config(fake), Box(), lambda: COMMANDS, phrases, lambda: session)
        await channel.sender().send(Letter(1, body=("Ciao",)), to())
        await channel.close()
        assert not session.closed
        assert fake.user().text() == "Ciao"
