"""The editorial road word for word: written, signed, approved and sent on Telegram, read on WhatsApp."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.news.recipients import RECIPIENTS
from tests.journeys.cast import golden
from tests.journeys.news_cast import NewsCast, issue_scheduled, joined, newsroom
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.program import Program
from tests.journeys.transcript import Player


async def test_an_issue_is_written_signed_approved_sent_and_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newsroom(tmp_path, monkeypatch) as (program, ticks):
        telegram, whatsapp = TelegramPlayer(program), WhatsAppPlayer(program)
        players: dict[str, Player] = {"Sofia": telegram, "Elena": telegram, "Marta": telegram}
        players |= {"Giulia": whatsapp, "Karim": telegram}
        await joined(program, players)
        await golden("newsletter-redazione", NewsCast(program, ticks, players))
        assert await outcomes(program) == {"sent": 1, "delivered": 2}, "the erratum is for one of the two"


async def test_readers_on_whatsapp_open_postpone_refuse_and_forget_an_issue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newsroom(tmp_path, monkeypatch, newsletter_rule="off") as (program, ticks):
        whatsapp = WhatsAppPlayer(program)
        readers: dict[str, Player] = dict.fromkeys(("Giulia", "Karim", "Teresa", "Rosa", "Sara", "Nino"), whatsapp)
        players = {"Marta": TelegramPlayer(program), **readers}
        await joined(program, players)
        await issue_scheduled(program, program.app.clock.now() + timedelta(days=2, hours=1))
        await golden("newsletter-whatsapp", NewsCast(program, ticks, players))
        assert await outcomes(program) == {"read": 5, "expired": 1}


async def outcomes(program: Program) -> dict[str, int]:
    """How many rows of recipients have each outcome."""
    outcome = RECIPIENTS.c.outcome
    return {row[0]: row[1] for row in await program.rows(select(outcome, func.count()).group_by(outcome))}
