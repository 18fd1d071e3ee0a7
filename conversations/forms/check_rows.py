"""The rows of the survey sheet: types, names, groups and lists, and the outline that expressions refer to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from conversations.folding import words
from conversations.forms.check_problem import Problem
from conversations.forms.check_texts import Sentence, instead, one_of, plain
from conversations.forms.sheets import TYPE_WORDS, Cells, QuestionType, Sheet, type_of

DEEPEST_GROUPS = 50
MOST_REPEATS = 500
MOST_CHOICES = 10
"""Rows of a WhatsApp list (channels.md 6.5)."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_WORDS_FOR_TYPES = {
    "numero": "integer",
    "number": "integer",
    "intero": "integer",
    "decimale": "decimal",
    "testo": "text",
    "txt": "text",
    "string": "text",
    "data": "date",
    "ora": "time",
    "orario": "time",
    "nota": "note",
    "calcolo": "calculate",
    "calcola": "calculate",
    "foto": "image",
    "picture": "image",
    "immagine": "image",
    "posizione": "geopoint",
    "scelta": "select_one",
    "scelta_singola": "select_one",
    "scelta_multipla": "select_multiple",
    "select": "select_one",
    "multiple": "select_multiple",
    "gruppo": "begin_group",
    "group": "begin_group",
    "repeat": "begin_repeat",
    "boolean": "acknowledge",
    "yes_no": "select_one",
    "si_no": "select_one",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A named row: its cells, its type, its path in the form and the row of the group around it."""

    name: str
    type: QuestionType
    cells: Cells
    ref: str


@dataclass(slots=True)
class Outline:
    """The named rows in order, and what is wrong with the rows."""

    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def by_name(self) -> Mapping[str, list[Question]]:
        """The questions and groups of each name."""
        found: dict[str, list[Question]] = {}
        for question in self.questions:
            found.setdefault(question.name, []).append(question)
        return found


@dataclass(slots=True)
class _Opened:
    kind: str
    name: str
    row: int
    path: str
    names: dict[str, int] = field(default_factory=dict)


def outline_of(survey: Sheet, lists: Mapping[str, Mapping[str, int]], root: str) -> Outline:
    """The outline of the survey sheet; `lists` are the choice lists (code to row), `root` names the form's data."""
    outline = Outline()
    stack = [_Opened("", "", 0, f"/{root}")]
    deep = repeats = 0
    for cells in survey.filled():
        if not any(cells.get(name) for name in ("type", "name")) and not cells.texts("label"):
            continue
        found = type_of(cells.get("type"))
        note = _Noter(outline, cells)
        if not cells.get("type"):
            note("type_missing", "type")
            continue
        if found.kind == "end":
            _close(stack, found, note, cells)
            continue
        _check_type(found, note, cells, lists)
        name = cells.get("name")
        if found.kind != "unchatty" or name:
            _check_name(stack[-1], name, note, cells, found)
        ref = f"{stack[-1].path}/{name}"
        if name:
            outline.questions.append(Question(name, found, cells, ref))
        if found.kind == "begin":
            stack.append(_Opened(found.of, name, cells.number, ref))
            repeats += found.of == "repeat"
            if len(stack) - 1 > DEEPEST_GROUPS >= deep:
                note("nested_too_deep", "type", limit=DEEPEST_GROUPS)
            deep = max(deep, len(stack) - 1)
            if repeats == MOST_REPEATS + 1:
                note("too_many_repeats", "type", limit=MOST_REPEATS)
    for opened in stack[1:]:
        place = Problem("group_open", "survey", opened.row, "type", opened.name, params={"kind": opened.kind})
        outline.problems.append(place)
    return outline


class _Noter:
    """Adds problems of one row to the outline."""

    def __init__(self, outline: Outline, cells: Cells) -> None:
        self._outline, self._cells = outline, cells

    def __call__(self, code: str, column: str, warning: bool = False, **params: str | int | Sentence) -> None:
        cells = self._cells
        self._outline.problems.append(
            Problem(
                code,
                "survey",
                cells.number,
                cells.header(column),
                cells.get("name"),
                cells.get(column),
                params,
                "warning" if warning else "error",
            )
        )


def _close(stack: list[_Opened], found: QuestionType, note: _Noter, cells: Cells) -> None:
    if len(stack) == 1:
        note("end_without_begin", "type", kind=found.of)
    elif stack[-1].kind != found.of:
        opened = stack.pop()
        note("end_mismatch", "type", kind=found.of, opened=opened.kind, other=opened.row)
    else:
        stack.pop()


def _check_type(found: QuestionType, note: _Noter, cells: Cells, lists: Mapping[str, Mapping[str, int]]) -> None:
    written = cells.get("type")
    if found.kind == "unknown":
        note("unknown_type", "type", name=written, better=_better_type(written))
    elif found.kind == "unchatty":
        required = cells.get("required").lower() not in {"", "no", "false", "false()"}
        note("required_not_in_chat" if required else "type_not_in_chat", "type", warning=not required, name=written)
    elif found.is_select and not found.of:
        note("list_name_missing", "type", better=found.kind)
    elif found.is_select and not found.from_file and not found.of.startswith("${") and found.of not in lists:
        close = get_close_matches(found.of, lists, 1)
        note(
            "list_missing",
            "type",
            name=found.of,
            better=instead(f"{found.kind} {close[0]}") if close else one_of(lists),
        )
    elif found.is_select and not cells.get("choice_filter") and len(lists.get(found.of, ())) > MOST_CHOICES:
        note("too_many_choices", "type", warning=True, count=len(lists[found.of]), limit=MOST_CHOICES)
    elif found.kind == "calculate" and not any(cells.get(name) for name in ("calculation", "default", "trigger")):
        note("calculation_missing", "calculation")


def _check_name(parent: _Opened, name: str, note: _Noter, cells: Cells, found: QuestionType) -> None:
    if not name:
        # A note or a metadata row is given a name by the converter, everything else needs one.
        if found.kind not in {"note", "metadata", "unknown"}:
            label = next(iter(cells.texts("label").values()), "domanda")
            note("name_missing", "name", better=name_from(label))
        return
    if not _NAME.fullmatch(name):
        note("bad_name", "name", name=name, better=name_from(name))
    elif name == "meta" and parent.row == 0:
        note("reserved_name", "name", name=name)
    elif name in parent.names:
        note("duplicate_name", "name", name=name, other=parent.names[name], better=f"{name}_2")
    elif name.lower() in {known.lower() for known in parent.names}:
        other = next(row for known, row in parent.names.items() if known.lower() == name.lower())
        note("similar_name", "name", warning=True, name=name, other=other)
    parent.names.setdefault(name, cells.number)


def name_from(text: str) -> str:
    """A name that may be written, made of the first words of a text ("Quanti anni hai?" gives "quanti_anni_hai")."""
    made = "_".join(re.sub(r"[^a-z0-9 ]", "", words(text)).split()[:4])[:30].strip("_")
    return made if made and made[0].isalpha() else f"q_{made}".rstrip("_")


def _better_type(written: str) -> str | Sentence:
    first = re.sub(r"[\s]+", "_", written.strip().lower())
    known = _WORDS_FOR_TYPES.get(first) or _WORDS_FOR_TYPES.get(first.split("_")[0])
    close = get_close_matches(first, TYPE_WORDS, 1, 0.7) or get_close_matches(first.split("_")[0], TYPE_WORDS, 1, 0.8)
    better = known or (close[0] if close else "")
    if better.startswith("select"):
        rest = written.split()[1:]
        return f"{better} {rest[0] if rest else 'LISTA'}"
    return (
        plain(better)
        if better
        else Sentence("text, integer, date o select_one LISTA", "text, integer, date or select_one LIST")
    )
