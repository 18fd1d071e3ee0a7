"""Compiling forms: what is read, what is refused, what is only remarked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.forms.form import FormError, compile_form, form_problems
from tests.conversations.forms.forms_for_tests import FAMILY, REPEAT, family, item, xform


def codes(xml: str, severity: str = "error") -> list[str]:
    return [problem.code for problem in form_problems(xml) if problem.severity == severity]


def test_a_form_knows_its_title_languages_and_questions() -> None:
    form = family()
    assert form.title == "Prova"
    assert form.languages == ("it", "en")
    assert form.language_names == ("Italiano (it)", "English (en)")
    assert form.default_language == "it"
    assert [question.name for question in form.questions] == [
        "work",
        "hours",
        "children",
        "none_reason",
        "needs",
        "note_needs",
        "story",
    ]
    assert form.warnings == ()


def test_types_and_privacy_classes_are_read_from_the_form() -> None:
    questions = {question.name: question for question in family().questions}
    assert questions["work"].type == "select_one"
    assert questions["work"].privacy_class == "G"
    assert questions["needs"].type == "select_multiple"
    assert questions["needs"].attributes["wis:class"] == "S"
    assert questions["note_needs"].type == "note"
    assert questions["hours"].type == "integer"
    assert questions["hours"].privacy_class == "G"
    assert questions["story"].privacy_class == ""
    assert questions["story"].appearance == "multiline"


def test_a_language_is_found_by_code_or_name_and_falls_back_to_the_default() -> None:
    form = family()
    assert form.language_name("en") == "English (en)"
    assert form.language_name("English (en)") == "English (en)"
    assert form.language_name("de") == "Italiano (it)"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ('<input ref="/data/q"><label>x</label></input>', "text"),
        ('<trigger ref="/data/q"><label>x</label></trigger>', "acknowledge"),
        ('<range ref="/data/q" start="1" end="5" step="1"><label>x</label></range>', "range"),
        ('<upload ref="/data/q" mediatype="image/*"><label>x</label></upload>', "image"),
        ('<upload ref="/data/q" mediatype="application/*"><label>x</label></upload>', "file"),
        ('<upload ref="/data/q" mediatype="image/*" appearance="signature"><label>x</label></upload>', "drawing"),
        (f'<select1 ref="/data/q"><label>x</label>{item("a")}</select1>', "select_one"),
    ],
)
def test_controls_decide_the_question_type(kind: str, expected: str) -> None:
    assert compile_form(xform("<q/>", '<bind nodeset="/data/q"/>', kind)).questions[0].type == expected


@pytest.mark.parametrize(
    ("value_type", "expected"),
    [
        ("int", "integer"),
        ("decimal", "decimal"),
        ("date", "date"),
        ("time", "time"),
        ("dateTime", "datetime"),
        ("geopoint", "geopoint"),
        ("geotrace", "geotrace"),
        ("xsd:int", "integer"),
        ("mystery", "unknown"),
    ],
)
def test_binds_decide_the_type_of_inputs(value_type: str, expected: str) -> None:
    body = '<input ref="/data/q"><label>x</label></input>'
    form = compile_form(xform("<q/>", f'<bind nodeset="/data/q" type="{value_type}"/>', body))
    assert form.questions[0].type == expected


def test_all_wrong_expressions_are_reported_at_once() -> None:
    binds = """<bind nodeset="/data/a" relevant="/data/b =="/>
        <bind nodeset="/data/b" calculate="frob(1)" constraint="count()"/>"""
    assert codes(xform("<a/><b/>", binds)) == ["syntax", "argument_count", "unknown_function"]


def test_an_error_names_the_question_the_attribute_and_the_text() -> None:
    binds = '<bind nodeset="/data/a" relevant="1 + (2"/>'
    with pytest.raises(FormError) as caught:
        compile_form(xform("<a/>", binds))
    problem = caught.value.problem
    assert (problem.code, problem.ref, problem.attribute, problem.text) == ("syntax", "/data/a", "relevant", "1 + (2")


def test_a_circle_of_calculations_is_an_error_and_one_over_relevance_a_warning() -> None:
    circle = """<bind nodeset="/data/a" calculate="/data/b + 1"/><bind nodeset="/data/b" calculate="/data/a + 1"/>"""
    assert codes(xform("<a/><b/>", circle)) == ["circle"]
    mixed = """<bind nodeset="/data/a" relevant="/data/b = 1"/><bind nodeset="/data/b" relevant="/data/a = 1"/>"""
    assert codes(xform("<a/><b/>", mixed)) == []
    assert codes(xform("<a/><b/>", mixed), "warning") == ["circle"]


def test_a_calculation_on_itself_is_a_warning_unless_it_runs_once() -> None:
    assert codes(xform("<a/>", '<bind nodeset="/data/a" calculate="/data/a + 1"/>'), "warning") == ["self_reference"]
    assert codes(xform("<a/>", '<bind nodeset="/data/a" calculate="once(random())"/>'), "warning") == []


def test_paths_that_lead_nowhere_and_values_no_choice_has_are_warnings() -> None:
    body = f'<select1 ref="/data/a"><label>x</label>{item("yes")}{item("no")}</select1>'
    binds = "<bind nodeset=\"/data/b\" relevant=\"/data/a = 'si' or ../c = 1 or selected(/data/a, 'maybe')\"/>"
    found = [(one.code, one.detail) for one in form_problems(xform("<a/><b/>", binds, body))]
    assert found == [
        ("unknown_path", "/data/c"),
        ("unknown_choice_value", "si"),
        ("unknown_choice_value", "maybe"),
    ]


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "no xml",
        "<a>",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<?xml version="1.0"?><!DOCTYPE html><html/>',
        xform("").replace("<model>", "<other>").replace("</model>", "</other>"),
        "<x>" * 3000 + "</x>" * 3000,
    ],
)
def test_what_is_no_form_is_refused(xml: str) -> None:
    with pytest.raises(FormError):
        compile_form(xml)


def test_deeply_nested_data_is_refused_without_a_crash() -> None:
    with pytest.raises(FormError) as caught:
        compile_form(xform("<x>" * 2000 + "</x>" * 2000))
    assert caught.value.code == "too_deep"


_BITS = st.sampled_from([FAMILY, REPEAT])


@given(_BITS, st.integers(0, 4000), st.text(alphabet="<>/&\"'()=a1 ", max_size=6))
def test_a_damaged_form_is_a_form_or_a_form_error(xml: str, place: int, noise: str) -> None:
    try:
        compile_form(xml[:place] + noise + xml[place + len(noise) :])
    except FormError as error:
        assert error.code
