"""Bad manners towards us are met with patience; what somebody else said to the person is never taken for them."""

import pytest

from conversations.faq.manners import only_offends


@pytest.mark.parametrize(
    "text",
    [
        "siete dei buffoni non servite a un cazzo",
        "Sei inutile!!!",
        "vaffanculo",
        "fate schifo",
        "che bot stupido",
        "stupido",
        "fuck you",
        "you are useless",
        "this bot is shit",
    ],
)
def test_what_only_offends_us_is_known(text: str) -> None:
    assert only_offends(text)


@pytest.mark.parametrize(
    "text",
    [
        "mi dice che sono una stupida",
        "mio marito dice: sei inutile, non servi a niente",
        "lui urla vaffanculo davanti ai bambini",
        "il capo mi dice che sono un cretino",
        "he says you are useless",
        "quanto dura il congedo di maternità",
        "siete sicuri che non serve il certificato?",
        "non serve a niente il bonus senza isee?",
        "siete aperti il sabato",
        "",
    ],
)
def test_what_somebody_else_said_and_questions_are_not_bad_manners(text: str) -> None:
    assert not only_offends(text)
