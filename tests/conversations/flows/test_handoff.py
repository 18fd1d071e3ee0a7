"""A message to a person of the association, its ticket, and the answer of a welfare manager who knows no name."""

from dataclasses import replace

import pytest

from conversations.effects import OpenTicket, Say, ToRole, ToTicket
from conversations.events import Chose, ContactShared, Located, Sent, Unreadable
from conversations.phrases import render
from conversations.rules.tickets import ticket_number
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
    ((_, ticket),) = giulia.world.tickets.values()
    assert ticket.text == "Ho due figli.\nIl più piccolo ha un anno."


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
    ((_, ticket),) = giulia.world.tickets.values()
    assert ticket.file is not None and ticket.file.kind == kind and ticket.text == "eccola"
    marta.tap("Apri")
    file, screen = marta.messages
    assert file.attachment is not None
    assert (file.attachment.source, file.attachment.ref) == ("ticket", ticket.id)
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
        f"Domanda {number}\nScritta il 23/11/2026, 10:00.\n{QUESTION}\n[Rispondi]\n[Domande aperte]\n[Indietro]"
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
        "Se non ti basta, puoi scrivere ancora.\n[Ho un'altra domanda]\n[Grazie, basta così]"
    )
    assert answer.template is not None and answer.template.name == "ticket_answer"
    assert [render(v, "it", content().catalog) for v in answer.template.variables] == [number]
    assert not giulia.world.tickets[ticket][1].open
    (said,) = [e for e in giulia.world.effects if isinstance(e, Say) and isinstance(e.to, ToTicket)]
    assert said.to == ToTicket(ticket)


def test_an_answer_can_be_written_again_and_must_be_a_text() -> None:
    giulia, marta = people()
    asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    assert "La risposta deve essere un testo." in marta.send("voice")
    marta.say("brutta copia")
    marta.tap("Riscrivi")
    assert "brutta copia" not in marta.say("bella copia")
    assert "troppo lungo" in marta.say("x" * 4_000)
    assert marta.say("indietro").startswith("Domanda ")
    assert marta.say("indietro").startswith("Domande aperte\n")
    assert marta.say("indietro").startswith("Menu\n")


def test_the_oldest_question_comes_first_and_pages_hold_nine() -> None:
    giulia, marta = people()
    numbers = []
    for index in range(11):
        numbers.append(ticket_number(asked_by(giulia, f"domanda {index}")))
        giulia.world.pass_time(hours=30)
    marta.take(Chose("@handoff:list"))
    assert "Ci sono 11 domande che aspettano una risposta." in marta.text
    assert [label.split(" · ")[0] for label in marta.labels] == [*numbers[:9], "Altre…", "Indietro"]
    assert marta.labels[0] == f"{numbers[0]} · 2 settimane"
    marta.tap("Altre…")
    assert [label.split(" · ")[0] for label in marta.labels] == [*numbers[9:], "Altre…", "Indietro"]
    marta.tap("Altre…")
    assert marta.labels[0].startswith(numbers[0])
    marta.say("2")
    assert "domanda 1\n" in marta.text


def test_two_readers_at_once_give_one_answer() -> None:
    giulia, marta = people()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    ticket = asked_by(giulia)
    for reader in (marta, paola):
        reader.tap("Apri")
        reader.tap("Rispondi")
        reader.say(f"risposta di {reader.name}")
    marta.tap("Invia")
    said = paola.tap("Invia")
    assert f"La domanda {ticket_number(ticket)} ha già una risposta." in said
    assert giulia.world.tickets[ticket][1].answer == "risposta di marta"
    assert "risposta di paola" not in told(giulia.received[-1], "it")
    assert f"La domanda {ticket_number(ticket)} ha già una risposta." in paola.tap("Apri")


def test_a_reader_who_was_interrupted_finds_the_question_answered() -> None:
    giulia, marta = people()
    paola = giulia.world.phone("paola", "telegram", "welfare_manager")
    asked_by(giulia)
    paola.tap("Apri")
    paola.say("aiuto")
    marta.tap("Apri")
    marta.tap("Rispondi")
    marta.say("fatto subito")
    marta.tap("Invia")
    assert "ha già una risposta" in paola.say("indietro")


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
    assert "È una tua domanda: risponde un'altra persona." in marta.text
    assert "Rispondi" not in marta.labels


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


# Going on


def answered() -> tuple[Phone, Phone, str]:
    giulia, marta = people()
    ticket = asked_by(giulia)
    marta.tap("Apri")
    marta.tap("Rispondi")
    marta.say("Sì.")
    marta.tap("Invia")
    return giulia, marta, ticket


def test_one_more_question_is_a_new_ticket_tied_to_the_first() -> None:
    giulia, marta, ticket = answered()
    number = ticket_number(ticket)
    assert f"La unisco alla domanda {number}." in giulia.tap("Ho un'altra domanda")
    giulia.say("Anche in prova?")
    giulia.say("invia")
    opened = [effect for effect in giulia.world.effects if isinstance(effect, OpenTicket)][-1]
    assert opened.about == ticket and opened.ticket_id != ticket
    assert f"Continua la domanda {number}." in marta.tap("Apri")


def test_a_question_of_somebody_else_is_not_tied_to() -> None:
    giulia, _, ticket = answered()
    ada = giulia.world.phone("ada", "telegram")
    ada.take(Chose(f"@handoff:more:{ticket}"))
    assert ticket_number(ticket) not in ada.text
    ada.take(Chose(f"@handoff:answer:{ticket}"))
    assert "Sì." not in ada.text


def test_thanks_that_is_all_ends_kindly_and_twice_is_the_same() -> None:
    giulia, _, _ = answered()
    for _ in range(2):
        assert giulia.tap("Grazie, basta così") == "Grazie a te. Se serve, siamo qui."
    assert len(giulia.world.tickets) == 1


def test_the_answer_can_be_read_again_and_an_open_question_has_none() -> None:
    giulia, _, ticket = answered()
    giulia.take(Chose(f"@handoff:answer:{ticket}"))
    assert giulia.text.startswith(f"Risposta alla domanda {ticket_number(ticket)}\nSì.\n")
    other = asked_by(giulia, "e poi?")
    giulia.take(Chose(f"@handoff:answer:{other}"))
    assert "Non c'è ancora una risposta" in giulia.text


def test_everything_is_there_in_english() -> None:
    giulia, _ = people()
    giulia.say("language")
    giulia.say("english")
    assert giulia.say("human").startswith(
        "Talk to a person\nThe welfare manager of Rete Prova, a lawyer, answers you."
    )
    giulia.say("Can I work part-time?")
    assert "within 2 working days" in giulia.say("send")
