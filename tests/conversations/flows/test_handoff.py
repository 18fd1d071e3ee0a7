"""A private thread between a person and a welfare manager who knows no name until she is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import OpenTicket, Say, ToRole, ToTicket
from conversations.events import Chose, ContactShared, Due, Located, Sent, Unreadable
from conversations.phrases import render
from conversations.rules.tickets import ticket_number
from tests.conversations.flows.answers import knowledge
from tests.conversations.flows.phones import PHONE, Phone, World, told
from tests.conversations.player import content

QUESTION = "Posso chiedere il part-time dopo la maternità?"


def people() -> tuple[Phone, Phone]:
    world = World()
    return world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")


def asked_by(phone: Phone, text: str = QUESTION) -> str:
    """A question was sent; its ticket's id."""
    phone.say("persona")
    phone.say(text)
    phone.say("invia")
    return [effect.ticket_id for effect in phone.world.effects if isinstance(effect, OpenTicket)][-1]


# The asker


def test_a_question_reads_like_this() -> None:
    giulia, marta = people()
    assert giulia.say("persona") == (
        "Parla con una persona\n"
        "Ti risponde la welfare manager di Rete Prova: è un'avvocata. La tua domanda arriva senza il tuo nome. "
        "Il tuo datore di lavoro non legge niente.\n"
        "Fai la tua domanda con parole tue. Puoi mandare anche un messaggio vocale, una foto o un documento.\n"
        "Non mandare qui certificati o documenti medici.\n"
        f"Preferisci la voce? Chiama {PHONE} (lun-ven 9-13).\n"
        "Per esempio: posso chiedere il part-time?\n"
        "[Indietro]"
    )
    assert giulia.say(QUESTION) == (
        "Parla con una persona\n"
        "Ecco il tuo messaggio:\n"
        f"{QUESTION}\n"
        "Lo mando? Se vuoi aggiungere qualcosa, scrivilo adesso.\n"
        "[Invia]\n[Riscrivi]\n[Non inviare]"
    )
    said = giulia.say("invia")
    (ticket,) = giulia.world.tickets
    number = ticket_number(ticket)
    assert said.startswith(
        f"Messaggio inviato\nLa tua domanda ha il numero {number}. "
        "Ricevi la risposta qui, entro 2 giorni lavorativi.\n---\nMenu\n"
    )
    assert told(marta.received[-1], "it") == f"È arrivata una nuova domanda: {number}.\n[Apri]"


def test_nothing_is_sent_before_the_person_confirms() -> None:
    giulia, marta = people()
    giulia.say("persona")
    giulia.say(QUESTION)
    assert giulia.world.tickets == {} and marta.received == []
    assert "non ho mandato niente" in giulia.say("non inviare")
    assert giulia.world.tickets == {} and marta.received == []


def test_several_messages_become_one_question() -> None:
    giulia, _ = people()
    giulia.say("persona")
    giulia.say("Ho due figli.")
    said = giulia.say("Il più piccolo ha un anno.")
    assert "Ho due figli.\nIl più piccolo ha un anno." in said
    giulia.say("invia")
    (thread,) = giulia.world.tickets.values()
    assert thread.notes[0].text == "Ho due figli.\nIl più piccolo ha un anno."


def test_write_again_begins_with_an_empty_message() -> None:
    giulia, _ = people()
    giulia.say("persona")
    giulia.say("sbagliato")
    giulia.say("riscrivi")
    assert "sbagliato" not in giulia.say(QUESTION)
    assert giulia.say("indietro").startswith("Parla con una persona\nTi risponde")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("voice", "Con un messaggio vocale."),
        ("photo", "Con una foto."),
        ("document", "Con un documento."),
        ("audio", "Con una registrazione."),
    ],
)
def test_a_file_can_be_the_question(kind: str, words: str) -> None:
    giulia, marta = people()
    giulia.say("persona")
    assert words in giulia.send(kind, mime="x/y", name="Giulia Rossi.pdf", size=1_000, caption="eccola")
    assert "eccola" in giulia.text
    giulia.say("invia")
    ((key, thread),) = giulia.world.tickets.items()
    note = thread.notes[0]
    assert note.file is not None and note.file.kind == kind and note.text == "eccola"
    marta.tap("Apri")
    file, screen = marta.messages
    assert file.attachment is not None
    assert (file.attachment.source, file.attachment.ref) == ("ticket", key)
    assert "Rossi" not in file.attachment.name and file.attachment.name.endswith(".pdf")
    assert "[Apri l'allegato]" in told(screen, "it")
    marta.tap("Apri l'allegato")
    assert [bool(message.attachment) for message in marta.messages] == [True, False]


def test_only_one_file_and_no_huge_one() -> None:
    giulia, _ = people()
    giulia.say("persona")
    assert "Il file è troppo grande. Può avere al massimo 16 MB." in giulia.send("document", size=50_000_000)
    giulia.send("voice")
    assert "Posso allegare un solo file." in giulia.send("photo")
    assert "Con un messaggio vocale." in giulia.text


@pytest.mark.parametrize(
    "what",
    [
        Sent("sticker", "r"),
        Sent("video", "r"),
        Located(45, 9),
        ContactShared("+1 202 555 0199", True),
        Unreadable("poll"),
    ],
)
def test_what_is_no_message_is_explained(what: object) -> None:
    giulia, _ = people()
    giulia.say("persona")
    giulia.take(what)
    assert "Qui posso prendere un testo, un messaggio vocale, una foto o un documento." in giulia.text
    giulia.take(what)
    assert "Parla con noi" in giulia.labels


def test_a_text_that_is_too_long_is_refused_and_an_empty_one_too() -> None:
    giulia, _ = people()
    giulia.say("persona")
    assert "Scrivi al massimo 3.500 caratteri." in giulia.say("a" * 3_501)
    giulia.say("persona")
    giulia.say("a" * 3_000)
    assert "Scrivi al massimo 3.500 caratteri." in giulia.say("b" * 600)
    assert "b" not in giulia.text.partition("messaggio:\n")[2].partition("\n")[0]
    giulia.say("persona")
    assert "Qui posso prendere" in giulia.say("\u0000\u0007")


def test_hostile_text_arrives_as_it_was_written() -> None:
    giulia, marta = people()
    hostile = "<b>{number}</b> %s ‮ '; DROP TABLE ticket"
    asked_by(giulia, hostile)
    marta.tap("Apri")
    assert hostile in marta.text


def test_the_question_interrupts_nothing() -> None:
    giulia, _ = people()
    giulia.say("menu")
    giulia.say("1")
    giulia.say("1")
    giulia.say("1")
    giulia.say("persona")
    giulia.say(QUESTION)
    assert giulia.say("invia").partition("---\n")[2].startswith("Domanda 2 di ")


def test_one_who_has_not_joined_may_ask_too() -> None:
    world = World()
    guest = world.phone("ospite", "telegram", role="")
    guest.take(Chose("@handoff:open"))
    guest.say("Come faccio a entrare?")
    guest.say("invia")
    assert len(world.tickets) == 1


# Danger


@pytest.mark.parametrize("text", ["Mio marito mi picchia", "ho paura di lui, cosa faccio?"])
def test_1522_comes_before_anything_else_and_no_alert_goes_out_by_itself(text: str) -> None:
    giulia, marta = people()
    giulia.say("persona")
    said = giulia.say(text)
    assert said.splitlines()[1].startswith("Se subisci violenza o hai paura, chiama il 1522. È gratis, 24 ore su 24")
    assert said.splitlines()[2] == "Se sei in pericolo adesso, chiama il 112."
    assert "call 1522" not in said
    assert marta.received == [] and giulia.world.tickets == {}
    giulia.say("invia")
    assert len(marta.received) == 1
    assert "può parlare di violenza" in marta.tap("Apri")


def test_1522_is_told_in_the_language_the_person_wrote_in_as_well() -> None:
    giulia, _ = people()
    giulia.say("persona")
    said = giulia.say("My husband hits me")
    assert said.index("chiama il 1522") < said.index("call 1522") < said.index("My husband")


def test_1522_is_told_for_words_under_a_photo_and_stays_while_the_text_grows() -> None:
    giulia, _ = people()
    giulia.say("persona")
    assert "1522" in giulia.send("photo", caption="mi ha picchiata")
    assert "1522" in giulia.say("ieri sera")


# The reader


def test_the_alert_holds_no_word_of_the_person() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    alert = marta.received[-1]
    number = ticket_number(ticket)
    for language in ("it", "en"):
        said = told(alert, language)
        assert number in said and "part-time" not in said and "giulia" not in said.casefold()
    assert alert.template is not None and alert.template.name == "ticket_new"
    variables = [render(v, "it", content().catalog) for v in alert.template.variables]
    assert variables == [number, "23 novembre 2026"]
    (said,) = [e for e in giulia.world.effects if isinstance(e, Say) and isinstance(e.to, ToRole)]
    assert said.lane == "alert"


def test_a_question_is_read_and_answered_like_this() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    number = ticket_number(ticket)
    assert marta.tap("Apri") == (
        f"Domanda {number}\nScrive una persona, per il proprio lavoro.\nRispondi entro il 25/11/2026, 10:00.\n"
        f"Chi chiede, il 23/11/2026, 10:00:\n{QUESTION}\n"
        "[Rispondi]\n[La seguo io]\n[Chiedi il nome]\n[Chiudi la domanda]\n[Domande aperte]\n[Indietro]"
    )
    assert "senza il tuo nome" in marta.tap("Rispondi")
    marta.say("Sì, lo prevede la legge.")
    assert "Sì, lo prevede la legge.\nVale per 12 mesi." in marta.say("Vale per 12 mesi.")
    heard = len(giulia.received)
    assert f"Ho mandato la risposta alla domanda {number}." in marta.tap("Invia")
    assert len(giulia.received) == heard + 1
    answer = giulia.received[-1]
    assert told(answer, "it") == (
        f"Risposta alla domanda {number}\nSì, lo prevede la legge.\nVale per 12 mesi.\n"
        "Se non ti basta, puoi scrivere ancora.\n[Scrivi ancora]\n[Grazie, basta così]"
    )
    assert answer.template is not None and answer.template.name == "ticket_answer"
    assert [render(v, "it", content().catalog) for v in answer.template.variables] == [number]
    thread = giulia.world.tickets[ticket]
    assert thread.open and thread.waiting == "them" and thread.assignee == "marta" and thread.due is None
    (said,) = [e for e in giulia.world.effects if isinstance(e, Say) and isinstance(e.to, ToTicket)]
    assert said.to == ToTicket(ticket)


def test_an_answer_can_be_written_again_and_must_be_something() -> None:
    giulia, marta = people()
    asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert "La risposta deve essere un testo." in (marta.take(Located(45, 9)) or marta.text)
    marta.say("brutta copia")
    marta.tap("Riscrivi")
    assert "brutta copia" not in marta.say("bella copia")
    assert "troppo lungo" in marta.say("x" * 4_000) or "Non ho capito" in marta.text
    assert marta.say("indietro").startswith("Domanda ")
    assert marta.say("indietro").startswith("Domande di chi lavora\n")
    assert marta.say("indietro").startswith("Menu\n")


def test_the_oldest_question_comes_first_and_pages_hold_seven() -> None:
    giulia, marta = people()
    numbers = []
    for index in range(9):
        numbers.append(ticket_number(asked_by(giulia, f"domanda {index}")))
        giulia.world.now += timedelta(hours=36)
    marta.take(Chose("@handoff:list"))
    assert "Ci sono 9 domande che aspettano una risposta." in marta.text
    assert [label.split(" · ")[0] for label in marta.labels] == [*numbers[:7], "Altre…", "Indietro"]
    assert marta.labels[0] == f"{numbers[0]} · 2 settimane"
    assert "In ritardo" in marta.text
    marta.tap("Altre…")
    assert "In ritardo" not in marta.text
    assert [label.split(" · ")[0] for label in marta.labels] == [*numbers[7:], "Altre…", "Indietro"]
    marta.tap("Altre…")
    assert marta.labels[0].startswith(numbers[0])
    marta.say("2")
    assert "domanda 1\n" in marta.text


def test_two_readers_at_once_give_one_answer_and_the_second_reads_it_first() -> None:
    giulia, marta = people()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    ticket = asked_by(giulia)
    for reader in (marta, paola):
        reader.tap("Apri")
        reader.tap("Rispondi")
        reader.say(f"risposta di {reader.name}")
    marta.tap("Invia")
    said = paola.tap("Invia")
    assert "c'è un messaggio nuovo. Leggilo prima di rispondere." in said
    assert "risposta di marta" in said and "La segue una collega." in said and "[Rispondi]" not in said
    assert [note.text for note in giulia.world.tickets[ticket].notes] == [QUESTION, "risposta di marta"]
    assert "Da adesso la segui tu." in paola.tap("La seguo io")
    paola.tap("Rispondi")
    paola.say("aggiungo una cosa")
    paola.tap("Invia")
    assert "aggiungo una cosa" in told(giulia.received[-1], "it")
    assert giulia.world.tickets[ticket].assignee == "paola"


def test_a_reader_who_was_interrupted_finds_the_new_message() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    marta.say("aiuto")
    giulia.take(Chose(f"@handoff:more:{ticket}"))
    giulia.say("anzi, è urgente")
    giulia.say("invia")
    said = marta.say("indietro")
    assert "anzi, è urgente" in said and said.startswith(f"Domanda {ticket_number(ticket)}\n")


def test_nobody_answers_an_own_question() -> None:
    giulia, marta = people()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    marta.say("persona")
    assert "Domande aperte" in marta.labels
    marta.say("Una domanda mia")
    marta.say("invia")
    assert paola.received and not any("nuova domanda" in told(m, "it") for m in marta.received)
    marta.take(Chose("@handoff:list"))
    marta.say("1")
    assert "È una tua domanda: risponde una collega." in marta.text
    assert marta.labels == ["Domande aperte", "Indietro"]


@pytest.mark.parametrize(
    "role", ["worker", "referent", "coordinator", "partner", "accountant", "editor", "auditor", ""]
)
@pytest.mark.parametrize("verb", ["list", "read"])
def test_no_other_role_reads_a_question(role: str, verb: str) -> None:
    giulia, _ = people()
    ticket = asked_by(giulia)
    other = giulia.world.phone("altri", "telegram", role)
    other.take(Chose(f"@handoff:{verb}:{ticket}"))
    assert other.text == "Questa parte è solo per la welfare manager."
    assert QUESTION not in other.text


def test_a_reader_whose_role_ended_reads_no_more() -> None:
    giulia, marta = people()
    asked_by(giulia)
    marta.tap("Apri")
    marta.record.person = replace(marta.record.person, memberships=giulia.record.person.memberships)
    for words in ("rispondi", "indietro", "aiuto", "indietro"):
        assert QUESTION not in marta.say(words)


def test_without_open_questions_the_list_says_so() -> None:
    _, marta = people()
    marta.say("menu")
    marta.take(Chose("@handoff:list"))
    assert marta.text == "Non ci sono domande aperte."


# The thread


def answered() -> tuple[Phone, Phone, str]:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    marta.say("Sì.")
    marta.tap("Invia")
    return giulia, marta, ticket


def test_one_more_message_goes_on_with_the_thread_and_reaches_who_follows_it() -> None:
    giulia, marta, ticket = answered()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    number = ticket_number(ticket)
    assert f"Aggiungo il messaggio alla domanda {number}." in giulia.tap("Scrivi ancora")
    giulia.say("Anche in prova?")
    assert f"Ho aggiunto il messaggio alla domanda {number}." in giulia.say("invia")
    assert list(giulia.world.tickets) == [ticket] and paola.received == []
    assert told(marta.received[-1], "it") == f"C'è un nuovo messaggio nella domanda {number}.\n[Apri]"
    said = marta.tap("Apri")
    assert said.index(QUESTION) < said.index("Welfare manager, il") < said.index("Anche in prova?")
    assert "La segui tu." in said


def test_a_thread_of_somebody_else_is_neither_read_nor_written_in() -> None:
    giulia, _, ticket = answered()
    ada = giulia.world.phone("ada", "telegram")
    ada.take(Chose(f"@handoff:more:{ticket}"))
    assert ticket_number(ticket) not in ada.text
    for verb in ("answer", "thread", "name"):
        ada.take(Chose(f"@handoff:{verb}:{ticket}"))
        assert "Sì." not in ada.text and QUESTION not in ada.text
    ada.take(Chose(f"@handoff:enough:{ticket}"))
    assert giulia.world.tickets[ticket].open


def test_thanks_that_is_all_closes_the_thread_and_writing_again_opens_it() -> None:
    giulia, marta, ticket = answered()
    for _ in range(2):
        assert giulia.tap("Grazie, basta così") == "Grazie a te. Se serve, siamo qui."
    assert not giulia.world.tickets[ticket].open
    marta.take(Chose("@handoff:list"))
    assert marta.labels == ["Chiuse di recente", "Indietro"]
    giulia.take(Chose(f"@handoff:more:{ticket}"))
    giulia.say("Ancora una cosa")
    giulia.say("invia")
    assert giulia.world.tickets[ticket].open and giulia.world.tickets[ticket].waiting == "us"


def test_a_welfare_manager_closes_and_opens_again() -> None:
    giulia, marta, ticket = answered()
    marta.take(Chose(f"@handoff:read:{ticket}"))
    assert "Domanda chiusa." in marta.tap("Chiudi la domanda")
    closing = told(giulia.received[-1], "it")
    assert "è chiusa. Se ti serve altro, scrivi ancora." in closing and "[Scrivi ancora]" in closing
    marta.take(Chose("@handoff:list"))
    marta.tap("Chiuse di recente")
    marta.say("1")
    assert "Questa domanda è chiusa." in marta.text
    assert "Domanda riaperta." in marta.tap("Riapri") and "[Rispondi]" in marta.text
    assert giulia.world.tickets[ticket].open


def test_her_own_threads_are_a_list_away_with_everything_that_was_said() -> None:
    giulia, _, ticket = answered()
    giulia.say("persona")
    giulia.tap("Le mie domande")
    assert giulia.labels == [f"{ticket_number(ticket)} · risposta", "Nuova domanda", "Indietro"]
    said = giulia.say("1")
    assert "Tu, il 23/11/2026, 10:00:" in said and "Welfare manager, il" in said and "Sì." in said
    giulia.say("scrivo sotto")
    assert "scrivo sotto" in giulia.text and "[Invia]" in giulia.text
    giulia.say("invia")
    assert [note.text for note in giulia.world.tickets[ticket].notes] == [QUESTION, "Sì.", "scrivo sotto"]


def test_long_threads_show_the_last_messages_and_the_others_are_counted() -> None:
    giulia, marta, ticket = answered()
    for index in range(4):
        giulia.take(Chose(f"@handoff:more:{ticket}"))
        giulia.say(f"messaggio {index} " + "x" * 1_500)
        giulia.say("invia")
    said = (marta.take(Chose(f"@handoff:read:{ticket}")), marta.text)[1]
    assert "Prima ci sono altri 2 messaggi." in said and QUESTION not in said
    assert said.count("x" * 1_500) == 1 and "x…" in said


def test_files_go_both_ways_under_the_number_of_the_thread() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert "Con un documento." in marta.send("document", mime="application/pdf", name="Elena.pdf", size=1_000)
    marta.say("Ecco il modulo.")
    marta.tap("Invia")
    sent = giulia.received[-1]
    note = giulia.world.tickets[ticket].notes[-1]
    assert sent.attachment is not None and sent.attachment.ref == note.id
    assert sent.attachment.name == f"{ticket_number(ticket)}.pdf"
    assert "Ecco il modulo." in told(sent, "it")
    marta.take(Chose(f"@handoff:read:{ticket}"))
    marta.tap("Rispondi")
    assert "Il file è troppo grande." in marta.send("document", size=50_000_000)
    assert "Qui posso prendere" in marta.send("sticker")


# The name


def test_a_name_is_read_only_after_the_person_has_told_and_confirmed_it() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    assert "Ho chiesto alla persona se vuole dire il nome." in marta.tap("Chiedi il nome")
    assert "Puoi anche dire di no" in told(giulia.received[-1], "it")
    assert "scrivi il nome che deve leggere" in giulia.tap("Dico il mio nome")
    assert "leggerà questo nome: Giulia Prova" in giulia.say("Giulia   Prova")
    assert giulia.world.tickets[ticket].name == ""
    assert "sa come chiamarti" in giulia.tap("Sì, dillo")
    assert "ha detto il suo nome" in told(marta.received[-1], "it") and "Giulia" not in told(marta.received[-1], "it")
    assert "Scrive Giulia Prova, per il proprio lavoro." in marta.tap("Apri")


def test_who_wants_to_stay_without_a_name_does() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Chiedi il nome")
    assert giulia.tap("No, resto senza nome") == "Va bene, resti senza nome."
    giulia.take(Chose(f"@handoff:name:{ticket}"))
    giulia.say("Giulia")
    assert "resti senza nome" in giulia.say("2")
    giulia.take(Chose(f"@handoff:name:{ticket}"))
    assert "Scrivi il nome, o scegli di restare senza." in giulia.send("voice")
    assert giulia.world.tickets[ticket].name == ""


# For oneself and for the firm


def test_an_owner_says_for_whom_she_asks_and_the_two_stay_apart() -> None:
    world = World()
    teresa, marta = world.phone("teresa"), world.phone("marta", "telegram", "welfare_manager")
    owner = tuple(replace(one, contract="owner") for one in teresa.record.person.memberships)
    teresa.record.person = replace(teresa.record.person, memberships=owner)
    assert "Per chi chiedi?" in teresa.say("persona")
    assert "Scegli prima per chi chiedi." in teresa.say("boh")
    assert "Qui chiedi per l'impresa" in teresa.tap("Per l'impresa")
    teresa.say("Come funziona il welfare aziendale?")
    teresa.say("invia")
    teresa.say("persona")
    teresa.tap("Per me")
    teresa.say("Ho diritto al congedo?")
    teresa.say("invia")
    assert [thread.matter for thread in world.tickets.values()] == ["enterprise", "worker"]
    assert "welfare aziendale" not in (marta.take(Chose("@handoff:list")) or marta.text)
    assert marta.labels[-2:] == ["Di chi lavora (1)", "Indietro"]
    marta.tap("Di chi lavora (1)")
    assert marta.text.startswith("Domande di chi lavora") and marta.labels[-2:] == ["Di imprese (1)", "Indietro"]
    marta.tap("Di imprese (1)")
    marta.say("1")
    assert "Scrive un'impresa, per la propria impresa." in marta.text


def test_a_referent_asks_for_the_firm_only() -> None:
    world = World()
    nino = world.phone("nino", "whatsapp", "referent")
    assert "Qui chiedi per l'impresa" in nino.say("persona")
    nino.say("Come si fa?")
    nino.say("invia")
    assert [thread.matter for thread in world.tickets.values()] == ["enterprise"]


# Deadlines


def test_who_follows_hears_of_a_deadline_a_day_before_and_all_colleagues_when_it_is_late() -> None:
    giulia, marta = people()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("La seguo io")
    paola.received.clear()
    giulia.world.pass_time(days=1)
    assert "aspetta una risposta entro domani" in told(marta.received[-1], "it") and paola.received == []
    giulia.received.clear()
    giulia.world.pass_time(days=1)
    for reader in (marta, paola):
        assert "è in ritardo. Chi può, la segua." in told(reader.received[-1], "it")
    assert "serve ancora un po' di tempo" in told(giulia.received[-1], "it")
    giulia.received.clear()
    giulia.world.pass_time(days=40)
    late = [message for message in paola.received if "in ritardo" in told(message, "it")]
    assert 5 <= len(late) <= 8 and giulia.received == [], "the colleagues are reminded for a while, she only once"
    paola.tap("Apri")
    paola.tap("La seguo io")
    assert giulia.world.tickets[ticket].assignee == "paola"


def test_an_answer_in_time_keeps_everybody_quiet_and_two_weeks_later_the_thread_is_closed() -> None:
    giulia, marta, ticket = answered()
    heard = len(marta.received), len(giulia.received)
    giulia.world.pass_time(days=10)
    assert (len(marta.received), len(giulia.received)) == heard and giulia.world.tickets[ticket].open
    giulia.world.pass_time(days=5)
    assert not giulia.world.tickets[ticket].open and (len(marta.received), len(giulia.received)) == heard


def test_a_thread_in_which_the_person_wrote_again_is_not_closed_by_time() -> None:
    giulia, _, ticket = answered()
    giulia.take(Chose(f"@handoff:more:{ticket}"))
    giulia.say("ancora")
    giulia.say("invia")
    giulia.world.pass_time(days=20)
    assert giulia.world.tickets[ticket].open


def test_everything_is_there_in_english() -> None:
    giulia, _ = people()
    giulia.say("language")
    giulia.say("english")
    assert giulia.say("human").startswith(
        "Talk to a person\nThe welfare manager of Rete Prova, a lawyer, answers you."
    )
    giulia.say("Can I work part-time?")
    assert "within 2 working days" in giulia.say("send")


# Ready answers


def test_a_ready_answer_comes_with_its_sources_and_can_be_changed() -> None:
    world = World(faq=knowledge())
    giulia, marta = world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")
    asked_by(giulia, "quanto dura il congedo parentale?")
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert marta.labels == ["Risposte pronte", "Indietro"]
    marta.tap("Risposte pronte")
    assert marta.labels[0] == "congedo-parentale"
    said = marta.tap("congedo-parentale")
    assert "Risposta su congedo-parentale.\n\nNorma: D.Lgs. 0/2026, art. 1\n\nSe ne occupa: INPS" in said
    assert "Redatto il 22 novembre 2026, in attesa di verifica." in said
    marta.say("Nel tuo caso vale.")
    marta.tap("Invia")
    answer = told(giulia.received[-1], "it")
    assert "Risposta su congedo-parentale." in answer and "Nel tuo caso vale." in answer


def test_a_thread_that_began_from_an_answer_offers_it_first() -> None:
    world = World(faq=knowledge())
    giulia, marta = world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")
    giulia.take(Chose("@handoff:topic:nido"))
    assert "Argomento: Titolo di nido." in giulia.text
    giulia.say("Vale anche per due figli?")
    giulia.say("invia")
    assert "Argomento: Titolo di nido." in marta.tap("Apri")
    marta.tap("Rispondi")
    assert marta.labels == ["nido", "Risposte pronte", "Indietro"]


@pytest.mark.parametrize(
    ("topic", "warning"),
    [("incerto", "° = da verificare"), ("bonus-vecchio", "Attenzione: questa risposta valeva fino al 1 novembre")],
)
def test_a_ready_answer_keeps_its_warnings(topic: str, warning: str) -> None:
    world = World(faq=knowledge())
    giulia, marta = world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")
    giulia.take(Chose(f"@handoff:topic:{topic}"))
    giulia.say("Vale anche per due figli?")
    giulia.say("invia")
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert warning in marta.tap(topic)
    marta.tap("Invia")
    assert warning in told(giulia.received[-1], "it")


def test_other_ready_answers_are_found_by_a_word() -> None:
    world = World(faq=knowledge())
    giulia, marta = world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")
    asked_by(giulia, "How long is parental leave?")
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert "Scegli una risposta pronta" in marta.tap("Risposte pronte")
    marta.say("posso avere un aiuto per il bambino?")
    assert marta.labels[:2] == ["nido", "congedo-parentale"]
    said = marta.say("1")
    assert "Answer on nido." in said and "a translation that has not been checked" in said, "in the asker's language"
    assert marta.say("indietro").startswith("Domanda ")


# Interruptions


def same_after_help(phone: Phone) -> None:
    """The help and back: the screen is the one she left."""
    place, screen = phone.state.place, told(phone.received[-1], "it")
    phone.say("aiuto")
    phone.say("indietro")
    assert phone.state.place == place and told(phone.received[-1], "it") == screen


def test_every_screen_of_the_reader_is_there_again_after_an_interruption() -> None:
    world = World(faq=knowledge())
    giulia, marta = world.phone("giulia", "whatsapp"), world.phone("marta", "telegram", "welfare_manager")
    ticket = asked_by(giulia)
    marta.take(Chose("@handoff:list"))
    for step in ("1", "Rispondi", "Risposte pronte", "congedo-parentale"):
        same_after_help(marta)
        marta.tap(step) if step in marta.labels else marta.say(step)
    same_after_help(marta)
    marta.say("indietro")
    marta.tap("Rispondi")
    marta.tap("Risposte pronte")
    assert marta.say("indietro").startswith("Domanda ") and "Risposte pronte" in marta.labels
    marta.take(Chose(f"@handoff:read:{ticket}"))
    marta.tap("Chiudi la domanda")
    marta.take(Chose("@handoff:list"))
    marta.tap("Chiuse di recente")
    same_after_help(marta)
    marta.say("1")
    same_after_help(marta)


def test_every_screen_of_the_asker_is_there_again_after_an_interruption() -> None:
    giulia, _, ticket = answered()
    giulia.take(Chose(f"@handoff:thread:{ticket}"))
    same_after_help(giulia)
    giulia.tap("Dico il mio nome")
    same_after_help(giulia)
    giulia.say("Giulia")
    same_after_help(giulia)
    giulia.tap("Sì, dillo")
    giulia.take(Chose("@handoff:mine"))
    same_after_help(giulia)
    giulia.say("1")
    assert "Dico il mio nome" not in giulia.labels
    assert giulia.say("indietro").startswith("Le mie domande")
    assert giulia.say("indietro").startswith("Menu")


def test_a_list_that_has_nothing_of_hers_leads_to_a_new_message() -> None:
    giulia, _ = people()
    giulia.take(Chose("@handoff:mine"))
    assert "Fai la tua domanda con parole tue." in giulia.text


def test_a_thread_that_is_gone_is_told_by_its_number() -> None:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    del giulia.world.tickets[ticket]
    assert f"Non trovo la domanda {ticket_number(ticket)}." in marta.tap("Rispondi")
    marta.take(Chose(f"@handoff:read:{ticket}"))
    assert f"Non trovo la domanda {ticket_number(ticket)}." in marta.text


def test_timers_of_others_and_of_the_past_do_nothing() -> None:
    giulia, marta, ticket = answered()
    heard = len(giulia.received), len(marta.received)
    for verb in ("soon", "late", "rest"):
        for phone in (giulia, marta):
            phone.take(Due(f"handoff:{verb}", ticket, {}))
            phone.take(Due(f"handoff:{verb}", "gone", {}))
    assert (len(giulia.received), len(marta.received)) == heard and giulia.world.tickets[ticket].open
