"""From the fields of Twilio's webhooks to events and reports; pure, and lenient with what it does not know."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from bot.channels.contract import Rank, StatusReport
from bot.channels.whatsapp_errors import after_failure, meaning
from conversations.events import (
    Address,
    Chose,
    ContactShared,
    Event,
    Happening,
    Located,
    MediaKind,
    Said,
    Sent,
    Unreadable,
)

CHANNEL = "whatsapp"
VCARDS = ("text/vcard", "text/x-vcard", "text/directory")
MAX_MEDIA = 10

_PHONE = re.compile(r"\+\d{6,15}")
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_PARENT = re.compile(r"[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_VCARD_PHONE = re.compile(r"^(?:[\w-]+\.)?TEL([^:\r\n]*):(?:tel:)?([^\r\n]+)", re.MULTILINE | re.IGNORECASE)

# Status words by rank; those that say nothing new (queued, accepted, sending, scheduled) are not here.
_RANKS: Mapping[str, Rank] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


def address_of(value: str) -> Address | None:
    """The address in "whatsapp:+44..." or "whatsapp:IT.1349..."; None for what is neither."""
    value = value.strip().removeprefix("whatsapp:")
    for kind, pattern in (("phone", _PHONE), ("parent", _PARENT), ("bsuid", _BSUID)):
        if pattern.fullmatch(value):
            return Address(CHANNEL, value, kind)
    return None


def events(form: Mapping[str, str], at: datetime, cards: Mapping[str, str] | None = None) -> list[Event]:
    """What an inbound webhook tells, in order: one event, or one for each attachment.

    `cards` maps the address of a contact card to its text where it could be fetched. Empty for what does not come
    from WhatsApp or has no id. All texts, the profile name most of all, are what a stranger typed.
    """
    address = address_of(form.get("From", ""))
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    if address is None or not sid or not form.get("From", "").startswith("whatsapp:"):
        return []
    return [
        Event(
            id=sid if number == 0 else f"{sid}:{number}",
            address=address,
            at=at,
            what=what,
            aliases=_aliases(form, address),
            profile_name=_CONTROL.sub("", form.get("ProfileName", "")).strip()[:100],
            message_ref=form.get("OriginalRepliedMessageSid", ""),
        )
        for number, what in enumerate(_happenings(form, address, cards or {}))
    ]


def status_report(form: Mapping[str, str], number: str, opener: bool = False) -> StatusReport | None:
    """The report in a status callback whose query carried `number`; None if it tells nothing new.

    That an opener was delivered says nothing of the message that waits behind it; that it failed does, and is told
    by the SID alone, so that it cannot hit the message once that has gone out itself.
    """
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    rank = _RANKS.get((form.get("MessageStatus") or form.get("SmsStatus") or "").lower())
    if not sid or rank is None or (opener and rank != "failed"):
        return None
    ours = int(number) if re.fullmatch(r"-?\d{1,18}", number) else 0
    # of the newsletter (numbers below zero) only the opener ever goes out under its number
    ours = 0 if opener and ours > 0 else ours
    if rank != "failed":
        return StatusReport(CHANNEL, sid, rank, ours)
    code = form.get("ErrorCode", "")
    code = code if re.fullmatch(r"[1-9]\d{0,9}", code) else ""
    reason = _CONTROL.sub("", re.sub(r"\d{5,}", "…", form.get("ErrorMessage", "")))[:200] or meaning(code)
    again = after_failure(code)
    return StatusReport(CHANNEL, sid, rank, ours, code, reason, "" if opener and again == "window" else again)


def phone_in_card(card: str) -> str:
    """The first phone number of a contact card in international form, empty if it has none.

    WhatsApp writes the number it knows itself into the parameter `waid`.
    """
    for parameters, written in _VCARD_PHONE.findall(card.replace("\r\n ", "")):
        known = re.search(r"waid=(\d{6,15})", parameters, re.IGNORECASE)
        number = f"+{known.group(1)}" if known else re.sub(r"[^\d+]", "", written)
        number = f"+{number[2:]}" if number.startswith("00") else number
        if _PHONE.fullmatch(number):
            return number
    return ""


def card_urls(form: Mapping[str, str]) -> list[str]:
    """The addresses of the contact cards among the attachments."""
    return [url for url, mime in _media(form) if _bare(mime) in VCARDS]


def _aliases(form: Mapping[str, str], address: Address) -> tuple[Address, ...]:
    """Other names of the same person; one that is malformed is left out and costs nothing else."""
    phone = form.get("WaId", "").strip().lstrip("+")
    named = (f"+{phone}", form.get("ExternalUserId", ""), form.get("ParentExternalUserId", ""))
    found = (address_of(name) for name in named)
    return tuple(dict.fromkeys(alias for alias in found if alias is not None and alias != address))


def _happenings(form: Mapping[str, str], address: Address, cards: Mapping[str, str]) -> list[Happening]:
    tapped = _tapped(form)
    if tapped is not None:
        return [tapped]
    media = _media(form)
    body = form.get("Body", "").replace("\x00", "")
    if media:
        return [_sent(url, mime, form, body if n == 0 else "", address, cards) for n, (url, mime) in enumerate(media)]
    if form.get("Latitude") or form.get("Longitude") or form.get("MessageType") == "location":
        return [_located(form)]
    kind = form.get("MessageType", "").lower()
    if kind in ("reaction", "order", "unsupported", "system", "poll"):
        return [Unreadable(kind)]
    text = body if body.strip() else form.get("ButtonText", "")
    return [Said(text)] if text.strip() else [Unreadable(kind or "empty")]


def _tapped(form: Mapping[str, str]) -> Chose | None:
    """The button or row that was tapped. No captured payload of a list has been seen (channels.md 6.6), so its
    token is looked for in the fields and in InteractiveData."""
    if token := form.get("ButtonPayload", ""):
        return Chose(token, form.get("ButtonText") or form.get("Body", ""))
    if token := form.get("ListId", ""):
        return Chose(token, form.get("ListTitle") or form.get("Body", ""))
    try:
        data = json.loads(form.get("InteractiveData") or "{}")
    except ValueError:
        return None
    for name in ("list_reply", "button_reply"):
        reply = data.get(name) if isinstance(data, dict) else None
        if isinstance(reply, dict) and isinstance(reply.get("id"), str) and reply["id"]:
            return Chose(reply["id"], str(reply.get("title") or form.get("Body", "")))
    return None


def _media(form: Mapping[str, str]) -> list[tuple[str, str]]:
    count = form.get("NumMedia", "0")
    known = int(count) if re.fullmatch(r"\d{1,3}", count) else 0
    found = (
        (form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", "")) for n in range(min(known, MAX_MEDIA))
    )
    return [(url, mime) for url, mime in found if url]


def _sent(
    url: str, mime: str, form: Mapping[str, str], caption: str, address: Address, cards: Mapping[str, str]
) -> Happening:
    if _bare(mime) in VCARDS and (phone := phone_in_card(cards.get(url, ""))):
        # WhatsApp vouches for the sender's own number, so a card with just this number is hers.
        return ContactShared(phone, own=address.kind == "phone" and phone == address.value)
    kind = _kind(_bare(mime), form.get("MessageType", "").lower())
    # Twilio gives a document's name as the text of the message, where it gives it at all.
    named = kind == "document" and re.fullmatch(r"[^\n/\\]{1,120}\.\w{2,5}", caption.strip())
    name, caption = (caption.strip(), "") if named else ("", caption)
    return Sent(kind, ref=url, mime=_bare(mime), name=name, caption=caption)


def _kind(mime: str, message_type: str) -> MediaKind:
    family = mime.partition("/")[0]
    if message_type == "sticker" or mime == "image/webp":
        return "sticker"
    if family == "image":
        return "photo"
    if family == "audio":
        return "voice" if message_type == "voice" or mime in ("audio/ogg", "audio/amr") else "audio"
    if family == "video":
        return "video"
    return "other" if not mime or mime in VCARDS else "document"


def _bare(mime: str) -> str:
    return mime.partition(";")[0].strip().lower()


def _located(form: Mapping[str, str]) -> Happening:
    try:
        latitude, longitude = float(form.get("Latitude", "")), float(form.get("Longitude", ""))
    except ValueError:
        return Unreadable("location")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return Unreadable("location")
    return Located(latitude, longitude)
