"""The rules of Twilio and WhatsApp the local Twilio keeps, with the codes it answers where they are broken."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
TYPES = {"twilio/text", "twilio/quick-reply", "twilio/list-picker", "twilio/media", "twilio/call-to-action"}
Option = tuple[str, str, str]
"""Id, label, description."""


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass
class Content:
    """A Content resource and what Meta says of it."""

    sid: str
    name: str
    language: str
    types: dict[str, Any]
    variables: dict[str, str]
    approval: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its only type."""
        return next(iter(self.types))

    @property
    def approved(self) -> bool:
        """Whether it may open a conversation."""
        return self.approval.get("status") == "approved"

    def fields(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        return {
            "sid": self.sid,
            "account_sid": "",
            "friendly_name": self.name,
            "language": self.language,
            "types": self.types,
            "variables": self.variables,
            "url": f"/v1/Content/{self.sid}",
            "links": {},
        }


@dataclass
class Sent:
    """A message the bot sent, as the person sees it."""

    sid: str
    to: str
    from_: str
    created: datetime
    body: str = ""
    buttons: list[Option] = field(default_factory=list)
    rows: list[Option] = field(default_factory=list)
    choose: str = ""
    media_url: str = ""
    media: bytes = b""
    media_type: str = ""
    template: str = ""
    callback: str = ""
    status: str = "queued"
    code: int = 0

    @property
    def labels(self) -> list[str]:
        """What can be tapped."""
        return [label for _, label, _ in (*self.buttons, *self.rows)]


def check_content(asked: Any) -> None:
    """Raises ApiError if the Content API would not take this."""
    if not isinstance(asked, dict) or not isinstance(asked.get("types"), dict):
        raise ApiError(20001, "types is required")
    types = {kind: value for kind, value in asked["types"].items() if value is not None}
    if not types or set(types) - TYPES:
        raise ApiError(20001, f"unknown types {sorted(types)}")
    if not asked.get("friendly_name") or not asked.get("language"):
        raise ApiError(20001, "friendly_name and language are required")
    written = json.dumps(types)
    names = set(VARIABLE.findall(written))
    samples = asked.get("variables") or {}
    if len(names) > 100 or any(len(name) > 16 for name in names):
        raise ApiError(20001, "too many variables")
    if names - set(samples) or any(not str(value).strip() for value in samples.values()):
        raise ApiError(20001, "a sample for each variable is required")
    for kind, value in types.items():
        _check_type(kind, value)


def _check_type(kind: str, value: Any) -> None:
    if not value.get("body") or len(value["body"]) > 1024:
        raise ApiError(20001, "body: 1 to 1024")
    if kind == "twilio/quick-reply" and not 1 <= len(value.get("actions") or []) <= 10:
        raise ApiError(20001, "actions: 1 to 10")
    if kind == "twilio/list-picker":
        if not 1 <= len(value.get("items") or []) <= 10 or not value.get("button"):
            raise ApiError(20001, "items: 1 to 10, and a button")


def check_approval(content: Content, name: str, category: str, taken: set[str]) -> None:
    """Raises ApiError if the approval request would not be taken."""
    if content.kind == "twilio/list-picker":
        raise ApiError(20001, "list-picker cannot be submitted for approval")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name) or name in taken:
        raise ApiError(20001, "the name must be new, of a-z, 0-9 and _")
    if category not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        raise ApiError(20001, "unknown category")


def rejection(content: Content) -> str:
    """Why Meta would reject the template, empty if it would not."""
    body = str(content.types[content.kind]["body"])
    words = VARIABLE.sub(" ", body).split()
    count = len(VARIABLE.findall(body))
    if re.match(r"\s*\{\{", body) or re.search(r"\}\}\s*$", body):
        return "the body starts or ends with a variable"
    if re.search(r"\}\}\s*\{\{", body):
        return "two variables are adjacent"
    if count and len(words) < 2 * count + 1:
        return "too many variables for the length of the text"
    return ""


def variables(text: str) -> dict[str, str]:
    """The content variables. Raises ApiError 21656 where a value is empty or holds a line break."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise ApiError(21656, "The Content Variables parameter is invalid.") from None
    if not isinstance(found, dict):
        raise ApiError(21656, "The Content Variables parameter is invalid.")
    for value in found.values():
        if not isinstance(value, str) or not value or re.search(r"[\n\t]| {5}", value) or "{{" in value:
            raise ApiError(21656, "The Content Variables parameter is invalid.")
        if len(value) > 1600:
            raise ApiError(21658, "A parameter exceeded the limit")
    return found


def fill(message: Sent, content: Content, values: dict[str, str]) -> None:
    """The message shows the content with the values. Raises ApiError where a limit is broken."""

    def filled(text: str) -> str:
        return VARIABLE.sub(lambda match: values.get(match.group(1), content.variables[match.group(1)]), text or "")

    value = content.types[content.kind]
    message.body = filled(value.get("body"))
    message.buttons = [(filled(a.get("id")), filled(a["title"]), "") for a in value.get("actions") or []]
    message.rows = [
        (filled(i["id"]), filled(i["item"]), filled(i.get("description"))) for i in value.get("items") or []
    ]
    message.choose = filled(value.get("button"))
    message.template = content.name if content.approved else ""
    problems = [
        *(["body"] if not 0 < len(message.body) <= 1024 else []),
        *(["button titles"] if any(not 0 < len(label) <= 20 for _, label, _ in message.buttons) else []),
        *(["row titles"] if any(not 0 < len(label) <= 24 for _, label, _ in message.rows) else []),
        *(["descriptions"] if any(len(more) > 72 for _, _, more in message.rows) else []),
        *(["ids"] if any(not 0 < len(id) <= 200 for id, _, _ in (*message.rows, *message.buttons)) else []),
        *(["list button"] if len(message.choose) > 20 else []),
        *(["equal titles"] if len(set(message.labels)) < len(message.labels) else []),
        *(["buttons"] if len(message.buttons) > 3 and not content.approved else []),
    ]
    if problems:
        raise ApiError(63021, f"Channel invalid content: {', '.join(problems)}")
