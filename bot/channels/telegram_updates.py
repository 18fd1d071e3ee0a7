"""A Telegram update, as the JSON it came in, becomes a neutral event: a pure mapping that never raises.

It reads the JSON itself: Update.de_json takes 64 to 126 microseconds for each update, this some 6, and a single
update that python-telegram-bot cannot parse would spoil the whole batch it came in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.channels.telegram_content import happening, label_of
from bot.channels.telegram_json import number, record, text
from conversations.events import Address, Blocked, Chose, Event, Happening, Unblocked, Unreadable

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

Skipped = Literal["malformed", "other_kind", "from_bot", "service", "group", "live_location", "member_status"]

_LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
_LONGEST_NAME = 128
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an update comes to: an event, or the reason why there is none.

    `callback` is the id of the tap to acknowledge, `group` the chat that should be told to write in private.
    """

    event: Event | None = None
    skipped: Skipped | None = None
    callback: str = ""
    group: int = 0


def read(update: object, bot: str, now: datetime) -> Reading:
    """The reading of one update sent to the bot with this numeric id; `now` (aware UTC) stands in for a date that
    is absent or absurd.

    An edited message is a correction we cannot apply any more, because the conversation has gone on: it becomes
    Unreadable("edited"), so that the person is told to use "back". An edited place is a live location on the move
    and is skipped, or she would be told every few seconds.
    """
    fields = record(update)
    update_id = number(fields.get("update_id"))
    if update_id is None:
        return Reading(skipped="malformed")
    name = f"{bot}:{update_id}"
    for kind in ALLOWED_UPDATES:
        content = fields.get(kind)
        if isinstance(content, dict):
            match kind:
                case "callback_query":
                    return _tap(content, name, now)
                case "my_chat_member":
                    return _membership(content, name, now)
                case _:
                    return _message(content, name, now, edited=kind == "edited_message")
        if kind in fields:
            return Reading(skipped="malformed")
    return Reading(skipped="other_kind")


def update_number(update: object) -> int | None:
    """The update's number, which the next getUpdates confirms; None if it has none."""
    return number(record(update).get("update_id"))


def _message(message: Mapping[str, Any], name: str, now: datetime, edited: bool) -> Reading:
    chat, sender = record(message.get("chat")), record(message.get("from"))
    if chat.get("type") != "private":
        group = number(chat.get("id")) if sender.get("is_bot") is not True and not edited else None
        return Reading(skipped="group", group=group or 0)
    if sender.get("is_bot") is True:
        return Reading(skipped="from_bot")
    if edited and isinstance(message.get("location"), dict):
        return Reading(skipped="live_location")
    what: Happening | None = Unreadable("edited") if edited else happening(message, number(sender.get("id")))
    if what is None:
        return Reading(skipped="service")
    return _reading(name, chat, sender, _moment(message.get("date"), now), what)


def _tap(query: Mapping[str, Any], name: str, now: datetime) -> Reading:
    sender, message = record(query.get("from")), record(query.get("message"))
    chat, callback = record(message.get("chat")), text(query.get("id"))
    if chat and chat.get("type") != "private":
        return Reading(skipped="group", callback=callback)
    token = text(query.get("data"))
    what: Happening = Chose(token, label_of(message, token)) if token else Unreadable("game")
    # A tap has no date of its own: the message's date is when we sent the buttons.
    return _reading(name, chat or sender, sender, now, what, callback, str(number(message.get("message_id")) or ""))


def _membership(change: Mapping[str, Any], name: str, now: datetime) -> Reading:
    chat = record(change.get("chat"))
    if chat.get("type") != "private":
        return Reading(skipped="group")
    what: Happening
    match record(change.get("new_chat_member")).get("status"):
        case "kicked":
            what = Blocked()
        case "member":
            what = Unblocked()
        case _:
            return Reading(skipped="member_status")
    return _reading(name, chat, record(change.get("from")), _moment(change.get("date"), now), what)


def _reading(
    name: str,
    chat: Mapping[str, Any],
    sender: Mapping[str, Any],
    at: datetime,
    what: Happening,
    callback: str = "",
    message_ref: str = "",
) -> Reading:
    person = number(chat.get("id"))
    if not person or person < 0:
        return Reading(skipped="malformed", callback=callback)
    language = text(sender.get("language_code"))
    names = (text(sender.get("first_name")), text(sender.get("last_name")))
    event = Event(
        id=name,
        address=Address("telegram", str(person)),
        at=at,
        what=what,
        language_hint=language if _LANGUAGE.fullmatch(language) else "",
        profile_name=" ".join(part for part in names if part)[:_LONGEST_NAME],
        message_ref=message_ref,
    )
    return Reading(event, callback=callback)


def _moment(value: object, now: datetime) -> datetime:
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < _LATEST else now

