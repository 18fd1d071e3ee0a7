"""Personal data in a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.faq.masking import mask, mask_all


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Mi chiamo luisa Fantasia e ho un figlio", "luisa"),
        ("sono Luisa Fantasia, lavoro part time", "Fantasia"),
        ("I am Grace, I work in a shop", "Grace"),
        ("mia figlia Anna ha 14 anni", "Anna"),
        ("la signora Inventata è caduta", "Inventata"),
        ("il mio numero è +44 7700 900123", "900123"),
        ("call +1 202 555 0142 please", "555"),
        ("tel 02/5550142", "5550142"),
        ("codice fiscale RSSMRA85M01H501Z", "RSSMRA85M01H501Z"),
        ("cf rssmra85m01h501z", "rssmra85m01h501z"),
        ("IBAN IT60 X054 2811 1010 0000 0123 456", "X054"),
        ("scrivimi a luisa.f@example.org", "luisa.f"),
        ("vedi https://example.org/luisa", "luisa"),
        ("sono @luisafantasia su Telegram", "luisafantasia"),
        ("abito in via Inventata 12", "Inventata"),
    ],
)
def test_personal_data_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in mask(text)
    assert "[…]" in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "sono incinta di 3 mesi e guadagno 1.200 euro",
        "l'80% nel 2026 per la legge 104/1992",
        "mio figlio ha 13 anni, ho 3 giorni al mese",
        "sono dipendente INPS? sono in prova",
        "ISEE di 17.468,51 euro",
    ],
)
def test_what_the_question_is_about_stays(text: str) -> None:
    assert mask(text) == text


def test_the_queue_shows_no_digit() -> None:
    assert mask_all("ho 3 figli e 41 anni") == "ho # figli e ## anni"


@given(st.text())
def test_no_long_number_survives_in_any_text(text: str) -> None:
    masked = mask(f"{text} 3331234567")
    assert "3331234567" not in masked
