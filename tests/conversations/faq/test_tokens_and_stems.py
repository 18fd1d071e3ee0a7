"""Words: folded, split, written out, without endings."""

import pytest

from conversations.faq.stems import stem
from conversations.faq.tokens import MOST_WORDS, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'INPS paga l’80%?", ("l", "inps", "paga", "l", "80")),
        ("Perché CITTÀ più", ("perche", "citta", "piu")),
        ("co.co.co., p.IVA", ("co", "co", "co", "p", "iva")),
        ("x il bimbo, nn so xke", ("per", "il", "bimbo", "non", "so", "perche")),
        ("😀😀 !!! …", ()),
        ("", ()),
    ],
)
def test_a_text_is_read_as_plain_words(text: str, words: tuple[str, ...]) -> None:
    assert tokens(text) == words


def test_a_very_long_text_is_read_up_to_a_bound() -> None:
    assert len(tokens("parola " * 5_000)) == MOST_WORDS


def test_italian_words_lose_their_endings() -> None:
    assert len({stem(word, "it") for word in ("lavoratrice", "lavoratrici")}) == 1
    assert len({stem(word, "it") for word in ("bambino", "bambina", "bambini", "bambine")}) == 1


def test_english_words_follow_english_rules() -> None:
    assert stem("children", "en") == "children"
    assert stem("working", "en") == stem("works", "en") == "work"


def test_numbers_and_strange_words_stay_as_they_are() -> None:
    assert stem("104", "it") == "104"
    assert stem("привет", "it") == "привет"
