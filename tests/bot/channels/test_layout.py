"""Layout: texts are cut where a reader would pause, and choices become buttons, a list or numbers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.layout import (
    BUTTON_TITLE,
    ELLIPSIS,
    FREE_TEXT,
    INTERACTIVE_TEXT,
    ROW_DESCRIPTION,
    ROW_TITLE,
    TICK,
    LayoutWords,
    clip,
    split_text,
    whatsapp_layout,
)
from bot.channels.markup import GUARD, bold, neutral
from conversations.graphemes import code_points, is_border, utf16_units
from scheduler.sending import Button, File, Letter

WORDS = LayoutWords(ways="Puoi anche scrivere: {ways}.", choose="Scegli")
WAYS = (Button("b", "Indietro"), Button("s", "Salta"), Button("m", "Menu"))
FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇮🇹"

# Texts of short pieces that are hard to cut, so that borders of every kind meet.
hard_text = st.lists(
    st.sampled_from(
        ["ciao", " ", "\n", "\n\n", ". ", "è", "e\u0301", FAMILY, FLAG, FLAG, "👍🏽", "1️⃣", "한", "x" * 9]
    ),
    max_size=60,
).map("".join)


def buttons(count: int, label: str = "Voce {n}", description: str = "") -> tuple[Button, ...]:
    return tuple(Button(f"t{n}", label.format(n=n), description) for n in range(1, count + 1))


@pytest.mark.parametrize("measure", [code_points, utf16_units])
@given(text=st.one_of(hard_text, st.text()), limit=st.integers(24, 80))
def test_no_part_is_longer_than_the_limit_and_nothing_but_space_is_lost(text, limit, measure):
    parts = split_text(text, limit, measure)
    assert all(0 < measure(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(text=hard_text, limit=st.integers(24, 80))
def test_no_part_begins_inside_a_character(text, limit):
    rest = text
    for part in split_text(text, limit, utf16_units):
        start = rest.index(part)
        assert is_border(rest, start) and is_border(rest, start + len(part))
        rest = rest[start + len(part) :]


@given(text=st.text(), limit=st.integers(2, 30))
def test_a_clipped_text_fits_on_one_line(text, limit):
    clipped = clip(text, limit, utf16_units)
    assert utf16_units(clipped) <= limit
    assert "\n" not in clipped


def test_a_text_is_cut_between_paragraphs_before_it_is_cut_between_sentences():
    text = "Prima frase. Seconda frase.\n\nTerza frase. Quarta frase."
    assert split_text(text, 40) == ["Prima frase. Seconda frase.", "Terza frase. Quarta frase."]
    assert split_text("Prima frase. Seconda frase lunga", 20) == ["Prima frase.", "Seconda frase lunga"]
    assert split_text("parola " * 5, 20) == ["parola parola parola", "parola parola"]


def test_a_character_longer_than_the_limit_is_cut_rather_than_hanging():
    zalgo = "a" + "\u0301" * 100
    assert "".join(split_text(zalgo, 30)) == zalgo


@pytest.mark.parametrize("character", [FAMILY, FLAG, "👍🏽", "1️⃣", "e\u0301", "한".encode().decode(), "각"])
def test_a_character_of_several_code_points_is_never_cut(character):
    character = unicodedata.normalize("NFD", character)
    assert not any(is_border(character, index) for index in range(1, len(character)))
    assert is_border(character + character, len(character))
    parts = split_text(character * 40, 30, utf16_units)
    assert all(part == character * (len(part) // len(character)) for part in parts)


def test_what_fits_in_three_becomes_buttons_with_the_ways_out():
    letter = Letter(1, body=("Vuoi continuare?",), choices=buttons(2), ways=WAYS[:1])
    (message,) = whatsapp_layout(letter, WORDS)
    assert [button.label for button in message.buttons] == ["Voce 1", "Voce 2", "Indietro"]
    assert message.rows == ()
    assert message.text == "Vuoi continuare?\n\n1. Voce 1\n2. Voce 2"


def test_ways_out_beside_three_buttons_become_a_sentence():
    (message,) = whatsapp_layout(Letter(1, body=("Quale?",), choices=buttons(3), ways=WAYS), WORDS)
    assert len(message.buttons) == 3
    assert message.text.endswith("Puoi anche scrivere: indietro, salta, menu.")


def test_an_open_question_has_its_ways_out_as_buttons():
    (message,) = whatsapp_layout(Letter(1, body=("Quanti figli hai?",), ways=WAYS, wanted="number"), WORDS)
    assert [button.token for button in message.buttons] == ["b", "s", "m"]
    assert message.text == "Quanti figli hai?"


def test_four_to_ten_choices_become_a_list_with_the_ways_that_fit():
    (message,) = whatsapp_layout(Letter(1, body=("Quale?",), choices=buttons(8), ways=WAYS), WORDS)
    assert [row.label for row in message.rows[-2:]] == ["Indietro", "Salta"]
    assert (len(message.rows), message.choose, message.buttons) == (10, "Scegli", ())
    assert message.text.endswith("8. Voce 8\n\nPuoi anche scrivere: menu.")


def test_eleven_choices_are_printed_with_their_numbers():
    (message,) = whatsapp_layout(Letter(1, body=("Quale?",), choices=buttons(11), ways=WAYS), WORDS)
    assert (message.buttons, message.rows) == ((), ())
    assert "\n11. Voce 11\n" in message.text


def test_long_labels_of_two_choices_become_a_list_that_shows_the_rest():
    label = "Aiuto per la casa e per i genitori anziani {n}"
    (message,) = whatsapp_layout(Letter(1, choices=buttons(2, label)), WORDS)
    assert [row.label for row in message.rows] == ["1. Aiuto per la casa e…", "2. Aiuto per la casa e…"]
    assert all(len(row.label) <= ROW_TITLE and row.description for row in message.rows)
    assert "1. Aiuto per la casa e per i genitori anziani 1" in message.text


def test_a_label_that_ends_with_dots_of_its_own_is_not_said_twice():
    (message,) = whatsapp_layout(Letter(1, choices=(*buttons(4), Button("more", "Altre…"))), WORDS)
    assert [row.description for row in message.rows] == [""] * 5


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=60), st.text(max_size=120)), max_size=14),
    st.lists(st.text(min_size=1, max_size=40), max_size=5),
    st.lists(st.text(max_size=900), max_size=4),
)
def test_every_message_is_within_the_limits_of_whatsapp(choices, ways, body):
    letter = Letter(
        1,
        title="Domanda 3 di 12",
        body=tuple(body),
        choices=tuple(Button(f"c{n}", label, more) for n, (label, more) in enumerate(choices)),
        ways=tuple(Button(f"w{n}", label) for n, label in enumerate(ways)),
    )
    messages = whatsapp_layout(letter, WORDS)
    for message in messages:
        tappable = (*message.buttons, *message.rows)
        assert 0 < len(message.text) <= (INTERACTIVE_TEXT if tappable else FREE_TEXT)
        assert len(message.buttons) <= 3 and len(message.rows) <= 10
        assert all(len(button.label) <= BUTTON_TITLE for button in message.buttons)
        assert all(len(r.label) <= ROW_TITLE and len(r.description) <= ROW_DESCRIPTION for r in message.rows)
        assert len({button.label for button in tappable}) == len(tappable)
        assert bool(message.choose) == bool(message.rows)
    assert not any(message.buttons or message.rows for message in messages[:-1])


def test_a_long_text_is_sent_first_and_the_question_stays_with_its_options():
    letter = Letter(1, body=("Regola. " * 250, "Hai capito?"), choices=buttons(2))
    first, second, last = whatsapp_layout(letter, WORDS)
    assert (first.buttons, second.buttons) == ((), ())
    assert last.text == "Hai capito?\n\n1. Voce 1\n2. Voce 2"
    assert len(last.buttons) == 2


def test_options_too_long_for_an_interactive_text_are_printed_before_it():
    letter = Letter(1, body=("Quale?",), choices=buttons(10, "Voce {n}", "d" * 120))
    *_, last = whatsapp_layout(letter, WORDS)
    assert (last.text, len(last.rows)) == ("Scegli", 10)


def test_equal_titles_are_told_apart_by_their_numbers():
    (message,) = whatsapp_layout(Letter(1, choices=(Button("a", "Asilo"), Button("b", "Asilo"))), WORDS)
    assert [button.label for button in message.buttons] == ["1. Asilo", "2. Asilo"]


def test_marked_options_carry_a_tick_in_the_text_and_in_the_list():
    choices = tuple(Button(f"t{n}", f"Voce {n}", marked=n == 2) for n in range(1, 5))
    (message,) = whatsapp_layout(Letter(1, body=("Quali?",), choices=choices, multiple=True), WORDS)
    assert f"2. {TICK} Voce 2" in message.text
    assert "1. Voce 1" in message.text
    assert message.rows[1].label == f"{TICK} Voce 2"


def test_the_title_is_bold_and_the_texts_of_people_are_not_markup():
    (message,) = whatsapp_layout(Letter(1, title="Domanda 3 di 12", body=("*urlo* e _grido_",)), WORDS)
    assert message.text == f"*Domanda 3 di 12*\n\n{GUARD}*urlo* e {GUARD}_grido_"


@pytest.mark.parametrize(
    "text",
    [
        "5 * 3 * 2",
        "https://wis.example/_next/_data/*",
        "https://wis.example/a_b_c",
        "nome_cognome",
        "*sola",
        "l'asilo - 3 anni",
    ],
)
def test_a_text_without_markup_stays_as_it_is(text):
    assert neutral(text) == text


@pytest.mark.parametrize("text", ["> cita", "- punto", "* punto", "~via~", "``` codice ```", "(*forte*)", "_*~x~*_"])
def test_markup_of_others_is_guarded_and_reads_the_same(text):
    assert neutral(text) != text
    assert neutral(text).replace(GUARD, "") == text


def test_an_asterisk_cannot_end_the_bold_title():
    assert bold("a * b* c\nd") == "*a ∗ b∗ c d*"


def test_a_photo_carries_its_text_and_a_document_does_not():
    photo = File("photo", "mappa.png", "image/png", b"x")
    document = File("document", "dati.pdf", "application/pdf", b"x")
    assert [m.text for m in whatsapp_layout(Letter(1, body=("Ecco.",), file=photo), WORDS)] == ["Ecco."]
    assert [m.text for m in whatsapp_layout(Letter(1, body=("Ecco.",), file=document), WORDS)] == ["", "Ecco."]


def test_an_ellipsis_marks_what_is_missing():
    assert clip("Assistenza domiciliare", 10) == "Assistenz" + ELLIPSIS


def test_a_token_too_long_for_a_list_leaves_the_numbers():
    (message,) = whatsapp_layout(Letter(1, choices=(Button("x" * 201, "Uno"),)), WORDS)
    assert (message.text, message.buttons) == ("1. Uno", ())


def test_a_limit_without_room_for_a_character_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="room"):
        split_text("ciao", 1)


def test_characters_no_one_sees_are_left_out():
    (message,) = whatsapp_layout(Letter(1, title="\x08", body=("ci\x00ao\r\nmondo", "\x1b"), ways=WAYS[:1]), WORDS)
    assert message.text == "ciao\nmondo"


def test_a_label_that_shows_nothing_still_can_be_tapped():
    (message,) = whatsapp_layout(Letter(1, body=("?",), choices=(Button("a", " "), Button("b", "\t"))), WORDS)
    assert [button.label for button in message.buttons] == ["1.", "2."]


def test_an_example_is_a_line_unless_the_text_names_it():
    (message,) = whatsapp_layout(Letter(1, body=("Quanti figli hai?",), example="es. 3", wanted="number"), WORDS)
    assert message.text == "Quanti figli hai?\n\nes. 3"
    (message,) = whatsapp_layout(Letter(1, body=("Un codice è fatto così: WIS-7K2M",), example="WIS-7K2M"), WORDS)
    assert message.text == "Un codice è fatto così: WIS-7K2M"
