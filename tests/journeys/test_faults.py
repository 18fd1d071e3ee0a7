"""Providers that fail in the middle of a conversation: nothing is lost, nothing is said twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scheduler import delivery
from storage.events import DEAD, EVENTS
from storage.outbox import OUTBOX
from tests.journeys.cast import Cast, golden
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import SimulatorPlayer
from tests.journeys.program import Program, running
from tests.journeys.test_hostile import heard, joined
from tests.journeys.transcript import Player


@pytest.fixture
async def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Program]:
    # the same number of tries, without a minute of waiting
    monkeypatch.setattr(delivery, "PATIENCE", tuple(0.01 for _ in delivery.PATIENCE))
    async with running(tmp_path) as program:
        await program.invite("WIS-GHJK-0001", days=40)
        yield program
        assert await program.count(EVENTS, EVENTS.c.status == DEAD) == 0


async def test_telegram_fails_in_every_way_and_the_dialogue_is_the_same(program: Program) -> None:
    fake = program.telegram
    fake.fail("sendMessage", status=429, retry_after=1, skip=1)
    fake.fail("sendMessage", status=500, description="Internal Server Error", times=2)
    fake.fail("sendMessage", status=200, body=b"<html>garbage", skip=1)
    fake.fail("sendMessage", drop="before", skip=1)
    fake.fail("editMessageText", status=502, body=b"Bad Gateway")
    fake.fail("editMessageText", status=429, retry_after=1)
    fake.fail("getUpdates", status=502, body=b"Bad Gateway", skip=3)
    fake.fail("answerCallbackQuery", status=400, description="Bad Request: query is too old")
    await golden("stop", Cast({"Giulia": TelegramPlayer(program)}))
    assert not any(fake._faults.values()), "every fault was met"


async def test_twilio_fails_in_every_way_and_the_dialogue_is_the_same(program: Program) -> None:
    fake = program.twilio
    fake.fail(20429, status=429, retry_after="1", skip=1)
    fake.fail(0, status=500, body="<html>garbage", times=2)
    fake.fail(0, status=200, drop=True)
    fake.fail(20500, status=503, accepts=True)
    fake.fail(0, status=200, drop=True, accepts=True, skip=1)
    await golden("stop-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))
    assert not fake._faults._due, "every fault was met"


async def test_updates_that_telegram_delivers_again_are_worked_once(program: Program) -> None:
    player = TelegramPlayer(program)
    pushed: list[dict] = []
    keep = program.telegram.updates.push

    def push(queue: int, update: dict) -> int:
        number = keep(queue, update)
        pushed.append(program.telegram.updates.pending[-1])
        return number

    program.telegram.updates.push = push  # type: ignore[method-assign]
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.say("Giulia", "persona")
    await player.say("Giulia", "Una domanda")
    await player.tap("Giulia", "Invia")
    await heard(player)
    before = await program.count(OUTBOX)
    for update in pushed:
        program.telegram.updates.again(update)
    await program.settled()
    assert await heard(player) == []
    assert await program.count(OUTBOX) == before


async def test_webhooks_and_callbacks_that_come_late_and_often_change_nothing(program: Program) -> None:
    player = WhatsAppPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.say("Giulia", "persona")
    await player.say("Giulia", "Una domanda")
    await player.tap("Giulia", "Invia")
    await heard(player)
    before = await program.count(OUTBOX)
    for _, form in program.twilio.inbound:
        assert await program.twilio.deliver("/whatsapp/inbound", form) == 200
    await program.settled()
    assert await heard(player) == []
    assert await program.count(OUTBOX) == before
    for message in program.twilio.sent:
        for status in ("read", "delivered", "sent", "queued", "delivered", "read"):
            assert await program.twilio.report(message, status) == 200
    await program.settled()
    statuses = {row.status for row in await program.rows(OUTBOX.select())}
    assert statuses == {"read"}
    assert await heard(player) == []


async def asked(program: Program, giulia: Player, elena: Player) -> None:
    """Giulia has asked a person, and Elena has the question open."""
    await program.invite("WIS-AVV0-0009", "welfare_manager", days=40)
    await joined(giulia, "Giulia", "WIS-GHJK-0001")
    await elena.do("Elena", "link", "WIS-AVV0-0009")
    for label in ("Italiano", "Accetto", "No, grazie"):
        await elena.tap("Elena", label)
    await giulia.say("Giulia", "persona")
    await giulia.say("Giulia", "Posso avere il part-time?")
    await giulia.tap("Giulia", "Invia")
    await elena.tap("Elena", "Apri")
    await elena.tap("Elena", "Rispondi")
    await elena.say("Elena", "Sì, scriviamo insieme la richiesta.")
    await heard(giulia)


async def test_a_window_that_twilio_closed_earlier_than_we_thought_gets_a_template(program: Program) -> None:
    giulia = WhatsAppPlayer(program)
    await asked(program, giulia, elena := SimulatorPlayer(program))
    await program.wait(22 * 3600)
    program.twilio.advance(hours=3)
    await elena.tap("Elena", "Invia")
    said = await heard(giulia)
    assert len(said) == 1
    assert said[0].text.startswith("Ciao, è arrivata la risposta alla domanda numero")
    await giulia.tap("Giulia", "Leggi la risposta")
    said = await heard(giulia)
    assert sum("Sì, scriviamo insieme la richiesta." in line.text for line in said) == 1
    await program.settled()
    assert await heard(giulia) == []


async def test_an_answer_waits_for_a_person_who_blocked_the_chat(program: Program) -> None:
    giulia = TelegramPlayer(program)
    await asked(program, giulia, elena := SimulatorPlayer(program))
    giulia.user("Giulia").blocked = True
    await elena.tap("Elena", "Invia")
    assert await heard(giulia) == []
    await giulia.do("Giulia", "unblock", "")
    said = [line.text for line in await heard(giulia)]
    assert sum("Sì, scriviamo insieme la richiesta." in text for text in said) == 1
    await giulia.say("Giulia", "menu")
    assert all("scriviamo insieme" not in line.text for line in await heard(giulia))


async def test_an_answer_waits_for_a_person_who_had_blocked_the_chat_before(program: Program) -> None:
    giulia = TelegramPlayer(program)
    await asked(program, giulia, elena := SimulatorPlayer(program))
    await giulia.do("Giulia", "block", "")
    await elena.tap("Elena", "Invia")
    await giulia.do("Giulia", "unblock", "")
    said = [line.text for line in await heard(giulia)]
    assert sum("Sì, scriviamo insieme la richiesta." in text for text in said) == 1


async def test_an_answer_goes_to_the_other_chat_of_a_person_who_blocked_this_one(program: Program) -> None:
    giulia, phone = TelegramPlayer(program), WhatsAppPlayer(program)
    await asked(program, giulia, elena := SimulatorPlayer(program))
    cast = Cast({"Giulia": giulia, "Giulia al telefono": phone})
    await cast.say("Giulia", "collega")
    while await cast.hear("Giulia") is not None:
        continue
    await cast.say("Giulia al telefono", "COL-…")
    await cast.tap("Giulia al telefono", "Sì")
    await giulia.say("Giulia", "menu")
    await heard(phone, "Giulia al telefono")
    giulia.user("Giulia").blocked = True
    await elena.tap("Elena", "Invia")
    said = [line.text for line in await heard(phone, "Giulia al telefono")]
    assert sum("Sì, scriviamo insieme la richiesta." in text for text in said) == 1
