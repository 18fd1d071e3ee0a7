"""T9: the logs of whole conversations, at the most talkative level, hold nothing of a person and no secret."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs, turns
from scheduler import delivery
from tests.fakes.telegram_api import TOKEN
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.program import KEY, SECRET, running

WORDS = ("la badante di Mirandolina", "un nido per Arlecchino")
CODE = "WIS-GHJK-0001"


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Everything any library logs, masked as in service but at DEBUG."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs._NOISY}
    stream = io.StringIO()
    logs.set_up("DEBUG", "text", [TOKEN, SECRET, KEY], stream)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers[:], root.level, sys.excepthook = handlers, level, hook
    logging.captureWarnings(False)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


async def test_the_logs_of_whole_conversations_on_both_channels_hold_no_phone_name_word_token_or_code(
    told: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", (0.01,) * 5)
    async with running(tmp_path) as program:
        await program.invite(CODE)
        telegram, whatsapp = TelegramPlayer(program), WhatsAppPlayer(program)
        # she joins, asks for help, links her other chat, and meets every kind of trouble on the way
        program.telegram.fail("sendMessage", status=429, retry_after=1, skip=1)
        program.telegram.fail("sendMessage", status=400, description=f"Bad Request: {WORDS[0]}", skip=4)
        program.telegram.fail("sendMessage", status=200, body=b"<html>garbage", skip=2)
        await telegram.say("Colombina Balanzone", f"ciao, sono Colombina, il codice e' {CODE}")
        await telegram.say("Colombina Balanzone", CODE)
        for label in ("Italiano", "Accetto", "No, grazie", "No, grazie"):
            await telegram.tap("Colombina Balanzone", label)
        for text in ("persona", WORDS[0]):
            await telegram.say("Colombina Balanzone", text)
        await telegram.tap("Colombina Balanzone", "Invia")
        await telegram.do("Colombina Balanzone", "contact", "12025550177")
        await telegram.say("Colombina Balanzone", "collega")
        code = next(line for line in telegram.user("Colombina Balanzone").text().splitlines() if "COL-" in line)
        program.twilio.fail(20500, status=503, accepts=True)
        await whatsapp.say("Pantalone", code.strip())
        await whatsapp.say("Pantalone", WORDS[1])
        engine = program.app.turns._engine

        def broken(*_: object) -> object:
            raise LookupError(f"{WORDS[0]} {CODE}")

        monkeypatch.setattr(type(engine), "step", broken)
        await whatsapp.say("Pantalone", WORDS[1])
        await telegram.say("Colombina Balanzone", WORDS[0])
        monkeypatch.undo()
        monkeypatch.setattr(delivery, "PATIENCE", (0.01,) * 5)
        await telegram.say("Colombina Balanzone", "cancella tutto")
        phone = next(iter(whatsapp._numbers.values()))
        chat = str(telegram.user("Colombina Balanzone").id)
    lines = told.getvalue()
    assert "could not be worked" in lines and "refuses message" in lines, "it was really listened to"
    secrets = (TOKEN, TOKEN.partition(":")[2], SECRET, KEY, KEY.partition(":")[2], program.twilio.auth_token)
    for hidden in (
        *WORDS, "Mirandolina", "Arlecchino", "Colombina", "Balanzone", "Pantalone", CODE, "GHJK", code.strip(),
        phone, phone[1:], "12025550177", *secrets,
    ):
        found = [line for line in lines.splitlines() if hidden in line]
        assert not found, f"{hidden!r} in {found[:2]}"
    assert f" {chat}" not in lines and f"={chat}" not in lines


def test_the_cause_of_a_dead_letter_tells_the_kind_and_the_place_and_no_text() -> None:
    try:
        raise LookupError(WORDS[0])
    except LookupError as error:
        cause = turns._cause(error)
    assert cause.startswith("LookupError at test_turns_logs.py:") and WORDS[0] not in cause
