"""Every right from the chat: read, know, withdraw, copy, erase."""

from dataclasses import replace

from conversations.effects import DiscardRun, Effect, ErasePerson, RecordConsent, ResumeMessages, Say
from conversations.messages import Attachment
from conversations.state import START
from tests.conversations.player import HOUSE, Player, content, golden, guest, member, open_wave

VERSION = "2026-11-25"


def with_answers(**consents: bool) -> Player:
    player = Player(member(reminders=True, **consents), **open_wave())
    player.says("menu")
    player.taps("Inizia il questionario")
    player.says("cominciamo")
    player.says("1")
    return player


def test_the_notice_is_read_by_pages_and_back_to_where_she_was() -> None:
    player = Player(member())
    player.says("/privacy")
    player.taps("Leggi l'informativa")
    pages = 1
    while "Avanti" in player.labels():
        player.taps("Avanti")
        pages += 1
    golden(player, "informativa")
    assert pages == content().documents["notice"].texts["it"].count("## ")
    for _ in range(pages):
        player.says("indietro")
    assert "I dati sono tuoi" in player.heard
    assert player.taps("Indietro").startswith("**Menu**")


def test_who_sees_what_and_whom_to_ask() -> None:
    player = Player(member())
    player.says("privacy")
    player.taps("Chi vede cosa")
    player.taps("Indietro")
    player.taps("Contatto privacy")
    golden(player, "chi_vede_cosa")
    assert "Chiama" not in player.heard
    nobody = Player(member(), house=replace(HOUSE, privacy_contact="", phone="", controller=""))
    nobody.says("privacy")
    assert "scrivi qui a una persona" in nobody.taps("Contatto privacy")


def test_a_consent_is_withdrawn_and_given_again_with_the_version_of_its_text() -> None:
    player = Player(member(newsletter=True))
    player.says("privacy")
    player.taps("I miei consensi")
    player.taps("Newsletter")
    player.taps("Ritira il consenso")
    assert player.did(RecordConsent) == [RecordConsent("newsletter", False, VERSION)]
    player.taps("Promemoria")
    player.taps("Sì, accetto")
    assert player.did(RecordConsent) == [RecordConsent("reminders", True, VERSION)]
    golden(player, "consensi")


def test_who_stopped_and_says_yes_again_receives_again() -> None:
    player = Player(member(newsletter=False))
    player.says("stop")
    player.says("privacy")
    player.says("i miei consensi")
    player.says("newsletter")
    player.says("sì")
    assert player.did(ResumeMessages) == [ResumeMessages()]


def test_without_the_consent_to_the_service_there_is_no_profile() -> None:
    player = Player(member())
    player.says("privacy")
    player.taps("I miei consensi")
    assert "non posso tenere il tuo profilo" in player.taps("Uso di WIS")
    assert "Cancello tutto" in player.taps("Cancella tutto")


def test_the_consent_to_the_questionnaire_takes_the_answers_along_and_says_so_before() -> None:
    player = with_answers(questionnaire=True)
    player.says("privacy")
    player.taps("I miei consensi")
    assert "cancello anche le risposte" in player.taps("Questionario")
    assert player.facts.run is not None
    run = player.facts.run.id
    assert "ho cancellato le tue risposte" in player.taps("Ritira il consenso")
    assert player.did(DiscardRun) == [DiscardRun(run)]
    player.taps("Questionario")
    assert player.labels() == ["Sì, accetto", "Indietro"]


def test_the_answers_alone_may_be_deleted() -> None:
    player = with_answers(questionnaire=True)
    assert player.facts.run is not None
    run = player.facts.run.id
    player.says("privacy")
    player.taps("Cancella le risposte")
    assert "non ho cancellato niente" in player.taps("No, tieni tutto")
    player.taps("Cancella le risposte")
    assert "non ci sono più" in player.taps("Sì, cancella")
    assert player.did(DiscardRun) == [DiscardRun(run)]
    assert "Cancella le risposte" not in player.labels()
    assert player.facts.person.member


def test_my_data_come_as_a_file_and_the_page_stays() -> None:
    player = Player(member())
    player.says("privacy")
    heard = player.taps("Scarica i miei dati")
    files = [e.message.attachment for e in player.effects if isinstance(e, Say) and e.message.attachment]
    assert files == [Attachment("export", "giulia", "document", "wis-dati.json", "application/json")]
    assert heard.endswith("[Indietro] [Menu]")


def test_everything_is_erased_after_two_confirmations_and_a_goodbye() -> None:
    player = Player(member(newsletter=True), **open_wave())
    player.says("cancella i miei dati")
    player.taps("Sì, cancella tutto")
    assert player.did(ErasePerson) == []
    player.says("sì")
    player.says("1")
    player.says("cancella tutto")
    player.taps("Sì, cancella tutto")
    player.says("CANCELLA")
    golden(player, "cancella_tutto")
    assert player.effects[0] == ErasePerson()
    assert player.state == replace(START, screen=player.state.screen)
    assert "Sono WIS" in player.says("ciao")


def test_a_number_never_erases() -> None:
    for text in ("1", "2", "ok", "sì", "cancellare", "canc", "ultima"):
        player = Player(member())
        player.says("cancella tutto")
        player.says("sì")
        player.says(text)
        assert player.did(ErasePerson) == [], text


def test_in_english_the_word_is_delete() -> None:
    player = Player(member(language="en"))
    player.says("delete my data")
    player.taps("Yes, delete it all")
    player.says("delete")
    assert player.did(ErasePerson) == [ErasePerson()]
    assert "I have deleted your data" in player.heard


def test_annulla_before_the_last_word_keeps_everything() -> None:
    player = Player(member())
    player.says("cancella tutto")
    player.says("sì")
    player.says("annulla")
    player.says("cancella")
    assert not any(isinstance(effect, ErasePerson) for effect in player.all_effects)


def test_a_guest_may_read_copy_and_erase() -> None:
    player = Player(guest())
    player.says("privacy")
    assert "I miei consensi" not in player.labels()
    assert "Cancella le risposte" not in player.labels()
    player.taps("Cancella tutto")
    player.taps("Sì, cancella tutto")
    kinds: list[type[Effect]] = [type(effect) for effect in (player.taps("CANCELLA") and player.effects)]
    assert kinds == [ErasePerson, Say]


def test_a_trial_says_so_on_the_first_page_of_the_notice() -> None:
    player = Player(member(), house=replace(HOUSE, controller=""))
    player.says("privacy")
    assert "solo dati inventati" in player.taps("Leggi l'informativa")
    assert "solo dati inventati" not in player.taps("Avanti")
