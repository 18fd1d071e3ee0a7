"""Working days in Milan, with its own holiday, Easter and the new one of 4 October."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from conversations.rules.working_days import add_working_days, is_working_day, next_morning

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    "day",
    ["2026-12-07", "2026-12-08", "2026-12-25", "2026-12-26", "2027-01-01", "2027-01-06", "2027-03-29", "2026-06-02",
     "2026-11-28", "2026-11-29", "2027-10-04"],
)  # fmt: skip
def test_nobody_works_on_these_days(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-11-25", "2026-12-09", "2026-12-24", "2027-03-30", "2026-11-02"])
def test_these_are_ordinary_days(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


def test_two_working_days_over_the_feast_of_sant_ambrogio() -> None:
    friday = datetime(2026, 12, 4, 16, 30, tzinfo=ROME)
    assert add_working_days(friday, 2, ROME) == datetime(2026, 12, 10, 16, 30, tzinfo=ROME)
    assert add_working_days(friday, 0, ROME) == friday


def test_the_hour_stays_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 23, 9, 0, tzinfo=ROME)
    assert add_working_days(before, 1, ROME).astimezone(UTC) == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.times(), st.integers(0, 12))
def test_the_result_is_a_working_day_with_that_many_between(day: date, hour: time, days: int) -> None:
    at = datetime.combine(day, hour, tzinfo=ROME)
    after = add_working_days(at, days, ROME).date()
    passed = (at.date() + timedelta(days=n) for n in range(1, (after - at.date()).days + 1))
    assert sum(map(is_working_day, passed)) == days
    assert days == 0 or is_working_day(after)


def test_the_morning_is_that_of_a_working_day() -> None:
    friday_night = datetime(2026, 12, 4, 21, 0, tzinfo=ROME)
    assert next_morning(friday_night, ROME) == datetime(2026, 12, 9, 8, 30, tzinfo=ROME)
    assert next_morning(datetime(2026, 12, 9, 7, 0, tzinfo=ROME), ROME) == datetime(2026, 12, 9, 8, 30, tzinfo=ROME)
