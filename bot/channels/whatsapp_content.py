"""Twilio's Content resources: what we ask for, how it is named, and which SID it has there.

An interactive message needs a resource even when nobody must approve it. Twilio refuses a variable that is empty
or holds a line break (error 21656), so the resources of ordinary messages are shapes: how many buttons or rows,
and how many lines each paragraph has. A shape holds no word of ours and is made at Twilio when first needed.
"""

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twilio.rest.content.v1.content import ContentList  # type: ignore[import-untyped]

from bot.channels.layout import WhatsAppMessage
from bot.channels.markup import GUARD
from bot.channels.whatsapp_templates import OpenerTemplate

PREFIX = "wis_"
# Stands where a list has a description on some rows only: an empty variable is refused.
NO_DESCRIPTION = "·"
# How long an answer "the account has none" is believed, in seconds.
BELIEVED = 30.0


@dataclass(frozen=True, slots=True)
class Resource:
    """A Content resource as we want it: Twilio's `types`, its language and a sample for each variable."""

    title: str
    language: str
    types: Mapping[str, Any]
    samples: Mapping[str, str]

    @property
    def name(self) -> str:
        """The friendly name; it changes with the content, because a resource cannot be changed nor a rejected
        name be used again."""
        content = json.dumps([self.language, self.types, self.samples], sort_keys=True, ensure_ascii=False)
        return f"{PREFIX}{self.title}_{hashlib.sha256(content.encode()).hexdigest()[:8]}"

    def request(self) -> Any:
        """Twilio's typed class; its keys have slashes, others would be dropped in silence."""
        return ContentList.ContentCreateRequest(
            {
                "friendly_name": self.name,
                "language": self.language,
                "variables": dict(self.samples),
                "types": dict(self.types),
            }
        )


def opener_resource(template: OpenerTemplate, language: str) -> Resource:
    """The resource of an opener in one language."""
    body = template.bodies[language]
    samples = {str(n): sample for n, sample in enumerate(template.samples, start=1)}
    types: dict[str, Any] = {"twilio/text": {"body": body}}
    if template.buttons:
        actions = [
            {"type": "QUICK_REPLY", "title": button.labels[language], "id": button.token}
            for button in template.buttons
        ]
        types = {"twilio/quick-reply": {"body": body, "actions": actions}}
    return Resource(f"{template.name}_{language}", language, types, samples)


def interactive(message: WhatsAppMessage) -> tuple[Resource, dict[str, str]]:
    """The shape of a message with buttons or rows, and the values that fill it."""
    paragraphs = _paragraphs(message.text)
    filled: dict[str, str] = {}

    def place(value: str) -> str:
        # A person may write {{1}} too: it must not be filled in, nor taken for a broken variable.
        filled[str(len(filled) + 1)] = value.replace("{{", "{" + GUARD + "{")
        return f"{{{{{len(filled)}}}}}"

    body = "\n\n".join("\n".join(place(line) for line in lines) for lines in paragraphs)
    shape = "x".join(str(len(lines)) for lines in paragraphs)
    if message.rows:
        described = any(row.description for row in message.rows)
        button = place(message.choose)
        items = [
            {"item": place(row.label), "id": place(row.token)}
            | ({"description": place(row.description or NO_DESCRIPTION)} if described else {})
            for row in message.rows
        ]
        types: dict[str, Any] = {"twilio/list-picker": {"body": body, "button": button, "items": items}}
        title = f"list_{len(items)}{'_described' if described else ''}_{shape}"
    else:
        actions = [
            {"type": "QUICK_REPLY", "title": place(button.label), "id": place(button.token)}
            for button in message.buttons
        ]
        types = {"twilio/quick-reply": {"body": body, "actions": actions}}
        title = f"buttons_{len(actions)}_{shape}"
    return Resource(title, "it", types, {key: f"Testo {key}" for key in filled}), filled


def _paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph, none of them empty."""
    blocks = ([line for line in map(_line, block.split("\n")) if line] for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if block]


def _line(line: str) -> str:
    """A line Twilio takes as a value: no tabs or control characters, no long runs of spaces."""
    return re.sub(r" {5,}", "    ", re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", line)).strip()


class ContentBook:
    """Which SID each of our resources has in the account, read once and completed when a new one is needed."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._sids: dict[str, str] = {}
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._sids)

    async def read(self) -> None:
        """The names and SIDs in the account are known. Raises what the wire raises."""
        resources = await self._client.content.v1.contents.list_async(page_size=500)
        # Where two processes made the same, all take the same one of them.
        newest_last: Sequence[Any] = sorted(resources, key=lambda r: str(r.sid), reverse=True)
        self._sids = {r.friendly_name: r.sid for r in newest_last if str(r.friendly_name).startswith(PREFIX)}
        self._read_at = time.monotonic()

    async def find(self, resource: Resource) -> str:
        """The SID of a resource that others make, empty if the account has none. Raises what the wire raises."""
        async with self._lock:
            fresh = self._read_at is not None and time.monotonic() - self._read_at < BELIEVED
            if resource.name not in self._sids and not fresh:
                await self.read()
        return self._sids.get(resource.name, "")

    async def ensure(self, resource: Resource) -> str:
        """The SID of the resource, made now if the account has none. Raises what the wire raises."""
        name = resource.name
        if name not in self._sids:
            async with self._lock:
                if self._read_at is None:
                    await self.read()
                if name not in self._sids:
                    made = await self._client.content.v1.contents.create_async(resource.request())
                    self._sids[name] = made.sid
        return self._sids[name]

    def forget(self, resource: Resource) -> None:
        """The SID is not trusted any longer: it was deleted at Twilio."""
        self._sids.pop(resource.name, None)
