"""The welfare manager's desk: the queue answered once for all, drafts, edits with undo, signatures, what expires."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.effects import Say, ToAskers
from conversations.events import Chose, Due
from conversations.messages import Phrase
from conversations.steps.faq.desk_topic import amounts_without_year, day_in, patch_of
from tests.conversations.flows.answers import NURSERY, PARENTAL, changed, knowledge, topic
from tests.conversations.flows.phones import Phone, World, told

CAT = "posso portare il gatto in ufficio?"
NAME = "Avv. Elena Prova"


def people(**more) -> tuple[Phone, Phone, Phone]:
    world = World(faq=knowledge(), **more)
    return (
        world.phone("giulia", "whatsapp"),
        world.phone("karim", "telegram"),
        world.phone("elena", "telegram", "welfare_manager"),
    )


def asks(phone: Phone, text: str = CAT) -> None:
    phone.say("menu")
    phone.say(text)
    phone.tap("Sì, chiedilo tu")


def at_desk(phone: Phone) -> str:
    phone.say("menu")
    phone.say("faq")
    return phone.tap("Gestisci le risposte")


def opens(phone: Phone, words: str) -> str:
    """The topic's page, found by a word."""
    at_desk(phone)
    phone.say(words)
    return phone.say("1")


# The door


def test_only_a_welfare_manager_finds_the_desk() -> None:
    giulia, _, elena = people()
    giulia.say("faq")
    assert "Gestisci le risposte" not in giulia.labels
    giulia.take(Chose("@faq_desk:open"))
    assert "Questa parte non è attiva per te." in giulia.text
    assert at_desk(elena).startswith("Gestisci le risposte\n")


def test_a_role_that_ended_leaves_the_desk() -> None:
    _, _, elena = people()
    at_desk(elena)
    elena.record.person = replace(elena.record.person, memberships=())
    assert "Domande in coda" not in elena.say("1")


# The queue


def test_the_queue_is_answered_once_and_every_asker_reads_it_under_her_own_question() -> None:
    giulia, karim, elena = people()
    asks(giulia)
    asks(karim)
    asks(giulia, "chi paga la mensa di mercoledì?")
    assert "2 domande aspettano una risposta nuova." in at_desk(elena)
    elena.tap("Domande in coda")
    assert elena.labels[0] == "2× posso portare il gat…"
    said = elena.say("1")
    assert "L'hanno chiesto 2 persone." in said and f"«{CAT}»" in said and "giulia" not in said
    elena.tap("Rispondi a tutti")
    assert "Sì, se la collega è d'accordo." in elena.say("Sì, se la collega è d'accordo.")
    elena.tap("Invia")
    for asker in (giulia, karim):
        assert told(asker.received[-1], "it") == (
            f"Una risposta per te\nAvevi chiesto: «{CAT}»\nSì, se la collega è d'accordo.\n[Altra domanda]"
        )
    assert "Risposta mandata a 2 persone." in elena.text
    assert [one.open for one in elena.world.queue] == [False, False, True]
    sent = [e for e in elena.world.effects if isinstance(e, Say) and isinstance(e.to, ToAskers)]
    assert len(sent) == 1


def test_an_answer_becomes_a_draft_that_answers_only_once_it_is_published() -> None:
    giulia, _, elena = people()
    asks(giulia)
    at_desk(elena)
    elena.tap("Domande in coda")
    elena.say("1")
    elena.tap("Rispondi a tutti")
    elena.say("Sì, se la collega è d'accordo.")
    elena.tap("Invia")
    elena.tap("Fanne una bozza")
    assert "al massimo 60 caratteri" in elena.say("x " * 80)
    assert "Bozza salvata." in elena.say("Gatti in ufficio")
    assert elena.world.faq is not None
    draft = elena.world.faq.topics["gatti-in-ufficio"]
    assert not draft.published and draft.phrasings == {"coda": (CAT,)}
    assert draft.answer == {"it": "Sì, se la collega è d'accordo."}
    assert "Bozza: non risponde a nessuno." in elena.text
    assert "Pubblicata: da adesso risponde." in elena.tap("Pubblica")
    assert elena.world.faq.topics["gatti-in-ufficio"].published


def test_questions_join_an_answer_that_exists_and_who_asked_gets_it_at_once() -> None:
    giulia, karim, elena = people()
    asks(giulia)
    asks(karim)
    at_desk(elena)
    elena.tap("Domande in coda")
    elena.say("1")
    elena.tap("Usa una risposta")
    elena.say("posso avere un aiuto per il bambino?")
    assert elena.labels[0] == "nido"
    assert "Ora queste domande portano a: Titolo di nido." in elena.say("1")
    assert elena.world.faq is not None
    assert elena.world.faq.topics["nido"].phrasings == {"coda": (CAT,)}
    for asker in (giulia, karim):
        said = told(asker.received[-1], "it")
        assert "Risposta su nido." in said and "Norma:" in said and CAT in said
    assert not any(one.open for one in elena.world.queue)


def test_what_is_no_question_is_dismissed_and_nobody_is_written_to() -> None:
    giulia, _, elena = people()
    asks(giulia)
    heard = len(giulia.received)
    at_desk(elena)
    elena.tap("Domande in coda")
    elena.say("1")
    assert "le ho tolte dalla coda" in elena.tap("Scarta") or "Nessuna domanda è in coda." in elena.text
    assert len(giulia.received) == heard


def test_two_colleagues_at_one_group_send_one_answer() -> None:
    giulia, _, elena = people()
    paola = elena.world.phone("paola", "telegram", "welfare_manager")
    asks(giulia)
    for reader in (elena, paola):
        at_desk(reader)
        reader.tap("Domande in coda")
        reader.say("1")
        reader.tap("Rispondi a tutti")
        reader.say(f"da {reader.name}")
    elena.tap("Invia")
    assert "Queste domande hanno già una risposta." in paola.tap("Invia")
    assert "da elena" in told(giulia.received[-1], "it")


def test_an_answer_may_be_written_again_and_must_fit() -> None:
    giulia, _, elena = people()
    asks(giulia)
    at_desk(elena)
    elena.tap("Domande in coda")
    elena.say("1")
    elena.tap("Rispondi a tutti")
    assert "al massimo 900 caratteri" in elena.say("x" * 901)
    elena.say("brutta")
    elena.tap("Riscrivi")
    assert "brutta" not in elena.say("bella")
    assert elena.say("indietro").startswith("Domanda senza risposta")
    assert elena.say("indietro").startswith("Domande in coda")


def test_many_groups_have_pages() -> None:
    giulia, _, elena = people()
    for number in range(9):
        asks(giulia, f"domanda del tutto nuova {'abcdefghi'[number] * 4}?")
    at_desk(elena)
    elena.tap("Domande in coda")
    assert len(elena.labels) == 9 and elena.labels[7] == "Altre…"
    elena.tap("Altre…")
    assert [label[:3] for label in elena.labels] == ["1× ", "1× ", "Alt", "Ind"]


# Editing


def test_a_text_is_changed_with_a_preview_and_loses_the_signature() -> None:
    _, _, elena = people()
    assert elena.world.faq is not None
    signed = replace(PARENTAL, verified_on=date(2026, 11, 20), verified_by=NAME)
    elena.world.faq = changed(elena.world.faq, signed)
    elena.world.history["congedo-parentale"] = []
    opens(elena, "congedo-parentale")
    elena.tap("Modifica")
    assert "Risposta su congedo-parentale." in elena.tap("Testo")
    said = elena.say("Dura 10 mesi (2026).")
    assert "Ecco come si legge:" in said and "Dura 10 mesi (2026)." in said and "in attesa di verifica" in said
    assert "Se salvi, la firma cade" in said
    assert elena.world.faq.topics["congedo-parentale"].answer["it"] == "Risposta su congedo-parentale."
    assert "Salvato." in elena.tap("Salva") and "in attesa di verifica" in elena.text
    now = elena.world.faq.topics["congedo-parentale"]
    assert (now.version, now.answer["it"], now.verified_on, now.unverified) == (
        2,
        "Dura 10 mesi (2026).",
        None,
        ("en",),
    )


def test_an_amount_without_its_year_is_pointed_out() -> None:
    _, _, elena = people()
    opens(elena, "congedo-parentale")
    elena.tap("Modifica")
    elena.tap("Testo")
    assert "una cifra è senza anno" in elena.say("Spettano 500 euro.")
    assert "una cifra è senza anno" not in elena.say("Spettano 500 euro nel 2026.")


@pytest.mark.parametrize(
    ("label", "typed", "field", "value"),
    [
        (
            "Titolo",
            "Congedo dei genitori",
            "title",
            {"it": "Congedo dei genitori", "en": "Title of congedo-parentale"},
        ),
        ("Titolo inglese", "Parents", "title", {"it": "Titolo di congedo-parentale", "en": "Parents"}),
        ("Testo inglese", "Ten months.", "answer", {"it": "Risposta su congedo-parentale.", "en": "Ten months."}),
        ("Norme", "Legge 1, art. 2\n\nLegge 3, art. 4", "norms", ("Legge 1, art. 2", "Legge 3, art. 4")),
        ("Ufficio", "Comune", "body", "Comune"),
        ("Pagina ufficiale", "Comune, pagina «Nidi»", "page", "Comune, pagina «Nidi»"),
        ("Valida fino a", "31/12/2028", "valid_until", date(2028, 12, 31)),
        (
            "Modi di chiederlo",
            "quanti mesi?\nquanto tempo?",
            "phrasings",
            {"welfare_manager": ("quanti mesi?", "quanto tempo?")},
        ),
    ],
)
def test_every_field_can_be_changed_by_chat(label: str, typed: str, field: str, value: object) -> None:
    _, _, elena = people()
    opens(elena, "congedo-parentale")
    elena.tap("Modifica")
    elena.tap(label)
    elena.say(typed)
    elena.tap("Salva")
    assert elena.world.faq is not None
    assert getattr(elena.world.faq.topics["congedo-parentale"], field) == value


@pytest.mark.parametrize("typed", ["domani", "31/02/2028", "01/01/2020", "31-12", "2028"])
def test_a_day_that_is_none_or_past_is_asked_again(typed: str) -> None:
    _, _, elena = people()
    opens(elena, "congedo-parentale")
    elena.tap("Modifica")
    elena.tap("Valida fino a")
    said = elena.say(typed)
    assert "non esiste, o è già passato" in said and said.count("Scrivi un giorno futuro") == 1
    elena.say("indietro")
    assert "Che cosa vuoi cambiare?" in elena.text


def test_any_old_version_can_be_read_and_brought_back() -> None:
    _, _, elena = people()
    elena.world.keep(PARENTAL, "file")
    opens(elena, "congedo-parentale")
    for text in ("Primo testo.", "Secondo testo."):
        elena.tap("Modifica")
        elena.tap("Testo")
        elena.say(text)
        elena.tap("Salva")
    elena.tap("Versioni")
    assert elena.labels == ["3 · modificata", "2 · modificata", "1 · dal programma", "Indietro"]
    assert "Primo testo." in elena.tap("2 · modificata")
    assert "vale di nuovo quella versione" in elena.tap("Torna a questa")
    assert elena.world.faq is not None
    now = elena.world.faq.topics["congedo-parentale"]
    assert (now.version, now.answer["it"]) == (4, "Primo testo.")
    elena.tap("Versioni")
    elena.tap("4 · ripresa")
    assert "Torna a questa" not in elena.labels


def test_a_topic_can_be_taken_down_and_put_back() -> None:
    giulia, _, elena = people()
    opens(elena, "nido")
    assert "non risponde più a nessuno" in elena.tap("Togli")
    assert "Risposta su nido" not in giulia.say("posso avere un aiuto per il bambino?")
    assert "Pubblicata" in elena.tap("Pubblica")


def test_what_nobody_finds_is_said() -> None:
    _, _, elena = people()
    at_desk(elena)
    assert "Per aprire una risposta scrivi una parola" in elena.say("🤷")


# Signing


def test_one_answer_is_signed_with_a_name_that_is_asked_once() -> None:
    _, _, elena = people()
    at_desk(elena)
    elena.tap("Da firmare")
    said = elena.tap("congedo-parentale")
    assert "Risposta su congedo-parentale." in said, "nobody signs what she has not on her screen"
    assert "Con quale nome firmi?" in elena.tap("Firma")
    assert f"la firmi come {NAME}, oggi 23 novembre 2026?" in elena.say(NAME)
    assert "Firmata." in elena.tap("Sì, firmo")
    assert elena.world.faq is not None
    one = elena.world.faq.topics["congedo-parentale"]
    assert (one.verified_on, one.verified_by) == (date(2026, 11, 23), NAME)
    elena.tap("nido")
    assert NAME in elena.tap("Firma") and "Con quale nome" not in elena.text


def test_a_list_is_signed_together_after_one_question() -> None:
    _, _, elena = people()
    at_desk(elena)
    elena.tap("Da firmare")
    elena.tap("Firma questa lista")
    said = elena.say(NAME)
    assert "Hai letto queste 5 risposte" in said and "Titolo di nido" in said
    elena.tap("Cambia nome")
    elena.say("Avv. Ada Prova")
    elena.tap("Sì, firmo")
    assert elena.world.faq is not None
    assert {one.verified_by for one in elena.world.faq.topics.values() if one.published and one.covered} == {
        "Avv. Ada Prova",
        NAME,
    }
    assert "Da firmare" not in elena.labels


def test_a_name_must_be_one() -> None:
    _, _, elena = people()
    opens(elena, "nido")
    elena.tap("Firma")
    for typed in ("!!", "1"):
        assert "Con quale nome firmi?" in elena.say(typed)
    assert elena.world.faq is not None and elena.world.faq.topics["nido"].verified_on is None


# What expires


def stale_world() -> tuple[Phone, World]:
    _, _, elena = people()
    elena.world.signed["elena"] = NAME
    assert elena.world.faq is not None
    soon = replace(NURSERY, valid_until=date(2026, 12, 10))
    elena.world.faq = changed(elena.world.faq, soon)
    return elena, elena.world


def test_one_tap_says_that_an_answer_still_holds_and_the_next_one_comes() -> None:
    elena, world = stale_world()
    at_desk(elena)
    said = elena.tap("Da controllare")
    assert "Titolo di bonus-vecchio" in said and "Attenzione" in said and "Ne restano 2" in said
    said = elena.tap("Ancora valida")
    assert "Segnata come valida per altri sei mesi." in said and "Titolo di nido" in said
    assert world.faq is not None
    old = world.faq.topics["bonus-vecchio"]
    assert (old.verified_on, old.verified_by, old.valid_until) == (date(2026, 11, 23), NAME, date(2027, 5, 25))
    assert world.history["bonus-vecchio"][-1].why == "confirmed"
    elena.tap("Ancora valida")
    assert "Non c'è altro da controllare." in elena.text


def test_later_leaves_it_on_the_list_and_change_opens_it() -> None:
    elena, _ = stale_world()
    at_desk(elena)
    elena.tap("Da controllare")
    assert "Titolo di nido" in elena.tap("Più tardi")
    assert "Non c'è altro" in elena.tap("Più tardi")
    elena.tap("Da controllare")
    assert "Che cosa vuoi cambiare?" in elena.tap("Modifica")


def test_the_first_confirmation_asks_for_the_name() -> None:
    elena, world = stale_world()
    world.signed.clear()
    at_desk(elena)
    elena.tap("Da controllare")
    assert "Con quale nome firmi?" in elena.tap("Ancora valida")
    elena.say(NAME)
    elena.tap("Sì, firmo")
    assert world.faq is not None and world.faq.topics["bonus-vecchio"].verified_by == NAME


def test_the_monthly_list_names_what_expires_and_leads_there() -> None:
    elena, world = stale_world()
    elena.take(Due("faq_desk:review", "", {}))
    assert elena.text == (
        "Da controllare\n2 risposte sono scadute o scadono entro un mese.\n"
        "Titolo di bonus-vecchio: fino al 1 novembre 2026\nTitolo di nido: fino al 10 dicembre 2026\n[Controlla]"
    )
    assert "Titolo di bonus-vecchio" in elena.tap("Controlla")
    assert world.faq is not None
    for key in ("bonus-vecchio", "nido"):
        world.faq = changed(world.faq, replace(world.faq.topics[key], valid_until=date(2028, 1, 1)))
    elena.take(Due("faq_desk:review", "", {}))
    assert elena.messages == []


# Whatever is done


ACTS = st.one_of(
    st.integers(0, 11),
    st.sampled_from(["indietro", "nido", "Testo nuovo.", "31/12/2028", NAME, "menu", "congedo-parentale"]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ACTS, max_size=16))
def test_nothing_at_the_desk_fails_and_every_step_is_answered(acts: list[str | int]) -> None:
    giulia, karim, elena = people()
    elena.world.keep(NURSERY, "file")
    asks(giulia)
    asks(karim)
    at_desk(elena)
    for act in acts:
        if elena.state.place.flow not in {"faq", "faq_desk"}:
            at_desk(elena)
        if isinstance(act, str):
            assert elena.say(act)
        elif elena.labels:
            elena.tap(elena.labels[act % len(elena.labels)])
            assert elena.messages


@given(
    st.sampled_from(["title", "answer", "norms", "body", "page", "phrasings", "valid_until"]), st.text(max_size=1_600)
)
def test_any_typed_text_is_a_patch_or_a_reason(field: str, text: str) -> None:
    patch = patch_of(topic("prova"), field, text, date(2026, 11, 23))
    assert isinstance(patch, Phrase | dict) and patch


def test_small_rules() -> None:
    assert day_in("1/2/2027") == date(2027, 2, 1) and day_in("2027-02-01") is None
    assert amounts_without_year("Spetta l'80%.") and not amounts_without_year("Nel 2026 l'80%.\nVale per tutti.")


def same_after_help(elena: Phone) -> None:
    """The help and back: the screen is the one she left."""
    place, labels = elena.state.place, elena.labels
    elena.say("aiuto")
    elena.say("indietro")
    assert (elena.state.place, elena.labels) == (place, labels)


@pytest.mark.parametrize(
    "road",
    [
        ["Domande in coda", "1", "Rispondi a tutti", "una risposta", "Invia", "Fanne una bozza", "Titolo nuovo"],
        ["Domande in coda", "1", "Usa una risposta"],
        ["Da firmare", "nido", "Firma", NAME, "Sì, firmo"],
        ["Da controllare"],
        ["Bozze", "1", "Leggi la risposta"],
        ["nido", "1", "Modifica", "Testo", "Un testo nuovo.", "Salva", "Versioni", "1"],
    ],
)
def test_every_screen_of_the_desk_is_there_again_after_an_interruption(road: list[str]) -> None:
    giulia, _, elena = people()
    elena.world.keep(NURSERY, "file")
    asks(giulia)
    at_desk(elena)
    same_after_help(elena)
    for step in road:
        elena.tap(step) if step in elena.labels else elena.say(step)
        same_after_help(elena)


@pytest.mark.parametrize(
    ("road", "home"),
    [
        (["Domande in coda", "1", "Usa una risposta"], 4),
        (["Da firmare", "nido", "Gestisci", "Modifica", "Testo", "Nuovo."], 6),
        (["Bozze", "1", "Leggi la risposta"], 4),
        (["Da controllare"], 2),
    ],
)
def test_going_back_leads_home_step_by_step(road: list[str], home: int) -> None:
    giulia, _, elena = people()
    asks(giulia)
    at_desk(elena)
    for step in road:
        elena.tap(step) if step in elena.labels else elena.say(step)
    for _ in range(home):
        elena.say("indietro")
        if elena.state.place.flow != "faq_desk":
            break
    assert elena.state.place.flow != "faq_desk"


def test_a_topic_that_is_gone_and_the_doors_of_the_desk() -> None:
    giulia, _, elena = people()
    asks(giulia)
    for token, words in (
        ("@faq_desk:topic:zebra", "Questa risposta non c'è più."),
        ("@faq_desk:topic:nido", "Pubblicata. Versione 1."),
        ("@faq_desk:queue", "Domande in coda"),
        ("@faq_desk:stale", "Titolo di bonus-vecchio"),
        ("@faq_desk:open", "Gestisci le risposte"),
    ):
        elena.say("menu")
        elena.take(Chose(token))
        assert words in elena.text
    for one in elena.world.queue:
        one.open = False
    elena.take(Chose("@faq_desk:queue"))
    assert "Nessuna domanda è in coda." in elena.text
    elena.say("menu")
    elena.world.faq = None
    for token in ("@faq_desk:open", "@faq_desk:stale"):
        elena.take(Chose(token))
        assert "Ora le risposte non sono disponibili." in elena.text


def test_an_empty_draft_cannot_be_published() -> None:
    _, _, elena = people()
    assert elena.world.faq is not None
    elena.world.faq = changed(elena.world.faq, topic("vuota", published=False, answer={}))
    elena.take(Chose("@faq_desk:topic:vuota"))
    assert "Manca il testo italiano" in elena.tap("Pubblica")


def test_more_than_a_page_of_unsigned_answers_is_turned_over() -> None:
    world = World(faq=knowledge(topics=tuple(topic(f"voce-{n:02d}") for n in range(9))))
    elena = world.phone("elena", "whatsapp", "welfare_manager")
    at_desk(elena)
    elena.tap("Da firmare")
    assert elena.labels == [*(f"voce-{n:02d}" for n in range(7)), "Firma questa lista", "Altre…", "Indietro"]
    elena.tap("Altre…")
    assert elena.labels[:2] == ["voce-07", "voce-08"]
