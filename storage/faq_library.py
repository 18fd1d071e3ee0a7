"""The answers of this process: topics from the rows, and an index of those published, made anew after a change."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final

from sqlalchemy import Connection

from conversations.faq.alike import nearest
from conversations.faq.concepts import Group, Table, compile_table
from conversations.faq.entries import Entry
from conversations.faq_views import Finder, Knowledge, Topic
from storage import faq_topics
from storage.db import Database
from storage.faq_cache import ready
from storage.faq_semantic import SEMANTIC, Second
from storage.faq_topics import Data, KnownTopic

log = logging.getLogger(__name__)

LANGUAGES: Final = ("it", "en")


class Answers:
    """What this process knows of the topics. Safe to be asked by several threads."""

    def __init__(
        self,
        groups: Sequence[Group],
        elsewhere: Sequence[str],
        keep: Path | None = None,
        second: Second | None = None,
        apart: bool = False,
    ) -> None:
        """`groups` is the table of concepts, `elsewhere` sentences that no topic answers (content/faq). `keep` is the
        folder where what was counted waits for the next start, `second` an optional second opinion; `apart` counts in
        a process of its own."""
        self._groups, self._elsewhere = tuple(groups), tuple(elsewhere)
        self._keep, self._second, self._apart = keep, second, apart
        self._table: Table | None = None
        self._known: Knowledge | None = None
        self._lock = Lock()
        self._making: Thread | None = None

    @property
    def table(self) -> Table:
        """The concepts, ready to be found."""
        if self._table is None:
            self._table = compile_table(self._groups)
        return self._table

    def known(self, conn: Connection) -> Knowledge:
        """Every topic as it is now; one short statement where nothing has changed since the last time.

        After a change the texts are the new ones at once. The index takes a second: it is made beside the
        turns, and until then topics are found as before. Only the first time it is waited for.
        """
        now = faq_topics.stamp(conn)
        known = self._known
        if known is not None and known.stamp == now:
            return known
        with self._lock:
            if self._known is not None and self._known.stamp == now:
                return self._known
            rows = faq_topics.topics(conn)
            entries = [entry(row) for row in rows if row.published]
            finder = self._known.finder if self._known is not None else self._finder(entries)
            if self._known is not None:
                self._making = Thread(target=self._renew, args=(entries, now), daemon=True)
                self._making.start()
            self._known = Knowledge(now, finder, {row.id: topic_of(row) for row in rows})
            return self._known

    @property
    def failure(self) -> str:
        """Why the second opinion that was asked for is missing; empty where it is there or nobody asked for one."""
        return self._second.failure if self._second is not None else ""

    def wait(self) -> None:
        """Topics are found as they are now: the index that is being made is ready."""
        making = self._making
        if making is not None:
            making.join()

    def refresh(self, database: Database) -> None:
        """The index is the newest, made beside the turns, so that the next question need not wait for it."""
        with database.read() as conn:
            self.known(conn)

    def group_of(self, text: str, waiting: Sequence[tuple[str, str]]) -> str:
        """The group, among (group, question), that asks the same as this text; empty where none does."""
        return nearest(text, waiting, self.table)

    def _renew(self, entries: Sequence[Entry], now: int) -> None:
        finder = self._finder(entries)
        with self._lock:
            if self._known is not None and self._known.stamp == now:
                self._known = replace(self._known, finder=finder)

    def _finder(self, entries: Sequence[Entry]) -> Finder:
        opinion = self._second.on(entries) if self._second is not None else None
        if self.failure:
            log.warning("questions are found by their words alone: %s", self.failure)
        if opinion is None:
            return ready(self._keep, entries, self._groups, self._elsewhere, apart=self._apart)
        return ready(self._keep, entries, self._groups, self._elsewhere, SEMANTIC, opinion.rank)


def topic_of(row: KnownTopic) -> Topic:
    """The topic as flows see it."""
    return topic_from(row.data, row.id, row.version, row.published)


def topic_from(data: Data, key: str, version: int, published: bool) -> Topic:
    """The topic these data tell of; what they lack is empty."""
    translation = data.get("translation") or {}
    return Topic(
        id=key,
        version=version,
        published=published,
        title=_texts(data.get("title")),
        short=_texts(data.get("short") or data.get("title")),
        answer=_texts(data.get("answer")),
        family=str(data.get("family") or "progetto"),
        covered=bool(data.get("covered", True)),
        norms=_strings(data.get("norms")),
        body=str(data.get("body") or ""),
        page=str(data.get("page") or ""),
        law_as_of=_since(data.get("law_as_of")),
        drafted_on=_day(data.get("drafted_on")),
        verified_on=_day(data.get("verified_on")),
        verified_by=str(data.get("verified_by") or ""),
        valid_until=_day(data.get("valid_until")),
        referral=str(data.get("referral") or "no"),
        related=_strings(data.get("related")),
        unverified=tuple(str(code) for code, state in translation.items() if state != "verified"),
        phrasings={str(author): _strings(texts) for author, texts in (data.get("phrasings") or {}).items()},
    )


def entry(row: KnownTopic) -> Entry:
    """The topic as retrieval sees it."""
    topic, data = topic_of(row), row.data
    return Entry(
        id=topic.id,
        titles=topic.title,
        family=topic.family,
        covered=topic.covered,
        referral=topic.referral,
        audience=_strings(data.get("audience")),
        related=topic.related,
        phrasings=tuple(text for texts in topic.phrasings.values() for text in texts),
        facts=tuple(str(fact.get("it") or "") for fact in data.get("facts") or ()),
    )


def _texts(value: Any) -> dict[str, str]:
    return {str(code): str(text) for code, text in value.items() if text} if isinstance(value, Mapping) else {}


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _since(value: Any) -> date | None:
    """The first day of "2026-01", of "2026-01-26" that day; a text that people mistyped is no date."""
    try:
        return _day(value + "-01" if isinstance(value, str) and len(value) == len("2026-01") else value)
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
