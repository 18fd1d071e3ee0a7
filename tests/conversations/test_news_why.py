"""Perché non l'ha ricevuta? Every answer, in the words a coordinator reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from conversations.news.views import Outcome
from conversations.news.why import CAUSES, Case, Sent, cause_told, outcome_told, why
from conversations.phrases import render
from storage.content import Content
from storage.news import causes

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 10, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
YES = Case("sending", True, NOW, said_yes=True, said_at=NOW - 9 * HOUR, channels=("telegram",))


def sent(outcome: Outcome, channel: str = "telegram", due: datetime = NOW, **more: object) -> Sent:
    return Sent(outcome, channel, due, **more)  # type: ignore[arg-type]


def told(content: Content, case: Case, now: datetime = NOW, language: str = "it") -> list[str]:
    return [render(text, language, content.catalog) for text in why(case, now, ROME)]


def row(content: Content, one: Sent, **more: object) -> list[str]:
    return told(content, replace(YES, sent=one, **more))  # type: ignore[arg-type]


def test_what_went_well_is_told_with_the_day(content: Content) -> None:
    assert row(content, sent("sent", sent_at=NOW)) == [
        "Telegram l'ha accettata il 10/11/2026, 12:30. Di più non si sa."
    ]
    assert row(content, sent("delivered", "whatsapp", delivered_at=NOW)) == [
        "È arrivata su WhatsApp il 10/11/2026, 12:30."
    ]
    assert row(content, sent("read", read_at=NOW + HOUR)) == ["L'ha aperta su Telegram il 10/11/2026, 13:30."]
    assert row(content, sent("sent", sent_at=NOW, doubts=1))[1] == "Forse le è arrivata due volte."
    english = told(content, replace(YES, sent=sent("delivered", delivered_at=NOW)), language="en")
    assert english == ["It arrived on Telegram on 10/11/2026, 12:30."]


@pytest.mark.parametrize(
    ("one", "state", "hour", "now", "answer"),
    [
        (sent("todo"), "sending", "", NOW, "È in coda: parte appena tocca a lei."),
        (sent("todo"), "paused", "", NOW, "L'invio è in pausa."),
        (
            sent("todo", due=datetime(2026, 11, 10, 18, 0, tzinfo=ROME)),
            "sending",
            "18:00",
            NOW,
            "Aspetta l'ora che ha scelto: 10/11/2026, 18:00.",
        ),
        (
            sent("todo", "whatsapp", NOW + 24 * HOUR),
            "sending",
            "",
            NOW,
            "Partirà il 11/11/2026, 12:30: prima no, per il limite di WhatsApp.",
        ),
        (sent("todo", due=NOW + HOUR), "sending", "18:00", NOW, "Partirà il 10/11/2026, 13:30."),
        (
            sent("todo", "whatsapp"),
            "sending",
            "",
            NOW + 9 * HOUR,
            "Su WhatsApp si scrive solo dalle 09:00 alle 18:00.",
        ),
        (sent("sending"), "sending", "", NOW, "Sta partendo adesso su Telegram."),
    ],
)
def test_who_still_waits_hears_for_what(
    content: Content, one: Sent, state: str, hour: str, now: datetime, answer: str
) -> None:
    case = replace(YES, sent=one, state=state, hour=hour)  # type: ignore[arg-type]
    assert told(content, case, now) == [answer]


def test_a_try_that_failed_is_told_with_its_cause(content: Content) -> None:
    one = sent("todo", "whatsapp", NOW + 24 * HOUR, attempts=1, code="63049")
    assert row(content, one) == [
        "Un tentativo non è riuscito. Si riprova il 11/11/2026, 12:30.",
        "Per ora WhatsApp non le consegna messaggi di questo tipo.",
    ]


def test_the_two_steps_of_whatsapp_are_told_apart(content: Content) -> None:
    opened = sent("opened", "whatsapp", opened_at=NOW)
    assert row(content, opened) == [
        "Ha l'annuncio su WhatsApp dal 10/11/2026, 12:30. Non ha ancora toccato «Leggi ora»."
    ]
    assert "entro sette giorni" in row(content, replace(opened, outcome="expired"))[0]


def test_a_failure_is_told_with_its_cause_and_what_is_known_of_her(content: Content) -> None:
    blocked = {"telegram": NOW}
    assert row(content, sent("failed", code="403"), blocked=blocked, channels=()) == [
        "L'invio su Telegram non è riuscito.",
        "Ha bloccato il bot, oppure non vuole messaggi su quel canale.",
        "Non si può più scriverle su Telegram, dal 10/11/2026, 12:30.",
        "Non c'è nessun canale su cui scriverle.",
    ]
    assert row(content, sent("failed", code="99999"))[1] == "Il canale ha rifiutato, codice 99999."
    assert row(content, sent("failed"))[1] == "La causa non si sa."
    assert row(content, sent("doubtful"))[0].startswith("Forse è arrivata")


def test_whoever_was_skipped_hears_why(content: Content) -> None:
    regretted = row(content, sent("skipped", code="opted_out"), said_yes=False, said_at=NOW)
    assert regretted == [
        "Al suo turno non le si poteva più scrivere.",
        "Aveva disdetto la newsletter.",
        "Non vuole la newsletter: l'ha detto il 10/11/2026, 12:30.",
    ]
    assert row(content, sent("cancelled")) == ["L'invio è stato annullato prima del suo turno."]


@pytest.mark.parametrize(
    ("case", "answers"),
    [
        (Case("scheduled", False, None, said_yes=True, channels=("telegram",)), ["non è ancora cominciato"]),
        (replace(YES, enqueued=False), ["si sta ancora preparando"]),
        (replace(YES, said_at=NOW + HOUR), ["quando l'invio era già cominciato"]),
        (replace(YES, corrects=True), ["il numero corretto non le era arrivato"]),
        (YES, ["Non era tra le persone"]),
        (replace(YES, said_yes=None), ["non era per lei", "Non ha mai detto sì"]),
        (replace(YES, said_yes=False), ["non era per lei", "l'ha detto il 10/11/2026, 03:30"]),
        (replace(YES, stopped_at=NOW), ["non era per lei", "non ricevere più messaggi il 10/11/2026, 12:30"]),
        (replace(YES, channels=()), ["non era per lei", "nessun canale"]),
    ],
)
def test_whoever_has_no_row_hears_why(content: Content, case: Case, answers: list[str]) -> None:
    found = told(content, case)
    assert len(found) == len(answers)
    assert all(answer in line for answer, line in zip(answers, found, strict=True)), found


def test_every_outcome_and_every_code_we_react_to_has_words(content: Content) -> None:
    for outcome in get_args(Outcome):
        assert render(outcome_told(outcome), "it", content.catalog)
    ours = {causes.OPTED_OUT, causes.STOPPED, causes.ERASED, causes.UNREACHABLE, causes.CROWDED, causes.WINDOW}
    assert causes.STOPS | causes.ANOTHER_DAY | causes.GONE | ours <= set(CAUSES)
    assert cause_told("") is None
