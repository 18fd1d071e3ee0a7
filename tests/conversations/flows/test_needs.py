"""The needs questionnaire as people meet it: begin, answer, stop, come back, look again, send, delete."""

import functools
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from conversations.effects import Forget, RecordConsent, Remind, SaveRun, StartRun
from conversations.events import Chose, ContactShared, Located, Sent, Unreadable
from conversations.facts import Consent
from conversations.forms.walk import Run, prompt
from conversations.phrases import render
from tests.conversations.flows.phones import ZONE, Phone, World, consent
from tests.conversations.player import content, needs_form


def begin(look: str = "telegram", world: World | None = None) -> Phone:
    phone = (world or World()).phone("giulia", look)
    phone.say("menu")
    phone.tap("Inizia il questionario")
    phone.tap("Cominciamo")
    return phone


def answer(phone: Phone, given: dict[str, str]) -> None:
    """The question on the screen is answered: as given by name, else with the first choice, a text is skipped."""
    name, several = asked(phone), phone.received[-1].multiple
    phone.say(given.get(name) or ("1" if phone.received[-1].choices else "salta"))
    if several and asked(phone) == name:
        phone.say("fatto")
    assert asked(phone) != name, phone.text


def answer_all(phone: Phone, **given: str) -> None:
    """Every question is answered until the summary."""
    while asked(phone):
        answer(phone, given)


def go_to(phone: Phone, wanted: str, **given: str) -> None:
    """Every question before this one is answered."""
    while asked(phone) != wanted:
        assert asked(phone), f"{wanted} is not asked"
        answer(phone, given)


def asked(phone: Phone) -> str:
    """The name of the question on the screen, empty at the summary or elsewhere."""
    return str(phone.state.place.data.get("ref", "")).rpartition("/")[2] if phone.state.place.step == "ask" else ""


def run_of(phone: Phone) -> Run:
    assert phone.record.run is not None
    return phone.record.run.run


def values(phone: Phone) -> dict[str, str]:
    return {ref.rpartition("/")[2]: value for ref, value in run_of(phone).saved.values.items()}


PARENT = {"b1": "2, 3", "b2": "no, salta queste"}
CARER = {
    "b1": "3",
    "b2": "sì, accetto",
    "b3": "una persona anziana",
    "f1": "cura di un adulto",
    "f2": "assistenza a casa",
}


# Beginning


def test_the_first_steps_read_like_this() -> None:
    phone = World().phone("giulia", "whatsapp")
    phone.say("menu")
    assert phone.say("1") == (
        "I tuoi bisogni\n"
        "Il questionario chiede del tuo lavoro, della famiglia e del tempo. Il tuo datore di lavoro non vede le "
        "risposte e non sa se rispondi.\n\n"
        "Le usa solo l'associazione, per scegliere gli aiuti giusti. Pubblica solo numeri di gruppo, mai di una "
        "persona sola.\n\n"
        "Puoi saltare domande, fermarti e cancellare tutto finché la raccolta è aperta. Dire no non ti toglie "
        "niente.\n"
        "Puoi rispondere fino al 23 dicembre 2026.\n"
        "Bastano 5 o 6 minuti. Cominciamo?\n"
        "[Cominciamo]\n[Più tardi]\n[Spiegami la privacy]\n[Indietro]"
    )
    assert phone.say("1") == (
        "Domanda 1 di 18 · Il tuo lavoro\n"
        "Come lavori nell'impresa?\n"
        "Collaborare vuol dire, per esempio, con partita IVA o co.co.co.\n"
        "[Sono dipendente]\n[Collaboro]\n[Sono titolare]\n[Apprendistato o stage]"
    )
    assert phone.say("sono titolare").startswith("Domanda 2 di 20 · Il tuo lavoro\nChe orario hai?\n")


def test_nothing_is_kept_before_the_person_agrees() -> None:
    phone = World().phone("giulia")
    phone.say("menu")
    phone.tap("Inizia il questionario")
    said = phone.tap("Più tardi")
    assert said.startswith("Menu\nVa bene, quando vuoi.")
    assert phone.record.run is None
    assert phone.record.timers == {}
    assert "questionnaire" not in phone.record.person.consents


def test_the_privacy_words_are_shown_and_then_the_question_again() -> None:
    phone = World().phone("giulia")
    phone.say("menu")
    phone.tap("Inizia il questionario")
    said = phone.say("spiegami la privacy")
    assert "mai alla tua impresa" in said
    assert said.endswith("[Cominciamo]\n[Più tardi]\n[Spiegami la privacy]\n[Indietro]")
    assert phone.record.run is None
    assert phone.state.misses == 0


def test_to_begin_records_the_consent_to_the_text_that_was_shown() -> None:
    phone = begin()
    given = phone.record.person.consents["questionnaire"]
    assert given.given and given.text_version == content().documents["questionnaire"].version
    kinds = [type(effect) for effect in phone.world.effects]
    assert kinds.index(StartRun) < kinds.index(RecordConsent)


def test_words_that_are_no_choice_do_not_begin_anything() -> None:
    phone = World().phone("giulia")
    phone.say("menu")
    phone.tap("Inizia il questionario")
    assert "Non trovo questa risposta" in phone.say("boh, non saprei")
    phone.send("voice")
    assert phone.record.run is None


def test_back_from_the_first_screen_is_the_menu() -> None:
    phone = World().phone("giulia")
    phone.say("menu")
    phone.tap("Inizia il questionario")
    assert phone.tap("Indietro").startswith("Menu\n")


# Answering


def test_every_answer_is_kept_at_once() -> None:
    phone = begin()
    for name, said in (("a1", "1"), ("a2", "part-time"), ("a4", "salta")):
        go_to(phone, name)
        before = len(phone.world.effects)
        phone.say(said)
        assert any(isinstance(effect, SaveRun) for effect in phone.world.effects[before:])
    assert values(phone)["a1"] == "employee"
    assert values(phone)["a2"] == "part"
    assert "a4" not in values(phone)


@pytest.mark.parametrize("typed", ["1, 3", "1 e 3", "prima delle 8, il sabato", "1\n3", "Prima delle 8 e il sabato"])
def test_several_choices_in_one_message_are_the_whole_answer(typed: str) -> None:
    phone = begin("whatsapp")
    go_to(phone, "a3")
    phone.say(typed)
    assert values(phone)["a3"] == "early saturday"
    assert asked(phone) == "a4"


def test_marks_are_kept_and_done_ends_the_marking() -> None:
    phone = begin()
    go_to(phone, "a3")
    assert "[✓Prima delle 8]\n[□Dopo le 19]" in phone.tap("Prima delle 8")
    assert phone.received[-1].multiple
    assert "[✓Dopo le 19]" in phone.tap("Dopo le 19")
    assert "[□Prima delle 8]" in phone.tap("Prima delle 8")
    phone.tap("Fatto")
    assert values(phone)["a3"] == "evening"


def test_an_answer_that_stands_alone_clears_the_others() -> None:
    phone = begin()
    go_to(phone, "a3")
    phone.tap("Prima delle 8")
    assert "[□Prima delle 8]" in phone.tap("Nessuno di questi")
    phone.tap("Fatto")
    assert values(phone)["a3"] == "none"


def test_a_rule_of_the_form_is_told_in_the_readers_language() -> None:
    phone = begin()
    go_to(phone, "e1")
    assert "Scegli al massimo 3 risposte. «Niente di questo»" in phone.say("1, 2, 3, 4")
    assert asked(phone) == "e1"
    assert "e1" not in values(phone)
    phone.say("lingua")
    phone.say("english")
    assert 'Choose up to 3 answers. "None of these"' in phone.say("1, 2, 3, 4")


def test_a_required_question_cannot_be_skipped_and_says_why() -> None:
    phone = begin()
    assert "Salta" not in phone.labels
    assert "Questa risposta ci serve." in phone.say("salta")
    assert asked(phone) == "a1"


def test_a_skipped_question_counts_as_dealt_with() -> None:
    phone = begin()
    phone.say("1")
    assert phone.say("salta").startswith("Domanda 3 di ")
    assert "nessuna risposta" not in phone.text


def test_back_shows_the_earlier_answer_and_keeps_it() -> None:
    phone = begin()
    phone.say("2")
    said = phone.say("indietro")
    assert "La tua risposta di prima: Collaboro" in said
    assert "Lascia così" in phone.labels
    assert phone.tap("Lascia così").startswith("Domanda 2 di ")
    assert values(phone)["a1"] == "collaborator"


def test_an_earlier_answer_can_be_taken_back_but_salta_only_goes_on() -> None:
    phone = begin()
    go_to(phone, "a4")
    phone.say("indietro")
    phone.say("indietro")
    assert asked(phone) == "a2"
    phone.say("salta")
    assert values(phone)["a2"] == "full"
    assert asked(phone) == "a4"
    phone.say("indietro")
    phone.say("indietro")
    phone.tap("Togli la risposta")
    assert "a2" not in values(phone)
    assert asked(phone) == "a4"


def test_from_the_first_question_back_leads_out_and_says_what_is_kept() -> None:
    phone = begin()
    assert phone.say("indietro").startswith("Menu\nLe tue risposte restano qui.")


def test_the_scale_from_one_to_five_is_a_row_of_choices() -> None:
    phone = begin()
    go_to(phone, "g1")
    assert phone.labels[:5] == ["1", "2", "3", "4", "5"]
    assert "Da 1 (molto male) a 5 (molto bene)." in phone.text
    assert "Non trovo" in phone.say("7") or "da 1 a 5" in phone.text
    phone.say("quattro")
    assert values(phone)["g1"] == "4"


def test_the_free_text_is_kept_as_written_and_is_never_markup() -> None:
    phone = begin()
    go_to(phone, "h3")
    hostile = "<b>ciao</b> {x} %s ‮ {0.__class__} 👩‍👧 'DROP TABLE"
    phone.say(hostile)
    assert values(phone)["h3"] == hostile
    assert "<b>ciao</b> {x} %s" in phone.text


def test_a_text_that_is_too_long_is_refused_with_the_one_limit_of_the_form() -> None:
    phone = begin()
    go_to(phone, "h3")
    assert "Scrivi al massimo 500 caratteri." in phone.say("a" * 501)
    said = phone.say("a" * 2_001)
    assert "Il testo è troppo lungo. Scrivilo più breve." in said
    assert "Al massimo 500 caratteri." in said and "2000" not in said
    phone.say("a" * 500)
    assert len(values(phone)["h3"]) == 500


def test_1522_comes_first_where_the_free_text_speaks_of_violence() -> None:
    phone = begin()
    go_to(phone, "h3")
    said = phone.say("mio marito mi picchia")
    assert said.index("1522") < said.index("• ")
    assert values(phone)["h3"] == "mio marito mi picchia"


def test_from_the_second_misunderstanding_on_the_menu_and_a_person_stand_beside_why() -> None:
    phone = begin()
    assert "Non trovo questa risposta" in phone.say("xyzzy")
    for _ in range(2):
        assert "Non trovo questa risposta" in phone.say("xyzzy")
        assert {"Menu", "Parla con noi"} <= set(phone.labels)


KINDS = ("photo", "document", "voice", "audio", "video", "sticker", "other")
STRANGE = (
    *(Sent(kind, "ref") for kind in KINDS),
    Located(45.46, 9.19),
    ContactShared("+1 202 555 0199", own=False),
    Unreadable("poll"),
)
HOSTILE = (
    "x" * 10_000, "‮abc‬", "\u200b", "🙂" * 50, "<b>1</b>", "999", "1-3", "31/02/2026", "{number}", "'; drop",
    "a\x00b",
)  # fmt: skip


@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
def test_no_question_takes_what_is_no_answer_and_all_explain_themselves(look: str) -> None:
    phone = begin(look)
    given = {"a1": "sono titolare", "b1": "3", "b2": "sì, accetto", "b3": "una persona anziana"}
    names = []
    while name := asked(phone):
        names.append(name)
        before = run_of(phone)
        for what in STRANGE:
            phone.take(what)
            assert asked(phone) == name
            assert run_of(phone) == before
            assert len(phone.messages) == 1 and len(phone.messages[0].body) > 1
        for text in HOSTILE if name != "h3" else ():
            phone.say(text)
            assert asked(phone) == name, text
            assert run_of(phone).saved.values == before.saved.values
        answer(phone, given)
    assert len(names) == (29 if look == "telegram" else 25)


# Stopping and coming back


def test_who_leaves_for_the_menu_reads_that_the_answers_stay() -> None:
    phone = begin()
    phone.say("1")
    for word in ("menu", "annulla"):
        assert "Le tue risposte restano qui." in phone.say(word)
        assert phone.say("riprendi").startswith("Domanda 2 di 19 · Il tuo lavoro\nRiprendiamo: domanda 2 di 19.\n")


def test_a_pause_by_button_says_the_same() -> None:
    phone = begin()
    assert phone.tap("Pausa").startswith("Menu\nLe tue risposte restano qui.")


def test_what_began_on_one_channel_goes_on_in_the_other_after_days() -> None:
    phone = begin("whatsapp")
    phone.say("1")
    phone.say("2")
    phone.world.pass_time(days=9)
    other = phone.world.phone("giulia", "telegram")
    assert other.say("riprendi").startswith("Domanda 3 di 19 ")
    assert "Lavori anche in questi momenti?" in other.text


def test_the_language_can_change_half_way() -> None:
    phone = begin()
    phone.say("1")
    phone.say("language")
    phone.say("english")
    assert phone.text.startswith("Question 2 of 19 · Your work\n") and "What are your working hours?" in phone.text
    assert "[Full time]" in phone.text
    phone.say("part time")
    assert values(phone)["a2"] == "part"


def test_help_and_a_person_are_there_at_every_question_and_lead_back_to_it() -> None:
    phone = begin()
    phone.say("1")
    phone.say("persona")
    assert phone.state.place.flow == "handoff"
    assert "Che orario hai?" in phone.say("indietro")
    phone.say("aiuto")
    assert "Che orario hai?" in phone.say("indietro")


def test_a_tap_on_an_old_question_shows_the_present_one() -> None:
    phone = begin()
    old = phone.received[-1].choices[0].value
    phone.say("1")
    phone.say("1")
    phone.take(Chose(old))
    assert "Questa domanda è già chiusa" in phone.text
    assert values(phone).get("a3") is None


def test_a_screen_left_behind_by_the_other_phone_takes_no_answer() -> None:
    phone = begin()
    phone.say("1")
    state = phone.state
    phone.say("1")
    phone.say("1")
    phone.say("fatto")
    phone.world.states["giulia"] = state
    assert "Siamo andati avanti." in phone.say("salta")
    assert asked(phone) == "a4"


# Sensitive items


def rows(sheet: str) -> list[dict[str, str]]:
    book = load_workbook("content/forms/needs.xlsx", read_only=True)
    head, *body = book[sheet].iter_rows(values_only=True)
    return [{str(k): str(v or "") for k, v in zip(head, row, strict=True) if k} for row in body if any(row)]


@functools.cache
def sensitive_texts() -> tuple[frozenset[str], frozenset[str]]:
    """The labels of the questions of class S and of the consent, and of the choices only sensitive lists have."""
    questions, safe, secret = set[str](), set[str](), set[str]()
    closed = set()
    for row in rows("survey"):
        classes = set(row["bind::wis:class"].split(","))
        if classes & {"S", "consent"} and "G" not in classes:
            closed.add(row["name"])
            questions |= {row[column] for column in row if column.startswith("label::") and row[column]}
    for row in rows("choices"):
        labels = {row[column] for column in row if column.startswith("label::")}
        (secret if row["list_name"] in closed or row["class"] == "S" else safe).update(labels)
    return frozenset(questions), frozenset(secret - safe)


def assert_nothing_sensitive(phone: Phone, questions: frozenset[str], choices: frozenset[str]) -> None:
    for message in phone.messages:
        for language in ("it", "en"):
            catalog = content().catalog
            texts = [render(t, language, catalog) for t in (message.title, *message.body, message.hint) if t]
            assert not [label for label in questions for text in texts if label in text]
            lines = {part.strip(" •") for text in texts for line in text.splitlines() for part in line.split(", ")}
            labels = {render(c.label, language, catalog) for c in (*message.choices, *message.ways)}
            about = {render(c.description, language, catalog) for c in message.choices if c.description}
            answers = {part for text in about for part in text.split(", ")}
            assert not choices & (lines | labels | answers)


def test_the_check_for_sensitive_items_finds_them_on_telegram() -> None:
    questions, choices = sensitive_texts()
    assert {"Aiuti un adulto che ha bisogno di cure?", "Do you help an adult who needs care?"} <= questions
    assert {"Cura di un adulto", "Care of an adult", "Assistenza a casa", "Una persona anziana"} <= choices
    phone = begin()
    found = 0
    for name in ("b2", "b3", "f1"):
        go_to(phone, name, **CARER)
        try:
            assert_nothing_sensitive(phone, questions, choices)
        except AssertionError:
            found += 1
    assert found == 3


@pytest.mark.parametrize("role", range(1, 5))
@pytest.mark.parametrize("children", ["1", "2", "3, 6", "7"])
@pytest.mark.parametrize("time", ["1", "4"])
def test_no_sensitive_item_is_ever_sent_on_whatsapp(role: int, children: str, time: str) -> None:
    questions, choices = sensitive_texts()
    phone = begin("whatsapp")
    given = {"a1": str(role), "b1": children, "e2": time}
    while asked(phone):
        assert_nothing_sensitive(phone, questions, choices)
        answer(phone, given)
    for words in ("cambia una risposta", "altre risposte", "indietro", "invia", "leggi le risposte"):
        phone.say(words)
        assert_nothing_sensitive(phone, questions, choices)
    assert phone.record.finished
    assert not {row.name for row in phone.record.finished[0]} & {"b2", "b3", "b4", "d1"}


@pytest.mark.parametrize("stop", ["b3", "b4", "b5", "d1", "f1", "f2", "g2", "h3", ""])
def test_a_run_begun_on_telegram_shows_nothing_sensitive_on_whatsapp_and_all_of_it_back(stop: str) -> None:
    questions, choices = sensitive_texts()
    phone = begin("telegram")
    if stop:
        go_to(phone, stop, **CARER)
    else:
        answer_all(phone, **CARER)
    before = values(phone)
    other = phone.world.phone("giulia", "whatsapp")
    for words in ("2", "ciao", "riprendi", "menu", "riprendi"):
        other.say(words)
        assert_nothing_sensitive(other, questions, choices)
    answer_all(other)
    for words in ("cambia una risposta", "altre risposte", "altre risposte", "indietro"):
        other.say(words)
        assert_nothing_sensitive(other, questions, choices)
    kept = {name: value for name, value in before.items() if name in ("b2", "b3", "b4", "d1", "f1", "f2")}
    assert {name: values(other)[name] for name in kept} == kept
    phone.say("riprendi")
    if stop == "b3":
        assert "Manca ancora una risposta. Eccola:\nAiuti un adulto" in phone.say("invia")
    answer_all(phone, **CARER)
    said = phone.text
    assert "Aiuti un adulto che ha bisogno di cure?\n   Una persona anziana" in said
    if stop in ("g2", "h3", ""):
        assert "Cura di un adulto" in said and "Assistenza a casa" in said


def test_answers_given_on_telegram_are_in_the_record_of_who_sends_on_whatsapp() -> None:
    phone = begin("telegram")
    answer_all(phone, **CARER)
    other = phone.world.phone("giulia", "whatsapp")
    other.say("riprendi")
    answer_all(other)
    other.say("invia")
    (record,) = phone.record.finished
    found = {row.name: row.value for row in record}
    assert found["b2"] == "yes" and found["b3"] == "elderly" and found["f1"] == "adult_care"
    assert found["f2"] == "home_help"


def test_sensitive_items_come_on_whatsapp_where_the_house_allows_them() -> None:
    world = World()
    world.house = replace(world.house, sensitive_on_whatsapp=True)
    phone = begin("whatsapp", world)
    go_to(phone, "b3", **CARER)
    assert "Aiuti un adulto" in phone.text


@pytest.mark.parametrize(("said", "given"), [("sì, accetto", True), ("no", False)])
def test_the_answer_to_the_sensitive_gate_is_a_consent_of_its_own(said: str, given: bool) -> None:
    phone = begin()
    go_to(phone, "b2")
    phone.say(said)
    found = phone.record.person.consents["questionnaire_art9"]
    assert found.given is given
    assert found.text_version == f"needs {needs_form().version}"
    assert (asked(phone) == "b3") is given


def test_a_sensitive_consent_taken_back_takes_its_answers_out_of_sight_and_record() -> None:
    phone = begin()
    answer_all(phone, **CARER)
    person = phone.record.person
    withdrawn = Consent(False, "1", phone.world.now, "telegram")
    phone.record.person = replace(person, consents={**person.consents, "questionnaire_art9": withdrawn})
    assert "Una persona anziana" not in phone.say("riprendi")
    assert "Manca ancora una risposta. Eccola:\nOggi, qual è il tuo primo bisogno?" in phone.say("invia")
    answer_all(phone)
    assert "Una persona anziana" not in phone.text
    phone.say("invia")
    names = {row.name: row.value for row in phone.record.finished[0]}
    assert names["b2"] == "no_skip"
    assert not names.keys() & {"b3", "b4", "d1"}


def test_a_consent_to_the_questionnaire_taken_back_is_asked_again() -> None:
    phone = begin()
    phone.say("1")
    person = phone.record.person
    phone.record.person = replace(person, consents={**person.consents, "questionnaire": consent(False)})
    assert "Avevi tolto il permesso" in phone.say("riprendi")
    assert phone.say("2").startswith("Menu\nVa bene, quando vuoi.")
    phone.say("riprendi")
    assert "Riprendiamo: domanda 2 di 19." in phone.say("sì")
    assert phone.record.person.agrees("questionnaire")


# Summary, change, sending


def at_summary(look: str = "telegram") -> Phone:
    phone = begin(look)
    answer_all(phone, **PARENT)
    return phone


def test_the_summary_lists_every_answer_and_repeats_the_promise() -> None:
    phone = at_summary()
    assert phone.text.startswith("Le tue risposte\n• Come lavori nell'impresa?\n   Sono dipendente\n")
    assert "Cominciamo" not in phone.text
    assert "• Hai figli sotto i 18 anni? Di che età?\n   Da 0 a 2 anni, Da 3 a 5 anni" in phone.text
    assert "Il tuo datore di lavoro non vede le tue risposte." in phone.text
    assert phone.labels == ["Invia", "Cambia una risposta", "Indietro", "Cancella le risposte"]


def test_any_answer_can_be_changed_by_its_number() -> None:
    phone = at_summary("whatsapp")
    phone.say("cambia una risposta")
    assert len(phone.received[-1].choices) == 10
    phone.say("2")
    assert asked(phone) == "a2"
    assert phone.say("a chiamata").startswith("Le tue risposte\n")
    assert "Che orario hai?\n   A chiamata" in phone.text


def test_every_answer_can_be_reached_page_by_page_and_the_last_page_leads_to_the_first() -> None:
    phone = at_summary("whatsapp")
    phone.say("2")
    first_page = phone.labels
    seen = []
    for _ in range(10):
        seen += [label for label in phone.labels if label not in ("Altre risposte…", "Indietro")]
        phone.tap("Altre risposte…")
        if phone.labels == first_page:
            break
    assert len(seen) == len(set(seen)) == len(summary_rows(phone))
    assert phone.tap("Indietro").startswith("Le tue risposte\n")


def summary_rows(phone: Phone) -> tuple[tuple[str, str, str], ...]:
    return prompt(needs_form(), replace(run_of(phone), at="summary"), "it").rows


def test_what_a_change_makes_newly_relevant_is_asked_before_the_summary() -> None:
    phone = at_summary()
    phone.tap("Cambia una risposta")
    phone.tap("Come lavori…")
    phone.say("sono titolare")
    assert asked(phone) == "o1"
    phone.say("1, 2")
    assert asked(phone) == "o2"
    assert phone.say("1").startswith("Le tue risposte\n")


def test_back_while_changing_leads_to_the_summary_and_changes_nothing() -> None:
    phone = at_summary()
    phone.tap("Cambia una risposta")
    phone.tap("Che orario hai?")
    assert phone.say("indietro").startswith("Le tue risposte\n")
    assert values(phone)["a2"] == "full"
    assert asked(phone) == ""
    phone.say("indietro")
    assert asked(phone) == "h3"


def test_sending_finishes_thanks_and_ends_the_reminders() -> None:
    phone = at_summary()
    assert phone.record.timers
    said = phone.tap("Invia")
    assert said == (
        "Grazie!\n"
        "Abbiamo ricevuto le tue risposte.\n"
        "La raccolta si chiude il 23 dicembre 2026. Poi pubblichiamo i risultati, solo con numeri di gruppo. "
        "Li usiamo per scegliere gli aiuti e i voucher.\n"
        "Il tuo datore di lavoro non vede le tue risposte.\n"
        "Nessuno vede le risposte di una persona o di un'impresa. Se vuoi parlarne con qualcuno, siamo qui.\n"
        "[Leggi le risposte]\n[Cancella le risposte]\n[Menu]\n[Parla con noi]"
    )
    assert phone.record.timers == {}
    assert phone.record.run is not None and phone.record.run.finished
    record = {row.name: row.value for row in phone.record.finished[0]}
    assert record["a1"] == "employee" and record["b1"] == "a0_2 a3_5" and record["b2"] == "no_skip"
    assert "h3" not in record
    forgotten = [effect.kind for effect in phone.world.effects if isinstance(effect, Forget)]
    assert forgotten == ["needs:remind", "needs:last"]


def test_who_has_sent_can_read_and_delete_until_the_wave_closes() -> None:
    phone = at_summary()
    phone.tap("Invia")
    phone.say("menu")
    phone.take(Chose("@needs:open"))
    assert "Hai già inviato le tue risposte il 23 novembre 2026." in phone.text
    assert "Sono dipendente" in phone.tap("Leggi le risposte")
    phone.tap("Cancella le risposte")
    assert phone.tap("No, tienile").startswith("Grazie!\nHai già inviato")
    phone.tap("Cancella le risposte")
    assert phone.tap("Sì, cancella").startswith("Menu\nHo cancellato le tue risposte.")
    assert phone.record.run is None


def test_deleting_half_way_leaves_nothing_and_one_can_begin_again() -> None:
    phone = at_summary()
    phone.tap("Cancella le risposte")
    assert phone.say("boh") and phone.record.run is not None
    assert phone.say("indietro").startswith("Le tue risposte\n")
    phone.tap("Cancella le risposte")
    phone.say("1")
    assert phone.record.run is None and phone.record.timers == {}
    phone.tap("Inizia il questionario")
    assert phone.tap("Cominciamo").startswith("Domanda 1 di ")


def test_a_question_left_open_on_this_phone_is_closed_when_the_other_has_sent() -> None:
    phone = at_summary()
    phone.say("indietro")
    state = phone.state
    phone.say("salta")
    phone.say("invia")
    phone.world.states["giulia"] = state
    said = phone.say("ancora una cosa")
    assert "Siamo andati avanti." in said and "Hai già inviato" in said


# The wave


def test_without_a_wave_one_is_told_where_the_next_will_be() -> None:
    world = World()
    world.wave = None
    phone = world.phone("giulia")
    phone.say("menu")
    phone.take(Chose("@needs:start"))
    assert "Adesso non c'è un questionario aperto." in phone.text


def test_a_wave_that_closes_in_the_middle_is_told_and_takes_no_answer() -> None:
    phone = begin()
    phone.say("1")
    kept = run_of(phone)
    phone.world.pass_time(days=31)
    assert "Adesso non c'è un questionario aperto." in phone.say("1")
    assert run_of(phone) == kept
    assert phone.state.place.flow == "menu"


# Reminders


def reminders(phone: Phone) -> list[str]:
    return [message.template.name for message in phone.received if message.template is not None]


def test_an_unfinished_run_is_reminded_twice_and_never_again() -> None:
    phone = begin()
    phone.say("1")
    phone.world.pass_time(days=29)
    assert reminders(phone) == ["questionnaire_reminder"] * 2
    assert "Mancano ancora 18 domande. Riprendiamo?\n[Riprendi]\n[Non ricordarmelo]" in phone.text
    variables = [render(v, "it", content().catalog) for v in phone.received[-1].template.variables]
    assert variables == ["I tuoi bisogni", "18"]
    assert phone.record.timers == {}


def test_the_reminders_come_by_day_and_on_weekdays_with_days_between() -> None:
    world = World()
    phone = begin(world=world)
    moments = []
    for _ in range(29 * 24):
        before = len(reminders(phone))
        world.pass_time(hours=1)
        moments += [world.now.astimezone(ZONE)] * (len(reminders(phone)) - before)
    assert len(moments) == 2
    for moment in moments:
        assert moment.weekday() < 5 and 8 <= moment.hour <= 20
    assert moments[1] - moments[0] >= timedelta(days=5) - timedelta(hours=1)


def test_the_button_of_the_reminder_leads_back_into_the_question() -> None:
    phone = begin()
    phone.say("1")
    phone.say("menu")
    phone.world.pass_time(days=4)
    assert phone.tap("Riprendi").startswith("Domanda 2 di 19 · Il tuo lavoro\nRiprendiamo: domanda 2 di 19.")


@pytest.mark.parametrize("token", ["@needs:mute:{run}", "@needs:silence", "@needs:mute:other"])
def test_no_more_reminders_after_a_no_and_twice_no_is_the_same(token: str) -> None:
    phone = begin()
    phone.world.pass_time(days=4)
    place = phone.state.place
    assert phone.record.run is not None
    for _ in range(2):
        phone.take(Chose(token.replace("{run}", phone.record.run.id)))
        assert "non te lo ricordo più" in phone.text
        assert phone.state.place == place
    phone.world.pass_time(days=25)
    assert len(reminders(phone)) == (2 if token.endswith("other") else 1)


def test_who_answered_lately_is_reminded_later() -> None:
    phone = begin()
    phone.world.pass_time(days=2, hours=20)
    phone.say("1")
    answered = phone.world.now
    phone.world.pass_time(days=1, hours=23)
    assert reminders(phone) == []
    phone.world.pass_time(days=4)
    assert reminders(phone) == ["questionnaire_reminder"]
    assert phone.world.now - answered > timedelta(days=2)


def test_who_only_has_to_send_is_told_so() -> None:
    phone = at_summary()
    phone.world.pass_time(days=4)
    assert "manca solo l'invio" in phone.text


@pytest.mark.parametrize("reason", ["no consent", "later no", "stopped", "finished", "deleted", "closed", "gone"])
def test_nobody_is_reminded_who_should_not_be(reason: str) -> None:
    world = World(days_open=2 if reason == "closed" else 30)
    phone = world.phone("giulia")
    if reason == "no consent":
        person = phone.record.person
        phone.record.person = replace(person, consents={"service": consent()})
    begin(world=world)
    if reason == "no consent":
        assert not any(isinstance(effect, Remind) for effect in world.effects)
    person = phone.record.person
    match reason:
        case "later no":
            phone.record.person = replace(person, consents={**person.consents, "reminders": consent(False)})
        case "stopped":
            phone.say("stop")
        case "finished":
            answer_all(world.phones[-1])
            world.phones[-1].say("invia")
        case "deleted":
            timers = dict(phone.record.timers)
            answer_all(world.phones[-1])
            world.phones[-1].tap("Cancella le risposte")
            world.phones[-1].say("1")
            phone.record.timers.update(timers)
        case "gone":
            phone.record.person = replace(person, memberships=())
    world.pass_time(days=29)
    assert not any(reminders(other) for other in world.phones)


# The texts


def test_no_sentence_of_ours_is_longer_than_twenty_words() -> None:
    for name in ("it", "en"):
        for key, forms in content().catalog.books[name].sentences.items():
            if key.startswith(("needs.", "handoff.")):
                for sentence in re.split(r"[.!?]\s|\n", " ".join(forms)):
                    assert len(sentence.split()) <= 20, (key, sentence)
