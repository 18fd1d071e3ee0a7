"""`wis faq import|export|sign|topics`: the answers that are in the database."""

from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.common import Wrong, console, now, settings, show, store, sure, told
from bot.commands.faq import app
from storage import faq_topics
from storage.content import content_folder
from storage.faq_export import write_folder
from storage.faq_library import topic_of
from storage.seeds import answers

_NONE: Final = "There is no topic in the database yet: `wis run` puts those of content/faq there."

Source = Annotated[Path, typer.Argument(help="A .md file, a folder of them, or an .xlsx workbook.", exists=True)]
Target = Annotated[Path, typer.Argument(help="A folder for Markdown files, or a name that ends in .xlsx.")]
Ids = Annotated[list[str] | None, typer.Argument(help="The topics; `wis faq topics` lists them.")]
Name = Annotated[str, typer.Option(help='Who signs, as readers will see it: "Avv. Elena Prova".')]
Yes = Annotated[bool, typer.Option("--yes", help="Without a question.")]
Family = Annotated[str, typer.Option(help="Every unsigned topic of this family.")]


@app.command("import")
def import_(source: Source) -> None:
    """Bring topics from Markdown or a sheet into the database; a changed text loses its signature."""
    # workbooks take time that asking a question does not need
    from storage.faq_import import bring

    with told():
        found = settings()
        with store(found) as database, database.write() as conn:
            at = now()
            answers(conn, content_folder(), at)
            brought = bring(conn, source, at, at.astimezone(found.zone).date())
        console.print(f"New: {len(brought.begun)}. Changed: {len(brought.changed)}. Same: {len(brought.same)}.")


@app.command("export")
def export(target: Target) -> None:
    """Write every topic of the database as Markdown files or as one sheet."""
    with told():
        with store(settings()) as database, database.read() as conn:
            topics = faq_topics.topics(conn)
        if not topics:
            raise Wrong(_NONE)
        if target.suffix == ".xlsx":
            from storage.workbooks_faq import write_sheet

            target.write_bytes(write_sheet(topics))
        else:
            write_folder(topics, target)
        console.print(f"{len(topics)} topics are in {target}.", markup=False)


@app.command("topics")
def topics_() -> None:
    """List the topics of the database: version, whether it answers, who signed, until when."""
    with told():
        with store(settings()) as database, database.read() as conn:
            rows = [topic_of(row) for row in faq_topics.topics(conn)]
        if not rows:
            raise Wrong(_NONE)
        show(
            ("topic", "version", "answers", "signed", "valid until"),
            [
                (
                    one.id,
                    str(one.version),
                    "yes" if one.published else "draft",
                    f"{one.verified_on} {one.verified_by}" if one.verified_on else "not yet",
                    str(one.valid_until or ""),
                )
                for one in rows
            ],
        )


@app.command("sign")
def sign(name: Name, ids: Ids = None, family: Family = "", yes: Yes = False) -> None:
    """Sign topics for a welfare manager who has read them: her name and the day stand below each answer."""
    with told():
        found = settings()
        if not name.strip():
            raise Wrong("Who signs? Give a name with --name.")
        with store(found) as database:
            with database.read() as conn:
                rows = {row.id: row for row in faq_topics.topics(conn)}
            for unknown in sorted(set(ids or ()) - rows.keys()):
                raise Wrong(f"There is no topic {unknown}: `wis faq topics` lists them.")
            topics = [topic_of(row) for row in rows.values()]
            wanted = [one for one in topics if one.id in (ids or ()) or (family and one.family == family)]
            wanted = [one for one in wanted if one.verified_on is None]
            if not wanted:
                raise Wrong("There is nothing to sign here.")
            sure(f"Has {name} read these {len(wanted)} answers, and signs them?", yes)
            at = now()
            today = at.astimezone(found.zone).date()
            patch = {"verified_on": today.isoformat(), "verified_by": name.strip()}
            with database.write() as conn:
                for one in wanted:
                    faq_topics.change(conn, one.id, one.version, patch, "signed", "", at, today)
        console.print(f"Signed by {name} on {today}: {len(wanted)}.", markup=False)
