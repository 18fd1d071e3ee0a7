"""A need in one's own words leads to a kind of service; a question leads to none."""

import pytest

from conversations.rules.categories import CATEGORIES
from conversations.rules.service_words import _MEANT, service_meant


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("mi serve una baby-sitter", "baby_sitter"),
        ("Ciao! Avrei bisogno di una babysitter per il sabato", "baby_sitter"),
        ("Buongiorno, cerco una badante per mia madre", "elder_care"),
        ("vorrei un aiuto per le pulizie", "cleaning"),
        ("ho bisogno di un posto al nido", "nursery"),
        ("mi serve il centro estivo", "summer_camp"),
        ("I need a dog sitter", "pet_care"),
        ("I'm looking for after-school care", "after_school"),
        ("mi servono ripetizioni di matematica", "homework"),
    ],
)
def test_a_plain_need_is_understood(said: str, code: str) -> None:
    assert service_meant(said) == code


@pytest.mark.parametrize(
    "said",
    [
        "mi serve una baby-sitter?",
        "mi serve il bonus baby-sitter",
        "vorrei sapere quanto costa il nido",
        "ho bisogno di un congedo per mia madre anziana",
        "mi serve un permesso 104 per un disabile",
        "la baby-sitter non è venuta",
        "baby-sitter",
        "mi serve un passaggio",
        "mi servono una badante e le pulizie",
        "vorrei parlare con uno psicologo",
        "cerco " + "davvero " * 20 + "una colf",
        "",
    ],
)
def test_a_question_a_right_or_a_story_is_none(said: str) -> None:
    assert service_meant(said) == ""


def test_every_kind_of_service_can_be_said() -> None:
    assert set(_MEANT) == {one.code for one in CATEGORIES}
