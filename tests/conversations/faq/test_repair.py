"""Mistyped words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.faq.repair import Repairs

KNOWN = {"congedo": 9, "concedo": 2, "maternita": 5, "parentale": 4, "inps": 3, "assegno": 3, "ufficio": 1, "nido": 7}
REPAIRS = Repairs(KNOWN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("matenita", ("maternita",)),
        ("maternitta", ("maternita",)),
        ("materrita", ("maternita",)),
        ("matermita", ("maternita",)),
        ("amternita", ("maternita",)),
        ("conhedo", ("congedo",)),
        ("linps", ("l", "inps")),
        ("unassegno", ("un", "assegno")),
        ("dallufficio", ("dall", "ufficio")),
        ("congedoparentale", ("congedo", "parentale")),
        ("nidi", ("nidi",)),
        ("pippo", ("pippo",)),
        ("decesso", ("decesso",)),
    ],
)
def test_a_mistyped_word_becomes_the_commonest_near_one(typed: str, meant: tuple[str, ...]) -> None:
    assert REPAIRS.repair(typed) == meant


@given(st.sampled_from(sorted(KNOWN)))
def test_a_known_word_is_never_changed(word: str) -> None:
    assert REPAIRS.repair(word) == (word,)


@given(st.text())
def test_whatever_is_typed_stays_words(word: str) -> None:
    assert "".join(REPAIRS.repair(word)) or not word
