"""1522 comes first, from wherever it is told; nothing is asked of her, nothing is kept, and it can be taken away."""

import pytest

from conversations.effects import Say
from conversations.events import Chose
from conversations.faq_orders import QueueQuestion, RateAnswer
from conversations.state import HOME
from tests.conversations.flows.answers import finder, knowledge, violent
from tests.conversations.flows.phones import Phone, World
from tests.conversations.flows.test_needs import begin, go_to, values
from tests.conversations.player import Player, golden, guest, member

CARD = "Chiama il 1522."
GENTLE = "Se qualcuno ti fa del male o ti fa paura, puoi chiamare il 1522."
WORDS = ("mio marito mi picchia", "ho paura di tornare a casa", "my husband hits me", "il bancomat ce l'ha lui")
LOOKS = ("telegram", "whatsapp", "terminal")


def person(look: str = "telegram", **more) -> Phone:
    return World(faq=knowledge(), **more).phone("giulia", look)


def traces(phone: Phone) -> str:
    """Whatever of it is left where she is, and what was counted or kept of it."""
    kept = [one for one in phone.world.effects if isinstance(one, QueueQuestion | RateAnswer)]
    state = repr(phone.state).casefold()
    said = [word for word in ("violenz", "1522", "picchia", "bancomat") if word in state]
    return "".join([*map(repr, kept), *said])


# It comes first


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("look", LOOKS)
def test_1522_comes_first_and_the_words_are_kept_nowhere(words: str, look: str) -> None:
    giulia = person(look)
    said = giulia.say(words)
    assert "1522" in said.split("\n---\n")[0]
    assert words not in repr(giulia.state)
    assert "Sì, chiedilo tu" not in giulia.labels
    assert not traces(giulia)


def test_the_card_asks_for_no_verdict_and_offers_a_person() -> None:
    giulia = person()
    said = giulia.say("mio marito mi picchia")
    assert "Ti è servita?" not in said and "Mi è servita" not in giulia.labels
    assert giulia.labels[0] == "Chiedi a una persona" and "Nascondi" in giulia.labels


def test_who_meant_something_else_finds_it_from_the_card() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    said = giulia.tap("Cercavo altro")
    assert "Intendevi una di queste?" in said and "congedo-parentale" in giulia.labels
    assert "Risposta su congedo-parentale." in giulia.tap("congedo-parentale")
    assert not traces(giulia)


@pytest.mark.parametrize("word", ["grazie", "ok grazie mille", "ciao", "vaffanculo", "sei un cretino", "👍", "boh"])
@pytest.mark.parametrize("look", LOOKS)
def test_thanks_small_talk_or_an_insult_does_not_repeat_the_card(word: str, look: str) -> None:
    giulia = person(look)
    giulia.say("mio marito mi picchia")
    said = giulia.say(word)
    assert said and CARD not in said and "1522" not in said and "mi fa piacere" not in said
    assert not traces(giulia)


def test_a_word_after_the_card_is_told_that_we_are_here_however_often() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    for word in ("boh", "stronza", "lascia stare"):
        assert "Sono qui. Se vuoi, scrivi a una persona, o fammi un'altra domanda." in giulia.say(word)


def test_a_question_that_goes_on_reads_the_card_again_and_another_one_its_own_answer() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    assert CARD in giulia.say("e quanti giorni sono?")
    assert "Risposta su congedo-parentale." in giulia.say("quanto dura il congedo parentale?")
    giulia.say("mio marito mi picchia")
    assert CARD in giulia.say("mio marito mi picchia"), "who says it again is told again"


def test_a_doubt_is_told_gently_before_the_answer_and_before_an_i_do_not_know() -> None:
    giulia = person()
    said = giulia.say("posso cambiare turno? lui mi aspetta fuori")
    assert said.index(GENTLE) < said.index("Risposta su riposi.") and "Ti è servita?" not in said
    said = giulia.say("a casa succedono cose brutte")
    assert said.index(GENTLE) < said.index("Non lo so") and "Sì, chiedilo tu" not in giulia.labels
    said = giulia.say("un aiuto per il bambino e per me")
    assert said.index(GENTLE) < said.index("Intendevi") and "Nascondi" in giulia.labels
    assert "succedono" not in repr(giulia.state) and not traces(giulia).replace("violenz", "")


def test_one_of_several_questions_may_be_the_one_that_tells_it() -> None:
    giulia = person()
    known = finder(giulia.world.faq)
    known.known = {**known.known, "che faccio se mi aspetta fuori?": violent()}
    said = giulia.say("quanto dura il congedo parentale? che faccio se mi aspetta fuori?")
    assert CARD in said and "Risposta su congedo-parentale." not in said


def test_it_is_told_in_the_language_she_wrote_in_as_well() -> None:
    giulia = person()
    said = giulia.say("my husband hits me")
    assert CARD in said
    giulia.say("language")
    giulia.say("english")
    assert "Call 1522." in giulia.say("my husband hits me")


# From everywhere


@pytest.mark.parametrize("words", WORDS)
def test_violence_is_heard_in_the_middle_of_the_questionnaire_which_goes_on_afterwards(words: str) -> None:
    giulia = person()
    for word in ("menu", "1", "1", "1"):
        giulia.say(word)
    before = giulia.text
    assert "1522" in giulia.say(words)
    assert giulia.say("indietro").endswith(before.split("\n")[-1]) and giulia.state.place.flow == "needs"


def test_1522_comes_first_where_an_own_answer_of_the_questionnaire_tells_it_without_a_word_of_the_list() -> None:
    phone = begin()
    phone.world.faq = knowledge()
    go_to(phone, "h3")
    said = phone.say("il bancomat ce l'ha lui")
    assert said.index("1522") < said.index("• ")
    assert values(phone)["h3"] == "il bancomat ce l'ha lui"


@pytest.mark.parametrize("start", ["faq", "persona", "privacy", "lingua", "collega", "aiuto", "menu"])
@pytest.mark.parametrize("words", WORDS)
def test_violence_is_heard_on_every_screen(start: str, words: str) -> None:
    giulia = person()
    giulia.say(start)
    assert "1522" in giulia.say(words)


def test_a_guest_without_a_code_hears_it_too() -> None:
    anna = Player(guest(), faq=knowledge())
    anna.opens()
    assert "1522" in anna.says("mio marito mi picchia")


# Taken away


def test_the_card_disappears_on_telegram_when_she_asks_for_it() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    said = giulia.tap("Nascondi")
    shown = [effect for effect in giulia.world.effects if isinstance(effect, Say)][-1]
    assert shown.replaces and "1522" not in said and "violenza" not in said.casefold()
    assert "tienili premuti" in said and not traces(giulia)


def test_an_old_card_disappears_too_and_what_she_is_doing_goes_on() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    for word in ("menu", "1", "1", "1"):
        giulia.say(word)
    place, labels = giulia.state.place, giulia.labels
    giulia.take(Chose("@faq:hide", "Nascondi"))
    (shown,) = giulia.messages
    assert [one for one in giulia.world.effects if isinstance(one, Say)][-1].replaces
    assert "Ho tolto il messaggio." in giulia.text and shown.screen is None
    assert giulia.state.place == place and labels


def test_an_interruption_does_not_bring_the_card_back() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    giulia.say("aiuto")
    said = giulia.say("indietro")
    assert "1522" not in said and giulia.state.place != HOME


@pytest.mark.parametrize(("look", "told"), [("whatsapp", "Elimina per me"), ("terminal", "chiudi questa finestra")])
def test_where_nothing_can_be_taken_away_she_reads_how_to_do_it_herself(look: str, told: str) -> None:
    giulia = person(look)
    giulia.say("mio marito mi picchia")
    said = giulia.tap("Nascondi")
    assert told in said and "1522" not in said and "violenza" not in said.casefold()
    giulia.say("mio marito mi picchia")
    assert told in giulia.say("nascondi")


def test_who_types_the_word_on_telegram_is_told_to_tap() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    said = giulia.say("Nascondi")
    assert "Tocca «Nascondi» sotto il messaggio che vuoi togliere." in said and "Ho tolto" not in said


def test_who_writes_to_a_person_about_violence_leaves_no_subject() -> None:
    giulia = person()
    giulia.say("mio marito mi picchia")
    said = giulia.tap("Chiedi a una persona")
    assert "Fai la tua domanda con parole tue." in said and "violenza" not in said.casefold()
    giulia.say("ho bisogno di parlare")
    giulia.say("invia")
    (thread,) = giulia.world.tickets.values()
    assert thread.topic == ""


# The dialogues, word for word


@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
def test_the_dialogue_about_violence(look: str) -> None:
    giulia = Player(member(), faq=knowledge(), look=look)
    giulia.says("il bancomat ce l'ha lui")
    giulia.says("grazie")
    giulia.says("stronza")
    giulia.says("e quanti giorni sono?")
    giulia.taps("Nascondi")
    giulia.says("a casa succedono cose brutte")
    giulia.taps("Chiedi a una persona")
    golden(giulia, f"violenza-{look}")
