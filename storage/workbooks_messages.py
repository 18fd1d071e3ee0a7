"""What the converter of workbooks complains about, in English sentences, as problems of our own kind."""

import re
from collections.abc import Iterable

from conversations.forms.check_problem import Problem
from conversations.forms.check_texts import Sentence, instead

_ROW = re.compile(r"\[row ?: ?(\d+)\]")
_SHEET = re.compile(r"On the '(\w+)' sheet, the '([^']+)' value")
# Each pattern gives the problem's code; its named groups fill the sentence.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Could not find the name '(?P<name>[^']*)'", "unknown_reference"),
    (r"Reference variables must (?:start|have)", "bad_reference"),
    (r"Reference variables? lists? must have a comma", "bad_reference"),
    (r"The name '(?P<name>[^']*)' appears more than once", "ambiguous_reference"),
    (r"List name not in (?:choices|external choices|columns) sheet: (?P<name>\S+)", "list_missing"),
    (r"There should be an? (?:external_)?choices sheet", "choices_missing"),
    (r"Unknown question type '(?P<name>[^']*)'", "unknown_type"),
    (r"The survey element named '(?P<question>[^']*)' has no label or hint", "label_missing"),
    (r"Question or group with no name", "name_missing"),
    (r"Question with no type", "type_missing"),
    (r"Unmatched 'begin_(?P<kind>\w+)'", "group_open"),
    (r"Unmatched 'end_(?P<kind>\w+)'", "end_without_begin"),
    (r"Missing calculation", "calculation_missing"),
    (r"'name' value '(?P<name>[^']*)' is invalid. Questions, groups, and repeats must be unique", "duplicate_name"),
    (r"'name' value '(?P<name>[^']*)' is problematic", "similar_name"),
    (r"'name' value '(?P<name>[^']*)' is invalid. Repeat names must not be the same", "repeat_named_as_form"),
    (r"'name' value '(?P<name>[^']*)' is invalid. Repeat names must unique", "duplicate_repeat"),
    (r"The name '(?P<name>meta)' is reserved", "reserved_name"),
    (r"Names must begin with a letter or underscore", "bad_name"),
    (r"Choices must have a name", "choice_name_missing"),
    (r"Choice names must be unique", "choice_twice"),
    (r"Choices should have a label", "choice_label_missing"),
    (r"Choice names with spaces .* See \[(?P<name>[^\]]*)\] in \[(?P<list>[^\]]*)\]", "choice_name_spaces"),
    (r"required column headers were not found: '?(?P<name>[^'.]*)", "column_missing"),
    (r"Headers that are different names for the same column were found: '[^']*', '(?P<name>[^']*)'", "column_twice"),
    (r"Duplicate column header: (?P<name>.*)", "column_twice"),
    (r"Invalid headers provided for sheet: '(?P<sheet>\w+)'", "headers"),
    (r"the '?parameters'? value is invalid|Parameters? .*must|Accepted parameters are", "bad_parameters"),
    (r"save_to|entit(?:y|ies)", "entities"),
    (r"language declarations do not contain valid machine-readable codes: (?P<name>[^.]*)\.", "language_code"),
)
_COLUMNS = {
    "unknown_type": "type",
    "list_missing": "type",
    "type_missing": "type",
    "group_open": "type",
    "end_without_begin": "type",
    "name_missing": "name",
    "label_missing": "label",
    "calculation_missing": "calculation",
    "bad_parameters": "parameters",
}
_BETTER: dict[str, str | Sentence] = {
    "unknown_type": "text, integer, date, select_one",
    "label_missing": "label",
    "name_missing": "domanda_1",
    "bad_name": "domanda_1",
    "duplicate_name": "domanda_1",
    "choice_name_missing": "voce_1",
    "choice_label_missing": "label",
    "choice_name_spaces": "voce_1",
    "headers": "type, name, label",
    "list_missing": instead("select_one LISTA"),
    "unknown_reference": Sentence("Controlla il nome.", "Check the name."),
}
_SPOKEN_ALREADY = re.compile(
    r"is missing the .* column|Group has no label|Repeat has no label|Row without name, text, or label|or_other"
)
"""Warnings that our own check tells better, or that do not matter in a chat."""


def problem_of(message: str) -> Problem:
    """The converter's error as a problem; one that is not known is passed on in its own words."""
    row = _ROW.search(message)
    place = _SHEET.search(message)
    sheet, column = (place[1], place[2]) if place else ("survey" if row else "", "")
    number = int(row[1]) if row else 0
    for pattern, code in _PATTERNS:
        found = re.search(pattern, message, re.DOTALL)
        if found is None:
            continue
        params: dict[str, str | int | Sentence] = {"name": column, "other": "?", "list": "?", **found.groupdict()}
        params["better"] = _BETTER.get(code, "")
        if code == "choices_missing":
            return Problem(
                "sheet_missing", "choices", params={"sheet": "choices", "columns": "list_name, name, label"}
            )
        sheet = str(params.get("sheet") or sheet or "survey")
        return Problem(
            code,
            sheet,
            number,
            column or _COLUMNS.get(code, ""),
            found.groupdict().get("question") or "",
            params=params,
        )
    detail = " ".join(_ROW.sub("", message).split())[:300]
    return Problem("other", sheet, number, column, params={"detail": detail})


def warnings_of(messages: Iterable[str]) -> list[Problem]:
    """The converter's warnings as problems, without those that our own check tells."""
    found: list[Problem] = []
    for message in messages:
        if _SPOKEN_ALREADY.search(message):
            continue
        problem = problem_of(message)
        found.append(
            Problem(
                problem.code,
                problem.sheet,
                problem.row,
                problem.column,
                problem.question,
                problem.text,
                problem.params,
                "warning",
            )
        )
    return found
