"""Topics of content/faq brought into the rows, and rows as files again: what a start, an import and an export do."""

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from storage import faq_topics, notes
from storage.faq_files import Topic, read_topic
from storage.faq_topics import Data

DIGEST: Final = "faq.files"
"""The note that holds the digest of the files that are in the rows."""


def seed(conn: Connection, folder: Path, at: datetime) -> int:
    """Every topic of the folder is in the rows, unless somebody edited it there; how many were written.

    Where no file changed since the last time, none is read as a topic. Raises ContentError, which names the file.
    """
    digest = _digest(folder)
    if notes.read_note(conn, DIGEST) == digest:
        return 0
    topics = [read_topic(path.read_text("utf-8"), path.name) for path in sorted(folder.glob("*.md"))]
    written = sum(faq_topics.ship(conn, data, mark(data), at) for data in map(data_of, topics))
    notes.write_note(conn, DIGEST, digest)
    return written


def data_of(topic: Topic) -> dict[str, Any]:
    """The topic of a file as its row keeps it: plain data under the names of the front matter."""
    data = {name: _plain(value) for name, value in asdict(topic).items()}
    data["translation"] = dict.fromkeys(data.pop("unverified"), "unverified")
    data["facts"] = [{"it": f.text, "source": f.source, "confidence": f.confidence} for f in topic.facts]
    return data


def mark(data: Data) -> str:
    """A digest of everything a topic says."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value
