"""Long messages in parts, and who is speaking."""

from hypothesis import given
from hypothesis import strategies as st

from conversations.faq.clauses import clauses
from conversations.faq.speaker import speaker
from conversations.faq.tokens import tokens

STORY = (
    "Buongiorno, lavoro in una sartoria da sei anni e mi trovo bene con tutte. Mia madre è caduta a Pasqua."
    " Posso avere dei giorni per starle vicino? Grazie mille e buona giornata a voi."
)


def test_a_short_message_is_one_question() -> None:
    (only,) = clauses("mia madre è caduta, quanti giorni ho?")
    assert only.asks


def test_in_a_long_message_the_question_is_told_from_the_story() -> None:
    parts = clauses(STORY)
    asking = [" ".join(part.words) for part in parts if part.asks]
    assert asking == ["posso avere dei giorni per starle vicino"]
    assert len(parts) > len(asking)


def test_without_punctuation_a_message_is_parted_where_it_begins_to_ask() -> None:
    parts = clauses("allora io lavoro in un bar da due anni e mio figlio ha la febbre da ieri sera quanti giorni ho")
    assert [" ".join(part.words) for part in parts if part.asks] == ["quanti giorni ho"]


def test_a_story_without_any_question_asks_as_a_whole() -> None:
    parts = clauses(
        "la mia mamma non cammina. io lavoro tutto il giorno. mia sorella abita lontano. sono stanca morta."
    )
    assert parts and all(part.asks for part in parts)


@given(st.text())
def test_no_word_is_lost_or_invented(text: str) -> None:
    assert tuple(word for part in clauses(text) for word in part.words) == tokens(text)


def test_a_father_is_heard_in_what_he_says_of_his_wife() -> None:
    assert "@padre" in speaker(tokens("mia moglie partorisce a giugno"))
    assert "@padre" in speaker(tokens("my wife is pregnant"))


def test_an_employer_a_self_employed_person_and_a_daughter_are_told_apart() -> None:
    assert "@titolare" in speaker(tokens("la mia dipendente aspetta un bambino"))
    assert "@autonomo" in speaker(tokens("ho la partita iva"))
    assert "@per-anziano" in speaker(tokens("mia madre è anziana"))


def test_who_says_voi_speaks_to_the_project() -> None:
    assert "@voi" in speaker(tokens("quando mi rispondete?"))
