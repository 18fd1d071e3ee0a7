"""wis events: a defect makes a dead letter; after the mend the retry works and the running bot answers."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import assembly
from bot.channels.dialogue import Hears
from bot.channels.terminal import Terminal
from bot.settings import Settings
from conversations.engine import Engine
from conversations.events import Address, Event, Said
from tests.bot.commands.command_line import Told, Wis

SECRET = "mia figlia ha la febbre"


def event(number: int, text: str = SECRET) -> Event:
    return Event(f"e{number}", Address("terminal", "giulia"), datetime.now(UTC), Said(text), language_hint="it")


def broken(*_: Any) -> Any:
    raise RuntimeError(f"cannot work {SECRET}")


async def ask(wis: Wis, *arguments: str) -> Told:
    return await asyncio.to_thread(wis, *arguments)


async def test_a_dead_letter_is_worked_after_the_mend_and_answered_by_the_running_bot(
    wis: Wis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(data_dir=wis.folder / "data")
    async with assembly.opened(settings, load_demo=False) as program:
        chat = Terminal(program.turns)
        program.add(chat)
        stop = asyncio.Event()
        running = asyncio.create_task(program.attend(stop.wait()))  # type: ignore[arg-type]
        with monkeypatch.context() as defect:
            defect.setattr(Engine, "step", broken)
            await program.turns.take([event(1)])
            apology = await heard(chat, 1)
            listed = await ask(wis, "events", "list")
            failed = await ask(wis, "events", "retry")
        number, _, channel, kind, tries, cause = listed.out.strip().split("\t")
        assert (channel, kind, tries) == ("terminal", "Said", "1")
        assert "RuntimeError at test_events_command.py" in cause
        assert SECRET not in listed.all
        assert failed.code == 1
        assert "1 failed again and are kept" in failed.err
        assert SECRET not in failed.all

        shown = await ask(wis, "events", "show", number)
        assert SECRET in shown.out
        assert "tried 2 times" in shown.out

        mended = await ask(wis, "events", "retry", number)
        assert mended.code == 0, mended.all
        assert "1 worked" in mended.out
        reply = await heard(chat, 2)
        assert reply.text != apology.text
        assert (await ask(wis, "events", "list")).out.strip() == "No dead letters."
        assert (await ask(wis, "events", "retry", number)).code == 1
        stop.set()
        await running


async def heard(chat: Terminal, count: int) -> Hears:
    async with asyncio.timeout(20):
        while len(lines := [line for line in chat.lines if isinstance(line, Hears)]) < count:
            await asyncio.sleep(0.05)
    return lines[count - 1]


async def test_several_are_worked_and_one_that_fails_again_does_not_stop_the_others(
    wis: Wis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(data_dir=wis.folder / "data")
    async with assembly.opened(settings, load_demo=False) as program:
        with monkeypatch.context() as defect:
            defect.setattr(Engine, "step", broken)
            await program.turns.take([event(n, "di nuovo" if n == 2 else "ciao") for n in (1, 2, 3)])
    step = Engine.step

    def still_broken(self: Engine, state: Any, happened: Event, facts: Any) -> Any:
        return broken() if happened.what == Said("di nuovo") else step(self, state, happened, facts)

    monkeypatch.setattr(Engine, "step", still_broken)
    told = await ask(wis, "events", "retry")
    assert told.code == 1
    assert "2 worked, 1 failed again" in told.err
    assert len((await ask(wis, "events", "list")).out.strip().splitlines()) == 1


def test_without_dead_letters(wis: Wis) -> None:
    assert wis("events", "list").out.strip() == "No dead letters."
    assert wis("events", "retry").out.strip() == "No dead letters."
    for command in ("show", "retry"):
        told = wis("events", command, "7")
        assert told.code == 1
        assert "no dead letter 7" in told.err
