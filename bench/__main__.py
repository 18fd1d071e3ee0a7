"""`python -m bench`: all loads and the answers; `python -m bench w1`: one of them."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bench import faq, w1, w2, w3, w4, w5, w6, w7, w8
from bench.bots import AIOGRAM, Workshop
from bench.figures import CONSOLE, disk

FIRST_CHAT = 1001
MOST_PEOPLE = 1000

Rounds = Annotated[int, typer.Option(help="Rounds of each bot; the table shows the middle one.")]
Kills = Annotated[int, typer.Option(help="How often our bot is killed; the others a fifth as often.")]
Folder = Annotated[Path, typer.Option(help="Where the databases lie: on the disk you want to know about.")]

app = typer.Typer(
    help="Our speed and safety beside python-telegram-bot and aiogram, on this machine, against a local Telegram.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
HERE = Path("data/bench")


@app.callback()
def everything(
    context: typer.Context, rounds: Rounds = 5, kills: Kills = 100, folder: Folder = HERE
) -> None:
    """Without a command: all loads, and the answers about the rules."""
    if context.invoked_subcommand is None:
        _measure(folder, lambda shop: _all(shop, rounds, kills))
        faq.main()


@app.command("w1")
def one_at_a_time(rounds: Rounds = 5, folder: Folder = HERE) -> None:
    """One turn at a time: what a turn costs."""
    _measure(folder, lambda shop: w1.run(shop, rounds))


@app.command("w2")
def at_once(rounds: Rounds = 5, folder: Folder = HERE) -> None:
    """64 people at once, an API that takes 50 ms: how many turns, how long they wait."""
    _measure(folder, lambda shop: w2.run(shop, rounds))


@app.command("w3")
def burst(rounds: Rounds = 5, folder: Folder = HERE) -> None:
    """Answers sent at once and delivered twice: which ones are kept."""
    _measure(folder, lambda shop: w3.run(shop, rounds))


@app.command("w4")
def killed(kills: Kills = 100, folder: Folder = HERE) -> None:
    """kill -9 at random moments: what is kept, what is asked twice."""
    _measure(folder, lambda shop: w4.run(shop, kills))


@app.command("w5")
def newsletter(rounds: Rounds = 5, folder: Folder = HERE) -> None:
    """A newsletter at Telegram's limit: how fast, who is lost, and how long a reply takes meanwhile."""
    _measure(folder, lambda shop: w5.run(shop, rounds))


@app.command("w6")
def newsletter_killed(kills: Kills = 100, folder: Folder = HERE) -> None:
    """kill -9 in the middle of a newsletter, frozen processes, a lost database: who is lost, who gets it twice."""
    _measure(folder, lambda shop: w6.run(shop, kills))


@app.command("w7")
def newsletter_disturbed(rounds: Rounds = 3, folder: Folder = HERE) -> None:
    """A newsletter paused, slowed down, stopped and started: the same people in the end."""
    _measure(folder, lambda shop: w7.run(shop, rounds))


@app.command("w8")
def hundred_thousand(rounds: Rounds = 5, folder: Folder = HERE) -> None:
    """A newsletter for 100,000 people: the plan, their rows, the cancel, and replies meanwhile."""
    w8.run(folder, rounds)


@app.command("faq")
def answers() -> None:
    """The answers about the rules: how well they are found beside peers, and the goals."""
    faq.main()


async def _all(workshop: Workshop, rounds: int, kills: int) -> None:
    await w1.run(workshop, rounds)
    await w2.run(workshop, rounds)
    await w3.run(workshop, rounds)
    await w4.run(workshop, kills)
    await w5.run(workshop, rounds)
    await w6.run(workshop, kills)
    await w7.run(workshop, rounds)


def _measure(folder: Path, load: Callable[[Workshop], Awaitable[object]]) -> None:
    if not AIOGRAM.exists():
        CONSOLE.print("aiogram lives in an environment of its own: run `make bench`, which makes it.")
        raise typer.Exit(1)
    # a killed bot's broken connections are no news
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    work = folder.absolute() / "running"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        today = datetime.now(UTC).date()
        CONSOLE.print(f"{today}; one fsync on this disk takes {disk(work):.2f} ms (the middle of 60).")
        asyncio.run(load(Workshop(work, range(FIRST_CHAT, FIRST_CHAT + MOST_PEOPLE))))
        CONSOLE.print(f"At the end one takes {disk(work):.2f} ms.")
    finally:
        shutil.rmtree(work, ignore_errors=True)


app(prog_name="python -m bench")
