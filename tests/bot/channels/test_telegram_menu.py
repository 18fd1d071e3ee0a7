"""Commands menus and descriptions: set per language and chat, only where they differ."""

import pytest

from scheduler.sending import Misconfigured, Unreachable
from tests.bot.channels.telegram_world import COMMANDS, Scene, telegram, until

PRIVATE = "all_private_chats"
ROLE = {"it": [("richieste", "Le richieste da decidere")], "en": [("requests", "Requests to decide")]}


def names(scene: Scene, scope: str, language: str) -> list[str]:
    return [command["command"] for command in scene.fake.commands[(scope, language)]]


def setters(scene: Scene) -> list[str]:
    return [name for name, _ in scene.fake.calls if name.startswith(("setmy", "deletemy"))]


async def test_menus_and_descriptions_are_set_for_each_language_at_the_start() -> None:
    async with telegram() as scene:
        await until(lambda: scene.channel.health.detail.get("menu") == "ok")
        assert scene.fake.commands == {
            (PRIVATE, code): [{"command": name, "description": text} for name, text in COMMANDS[language]]
            for code, language in (("", "it"), ("it", "it"), ("en", "en"))
        }
        assert scene.fake.abouts[("description", "en")] == "telegram.about en"
        assert scene.fake.abouts[("short_description", "")] == "telegram.about_short it"


async def test_what_is_right_already_is_not_set_again() -> None:
    async with telegram() as scene:
        await until(lambda: scene.channel.health.detail.get("menu") == "ok")
        await scene.stop()
        scene.fake.calls.clear()
        del scene.channel.health.detail["menu"]
        scene.start()
        await until(lambda: scene.channel.health.detail.get("menu") == "ok")
        assert setters(scene) == []


async def test_a_limit_of_telegram_is_waited_for_and_other_trouble_is_tried_again() -> None:
    async with telegram(running=False) as scene:
        scene.fake.fail("setMyCommands", retry_after=1)
        scene.fake.fail("setMyDescription", status=500)
        scene.start()
        await until(lambda: scene.channel.health.detail.get("menu") == "Unavailable 500")
        await until(lambda: scene.channel.health.detail.get("menu") == "ok")
        assert len(scene.fake.commands) == 3


async def test_a_person_with_a_role_sees_more_commands_and_loses_them_with_the_role() -> None:
    async with telegram(running=False) as scene:
        await scene.channel.set_commands_for(1001, ROLE)
        assert names(scene, "chat:1001", "") == ["menu", "privacy", "richieste"]
        assert names(scene, "chat:1001", "en") == ["menu", "privacy", "requests"]
        scene.fake.calls.clear()
        await scene.channel.set_commands_for(1001, ROLE)
        assert scene.fake.calls == []
        await scene.channel.set_commands_for(1001, {})
        assert scene.fake.commands == {}


async def test_a_menu_that_cannot_be_set_is_a_send_error() -> None:
    async with telegram(running=False) as scene:
        scene.fake.fail("setMyCommands", status=400, description="Bad Request: chat not found")
        with pytest.raises(Unreachable):
            await scene.channel.set_commands_for(1001, ROLE)
        scene.fake.fail("getMyCommands", status=401, description="Unauthorized")
        with pytest.raises(Misconfigured):
            await scene.channel.set_commands_for(1001, ROLE)
