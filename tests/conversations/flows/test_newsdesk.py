"""Signatures, approval, plan, schedule, pause, cancel, erratum, report: an issue from the draft to everybody's phone."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.events import Chose
from conversations.news.orders import (
    ApproveIssue,
    BackToDraft,
    CancelIssue,
    OpenIssue,
    PauseIssue,
    ResumeIssue,
    ScheduleIssue,
    SetRate,
    SignItem,
    WithdrawIssue,
)
from conversations.news.views import Audience, Price, Prospect
from tests.conversations.flows.news_world import NewsWorld, date, golden, issue, item, progress

ROME = ZoneInfo("Europe/Rome")
PROSPECT = Prospect(
    audience=(Audience("telegram", 820), Audience("whatsapp", 45, {"it": 500, "en": 15})),
    rates={"telegram": 20.0, "whatsapp": 10.0},
    daily_limit=250,
    used_today=10,
    prices=(
        Price("telegram", 0, 0, date(2026, 11, 1), "Telegram"),
        Price("whatsapp", 57_200, 4_300, date(2026, 11, 1), "listino Twilio"),
    ),
)


def draft(**more):
    return issue("n2", "draft", number="2026-12", title={"it": "Notizie di dicembre 2026", "en": "News of December 2026"},
                 started_at=None, ended_at=None, **more)  # fmt: skip


def unsigned(one):
    return replace(one, items=tuple(replace(i, signed_by="", signed_at=None) for i in one.items))


@pytest.fixture
def world() -> NewsWorld:
    made = NewsWorld(unsigned(draft()), issue())
    made.prospect = PROSPECT
    return made


def test_an_issue_is_signed_approved_planned_and_sent(world: NewsWorld) -> None:
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    world.taps("rita", "Consegna")
    world.taps("rita", "Consegna")
    world.taps("elena", "Apri")
    world.taps("elena", "Non va bene")
    world.says("elena", "La scadenza giusta è il 31 gennaio.")
    world.taps("rita", "Apri")
    world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Cambia")
    world.taps("rita", "Scadenza")
    world.says("rita", "31 gennaio")
    assert world.issue("n2").items[0].expires == date(2027, 1, 31)
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    world.taps("rita", "Consegna")
    world.taps("rita", "Consegna")
    world.taps("elena", "Apri")
    world.taps("elena", "Firmo")
    assert world.ordered(SignItem)
    world.taps("marta", "Apri")
    world.taps("marta", "Approva")
    world.taps("marta", "Approvo")
    assert world.issue("n2").state == "approved"
    world.taps("marta", "Scegli data e ora")
    world.says("marta", "ieri alle 12")
    world.says("marta", "domani")
    world.says("marta", "martedì 1/12 alle 12:30")
    world.taps("marta", "Programma")
    at = world.ordered(ScheduleIssue)[0].at
    assert at == datetime(2026, 12, 1, 12, 30, tzinfo=ROME)
    world.put(replace(world.issue("n2"), state="sending", progress=progress(todo=400, sent=380, delivered=30, failed=10)))
    world.says("marta", "numeri")
    world.taps("marta", "Notizie di dicembre 2026")
    world.taps("marta", "Metti in pausa")
    world.taps("marta", "Velocità")
    world.taps("marta", "5 al secondo")
    world.taps("marta", "Riprendi")
    world.taps("marta", "Anche chi è fallito")
    assert world.ordered(ResumeIssue) == [ResumeIssue("n2", True, False)]
    sent = replace(world.issue("n2"), state="sent", progress=progress(sent=10, delivered=500, read=300, failed=10))
    world.put(sent)
    world.rings("marta", "newsdesk:finished", "n2")
    world.taps("marta", "Apri")
    world.taps("marta", "Rapporto")
    world.says("marta", "indietro")
    world.taps("marta", "Manda una correzione")
    world.taps("marta", "Manda una correzione")
    assert world.ordered(OpenIssue)[0].corrects == "n2"
    golden(world, "newsdesk_invio")
