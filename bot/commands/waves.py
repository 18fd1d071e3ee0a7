"""`wis wave`: the times in which the questionnaire is open."""

import secrets
from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import Wrong, console, now, settings, show, store, sure, told
from bot.commands.shape import subject
from storage import forms, seeds

app = subject("The times in which the questionnaire is open.")

Name = Annotated[str, typer.Option(help="Which questionnaire.")]


@app.command("open")
def open_wave(
    closes: Annotated[str, typer.Option(help="The last day, as 2026-12-31.")],
    name: Name = seeds.NEEDS,
    version: Annotated[str, typer.Option(help="The form's version; the newest if not given.")] = "",
) -> None:
    """Open the questionnaire, from now to the end of the last day."""
    with told():
        found = settings()
        last = _end_of_day(closes, found.zone)
        if last <= now():
            raise Wrong(f"{closes} is over already.")
        with store(found) as database, database.write() as conn:
            known = forms.versions(conn, name)
            chosen = version or (known[-1] if known else "")
            if chosen not in known:
                raise Wrong(f"No such version. Published: {', '.join(known) or 'none'} (`wis form publish`).")
            if any(wave.opens_at <= now() < wave.closes_at for wave in forms.waves(conn)):
                raise Wrong("A wave is open already: close it first (`wis wave list`, `wis wave close`).")
            key = secrets.token_urlsafe(16)
            forms.open_wave(conn, key, name, chosen, now(), last)
    console.print(f"Wave {key} is open with version {chosen} until {closes}.", markup=False)


@app.command("close", context_settings={"ignore_unknown_options": True})
def close_wave(
    key: Annotated[str, typer.Argument(help="The wave, as `wis wave list` shows it; or else the one open now.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Close a wave now. Unfinished questionnaires are not counted."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                running = [wave.id for wave in forms.waves(conn) if wave.closes_at > now()]
            if not key and len(running) == 1:
                key = running[0]
            if key not in running:
                raise Wrong("No such wave is open (`wis wave list`)." if key else "No wave is open, or several are.")
            sure("Nobody can answer any more after this. Close it?", yes)
            with database.write() as conn:
                forms.close_wave(conn, key, now())
    console.print("The wave is closed.")


@app.command("list")
def list_waves() -> None:
    """List the waves, the newest first. How many answered is known only after closing."""
    with told():
        found = settings()
        with store(found) as database, database.read() as conn:
            waves = forms.waves(conn)
    rows = []
    for wave in waves:
        state = "open" if wave.opens_at <= now() < wave.closes_at else "closed"
        span = [f"{at.astimezone(found.zone):%Y-%m-%d %H:%M}" for at in (wave.opens_at, wave.closes_at)]
        rows.append((wave.id, state, f"{wave.form} {wave.form_version}", *span, "yes" if wave.demo else ""))
    if rows:
        show(("wave", "state", "form", "from", "to", "invented"), rows)
    else:
        console.print("No waves yet: open one with `wis wave open --closes 2026-12-31`.")


def _end_of_day(text: str, zone: ZoneInfo) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        raise Wrong(f"{text!r} is no date: write it as 2026-12-31.") from error
    return datetime.combine(day, time(23, 59, 59), zone)
