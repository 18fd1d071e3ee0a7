"""`wis form`: checking and publishing a questionnaire."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import Wrong, complain, console, now, settings, store, told, warn
from bot.commands.shape import subject
from storage import forms, seeds

app = subject("Questionnaires: check a workbook, publish it, list versions (docs/howto/edit-the-questionnaire.md).")

Workbook = Annotated[Path, typer.Argument(help="The .xlsx file.", exists=True, dir_okay=False)]
Name = Annotated[str, typer.Option(help="Which questionnaire.")]
Language = Annotated[str, typer.Option(help="The language of the report: it or en.")]


@app.command()
def check(file: Workbook, language: Language = "it") -> None:
    """Report everything that is wrong in a workbook: sheet, row, column, and what to write instead."""
    from storage.workbooks import check_workbook

    with told():
        if language not in ("it", "en"):
            raise Wrong("The language is it or en.")
        with console.status("Reading the workbook..."):
            report = check_workbook(file.read_bytes())
        for problem in report.problems:
            complain(problem.told(language))
        for warning in report.warnings:
            warn(warning.told(language))
        if report.problems:
            raise typer.Exit(1)
    console.print(f"{report.title}, version {report.version}: ready to publish.", markup=False)


@app.command()
def publish(file: Workbook, name: Name = seeds.NEEDS) -> None:
    """Publish a workbook as a new version. Whoever has begun stays on the version begun."""
    with told():
        data = file.read_bytes()
        try:
            with store(settings()) as database, console.status("Publishing..."), database.write() as conn:
                before = forms.versions(conn, name)
                version = seeds.publish_workbook(conn, data, name, now())
        except seeds.BadForm as error:
            raise Wrong(f"{error}\nNothing was published: `wis form check {file}` says more.") from error
        if version in before:
            raise Wrong(
                f"Version {version} is published already: write a new one in the settings sheet, column version."
            )
    console.print(f"Published {name} version {version}. Waves opened from now on use it (`wis wave open`).")


@app.command("list")
def list_forms(name: Name = seeds.NEEDS) -> None:
    """List the published versions, the newest last."""
    with told(), store(settings()) as database, database.read() as conn:
        found = forms.versions(conn, name)
    for version in found:
        console.print(version, markup=False)
    if not found:
        console.print(f"No version of {name} is published: see `wis form publish`.")
