"""The files content/faq/: one topic per file, the table of concepts, and sentences that no topic answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from conversations.faq.concepts import BadTable, Group, read_table
from conversations.faq.entries import Entry
from storage.content import ContentError, content_folder

FAMILIES: Final = ("congedi", "disabilita", "orari", "aiuti", "autonomi", "servizi", "progetto", "fuori")
REFERRALS: Final = ("no", "advised", "yes")
LANGUAGES: Final = ("it", "en")

_SECOND: Final = "\n## en\n"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that an answer rests on. `source` as in the sources of the notes; M means not checked on a source."""

    text: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount that an answer names, with the year it holds for."""

    what: str
    value: str
    year: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as its file tells it. Mappings are by language; `phrasings` by author."""

    id: str
    title: Mapping[str, str]
    short: Mapping[str, str]
    family: str
    audience: tuple[str, ...]
    covered: bool
    norms: tuple[str, ...]
    body: str
    page: str
    law_as_of: str
    drafted_on: date | None
    verified_on: date | None
    verified_by: str
    valid_until: date | None
    confidence: str
    referral: str
    referral_why: str
    related: tuple[str, ...]
    facts: tuple[Fact, ...]
    amounts: tuple[Amount, ...]
    unverified: tuple[str, ...]
    """The languages whose text is a translation that nobody has checked."""
    phrasings: Mapping[str, tuple[str, ...]]
    answer: Mapping[str, str]

    @property
    def entry(self) -> Entry:
        """The topic as retrieval sees it."""
        return Entry(
            id=self.id,
            titles=self.title,
            family=self.family,
            covered=self.covered,
            referral=self.referral,
            audience=self.audience,
            related=self.related,
            phrasings=tuple(text for texts in self.phrasings.values() for text in texts),
            facts=tuple(fact.text for fact in self.facts),
        )


@dataclass(frozen=True, slots=True)
class Library:
    """Everything in content/faq/."""

    topics: tuple[Topic, ...]
    groups: tuple[Group, ...]
    elsewhere: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The topics as retrieval sees them."""
        return tuple(topic.entry for topic in self.topics)


def read_library(folder: Path) -> Library:
    """The folder content/faq/. Raises ContentError, which names the file."""
    topics = tuple(_named(path) for path in sorted(folder.glob("*.md")))
    if not topics:
        raise ContentError(f"There is no topic (*.md) in {folder}")
    return Library(topics, *beside(folder))


def beside(folder: Path) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """What lies beside the topics: the concepts, and sentences that no topic answers.

    A folder without them, such as an export, goes with those of the program. Raises ContentError.
    """
    concepts, elsewhere = (
        file if (file := folder / name).exists() else content_folder() / "faq" / name
        for name in ("concepts.tsv", "elsewhere.txt")
    )
    try:
        groups = read_table(concepts.read_text("utf-8"))
    except BadTable as error:
        raise ContentError(f"content/faq/concepts.tsv, {error}") from error
    lines = elsewhere.read_text("utf-8").splitlines()
    return groups, tuple(line for line in lines if line.strip() and not line.startswith("#"))


def _named(path: Path) -> Topic:
    topic = read_topic(path.read_text("utf-8"), path.name)
    if topic.id != path.stem:
        raise ContentError(f"content/faq/{path.name} holds {topic.id}: a file has the name of its topic")
    return topic


def read_topic(text: str, name: str) -> Topic:
    """One file: front matter between two lines of ---, the Italian answer, "## en", the English one.

    Raises ContentError when the file cannot be read; whether what it says is right, the check tells (faq_check).
    """
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not mark or not text.startswith("---\n"):
        raise ContentError(f"content/faq/{name} must begin with its front matter between two lines of ---")
    try:
        fields = yaml.load(head, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise ContentError(f"content/faq/{name}: the front matter is not YAML: {error}") from error
    if not isinstance(fields, dict):
        raise ContentError(f"content/faq/{name}: the front matter must be lines of name: value")
    try:
        return _topic(fields, body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"content/faq/{name}: the front matter lacks or misuses {error}") from error


def _topic(fields: Mapping[str, Any], body: str) -> Topic:
    italian, _, english = ("\n" + body).partition(_SECOND)
    return Topic(
        id=str(fields["id"]),
        title=_texts(fields["title"]),
        short=_texts(fields["short"]),
        family=str(fields["family"]),
        audience=_strings(fields.get("audience")),
        covered=bool(fields.get("covered", True)),
        norms=_strings(fields.get("norms")),
        body=str(fields.get("body") or ""),
        page=str(fields.get("page") or ""),
        law_as_of=str(fields.get("law_as_of") or ""),
        drafted_on=_day(fields.get("drafted_on"), "drafted_on"),
        verified_on=_day(fields.get("verified_on"), "verified_on"),
        verified_by=str(fields.get("verified_by") or ""),
        valid_until=_day(fields.get("valid_until"), "valid_until"),
        confidence=str(fields.get("confidence") or ""),
        referral=_yes_no(fields.get("referral", "no")),
        referral_why=str(fields.get("referral_why") or ""),
        related=_strings(fields.get("related")),
        facts=tuple(
            Fact(str(fact["it"]), str(fact.get("source") or ""), str(fact.get("confidence") or ""))
            for fact in fields.get("facts") or ()
        ),
        amounts=tuple(
            Amount(str(row["what"]), str(row["value"]), _year(row.get("year")), str(row.get("source") or ""))
            for row in fields.get("amounts") or ()
        ),
        unverified=tuple(
            language for language, state in (fields.get("translation") or {}).items() if state == "unverified"
        ),
        phrasings={str(author): _strings(texts) for author, texts in (fields.get("phrasings") or {}).items()},
        answer={language: text.strip() for language, text in zip(LANGUAGES, (italian, english), strict=True)},
    )


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {str(language): str(text) for language, text in value.items()}


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"a list, where {value!r} stands")
    return tuple(str(item) for item in value)


def _day(value: Any, name: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise ValueError(f"{name}: a day as 2026-12-31")


def _year(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _yes_no(value: Any) -> str:
    # YAML reads a bare no and yes as false and true
    return {False: "no", True: "yes"}.get(value, str(value)) if isinstance(value, bool) else str(value)
