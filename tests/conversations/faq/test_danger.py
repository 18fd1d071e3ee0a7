"""Words of violence or danger are heard in both languages, ordinary questions are not mistaken for them."""

import pytest

from conversations.faq.danger import danger_in


@pytest.mark.parametrize(
    "text",
    [
        "Mio marito mi picchia",
        "mi ha MINACCIATA ieri",
        "Ho paura di lui",
        "ho paura del mio compagno",
        "Subisco violenze a casa",
        "è stalking?",
        "mi fa del male",
        "vorrei farla finita",
        "VIOLÉNZA",
    ],
)
def test_danger_is_heard_in_italian(text: str) -> None:
    assert "it" in danger_in(text)


@pytest.mark.parametrize(
    "text",
    ["He hits me", "my partner threatens me", "I am scared of him", "domestic abuse", "I want to kill myself"],
)
def test_danger_is_heard_in_english(text: str) -> None:
    assert danger_in(text) == ("en",)


@pytest.mark.parametrize(
    "text",
    [
        "Posso chiedere il part-time?",
        "La schiena mi fa male",
        "Il bonus nido scade quando?",
        "Ho avuto minacce d'aborto al terzo mese",
        "Sono a casa per minacce di aborto",
        "We beat the deadline",
        "A whiteboard and a hitlist",
        "",
        "🙂" * 1000,
    ],
)
def test_an_ordinary_message_is_not_danger(text: str) -> None:
    assert danger_in(text) == ()


@pytest.mark.parametrize(
    "text", ["mi marido me pega", "mon mari me frappe", "soțul mă bate", "sinasaktan ako", "burri më rreh"]
)
def test_the_barest_words_in_other_languages_are_told_in_both_of_ours(text: str) -> None:
    assert danger_in(text) == ("it", "en")


def test_a_word_that_both_languages_share_tells_both() -> None:
    assert danger_in("suicide, suicidio") == ("it", "en")


@pytest.mark.parametrize("before", [0, 3_885, 3_995, 8_000, 20_000])
def test_danger_is_heard_wherever_it_stands_in_a_long_message(before: int) -> None:
    assert danger_in("a" * before + " mio marito mi picchia " + "b " * 3_000) == ("it",)
