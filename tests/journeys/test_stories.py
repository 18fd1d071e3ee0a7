"""Stories that several channels tell: the same words for the same steps, whatever carries them."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from storage.content import content_folder
from tests.journeys.cast import Cast, golden
from tests.journeys.players import TelegramPlayer, WhatsAppPlayer
from tests.journeys.players_local import SimulatorPlayer, TerminalPlayer
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


def sensitive_words() -> set[str]:
    """The questions of class S, that of the consent, and the choices that are theirs alone, in both languages."""
    book = load_workbook(content_folder() / "forms" / "needs.xlsx", read_only=True)
    survey, choices = (list(book[name].iter_rows(values_only=True)) for name in ("survey", "choices"))
    head, words = [str(cell) for cell in survey[0]], set[str]()
    labels = [place for place, name in enumerate(head) if name.startswith(("label::", "hint::"))]
    lists = {str(row[head.index("type")]).partition(" ")[2] for row in survey if _closed(row, head)}
    asked = {str(row[place]) for row in survey[1:] for place in labels if not _closed(row, head)}
    for row in survey[1:]:
        words |= {str(row[place]) for place in labels if _closed(row, head) and row[place]} - asked
    common = {row[column] for row in choices[1:] if row[0] not in lists and row[4] != "S" for column in (2, 3)}
    for row in choices[1:]:
        if row[0] in lists or row[4] == "S":
            words |= {str(row[column]) for column in (2, 3)} - common
    book.close()
    return words


def _closed(row: Sequence[object], head: list[str]) -> bool:
    classes = set(str(row[head.index("bind::wis:class")] or "").split(","))
    return bool(classes & {"S", "consent"}) and "G" not in classes


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

    sensitive = sensitive_words()
    assert len(sensitive) > 10
    told = [word for message in program.twilio.sent for word in (message.body, *message.labels)]
    assert [word for word in sensitive if any(word in text for text in told)] == []  # T6


async def test_one_person_comes_from_whatsapp_to_telegram_with_a_tap(program: Program) -> None:
    await program.invite("WIS-MARC-0002")
    telegram = TelegramPlayer(program)
    await golden("due-canali-al-contrario", Cast({"Marco": WhatsAppPlayer(program), "Marco su Telegram": telegram}))


async def test_two_reminders_at_most(program: Program, giulia: Player) -> None:
    await golden("promemoria", Cast({"Giulia": giulia}))


async def test_reminders_outside_the_window_of_whatsapp(program: Program) -> None:
    await golden("promemoria-whatsapp", Cast({"Giulia": WhatsAppPlayer(program)}))
