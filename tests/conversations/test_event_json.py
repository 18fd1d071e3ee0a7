"""Whatever happens can be kept as a dead letter and worked again as if it happened only now."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.event_json import KINDS, event_from_json, event_to_json, kind_of
from conversations.events import (
    Address,
    Blocked,
    Chose,
    ContactShared,
    Due,
    Event,
    Happening,
    Joined,
    Located,
    MediaKind,
    Said,
    Sent,
    Unblocked,
    Unreadable,
)

anything = st.text(max_size=12)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])
jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), anything),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(anything, inner, max_size=2)),
    max_leaves=4,
)
degrees = st.floats(-180, 180)
happenings: st.SearchStrategy[Happening] = st.one_of(
    st.builds(Said, anything),
    st.builds(Chose, anything, anything),
    st.builds(Joined, anything),
    st.builds(
        Sent, st.sampled_from(get_args(MediaKind)), anything, anything, anything, st.integers(0, 10**9), anything
    ),
    st.builds(Located, degrees, degrees),
    st.builds(ContactShared, anything, st.booleans()),
    st.builds(Blocked),
    st.builds(Unblocked),
    st.builds(Unreadable, anything),
    st.builds(Due, anything, anything, st.dictionaries(anything, jsons, max_size=2)),
)
addresses = st.builds(Address, anything, anything, anything)
events = st.builds(
    Event,
    id=anything,
    address=addresses,
    at=st.datetimes(timezones=zones),
    what=happenings,
    aliases=st.lists(addresses, max_size=2).map(tuple),
    language_hint=anything,
    message_ref=anything,
)


@given(events)
def test_an_event_comes_back_from_the_database_as_it_was(event: Event) -> None:
    kept = json.loads(json.dumps(event_to_json(event)))
    assert event_from_json(kept) == event
    assert kept["kind"] == kind_of(event)


def test_everything_that_can_happen_can_be_kept() -> None:
    assert set(KINDS.values()) == set(get_args(Happening))


def test_a_name_that_a_stranger_chose_for_herself_is_not_kept() -> None:
    event = Event("1", Address("telegram", "1"), datetime(2026, 1, 1, tzinfo=UTC), Said("x"), profile_name="Bianca")
    assert "Bianca" not in json.dumps(event_to_json(event))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "Flown"},
        {"aliases": None},
        {"what": []},
        {"what": {"text": "x", "colour": "red"}},
        {"address": ["telegram", 7, "id"]},
        {"at": "yesterday"},
        {"id": None, "address": None},
    ],
)
def test_what_is_no_event_is_refused_and_not_guessed(changes: dict[str, object]) -> None:
    good = event_to_json(Event("1", Address("telegram", "1"), datetime(2026, 1, 1, tzinfo=UTC), Said("x")))
    with pytest.raises((ValueError, KeyError, TypeError)):
        event_from_json({**good, **changes})  # type: ignore[dict-item]
