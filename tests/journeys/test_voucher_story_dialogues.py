"""The story of a voucher on WhatsApp and on Telegram, word for word, whatever the others use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import ledger
from storage.money import rebuild as money_rebuild
from tests.journeys.cast import golden
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.program import Program, running
from tests.journeys.transcript import Player
from tests.journeys.voucher_cast import CommandLine, VoucherCast, call_opened, joined


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    """The running program; after the story every cent of it is where the ledger says."""
    data = tmp_path / "data"
    data.mkdir()
    async with running(data) as program:
        yield program
        assert await program.app.lanes.run(ledger.verify) is None
        assert await program.app.lanes.run(money_rebuild.differences) == []


async def ready(program: Program, players: dict[str, Player]) -> VoucherCast:
    """They have joined, and so have a second coordinator and an accountant, who say nothing; a call is open."""
    await joined(program, {**players, "Anna": players["Marta"], "Ugo": players["Marta"]})
    await call_opened(program)
    return VoucherCast(program, players)


async def test_a_voucher_asked_on_whatsapp_decided_on_telegram_charged_refunded_and_paid(
    program: Program, tmp_path: Path
) -> None:
    whatsapp, telegram = WhatsAppPlayer(program), TelegramPlayer(program)
    cast = await ready(program, {"Giulia": whatsapp, "Marta": telegram, "Paolo": whatsapp})
    cast.players = {**cast.players, "Ugo": CommandLine(program, tmp_path)}
    await golden("voucher-whatsapp", cast)


async def test_a_voucher_asked_on_telegram_decided_on_whatsapp_charged_refunded_and_paid(
    program: Program, tmp_path: Path
) -> None:
    whatsapp, telegram = WhatsAppPlayer(program), TelegramPlayer(program)
    cast = await ready(program, {"Giulia": telegram, "Marta": whatsapp, "Paolo": telegram})
    cast.players = {**cast.players, "Ugo": CommandLine(program, tmp_path)}
    await golden("voucher-telegram", cast)


async def test_a_request_on_whatsapp_is_asked_about_answered_and_refused_on_telegram(program: Program) -> None:
    whatsapp, telegram = WhatsAppPlayer(program), TelegramPlayer(program)
    await golden("voucher-domanda-whatsapp", await ready(program, {"Giulia": whatsapp, **deciding(telegram)}))


async def test_a_request_on_telegram_is_asked_about_answered_and_refused_by_templates_on_whatsapp(
    program: Program,
) -> None:
    whatsapp, telegram = WhatsAppPlayer(program), TelegramPlayer(program)
    await golden("voucher-domanda-telegram", await ready(program, {"Giulia": telegram, **deciding(whatsapp)}))


async def test_a_call_opened_in_the_chat_has_a_waiting_list_that_moves_by_itself(program: Program) -> None:
    whatsapp, telegram = WhatsAppPlayer(program), TelegramPlayer(program)
    players: dict[str, Player] = {"Marta": telegram, "Anna": whatsapp, "Giulia": whatsapp, "Karim": telegram}
    await joined(program, players)
    await golden("voucher-lista", VoucherCast(program, players))


def deciding(player: Player) -> dict[str, Player]:
    """The two who may decide on a request."""
    return {"Elena": player, "Marta": player}
