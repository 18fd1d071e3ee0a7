"""Buttons and codes in the wrong hands: of another person, of a withdrawn role, of a colleague."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.people import MEMBERSHIPS
from storage.tickets import TICKETS
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import SimulatorPlayer
from tests.journeys.program import Program, running
from tests.journeys.test_hostile import answer, heard, joined


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        await program.invite("WIS-GHJK-0001")
        yield program


async def test_a_button_of_another_person_tells_nothing_of_her(program: Program) -> None:
    player = TelegramPlayer(program)
    await program.invite("WIS-HHHH-0002")
    await program.invite("WIS-AVV0-0009", "welfare_manager")
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await joined(player, "Berta", "WIS-HHHH-0002")
    await joined(player, "Elena", "WIS-AVV0-0009")
    await player.say("Giulia", "persona")
    await player.say("Giulia", "Una domanda molto privata")
    await player.tap("Giulia", "Invia")
    await player.say("Giulia", "questionario")
    await player.tap("Giulia", "Cominciamo")
    await player.say("Giulia", "menu")
    await heard(player, "Giulia")
    buttons = [
        (message, button)
        for who in ("Giulia", "Elena")
        for message in player.user(who).messages()
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
    ]
    tapped = {button["callback_data"]: (message, button) for message, button in buttons}
    assert len(tapped) > 15
    berta = player.user("Berta")
    for token, (message, _) in tapped.items():
        tap = program.telegram.new_callback()
        here = {**message, "chat": berta.chat}
        query = {"id": tap, "from": berta.sender, "message": here, "chat_instance": "1", "data": token}
        program.telegram.push(-berta.id, {"callback_query": query})
        await program.settled()
        said = await heard(player, "Berta")
        assert "privata" not in "".join(line.text for line in said)
    assert await heard(player, "Giulia") == []
    assert await program.count(TICKETS) == 1


async def test_a_button_of_another_person_on_whatsapp_and_the_simulator(program: Program) -> None:
    await program.invite("WIS-HHHH-0002")
    whatsapp, simulator = WhatsAppPlayer(program), SimulatorPlayer(program)
    await joined(whatsapp, "Giulia", "WIS-GHJK-0001")
    await whatsapp.say("Giulia", "persona")
    await whatsapp.say("Giulia", "Una domanda molto privata")
    tokens = [token for message in whatsapp.user("Giulia").messages for token, _, _ in message.buttons]
    await joined(whatsapp, "Berta", "WIS-HHHH-0002")
    for token in tokens:
        assert await whatsapp.user("Berta").says("Invia", ButtonPayload=token, MessageType="button") == 200
        await program.settled()
        assert "privata" not in "".join(line.text for line in await heard(whatsapp, "Berta"))
    assert await program.count(TICKETS) == 0
    await simulator.say("Carla", "ciao")
    with pytest.raises(AssertionError, match="stale"):
        await simulator._post("tap", "Carla", {"message": 1, "token": tokens[-1]})


async def test_a_button_of_a_role_that_was_withdrawn_opens_nothing(program: Program) -> None:
    player = TelegramPlayer(program)
    await program.invite("WIS-AVV0-0009", "welfare_manager")
    await joined(player, "Elena", "WIS-AVV0-0009")
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.say("Giulia", "persona")
    await player.say("Giulia", "Una domanda molto privata")
    await player.tap("Giulia", "Invia")
    assert "nuova domanda" in (await heard(player, "Elena"))[-1].text
    ended = MEMBERSHIPS.update().where(MEMBERSHIPS.c.role == "welfare_manager")
    at = program.app.clock.now()
    await program.app.lanes.run(lambda conn: conn.execute(ended.values(until=at)) and None)
    for act in (player.tap("Elena", "Apri"), player.say("Elena", "domande"), player.tap("Elena", "Domande ricevute")):
        await act
        said = await heard(player, "Elena")
        assert said and "privata" not in "".join(line.text for line in said)


async def test_a_colleagues_code_tells_a_referent_nothing(program: Program) -> None:
    player = TelegramPlayer(program)
    await program.invite("WIS-REF0-0005", "referent")
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.do("Nino", "link", "WIS-REF0-0005")
    await player.tap("Nino", "Italiano")
    await player.tap("Nino", "Accetto")
    await player.tap("Nino", "No, grazie")
    await heard(player, "Nino")
    of_another = await answer(player, "WIS-GHJK-0001", "Nino")
    of_nobody = await answer(player, "WIS-0000-0000", "Nino")
    for screen in (of_another, of_nobody):
        assert "Giulia" not in screen.text and "Sartoria" not in screen.text
    assert "Questo codice è già stato usato." in of_another.text
