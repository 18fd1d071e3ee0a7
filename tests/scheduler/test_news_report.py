"""The report's files: who may have them, what they say, and that nobody can be recognised in them."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, insert

from conversations.messages import Attachment
from scheduler.charts import BAD, GOOD, INK, RAIL, WIDTH, Bar, Group, bars_png
from scheduler.news_report import news_sources
from storage import people
from storage.content import Content
from storage.db import Database
from storage.news import history
from storage.news.recipients import RECIPIENTS
from tests.storage.news_readers import LONG_AGO, NOW, issue, reader

CHART = Attachment("news_chart", "n1", "photo", "notizie.png", "image/png")
TABLE = Attachment("news_csv", "n1", "document", "notizie.csv", "text/csv")


def row(conn: Connection, who: str, outcome: str, channel: str = "telegram", **more: Any) -> None:
    reader(conn, who, channel)
    values = {"issue_id": "n1", "person_id": who, "channel": channel, "language": "it", "due_at": NOW}
    conn.execute(insert(RECIPIENTS).values(**values, outcome=outcome, **more))


def office(conn: Connection) -> None:
    for name, role in (("marta", "coordinator"), ("dario", "editor"), ("elena", "welfare_manager")):
        reader(conn, name, yes=None, language="en" if name == "dario" else "it")
        people.add_membership(conn, name, None, role, "", LONG_AGO)
    issue(conn, "n1", "sent", number="2026-11")


def table(database: Database, content: Content, who: str = "marta") -> list[dict[str, str]]:
    file = news_sources(database, content.catalog)["news_csv"](TABLE, who)
    assert file is not None and file.name == "notizie.csv" and file.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(file.data.decode("utf-8-sig")), delimiter=";"))


def test_the_table_has_a_row_for_each_person_and_nothing_that_names_her(sqlite: Database, content: Content) -> None:
    with sqlite.write() as conn:
        office(conn)
        row(conn, "anna", "delivered", "whatsapp", sent_at=NOW, delivered_at=NOW + timedelta(minutes=2))
        row(conn, "bea", "failed", code="403", reason="Forbidden: bot was blocked by anna-secret")
        row(conn, "carla", "skipped", code="opted_out")
        row(conn, "dora", "opened", "whatsapp", opened_at=NOW, code="63016")
    rows = table(sqlite, content)
    assert [one["esito"] for one in rows] == [
        "consegnata",
        "non riuscita",
        "non più inviata",
        "annuncio inviato, manca il tocco",
    ]
    assert [one["canale"] for one in rows] == ["WhatsApp", "Telegram", "Telegram", "WhatsApp"]
    assert [one["causa"] for one in rows] == [
        "",
        "Ha bloccato il bot, oppure non vuole messaggi su quel canale.",
        "Aveva disdetto la newsletter.",
        "",
    ]
    assert (rows[0]["inviata"], rows[0]["consegnata"], rows[3]["annuncio"]) == (
        "2026-11-10 12:30",
        "2026-11-10 12:32",
        "2026-11-10 12:30",
    )
    told = "\n".join(value for one in rows for value in one.values())
    assert not any(name in told for name in ("anna", "bea", "carla", "dora", "secret"))
    assert len({one["riga"] for one in rows}) == 4


@pytest.mark.parametrize(("readers", "seen"), [(4, 0), (5, 5)])
def test_who_opened_it_is_told_only_where_there_are_five(
    sqlite: Database, content: Content, readers: int, seen: int
) -> None:
    with sqlite.write() as conn:
        office(conn)
        for number in range(readers):
            row(conn, f"r{number}", "read", sent_at=NOW, read_at=NOW + timedelta(minutes=5))
        row(conn, "opened-and-failed", "failed", read_at=NOW)
    rows = table(sqlite, content)
    assert sum(one["esito"] == "letta" for one in rows) == seen
    assert sum(bool(one["aperta"]) for one in rows) == (seen + 1 if seen else 0)
    if not seen:
        assert {one["consegnata"] for one in rows if one["esito"] == "consegnata"} == {"2026-11-10 12:30"}


@pytest.mark.parametrize(
    ("who", "files"),
    [
        ("marta", {"news_chart", "news_csv"}),
        ("dario", {"news_chart"}),
        ("elena", set()),
        ("nobody", set()),
        (None, set()),
    ],
)
def test_coordinators_get_both_files_editors_the_counts_and_nobody_else_anything(
    sqlite: Database, content: Content, who: str | None, files: set[str]
) -> None:
    with sqlite.write() as conn:
        office(conn)
        row(conn, "anna", "sent")
    sources = news_sources(sqlite, content.catalog)
    given = {one.source for one in (CHART, TABLE) if sources[one.source](one, who) is not None}
    assert given == files


def test_a_coordinator_who_left_gets_nothing_any_more(sqlite: Database, content: Content) -> None:
    with sqlite.write() as conn:
        office(conn)
        conn.execute(people.MEMBERSHIPS.update().values(until=NOW))
    sources = news_sources(sqlite, content.catalog)
    assert sources["news_csv"](TABLE, "marta") is None and sources["news_chart"](CHART, "marta") is None


def test_an_issue_that_is_gone_has_no_report(sqlite: Database, content: Content) -> None:
    with sqlite.write() as conn:
        office(conn)
    gone = Attachment("news_csv", "n9", "document", "x.csv", "text/csv")
    assert news_sources(sqlite, content.catalog)["news_csv"](gone, "marta") is None


def test_the_table_is_read_in_pieces_and_is_whole(
    database: Database, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 3)
    with database.write() as conn:
        office(conn)
        for number in range(9):
            row(conn, f"r{number}", "sent")
    assert len(table(database, content)) == 9


def picture(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        assert opened.format == "PNG"
        return opened.convert("RGB")


def hexes(image: Image.Image) -> set[str]:
    colours = image.getcolors(maxcolors=1_000_000)
    assert colours is not None
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in colours}  # type: ignore[misc]


def test_the_picture_fits_a_phone_and_has_a_bar_for_everybody(sqlite: Database, content: Content) -> None:
    with sqlite.write() as conn:
        office(conn)
        for number in range(20):
            row(conn, f"r{number}", "sent")
        row(conn, "f", "failed", "whatsapp", code="63003")
    file = news_sources(sqlite, content.catalog)["news_chart"](CHART, "marta")
    assert file is not None and file.mime == "image/png"
    drawn = picture(file.data)
    assert drawn.width == WIDTH and 400 < drawn.height < 1_000
    assert {GOOD, BAD, INK, RAIL} <= hexes(drawn)
    english = news_sources(sqlite, content.catalog)["news_chart"](CHART, "dario")
    assert english is not None and english.data != file.data, "each in her own language"


def test_a_single_person_is_seen_and_a_long_word_stays_inside() -> None:
    groups = [Group("W" * 200, [Bar("parola " * 40, 1, BAD), Bar("tutti", 100_000, GOOD), Bar("nessuno", 0, INK)])]
    drawn = picture(bars_png("T" * 300, "s" * 300, groups, str))
    assert BAD in hexes(drawn)
    right = drawn.crop((WIDTH - 40, 0, WIDTH, drawn.height))
    assert hexes(right) == {"#ffffff"}, "nothing runs over the margin"


def test_an_issue_without_people_has_a_picture_too() -> None:
    assert picture(bars_png("t", "s", [], str)).width == WIDTH
