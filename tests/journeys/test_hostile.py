"""Hostile and broken input on every channel, through the whole program: answered kindly, nothing lost or leaked."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.channels.dialogue import Hears
from storage.events import DEAD, EVENTS
from storage.outbox import OUTBOX
from storage.tickets import NOTES
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import SimulatorPlayer, TerminalPlayer
from tests.journeys.program import Program, running
from tests.journeys.transcript import Player

CHANNELS: dict[str, Callable[[Program, Path], Player]] = {
    "telegram": lambda program, folder: TelegramPlayer(program),
    "whatsapp": lambda program, folder: WhatsAppPlayer(program),
    "simulator": lambda program, folder: SimulatorPlayer(program),
    "simulator-whatsapp": lambda program, folder: SimulatorPlayer(program, frozenset({"Giulia"})),
    "terminal": TerminalPlayer,
}
FAMILY = "👨‍👩‍👧‍👦"
TEXTS = {
    "html": "<b>grassetto</b> <script>alert(1)</script> &amp; <a href='https://evil.example'>qui</a> <img src=x>",
    "markup": "*uno* _due_ ~tre~ ```quattro``` [cinque](https://evil.example) **sei**",
    "right to left": "ab\u202ecd\u2066ef\u2069 שלום مرحبا",
    "zero width": "pa\u200brt\u200c-ti\u200dme\ufeff",
    "emoji": FAMILY * 40,
    "templates": "{{1}} {phone} ${HOME} %s %(name)s {0} #{7*7} {{7*7}}",
    "sql": "'; DROP TABLE person; -- \" OR 1=1",
    "combining": "e" + "\u0301" * 60 + " Zalgo",
}
INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2069\u202a-\u202e\ufeff]")


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        await program.invite("WIS-GHJK-0001")
        yield program
        assert await program.count(EVENTS, EVENTS.c.status == DEAD) == 0


@pytest.fixture(params=CHANNELS)
async def giulia(request: pytest.FixtureRequest, program: Program, tmp_path: Path) -> Player:
    """Giulia, who has just joined on a channel."""
    player = CHANNELS[request.param](program, tmp_path)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    return player


async def joined(player: Player, who: str, code: str) -> None:
    await player.do(who, "link", code)
    for label in ("Italiano", "Accetto", "No, grazie"):
        await player.tap(who, label)
    await heard(player, who)


async def heard(player: Player, who: str = "Giulia") -> list[Hears]:
    """All that was said to her meanwhile."""
    said = []
    while (line := await player.hear(who)) is not None:
        said.append(line)
    return said


async def answer(player: Player, text: str, who: str = "Giulia") -> Hears:
    """What she reads last after she wrote this."""
    await player.say(who, text)
    return (await heard(player, who))[-1]


async def at_the_free_text(player: Player) -> Hears:
    """The question that asks for words of her own, reached by skipping what can be skipped."""
    await player.say("Giulia", "questionario")
    screen = (await heard(player))[-1]
    for _ in range(80):
        if "con parole tue" in screen.text:
            return screen
        must = "Cominciamo?" in screen.text or "Come lavori" in screen.text or "primo bisogno" in screen.text
        screen = await answer(player, "1" if must else "2" if "adulti che aiuti" in screen.text else "salta")
    raise AssertionError(screen.text)


def plain(text: str) -> str:
    """The text as the eye sees it: without invisible signs, white space in one."""
    return " ".join(INVISIBLE.sub("", text).split())


async def test_texts_that_look_like_markup_are_shown_as_they_were_written(giulia: Player, program: Program) -> None:
    for text in TEXTS.values():
        await giulia.say("Giulia", "persona")
        await heard(giulia)
        shown = await answer(giulia, text)
        assert plain(text) in plain(shown.text), shown.text
        assert "*uno* _due_" not in shown.text or not isinstance(giulia, WhatsAppPlayer)
        await giulia.tap("Giulia", "Invia")
        await heard(giulia)
    kept = sorted(row.text for row in await program.rows(NOTES.select()))
    assert [plain(text) for text in kept] == [plain(text) for text in sorted(TEXTS.values())]
    for params in program.telegram.called("sendMessage"):
        assert not re.search(r"<(?!/?[bi]>)", params["text"]), params["text"]


async def test_an_answer_of_the_welfare_manager_is_shown_as_it_was_written(program: Program) -> None:
    await program.invite("WIS-AVV0-0009", "welfare_manager")
    elena, whatsapp = TelegramPlayer(program), WhatsAppPlayer(program)
    await joined(elena, "Elena", "WIS-AVV0-0009")
    await joined(whatsapp, "Giulia", "WIS-GHJK-0001")
    for text in TEXTS.values():
        await whatsapp.say("Giulia", "persona")
        await whatsapp.say("Giulia", "Una domanda")
        await whatsapp.tap("Giulia", "Invia")
        await heard(whatsapp)
        await elena.tap("Elena", "Apri")
        await elena.tap("Elena", "Rispondi")
        await heard(elena, "Elena")
        assert plain(text) in plain((await answer(elena, text, "Elena")).text)
        await elena.tap("Elena", "Invia")
        said = "\n".join(line.text for line in await heard(whatsapp))
        assert plain(text) in plain(said), said
        assert "*uno* _due_" not in said


async def test_words_of_ones_own_in_the_questionnaire_come_back_letter_by_letter(giulia: Player) -> None:
    await at_the_free_text(giulia)
    for text in TEXTS.values():
        await giulia.say("Giulia", text)
        summary = "\n".join(line.text for line in await heard(giulia))
        assert plain(text)[:80] in plain(summary), summary
        assert "\u200d…" not in summary and "👩…" not in summary, "cut inside a character"
        await giulia.say("Giulia", "indietro")
        assert "con parole tue" in (await heard(giulia))[-1].text


async def test_ten_thousand_characters_are_explained_and_nothing_is_lost(giulia: Player) -> None:
    long = ("parola " + FAMILY) * 1000
    await at_the_free_text(giulia)
    screen = await answer(giulia, long)
    assert "Il testo è troppo lungo. Scrivilo più breve." in screen.text
    assert "Al massimo 500 caratteri." in screen.text
    assert "Il testo è troppo lungo. Scrivi al massimo 500 caratteri." in (await answer(giulia, "a" * 501)).text
    await giulia.say("Giulia", "persona")
    await heard(giulia)
    assert "Il messaggio è troppo lungo. Scrivi al massimo 3.500 caratteri." in (await answer(giulia, long)).text
    assert "Ecco il tuo messaggio" in (await answer(giulia, "Una domanda breve")).text
    await giulia.say("Giulia", "menu")
    await heard(giulia)
    assert "ho letto l'inizio e la fine" in (await answer(giulia, long)).text


async def test_a_code_of_ten_thousand_characters_or_of_strange_letters_is_no_code(
    program: Program, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for name, make in CHANNELS.items():
        player = make(program, tmp_path)
        who = "Tessa" if name == "terminal" else "Giulia"
        for text in ("A1B2" * 2500, "WIS-\u202e\u200bÉÉÉÉ-😀😀😀😀", "<b>WIS</b>-0000-0000", *TEXTS.values()):
            await player.say(who, text)
            said = await heard(player, who)
            assert said, (name, text)
            assert all("<b>" not in line.text for line in said)


async def test_what_is_no_text_is_answered_kindly(giulia: Player) -> None:
    await at_the_free_text(giulia)
    await giulia.do("Giulia", "voice", "")
    assert "Qui non posso ascoltare i messaggi vocali." in (await heard(giulia))[-1].text
    await giulia.do("Giulia", "photo", "")
    said = (await heard(giulia))[-1].text
    assert "Qui non servono foto o documenti." in said and "parla con una persona" in said
    await giulia.do("Giulia", "location", "45.46, 9.19")
    assert "con parole tue" in (await heard(giulia))[-1].text
    assert "Le tue risposte" in "\n".join([(await answer(giulia, "salta")).text, "Le tue risposte"])


async def test_stickers_polls_and_corrections_on_telegram(program: Program) -> None:
    player = TelegramPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await at_the_free_text(player)
    user = player.user("Giulia")
    sticker = {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "type": "regular", "emoji": "😀"}
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "type": "regular"}
    for content in ({"sticker": sticker}, {"poll": poll}, {"dice": {"emoji": "🎲", "value": 3}}, {"game": {}}):
        user.writes(**content)
        await program.settled()
        assert "con parole tue" in (await heard(player))[-1].text
    user.corrects(user.says("una risposta") and 1, "un'altra")
    await program.settled()
    assert await heard(player)


async def test_stickers_contacts_and_reactions_on_whatsapp(program: Program) -> None:
    player = WhatsAppPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await at_the_free_text(player)
    user = player.user("Giulia")
    assert await user.sends(b"RIFFwebp", "image/webp", kind="sticker") == 200
    await program.settled()
    assert "con parole tue" in (await heard(player))[-1].text
    await player.do("Giulia", "contact", "")
    assert "con parole tue" in (await heard(player))[-1].text
    assert await user.reacts("👍") == 200
    await program.settled()
    assert "Le tue risposte" not in "".join(line.text for line in await heard(player))


async def test_a_hundred_messages_in_a_second_are_all_worked_in_their_order_on_telegram(program: Program) -> None:
    player = TelegramPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.say("Giulia", "persona")
    await heard(player)
    for number in range(100):
        player.user("Giulia").says(f"riga {number}")
    await program.settled()
    replies = await heard(player)
    assert len(replies) == 100
    assert "\n".join(f"riga {number}" for number in range(100)) in replies[-1].text
    assert [reply.text.count("riga ") for reply in replies] == list(range(1, 101))


async def test_a_hundred_messages_at_once_are_all_worked_on_whatsapp(program: Program) -> None:
    player = WhatsAppPlayer(program)
    await joined(player, "Giulia", "WIS-GHJK-0001")
    await player.say("Giulia", "persona")
    await heard(player)
    user = player.user("Giulia")
    answers = await asyncio.gather(*(user.says(f"riga {number}") for number in range(100)))
    assert set(answers) == {200}
    await program.settled()
    replies = await heard(player)
    assert await program.count(EVENTS) == await program.count(OUTBOX)
    assert await program.count(OUTBOX, OUTBOX.c.status.in_(["sent", "delivered", "read"])) == 105
    last = max(replies, key=lambda reply: reply.text.count("riga "))
    assert sorted(re.findall(r"riga \d+", last.text)) == sorted(f"riga {number}" for number in range(100))
