"""The files of an issue's report: a picture of counts, and a table with a row for each person and no name in it.

The counts are for who works on the newsletter, the table only for coordinators. How many opened an issue is told
where they are five or more; fewer are told as delivered.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from io import StringIO
from typing import Final

from conversations.messages import Attachment, Phrase, Text
from conversations.news.published import published, tells_readers
from conversations.news.views import Outcome
from conversations.news.why import NAMES, Sent, cause_told, outcome_told
from conversations.phrases import Catalog, render
from scheduler.charts import BAD, GOOD, NEUTRAL, WAITS, Bar, Group, bars_png
from scheduler.render import FileSource
from scheduler.sending import File
from storage import people
from storage.db import Database
from storage.news import history, views

NAMED: Final = frozenset({"coordinator"})
COUNTED: Final = frozenset({"coordinator", "editor"})
COLOURS: Final[Mapping[Outcome, str]] = {
    "read": GOOD,
    "delivered": GOOD,
    "sent": GOOD,
    "opened": WAITS,
    "todo": WAITS,
    "sending": WAITS,
    "failed": BAD,
    "doubtful": BAD,
    "expired": NEUTRAL,
    "skipped": NEUTRAL,
    "cancelled": NEUTRAL,
}
"""In the order in which the bars stand."""
COLUMNS: Final = (
    "newsreport.number",
    "newsreport.channel",
    "newsreport.language",
    "newsreport.outcome",
    "newsreport.cause",
    "newsreport.due",
    "newsreport.opened",
    "newsreport.sent",
    "newsreport.delivered",
    "newsreport.read",
)


def news_sources(database: Database, catalog: Catalog) -> dict[str, FileSource]:
    """Both files, by the names messages give them."""
    return {"news_chart": partial(_chart, database, catalog), "news_csv": partial(_table, database, catalog)}


def _chart(database: Database, catalog: Catalog, attachment: Attachment, reader: str | None) -> File | None:
    with database.read() as conn:
        issue = views.issue(conn, attachment.ref)
        known = None if reader is None else people.find_by_id(conn, reader, lock=False)
        if issue is None or known is None or not any(reader in people.holders(conn, role) for role in COUNTED):
            return None
        progress, language = published(views.progress(conn, issue.id)), known.language

    def told(text: Text) -> str:
        return render(text, language, catalog)

    title = told(Phrase("newsreport.title", {"number": issue.number}))
    subtitle = told(Phrase("newsreport.people", {"count": progress.total}))
    groups = [
        Group(
            NAMES.get(channel, channel),
            [
                Bar(told(outcome_told(outcome)).capitalize(), count, colour)
                for outcome, colour in COLOURS.items()
                if (count := by.get(outcome, 0))
            ],
        )
        for channel, by in progress.counts.items()
    ]
    picture = bars_png(title, subtitle, groups, lambda count: told(Phrase("newsreport.figure", {"number": count})))
    return File(attachment.kind, attachment.name, attachment.mime, picture)


def _table(database: Database, catalog: Catalog, attachment: Attachment, reader: str | None) -> File | None:
    out = StringIO()
    with database.read() as conn:
        issue = views.issue(conn, attachment.ref)
        known = None if reader is None else people.find_by_id(conn, reader, lock=False)
        if issue is None or known is None or not any(reader in people.holders(conn, role) for role in NAMED):
            return None
        language = known.language
        readers = tells_readers(views.progress(conn, issue.id))
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow([render(Phrase(key), language, catalog) for key in COLUMNS])
        for line in history.lines(conn, issue.id):
            writer.writerow(_row(line, readers, language, catalog))
    # with its mark, so that a spreadsheet reads the accents right
    return File(attachment.kind, attachment.name, attachment.mime, out.getvalue().encode("utf-8-sig"))


def _row(line: history.Line, readers: bool, language: str, catalog: Catalog) -> Iterator[str]:
    sent = line.sent if readers else _without_reading(line.sent)
    cause = cause_told(sent.code) if sent.outcome in ("failed", "skipped", "doubtful", "todo") else None
    yield str(line.number)
    yield NAMES.get(sent.channel, sent.channel)
    yield line.language
    yield render(outcome_told(sent.outcome), language, catalog)
    yield "" if cause is None else render(cause, language, catalog)
    for moment in (sent.due_at, sent.opened_at, sent.sent_at, sent.delivered_at, sent.read_at):
        yield "" if moment is None else f"{moment.astimezone(catalog.zone):%Y-%m-%d %H:%M}"


def _without_reading(sent: Sent) -> Sent:
    if sent.outcome != "read":
        return replace(sent, read_at=None)
    return replace(sent, outcome="delivered", delivered_at=sent.delivered_at or sent.sent_at, read_at=None)
