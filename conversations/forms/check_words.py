"""The texts of the workbook: labels present, in every language, and short enough; the choices sheet; settings."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from conversations.forms.check_problem import Problem
from conversations.forms.check_rows import Outline, name_from
from conversations.forms.sheets import (
    CHOICES_COLUMNS,
    SETTINGS_COLUMNS,
    SURVEY_COLUMNS,
    TRANSLATED,
    Cells,
    Column,
    Sheet,
    column_of,
)

LONGEST_CHOICE = 24
"""Characters of a row of a WhatsApp list (channels.md 6.5)."""
_KNOWN = {"survey": SURVEY_COLUMNS, "choices": CHOICES_COLUMNS, "settings": SETTINGS_COLUMNS}
_WANTED = {"survey": ("type", "name"), "choices": ("list_name", "name")}

Lists = Mapping[str, Mapping[str, int]]


def lists_of(choices: Sheet) -> dict[str, dict[str, int]]:
    """The choice lists: for each name the codes and the rows in which they stand first."""
    lists: dict[str, dict[str, int]] = {}
    for cells in choices.filled():
        if cells.get("list_name"):
            lists.setdefault(cells.get("list_name"), {}).setdefault(cells.get("name"), cells.number)
    return lists


def languages_of(*sheets: Sheet) -> list[str]:
    """The languages of the label columns as written, in order; "" stands for a column that names none."""
    found: dict[str, None] = {}
    for sheet in sheets:
        found.update({column_of(h).language: None for h in sheet.headers if column_of(h).name == "label"})
    return list(found)


def header_problems(sheet: Sheet) -> Iterator[Problem]:
    """Columns that are missing, doubled or misspelt in the first row."""
    seen: dict[tuple[str, str], str] = {}
    for header in sheet.headers:
        column = column_of(header)
        if (column.name, column.language) in seen:
            yield Problem("column_twice", sheet.name, 1, header, params={"name": header})
        seen[column.name, column.language] = header
        known = _KNOWN.get(sheet.name, ())
        close = get_close_matches(column.name, known, 1, 0.75)
        if close and column.name not in known and "::" not in column.name and sheet.name != "choices":
            params = {"name": header, "better": close[0]}
            yield Problem("column_typo", sheet.name, 1, header, params=params, severity="warning")
    names = {name for name, _ in seen}
    for wanted in _WANTED.get(sheet.name, ()):
        if wanted not in names:
            yield Problem("column_missing", sheet.name, 1, wanted, params={"name": wanted})


def label_problems(outline: Outline, survey: Sheet, languages: list[str]) -> Iterator[Problem]:
    """Questions without a text, and texts that one of the languages lacks."""
    for question in outline.questions:
        cells = question.cells
        bare = not cells.texts("label") and not cells.texts("hint")
        if question.type.is_asked and bare and not any("media::" in column.name for column in _columns(cells)):
            header = _label_header(survey, languages)
            params = {"better": header}
            yield Problem("label_missing", "survey", cells.number, header, question.name, params=params)
            continue
        for name in TRANSLATED:
            yield from _translation_problems(cells, name, languages, survey, question.name)


def choice_problems(choices: Sheet, languages: list[str], multiple: set[str], duplicates: bool) -> Iterator[Problem]:
    """What is wrong with the choices; `multiple` are the lists of which several may be chosen."""
    seen: dict[tuple[str, str], int] = {}
    for cells in choices.filled():
        list_name, name = cells.get("list_name"), cells.get("name")
        if not list_name:
            if name or cells.texts("label"):
                yield Problem("choice_list_name_missing", "choices", cells.number, cells.header("list_name"), name)
            continue
        at = cells.header("name")
        if not name:
            better = name_from(next(iter(cells.texts("label").values()), "voce"))
            yield Problem("choice_name_missing", "choices", cells.number, at, params={"better": better})
        elif " " in name and list_name in multiple:
            params = {"name": name, "better": name.replace(" ", "_")}
            yield Problem("choice_name_spaces", "choices", cells.number, at, name, name, params)
        elif (list_name, name) in seen and not duplicates:
            params = {"name": name, "list": list_name, "other": str(seen[list_name, name])}
            yield Problem("choice_twice", "choices", cells.number, at, name, name, params)
        seen.setdefault((list_name, name), cells.number)
        yield from _choice_label_problems(cells, languages, choices, name)


def settings_problems(settings: Sheet, languages: list[str]) -> Iterator[Problem]:
    """A missing version, and a default language in which nothing is written."""
    cells = next(settings.filled(), None)
    version = cells.get("version") if cells else ""
    if not version:
        yield Problem("version_missing", "settings", 2, "version", severity="warning")
    default = cells.get("default_language") if cells else ""
    if cells and default and default not in languages and languages not in ([""], []):
        params = {"name": default, "known": ", ".join(filter(None, languages))}
        header = cells.header("default_language")
        yield Problem("default_language_unknown", "settings", cells.number, header, "", default, params, "warning")


def _choice_label_problems(cells: Cells, languages: list[str], choices: Sheet, name: str) -> Iterator[Problem]:
    if not cells.texts("label") and not any("media::" in column.name for column in _columns(cells)):
        header = _label_header(choices, languages)
        params = {"better": header}
        yield Problem("choice_label_missing", "choices", cells.number, header, name, "", params, "warning")
        return
    yield from _translation_problems(cells, "label", languages, choices, name)
    for header, text in cells.by_header.items():
        if column_of(header).name == "label" and len(text) > LONGEST_CHOICE and "${" not in text:
            size = {"count": len(text), "limit": LONGEST_CHOICE}
            yield Problem("choice_label_too_long", "choices", cells.number, header, name, text, size, "warning")


def _translation_problems(
    cells: Cells, name: str, languages: list[str], sheet: Sheet, question: str
) -> Iterator[Problem]:
    texts = cells.texts(name)
    if not texts or (len(languages) < 2 and set(texts) <= set(languages)):
        return
    for language in languages:
        if language not in texts:
            header = f"{name}::{language}" if language else name
            params = {"language": language or "default", "better": header}
            yield Problem("translation_missing", sheet.name, cells.number, header, question, "", params, "warning")


def _label_header(sheet: Sheet, languages: list[str]) -> str:
    written = [header for header in sheet.headers if column_of(header).name == "label"]
    return written[0] if written else f"label::{languages[0]}" if languages and languages[0] else "label"


def _columns(cells: Cells) -> list[Column]:
    return [cells.columns[header] for header in cells.by_header]
