"""Where the bytes of a message's file come from: own data, a ticket, a document, a voucher's QR picture."""

from collections.abc import Mapping
from functools import partial

from conversations.message_json import message_from_json
from conversations.messages import Attachment
from conversations.rules.pictures import JPEG, PDF, PNG, WEBP
from scheduler.pictures import qr_png
from scheduler.render import FileSource, NotYet
from scheduler.sending import File
from storage import outbox, papers, privacy, tickets
from storage.db import Database
from storage.money import actors as money_actors

ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf"}


def file_sources(database: Database) -> dict[str, FileSource]:
    """Every source a message may name."""
    return {
        "export": partial(_export, database),
        "ticket": partial(_ticket, database),
        "voucher_qr": _voucher_qr,
        "voucher_paper": partial(_paper, database),
    }


def sent_file(database: Database, sources: Mapping[str, FileSource], number: int) -> File | None:
    """The file of a letter of the outbox, made once more for the same reader; None where there is none any more."""
    with database.read() as conn:
        said = outbox.spoken(conn, number)
    body, reader = said or (None, None)
    if not isinstance(body, dict):
        return None
    attachment = message_from_json(body["message"]).attachment  # type: ignore[arg-type]
    source = None if attachment is None else sources.get(attachment.source)
    try:
        return None if attachment is None or source is None else source(attachment, reader)
    except NotYet:
        return None


def _export(database: Database, attachment: Attachment, reader: str | None) -> File | None:
    """A copy of a person's data goes to that person only."""
    if reader is None or attachment.ref != reader:
        return None
    with database.read() as conn:
        return File(attachment.kind, attachment.name, attachment.mime, privacy.export(conn, reader))


def _ticket(database: Database, attachment: Attachment, reader: str | None) -> File | None:
    with database.read() as conn:
        file = tickets.file_of(conn, attachment.ref)
    if file is None or file.status == tickets.LOST:
        return None
    if file.data is None:
        raise NotYet
    return File(attachment.kind, attachment.name or file.name, file.mime or attachment.mime, file.data)


def _voucher_qr(attachment: Attachment, reader: str | None) -> File | None:
    """The picture of a presentation token, which the message itself holds; drawn when it leaves, kept nowhere."""
    return File(attachment.kind, attachment.name, attachment.mime, qr_png(attachment.ref))


def _paper(database: Database, attachment: Attachment, reader: str | None) -> File | None:
    """A document goes to whom it belongs to, or to who is a manager of the association when it leaves."""
    with database.read() as conn:
        paper = papers.paper_by_id(conn, attachment.ref)
        if paper is None or reader is None:
            return None
        if reader != paper.person_id and not money_actors.held(conn, reader).roles & money_actors.MANAGERS:
            return None
    if paper.bytes_status == papers.WAITING:
        raise NotYet
    if paper.data is None:
        return None
    return File(attachment.kind, f"{attachment.name}{ENDINGS.get(paper.mime, '')}", paper.mime, paper.data)
