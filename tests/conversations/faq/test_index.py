"""Asking the index."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.faq.concepts import read_table
from conversations.faq.entries import ELSEWHERE as OUTSIDE
from conversations.faq.entries import VIOLENCE
from conversations.faq.index import build
from conversations.faq.ranking import Helpline, Outcome
from tests.conversations.faq.small import ELSEWHERE, ENTRIES, TABLE, index

IDS = {entry.id for entry in ENTRIES}


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("quanto dura la maternità?", "congedo-maternita"),
        ("sono incinta e non so quando smettere", "congedo-maternita"),
        ("how many months of maternity leave do I have", "congedo-maternita"),
        ("mia moglie partorisce a marzo", "congedo-paternita"),
        ("la facoltativa per mio figlio", "congedo-parentale"),
        ("fcaoltativa", "congedo-parentale"),
        ("rimborso dellasilo nido", "bonus-nido"),
        ("quando arrivano i soldi", "voucher-tempi"),
        ("andare in pensione", "fuori-pensione"),
    ],
)
def test_a_question_finds_its_topic(question: str, id_: str) -> None:
    assert index().ask(question).ids[0] == id_


def test_a_plain_question_is_answered() -> None:
    ranking = index().ask("quanti mesi di congedo parentale ho?")
    assert (ranking.outcome, ranking.ids[0], ranking.offered) == (Outcome.ANSWER, "congedo-parentale", ())


@pytest.mark.parametrize("question", ["che tempo fa domani?", "tell me a joke", "come cucino la pasta"])
def test_talk_about_other_things_is_not_answered(question: str) -> None:
    ranking = index().ask(question)
    assert ranking.outcome is Outcome.DEFER
    assert OUTSIDE not in ranking.ids


@pytest.mark.parametrize("question", ["", "   ", "😀😀😀", "?!?", "​"])
def test_nothing_said_is_deferred_with_every_topic_in_the_ranking(question: str) -> None:
    ranking = index().ask(question)
    assert (ranking.outcome, ranking.score) == (Outcome.DEFER, 0.0)
    assert set(ranking.ids) == IDS


@pytest.mark.parametrize("question", ["quiero saber cuanto tengo para mi hijo", "мой ребёнок болеет сегодня"])
def test_a_language_we_do_not_speak_is_told_and_never_answered(question: str) -> None:
    ranking = index().ask(question)
    assert (ranking.outcome, ranking.language) == (Outcome.DEFER, "other")


@pytest.mark.parametrize(
    "question",
    [
        "mio marito mi picchia",
        "my husband hits me",
        "il mio compagno mi controlla il telefono e ho paura, posso cambiare turno?",
        "ho paura di tornare a casa, posso cambiare turno?",
    ],
)
def test_possible_violence_comes_first(question: str) -> None:
    ranking = index().ask(question)
    assert (ranking.outcome, ranking.ids[0], ranking.helpline) == (Outcome.ANSWER, VIOLENCE, Helpline.FIRST)


@pytest.mark.parametrize(
    "question",
    ["mi mena quando torno tardi, quanti giorni di maternità ho?", "vorrei farla finita, quanto dura la maternità?"],
)
def test_a_doubt_goes_beside_what_was_asked(question: str) -> None:
    ranking = index().ask(question)
    assert (ranking.ids[:2], ranking.helpline) == (("congedo-maternita", VIOLENCE), Helpline.BESIDE)


@pytest.mark.parametrize("context", [*sorted(IDS), None])
def test_violence_is_heard_whatever_was_asked_before(context: str | None) -> None:
    assert index().ask("mio marito mi picchia", context=context).ids[0] == VIOLENCE


def test_what_follows_1522_is_not_violence_again() -> None:
    for said in ("stronza", "ciao come va", "grazie", "e quanti giorni?"):
        assert index().ask(said, context=VIOLENCE).helpline is Helpline.NO


@pytest.mark.parametrize("question", ["posso portare il furetto", "che tempo fa domani", "quanto dura la maternità"])
def test_a_small_store_does_not_take_everything_for_violence(question: str) -> None:
    assert index().ask(question).helpline is Helpline.NO


def test_without_a_topic_on_violence_its_words_are_heard_all_the_same() -> None:
    others = build([entry for entry in ENTRIES if entry.id != VIOLENCE], read_table(TABLE), ELSEWHERE)
    found = others.ask("mio marito mi picchia")
    assert found.helpline is Helpline.BESIDE and VIOLENCE not in found.ids


def test_a_fear_that_is_not_of_a_person_close_by_is_not_taken_for_violence() -> None:
    assert index().ask("ho paura di non avere la maternità").ids[0] == "congedo-maternita"
    assert index().ask("il capo: ho paura di tornare a casa senza maternità").ids[0] == "congedo-maternita"


def test_a_follow_up_stays_with_the_topic_of_the_question_before() -> None:
    for id_ in ("congedo-maternita", "congedo-parentale", "bonus-nido"):
        assert index().ask("e come si fa?", context=id_).ids[0] == id_


def test_a_follow_up_is_never_given_up() -> None:
    assert index().ask("e per lei quanto?").outcome is Outcome.DEFER
    assert index().ask("e per lei quanto?", context="bonus-nido").outcome is not Outcome.DEFER


def test_a_follow_up_may_change_the_topic() -> None:
    assert index().ask("e il papà quanti giorni ha?", context="congedo-maternita").ids[0] == "congedo-paternita"


def test_an_unknown_context_changes_nothing() -> None:
    question = "quanto dura la maternità"
    assert index().ask(question, context="non-esiste") == index().ask(question)


def test_a_chosen_side_moves_the_ranking() -> None:
    unsure = index().ask("quanto mi danno")
    chosen = index().ask("quanto mi danno", facet="voucher")
    assert chosen.ids.index("voucher-tempi") <= unsure.ids.index("voucher-tempi")
    assert chosen.ids[0] == "voucher-tempi"


def test_choices_are_at_most_three_real_topics() -> None:
    seen = set()
    for question in ("quanti giorni ho", "quanti mesi", "soldi per mio figlio", "how many days", "quando"):
        ranking = index().ask(question)
        seen.add(ranking.outcome)
        assert (ranking.outcome is Outcome.CHOICES) == bool(ranking.offered)
        assert len(ranking.offered) <= 3 and set(ranking.offered) <= IDS
        assert ranking.offered == ranking.ids[: len(ranking.offered)]
    assert seen != {Outcome.ANSWER}


def test_a_score_is_explained_by_its_weightiest_words() -> None:
    reasons = index().explain("quanti mesi di congedo parentale ho", "congedo-parentale")
    assert "#congedo-parentale" in {reason.feature for reason in reasons}
    amounts = [abs(reason.amount) for reason in reasons]
    assert amounts == sorted(amounts, reverse=True) and len(reasons) <= 8


def test_a_topic_that_was_taken_out_is_not_found_any_more() -> None:
    fewer = build(ENTRIES[1:], read_table(TABLE), ELSEWHERE)
    assert "congedo-maternita" not in fewer.ask("quanto dura la maternità").ids


def test_another_opinion_moves_the_ranking_and_silence_does_not() -> None:
    def sure(_: str) -> dict[str, float]:
        return {"bonus-nido": 1.0}

    question = "un aiuto per il piccolo"
    plain = index().ask(question)
    moved = build(ENTRIES, read_table(TABLE), ELSEWHERE, scorer=sure).ask(question)
    silent = build(ENTRIES, read_table(TABLE), ELSEWHERE, scorer=lambda _: {}).ask(question)
    assert moved.ids[0] == "bonus-nido"
    assert silent == plain


def test_an_index_of_nothing_defers() -> None:
    assert build((), ()).ask("quanto dura la maternità").outcome is Outcome.DEFER


@settings(max_examples=150)
@given(st.text(max_size=400) | st.text(alphabet="abcdei '?.,\n#@&=_|0123 èà", max_size=200))
def test_hostile_text_gets_an_honest_ranking(text: str) -> None:
    ranking = index().ask(text)
    assert set(ranking.ids) == IDS and len(ranking.ids) == len(IDS)
    assert 0.0 <= ranking.score <= 1.0
    assert ranking == index().ask(text)


@pytest.mark.parametrize(
    "text", ["a" * 5_000, "maternità " * 700, "<b>ciao</b>" * 500, "#figlio " * 700, "\ud800" * 9]
)
def test_five_thousand_characters_are_read(text: str) -> None:
    assert set(index().ask(text).ids) == IDS
