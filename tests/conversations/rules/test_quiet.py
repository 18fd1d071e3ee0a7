"""Nobody is written to first at night, at a week-end or on a holiday."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.rules.quiet import is_quiet, waking

ROME = ZoneInfo("Europe/Rome")


def rome(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ROME)


@pytest.mark.parametrize(
    ("asked", "given_"),
    [
        (rome(23, 10), rome(23, 10)),
        (rome(23, 8), rome(23, 8)),
        (rome(23, 19, 59), rome(23, 19, 59)),
        (rome(23, 20), rome(24, 12, 30)),
        (rome(24, 7, 59), rome(24, 12, 30)),
        (rome(27, 21), rome(30, 12, 30)),
        (rome(28, 10), rome(30, 12, 30)),
        (rome(29, 23), rome(30, 12, 30)),
        (rome(30, 3), rome(30, 12, 30)),
        # Sant'Ambrogio and the day after, then an ordinary Wednesday
        (rome(4, 21, month=12), rome(9, 12, 30, month=12)),
        (rome(7, 11, month=12), rome(9, 12, 30, month=12)),
        (rome(9, 11, month=12), rome(9, 11, month=12)),
    ],
)
def test_a_quiet_moment_becomes_half_past_twelve_of_the_next_working_day(asked: datetime, given_: datetime) -> None:
    assert waking(asked, ROME) == given_


def test_the_hour_is_that_of_the_clock_on_the_wall_across_a_clock_change() -> None:
    assert waking(rome(24, 9, month=10), ROME).astimezone(ROME).time().isoformat() == "12:30:00"
    assert waking(rome(24, 9, month=10), ROME).utcoffset() == timedelta()


@given(st.integers(0, 4 * 366 * 24 * 60))
def test_the_moment_found_is_never_quiet_never_earlier_and_never_far(minutes: int) -> None:
    asked = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = waking(asked, ROME)
    assert not is_quiet(found, ROME)
    assert asked <= found <= asked + timedelta(days=5)
