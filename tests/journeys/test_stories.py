"""Stories that several channels tell: the same words for the same steps, whatever carries them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.journeys.cast import Cast, golden
from tests.journeys.players import SimulatorPlayer, TelegramPlayer, TerminalPlayer, WhatsAppPlayer
from tests.journeys.program import Program, running
from tests.journeys.transcript import Player

LIKE_A_LETTER: dict[str, Callable[[Program, Path], Player]] = {
    "telegram": lambda program, folder: TelegramPlayer(program),
    "simulator": lambda program, folder: SimulatorPlayer(program),
    "terminal": TerminalPlayer,
}


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with running(tmp_path) as program:
        await program.invite("WIS-GHJK-0001", days=40)
        yield program


@pytest.fixture(params=LIKE_A_LETTER)
def giulia(request: pytest.FixtureRequest, program: Program, tmp_path: Path) -> Player:
    return LIKE_A_LETTER[request.param](program, tmp_path)


def own(name: str, player: Player) -> str:
    """The dialogue as Telegram words it, where it has words of its own."""
    return f"{name}-telegram" if isinstance(player, TelegramPlayer) else name


async def used_and_expired(program: Program) -> None:
    await program.invite("WIS-SED0-0002")
    other = SimulatorPlayer(program)
    await other.do("Altra", "link", "WIS-SED0-0002")
    await other.tap("Altra", "Italiano")
    await other.tap("Altra", "Accetto")
    await program.invite("WIS-SCAD-0003", days=-1)


async def test_stop_and_return(program: Program, giulia: Player) -> None:
    await golden("stop", Cast({"Giulia": giulia}))


async def test_stop_and_return_on_whatsapp(program: Program) -> None:
    await golden("stop-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))


async def test_codes_that_do_not_open_and_a_guest_without_one(program: Program, giulia: Player) -> None:
    await used_and_expired(program)
    await golden("codici", Cast({"Giulia": giulia}))


async def test_codes_that_do_not_open_on_whatsapp(program: Program) -> None:
    await used_and_expired(program)
    await golden("codici-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))


async def test_the_rights_of_a_person(program: Program, giulia: Player) -> None:
    # Telegram writes what the others show beside a choice into the text
    await golden(own("privacy", giulia), Cast({"Giulia": giulia}))


async def test_the_rights_of_a_person_on_whatsapp(program: Program) -> None:
    await golden("privacy-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))


async def test_a_question_to_a_person_answered_on_another_channel(program: Program, giulia: Player) -> None:
    await program.invite("WIS-AVV0-0009", "welfare_manager")
    elena = SimulatorPlayer(program) if not isinstance(giulia, SimulatorPlayer) else TelegramPlayer(program)
    await golden(own("persona", giulia), Cast({"Giulia": giulia, "Elena": elena}))


async def test_a_question_from_whatsapp_answered_on_telegram(program: Program) -> None:
    await program.invite("WIS-AVV0-0009", "welfare_manager")
    await golden("persona-whatsapp", Cast({"Giulia": WhatsAppPlayer(program), "Elena": TelegramPlayer(program)}))


async def test_one_person_on_two_channels(program: Program) -> None:
    await program.invite("WIS-ANNA-0001")
    whatsapp = WhatsAppPlayer(program)
    await golden("due-canali", Cast({"Anna": TelegramPlayer(program), "Anna al telefono": whatsapp}))


async def test_two_reminders_at_most(program: Program, giulia: Player) -> None:
    await golden("promemoria", Cast({"Giulia": giulia}))


async def test_reminders_outside_the_window_of_whatsapp(program: Program) -> None:
    await golden("promemoria-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))
