"""Every expression of the survey sheet: it parses, its references exist, its values are choices, no circles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from conversations.forms.check_problem import Problem, Severity
from conversations.forms.check_rows import Outline, Question
from conversations.forms.check_syntax import why_unreadable
from conversations.forms.check_texts import Sentence, instead, one_of
from conversations.forms.sheets import TRANSLATED, column_of
from conversations.forms.xpath import compile_expression
from conversations.forms.xpath_syntax import Binary, Call, Literal, Path, Step, Tree, XPathError, walk_tree

Lists = Mapping[str, Mapping[str, int]]

_EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required", "read_only")
_YES_NO = {"yes", "no", "true", "false", "true()", "false()", ""}
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([A-Za-z_][\w.\-]*)\s*\}")
_LOOSE = re.compile(r"\$\{[^{}]*(?:\{|$)|\$\{[^{}]*\}|\$(?!\{)\w")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\xa0": " "})
# A reference becomes a path of the same length, so that positions in errors still point into the cell's text.
_ROOT = "_"


def expression_problems(outline: Outline, lists: Lists, choice_columns: frozenset[str]) -> Iterator[Problem]:
    """What is wrong with the expressions, one problem a cause, in the order of the rows."""
    names = outline.by_name()
    uses: dict[str, dict[str, tuple[Question, str]]] = {}
    for question in outline.questions:
        for header, text in question.cells.by_header.items():
            column = column_of(header).name
            if column in TRANSLATED:
                yield from _references(question, header, text, names, in_text=True)
                continue
            if not _is_expression(column, text):
                continue
            missing = list(_references(question, header, text, names, in_text=False))
            yield from missing
            checked = _Checked(question, header, column, text)
            broken, tree = checked.parsed()
            # A loose "${" makes no tree either; one complaint about a cell's braces is enough.
            if broken is not None and not any(problem.code == "bad_reference" for problem in missing):
                yield broken
            if tree is not None:
                yield from checked.values(tree, names, lists)
                yield from checked.bare_names(tree, names, choice_columns)
            if column in {"relevant", "calculation"}:
                for name in dict.fromkeys(_REFERENCE.findall(text)):
                    if name == question.name:
                        yield checked.problem("self_reference", warning=True, name=name)
                    else:
                        uses.setdefault(question.name, {}).setdefault(name, (question, header))
    yield from _circles(uses)


def _is_expression(column: str, text: str) -> bool:
    if column == "default":
        return "${" in text or re.search(r"[a-z\-]+\([^)]*\)", text) is not None
    if column in {"required", "read_only"}:
        return text.strip().lower() not in _YES_NO
    return column in _EXPRESSIONS


def _references(
    question: Question, header: str, text: str, names: Mapping[str, list[Question]], in_text: bool
) -> Iterator[Problem]:
    cells = question.cells
    for name in dict.fromkeys(_REFERENCE.findall(text)):
        params: dict[str, str | int | Sentence] = {"name": name}
        if name not in names:
            close = get_close_matches(name, names, 1, 0.6)
            params["better"] = instead(f"${{{close[0]}}}") if close else _ask_for_name()
            yield Problem("unknown_reference", "survey", cells.number, header, question.name, text, params)
        elif len({same.ref for same in names[name]}) > 1:
            yield Problem("ambiguous_reference", "survey", cells.number, header, question.name, text, params)
    rest = _REFERENCE.sub("", text)
    if ("${" in rest if in_text else _LOOSE.search(rest)) and not re.search(r"\$'", rest):
        yield Problem("bad_reference", "survey", cells.number, header, question.name, text)


def _ask_for_name() -> Sentence:
    return Sentence("Controlla il nome nella colonna name.", "Check the name in the column name.")


class _Checked:
    """One expression of one cell."""

    def __init__(self, question: Question, header: str, column: str, text: str) -> None:
        self.question, self.header, self.column, self.text = question, header, column, text

    def problem(self, code: str, warning: bool = False, **params: str | int | Sentence) -> Problem:
        severity: Severity = "warning" if warning else "error"
        row, name = self.question.cells.number, self.question.name
        return Problem(code, "survey", row, self.header, name, self.text, params, severity)

    def parsed(self) -> tuple[Problem | None, Tree | None]:
        """The problem that keeps the expression from being read, or its tree."""
        text = self.text.translate(_CURLY)
        readable = _REFERENCE.sub(_as_path, text)
        try:
            return None, compile_expression(readable).tree
        except XPathError as error:
            code, params = why_unreadable(text, error)
            return replace(self.problem(code), params=params), None

    def values(self, tree: Tree, names: Mapping[str, list[Question]], lists: Lists) -> Iterator[Problem]:
        """Codes compared with a question that are not among its choices."""
        compared: dict[tuple[str, str], None] = {}

        def visit(part: Tree) -> None:
            match part:
                case Binary("=" | "!=", left, right):
                    pairs = [(left, right), (right, left)]
                case Call("selected", (chosen, code), _):
                    pairs = [(chosen, code)]
                case _:
                    return
            for path, code in pairs:
                name = self.question.name if _is_dot(path) else _named(path)
                if isinstance(code, Literal) and code.value and name:
                    compared[name, code.value] = None

        walk_tree(tree, visit)
        for name, code in compared:
            asked = names.get(name, [])
            codes = lists.get(asked[0].type.of) if len(asked) == 1 and asked[0].type.is_select else None
            if codes and not asked[0].type.from_file and code not in codes and not _is_other(asked[0], code):
                close = get_close_matches(code, codes, 1, 0.5)
                better = instead(f"'{close[0]}'") if close else one_of(codes)
                yield self.problem("unknown_value", warning=True, name=code, question=name, better=better)

    def bare_names(
        self, tree: Tree, names: Mapping[str, list[Question]], choice_columns: frozenset[str]
    ) -> Iterator[Problem]:
        """Names without braces: a question in an expression, or no column of choices in a choice filter."""
        found: dict[str, None] = {}

        def visit(part: Tree) -> None:
            match part:
                case Path(None, (Step("child", test, ()),), ()) if test.isidentifier():
                    found[test] = None

        walk_tree(tree, visit)
        for name in found:
            if self.column == "choice_filter":
                if choice_columns and name not in choice_columns:
                    close = get_close_matches(name, choice_columns, 1, 0.6)
                    better = (
                        instead(close[0] if close else f"${{{name}}}")
                        if close or name in names
                        else one_of(sorted(choice_columns))
                    )
                    yield self.problem("unknown_choice_column", warning=True, name=name, better=better)
            elif name in names and self.question.type.kind != "begin":
                yield self.problem("bare_name", warning=True, name=name)


def _as_path(match: re.Match[str]) -> str:
    padding = len(match[0]) - len(match[1]) - len(f"/{_ROOT}/")
    return f"/{_ROOT}/{match[1]}" + " " * max(padding, 0)


def _named(path: Tree) -> str:
    match path:
        case Path("/", (Step("child", root, ()), Step("child", name, ())), ()) if root == _ROOT:
            return name
        case _:
            return ""


def _is_dot(path: Tree) -> bool:
    return isinstance(path, Path) and path.start is None and path.steps == (Step("self", "node()", ()),)


def _is_other(question: Question, code: str) -> bool:
    return code == "other" and question.cells.get("type").lower().endswith("other")


def _circles(uses: Mapping[str, Mapping[str, tuple[Question, str]]]) -> Iterator[Problem]:
    """One problem for each circle of references, told at the row that closes it."""
    done: set[str] = set()
    for start in uses:
        trail: list[str] = []
        waiting: list[tuple[str, Iterator[str]]] = [] if start in done else [(start, iter(uses[start]))]
        trail += [start] if waiting else []
        while waiting:
            following = next(waiting[-1][1], None)
            if following is None:
                done.add(waiting.pop()[0])
                trail.pop()
            elif following in trail:
                circle = trail[trail.index(following) :]
                question, header = uses[circle[0]][circle[1]]
                row, text = question.cells.number, question.cells.by_header[header]
                severity: Severity = (
                    "error" if all(_is_calculated(uses.get(one, {})) for one in circle) else "warning"
                )
                detail = " → ".join([*circle, circle[0]])
                yield Problem("circle", "survey", row, header, question.name, text, {"detail": detail}, severity)
            elif following in uses and following not in done:
                waiting.append((following, iter(uses[following])))
                trail.append(following)


def _is_calculated(used: Mapping[str, tuple[Question, str]]) -> bool:
    return any(column_of(header).name == "calculation" for _, header in used.values())
