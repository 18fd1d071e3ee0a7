"""Our own check of a questionnaire's workbook: every problem in one go, for a person who does not program."""

from collections.abc import Iterable, Mapping

from conversations.forms.check_expressions import expression_problems
from conversations.forms.check_problem import Problem, Severity
from conversations.forms.check_rows import Outline, outline_of
from conversations.forms.check_words import (
    choice_problems,
    header_problems,
    label_problems,
    languages_of,
    lists_of,
    settings_problems,
)
from conversations.forms.form_model import Problem as FormProblem
from conversations.forms.sheets import Sheet, column_of, type_of

__all__ = ["Problem", "check_sheets", "form_root", "merged", "row_map", "told_by_form"]

_COLUMNS_OF_ATTRIBUTES = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "required": "required",
    "readonly": "read_only",
    "choice_filter": "choice_filter",
    "repeat_count": "repeat_count",
    "setvalue": "default",
}


def check_sheets(sheets: Mapping[str, Sheet]) -> list[Problem]:
    """Everything wrong in the sheets (keyed by lower-case name), errors and warnings, from top to bottom."""
    if "survey" not in sheets:
        params = {"sheet": "survey", "columns": "type, name, label::Italiano (it)"}
        return [Problem("sheet_missing", "survey", params=params)]
    survey, choices = sheets["survey"], sheets.get("choices", Sheet("choices"))
    settings = sheets.get("settings", Sheet("settings"))
    problems = [
        problem for sheet in (survey, choices, settings) if sheet.headers for problem in header_problems(sheet)
    ]
    lists, languages = lists_of(choices), languages_of(survey, choices)
    outline = outline_of(survey, lists, form_root(sheets))
    if not outline.questions and not outline.problems:
        problems.append(Problem("no_questions", "survey"))
    types = [type_of(cells.get("type")) for cells in survey.filled()]
    several = {found.of for found in types if found.kind in {"select_multiple", "rank"}}
    doubles = any(c.get("allow_choice_duplicates").lower() in {"yes", "true"} for c in settings.filled())
    columns = frozenset(column_of(header).name for header in choices.headers if column_of(header).name != "label")
    problems += outline.problems
    problems += label_problems(outline, survey, languages)
    problems += expression_problems(outline, lists, columns)
    problems += choice_problems(choices, languages, several, doubles)
    problems += settings_problems(settings, languages)
    return _in_order(problems)


def form_root(sheets: Mapping[str, Sheet]) -> str:
    """The name of the root of the form's data: "data" unless the settings name another."""
    settings = next(sheets.get("settings", Sheet("settings")).filled(), None)
    return (settings.get("name") if settings else "") or "data"


def row_map(sheets: Mapping[str, Sheet]) -> dict[str, int]:
    """The sheet row of every question and group, by its path in the form ("/data/family/b1")."""
    if "survey" not in sheets:
        return {}
    outline: Outline = outline_of(sheets["survey"], {}, form_root(sheets))
    return {question.ref: question.cells.number for question in outline.questions}


def told_by_form(found: FormProblem, rows: Mapping[str, int]) -> Problem:
    """A problem of the compiled form, told as one of the author's cells."""
    name = found.ref.rpartition("/")[2]
    column = _COLUMNS_OF_ATTRIBUTES.get(found.attribute, found.attribute)
    detail = found.detail or found.text or found.code
    code = {"unknown_choice_value": "unknown_value"}.get(found.code, found.code)
    params = {"name": found.detail or name, "detail": detail, "question": name, "better": ""}
    row = rows.get(found.ref, 0)
    severity: Severity = "warning" if found.severity == "warning" else "error"
    return Problem(code, "survey", row, column, name, found.text, params, severity)


def merged(ours: Iterable[Problem], theirs: Iterable[Problem]) -> list[Problem]:
    """Our problems and those of theirs that tell something new: of one cell, or of one row, ours are clearer."""
    kept = list(ours)
    cells = {(problem.sheet, problem.row, problem.column) for problem in kept}
    faulty_rows = {(problem.sheet, problem.row) for problem in kept if problem.severity == "error"}
    codes = {(problem.code, question) for problem in kept for question in (problem.question, "")}
    circles = any(problem.code == "circle" for problem in kept)
    for problem in theirs:
        known = (problem.sheet, problem.row, problem.column) in cells or (problem.code, problem.question) in codes
        if known or (circles and problem.code == "circle") or (problem.sheet, problem.row) in faulty_rows:
            continue
        kept.append(problem)
    return _in_order(kept)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    sheets = ("", "survey", "choices", "settings")
    place = {name: number for number, name in enumerate(sheets)}
    return sorted(problems, key=lambda problem: (place.get(problem.sheet, len(sheets)), problem.row))
