"""wis faq import, export, topics, sign: the answers that are in the database."""

from pathlib import Path

from openpyxl import load_workbook

from storage import faq_topics
from storage.faq_files import read_topic
from storage.faq_library import topic_of
from tests.bot.commands.command_line import Wis
from tests.storage.test_faq_rows import folder


def brought(wis: Wis, tmp_path: Path) -> None:
    """The program's topics and one more."""
    told = wis("faq", "import", str(folder(tmp_path / "in")))
    assert (told.code, told.out) == (0, "New: 1. Changed: 0. Same: 0.\n")


def topic(wis: Wis, key: str) -> object:
    database = wis.database()
    try:
        with database.read() as conn:
            found = faq_topics.topic(conn, key)
    finally:
        database.close()
    assert found is not None
    return topic_of(found)


def test_topics_are_imported_and_listed(wis: Wis, tmp_path: Path) -> None:
    brought(wis, tmp_path)
    told = wis("faq", "topics")
    rows = [line.split("\t") for line in told.out.splitlines()]
    assert ["orto", "1", "yes", "not yet", "2026-12-31"] in rows and len(rows) > 100
    folder(tmp_path / "in", "Solo in terrazza.")
    assert wis("faq", "import", str(tmp_path / "in")).out == "New: 0. Changed: 1. Same: 0.\n"
    assert wis("faq", "import", str(tmp_path / "in" / "orto.md")).out == "New: 0. Changed: 0. Same: 1.\n"


def test_topics_are_exported_as_files_and_as_a_sheet(wis: Wis, tmp_path: Path) -> None:
    brought(wis, tmp_path)
    assert wis("faq", "export", str(tmp_path / "out")).code == 0
    before = read_topic((tmp_path / "in" / "orto.md").read_text("utf-8"), "orto.md")
    assert read_topic((tmp_path / "out" / "orto.md").read_text("utf-8"), "orto.md") == before
    assert wis("faq", "export", str(tmp_path / "out.xlsx")).code == 0
    book = load_workbook(tmp_path / "out.xlsx", read_only=True)
    assert "orto" in [row[0] for row in book["faq"].iter_rows(values_only=True)]
    book.close()
    told = wis("faq", "import", str(tmp_path / "out.xlsx"))
    assert told.out.startswith("New: 0. Changed: 0. Same: ")


def test_a_signature_has_a_name_and_is_asked_for(wis: Wis, tmp_path: Path) -> None:
    brought(wis, tmp_path)
    refused = wis("faq", "sign", "orto", "--name", "Avv. Elena Prova")
    assert refused.code == 1 and "add --yes" in refused.err
    told = wis("faq", "sign", "orto", "--name", "Avv. Elena Prova", "--yes")
    assert told.code == 0 and told.out.startswith("Signed by Avv. Elena Prova on ")
    assert topic(wis, "orto").verified_by == "Avv. Elena Prova"  # type: ignore[attr-defined]
    again = wis("faq", "sign", "orto", "--name", "Avv. Elena Prova", "--yes")
    assert again.code == 1 and "nothing to sign" in again.err


def test_a_family_is_signed_together(wis: Wis, tmp_path: Path) -> None:
    brought(wis, tmp_path)
    assert wis("faq", "sign", "--family", "orari", "--name", "Avv. Elena Prova", "--yes").code == 0
    assert topic(wis, "orto").verified_by == topic(wis, "lavoro-agile").verified_by == "Avv. Elena Prova"  # type: ignore[attr-defined]
    assert topic(wis, "permessi-104").verified_on is None  # type: ignore[attr-defined]


def test_what_cannot_be_done_is_told(wis: Wis, tmp_path: Path) -> None:
    empty = wis("faq", "export", str(tmp_path / "out"))
    assert empty.code == 1 and "no topic in the database yet" in empty.err
    brought(wis, tmp_path)
    assert "There is no topic zebra" in wis("faq", "sign", "zebra", "--name", "A", "--yes").err
    assert "Who signs?" in wis("faq", "sign", "orto", "--name", " ", "--yes").err
    (tmp_path / "x.txt").write_text("x")
    assert "an import is" in wis("faq", "import", str(tmp_path / "x.txt")).err
    (tmp_path / "bad.xlsx").write_bytes(b"no")
    assert "not an XLSX" in wis("faq", "import", str(tmp_path / "bad.xlsx")).err
