"""`wis form` and `wis wave`: checking and publishing a questionnaire, opening and closing it."""

import secrets
from datetime import datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import console, errors, now, settings, store, sure, told
from storage import forms, seeds
from storage.workbooks import check_workbook

form_app = typer.Typer(help="Questionnaires: check a workbook, publish it, list the versions.", no_args_is_help=True)
wave_app = typer.Typer(help="The periods in which the questionnaire is open.", no_args_is_help=True)

Workbook = Annotated[Path, typer.Argument(help="The .xlsx file.", exists=True, dir_okay=False, readable=True)]
Name = Annotated[str, typer.Option(help="Which questionnaire.")]
Language = Annotated[str, typer.Option(help="The language of the report: it or en.")]


@form_app.command()
def check(file: Workbook, language: Language = "it") -> None:
    """Report everything that is wrong in a workbook: sheet, row, column, and what to write instead."""
    with told(), console.status("Reading the workbook..."):
        report = check_workbook(file.read_bytes())
    for problem in report.problems:
        console.print(problem.told(language), style="red", markup=False)
    for warning in report.warnings:
        console.print(warning.told(language), style="yellow", markup=False)
    if report.problems:
        raise typer.Exit(1)
    console.print(f"{report.title}, version {report.version}: ready to publish.", markup=False)


@form_app.command()
def publish(file: Workbook, name: Name = seeds.NEEDS) -> None:
    """Publish a workbook as a new version. Whoever has begun stays on the version begun."""
    with told():
        data = file.read_bytes()
        try:
            with store(settings()) as database, database.write() as conn, console.status("Publishing..."):
                before = forms.versions(conn, name)
                version = seeds.publish_workbook(conn, data, name, now())
        except seeds.BadForm as error:
            errors.print(str(error), style="red", markup=False)
            raise typer.Exit(1) from error
    if version in before:
        errors.print(
            f"Version {version} is published already: write a new one in the settings sheet, column version.",
            style="red",
        )
        raise typer.Exit(1)
    console.print(f"Published {name} version {version}. Waves opened from now on use it.")


@form_app.command("list")
def list_forms(name: Name = seeds.NEEDS) -> None:
    """List the published versions, the newest last."""
    with told(), store(settings()) as database, database.read() as conn:
        for version in forms.versions(conn, name):
            console.print(version)


@wave_app.command("open")
def open_wave(
    closes: Annotated[str, typer.Option(help="The last day, as 2026-12-31.")],
    name: Name = seeds.NEEDS,
    version: Annotated[str, typer.Option(help="The form's version; the newest if not given.")] = "",
) -> None:
    """Open the questionnaire, from now to the end of the last day."""
    with told():
        found = settings()
        last = _end_of_day(closes, found.tz_name)
        if last <= now():
            errors.print(f"{closes} is over already.", style="red")
            raise typer.Exit(1)
        with store(found) as database, database.write() as conn:
            known = forms.versions(conn, name)
            chosen = version or (known[-1] if known else "")
            if chosen not in known:
                errors.print(f"There is no such version. Published: {', '.join(known) or 'none'}.", style="red")
                raise typer.Exit(1)
            if any(wave.opens_at <= now() < wave.closes_at for wave in forms.waves(conn)):
                errors.print("A wave is open already: close it first (`wis wave list`).", style="red")
                raise typer.Exit(1)
            key = secrets.token_urlsafe(16)
            forms.open_wave(conn, key, name, chosen, now(), last)
        console.print(f"Wave {key} is open with version {chosen} until {closes}.")


@wave_app.command("close")
def close_wave(
    key: Annotated[str, typer.Argument(help="The wave, as `wis wave list` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Close a wave now. Unfinished questionnaires are not counted."""
    with told():
        sure("Nobody can answer any more after this. Close it?", yes)
        with store(settings()) as database, database.write() as conn:
            closed = forms.close_wave(conn, key, now())
        if not closed:
            errors.print("No such wave is open (`wis wave list`).", style="red")
            raise typer.Exit(1)
        console.print("The wave is closed.")


@wave_app.command("list")
def list_waves() -> None:
    """List the waves, the newest first. How many answered is known only after closing."""
    with told():
        found = settings()
        zone = ZoneInfo(found.tz_name)
        with store(found) as database, database.read() as conn:
            for wave in forms.waves(conn):
                state = "open" if wave.opens_at <= now() < wave.closes_at else "closed"
                span = f"{wave.opens_at.astimezone(zone):%Y-%m-%d %H:%M} to {wave.closes_at.astimezone(zone):%Y-%m-%d %H:%M}"
                console.print(f"{wave.id}  {state:6}  {wave.form} {wave.form_version}  {span}")


def _end_of_day(text: str, zone: str) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        errors.print(f"{text!r} is no date: write it as 2026-12-31.", style="red")
        raise typer.Exit(1) from error
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))
