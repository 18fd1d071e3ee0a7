"""An editor and her newsletter: an issue by chat, from a file, from suggestions; every field, its limits, the order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.events import Chose, Sent
from conversations.news.orders import CancelIssue, DropItem, DropSuggestion, HandToLegal, ReadNewsFile, UseSuggestion
from conversations.news.views import FileReport, Suggestion
from tests.conversations.flows.news_world import MARKDOWN, MONDAY, NewsWorld, golden, issue, item

LONG = "Bonus nido: si chiede ancora fino al 31 dicembre, ecco come fare subito"


@pytest.fixture
def world() -> NewsWorld:
    return NewsWorld(issue())


def test_an_issue_is_written_item_by_item(world: NewsWorld) -> None:
    world.says("rita", "redazione")
    world.taps("rita", "Nuovo numero")
    world.taps("rita", "Numero del mese")
    world.taps("rita", "2026-12")
    world.taps("rita", "Va bene così")
    world.taps("rita", "Nuova notizia")
    world.says("rita", LONG)
    assert "69 caratteri" in world.by_name["rita"].text or "71 caratteri" in world.by_name["rita"].text
    world.says("rita", "Bonus nido: c'è tempo fino al 31 dicembre")
    world.says("rita", "La domanda si fa sul sito INPS, con SPID o CIE, per le rette pagate nel 2026.")
    world.taps("rita", "Sì")
    world.says("rita", "INPS, circolare 60/2026")
    world.says("rita", "domani")
    world.taps("rita", "Oggi")
    world.says("rita", "31/12")
    world.says("rita", "http://www.inps.it/nido")
    world.says("rita", "https://www.inps.it/nido")
    world.taps("rita", "Chiedi")
    world.taps("rita", "Bambini e nidi")
    world.says("rita", "no")
    world.says("rita", "Nursery bonus: apply by 31 December")
    world.says("rita", "You apply on the INPS website, with SPID or CIE, for the fees paid in 2026.")
    made = world.issue().items[0]
    assert (made.normative, made.topic, made.action, made.common) == (True, "childcare", "ask", False)
    assert made.source and made.as_of and made.expires and made.title["en"]
    world.says("rita", "indietro")
    world.says("rita", "indietro")
    world.taps("rita", "Prova su di me")
    world.taps("rita", "Anteprima")
    world.taps("rita", "WhatsApp, inglese")
    world.taps("rita", "Annuncio, italiano")
    world.says("rita", "indietro")
    world.taps("rita", "Consegna")
    golden(world, "newsroom_numero")
