"""The table of concepts."""

import pytest

from conversations.faq.concepts import BadTable, Table, compile_table, read_table
from conversations.faq.language import guess
from conversations.faq.stems import stem
from conversations.faq.tokens import tokens
from tests.conversations.faq.small import table


def found(text: str, of: Table | None = None) -> list[str]:
    words = tokens(text)
    language = guess(words)
    return (of or table()).find(words, [stem(word, language) for word in words], language)


def test_italian_and_english_forms_mean_the_same() -> None:
    assert found("ho diritto al congedo parentale?") == found("do I have parental leave?") == ["#congedo-parentale"]


def test_the_longest_form_wins() -> None:
    assert found("il bonus nido") == ["#bonus-nido"]
    assert found("il nido") == ["#nido"]


def test_endings_do_not_matter() -> None:
    assert found("i bambini") == ["#figlio"]


def test_an_exact_form_does_not_take_other_endings() -> None:
    assert found("mio zio si picchia") == ["#violenza"]
    assert found("il picchio") == []


def test_an_english_word_inside_italian_is_taken_as_it_stands() -> None:
    of = compile_table(read_table("figlio\tfiglio\tson | sons\n"))
    assert found("io sono a casa", of) == []
    assert found("mio figlio, my son", of) == ["#figlio", "#figlio"]


def test_a_form_may_stand_in_two_groups() -> None:
    of = compile_table(read_table("uno\tbadante\tcarer\ndue\tbadante\tcarer\n"))
    assert found("la badante", of) == ["#uno", "#due"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("figlio\tfiglio\n", "line 1"),
        ("# note\nfiglio\tfiglio\tson\nfiglio\tbimbo\tkid\n", "line 3"),
        ("vuoto\t\t\n", "has no form"),
        ("\tfiglio\tson\n", "line 1"),
    ],
)
def test_a_bad_table_says_which_line(text: str, told: str) -> None:
    with pytest.raises(BadTable, match=told):
        read_table(text)
