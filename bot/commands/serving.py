"""`wis run`: the program in service."""

import asyncio
import errno
import signal

from bot import assembly
from bot.app import App
from bot.commands.common import Wrong, console, settings, told
from bot.settings import Settings
from storage import demo

DOCTOR = "Is something amiss? `wis doctor` looks and says what to do."


def run() -> None:
    """Start the bot: the simulator page, and Telegram and WhatsApp where they are set up.

    Nothing has to be set up first: without settings it makes a database in DATA_DIR with an invented network, and
    prints the address of a page with phones on it and the codes to type there.

    Ctrl-C or SIGTERM ends it within ten seconds; what people wrote by then is kept and answered.
    """
    with told():
        try:
            asyncio.run(_run(settings()))
        except assembly.AlreadyRunning as error:
            raise Wrong(str(error.__doc__)) from error


async def _run(found: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with assembly.opened(found, lasting=True) as program:
        phones = await program.lanes.run(demo.phones) if found.simulator_on else []
        try:
            await program.serve(stop, lambda app: _greet(app, phones))
        except OSError as error:
            if (sentence := _address_trouble(error, found)) is None:
                raise
            raise Wrong(sentence) from error
    console.print("Ended: everything received is kept.")


def _address_trouble(error: OSError, found: Settings) -> str | None:
    place = f"{found.http_host}:{found.http_port}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Another program uses {place} already, perhaps another `wis run`: stop it, or choose another port"
                f" (HTTP_PORT={found.http_port + 1 if found.http_port < 65535 else 8081})."
            )
        case errno.EACCES:
            return f"This user may not listen on {place}: choose a port from 1024 on (HTTP_PORT=8080)."
        case errno.EADDRNOTAVAIL:
            return f"{found.http_host} is no address of this machine: HTTP_HOST is 127.0.0.1 or 0.0.0.0 as a rule."
        case _:
            return None if error.filename else f"The web server cannot listen on {place}: {error.strerror or error}."


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
        console.print(note, style="dim", markup=False)
    console.print(DOCTOR, style="dim")
    console.print()
