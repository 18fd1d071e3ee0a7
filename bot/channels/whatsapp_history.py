"""Twilio's own list of messages: what reached it while we were away, and whether a doubtful one went out."""

from collections.abc import Set
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.markup import GUARD
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_inbound import events
from conversations.events import Event

MOST = 10_000
RECENT = 20
# Twilio tells whole seconds, and its clock is not ours.
SKEW = timedelta(seconds=3)


async def missed(client: Any, config: WhatsAppConfig, since: datetime) -> list[Event]:
    """What people sent to us since then, oldest first, as the same events with the same ids as by webhook. The
    list tells no button tokens: a tap comes as its label. Raises ApiRefusal, NotSent or NoAnswer.
    """
    # The list is asked by whole days, the only form Twilio's documentation promises.
    day = (since - SKEW).astimezone(UTC).date().isoformat()
    listed = await client.messages.list_async(to=config.sender, date_sent_after=day, limit=MOST, page_size=500)
    found: list[tuple[datetime, Event]] = []
    # Twilio lists the newest first and tells whole seconds: the reverse of its order settles what is equal.
    for message in reversed(listed):
        at = message.date_sent or message.date_created
        if message.direction != "inbound" or at is None or at < since - SKEW:
            continue
        form = {"MessageSid": message.sid, "From": message.from_ or "", "Body": message.body or ""}
        if str(message.num_media or "0") != "0":
            form |= await _media_fields(client, config, message.sid)
        found += [(at, event) for event in events(form, at.astimezone(UTC))]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


async def find_sent(client: Any, config: WhatsAppConfig, to: str, text: str, since: datetime, known: Set[str]) -> str:
    """The SID of a message with this text that Twilio took from us since then and that is not among `known`,
    empty if there is none. Raises ApiRefusal, NotSent or NoAnswer."""
    listed = await client.messages.list_async(to=to, from_=config.sender, limit=RECENT)
    for message in listed:
        at = message.date_created
        same = _plain(message.body or "") == _plain(text)
        alive = message.status not in ("failed", "undelivered", "canceled")
        if at is not None and at >= since - SKEW and same and alive and message.sid not in known:
            return str(message.sid)
    return ""


async def _media_fields(client: Any, config: WhatsAppConfig, sid: str) -> dict[str, str]:
    media = await client.messages(sid).media.list_async(limit=10)
    fields = {"NumMedia": str(len(media))}
    for number, one in enumerate(media):
        fields[f"MediaUrl{number}"] = config.api_base_url.rstrip("/") + str(one.uri).removesuffix(".json")
        fields[f"MediaContentType{number}"] = one.content_type or ""
    return fields


def _plain(text: str) -> str:
    return "".join(text.replace(GUARD, "").split())
