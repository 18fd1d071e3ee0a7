"""In which language a question is written."""

import pytest

from conversations.faq.language import guess
from conversations.faq.tokens import tokens


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quanti giorni ho per mia figlia", "it"),
        ("how many days do I have for my daughter", "en"),
        ("can I have smart working please", "en"),
        ("smart working due giorni si può?", "it"),
        ("hola, tengo un hijo y quiero saber cuanto", "other"),
        ("je suis enceinte et je travaille", "other"),
        ("мой ребёнок болеет", "other"),
        ("我的孩子生病了", "other"),
        ("bonus nido", "it"),
        ("", "it"),
    ],
)
def test_small_words_tell_the_language(text: str, language: str) -> None:
    assert guess(tokens(text)) == language
