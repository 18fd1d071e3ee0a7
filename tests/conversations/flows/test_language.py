"""The language is changed by one word, anywhere, and nothing is lost."""

from conversations.effects import SetLanguage
from tests.conversations.player import Player, golden, guest, member, open_wave


def test_the_answer_comes_in_the_new_language_and_the_question_waits() -> None:
    player = Player(member(), **open_wave())
    player.says("menu")
    player.taps("Inizia il questionario")
    player.says("cominciamo")
    player.says("lingua")
    player.taps("English")
    assert player.did(SetLanguage) == [SetLanguage("en")]
    assert player.state.place.flow == "needs"
    golden(player, "cambiare_lingua")


def test_a_language_may_be_named_in_any_language() -> None:
    for text in ("inglese", "English", "2", "en"):
        player = Player(member())
        player.says("lingua")
        assert "let's speak English" in player.says(text)


def test_a_language_we_do_not_speak_is_answered_in_both() -> None:
    player = Player(member())
    player.says("lingua")
    assert "Choose a language below" in player.says("français")
    assert player.did(SetLanguage) == []


def test_a_guest_may_change_it_and_returns_to_the_start() -> None:
    player = Player(guest())
    player.says("ciao")
    player.says("language")
    assert "I am WIS" in player.taps("English")


def test_back_leaves_the_language_as_it_is() -> None:
    player = Player(member())
    player.says("menu")
    player.taps("Lingua / Language")
    assert "Menu" in player.taps("Indietro")
    assert player.did(SetLanguage) == []
