"""A message of a thread while it is being written: its text, its file, and which thread it begins or goes on with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conversations.events import Json, MediaKind, Sent
from conversations.facts import Matter

LONGEST = 3_500
"""Characters of the longest message; one Telegram message holds 4,096 with our words around it."""
LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file: WhatsApp's limit for media through Twilio."""
TAKEN: frozenset[MediaKind] = frozenset({"photo", "document", "voice", "audio"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been written so far; `about` is the id of the thread it goes on with, empty for a new one, whose
    `matter` is empty until it is known; `topic` is the answer a new one begins from."""

    text: str = ""
    file: Sent | None = None
    about: str = ""
    matter: Matter | None = None
    topic: str = ""

    @property
    def empty(self) -> bool:
        """True if there is nothing to send."""
        return not self.text and self.file is None

    def with_text(self, text: str) -> "Draft":
        """The draft with this text after what is there, on a line of its own."""
        return replace(self, text="\n".join(filter(None, (self.text, text))))

    def to_data(self, **more: Json) -> dict[str, Json]:
        """The draft as a place remembers it, with what else belongs to the step."""
        data: dict[str, Json] = {
            "text": self.text,
            "id": self.about,
            "matter": self.matter or "",
            "topic": self.topic,
            **more,
        }
        if self.file is not None:
            data["file"] = file_data(self.file)
        return data


def draft_of(data: Mapping[str, Json]) -> Draft:
    """The draft a place remembers; empty where it remembers none."""
    matter: Matter | None = None
    match data.get("matter"):
        case "worker":
            matter = "worker"
        case "enterprise":
            matter = "enterprise"
    return Draft(
        str(data.get("text") or ""),
        file_of(data.get("file")),
        str(data.get("id") or ""),
        matter,
        str(data.get("topic") or ""),
    )


def file_data(sent: Sent) -> Json:
    """The file as plain data; its caption belongs to the text."""
    return [sent.kind, sent.ref, sent.mime, sent.name, sent.size]


def file_of(data: Json) -> Sent | None:
    """The file that plain data tell of, None where they tell of none we take."""
    match data:
        case [str(kind), str(ref), str(mime), str(name), int(size)] if kind in TAKEN:
            return Sent(kind, ref, mime, name, size)
        case _:
            return None
