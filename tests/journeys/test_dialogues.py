"""A complete dialogue on each of the four channels, through the whole program, word for word."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.cast import Cast, golden
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import SimulatorPlayer, TerminalPlayer
from tests.journeys.program import Program, running


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        yield program


async def test_a_carer_fills_the_whole_questionnaire_on_telegram(program: Program) -> None:
    await program.invite("WIS-ANNA-0001", contract="collaborator")
    await golden("telegram", Cast({"Anna": TelegramPlayer(program)}))


async def test_a_parent_fills_the_whole_questionnaire_on_whatsapp(program: Program) -> None:
    await program.invite("WIS-MARC-0002")
    await golden("whatsapp", Cast({"Marco": WhatsAppPlayer(program)}))


async def test_somebody_without_care_fills_it_in_english_on_the_simulator(program: Program) -> None:
    await program.invite("WIS-SARA-0003")
    await golden("simulator", Cast({"Sara": SimulatorPlayer(program)}))


async def test_an_owner_fills_it_in_the_terminal(program: Program, tmp_path: Path) -> None:
    await program.invite("WIS-TESS-0004", contract="owner")
    await golden("terminal", Cast({"Tessa": TerminalPlayer(program, tmp_path)}))
