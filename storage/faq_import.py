"""Topics brought in from Markdown or a sheet: each change is a version of its own, and nothing is changed that is the
same already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from storage import faq_topics
from storage.content import ContentError
from storage.faq_files import read_topic
from storage.faq_seed import data_of, mark
from storage.faq_topics import Data, KnownTopic
from storage.workbooks_faq import SHEET_AUTHOR, read_sheet

WHY: Final = "imported"
_SIGNS: Final = frozenset({"verified_on", "verified_by", "drafted_on"})
"""What no import writes over a topic that exists: nobody signs in a file."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did, by the ids of the topics."""

    begun: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


def bring(conn: Connection, path: Path, at: datetime, today: date) -> Brought:
    """The topics of a Markdown file, a folder of them, or a workbook are in the rows. Raises ContentError.

    New ones from Markdown answer at once, as those of content/faq do; new ones from a sheet are drafts.
    """
    if path.is_dir() or path.suffix == ".md":
        files = sorted(path.glob("*.md")) if path.is_dir() else [path]
        if not files:
            raise ContentError(f"There is no topic (*.md) in {path}")
        found: Mapping[str, Data] = {
            topic.id: data_of(topic) for topic in (read_topic(file.read_text("utf-8"), file.name) for file in files)
        }
        return _bring(conn, found, at, today, publish=True)
    if path.suffix == ".xlsx":
        return _bring(conn, read_sheet(path.read_bytes()), at, today, publish=False)
    raise ContentError(f"{path.name}: an import is a .md file, a folder of them, or an .xlsx workbook")


def _bring(
    conn: Connection, found: Mapping[str, Mapping[str, Any]], at: datetime, today: date, publish: bool
) -> Brought:
    held = {topic.id: topic for topic in faq_topics.topics(conn)}
    begun, changed, same = [], [], []
    for key, fields in found.items():
        known = held.get(key)
        if known is None:
            data = {"family": "progetto", "covered": True, **fields, "id": key}
            if not publish and (not data.get("title") or not data.get("answer")):
                raise ContentError(f"{key}: a new topic needs a title and an answer")
            if isinstance(data.get("phrasings"), list):
                data["phrasings"] = {SHEET_AUTHOR: data["phrasings"]}
            if publish:
                faq_topics.ship(conn, data, mark(data), at)
            else:
                faq_topics.change(conn, key, 0, data, WHY, "", at, today)
            begun.append(key)
            continue
        merged = _merged(fields, known)
        differs = (name for name, value in merged.items() if known.data.get(name) != value)
        patch = {name: merged[name] for name in differs if name not in _SIGNS}
        if not patch:
            same.append(key)
            continue
        faq_topics.change(conn, key, known.version, patch, WHY, "", at, today)
        changed.append(key)
    return Brought(tuple(begun), tuple(changed), tuple(same))


def _merged(fields: Mapping[str, Any], known: KnownTopic) -> dict[str, Any]:
    """The fields as the row keeps them: a sheet's phrasings go back to their authors, new ones to the sheet."""
    patch = dict(fields)
    lines = patch.get("phrasings")
    if isinstance(lines, list):
        wanted = set(lines)
        before: Mapping[str, list[str]] = known.data.get("phrasings") or {}
        kept = {author: [text for text in texts if text in wanted] for author, texts in before.items()}
        held = {text for texts in kept.values() for text in texts}
        if more := [text for text in dict.fromkeys(lines) if text not in held]:
            kept[SHEET_AUTHOR] = [*kept.get(SHEET_AUTHOR, []), *more]
        patch["phrasings"] = kept
    for name in ("title", "short", "answer"):
        if name in patch:
            patch[name] = {**(known.data.get(name) or {}), **patch[name]}
    return patch
