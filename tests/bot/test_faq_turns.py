"""Questions and threads through real turns on both databases: what is asked on one phone is answered on another."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from conversations.events import Chose, Sent
from scheduler.chores import ring_timers
from storage import faq_asked, faq_seed, faq_topics, tickets
from storage.content import Content, content_folder
from storage.db import Database
from tests.office import Office, open_office
from tests.storage.dump import raw
from tests.storage.test_faq_rows import answers, folder

GARDEN = "posso coltivare pomodori in ufficio?"
UNKNOWN = "mi chiamo Giulia Rossi: posso portare il mio furetto in magazzino?"


@pytest.fixture
async def office(database: Database, content: Content, tmp_path: Path) -> AsyncIterator[Office]:
    """Giulia on WhatsApp, Karim and the welfare manager Elena on Telegram; one topic beside those of the program."""
    async with open_office(database, content) as made:
        made.turns._world = replace(made.world, answers=answers())

        files = folder(tmp_path / "faq")
        for name in ("bonus-nido.md", "permessi-104.md", "fuori-mutuo.md"):
            shutil.copy(content_folder() / "faq" / name, files)
        await made.does(lambda conn: faq_seed.seed(conn, files, made.now))
        await made.join("44", channel="whatsapp")
        await made.join("1001")
        await made.join("2002", "welfare_manager")
        yield made


async def asks(office: Office, value: str, text: str, channel: str = "telegram") -> str:
    return await office.hears(office.says(value, text, channel=channel), channel=channel)


async def taps(office: Office, value: str, label: str, channel: str = "telegram") -> str:
    return await office.hears(office.taps(value, label, channel), channel=channel)


async def queued(office: Office, value: str, text: str, channel: str = "telegram") -> None:
    """Asked, and by whatever way not answered: she lets us ask for her."""
    said = await asks(office, value, text, channel)
    for label in ("Altro", "Nessuna di queste"):
        line = office.lines[channel]
        if any(button.label == label for button in line.sent[-1][0].choices):
            said = await taps(office, value, label, channel)
    assert "Non lo so" in said
    await taps(office, value, "Sì, chiedilo tu", channel)


async def test_a_question_is_answered_from_the_rows_and_counted_without_its_asker(office: Office) -> None:
    said = await asks(office, "44", GARDEN, "whatsapp")
    assert "Puoi coltivare pomodori." in said and "in attesa di verifica" in said
    await taps(office, "44", "Mi è servita", "whatsapp")
    with office.database.read() as conn:
        assert faq_asked.ratings(conn) == {"orto": (1, 0, 0)}


async def test_a_question_of_two_people_is_answered_once_and_answers_from_then_on(office: Office) -> None:
    await queued(office, "44", UNKNOWN, "whatsapp")
    await queued(office, "1001", "posso portare un furetto in magazzino?")
    await asks(office, "2002", "faq")
    await taps(office, "2002", "Gestisci le risposte")
    await taps(office, "2002", "Domande in coda")
    said = await asks(office, "2002", "1")
    assert "L'hanno chiesto 2 persone." in said and "Rossi" not in said
    await taps(office, "2002", "Rispondi a tutti")
    await asks(office, "2002", "Sì, il furetto entra in magazzino con il guinzaglio.")
    await taps(office, "2002", "Invia")
    for channel, value in (("whatsapp", "44"), ("telegram", "1001")):
        line = office.lines[channel]
        await line.until(lambda line=line, value=value: "guinzaglio" in line.texts(value)[-1])
        assert "Avevi chiesto:" in line.texts(value)[-1] and "furetto" in line.texts(value)[-1]
    await taps(office, "2002", "Fanne una bozza")
    await asks(office, "2002", "Furetti in magazzino")
    before = await asks(office, "1001", "posso portare un furetto in magazzino?")
    assert "guinzaglio" not in before
    await taps(office, "2002", "Pubblica")
    await asks(office, "1001", "faq")
    office.turns._world.answers.wait()
    assert "guinzaglio" in await asks(office, "1001", "posso portare un furetto in magazzino?")
    with office.database.read() as conn:
        assert [one.why for one in faq_topics.history(conn, "furetti-in-magazzino")] == ["published", "drafted"]


async def test_personal_data_in_a_question_are_nowhere_in_the_database(office: Office) -> None:
    await queued(office, "44", UNKNOWN, "whatsapp")
    with office.database.read() as conn:
        [kept] = faq_asked.waiting(conn)
    assert "furetto" in kept.text and "Rossi" not in kept.text
    assert b"furetto" not in raw(office.database) and b"Rossi" not in raw(office.database)


async def test_a_thread_goes_both_ways_between_two_channels(office: Office) -> None:
    await asks(office, "44", "persona", "whatsapp")
    await asks(office, "44", "Posso chiedere il part-time?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    await office.line.until(lambda: "nuova domanda" in office.line.texts("2002")[-1])
    assert "Posso chiedere il part-time?" in await taps(office, "2002", "Apri")
    await taps(office, "2002", "Rispondi")
    await asks(office, "2002", "Sì, entro 30 giorni.")
    await taps(office, "2002", "Invia")
    hers = office.lines["whatsapp"]
    await hers.until(lambda: "entro 30 giorni" in hers.texts("44")[-1])
    await taps(office, "44", "Scrivi ancora", "whatsapp")
    await asks(office, "44", "Anche in prova?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    await office.line.until(lambda: "nuovo messaggio nella domanda" in office.line.texts("2002")[-1])
    said = await taps(office, "2002", "Apri")
    assert said.index("part-time") < said.index("30 giorni") < said.index("Anche in prova?")
    with office.database.read() as conn:
        [ticket] = tickets.open_tickets(conn)
        assert (ticket.mark, ticket.waiting, ticket.assignee) == (3, "us", office.person("2002").id)


async def test_a_thread_opened_by_the_number_of_its_row_shows_what_was_asked(office: Office) -> None:
    await asks(office, "44", "persona", "whatsapp")
    await asks(office, "44", "Posso chiedere il part-time?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    assert "C'è una domanda che aspetta" in await asks(office, "2002", "domande")
    assert "Posso chiedere il part-time?" in await asks(office, "2002", "1")
    await taps(office, "2002", "Rispondi")
    await asks(office, "2002", "Sì, entro 30 giorni.")
    await taps(office, "2002", "Invia")
    assert "Nessuna domanda aspetta una risposta." in await asks(office, "2002", "domande")
    again = await asks(office, "2002", "1")
    assert "Posso chiedere il part-time?" in again and "Sì, entro 30 giorni." in again


async def test_outside_the_window_the_answer_is_announced_and_waits_until_she_taps(office: Office) -> None:
    await asks(office, "44", "persona", "whatsapp")
    await asks(office, "44", "Posso chiedere il part-time?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    hers = office.lines["whatsapp"]
    office.now += timedelta(days=2)
    hers.only_opener = True
    await asks(office, "2002", "domande")
    await asks(office, "2002", "1")
    await taps(office, "2002", "Rispondi")
    await asks(office, "2002", "Sì, entro 30 giorni.")
    before = len(hers.sent)
    await taps(office, "2002", "Invia")
    await hers.until(lambda: len(hers.sent) > before)
    letter = hers.sent[-1][0]
    assert letter.opener.name == "ticket_answer" and len(letter.opener.variables) == 1
    hers.only_opener = False
    before = len(hers.sent)
    await office.takes(office.event("44", Chose("@opener:read"), channel="whatsapp"))
    await hers.until(lambda: len(hers.sent) > before)
    assert "Sì, entro 30 giorni." in hers.texts("44")[-1]


async def test_a_file_of_the_welfare_manager_reaches_the_person_once_its_bytes_are_here(office: Office) -> None:
    await asks(office, "44", "persona", "whatsapp")
    await asks(office, "44", "Quale modulo serve?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    await asks(office, "2002", "domande")
    await asks(office, "2002", "1")
    await taps(office, "2002", "Rispondi")
    file = Sent("document", "her-ref", "application/pdf", "Elena Prova.pdf", 1_000)
    await office.hears(office.event("2002", file))
    hers = office.lines["whatsapp"]
    before = len(hers.sent)
    await office.takes(office.taps("2002", "Invia"))

    def fetched(conn: Connection) -> None:
        [waiting] = tickets.files_to_fetch(conn, ["telegram"], office.now)
        tickets.keep_file(conn, waiting.id, b"%PDF-1", waiting.mime)

    await office.does(fetched)
    await hers.until(lambda: len(hers.sent) > before, seconds=30)
    letter = hers.sent[-1][0]
    assert letter.file is not None and letter.file.data == b"%PDF-1"
    assert "Elena" not in letter.file.name and letter.file.name.endswith(".pdf")


async def test_a_late_answer_is_told_to_the_colleagues_by_the_clock(office: Office) -> None:
    await asks(office, "44", "persona", "whatsapp")
    await asks(office, "44", "Posso chiedere il part-time?", "whatsapp")
    await taps(office, "44", "Invia", "whatsapp")
    for days, words in ((1, "aspetta una risposta entro domani"), (1, "è in ritardo")):
        office.now += timedelta(days=days, minutes=1)
        await ring_timers(office.lanes, office.turns.take_timer, lambda: office.now)
        await office.line.until(lambda words=words: words in office.line.texts("2002")[-1])
    hers = office.lines["whatsapp"]
    await hers.until(lambda: "serve ancora un po' di tempo" in hers.texts("44")[-1])


async def test_the_answer_on_violence_is_edited_away_and_its_words_are_kept_nowhere(
    office: Office, tmp_path: Path
) -> None:
    shutil.copy(content_folder() / "faq" / "congedo-violenza.md", tmp_path / "faq")
    await office.does(lambda conn: faq_seed.seed(conn, tmp_path / "faq", office.now))
    await asks(office, "1001", "faq")
    office.turns._world.answers.wait()
    said = await asks(office, "1001", "mio marito mi picchia")
    assert said.index("1522") < said.index("90 giorni")
    letters = len(office.line.sent)
    await office.takes(replace(office.taps("1001", "Nascondi"), message_ref="telegram-7"))
    await office.line.until(lambda: len(office.line.sent) > letters)
    hidden = office.line.sent[-1][0]
    assert hidden.replaces == "telegram-7" and "1522" not in office.line.texts("1001")[-1]
    state = repr(office.person("1001").state)
    assert "picchia" not in state and "violenza" not in state
    with office.database.read() as conn:
        assert faq_asked.waiting(conn) == []


async def test_an_old_answer_on_violence_is_edited_away_too_and_the_new_screen_stays(
    office: Office, tmp_path: Path
) -> None:
    shutil.copy(content_folder() / "faq" / "congedo-violenza.md", tmp_path / "faq")
    await office.does(lambda conn: faq_seed.seed(conn, tmp_path / "faq", office.now))
    await asks(office, "1001", "faq")
    office.turns._world.answers.wait()
    await asks(office, "1001", "mio marito mi picchia")
    await asks(office, "1001", "persona")
    place, letters = office.person("1001").state["place"], len(office.line.sent)
    await office.takes(replace(office.event("1001", Chose("@faq:hide", "Nascondi")), message_ref="telegram-7"))
    await office.line.until(lambda: len(office.line.sent) > letters)
    hidden = office.line.sent[-1][0]
    assert hidden.replaces == "telegram-7" and "1522" not in office.line.texts("1001")[-1]
    assert office.person("1001").state["place"] == place
