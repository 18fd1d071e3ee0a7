"""Payloads of Telegram and the events they mean."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.channels.telegram_updates import Reading, read
from conversations.events import (
    Address,
    Blocked,
    Chose,
    ContactShared,
    Event,
    Happening,
    Joined,
    Located,
    Said,
    Sent,
    Unblocked,
    Unreadable,
)

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SENT_AT = datetime(2026, 11, 25, 9, 29, 58, tzinfo=UTC)
USER = {"id": 1001, "is_bot": False, "first_name": "Anna", "last_name": "Prova", "language_code": "it"}
CHAT = {"id": 1001, "type": "private", "first_name": "Anna"}
BOT = {"id": 123456, "is_bot": True, "first_name": "WIS", "username": "wis_fiction_bot"}


def message(**content: Any) -> dict[str, Any]:
    return {
        "update_id": 77,
        "message": {"message_id": 9, "from": USER, "chat": CHAT, "date": int(SENT_AT.timestamp()), **content},
    }


def what(update: object) -> Happening:
    event = read(update, "123456", NOW).event
    assert event is not None
    return event.what


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "F1", "file_unique_id": "U1", **more}


CONTENTS: list[tuple[dict[str, Any], Happening]] = [
    ({"text": "42"}, Said("42")),
    ({"text": "perché 👩‍👩‍👧"}, Said("perché 👩‍👩‍👧")),
    ({"text": "nul\0 and half \ud83d pair"}, Said("nul and half ? pair")),
    ({"text": "/start"}, Joined("")),
    ({"text": "/start WIS-7K2M"}, Joined("WIS-7K2M")),
    ({"text": "/START@wis_fiction_bot abc_9"}, Joined("abc_9")),
    ({"text": "/start " + "x" * 90}, Joined("x" * 64)),
    ({"text": "/menu@wis_fiction_bot"}, Said("/menu")),
    ({"text": "/collega  12 34"}, Said("/collega 12 34")),
    ({"text": "/"}, Said("/")),
    ({"text": "/2026 è un anno"}, Said("/2026 è un anno")),
    ({"text": "<b>grassetto</b>"}, Said("<b>grassetto</b>")),
    (
        {"contact": {"phone_number": "12025550101", "first_name": "Anna", "user_id": 1001}},
        ContactShared("+12025550101", own=True),
    ),
    (
        {"contact": {"phone_number": "+12025550102", "first_name": "Bea", "user_id": 1002}},
        ContactShared("+12025550102", own=False),
    ),
    ({"contact": {"phone_number": "12025550103", "first_name": "Bea"}}, ContactShared("12025550103", own=False)),
    ({"contact": {"first_name": "Nobody"}}, Unreadable("contact")),
    (
        {
            "photo": [file(file_id="small", width=90, height=60), file(width=1280, height=960, file_size=90_000)],
            "caption": "Ecco",
        },
        Sent("photo", "F1", "image/jpeg", "", 90_000, "Ecco"),
    ),
    ({"photo": []}, Unreadable("photo")),
    (
        {"document": file(file_name="busta.pdf", mime_type="application/pdf", file_size=1234)},
        Sent("document", "F1", "application/pdf", "busta.pdf", 1234, ""),
    ),
    ({"voice": file(duration=3, mime_type="audio/ogg", file_size=9)}, Sent("voice", "F1", "audio/ogg", "", 9)),
    ({"audio": file(duration=3, mime_type="audio/mpeg")}, Sent("audio", "F1", "audio/mpeg")),
    ({"video": file(width=1, height=1, duration=1, mime_type="video/mp4")}, Sent("video", "F1", "video/mp4")),
    ({"video_note": file(length=1, duration=1)}, Sent("video", "F1")),
    (
        {"sticker": file(width=1, height=1, type="regular", is_animated=False, is_video=False)},
        Sent("sticker", "F1"),
    ),
    (
        {
            "animation": file(width=1, height=1, duration=1, mime_type="video/mp4"),
            "document": file(mime_type="video/mp4"),
        },
        Sent("video", "F1", "video/mp4"),
    ),
    ({"location": {"latitude": 45.4642, "longitude": 9.19}}, Located(45.4642, 9.19)),
    ({"location": {"latitude": 95, "longitude": 9.19}}, Unreadable("location")),
    (
        {
            "venue": {"location": {"latitude": 45.0, "longitude": 9.0}, "title": "Sede", "address": "Via Finta 1"},
            "location": {"latitude": 45.0, "longitude": 9.0},
        },
        Located(45.0, 9.0),
    ),
    ({"poll": {"id": "1", "question": "?"}}, Unreadable("poll")),
    ({"dice": {"emoji": "🎲", "value": 3}}, Unreadable("dice")),
    ({"game": {"title": "g"}}, Unreadable("game")),
    ({"story": {"id": 1}}, Unreadable("story")),
    ({"something_of_2029": {}}, Unreadable("unknown")),
]


@pytest.mark.parametrize(("content", "expected"), CONTENTS, ids=lambda value: str(value)[:40])
def test_the_content_of_a_message_becomes_what_happened(content: dict[str, Any], expected: Happening) -> None:
    assert what(message(**content)) == expected


def test_an_event_tells_who_when_and_in_which_language_and_never_the_token() -> None:
    assert read(message(text="ciao"), "123456", NOW).event == Event(
        id="123456:77",
        address=Address("telegram", "1001"),
        at=SENT_AT,
        what=Said("ciao"),
        language_hint="it",
        profile_name="Anna Prova",
    )


def tap(data: dict[str, Any], **message_changes: Any) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[{"text": "✅ Nido", "callback_data": "s4:1"}, {"text": "Sito", "url": "x"}]]}
    shown = {"message_id": 55, "from": BOT, "chat": CHAT, "date": 1, "text": "?", "reply_markup": keyboard}
    query = {"id": "900", "from": USER, "chat_instance": "1", "message": {**shown, **message_changes}, **data}
    return {"update_id": 78, "callback_query": query}


def test_a_tap_gives_the_token_the_label_without_mark_and_the_message_it_was_under() -> None:
    reading = read(tap({"data": "s4:1"}), "123456", NOW)
    assert reading.callback == "900"
    assert reading.event is not None
    assert (reading.event.what, reading.event.message_ref, reading.event.at) == (Chose("s4:1", "Nido"), "55", NOW)


def test_a_tap_on_a_message_telegram_no_longer_shows_still_counts() -> None:
    gone = {"chat": CHAT, "message_id": 55, "date": 0}
    update = tap({"data": "@menu"})
    update["callback_query"]["message"] = gone
    assert what(update) == Chose("@menu", "")
    del update["callback_query"]["message"]
    event = read(update, "123456", NOW).event
    assert event is not None and (event.address.value, event.message_ref) == ("1001", "")


def test_a_tap_on_a_game_is_unreadable_but_acknowledged() -> None:
    reading = read(tap({"game_short_name": "g"}), "123456", NOW)
    assert reading.callback == "900" and reading.event is not None
    assert reading.event.what == Unreadable("game")


def test_an_edited_message_is_a_correction_we_cannot_apply() -> None:
    update = message(text="43", edit_date=2)
    update["edited_message"] = update.pop("message")
    assert what(update) == Unreadable("edited")


def test_a_live_location_on_the_move_is_skipped() -> None:
    update = message(location={"latitude": 45.0, "longitude": 9.0, "live_period": 900})
    update["edited_message"] = update.pop("message")
    assert read(update, "123456", NOW) == Reading(skipped="live_location")


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    old, new = {"user": BOT, "status": "member"}, {"user": BOT, "status": status}
    change = {"chat": chat, "from": USER, "date": 5, "old_chat_member": old, "new_chat_member": new}
    return {"update_id": 79, "my_chat_member": change}


def test_blocking_and_letting_in_again_are_events() -> None:
    assert what(member("kicked")) == Blocked()
    assert what(member("member")) == Unblocked()
    assert read(member("restricted"), "123456", NOW) == Reading(skipped="member_status")


GROUP = {"id": -100200, "type": "supergroup", "title": "Ditta Inventata"}


def test_a_group_leaves_no_event() -> None:
    update = message(text="chi mi aiuta?")
    update["message"]["chat"] = GROUP
    assert read(update, "123456", NOW) == Reading(skipped="group", group=-100200)
    assert read(tap({"data": "x"}, chat=GROUP), "123456", NOW) == Reading(skipped="group", callback="900")
    assert read(member("kicked", GROUP), "123456", NOW) == Reading(skipped="group")


def test_bots_in_groups_are_not_even_answered() -> None:
    update = message(text="spam")
    update["message"] |= {"chat": GROUP, "from": BOT}
    assert read(update, "123456", NOW) == Reading(skipped="group")


def test_bots_and_service_notices_are_skipped() -> None:
    update = message(text="ciao")
    update["message"]["from"] = BOT
    assert read(update, "123456", NOW) == Reading(skipped="from_bot")
    assert read(message(pinned_message={"message_id": 1}), "123456", NOW) == Reading(skipped="service")
    assert read({"update_id": 80, "inline_query": {}}, "123456", NOW) == Reading(skipped="other_kind")


@pytest.mark.parametrize("date", [0, -5, 10**18, "yesterday", None, 1.5, True])
def test_an_absurd_date_is_replaced_by_now(date: object) -> None:
    event = read(message(text="x", date=date), "123456", NOW).event
    assert event is not None and event.at == NOW


def test_a_language_code_that_is_none_gives_no_hint() -> None:
    update = message(text="x")
    for code, hint in (("pt-br", "pt-br"), ("<script>", ""), (5, ""), ("en", "en")):
        update["message"]["from"] = {**USER, "language_code": code}
        event = read(update, "123456", NOW).event
        assert event is not None and event.language_hint == hint


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("message_id", "from", "chat", "date", "text", "contact", "location", "photo", "document", "caption")


@given(json_values)
def test_no_json_makes_the_mapping_raise(update: object) -> None:
    assert read(update, "123456", NOW).event is None or isinstance(update, dict)


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.dictionaries(st.sampled_from([*FIELDS, "data", "message", "id", "new_chat_member"]), json_values, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_no_broken_field_makes_the_mapping_raise(
    kind: str, fields: dict[str, Any], with_chat: bool, with_sender: bool
) -> None:
    known = ({"chat": CHAT} if with_chat else {}) | ({"from": USER} if with_sender else {})
    reading = read({"update_id": 5, kind: {**fields, **known}}, "123456", NOW)
    assert (reading.event is None) != (reading.skipped is None)
    if reading.event is not None:
        reading.event.profile_name.encode()
        assert int(reading.event.address.value) > 0


def test_python_telegram_bot_reads_our_payloads_too() -> None:
    """The tables above are real payloads: the library parses them into the same people and texts."""
    update = Update.de_json(message(text="ciao"))
    assert update.effective_user is not None and update.effective_user.id == 1001
    assert update.effective_message is not None and update.effective_message.text == "ciao"
    tapped = Update.de_json(tap({"data": "s4:1"}))
    assert tapped.callback_query is not None and tapped.callback_query.data == "s4:1"
