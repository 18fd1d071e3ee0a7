"""Files of messages: the QR of a voucher, and documents that go only to their owner and to the association."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from conversations.events import Sent
from conversations.message_json import message_to_json
from conversations.messages import Attachment, Message
from scheduler.chores import fetch_files
from scheduler.files import file_sources, sent_file
from scheduler.render import NotYet
from scheduler.sending import Unreachable
from storage import outbox, people, timers
from storage.db import Database
from storage.lanes import Lanes
from storage.money import papers as money_papers
from tests.scheduler.pictures import PDF_FILE, photo
from tests.scheduler.test_papers import Shop
from tests.storage.money_world import NOW, World, a_spec

PAPER = Attachment("voucher_paper", "paper", "document", "K7M-2QX", "application/octet-stream")


def a_world(database: Database) -> World:
    """Giulia has sent a request with a document that is still with Telegram."""
    world = World(database)
    world.populate()
    request = world.asked("giulia", world.opened(a_spec()))
    sent = Sent("photo", "r", "image/jpeg", "x.jpg")
    world.does("giulia", money_papers.add, request, "paper", "quote", sent, "telegram")
    return world


async def fetched(database: Database, data: bytes) -> None:
    lanes = Lanes(database)
    await fetch_files(lanes, {"telegram": Shop(data)}, NOW)
    await lanes.close()


def test_the_qr_is_drawn_from_what_the_message_says(sqlite: Database) -> None:
    wanted = Attachment("voucher_qr", "PV-x", "photo", "voucher.png", "image/png")
    file = file_sources(sqlite)["voucher_qr"](wanted, "giulia")
    assert file is not None
    assert (file.kind, file.name, file.mime) == ("photo", "voucher.png", "image/png")
    assert file.data.startswith(b"\x89PNG")


async def test_a_document_is_waited_for_then_opened_with_its_real_type(database: Database) -> None:
    a_world(database)
    source = file_sources(database)["voucher_paper"]
    with pytest.raises(NotYet):
        source(PAPER, "elena")
    await fetched(database, photo("PNG"))
    file = source(PAPER, "elena")
    assert file is not None
    assert (file.name, file.mime) == ("K7M-2QX.jpg", "image/jpeg")
    assert file.data.startswith(b"\xff\xd8") and b"GPS" not in file.data


async def test_a_pdf_has_its_own_ending(sqlite: Database) -> None:
    a_world(sqlite)
    await fetched(sqlite, PDF_FILE)
    file = file_sources(sqlite)["voucher_paper"](PAPER, "giulia")
    assert file is not None and (file.name, file.data) == ("K7M-2QX.pdf", PDF_FILE)


@pytest.mark.parametrize(
    ("reader", "sees"),
    [("giulia", True), ("elena", True), ("marta", True), ("karim", False), ("nino", False), ("paolo", False),
     ("ugo", False), ("nobody", False), (None, False)],
)  # fmt: skip
async def test_a_document_goes_to_its_owner_and_the_associations_managers_only(
    sqlite: Database, reader: str | None, sees: bool
) -> None:
    a_world(sqlite)
    await fetched(sqlite, photo())
    assert (file_sources(sqlite)["voucher_paper"](PAPER, reader) is not None) == sees


async def test_who_lost_the_role_before_it_left_does_not_get_it(sqlite: Database) -> None:
    a_world(sqlite)
    await fetched(sqlite, photo())
    with sqlite.write() as conn:
        m = people.MEMBERSHIPS
        conn.execute(update(m).where(m.c.person_id == "elena").values(until=NOW))
    assert file_sources(sqlite)["voucher_paper"](PAPER, "elena") is None


async def test_a_lost_or_unknown_document_is_said_to_be_lost(sqlite: Database) -> None:
    a_world(sqlite)
    lanes = Lanes(sqlite)
    await fetch_files(lanes, {"telegram": Shop(Unreachable("gone"))}, NOW)
    await lanes.close()
    source = file_sources(sqlite)["voucher_paper"]
    assert source(PAPER, "elena") is None
    assert source(Attachment("voucher_paper", "other", "document", "", ""), "elena") is None


@pytest.mark.parametrize("data", [b"\xff\xd8\xff no picture", b"MZ", photo()[:300]])
async def test_who_sent_what_is_no_picture_is_told_at_once(database: Database, data: bytes) -> None:
    a_world(database)
    await fetched(database, data)
    with database.read() as conn:
        rung = [(one.person_id, one.kind) for one in timers.due(conn, NOW + timedelta(minutes=1))]
    assert ("giulia", "voucher_request:bad_file") in rung
    assert file_sources(database)["voucher_paper"](PAPER, "elena") is None


async def test_a_good_one_rings_nothing(sqlite: Database) -> None:
    a_world(sqlite)
    await fetched(sqlite, photo())
    with sqlite.read() as conn:
        assert not [one for one in timers.due(conn, NOW + timedelta(days=99)) if one.kind.endswith("bad_file")]


def a_letter(database: Database, reader: str, attachment: Attachment | None) -> int:
    """A message with this file is in the outbox for her."""
    body = {"language": "it", "message": message_to_json(Message(attachment=attachment))}
    with database.write() as conn:
        return outbox.put(conn, outbox.Post(reader, None, "whatsapp", 0, body), NOW, "node")[0]


async def test_the_file_of_a_letter_is_found_again_by_any_process_and_only_for_its_reader(database: Database) -> None:
    a_world(database)
    hers, theirs = a_letter(database, "giulia", PAPER), a_letter(database, "karim", PAPER)
    none = a_letter(database, "giulia", None)
    sources = file_sources(database)
    assert sent_file(database, sources, hers) is None, "it is not here yet"
    await fetched(database, PDF_FILE)
    file = sent_file(database, sources, hers)
    assert file is not None and file.data == PDF_FILE
    assert sent_file(database, sources, theirs) is None
    assert sent_file(database, sources, none) is None
    assert sent_file(database, sources, 10**6) is None
    assert sent_file(database, {}, hers) is None
    with database.write() as conn:
        conn.execute(update(outbox.OUTBOX).where(outbox.OUTBOX.c.id == hers).values(body=None))
    assert sent_file(database, sources, hers) is None, "its text is gone, and with it the file"
