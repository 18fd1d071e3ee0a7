"""`wis run` and `wis talk`: the program in service, and a chat with it in the terminal."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from bot import assembly
from bot.app import App
from bot.channels import terminal
from bot.commands.common import console, settings, told
from bot.settings import Settings
from storage import demo


def run() -> None:
    """Start the bot: the simulator page, and Telegram and WhatsApp where they are set up. Ctrl-C ends it."""
    with told():
        asyncio.run(_run(settings()))


def talk(
    save: Annotated[Path | None, typer.Option(help="Write the dialogue here, as a test transcript.")] = None,
    name: Annotated[str, typer.Option(help="Who you are; another name is another person.")] = "Giulia",
    language: Annotated[str, typer.Option(help="The language of the first words: it or en.")] = "it",
) -> None:
    """Chat with the bot in this terminal (not while `wis run` uses the same SQLite database)."""
    with told():
        asyncio.run(_talk(settings(), save, name, language))


async def _run(found: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with assembly.opened(found) as program:
        phones = await program.lanes.run(demo.phones) if found.simulator_on else []
        await program.serve(stop, lambda app: _greet(app, phones))
    console.print("Ended: everything received is kept.")


async def _talk(found: Settings, save: Path | None, name: str, language: str) -> None:
    async with assembly.opened(found) as program:
        for phone in await program.lanes.run(demo.phones):
            if phone.code:
                console.print(f"{phone.code}  {phone.titles[-1]}", style="dim")
        chat = terminal.Terminal(program.turns, who=name, language=language)
        program.add(chat)
        await program.attend(terminal.talk(chat, save))
    if save is not None:
        console.print(f"The dialogue is in {save}.")


def _greet(program: App, phones: list[demo.DemoPhone]) -> None:
    found = program.settings
    host = f"[{found.http_host}]" if ":" in found.http_host else found.http_host
    console.print()
    console.print("[bold]WIS Bot is running.[/bold] Ctrl-C ends it.")
    if found.simulator_on:
        console.print(f"Simulator page: [bold]http://{host}:{program.port}[/bold]")
    for channel in program.channels:
        if channel.name != "simulator":
            console.print(f"Serving {channel.name}.")
    codes = [phone for phone in phones if phone.code]
    if codes and not found.live:
        console.print("Demonstration data, all invented. Invitation codes to try:")
        for phone in codes:
            console.print(f"  [bold]{phone.code}[/bold]  {phone.titles[-1]} ({phone.name}'s phone)")
    for note in program.notes:
        console.print(note, style="dim")
    console.print()
