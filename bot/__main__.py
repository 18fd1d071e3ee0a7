"""The command line: `wis COMMAND`."""

import asyncio
import logging
import signal

import typer
from rich.console import Console

from bot import assembly
from bot.app import App
from bot.settings import Settings

app = typer.Typer(help="WIS Bot: the chatbot of a welfare network.", no_args_is_help=True)
console = Console(highlight=False)
log = logging.getLogger(__name__)


@app.command()
def run() -> None:
    """Start the bot: the simulator page, and Telegram and WhatsApp where they are set up."""
    settings = Settings.load()
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with assembly.opened(settings) as program:
        await program.serve(stop, lambda app: _greet(app))


def _greet(program: App) -> None:
    console.print(f"http://{program.settings.http_host}:{program.port}")


def main() -> None:
    """The program's entry."""
    app()


if __name__ == "__main__":
    main()
