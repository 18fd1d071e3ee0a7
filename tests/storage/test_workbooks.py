"""A workbook becomes an XForm, or a list of what to change; no file makes the reader fail."""

import struct
import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from conversations.forms.check_problem import Problem
from conversations.forms.form import compile_form
from storage.workbooks import LARGEST_FILE, Report, check_workbook
from storage.workbooks_messages import problem_of, warnings_of

Table = list[list[Any]]
LABEL = "label::Italiano (it)"
HEAD = ["type", "name", LABEL, "relevant", "calculation"]
ROWS: Table = [
    ["text", "nome", "Come ti chiami?", None, None],
    ["integer", "ore", "Quante ore lavori?", None, None],
    ["select_one sn", "turni", "Fai i turni?", "${ore} > 0", None],
]
CHOICES: Table = [["list_name", "name", LABEL], ["sn", "si", "Sì"], ["sn", "no", "No"]]
SETTINGS: Table = [["form_title", "form_id", "version"], ["Prova", "prova", 2026112501]]


def workbook(**sheets: Table) -> bytes:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def asked(*rows: list[Any]) -> Report:
    padded = [row + [None] * (len(HEAD) - len(row)) for row in rows]
    return check_workbook(workbook(survey=[HEAD, *ROWS, *padded], choices=CHOICES, settings=SETTINGS))


def zipped(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def test_a_right_workbook_becomes_a_form_with_its_settings_and_rows() -> None:
    report = asked()
    assert report.told() == []
    assert (report.title, report.name, report.version) == ("Prova", "prova", "2026112501")
    assert report.rows == {"/data/nome": 2, "/data/ore": 3, "/data/turni": 4}
    assert report.xml is not None
    form = compile_form(report.xml)
    assert (form.title, form.identifier, form.version) == ("Prova", "prova", "2026112501")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["text", "a", "A?", "${oree} > 0"], "unknown_reference"),
        (["text", "a", "A?", "(${ore} > 0"], "parenthesis_open"),
        (["text", "a", "A?", "scelto(${turni}, 'si')"], "unknown_function"),
        (["text", "a", "A?", "selected(${turni})"], "argument_count"),
        (["select_one altro", "a", "A?"], "list_missing"),
        (["text", "ore", "A?"], "duplicate_name"),
        (["numero", "a", "A?"], "unknown_type"),
        (["text", "a", None], "label_missing"),
        (["begin_group", "g", "G"], "group_open"),
        (["end_group", None, None], "end_without_begin"),
        (["text", "a b", "A?"], "bad_name"),
        (["text", "a", "A?", "${turni} == 'si'"], "double_equals"),
        (["text", "a", "A?", "${ore} => 3"], "reversed_operator"),
        (["text", "a", "A?", "${ore} > 3 OR ${ore} < 1"], "uppercase_operator"),
        (["calculate", "c", None], "calculation_missing"),
    ],
)
def test_a_fault_is_told_once_with_its_row_and_keeps_the_form_back(row: list[Any], code: str) -> None:
    report = asked(row)
    assert [(problem.code, problem.row) for problem in report.problems] == [(code, 5)]
    assert report.xml is None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["text", "a", "A?", "${a} = 'x'"], "self_reference"),
        (["text", "a", "A?", "${turni} = 'sì'"], "unknown_value"),
        (["text", "a", "A?", "../nessuno = 1"], "unknown_path"),
        (["geotrace", "a", "A?"], "type_not_in_chat"),
    ],
)
def test_a_doubt_is_a_warning_and_the_form_is_made(row: list[Any], code: str) -> None:
    report = asked(row)
    assert report.problems == ()
    assert [(problem.code, problem.row) for problem in report.warnings] == [(code, 5)]
    assert report.xml is not None


def test_curly_quotes_are_repaired() -> None:
    report = asked(["text", "a", "A?", "${turni} = ‘si’"])
    assert report.told() == []
    assert report.xml is not None


def test_a_circle_is_told_once() -> None:
    report = asked(["calculate", "c1", None, None, "${c2} + 1"], ["calculate", "c2", None, None, "${c1} + 1"])
    assert codes(report) == ["circle"]
    assert report.xml is None


def test_faults_of_many_rows_are_told_together() -> None:
    report = asked(["numero", "a", "A?"], ["text", "b c", "B?"], ["text", "d", "D?", "${x} == 1"])
    assert [(problem.row, problem.code) for problem in report.problems] == [
        (5, "unknown_type"),
        (6, "bad_name"),
        (7, "unknown_reference"),
        (7, "double_equals"),
    ]


def test_numbers_dates_and_truths_are_read_as_their_author_sees_them() -> None:
    survey: Table = [["type", "name", LABEL, "default", "required"], ["integer", "ore", 3.0, 40.0, True]]
    report = check_workbook(workbook(survey=survey, settings=SETTINGS))
    assert report.told() == []
    assert report.xml is not None
    assert "<ore>40</ore>" in report.xml
    assert 'required="true()"' in report.xml


def test_an_excel_error_in_a_cell_is_told() -> None:
    report = asked(["text", "a", "#REF!"])
    assert codes(report) == ["cell_is_a_fault"]


def test_a_single_sheet_of_any_name_is_the_survey() -> None:
    report = check_workbook(workbook(Foglio1=[HEAD, ["text", "nome", "Come ti chiami?", None, None]]))
    assert report.problems == ()
    assert report.xml is not None


def test_blank_rows_keep_the_numbers_right() -> None:
    blank = [None] * len(HEAD)
    assert [problem.row for problem in asked(blank, blank, ["numero", "a", "A?"]).problems] == [7]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"x" * (LARGEST_FILE + 1), "file_too_large"),
        (b"type,name,label\ntext,a,A\n", "file_not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_locked"),
        (b"PK\x03\x04" + bytes(100), "file_not_a_workbook"),
        (zipped(**{"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}), "file_not_a_workbook"),
        (zipped(**{"content.xml": b"<ods/>", "mimetype": b"application/x"}), "file_not_a_workbook"),
        (zipped(**{"[Content_Types].xml": b"macroEnabled", "xl/workbook.xml": b"<w/>"}), "file_macros"),
        (zipped(**{"[Content_Types].xml": b"<T/>", "xl/vbaProject.bin": b"x"}), "file_macros"),
        (zipped(**{"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}), "file_unreadable"),
        (zipped(**{"[Content_Types].xml": b"<T/>", "xl/a.xml": bytes(21 * 1024 * 1024)}), "file_unpacks_too_large"),
        (zipped(**{f"xl/{number}.xml": b"" for number in range(600)}), "file_unpacks_too_large"),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused_with_a_reason(data: bytes, code: str) -> None:
    report = check_workbook(data)
    assert codes(report) == [code]
    assert report.xml is None


def test_a_directory_that_lies_about_sizes_cannot_fill_the_memory() -> None:
    bomb = bytearray(zipped(**{"[Content_Types].xml": bytes(15 * 1024 * 1024), "xl/workbook.xml": b"<w/>"}))
    at = bomb.index(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 10)
    assert codes(check_workbook(bytes(bomb))) == ["file_not_a_workbook"]


def test_entities_in_the_xml_of_a_workbook_are_not_expanded() -> None:
    good = workbook(survey=[HEAD, *ROWS])
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + content
            new.writestr(part.filename, content)
    assert codes(check_workbook(out.getvalue())) == ["file_unreadable"]


def test_two_thousand_rows_are_read_and_more_are_refused() -> None:
    notes = [["note", f"n{number}", "N"] for number in range(2_000)]
    assert codes(check_workbook(workbook(survey=[HEAD, *notes], settings=SETTINGS))) == []
    assert codes(check_workbook(workbook(survey=[HEAD, *notes, notes[0]], settings=SETTINGS))) == ["too_many_rows"]


def test_a_hundred_thousand_rows_are_refused() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("survey")
    sheet.append(HEAD)
    for _ in range(100_000):
        sheet.append(["note"])
    out = BytesIO()
    book.save(out)
    assert codes(check_workbook(out.getvalue())) in (
        ["too_many_rows"],
        ["file_unpacks_too_large"],
        ["file_too_large"],
    )


def test_a_formatted_cell_far_below_does_not_matter() -> None:
    book = load_workbook(BytesIO(workbook(survey=[HEAD, *ROWS], choices=CHOICES, settings=SETTINGS)))
    book["survey"].cell(1_048_576, 1).number_format = "@"
    out = BytesIO()
    book.save(out)
    assert codes(check_workbook(out.getvalue())) == []


def test_groups_too_deep_never_reach_the_converter() -> None:
    opened: Table = [["begin_group", f"g{number}", "G", None, None] for number in range(400)]
    report = asked(*opened, *[["end_group"]] * 400)
    assert codes(report) == ["nested_too_deep"]


NO_SUCH, NAMELESS = "unknown_reference", "choice_name_missing"


@pytest.mark.parametrize(
    ("message", "code", "row"),
    [
        ("[row : 5] On the 'survey' sheet, the 'label' value is invalid. Could not find the name 'x'.", NO_SUCH, 5),
        ("[row : 5] List name not in choices sheet: x", "list_missing", 5),
        ("There should be a choices sheet in this xlsform.", "sheet_missing", 0),
        ("Unknown question type 'x'.", "unknown_type", 0),
        ("The survey element named 'x' has no label or hint.", "label_missing", 0),
        ("[row : 5] Question or group with no name.", "name_missing", 5),
        ("[row : 5] Question with no type.", "type_missing", 5),
        ("[row : 5] Unmatched 'begin_group'. No matching 'end_group' was found for the name 'g'.", "group_open", 5),
        ("[row : 5] Unmatched 'end_repeat'. No matching 'begin_repeat' was found.", "end_without_begin", 5),
        ("[row : 5] Missing calculation.", "calculation_missing", 5),
        ("[row : 5] Parameters must be in the form of 'key1=value1'.", "bad_parameters", 5),
        ("[row : 5] On the 'choices' sheet, the 'name' value is invalid. Choices must have a name.", NAMELESS, 5),
        ("Choice names with spaces cannot be added to selects. See [a b] in [l]", "choice_name_spaces", 0),
        ("Invalid headers. One or more required column headers were not found: 'type'.", "column_missing", 0),
        ("Duplicate column header: name", "column_twice", 0),
        ("[row : 5] On the 'survey' sheet, the 'save_to' value is invalid. Either remove or move it.", "entities", 5),
        ("[row : 5] Something that nobody expected", "other", 5),
    ],
)  # fmt: skip
def test_the_converters_messages_are_translated_by_pattern(message: str, code: str, row: int) -> None:
    problem = problem_of(message)
    assert (problem.code, problem.row) == (code, row)
    assert "?" not in problem.told() + problem.told("en")


def test_a_message_that_is_not_known_is_passed_on() -> None:
    assert "Something new" in problem_of("[row : 7] Something new").told()
    assert problem_of("[row : 7] Something new").row == 7


def test_warnings_that_our_own_check_tells_are_left_out() -> None:
    assert warnings_of(["Language 'English (en)' is missing the survey label column."]) == []
    told = warnings_of(
        ["The following language declarations do not contain valid machine-readable codes: x. Learn more"]
    )
    assert [(problem.code, problem.severity) for problem in told] == [("language_code", "warning")]


def test_an_internal_failure_of_the_converter_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyxform.xls2xform

    def broken(*_: object, **__: object) -> None:
        raise TypeError("'NoneType' object is not iterable")

    monkeypatch.setattr(pyxform.xls2xform, "convert", broken)
    report = asked()
    assert codes(report) == ["internal"]
    assert "TypeError" in report.told()[0]


CELL = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "${",
            "${ore}",
            "${a} =",
            "((((",
            "'",
            "begin_group",
            "end_group",
            "select_one sn",
            "text",
            "ore",
            "=1",
            "]]>",
        ]
    ),
    st.integers(),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20),
)


@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_cells_give_a_report(rows: Table) -> None:
    report = asked(*rows)
    assert (report.xml is None) == bool(report.problems)
    assert all(isinstance(problem, Problem) for problem in report.problems)
    assert all("\n" not in line for line in report.told())


@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_gives_a_report(place: int, noise: bytes) -> None:
    data = bytearray(GOOD)
    at = place % len(data)
    data[at : at + len(noise)] = noise
    assert isinstance(check_workbook(bytes(data)), Report)


GOOD = workbook(survey=[HEAD, *ROWS], choices=CHOICES, settings=SETTINGS)
