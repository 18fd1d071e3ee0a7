"""From an open code to a member: language, privacy sentence first, one consent at a time."""

from dataclasses import replace

from conversations.effects import AcceptInvitation, RecordConsent, SetLanguage
from conversations.events import Said, Sent
from conversations.flow import GoTo
from conversations.flows.joining import Joining
from tests.conversations.player import HOUSE, Player, content, golden, guest, open_wave

CODE = "WIS-7K3M-2QXA"
VERSION = "2026-11-25"


def at_notice(**facts: object) -> Player:
    player = Player(guest(), **facts)
    player.invites(CODE)
    player.opens(CODE)
    player.taps("Italiano")
    return player


def test_a_worker_joins_in_four_taps_and_may_begin_the_questionnaire() -> None:
    player = Player(guest(), **open_wave())
    player.invites(CODE)
    player.opens(CODE)
    player.taps("Italiano")
    player.taps("Accetto")
    assert player.did(AcceptInvitation) == [AcceptInvitation(f"id of {CODE}")]
    assert player.did(RecordConsent) == [RecordConsent("service", True, VERSION)]
    player.taps("Sì")
    assert player.did(RecordConsent) == [RecordConsent("newsletter", True, VERSION)]
    player.taps("No, grazie")
    assert player.did(RecordConsent) == [RecordConsent("reminders", False, VERSION)]
    golden(player, "entrare")
    player.taps("Comincia ora")
    assert player.state.place.flow == "needs"
    assert player.state.parked == ()


def test_the_privacy_sentence_comes_before_any_question() -> None:
    notice = at_notice().heard
    assert notice.index("Il tuo datore di lavoro non vede le tue risposte.") < notice.index("?")


def test_english_is_spoken_from_the_choice_on() -> None:
    player = Player(guest())
    player.invites(CODE)
    player.opens(CODE)
    assert "Your employer does not see your answers." in player.says("inglese")
    assert player.did(SetLanguage) == [SetLanguage("en")]
    player.taps("I agree")
    player.says("yes please")
    player.says("no thanks")
    golden(player, "joining_in_english")


def test_the_language_may_be_answered_by_number_or_asked_again() -> None:
    player = Player(guest())
    player.invites(CODE)
    player.opens(CODE)
    assert "Choose a language below" in player.says("deutsch")
    assert "La tua privacy" in player.says("1")


def test_the_whole_notice_is_read_page_by_page_and_back() -> None:
    player = at_notice()
    player.taps("Leggi tutto")
    pages = 1
    while "Avanti" in player.labels():
        player.taps("Avanti")
        pages += 1
    sections = content().documents["notice"].texts["it"].count("## ")
    assert pages == sections - 1
    assert player.labels() == ["Accetto", "No, grazie", "Indietro"]
    for _ in range(pages - 1):
        player.says("indietro")
    assert "Chi tiene i tuoi dati" in player.heard
    assert "Leggi tutto" in (player.taps("Indietro") and player.labels())
    assert "In che lingua" in player.says("indietro")
    assert "Sono WIS" in player.says("indietro")


def test_yes_and_no_in_words_answer_the_notice() -> None:
    assert "newsletter" in at_notice().says("va bene")
    assert "nessun problema" in at_notice().says("no")
    unclear = at_notice()
    assert "Non ho capito" in unclear.says("forse")
    assert "parla con una persona" in unclear.says("mah")
    assert unclear.labels()[-2:] == ["Menu", "Parla con noi"]


def test_a_refusal_stores_nothing_and_leaves_the_road_open() -> None:
    player = at_notice()
    player.taps("No, grazie")
    assert not [e for e in player.all_effects if isinstance(e, AcceptInvitation | RecordConsent)]
    player.taps("Ho cambiato idea")
    player.taps("Accetto")
    golden(player, "rifiutare_e_ripensarci")


def test_a_code_used_by_somebody_else_meanwhile_is_told_before_anything_is_stored() -> None:
    player = at_notice()
    player.invites(CODE, "used")
    assert "già stato usato" in player.taps("Accetto")
    assert player.did(AcceptInvitation) == []
    assert player.did(RecordConsent) == []


def test_a_double_tap_joins_once() -> None:
    player = at_notice()
    before = player.screen
    player.taps("Accetto")
    player.screen = before
    assert player.taps("Accetto") == ""
    assert player.effects == ()


def test_words_that_always_work_lead_aside_and_back() -> None:
    player = at_notice()
    assert "Come funziona" in player.says("aiuto")
    assert "La tua privacy" in player.says("indietro")
    assert "I miei dati" in player.says("privacy")
    assert "La tua privacy" in player.says("indietro")
    assert "Which language" in player.says("lingua")
    assert "Your privacy" in player.says("english")


def test_bare_start_while_joining_shows_the_start_and_the_code_is_not_lost_for_good() -> None:
    player = at_notice()
    assert "Sono WIS" in player.opens()
    assert "Il codice va bene" in player.says(CODE)


def test_only_a_worker_is_asked_about_reminders() -> None:
    player = Player(guest())
    player.invites(CODE, role="partner", enterprise="")
    player.opens(CODE)
    player.taps("Italiano")
    player.taps("Accetto")
    heard = player.taps("No, grazie")
    assert "Ora fai parte di WIS." in heard
    assert "Che cosa ti serve?" in heard and "Incassa un voucher" in player.labels()
    assert player.state.place.flow == "menu"


def test_back_among_the_optional_consents_never_takes_the_first_one_back() -> None:
    player = at_notice()
    player.taps("Accetto")
    assert "Vuoi la newsletter?" in player.says("indietro")
    player.taps("Sì")
    assert "Vuoi la newsletter?" in player.says("indietro")
    assert player.facts.person.agrees("service")


def test_a_trial_without_a_controller_says_so() -> None:
    real, trial = at_notice(), at_notice(house=replace(HOUSE, controller=""))
    assert "solo dati inventati" in trial.heard
    assert "solo dati inventati" not in real.heard


def test_a_photo_or_other_words_at_a_consent_are_explained_and_nothing_is_recorded() -> None:
    player = at_notice()
    player.taps("Accetto")
    for what in (Sent("photo", "r"), Said("boh")):
        player.does(what)
        assert "Vuoi la newsletter?" in player.heard
        assert player.did(RecordConsent) == []


def at_refused() -> Player:
    player = at_notice()
    player.taps("No, grazie")
    return player


def test_back_from_a_refusal_is_the_notice() -> None:
    assert "La tua privacy" in at_refused().says("indietro")


def test_joining_without_a_code_is_the_welcome() -> None:
    player = at_notice()
    outcome = Joining().enter({}, player.facts)
    assert outcome.then == GoTo("welcome")


def test_a_typed_yes_after_a_refusal_shows_the_notice_again_and_is_no_consent_yet() -> None:
    player = at_refused()
    assert "La tua privacy" in player.says("accetto")
    assert not player.did(AcceptInvitation)
    player.says("sì")
    assert player.did(AcceptInvitation)


def test_a_second_no_is_no_misunderstanding() -> None:
    said = at_refused().says("no")
    assert "nessun problema" in said and "Non ho capito" not in said
