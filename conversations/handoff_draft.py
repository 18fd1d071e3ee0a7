"""A message to a person of the association while it is being written: its text, its file, what it follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conversations.events import Json, MediaKind, Sent

LONGEST = 3_500
"""Characters of the longest message; one Telegram message holds 4,096 with our words around it."""
LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file: WhatsApp's limit for media through Twilio."""
TAKEN: frozenset[MediaKind] = frozenset({"photo", "document", "voice", "audio"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person has written so far; `about` is the id of the ticket it follows, empty if it is a new one."""

    text: str = ""
    file: Sent | None = None
    about: str = ""

    @property
    def empty(self) -> bool:
        """True if there is nothing to send."""
        return not self.text and self.file is None

    def with_text(self, text: str) -> "Draft":
        """The draft with this text after what is there, on a line of its own."""
        return replace(self, text="\n".join(filter(None, (self.text, text))))

    def to_data(self) -> dict[str, Json]:
        """The draft as a place remembers it."""
        data: dict[str, Json] = {"text": self.text, "about": self.about}
        if self.file is not None:
            sent = self.file
            data["file"] = [sent.kind, sent.ref, sent.mime, sent.name, sent.size]
        return data


def draft_of(data: Mapping[str, Json]) -> Draft:
    """The draft a place remembers; empty where it remembers none."""
    return Draft(str(data.get("text") or ""), _file(data.get("file")), str(data.get("about") or ""))


def _file(data: Json) -> Sent | None:
    match data:
        case [str(kind), str(ref), str(mime), str(name), int(size)] if kind in TAKEN:
            return Sent(kind, ref, mime, name, size)
        case _:
            return None
