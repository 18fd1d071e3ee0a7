"""Where the bytes of a message's file come from: a person's own data, or what came with a ticket."""

from functools import partial

from conversations.messages import Attachment
from scheduler.render import FileSource, NotYet
from scheduler.sending import File
from storage import privacy, tickets
from storage.db import Database


def file_sources(database: Database) -> dict[str, FileSource]:
    """Every source a message may name."""
    return {"export": partial(_export, database), "ticket": partial(_ticket, database)}


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
