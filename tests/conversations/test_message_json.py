"""Whatever message the program can make survives its way through the database unchanged."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.message_json import message_from_json, message_to_json
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Choice,
    Day,
    Localized,
    Message,
    Moment,
    Money,
    Phrase,
    Template,
    Verbatim,
    Wanted,
)

anything = st.text(max_size=12)
zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))])
translations = st.dictionaries(anything, anything, max_size=3)
plain = st.one_of(st.builds(Verbatim, anything), st.builds(Localized, translations))
values = st.one_of(
    anything,
    st.integers(),
    plain,
    st.builds(Day, st.dates()),
    st.builds(Moment, st.datetimes(timezones=zones)),
    st.builds(Money, st.integers()),
)
phrases = st.recursive(
    st.builds(Phrase, anything),
    lambda inner: st.builds(Phrase, anything, st.dictionaries(anything, st.one_of(values, inner), max_size=3)),
    max_leaves=4,
)
texts = st.one_of(plain, phrases)
maybe = st.one_of(st.none(), texts)
choices = st.lists(
    st.builds(Choice, anything, texts, maybe, st.sampled_from([None, True, False])), max_size=3
).map(tuple)
messages = st.builds(
    Message,
    body=st.lists(texts, max_size=3).map(tuple),
    title=maybe,
    hint=maybe,
    choices=choices,
    ways=choices,
    multiple=st.booleans(),
    wanted=st.sampled_from(get_args(Wanted)),
    example=maybe,
    attachment=st.one_of(
        st.none(),
        st.builds(Attachment, anything, anything, st.sampled_from(get_args(AttachmentKind)), anything, anything),
    ),
    template=st.one_of(
        st.none(), st.builds(Template, anything, st.lists(texts, max_size=2).map(tuple), st.booleans())
    ),
    screen=st.one_of(st.none(), st.integers(0, 10**6)),
    silent=st.booleans(),
)


@given(messages)
def test_a_message_comes_back_from_the_database_as_it_was(message: Message) -> None:
    kept = json.loads(json.dumps(message_to_json(message)))
    assert message_from_json(kept) == message


def test_every_field_of_a_message_is_kept() -> None:
    made = set(Message.__dataclass_fields__)
    full = message_to_json(
        Message(
            body=(Verbatim("b"),), title=Verbatim("t"), hint=Verbatim("h"), choices=(Choice("c", Verbatim("c")),),
            ways=(Choice("w", Verbatim("w")),), multiple=True, wanted="number", example=Verbatim("3"),
            attachment=Attachment("s", "r", "photo", "n", "m"), template=Template("t"), screen=1, silent=True,
        )
    )
    assert set(full) == made, "a new field of a message must be kept too"


def test_what_is_empty_takes_no_room() -> None:
    assert message_to_json(Message()) == {"body": []}
    assert message_from_json({}) == Message()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"wanted": "a pony"},
        {"body": [None]},
        {"body": [3.5]},
        {"body": ["a bare word is a value, not a text"]},
        {"body": [{"d": "2026-11-25"}]},
        {"title": {"?": 1}},
        {"choices": [["value"]]},
        {"choices": [["value", {"v": "x"}, None, "yes"]]},
        {"attachment": ["s", "r", "hologram", "n", "m"]},
        {"attachment": {}},
        {"template": ["name"]},
        {"body": [{"p": "key", "a": {"x": {"t": "not a time"}}}]},
    ],
)
def test_what_is_no_message_is_refused_and_not_guessed(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        message_from_json(spoiled)


def test_a_day_stays_a_day() -> None:
    message = Message(body=(Phrase("k", {"day": Day(date(2026, 2, 28))}),))
    assert message_from_json(message_to_json(message)) == message
    moment = Moment(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    assert message_from_json(message_to_json(Message(body=(Phrase("k", {"at": moment}),)))).body[0] == Phrase(
        "k", {"at": moment}
    )
