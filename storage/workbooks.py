"""Workbook bytes to XForm text, or what its author should change; the only user of pyxform and openpyxl."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from conversations.forms.check import Problem, check_sheets, merged, row_map, told_by_form
from conversations.forms.form import form_problems
from conversations.forms.sheets import Row, Sheet
from storage.workbooks_messages import problem_of, warnings_of

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of the largest workbook that is opened (forms.md, section 7)."""
LARGEST_UNPACKED = 20 * 1024 * 1024
"""Bytes of all parts of the workbook together, as its zip directory tells them before anything is unpacked."""
MOST_PARTS = 500
MOST_ROWS = 2_000
MOST_COLUMNS = 200
END_AFTER_BLANKS = 1_000
"""Blank rows after which a sheet is taken to end; spreadsheet programs leave formatted rows far below."""

_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FAULTS = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TOO_HEAVY = {"nested_too_deep", "too_many_repeats", "sheet_missing"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a workbook holds: errors keep it from being published, warnings do not.

    `xml` is the XForm text, None where there are errors; `rows` is the sheet row of every question by its path
    in the form. `title`, `name` and `version` are as in the settings sheet.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    xml: str | None = None
    title: str = ""
    name: str = ""
    version: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)

    def told(self, language: str = "it") -> list[str]:
        """One line for each problem, errors first."""
        return [problem.told(language) for problem in (*self.problems, *self.warnings)]


class _Unreadable(Exception):
    """The file cannot be read as a workbook."""

    def __init__(self, code: str, sheet: str = "", **params: str | int) -> None:
        super().__init__(code)
        self.problem = Problem(code, sheet, params=params)


def check_workbook(data: bytes) -> Report:
    """Everything wrong in a workbook (.xlsx), or its XForm text. Never raises because of what the file holds."""
    try:
        sheets, found = _read(data)
    except _Unreadable as error:
        return Report((error.problem,))
    problems = merged([*found, *check_sheets(sheets)], ())
    xml = None
    if not any(problem.code in _TOO_HEAVY for problem in problems):
        xml, theirs = _converted(sheets)
        problems = merged(problems, theirs)
    rows = row_map(sheets)
    if xml is not None:
        problems = merged(problems, _form_problems(xml, rows))
    errors = tuple(problem for problem in problems if problem.severity == "error")
    settings = next(sheets["settings"].filled(), None) if "settings" in sheets else None
    return Report(
        errors,
        tuple(problem for problem in problems if problem.severity == "warning"),
        None if errors else xml,
        settings.get("form_title") if settings else "",
        settings.get("form_id") if settings else "",
        settings.get("version") if settings else "",
        rows,
    )


def _converted(sheets: Mapping[str, Sheet]) -> tuple[str | None, list[Problem]]:
    """The XForm text that pyxform makes of the cells, and its complaints."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    definition: dict[str, Any] = {"sheet_names": [sheet.name for sheet in sheets.values()]}
    for name, sheet in sheets.items():
        definition[name] = [dict(row.cells) for row in sheet.rows]
        definition[f"{name}_header"] = [dict.fromkeys(sheet.headers)]
    warnings: list[str] = []
    try:
        # pyxform's own validation would start Java; our compiled form is the judge instead.
        result = convert(definition, warnings=warnings, validate=False)
    except PyXFormError as error:
        return None, [problem_of(str(error)), *warnings_of(warnings)]
    except Exception as error:  # of 60 public workbooks that fail, 3 do so with an internal TypeError (forms.md 7)
        detail = f"{type(error).__name__}: {error}"[:200]
        return None, [Problem("internal", params={"detail": detail}), *warnings_of(warnings)]
    return result.xform, warnings_of(warnings)


def _form_problems(xml: str, rows: Mapping[str, int]) -> list[Problem]:
    try:
        return [told_by_form(found, rows) for found in form_problems(xml)]
    except (RecursionError, MemoryError) as error:
        return [Problem("internal", params={"detail": type(error).__name__})]


def _read(data: bytes) -> tuple[dict[str, Sheet], list[Problem]]:
    """The sheets by lower-case name, and what is wrong with single cells. Raises _Unreadable."""
    _check_package(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            problems: list[Problem] = []
            single = len(book.worksheets) == 1
            sheets: dict[str, Sheet] = {}
            for worksheet in book.worksheets:
                name = worksheet.title.strip().lower()
                name = "survey" if single and name not in _SHEETS else name
                if name in _SHEETS and name not in sheets:
                    worksheet.reset_dimensions()
                    sheets[name] = _sheet(name, worksheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), problems)
            return sheets, problems
        finally:
            book.close()
    except _Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of a file provokes
        raise _Unreadable("file_unreadable", detail=f"{type(error).__name__}"[:80]) from error


def _check_package(data: bytes) -> None:
    if not data:
        raise _Unreadable("file_empty")
    if len(data) > LARGEST_FILE:
        raise _Unreadable("file_too_large", limit=LARGEST_FILE // 1024 // 1024)
    if data.startswith(_OLD_FORMAT):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise _Unreadable("file_locked" if locked else "file_old_format")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            # The reader never unpacks more of a part than its directory entry tells, so the sum is a true bound.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise _Unreadable("file_unpacks_too_large")
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise _Unreadable("file_not_a_workbook")
            kinds = package.read("[Content_Types].xml")
            if b"macroEnabled" in kinds or any(name.endswith("vbaProject.bin") for name in names):
                raise _Unreadable("file_macros")
    except _Unreadable:
        raise
    except Exception as error:  # zipfile raises NotImplementedError, zlib.error, OSError and more on crafted files
        raise _Unreadable("file_not_a_workbook") from error


def _sheet(name: str, lines: Iterator[Sequence[Any]], problems: list[Problem]) -> Sheet:
    headers = [_text(value) for value in next(lines, ())]
    headers = [re.sub(" +", " ", header) for header in headers]
    rows: list[Row] = []
    blanks = 0
    for number, line in enumerate(lines, 2):
        cells: dict[str, str] = {}
        for header, value in zip(headers, line, strict=False):
            text = _text(value) if header else ""
            if text:
                cells.setdefault(header, text)
                if _FAULTS.fullmatch(text):
                    problems.append(Problem("cell_is_a_fault", name, number, header, cells.get("name", ""), text))
        blanks = 0 if cells else blanks + 1
        if cells and number > MOST_ROWS + 1:
            raise _Unreadable("too_many_rows", name, limit=MOST_ROWS)
        if blanks > END_AFTER_BLANKS:
            break
        rows.append(Row(number, cells))
    filled = len(rows) - blanks if blanks <= len(rows) else 0
    return Sheet(name, tuple(header for header in headers if header), tuple(rows[:filled]))


def _text(value: object) -> str:
    """A cell as the author sees it: whole numbers without ".0", TRUE and FALSE, no hard spaces, no control marks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _UNSEEN.sub("", str(value)).replace("\xa0", " ").strip()
