"""Topics as the files they came from: Markdown with a front matter that reads back as the same topic."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from storage.faq_topics import Data, KnownTopic

FIELDS: Final = (
    "id",
    "title",
    "short",
    "family",
    "audience",
    "covered",
    "norms",
    "body",
    "page",
    "law_as_of",
    "drafted_on",
    "verified_on",
    "verified_by",
    "valid_until",
    "confidence",
    "referral",
    "referral_why",
    "related",
    "facts",
    "amounts",
    "translation",
    "phrasings",
)
"""The front matter, in the order of the files."""
_DAYS: Final = ("drafted_on", "verified_on", "valid_until")
_DEFAULTS: Final[Mapping[str, Any]] = {
    "family": "progetto",
    "audience": ["everyone"],
    "covered": True,
    "confidence": "media",
    "referral": "no",
    "translation": {},
    "phrasings": {},
}


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes our mappings on one line, and lists of them below each other."""


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)


def to_markdown(data: Data) -> str:
    """The file of a topic."""
    head = {name: _value(name, data.get(name, _DEFAULTS.get(name))) for name in FIELDS}
    answer = data.get("answer") or {}
    front = yaml.dump(head, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    english = f"\n\n## en\n{answer['en'].strip()}" if answer.get("en") else "\n\n## en\n"
    return f"---\n{front}---\n{str(answer.get('it') or '').strip()}{english.rstrip()}\n"


def write_folder(topics: list[KnownTopic], folder: Path) -> int:
    """One file per topic in the folder, which is made; drafts too. Returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for topic in topics:
        (folder / f"{topic.id}.md").write_text(to_markdown(topic.data), "utf-8")
    return len(topics)


def _value(name: str, value: Any) -> Any:
    if name in _DAYS:
        # a bare day, which YAML reads as one
        return _day(value)
    match value:
        case dict() if name != "phrasings":
            return _Flow(value)
        case list() if name in ("facts", "amounts"):
            return [_Flow(item) for item in value]
        case None:
            return [] if name in ("norms", "related", "facts", "amounts", "audience") else ""
        case _:
            return value


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
