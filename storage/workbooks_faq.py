"""The topics as a sheet for people who prefer one: a row per topic, every cell as one would type it."""

from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

from storage.content import ContentError
from storage.faq_topics import Data, KnownTopic
from storage.workbooks import LARGEST_FILE

COLUMNS: Final = (
    "id",
    "title_it",
    "title_en",
    "short_it",
    "short_en",
    "answer_it",
    "answer_en",
    "family",
    "norms",
    "body",
    "page",
    "valid_until",
    "referral",
    "related",
    "phrasings",
    "verified_on",
    "verified_by",
)
"""What a sheet holds; the last two are read but never taken from it: nobody signs in a sheet."""
SHEET: Final = "faq"
SHEET_AUTHOR: Final = "foglio"
_LISTS: Final = ("norms", "related")
_LONGEST: Final = 32_000
"""Characters of a cell; the format allows 32,767."""


def write_sheet(topics: list[KnownTopic]) -> bytes:
    """The workbook of these topics. A cell that begins like a formula is a text."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet.append(list(COLUMNS))
    for topic in topics:
        sheet.append([_cell(topic.data, column) for column in COLUMNS])
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read_sheet(data: bytes) -> dict[str, dict[str, Any]]:
    """What each row says of its topic, by id, as the patch of a topic. Raises ContentError, which names the row."""
    if len(data) > LARGEST_FILE:
        raise ContentError("The workbook is larger than 2 MB.")
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except Exception as error:
        raise ContentError("The file is not an XLSX workbook.") from error
    try:
        sheet = book[SHEET] if SHEET in book.sheetnames else book[book.sheetnames[0]]
        rows = sheet.iter_rows(values_only=True)
        return dict(_rows([["" if cell is None else str(cell).strip() for cell in row] for row in rows]))
    finally:
        book.close()


def _rows(rows: list[list[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    head = rows[0] if rows else []
    if "id" not in head:
        raise ContentError(f"The first row must name the columns: {', '.join(COLUMNS)}.")
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(head, row, strict=False))
        key = cells.get("id", "")
        if not any(row):
            continue
        if not key or key in seen:
            raise ContentError(f"Row {number}: every row has an id of its own.")
        seen.add(key)
        yield key, _patch(cells, number)


def _patch(cells: Mapping[str, str], number: int) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for name in ("title", "short", "answer"):
        texts = {code: cells[f"{name}_{code}"] for code in ("it", "en") if f"{name}_{code}" in cells}
        if texts:
            patch[name] = texts
    for name in ("family", "body", "page", "referral"):
        if name in cells:
            patch[name] = cells[name]
    for name in _LISTS:
        if name in cells:
            patch[name] = _lines(cells[name])
    if "phrasings" in cells:
        patch["phrasings"] = _lines(cells["phrasings"])
    if cells.get("valid_until"):
        patch["valid_until"] = _day(cells["valid_until"][:10], number)
    if "answer_it" in cells and not cells["answer_it"]:
        raise ContentError(f"Row {number}: the Italian answer is missing.")
    return patch


def _cell(data: Data, column: str) -> str:
    name, _, code = column.rpartition("_")
    if code in ("it", "en") and name in ("title", "short", "answer"):
        return str((data.get(name) or {}).get(code) or "")
    value = data.get(column)
    match value:
        case dict():
            return "\n".join(text for texts in value.values() for text in texts)[:_LONGEST]
        case list():
            return "\n".join(map(str, value))
        case None:
            return ""
        case _:
            return str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _day(text: str, number: int) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ContentError(f"Row {number}: valid_until is a day as 2027-12-31, not {text}.") from error
