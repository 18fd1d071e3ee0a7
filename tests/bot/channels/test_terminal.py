"""The terminal channel: what a line means, what is printed, and the dialogue it saves."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from bot.channels.contract import StatusReport, Unready
from bot.channels.dialogue import Does, Hears, Says, Taps
from bot.channels.terminal import Terminal, stdin_line, talk
from conversations.events import Address, Chose, Event, Happening, Joined, Located, Said, Sent
from scheduler.sending import Button, Letter, Recipient, Refused
from tests.journeys.transcript import parse

GIULIA = Recipient(Address("terminal", "giulia"), "it")
QUESTION = Letter(
    1,
    title="Domanda 1 di 2",
    body=("Che lavoro fai [qui]?",),
    choices=(Button("r:1", "Dipendente"), Button("r:2", "Titolare", "anche socia")),
    ways=(Button("@menu", "Menu"),),
)


class Script:
    """An inbox that answers each event with the next letters."""

    def __init__(self, *answers: Letter) -> None:
        self.answers = list(answers)
        self.events: list[Event] = []
        self.terminal: Terminal | None = None
        self.ready = True

    async def take(self, events: Sequence[Event]) -> None:
        if not self.ready:
            raise Unready
        self.events += events
        if self.answers and self.terminal:
            await self.terminal.send(self.answers.pop(0), GIULIA)

    async def report(self, report: StatusReport) -> None:
        raise AssertionError("a terminal reports nothing")

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    @property
    def happenings(self) -> list[Happening]:
        return [event.what for event in self.events]


def chat(script: Script, *lines: str) -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    left = list(lines)

    async def read_line() -> str | None:
        return left.pop(0) if left else None

    async def settle() -> None:
        return None

    console = Console(file=out, width=100, highlight=False)
    terminal = Terminal(script, console=console, read_line=read_line, settle=settle)
    script.terminal = terminal
    return terminal, out


async def test_a_number_chooses_and_a_slash_number_takes_a_way_out() -> None:
    script = Script(QUESTION, QUESTION)
    terminal, out = chat(script, "ciao", "2", "/1", "7")
    await talk(terminal)
    assert script.happenings == [Said("ciao"), Chose("r:2", "Titolare"), Chose("@menu", "Menu"), Said("7")]
    assert "Che lavoro fai [qui]?" in out.getvalue()
    assert " 2  Titolare  anche socia" in out.getvalue()
    assert "/1 Menu" in out.getvalue()
    assert script.events[1].message_ref == "1"


async def test_every_event_has_an_id_of_its_own() -> None:
    script = Script()
    terminal, _ = chat(script, "a", "a", "a")
    await talk(terminal)
    assert len({event.id for event in script.events}) == 3


async def test_a_file_is_sent_and_can_be_fetched(tmp_path: Path) -> None:
    photo = tmp_path / "asilo nido.png"
    photo.write_bytes(b"png")
    script = Script()
    terminal, _ = chat(script, f"/file {photo}")
    await talk(terminal)
    (sent,) = script.happenings
    assert sent == Sent("photo", "1", "image/png", "asilo nido.png", 3)
    assert await terminal.fetch("1", 100) == b"png"
    with pytest.raises(Refused):
        await terminal.fetch("1", 2)
    with pytest.raises(Refused):
        await terminal.fetch("2", 100)


async def test_a_file_that_is_not_there_is_explained() -> None:
    script = Script()
    terminal, out = chat(script, "/file nowhere.pdf")
    await talk(terminal)
    assert script.events == []
    assert "Non riesco a leggere questo file." in out.getvalue()


async def test_a_place_and_an_invitation_are_understood() -> None:
    script = Script()
    terminal, _ = chat(script, "/luogo 45.46, 9.19", "/start WIS-1", "/luogo qui")
    await talk(terminal)
    assert script.happenings == [Located(45.46, 9.19), Joined("WIS-1"), Said("/luogo qui")]


async def test_a_program_that_cannot_answer_says_so_and_the_chat_goes_on() -> None:
    script = Script()
    script.ready = False
    terminal, out = chat(script, "ciao")
    await talk(terminal)
    assert "Il programma ora non può rispondere." in out.getvalue()
    assert terminal.lines == []


async def test_the_dialogue_is_saved_as_a_transcript_that_tests_can_read(tmp_path: Path) -> None:
    script = Script(QUESTION)
    terminal, _ = chat(script, "/start WIS-1", "1", "grazie")
    saved = tmp_path / "giulia.md"
    await talk(terminal, save=saved)
    assert parse(saved.read_text(encoding="utf-8")) == [
        Does("Giulia", "link", "WIS-1"),
        Hears("Giulia", "**Domanda 1 di 2**\n\nChe lavoro fai [qui]?", (("Dipendente", "Titolare"), ("Menu",))),
        Taps("Giulia", "Dipendente"),
        Says("Giulia", "grazie"),
    ]


async def test_lines_come_from_the_standard_input_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["ciao"]

    def read(prompt: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop()

    monkeypatch.setattr("builtins.input", read)
    assert await stdin_line() == "ciao"
    assert await stdin_line() is None


async def test_without_a_sign_of_the_program_a_short_silence_ends_the_answer() -> None:
    script = Script(QUESTION)
    lines: list[str | None] = ["ciao", None]

    async def read_line() -> str | None:
        return lines.pop(0)

    terminal = Terminal(script, console=Console(file=io.StringIO()), read_line=read_line)
    script.terminal = terminal
    await terminal.run()
    assert [type(line) for line in terminal.lines] == [Says, Hears]


async def test_an_interrupted_chat_is_saved_too(tmp_path: Path) -> None:
    async def interrupted() -> str | None:
        raise KeyboardInterrupt

    terminal = Terminal(Script(), console=Console(file=io.StringIO()), read_line=interrupted)
    terminal.lines.append(Says("Giulia", "ciao"))
    with pytest.raises(KeyboardInterrupt):
        await talk(terminal, save=tmp_path / "giulia.md")
    assert (tmp_path / "giulia.md").read_text(encoding="utf-8") == "**Giulia:** ciao\n"
