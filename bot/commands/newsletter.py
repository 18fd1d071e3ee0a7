"""`wis newsletter list|show|check|import|export|preview`: the issues, and the files they come from and go to."""

import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.channels.layout import LayoutWords
from bot.channels.simulator_looks import Bubble, telegram_bubbles, whatsapp_bubbles
from bot.commands.common import Conn, Wrong, complain, console, now, settings, show, store, sure, told
from bot.commands.newsletter_issue import (
    CHANNEL,
    LANGUAGE,
    find_issue,
    sentences,
    tell_problems,
    who,
)
from bot.commands.shape import subject
from bot.settings import Settings
from conversations.messages import Phrase
from conversations.news.checks import problems
from conversations.news.life import lawful, may
from conversations.news.orders import OpenIssue
from conversations.news.preview import SHAPES, message_of, preview
from conversations.news.published import published
from conversations.news.views import Issue, Item
from conversations.phrases import Catalog, render
from scheduler.render import Renderer
from storage.db import Conflict
from storage.news import views
from storage.news.files import NewsFile, write_news
from storage.news.incoming import understood, with_items
from storage.news.orders import carry_out, write

app = subject("The newsletter: its issues, from a file to the last reader (docs/howto/editor.md).")

File = Annotated[Path, typer.Argument(help="A .md or .docx file.", exists=True, dir_okay=False)]
Number = Annotated[str, typer.Argument(help='The issue\'s number ("2026-11"), as `wis newsletter list` shows it.')]
By = Annotated[str, typer.Option(help="Who acts: name or id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command("list")
def list_() -> None:
    """List the issues, the newest first: state, kind, items, when it goes or went out, title."""
    with told():
        found = settings()
        with store(found) as database, database.read() as conn:
            rows = []
            for issue in views.issues(conn):
                at = issue.started_at or issue.scheduled_at
                moment = "" if at is None else f"{at.astimezone(found.zone):%Y-%m-%d %H:%M}"
                title = issue.title.get("it", "")
                rows.append((issue.number, issue.state, issue.kind, str(len(issue.items)), moment, title))
    if rows:
        show(("issue", "state", "kind", "items", "sent", "title"), rows)
    else:
        console.print("No issue yet: write one in the chat, or `wis newsletter import FILE`.")


@app.command("show")
def show_issue(number: Number) -> None:
    """Show one issue: its items, who signed them, what is wrong with it, and how far it is."""
    with told():
        found = settings()
        catalog = sentences(found)
        with store(found) as database, database.read() as conn:
            issue = find_issue(conn, number)
            progress = published(views.progress(conn, issue.id))
        for line in (
            f"{issue.number} ({issue.kind}): {issue.title.get('it', '')} / {issue.title.get('en', '-')}",
            f"state: {issue.state}, revision {issue.revision}",
            *(
                [f"goes out: {issue.scheduled_at.astimezone(found.zone):%Y-%m-%d %H:%M}"]
                if issue.scheduled_at
                else []
            ),
        ):
            console.print(line, markup=False)
        rows = [(str(place), *_row(item)) for place, item in enumerate(issue.items, 1)]
        if rows:
            show(("item", "topic", "for", "law", "expires", "title"), rows)
        for channel, counts in progress.counts.items():
            told_ = ", ".join(f"{outcome} {count}" for outcome, count in counts.items())
            console.print(f"{channel}: {told_}", markup=False)
        if issue.state in ("draft", "legal"):
            tell_problems(problems(issue, _today(found.zone), "approval"), catalog)


@app.command()
def check(file: File) -> None:
    """Report everything that is wrong in a file: its lines, then what would stop it. Nothing is changed."""
    with told():
        found = settings()
        catalog = sentences(found)
        read = _read(file, catalog)
        issue = _issue_of(read)
        errors = tell_problems(problems(issue, _today(found.zone), "legal"), catalog)
    if read.faults or errors:
        raise typer.Exit(1)
    console.print(f"{len(read.items)} items, nothing stops them: `wis newsletter import {file}`.", markup=False)


@app.command("import")
def import_(file: File, by: By, to: Annotated[str, typer.Option(help="Add to this open issue.")] = "") -> None:
    """Bring a file in: a new draft with the number in its front matter, or more items of an open issue (--to).

    An item with the Italian title of one that is there replaces it.
    """
    with told():
        found = settings()
        catalog = sentences(found)
        read = _read(file, catalog)
        if read.faults:
            raise Wrong("Nothing was brought in: mend the file first (`wis newsletter check`).")
        if not to and not (read.number and read.title.get("it")):
            raise Wrong(
                "The file has no front matter with number and title: add it, or name an open issue with --to."
            )
        with store(found) as database:
            try:
                with database.write() as conn:
                    person = who(conn, by, ("editor", "coordinator"))
                    key = _begun(conn, read, person, found) if not to else to
                    issue = find_issue(conn, key)
                    if not may("edit", issue, {"editor"}):
                        raise Wrong(f"The issue {issue.number} is {issue.state}: nothing of it can be changed.")
                    then, added = with_items(issue, read.items)
                    write(conn, issue, then)
            except Conflict as conflict:
                raise Wrong(f"Nothing was done: {conflict}.") from conflict
        console.print(f"The issue {issue.number} is a draft with {len(then.items)} items, {added} of this file.")
        tell_problems(problems(then, _today(found.zone), "draft"), catalog)


@app.command()
def export(
    number: Number, to: Annotated[Path | None, typer.Option(help="The file; without it the text is printed.")] = None
) -> None:
    """Write an issue as a Markdown file, which can be edited and brought in again."""
    with told():
        with store(settings()) as database, database.read() as conn:
            text = write_news(find_issue(conn, number))
        if to is None:
            typer.echo(text, nl=False)
            return
        if to.exists():
            sure(f"{to} is there already. Write over it?", False)
        to.write_text(text, "utf-8")
        console.print(f"The issue {number} is in {to}.", markup=False)


@app.command("preview")
def preview_(
    number: Number,
    channel: Annotated[str, typer.Option(help="telegram, whatsapp, or opener (WhatsApp outside its 24 hours).")] = "",
    language: Annotated[str, typer.Option(help="it or en; both without it.")] = "",
) -> None:
    """Show an issue exactly as people will see it, with its length and what does not fit."""
    with told():
        found = settings()
        catalog = sentences(found)
        if channel not in ("", *SHAPES):
            raise Wrong(f"--channel is one of {', '.join(SHAPES)}.")
        if language not in ("", *catalog.languages):
            raise Wrong(f"--language is one of {', '.join(catalog.languages)}.")
        with store(found) as database, database.read() as conn:
            issue = find_issue(conn, number)
        today = _today(found.zone)
        for shape in (one for one in SHAPES if channel in ("", one)):
            for code in (one for one in catalog.languages if language in ("", one)):
                seen = preview(issue, shape, code, today, catalog)
                console.rule(f"{shape}, {code}", align="left")
                letter = Renderer(catalog, {}).letter(0, message_of(issue, shape, code, today), code, "", None)
                words = LayoutWords(*(render(Phrase(f"layout.{name}"), code, catalog) for name in ("ways", "choose")))
                for bubble in telegram_bubbles(letter) if shape == "telegram" else whatsapp_bubbles(letter, words):
                    _draw(bubble)
                size = f"{seen.characters} of {seen.room} characters, {seen.messages} message(s)"
                console.print(size, style="dim", markup=False)
                for label in seen.long_labels:
                    complain(f"This button is too long: {label}")


def _begun(conn: Conn, read: NewsFile, person: str, found: Settings) -> str:
    """The id of the new draft. Raises Wrong where the number is that of an issue which is alive or out."""
    there = next((one for one in views.issues(conn) if one.number == read.number), None)
    if there is not None and there.state != "cancelled":
        better = f"add to it with --to {read.number}" if lawful("edit", there) else "write another number in the file"
        raise Wrong(f"There is an issue {read.number} already: {better}.")
    if read.kind == "erratum":
        raise Wrong("An erratum names the issue it corrects: begin it in the chat, then use --to.")
    key = secrets.token_urlsafe(16)
    order = OpenIssue(key, read.number, read.kind, read.title["it"], read.title.get("en", ""))
    carry_out(conn, order, person, CHANNEL, now(), found.zone)
    return key


def _draw(bubble: Bubble) -> None:
    for text in (bubble.title, bubble.text):
        if text:
            console.print(text, markup=False)
    for row in bubble.keys:
        console.print("  ".join(f"[{label}]" for _, label in row), markup=False)
    for _, label, description in bubble.rows:
        console.print(f"  ( ) {label}{' – ' + description if description else ''}", markup=False)


def _row(item: Item) -> tuple[str, ...]:
    law = "" if not item.normative else "signed" if item.signed_by else "unsigned"
    return (item.topic or "", "all" if item.common else "", law, str(item.expires or ""), item.title.get("it", ""))


def _read(file: Path, catalog: Catalog) -> NewsFile:
    """What the file says; every fault is told."""
    read = understood(file.read_bytes())
    for line, key, said in read.faults:
        sentence = render(Phrase(key, {"words": said}), LANGUAGE, catalog)
        place = "paragraph" if file.suffix == ".docx" else "line"
        complain(f"{place} {line}: {sentence}" if line else sentence)
    return read


def _issue_of(read: NewsFile) -> Issue:
    items = tuple(replace(item, id=str(place)) for place, item in enumerate(read.items))
    return Issue("", read.number, read.kind, read.title or {"it": "-", "en": "-"}, "draft", 1, items)


def _today(zone: ZoneInfo) -> date:
    return now().astimezone(zone).date()
