"""`wis talk`: a chat with the bot in the terminal."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel

from bot import assembly
from bot.channels import terminal
from bot.commands.common import Wrong, console, settings, told
from bot.commands.lines import Lines
from bot.settings import Settings
from storage import demo

Save = Annotated[Path | None, typer.Option(help="Write the dialogue into this file, also as a test transcript.")]
Name = Annotated[str, typer.Option(help="Who you are; another name is another person with another phone.")]
Language = Annotated[str, typer.Option(help="The language of the first words: it or en.")]

BUSY = "`wis run` is using this database. Stop it first, or chat on its page; with PostgreSQL both can run."


def talk(save: Save = None, name: Name = "Giulia", language: Language = "it") -> None:
    """Chat with the bot in this terminal: the same program and database as `wis run`, without the web.

    Type one of the codes it shows to be let in. Ctrl-D ends the chat. Lines can also be piped in, one message each.
    """
    with told():
        if language not in ("it", "en"):
            raise Wrong("The language is it or en.")
        if not name.strip() or len(name) > 40 or ":" in name or "*" in name:
            raise Wrong("A name has 1 to 40 characters, without : and *.")
        if save is not None:
            _writable(save)
        try:
            asyncio.run(_talk(settings(), save, name.strip(), language))
        except assembly.AlreadyRunning as error:
            raise Wrong(BUSY) from error
    if save is not None:
        console.print(f"The dialogue is in {save}.", markup=False)


async def _talk(found: Settings, save: Path | None, name: str, language: str) -> None:
    async with assembly.opened(found) as program:
        _greet(await program.lanes.run(demo.phones) if not found.live else [])
        typed = sys.stdin.isatty()
        lines = Lines(sys.stdin.fileno(), lambda: console.print("> ", end="") if typed else None)

        async def line() -> str | None:
            text = await lines.next()
            if text is None:
                console.print()
            elif not typed:
                console.print(f"> {text}", markup=False)
            return text

        chat = terminal.Terminal(program.turns, name, language, console, line, program.delivery.settled)
        program.add(chat)
        talking = asyncio.ensure_future(terminal.talk(chat, save))
        for signalled in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signalled, talking.cancel)
        with suppress(asyncio.CancelledError):
            await program.attend(talking)


def _greet(phones: list[demo.DemoPhone]) -> None:
    codes = [phone for phone in phones if phone.code]
    lines = ["You chat with the bot as if this were your phone."]
    if codes:
        lines.append("Everybody here is invented. To begin, type one of these invitation codes:\n")
        lines += [f"  [bold]{phone.code}[/bold]  {phone.titles[-1]}" for phone in codes]
    else:
        lines.append("To begin, write ciao, or type an invitation code (`wis invite` makes one).")
    console.print(Panel("\n".join(lines), title="WIS Bot", expand=False, padding=(0, 2)))


def _writable(save: Path) -> None:
    """Raises OSError where the dialogue could not be written in the end: better before the chat than after."""
    with save.open("a"):
        return
