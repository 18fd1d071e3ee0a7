"""Commands are heard in every state, and an ordinary answer is never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understand import Word, argument_of, choice_of, word_in


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("menu", Word.MENU),
        ("Menù!", Word.MENU),
        ("torna al menu", Word.MENU),
        ("menu per favore", Word.MENU),
        ("/menu", Word.MENU),
        ("/menu@WisProvaBot", Word.MENU),
        ("AIUTO", Word.HELP),
        ("ciao, aiuto", Word.HELP),
        ("help me please", Word.HELP),
        ("/aiuto@WisProvaBot", Word.HELP),
        ("non capisco", Word.HELP),
        ("cambia argomenti", Word.TOPICS),
        ("Tell a colleague", Word.TELL),
        ("indietro", Word.BACK),
        ("indierto", Word.BACK),
        ("go back", Word.BACK),
        ("annulla", Word.CANCEL),
        ("/cancel", Word.CANCEL),
        ("salta", Word.SKIP),
        ("Skip this question.", Word.SKIP),
        ("lingua", Word.LANGUAGE),
        ("in English please", Word.LANGUAGE),
        ("STOP", Word.STOP),
        ("stop!!!", Word.STOP),
        ("Basta", Word.STOP),
        ("CANCELLAMI", Word.STOP),
        ("disiscrivimi", Word.STOP),
        ("disicrivimi", Word.STOP),
        ("annulla iscrizione", Word.STOP),
        ("Non inviare più", Word.UNSUBSCRIBE),
        ("unsubscribe", Word.STOP),
        ("stop grazie", Word.STOP),
        ("Stop newsletter", Word.UNSUBSCRIBE),
        ("basta notizie!", Word.UNSUBSCRIBE),
        ("ISCRIVIMI", Word.SUBSCRIBE),
        ("LEGGI", Word.READ),
        ("/notizie", Word.NEWS),
        ("le notizie", Word.NEWS),
        ("START", Word.RETURN),
        ("riprendi", Word.RETURN),
        ("Inizia", Word.RETURN),
        ("/start ABC123", Word.RETURN),
        ("/privacy", Word.PRIVACY),
        ("i miei dati", Word.PRIVACY),
        ("cancella tutto", Word.ERASE),
        ("delete my data", Word.ERASE),
        ("Parla con una persona", Word.HUMAN),
        ("vorrei parlare con qualcuno, grazie", Word.HUMAN),
        ("operatore", Word.HUMAN),
        ("collega", Word.LINK),
        ("/collega", Word.LINK),
        ("Ciao!", Word.HELLO),
        ("buongiorno", Word.HELLO),
        ("grazie mille", Word.THANKS),
        ("thank you", Word.THANKS),
        ("s\u200bt\u200bop", Word.STOP),
        ("\u202emenu\u202c", Word.MENU),
    ],
)
def test_a_command_is_heard_in_both_languages(written: str, word: Word) -> None:
    assert word_in(written) is word


@pytest.mark.parametrize(
    "written",
    [
        "",
        "?",
        "sì",
        "no grazie",
        "ok",
        "2",
        "la seconda",
        "15/06/2024",
        "ieri",
        "Preferisco non dirlo",
        "Più tardi",
        "mi serve aiuto con la spesa e non so a chi chiedere",
        "Aiuto in casa",
        "Aiuto con le pratiche",
        "mi aiutano i nonni, grazie",
        "vorrei non dover più fermarmi al lavoro",
        "stop al lavoro la domenica",
        "Una persona anziana",
        "Più di una persona",
        "La privacy",
        "English",
        "Italiano",
        "assistenza",
        "un collega",
        "colleghi",
        "basta che sia vicino",
        "/sconosciuto",
        "/",
        "/menu/altro",
        "aiuto " * 30,
        "stop" * 3_000,
    ],
)
def test_an_ordinary_answer_is_not_taken_for_a_command(written: str) -> None:
    assert word_in(written) is None


def test_every_word_can_be_said() -> None:
    said = {word_in(text) for text in ("menu", "aiuto", "indietro", "annulla", "salta", "lingua", "stop", "start")}
    said |= {word_in(text) for text in ("privacy", "cancella tutto", "operatore", "collega", "ciao", "grazie")}
    said |= {word_in(text) for text in ("questionario", "domande", "voucher", "richieste", "rimborso", "da decidere")}
    said |= {word_in(text) for text in ("approva", "rifiuta", "chiedi", "dettagli", "confermo", "faq")}
    said |= {word_in(text) for text in ("notizie", "leggi", "iscrivimi", "stop newsletter", "redazione", "numeri")}
    said |= {word_in(text) for text in ("cambia argomenti", "dillo a un collega")}
    assert said == set(Word)


def test_the_code_after_a_slash_command_is_kept() -> None:
    assert argument_of("/start ABC-123") == "ABC-123"
    assert argument_of("/start@WisProvaBot  ABC-123 ") == "ABC-123"
    assert argument_of("/start") == ""
    assert argument_of("start ABC-123") == ""
    assert argument_of("/start " + "A" * 10_000) == ""


def test_a_numbered_choice_is_found_by_number_or_label() -> None:
    labels = ["Fai il questionario", "Le mie richieste", "Parla con noi"]
    assert choice_of("2", labels) == 1
    assert choice_of("richieste", labels) == 1
    assert choice_of("parla con noi", labels) == 2
    assert choice_of("4", labels) is None
    assert choice_of("boh", labels) is None


@pytest.mark.parametrize("said", ["55,00 €", "50,005", "50.50", "100,50 €", "2000,00 €", "10000 €", "500,00 €"])
def test_an_amount_is_never_taken_for_the_one_on_a_button_that_looks_like_it(said: str) -> None:
    assert choice_of(said, ["50,00 €", "100,00 €", "200,00 €"], by_number=False) is None


def test_a_way_out_is_found_by_its_whole_label_only() -> None:
    ways = ["Indietro", "Salta la domanda"]
    assert choice_of("salta la domanda", ways, by_number=False) == 1
    assert choice_of("indeitro", ways, by_number=False) == 0
    assert choice_of("1", ways, by_number=False) is None
    assert choice_of("domanda", ways, by_number=False) is None
    assert choice_of("", ways, by_number=False) is None


@given(st.text(max_size=300))
def test_any_text_is_a_word_or_none(text: str) -> None:
    assert word_in(text) is None or isinstance(word_in(text), Word)
    assert isinstance(argument_of(text), str)
    found = choice_of(text, ["Sera", "Mattina"])
    assert found is None or found in {0, 1}
