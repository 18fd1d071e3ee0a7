"""`wis doctor`: looks at everything an installation needs, and says what to do about what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import typer
from rich.text import Text

from bot import logs
from bot.commands import doctor_content, doctor_database, doctor_network, doctor_settings
from bot.commands.common import TOLD, cause, console, now
from bot.commands.findings import Finding, wrong
from bot.settings import Settings, SettingsError
from storage.content import content_folder

STYLES = {"ok": "green", "note": "yellow", "wrong": "red"}
WIDTH = 14


def doctor() -> None:
    """Check everything an installation needs: settings, content, database, keys, channels, public address.

    Each line is ok, note (worth knowing) or wrong, with what to do about it. Nothing is changed, and nobody is
    written to. The exit code is 1 if anything is wrong. Run it where the bot runs, best while it is running.
    """
    counts = {"ok": 0, "note": 0, "wrong": 0}
    asyncio.run(_look(counts))
    console.print()
    if counts["wrong"]:
        told = f"{counts['wrong']} wrong" + (f", {counts['note']} to note" if counts["note"] else "")
        console.print(f"{told}: mend what is wrong, then look again.", style="red")
        raise typer.Exit(1)
    console.print("Nothing is wrong." if not counts["note"] else f"Nothing is wrong, {counts['note']} to note.")


async def _look(counts: dict[str, int]) -> None:
    with console.status("Looking...") as status:
        async for finding in _findings():
            counts[finding.verdict] += 1
            status.stop()
            console.print(
                Text(f"{finding.verdict:5} ", style=STYLES[finding.verdict]), f"{finding.about:{WIDTH}} ",
                Text(finding.words), sep="", soft_wrap=True,
            )
            status.start()


async def _findings() -> AsyncIterator[Finding]:
    for finding in doctor_settings.python():
        yield finding
    for finding in doctor_settings.names():
        yield finding
    try:
        settings = Settings.load()
    except SettingsError as error:
        for problem in error.problems:
            yield wrong("settings", problem)
        return
    logs.set_up("ERROR", settings.log_format, settings.secrets)
    for finding in _here(settings):
        yield finding
    for look in (
        doctor_network.running(settings),
        doctor_network.telegram(settings),
        doctor_network.whatsapp(settings, content_folder()),
        doctor_network.public_address(settings),
    ):
        async for finding in look:
            yield finding


def _here(settings: Settings) -> Iterator[Finding]:
    yield from doctor_settings.channels(settings)
    yield from doctor_settings.house(settings)
    yield from doctor_content.content(content_folder(), settings.default_language, settings.zone)
    try:
        yield from doctor_database.database(settings, now())
    except TOLD as error:
        yield wrong("database", cause(error))
