"""An author reads every problem of a workbook at once: where it is, what is wrong, what to write instead."""

import re

import pytest

from conversations.forms.check import Problem, check_sheets, merged, row_map, told_by_form
from conversations.forms.check_texts import TEXTS
from conversations.forms.form_model import Problem as FormProblem
from conversations.forms.sheets import Row, Sheet

LABEL = "label::Italiano (it)"
SURVEY = [
    {"type": "text", "name": "nome", LABEL: "Come ti chiami?"},
    {"type": "integer", "name": "ore", LABEL: "Quante ore lavori?", "constraint": ". >= 0"},
    {"type": "select_one sn", "name": "turni", LABEL: "Fai i turni?"},
]
CHOICES = [
    {"list_name": "sn", "name": "si", LABEL: "Sì"},
    {"list_name": "sn", "name": "no", LABEL: "No"},
]
SETTINGS = [{"form_id": "prova", "version": "2026112501"}]


def sheet(name: str, rows: list[dict[str, str]], *more: str) -> Sheet:
    headers = dict.fromkeys([*(header for row in rows for header in row), *more])
    return Sheet(name, tuple(headers), tuple(Row(number, row) for number, row in enumerate(rows, 2)))


def found(
    *rows: dict[str, str],
    choices: list[dict[str, str]] = CHOICES,
    settings: list[dict[str, str]] = SETTINGS,
    base: list[dict[str, str]] = SURVEY,
) -> list[Problem]:
    sheets = [sheet("survey", [*base, *rows]), sheet("choices", choices), sheet("settings", settings)]
    return check_sheets({one.name: one for one in sheets})


def only(*rows: dict[str, str], **more: list[dict[str, str]]) -> Problem:
    problems = found(*rows, **more)
    assert len(problems) == 1, [problem.told() for problem in problems]
    return problems[0]


def ask(**cells: str) -> dict[str, str]:
    return {"type": "text", "name": "a", LABEL: "Perché?"} | cells


def test_a_right_workbook_has_no_problem() -> None:
    assert found(ask(relevant="${ore} > 3 and selected(${turni}, 'si')")) == []


def test_a_problem_names_sheet_row_column_question_text_fault_and_cure_in_one_line() -> None:
    problem = only(ask(relevant="${oree} > 3"))
    assert problem.told() == (
        "foglio survey, riga 5, colonna relevant, domanda a: «${oree} > 3»: "
        "la domanda oree non esiste. Scrivi ${ore}."
    )
    assert problem.told("en") == (
        "sheet survey, row 5, column relevant, question a: “${oree} > 3”: "
        "the question oree does not exist. Write ${ore}."
    )


@pytest.mark.parametrize(
    ("expression", "code", "cure"),
    [
        ("(${ore} > 0", "parenthesis_open", "(${ore} > 0)"),
        ("${ore} > 0)", "parenthesis_extra", "Toglila"),
        ("${turni} = 'si", "quote_open", "'testo'"),
        ("${turni} == 'si'", "double_equals", "${turni} = 'si'"),
        ("${ore} => 3", "reversed_operator", "${ore} >= 3"),
        ("${ore} =< 3", "reversed_operator", "${ore} <= 3"),
        ("${ore} <> 3", "programming_operator", "${ore}!=3|${ore} != 3"),
        ("${ore} ≥ 3", "programming_operator", ">= 3"),
        ("${ore} > 3 && ${ore} < 5", "programming_operator", "${ore} > 3 and ${ore} < 5"),
        ("${ore} > 3 || ${ore} < 1", "programming_operator", "${ore} > 3 or ${ore} < 1"),
        ("${ore} > 3 AND ${turni} = 'AND'", "uppercase_operator", "${ore} > 3 and ${turni} = 'AND'"),
        ("NOT(${ore} > 3)", "unknown_function", "not("),
        ("${ore} > 3 e ${turni} = 'si'", "italian_operator", "${ore} > 3 and ${turni} = 'si'"),
        ("${ore} > 3,5", "decimal_comma", "${ore} > 3.5"),
        ("if(${ore} > 3,5, 'a', 'b')", "decimal_comma", "if(${ore} > 3.5, 'a', 'b')"),
        ("if(${ore} > 3; 'a;b'; 'c')", "semicolon", "if(${ore} > 3, 'a;b', 'c')"),
        ("selezionato(${turni}, 'si')", "unknown_function", "selected("),
        ("SELECTED(${turni}, 'si')", "unknown_function", "selected("),
        ("slected(${turni}, 'si')", "unknown_function", "selected("),
        ("abracadabra(1)", "unknown_function", "Controlla il nome"),
        ("selected(${turni})", "argument_count", "vuole 2 valori, qui ne ha 1"),
        ("round(1, 2, 3)", "argument_count", "da 1 a 2 valori, qui ne ha 3"),
        ("coalesce('a, b')", "argument_count", "almeno 2 valori, qui ne ha 1"),
        ("today(${ore})", "argument_count", "nessun valore, qui ne ha 1"),
        ("regex(${nome}, '[a-z')", "bad_regex", "Controlla parentesi"),
        ("regex(${nome}, '(a+)+$')", "slow_regex", "ripetizioni"),
        ("${ore} > ", "syntax", "vicino a la fine"),
        ("${ore} 3", "syntax", "«3»"),
        ("(" * 60 + "1" + ")" * 60, "too_deep", "calculate"),
        ("1 + " * 1_200 + "1", "too_long", "4000"),
        ("${ore > 3", "bad_reference", "${nome}"),
        ("$ore > 3", "bad_reference", "${nome}"),
    ],
)
def test_a_faulty_expression_is_explained_with_its_cure(expression: str, code: str, cure: str) -> None:
    problem = only(ask(relevant=expression))
    assert (problem.code, problem.row, problem.column, problem.severity) == (code, 5, "relevant", "error")
    assert any(part in problem.told() for part in cure.split("|")), problem.told()


@pytest.mark.parametrize("column", ["relevant", "constraint", "calculation", "required", "read_only", "repeat_count"])
def test_every_column_with_an_expression_is_checked(column: str) -> None:
    assert only(ask(**{column: "${ore} == 3"})).column == column


def test_curly_quotes_yes_and_no_and_plain_defaults_are_no_fault() -> None:
    assert found(ask(relevant="${turni} = ‘si’", required="yes", read_only="no", default="Sì (forse)")) == []


def test_a_computed_default_is_checked() -> None:
    assert only(ask(default="today() + ")).code == "syntax"


def test_a_value_that_no_choice_has_is_a_warning_with_the_nearest_code() -> None:
    for expression in ("${turni} = 'sì'", "'sì' != ${turni}", "selected(${turni}, 'sì')"):
        problem = only(ask(relevant=expression))
        assert (problem.code, problem.severity) == ("unknown_value", "warning")
        assert "Scrivi 'si'" in problem.told()
    own = {"type": "select_one sn", "name": "b", LABEL: "E la sera?", "constraint": ". != 'mai'"}
    assert only(own).code == "unknown_value"


def test_a_question_name_without_braces_is_a_warning() -> None:
    problem = only(ask(relevant="ore > 3"))
    assert (problem.code, problem.severity) == ("bare_name", "warning")
    assert "${ore}" in problem.told()


def test_a_choice_filter_may_use_columns_of_choices_only() -> None:
    choices = [choice | {"zona": "nord"} for choice in CHOICES]
    right = {"type": "select_one sn", "name": "b", LABEL: "E qui?", "choice_filter": "zona = ${nome}"}
    assert found(right, choices=choices) == []
    problem = only(right | {"choice_filter": "zone = ${nome}"}, choices=choices)
    assert (problem.code, problem.severity) == ("unknown_choice_column", "warning")
    assert "Scrivi zona" in problem.told()


def test_a_question_that_depends_on_itself_is_a_warning() -> None:
    assert only(ask(relevant="${a} = 'x'")).code == "self_reference"


def test_a_circle_of_calculations_is_an_error_and_one_of_relevances_a_warning() -> None:
    one = {"type": "calculate", "name": "c1", "calculation": "${c2} + 1"}
    two = {"type": "calculate", "name": "c2", "calculation": "${c1} + 1"}
    problem = only(one, two)
    assert (problem.code, problem.severity, problem.row) == ("circle", "error", 5)
    assert "c1 → c2 → c1" in problem.told()
    problem = only(ask(relevant="${b} = ''"), ask(name="b", relevant="${a} = ''"))
    assert (problem.code, problem.severity) == ("circle", "warning")


@pytest.mark.parametrize(
    ("row", "code", "column", "cure"),
    [
        (ask(type="numero"), "unknown_type", "type", "Scrivi integer"),
        (ask(type="txt"), "unknown_type", "type", "Scrivi text"),
        (ask(type="select_on sn"), "unknown_type", "type", "Scrivi select_one sn"),
        (ask(type="boh"), "unknown_type", "type", "select_one LISTA"),
        (ask(type="select_one"), "list_name_missing", "type", "select_one"),
        (ask(type="select_one snn"), "list_missing", "type", "Scrivi select_one sn"),
        (ask(type="select_one nulla"), "list_missing", "type", "una di queste: sn"),
        ({"name": "a", LABEL: "Perché?"}, "type_missing", "type", "text"),
        ({"type": "text", LABEL: "Quanti anni hai?"}, "name_missing", "name", "quanti_anni_hai"),
        (ask(name="due parole"), "bad_name", "name", "Scrivi due_parole"),
        (ask(name="1a"), "bad_name", "name", "Scrivi q_1a"),
        (ask(name="ore"), "duplicate_name", "name", "riga 3"),
        (ask(name="meta"), "reserved_name", "name", "riservato"),
        ({"type": "text", "name": "a"}, "label_missing", LABEL, "Scrivilo in label::Italiano (it)"),
        ({"type": "calculate", "name": "c"}, "calculation_missing", "calculation", "espressione"),
        ({"type": "begin_group", "name": "g", LABEL: "G"}, "group_open", "type", "end_group"),
        ({"type": "end_group"}, "end_without_begin", "type", "begin_group"),
        (ask(type="geotrace", required="yes"), "required_not_in_chat", "type", "Svuota required"),
    ],
)
def test_a_faulty_row_is_explained_with_its_cure(row: dict[str, str], code: str, column: str, cure: str) -> None:
    problem = only(row)
    assert (problem.code, problem.row, problem.column, problem.severity) == (code, 5, column, "error")
    assert cure in problem.told()


@pytest.mark.parametrize("kind", ["geotrace", "audio", "barcode", "background-audio"])
def test_a_type_without_meaning_in_a_chat_is_a_warning(kind: str) -> None:
    problem = only(ask(type=kind))
    assert (problem.code, problem.severity) == ("type_not_in_chat", "warning")


def test_a_group_closed_as_a_repeat_is_explained() -> None:
    problem = only({"type": "begin_group", "name": "g", LABEL: "G"}, ask(), {"type": "end_repeat"})
    assert (problem.code, problem.row) == ("end_mismatch", 7)
    assert "Scrivi end_group" in problem.told()


def test_names_may_repeat_in_different_groups_but_not_be_referred_to() -> None:
    group = {"type": "begin_group", "name": "g", LABEL: "G"}
    again = [group, ask(name="ore"), {"type": "end_group"}]
    assert found(*again) == []
    assert only(*again, ask(relevant="${ore} > 3")).code == "ambiguous_reference"
    assert only(ask(name="ORE")).code == "similar_name"


def test_groups_too_deep_and_repeats_too_many_are_told_once() -> None:
    opened = [{"type": "begin_group", "name": f"g{number}", LABEL: "G"} for number in range(60)]
    assert only(*opened, *[{"type": "end_group"}] * 60).code == "nested_too_deep"
    repeats = [
        row
        for number in range(502)
        for row in ({"type": "begin_repeat", "name": f"r{number}", LABEL: "R"}, {"type": "end_repeat"})
    ]
    assert only(*repeats).code == "too_many_repeats"


def test_unknown_references_in_texts_are_found_and_prices_are_not() -> None:
    assert only(ask(**{LABEL: "Ciao ${nme}, quanto spendi?"})).code == "unknown_reference"
    assert found(ask(**{LABEL: "Spendi più di $ 50?"})) == []


def test_a_text_that_one_language_lacks_is_a_warning() -> None:
    english = "label::English (en)"
    base = [row | {english: "Text"} for row in SURVEY]
    choices = [choice | {english: "Text"} for choice in CHOICES]
    assert found(base=base, choices=choices) == []
    problem = only(ask(), base=base, choices=choices)
    assert (problem.code, problem.severity, problem.column) == ("translation_missing", "warning", english)
    problem = only(ask(**{english: "Why?", "hint::Italiano (it)": "Breve"}), base=base, choices=choices)
    assert (problem.code, problem.column) == ("translation_missing", "hint::English (en)")


@pytest.mark.parametrize(
    ("choice", "code", "severity"),
    [
        ({"list_name": "sn", LABEL: "Forse"}, "choice_name_missing", "error"),
        ({"name": "forse", LABEL: "Forse"}, "choice_list_name_missing", "error"),
        ({"list_name": "sn", "name": "si", LABEL: "Forse"}, "choice_twice", "error"),
        ({"list_name": "sn", "name": "forse"}, "choice_label_missing", "warning"),
        (
            {"list_name": "sn", "name": "forse", LABEL: "Forse, ma ancora non lo so"},
            "choice_label_too_long",
            "warning",
        ),
    ],
)
def test_a_faulty_choice_is_explained(choice: dict[str, str], code: str, severity: str) -> None:
    problem = only(choices=[*CHOICES, choice])
    assert (problem.code, problem.sheet, problem.row, problem.severity) == (code, "choices", 4, severity)


def test_a_code_with_spaces_is_an_error_where_several_may_be_chosen() -> None:
    choices = [*CHOICES, {"list_name": "sn", "name": "non so", LABEL: "Non so"}]
    assert found(choices=choices) == []
    problem = only(ask(type="select_multiple sn"), choices=choices)
    assert problem.code == "choice_name_spaces"
    assert "Scrivi non_so" in problem.told()


def test_more_than_ten_choices_are_a_warning_unless_filtered() -> None:
    choices = [{"list_name": "sn", "name": f"c{n}", LABEL: f"C {n}"} for n in range(11)]
    problem = only(choices=choices)
    assert (problem.code, problem.row, problem.severity) == ("too_many_choices", 4, "warning")
    assert found(choices=choices, base=[SURVEY[2] | {"choice_filter": "name != ''"}]) == []


def test_headers_are_checked() -> None:
    survey = sheet("survey", SURVEY, "relevent")
    problems = check_sheets(
        {"survey": survey, "choices": sheet("choices", CHOICES), "settings": sheet("settings", SETTINGS)}
    )
    assert [(problem.code, problem.severity) for problem in problems] == [("column_typo", "warning")]
    twice = Sheet("survey", (*survey.headers[:-1], "Label::Italiano (it)"), survey.rows)
    assert "column_twice" in {
        problem.code for problem in check_sheets({"survey": twice, "choices": sheet("choices", CHOICES)})
    }
    nameless = sheet("survey", [{"tipo": "text", "nome": "a"}])
    assert {"column_missing"} <= {problem.code for problem in check_sheets({"survey": nameless})}


def test_missing_sheets_questions_versions_and_languages_are_told() -> None:
    assert [problem.code for problem in check_sheets({})] == ["sheet_missing"]
    assert "no_questions" in {
        problem.code for problem in check_sheets({"survey": sheet("survey", [], "type", "name")})
    }
    assert only(settings=[{"form_id": "prova"}]).code == "version_missing"
    assert only(settings=[SETTINGS[0] | {"default_language": "Italiano"}]).code == "default_language_unknown"


def test_all_problems_are_told_at_once_from_top_to_bottom() -> None:
    problems = found(
        ask(name="b c", type="numero"),
        ask(name="d", relevant="${x} == 1"),
        choices=[*CHOICES, {"list_name": "sn", LABEL: "Forse"}],
    )
    assert [(problem.sheet, problem.row, problem.code) for problem in problems] == [
        ("survey", 5, "unknown_type"),
        ("survey", 5, "bad_name"),
        ("survey", 6, "unknown_reference"),
        ("survey", 6, "double_equals"),
        ("choices", 4, "choice_name_missing"),
    ]


def test_rows_are_known_by_the_path_in_the_form() -> None:
    rows = [{"type": "begin group", "name": "g", LABEL: "G"}, ask(), {"type": "end group"}]
    assert row_map({"survey": sheet("survey", [*SURVEY, *rows])})["/data/g/a"] == 6
    assert row_map({}) == {}


def test_what_the_compiled_form_finds_is_told_at_its_row_unless_known() -> None:
    theirs = [
        told_by_form(
            FormProblem("unknown_path", "/data/a", "relevant", "../x", "/data/x", "warning"), {"/data/a": 5}
        ),
        told_by_form(
            FormProblem("unknown_path", "/data/b", "relevant", "../x", "/data/x", "warning"), {"/data/b": 6}
        ),
    ]
    ours = [Problem("bare_name", "survey", 5, "relevant", "a", "x", {"name": "x"}, "warning")]
    assert [problem.row for problem in merged(ours, theirs)] == [5, 6]
    assert "riga 6" in merged(ours, theirs)[1].told()


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    for code, sentence in TEXTS.items():
        names = [set(re.findall(r"(?<!\{)\{(\w+)\}", text)) for text in sentence]
        assert names[0] == names[1], code
        for language in ("it", "en"):
            line = Problem(code, "survey", 2, "type", "a", "text").told(language)
            assert "\n" not in line and line.strip() == line
