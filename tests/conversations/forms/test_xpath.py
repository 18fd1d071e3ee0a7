"""Expressions: values, conversions and errors."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.forms.xml_tree import document_from_text
from conversations.forms.xpath import FUNCTIONS, compile_expression
from conversations.forms.xpath_tree import XPathError
from conversations.forms.xpath_values import (
    Environment,
    Node,
    Value,
    number_of_text,
    number_text,
    string_value,
    to_boolean,
    to_string,
)

HOUSE = document_from_text(
    """<house><!-- two rooms -->
      <room id="k" size="12"><name>Cucina</name><chairs>4</chairs></room>
      <room id="b" size="9"><name>Bagno</name><chairs/></room>
      <garden lang="it"><tree>melo</tree><tree>pero</tree></garden>
      <built>2019-03-31</built>
    </house>"""
)


def environment() -> Environment:
    return Environment(now=datetime(2026, 11, 24, 10, 30, 15, 250_000, tzinfo=ZoneInfo("Europe/Rome")))


def value(expression: str) -> Value:
    return compile_expression(expression).evaluate(HOUSE.children[0], environment())


def text(expression: str) -> str:
    return to_string(value(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name(/*)", "house"),
        ("room[2]/name", "Bagno"),
        ("room[name = 'Cucina']/@size", "12"),
        ("count(room | room/name | //tree)", "6"),
        ("/house/room[last()]/@id", "b"),
        ("//tree[position() > 1]", "pero"),
        ("//tree[. = 'melo']/following-sibling::tree", "pero"),
        ("//chairs[1]/ancestor::*[1]/@id", "k"),
        ("(//name)[2]", "Bagno"),
        ("count(//comment())", "1"),
        ("string(//garden/tree/text())", "melo"),
        ("position(room[2])", "2"),
        ("local-name(garden/tree[2])", "tree"),
        ("id('b')/name", "Bagno"),
        ("sum(room/@size)", "21"),
        ("count-non-empty(room/chairs)", "1"),
        ("max(room/@size, 10)", "12"),
        ("sum(room/chairs)", "4"),
        ("sum(nothing)", ""),
        ("max('x', 10)", ""),
        ("min(room/@size)", "9"),
        ("concat(room/name)", "CucinaBagno"),
        ("join(' + ', room/name, 'corridoio')", "Cucina + Bagno + corridoio"),
    ],
)
def test_paths_find_nodes_and_functions_read_them(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3 - 4 div 2", "5"),
        ("7 mod -3", "1"),
        ("-7 mod 3", "-1"),
        ("5 mod 0", ""),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(1234, -2)", "1200"),
        ("int(-3.7)", "-3"),
        ("floor(-3.2)", "-4"),
        ("ceiling(3.2)", "4"),
        ("abs(-4)", "4"),
        ("pow(2, 10)", "1024"),
        ("sqrt(-1)", ""),
        ("log(0)", "-Infinity"),
        ("exp10(3)", "1000"),
        ("number('  12.50 ')", "12.5"),
        ("number('12,5')", ""),
        ("number('1e3')", ""),
        ("1 div 3", "0.3333333333333333"),
        ("1000000 * 1000000", "1000000000000"),
        ("0.00001", "0.00001"),
        ("- - 3", "3"),
    ],
)
def test_numbers_are_doubles_and_written_without_noise(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 < 2 < 3", True),
        ("2 > true()", True),
        ("room/chairs = 4", True),
        ("room/chairs != 4", True),
        ("room[2]/chairs > 3", False),
        ("room[2]/chairs < 3", False),
        ("room/@size > 11 and not(room/@size > 12)", True),
        ("'abc' < 'abd'", False),
        ("'0' = 0", True),
        ("'0.0' = '0'", False),
        ("true() = 'x'", True),
        ("nothing = ''", False),
        ("nothing or garden", True),
        ("built < '2020-01-01'", True),
        ("built > date('2019-03-30')", True),
        ("'2019-03-31' = built", True),
        ("selected('a bb c', 'bb')", True),
        ("selected('a bb c', 'b')", False),
        ("regex('AB12', '^[A-Z]{2}\\d+$')", True),
        ("regex('AB12x', '^[A-Z]{2}\\d+$')", False),
        ("regex('a\nb', '^a$')", False),
        ("boolean-from-string('1')", True),
        ("checklist(1, 2, true(), false(), true())", True),
        ("checklist(3, -1, true(), false(), true())", False),
        ("weighted-checklist(5, 9, true(), 4, true(), 2)", True),
        ("starts-with('welfare', 'wel') and ends-with('welfare', 'are')", True),
    ],
)
def test_comparisons_follow_openrosa(expression: str, expected: bool) -> None:
    assert to_boolean(value(expression)) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0 div 0)", ""),
        ("substring('12345', -1 div 0)", "12345"),
        ("substr('12345', 1, -1)", "234"),
        ("substr('12345', -2)", "45"),
        ("substring-before('a=b=c', '=')", "a"),
        ("substring-after('a=b=c', '=')", "b=c"),
        ("translate('banana', 'an', 'AN')", "bANANA"),
        ("translate('banana', 'an', '')", "b"),
        ("normalize-space('  a \t b ')", "a b"),
        ("string-length('città')", "5"),
        ("coalesce('', 'b')", "b"),
        ("if(1 > 2, 'x', 'y')", "y"),
        ("selected-at('a b c', 1)", "b"),
        ("selected-at('a b c', 9)", ""),
        ("count-selected(' a  b ')", "2"),
        ("digest('ciao', 'SHA-256', 'hex')", "b133a0c0e9bee3be20163d2ad31d6248db292aa6dcb1ee087a2aa50e0fc75ae2"),
        ("once('first')", "first"),
        ("string-length(uuid())", "36"),
        ("string-length(uuid(50))", "50"),
    ],
)
def test_text_functions(expression: str, expected: str) -> None:
    assert to_string(compile_expression(expression).evaluate(Node("blank"), environment())) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today()", "2026-11-24"),
        ("now()", "2026-11-24T10:30:15.250+01:00"),
        ("date(today() + 7)", "2026-12-01"),
        ("date('2026-2-3')", "2026-02-03"),
        ("date('2024-02-29') - date('2024-02-28')", "1"),
        ("format-date('2026-06-05', '%d/%m/%Y %e %n %b %a')", "05/06/2026 5 6 Jun Fri"),
        ("format-date('', '%d')", ""),
        ("format-date-time('2026-06-05T09:07:03', '%H:%M:%S')", "09:07:03"),
        ("decimal-time('06:00:00')", "0.25"),
        ("date('never')", "Invalid Date"),
        ("date('')", ""),
    ],
)
def test_dates_are_days_in_the_local_zone(expression: str, expected: str) -> None:
    assert text(expression) == expected


def test_a_day_that_does_not_exist_is_an_error_of_the_value() -> None:
    with pytest.raises(XPathError, match="no such date"):
        value("date('2026-02-30')")


def test_the_same_seed_shuffles_alike_and_loses_nothing() -> None:
    once = [string_value(node) for node in _nodes("randomize(//name | //tree, 42)")]
    assert once == [string_value(node) for node in _nodes("randomize(//name | //tree, 42)")]
    assert sorted(once) == ["Bagno", "Cucina", "melo", "pero"]


def _nodes(expression: str) -> list[Node]:
    found = value(expression)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 +", "syntax"),
        ("(1", "syntax"),
        ("a == b", "syntax"),
        ("a => b", "syntax"),
        ("a AND b", "syntax"),
        ("'open", "syntax"),
        ("", "syntax"),
        ("frobnicate(1)", "unknown_function"),
        ("count()", "argument_count"),
        ("true(1)", "argument_count"),
        ("weighted-checklist(1, 2, true())", "argument_count"),
        ("indexed-repeat(a, b)", "argument_count"),
        ("regex(., '[')", "bad_regex"),
        ("regex(., '(a+)+')", "slow_regex"),
        ("$x", "unsupported"),
        ("(" * 60 + "1" + ")" * 60, "too_deep"),
        ("+".join("1" * 2000), "too_deep"),
        ("1" * 5000, "too_long"),
    ],
)
def test_a_wrong_expression_is_refused_when_it_is_compiled(expression: str, code: str) -> None:
    with pytest.raises(XPathError) as caught:
        compile_expression(expression)
    assert caught.value.code == code


def test_long_rows_of_or_are_no_trouble() -> None:
    row = compile_expression(" or ".join(["1 = 2"] * 400))
    assert row.evaluate(HOUSE, environment()) is False


def test_every_function_of_the_table_refuses_too_many_arguments() -> None:
    for name, function in FUNCTIONS.items():
        if function.most is not None:
            with pytest.raises(XPathError):
                compile_expression(f"{name}({', '.join(['1'] * (function.most + 1))})")


@given(st.text(alphabet="ab12./[]()@*'\" =<>!|+-,$:é", max_size=40))
def test_any_text_is_an_expression_or_an_xpath_error(source: str) -> None:
    try:
        result = compile_expression(source).evaluate(HOUSE, environment())
    except XPathError:
        return
    assert isinstance(result, (str, float, bool, list))


_CALLS = st.sampled_from(sorted(name for name, function in FUNCTIONS.items() if function.least <= 3))
_VALUES = st.sampled_from(
    (
        *("'0001-01-01'", "'9999-12-31T23:59:59.999-12:00'", "99999999999", "'(a+)+'", "'['", "."),
        "''",
        "'a b'",
        "'2026-02-30'",
        "'-1'",
        "1 div 0",
        "0 div 0",
        "-1.5",
        "//name",
        "nothing",
        "true()",
        "today()",
    )
)


@given(_CALLS, st.lists(_VALUES, max_size=5))
def test_functions_answer_or_raise_xpath_errors_whatever_they_are_given(name: str, arguments: list[str]) -> None:
    try:
        result = compile_expression(f"{name}({', '.join(arguments)})").evaluate(HOUSE.children[0], environment())
    except XPathError:
        return
    assert isinstance(result, (str, float, bool, list))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number: float) -> None:
    assert number_of_text(number_text(number), Environment(now=datetime(2026, 1, 1, tzinfo=UTC))) == number


def test_not_a_number_is_false_and_differs_from_itself() -> None:
    assert text("number('x')") == ""
    number = value("number('x')")
    assert isinstance(number, float)
    assert math.isnan(number)
    assert value("number('x') = number('x')") is False
    assert to_boolean(value("0 div 0")) is False
