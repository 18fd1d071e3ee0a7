"""The polling loop on a local Telegram: nothing is confirmed before it is committed, and nothing ends the loop."""

import asyncio
import logging
from datetime import timedelta

import pytest

from conversations.events import Blocked, Chose, Joined, Said
from scheduler.sending import Button, Letter
from tests.bot.channels.telegram_world import Scene, telegram, to, until
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.telegram_people import User

ALL_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


async def anna_says(scene: Scene, *texts: str) -> User:
    anna = scene.fake.user()
    for text in texts:
        anna.says(text)
    return anna


def state(scene: Scene) -> str:
    return scene.channel.health.state


async def test_what_people_do_arrives_in_order_with_unique_ids() -> None:
    async with telegram() as scene:
        anna = scene.fake.user()
        anna.starts("WIS-7K2M")
        anna.says("ciao")
        anna.blocks()
        assert await scene.taken(3) == [Joined("WIS-7K2M"), Said("ciao"), Blocked()]
        assert len({event.id for event in scene.box.events}) == 3
        assert all(event.id.startswith("123456:") for event in scene.box.events)


async def test_a_webhook_is_deleted_first_and_no_update_is_dropped() -> None:
    async with telegram(running=False) as scene:
        scene.fake.updates.set_webhook({"url": "https://elsewhere.example/hook"})
        scene.fake.updates.webhook["url"] = "https://elsewhere.example/hook"
        scene.start()
        await until(lambda: state(scene) == "ok" or scene.fake.called("getUpdates"))
        assert scene.fake.called("deleteWebhook") == [{"drop_pending_updates": False}]
        asked = scene.fake.called("getUpdates")[0]
        assert (asked["allowed_updates"], asked["limit"], "offset" in asked) == (ALL_KINDS, 100, False)


async def test_an_update_is_confirmed_only_after_its_commit() -> None:
    async with telegram() as scene:
        scene.box.gate = asyncio.Event()
        await anna_says(scene, "uno", "due")
        await until(lambda: scene.channel.health.state == "starting" and scene.fake.called("getUpdates"))
        await asyncio.sleep(0.1)
        assert scene.fake.updates.confirmed == []
        scene.box.gate.set()
        await until(lambda: len(scene.fake.updates.confirmed) == 2)
        assert scene.box.whats == [Said("uno"), Said("due")]


async def test_an_unready_database_gets_the_same_batch_again() -> None:
    async with telegram(running=False) as scene:
        scene.box.unready = 3
        await anna_says(scene, "uno", "due")
        scene.start()
        assert await scene.taken(2) == [Said("uno"), Said("due")]
        await until(lambda: state(scene) == "ok")
        offsets = [asked.get("offset") for asked in scene.fake.called("getUpdates")]
        assert offsets[:4] == [None] * 4


async def test_while_the_database_is_unready_health_says_so() -> None:
    async with telegram(running=False) as scene:
        scene.box.unready = 10**6
        await anna_says(scene, "uno")
        scene.start()
        await until(lambda: state(scene) == "failing")
        assert scene.channel.health.detail["cause"] == "the database cannot take events"
        assert scene.channel.poll_age() == -1
        scene.box.unready = 0
        await until(lambda: state(scene) == "ok")
        assert scene.channel.health.detail["cause"] is None
        assert 0 <= scene.channel.poll_age() < 5


async def test_a_bug_of_the_inbox_is_logged_and_does_not_end_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    async with telegram(running=False) as scene:
        scene.box.broken = 1
        await anna_says(scene, "uno")
        scene.start()
        assert await scene.taken(1) == [Said("uno")]
        assert "could not be taken" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "description": "Unauthorized"},
        {"status": 404, "description": "Not Found"},
        {"status": 404, "body": b"<html>nginx</html>"},
        {"status": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"retry_after": 1},
        {"status": 500, "body": b"oops"},
        {"status": 502, "body": b"<html>"},
        {"body": b"garbage"},
        {"body": b'{"ok": true, "result": {"not": "a list"}}'},
        {"body": b'{"ok": true, "result": [{"no": "number"}, 5, null]}'},
        {"drop": "before"},
        {"drop": "after"},
    ],
    ids=str,
)
async def test_no_answer_ends_the_loop(fault: dict[str, object]) -> None:
    async with telegram(running=False) as scene:
        scene.fake.fail("getUpdates", **fault)
        await anna_says(scene, "uno")
        scene.start()
        assert await scene.taken(1) == [Said("uno")]
        await until(lambda: state(scene) == "ok")
        assert scene.channel.health.detail["failures"] == 0


async def test_a_wrong_token_fails_at_once_and_is_never_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "123456:another-secret-than-the-fake"
    async with telegram(running=False, token=wrong) as scene:
        scene.fake.fail("getUpdates", status=404, description=f"/bot{wrong}/getUpdates was not found", times=1000)
        scene.start()
        await until(lambda: state(scene) == "failing")
        assert str(scene.channel.health.detail["cause"]).startswith("401: ")
        shown = caplog.text + repr(scene.channel.health)
        assert "another-secret" not in shown


async def test_the_token_in_an_answer_is_blotted_out() -> None:
    async with telegram(running=False) as scene:
        scene.fake.fail("getUpdates", status=404, description=f"/bot{TOKEN}/getUpdates was not found", times=10)
        scene.start()
        await until(lambda: state(scene) == "failing")
        cause = scene.channel.health.detail["cause"]
        assert cause == "404: /bot***/getUpdates was not found"


async def test_two_pollers_disturb_each_other_and_health_tells_it() -> None:
    async with telegram() as scene:
        await until(lambda: scene.fake.called("getUpdates"))
        scene.fake.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates", times=50)
        await anna_says(scene, "uno")
        await until(lambda: state(scene) == "failing")
        assert "409" in str(scene.channel.health.detail["cause"])


async def test_the_local_telegram_ousts_the_first_of_two_pollers(caplog: pytest.LogCaptureFixture) -> None:
    async with telegram(long_poll=5) as scene:
        await until(lambda: scene.fake.called("getUpdates"))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(scene.fake.updates.poll({"timeout": 0.1}))
        await asyncio.gather(second, return_exceptions=True)
        await until(lambda: "409: Conflict: terminated by other getUpdates" in caplog.text)


async def test_a_webhook_set_meanwhile_is_deleted_again() -> None:
    async with telegram(long_poll=0.05) as scene:
        await until(lambda: state(scene) == "ok")
        scene.fake.updates.set_webhook({"url": "https://elsewhere.example/hook"})
        await until(lambda: len(scene.fake.called("deleteWebhook")) == 2)
        scene.fake.user().says("uno")
        assert await scene.taken(1) == [Said("uno")]


async def test_retry_after_is_obeyed_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    async with telegram(running=False) as scene:
        waits: list[float] = []
        real = asyncio.sleep

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            await real(min(seconds, 0.01))

        monkeypatch.setattr("bot.channels.telegram_polling.asyncio.sleep", sleep)
        scene.fake.fail("getUpdates", retry_after=17)
        scene.fake.fail("getUpdates", status=500, times=3)
        scene.start()
        await until(lambda: state(scene) == "ok" or scene.fake.counts["getupdates"] > 4)
        assert [wait for wait in waits if wait > 0.005][:1] == [17.0]
        assert [wait for wait in waits if wait in (0.01, 0.02, 0.04, 0.05)][-3:] == [0.02, 0.04, 0.05]


async def test_an_update_that_means_nothing_is_confirmed_and_its_neighbours_are_taken() -> None:
    async with telegram(running=False) as scene:
        anna = await anna_says(scene, "uno")
        anna.writes(pinned_message={"message_id": 1})
        scene.fake.updates.pending.append({"update_id": 700_000_003, "message": {"chat": "hostile", "from": 7}})
        scene.fake.updates.pending.append({"update_id": 700_000_004, "message": None})
        scene.start()
        await until(lambda: len(scene.fake.updates.confirmed) == 4)
        assert scene.box.whats == [Said("uno")]


async def test_a_hundred_and_fifty_updates_come_in_two_batches() -> None:
    async with telegram(running=False) as scene:
        await anna_says(scene, *(str(number) for number in range(150)))
        scene.start()
        assert await scene.taken(150) == [Said(str(number)) for number in range(150)]
        assert scene.box.batches[:2] == [100, 50]


async def test_stopping_commits_the_batch_in_hand() -> None:
    async with telegram() as scene:
        scene.box.gate = asyncio.Event()
        await anna_says(scene, "uno")
        await until(lambda: scene.fake.called("getUpdates"))
        await asyncio.sleep(0.1)
        assert scene.run is not None
        scene.run.cancel()
        await asyncio.sleep(0.02)
        assert not scene.run.done()
        scene.box.gate.set()
        await asyncio.gather(scene.run, return_exceptions=True)
        assert scene.run.cancelled()
        assert scene.box.whats == [Said("uno")]


async def test_stopping_in_a_quiet_moment_is_quick() -> None:
    async with telegram(long_poll=25) as scene:
        await until(lambda: scene.fake.called("getUpdates"))
        await asyncio.wait_for(scene.stop(), 1)


async def test_after_six_silent_days_the_old_offset_is_forgotten() -> None:
    async with telegram(long_poll=0.02) as scene:
        await anna_says(scene, "uno")
        await scene.taken(1)
        await until(lambda: "offset" in scene.fake.called("getUpdates")[-1])
        scene.box.late = timedelta(days=6, minutes=1)
        await until(lambda: "offset" not in scene.fake.called("getUpdates")[-1])


async def buttons_for(scene: Scene) -> User:
    anna = scene.fake.user()
    anna.starts()
    choices = (Button("s1:1", "Nido"), Button("s1:2", "Altro"))
    await scene.channel.sender().send(Letter(1, body=("?",), choices=choices), to())
    return anna


async def test_a_tap_is_acknowledged_while_the_database_is_still_at_work() -> None:
    async with telegram() as scene:
        anna = await buttons_for(scene)
        await scene.taken(1)
        scene.box.gate = asyncio.Event()
        tap = anna.taps("Nido")
        await until(lambda: scene.fake.callbacks[tap] == "answered")
        assert len(scene.box.events) == 1
        scene.box.gate.set()
        event = (await scene.taken(2))[1]
        assert event == Chose("s1:1", "Nido")
        assert scene.box.events[1].message_ref == str(anna.last_message()["message_id"])


async def test_a_slow_acknowledgement_does_not_delay_the_turn() -> None:
    async with telegram() as scene:
        anna = await buttons_for(scene)
        scene.fake.fail("answerCallbackQuery", delay=1.5)
        anna.taps("Altro")
        await asyncio.wait_for(scene.taken(2), 1)


async def test_a_tap_too_old_to_be_acknowledged_still_counts() -> None:
    async with telegram(running=False) as scene:
        anna = await buttons_for(scene)
        anna.taps("Nido")
        scene.fake.age_callbacks()
        scene.start()
        assert (await scene.taken(2))[1] == Chose("s1:1", "Nido")
        assert len(scene.fake.called("answerCallbackQuery")) == 1


async def test_a_tap_of_a_repeated_batch_is_acknowledged_once() -> None:
    async with telegram(running=False) as scene:
        anna = await buttons_for(scene)
        anna.taps("Nido")
        scene.box.unready = 3
        scene.start()
        await scene.taken(2)
        assert len(scene.fake.called("answerCallbackQuery")) == 1


async def test_a_group_is_told_once_an_hour_to_write_in_private() -> None:
    async with telegram() as scene:
        anna = scene.fake.user()
        anna.says_in_group(-100500, "ciao bot")
        anna.says_in_group(-100500, "ci sei?")
        anna.says_in_group(-100501, "ciao")
        await until(lambda: all(scene.fake.groups.values()))
        await until(lambda: len(scene.fake.updates.confirmed) == 3)
        (told,) = scene.fake.groups[-100500]
        assert told["text"] == "telegram.group it"
        assert told["reply_markup"]["inline_keyboard"] == [
            [{"text": "telegram.group_button it", "url": "https://t.me/wis_fiction_bot?start="}]
        ]
        scene.box.late = timedelta(hours=1, minutes=1)
        anna.says_in_group(-100500, "ancora io")
        await until(lambda: len(scene.fake.groups[-100500]) == 2)
        assert scene.box.events == []


async def test_a_group_that_does_not_let_us_write_is_left_alone() -> None:
    async with telegram() as scene:
        scene.fake.fail("sendMessage", status=403, description="Forbidden: bot was kicked")
        anna = scene.fake.user()
        anna.says_in_group(-100500, "ciao bot")
        anna.says("in privato")
        assert await scene.taken(1) == [Said("in privato")]
        assert scene.fake.groups[-100500] == []


async def test_a_telegram_that_is_away_at_the_start_is_waited_for() -> None:
    async with telegram(running=False) as scene:
        port = scene.fake.port
        await scene.fake.stop()
        scene.start()
        await until(lambda: state(scene) == "failing")
        assert "no connection" in str(scene.channel.health.detail["cause"])
        async with FakeTelegram(port=port) as later:
            later.user().says("eccomi")
            assert await scene.taken(1) == [Said("eccomi")]
            await scene.stop()
