"""An account number is read as people type it, and a wrong one is explained by what is wrong with it."""

import pytest

from conversations.rules.iban import is_iban, last_four, read_iban

RIGHT = "IT60X0542811101000000123456"


@pytest.mark.parametrize(
    "text",
    [RIGHT, RIGHT.lower(), "IT60 X054 2811 1010 0000 0123 456", "iban: it60x0542811101000000123456", f" {RIGHT}. "],
)
def test_an_italian_number_is_read_in_every_dress(text: str) -> None:
    assert read_iban(text) == RIGHT and last_four(RIGHT) == "3456"


def test_numbers_of_other_countries_of_the_area_are_taken() -> None:
    assert read_iban("DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert read_iban("GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("IT60X0542811101000000123457", "checksum"),
        ("IT06X0542811101000000123456", "checksum"),
        ("IT60X054281110100000012345", "length"),
        ("IT60", "length"),
        ("", "length"),
        ("1" * 20, "shape"),
        ("TR330006100519786457841326", "country"),
        ("XX89370400440532013000", "country"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text: str, fault: str) -> None:
    assert read_iban(text) == fault and not is_iban(text)


def test_every_single_wrong_figure_is_noticed() -> None:
    for place in range(2, len(RIGHT)):
        for other in "0123456789":
            wrong = RIGHT[:place] + other + RIGHT[place + 1 :]
            assert wrong == RIGHT or not is_iban(wrong), wrong
