"""wis form and wis wave: checking, publishing, opening and closing."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from storage.content import content_folder
from tests.bot.commands.command_line import Wis

NEEDS = content_folder() / "forms" / "needs.xlsx"
NEXT_MONTH = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"


def workbook(folder: Path, version: str = "", **survey: str) -> str:
    """A copy of the needs questionnaire: another version, or other texts in the survey's first row."""
    book = load_workbook(BytesIO(NEEDS.read_bytes()))
    settings = {cell.value: cell.column for cell in book["settings"][1]}
    if version:
        book["settings"].cell(2, settings["version"], version)
    columns = {cell.value: cell.column for cell in book["survey"][1]}
    for column, text in survey.items():
        book["survey"].cell(2, columns[column], text)
    book.save(folder / "mine.xlsx")
    return str(folder / "mine.xlsx")


def version_of(wis: Wis) -> str:
    return wis("form", "list").out.splitlines()[-1]


def test_a_good_workbook_is_ready_to_publish(wis: Wis) -> None:
    told = wis("form", "check", str(NEEDS))
    assert told.code == 0
    assert "ready to publish" in told.out
    assert told.err == ""


def test_every_problem_is_told_with_its_place_in_both_languages(wis: Wis) -> None:
    file = workbook(wis.folder, type="interger", name="1 name")
    italian, english = wis("form", "check", file), wis("form", "check", file, "--language", "en")
    assert italian.code == english.code == 1
    assert len(italian.err.splitlines()) == len(english.err.splitlines()) >= 2
    assert "survey" in english.err and "2" in english.err and "interger" in english.err
    assert italian.err != english.err


@pytest.mark.parametrize("data", [b"", b"damaged", NEEDS.read_bytes()[:2000]])
def test_a_damaged_workbook_is_refused_in_words(wis: Wis, data: bytes) -> None:
    (wis.folder / "bad.xlsx").write_bytes(data)
    for command in ("check", "publish"):
        told = wis("form", command, "bad.xlsx")
        assert told.code == 1
        assert "foglio di calcolo" in told.err
        assert "Traceback" not in told.all
    assert "No version" in wis("form", "list").out


def test_publishing_twice_asks_for_a_new_version(wis: Wis) -> None:
    assert wis("form", "publish", str(NEEDS)).code == 0
    again = wis("form", "publish", str(NEEDS))
    assert again.code == 1
    assert "new one in the settings sheet" in again.err
    assert wis("form", "publish", workbook(wis.folder, version="2099010101")).code == 0
    assert version_of(wis) == "2099010101"
    assert len(wis("form", "list").out.splitlines()) == 2


def test_a_wave_opens_once_and_closes_without_naming_it(wis: Wis) -> None:
    assert wis("form", "publish", str(NEEDS)).code == 0
    opened = wis("wave", "open", "--closes", NEXT_MONTH)
    assert opened.code == 0
    assert f"until {NEXT_MONTH}" in opened.out
    second = wis("wave", "open", "--closes", NEXT_MONTH)
    assert second.code == 1
    assert "open already" in second.err
    key, state, form, *_ = wis("wave", "list").out.strip().split("\t")
    assert key in opened.out
    assert state == "open"
    assert version_of(wis) in form
    assert wis("wave", "close").code == 1, "nothing without --yes"
    assert wis("wave", "close", "--yes").code == 0
    assert wis("wave", "list").out.split("\t")[1] == "closed"
    assert wis("wave", "close", key, "--yes").code == 1


def test_the_newest_version_is_opened_or_the_one_that_was_asked_for(wis: Wis) -> None:
    assert wis("form", "publish", str(NEEDS)).code == 0
    old = version_of(wis)
    assert wis("form", "publish", workbook(wis.folder, version="2099010101")).code == 0
    assert "2099010101" in wis("wave", "open", "--closes", NEXT_MONTH).out
    assert wis("wave", "close", "--yes").code == 0
    assert old in wis("wave", "open", "--closes", NEXT_MONTH, "--version", old).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["open", "--closes", "tomorrow"], "2026-12-31"),
        (["open", "--closes", "2020-01-01"], "over already"),
        (["open", "--closes", NEXT_MONTH], "Published: none"),
        (["open", "--closes", NEXT_MONTH, "--version", "7"], "Published: none"),
        (["close", "unknown", "--yes"], "wis wave list"),
        (["close", "-unknown", "--yes"], "wis wave list"),
        (["close", "--yes"], "No wave is open"),
    ],
)
def test_what_cannot_be_done_is_told(wis: Wis, arguments: list[str], words: str) -> None:
    told = wis("wave", *arguments)
    assert told.code == 1
    assert words in told.err


def test_empty_lists_say_what_to_do(wis: Wis) -> None:
    assert "wis wave open" in wis("wave", "list").out
    assert "wis form publish" in wis("form", "list").out
