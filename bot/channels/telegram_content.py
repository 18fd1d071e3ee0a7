"""What the content of a Telegram message means for us: text, command, file, place, contact, or nothing we read."""

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.telegram_json import items, number, record, text
from bot.channels.telegram_keyboard import without_mark
from conversations.events import ContactShared, Happening, Joined, Located, MediaKind, Said, Sent, Unreadable

_COMMAND = re.compile(r"(/[A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
_LONGEST_CODE = 64

FILES: Mapping[str, MediaKind] = {
    "animation": "video",
    "document": "document",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
}
"""Fields that hold a file, in the order to look at them (an animation also comes as a document)."""

UNREADABLE = (
    "poll", "dice", "game", "story", "invoice", "paid_media", "checklist", "giveaway", "giveaway_winners",
    "web_app_data", "users_shared", "chat_shared", "passport_data", "gift", "unique_gift", "rich_message",
)  # fmt: skip
"""Content a person sends on purpose that has no meaning here."""

SERVICE = (
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "connected_website",
    "chat_background_set", "boost_added", "successful_payment", "refunded_payment", "forum_topic_created",
    "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "group_chat_created",
    "migrate_to_chat_id", "migrate_from_chat_id", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "proximity_alert_triggered", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
    "checklist_tasks_done", "checklist_tasks_added",
)  # fmt: skip
"""What Telegram says of a chat by itself: nobody expects an answer."""


def happening(message: Mapping[str, Any], sender: int | None) -> Happening | None:
    """What the message means; None if it is only a notice of Telegram's. `sender` is the writer's numeric id."""
    written = text(message.get("text"))
    if written:
        return _said(written)
    if "contact" in message:
        return _contact(record(message["contact"]), sender)
    if "location" in message:
        return _place(record(message["location"]))
    caption = text(message.get("caption"))
    if "photo" in message:
        return _photo(message["photo"], caption)
    for field, kind in FILES.items():
        if field in message:
            return _file(record(message[field]), kind, caption)
    for field in UNREADABLE:
        if field in message:
            return Unreadable(field)
    if any(field in message for field in SERVICE):
        return None
    return Unreadable("unknown")


def label_of(message: Mapping[str, Any], token: str) -> str:
    """The text on the button with this token, without its mark; empty if the message does not show it."""
    for row in items(record(message.get("reply_markup")).get("inline_keyboard")):
        for button in items(row):
            shown = record(button)
            if shown.get("callback_data") == token:
                return without_mark(text(shown.get("text")))
    return ""


def _said(written: str) -> Happening:
    command = _COMMAND.fullmatch(written) if written.startswith("/") else None
    if command is None:
        return Said(written)
    name, rest = command[1], (command[2] or "").strip()
    if name.lower() == "/start":
        return Joined(rest[:_LONGEST_CODE])
    return Said(f"{name} {rest}" if rest else name)


def _contact(card: Mapping[str, Any], sender: int | None) -> Happening:
    phone = text(card.get("phone_number")).strip()
    if not phone:
        return Unreadable("contact")
    own = sender is not None and number(card.get("user_id")) == sender
    # Telegram vouches for its own numbers, which are international but often come without the plus sign.
    return ContactShared(f"+{phone}" if own and phone.isdecimal() else phone, own)


def _place(place: Mapping[str, Any]) -> Happening:
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return Unreadable("location")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return Unreadable("location")
    return Located(float(latitude), float(longitude))


def _photo(sizes: object, caption: str) -> Happening:
    def area(size: Mapping[str, Any]) -> int:
        return (number(size.get("width")) or 0) * (number(size.get("height")) or 0)

    largest = max((record(size) for size in items(sizes)), key=area, default=record(None))
    ref = text(largest.get("file_id"))
    size = max(0, number(largest.get("file_size")) or 0)
    return Sent("photo", ref, "image/jpeg", "", size, caption) if ref else Unreadable("photo")


def _file(file: Mapping[str, Any], kind: MediaKind, caption: str) -> Happening:
    ref = text(file.get("file_id"))
    if not ref:
        return Unreadable(kind)
    size = max(0, number(file.get("file_size")) or 0)
    return Sent(kind, ref, text(file.get("mime_type")), text(file.get("file_name")), size, caption)
