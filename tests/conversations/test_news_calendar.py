"""The standing rule: each month has one slot, whatever the clocks do; and what a named hour becomes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.news.calendar import (
    DAYS,
    HOURS,
    BadRule,
    Rule,
    last_slot,
    local,
    next_slot,
    read_rule,
    reader_moment,
)

ROME = ZoneInfo("Europe/Rome")
rules = st.builds(
    lambda nth, day, hour, minute, missed: read_rule(f"{nth} {day} {hour}:{minute:02}{missed}"),
    st.sampled_from(["1", "2", "3", "4", "last"]),
    st.sampled_from(DAYS),
    st.integers(0, 23).filter(lambda hour: hour != 2),
    st.integers(0, 59),
    st.sampled_from(["", " skip", " catch-up 6h"]),
)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 20 * 366 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def test_a_rule_is_read_as_people_write_it() -> None:
    assert read_rule("2 tue 12:30") == Rule(2, 1, time(12, 30), timedelta(hours=48))
    assert read_rule("  LAST  Thu 18:30 skip ") == Rule(-1, 3, time(18, 30), timedelta())
    assert read_rule("1 mon 9:05 catch-up 6h").catch_up == timedelta(hours=6)


WRONG = ("", "tue 12:30", "5 tue 12:30", "2 mar 12:30", "2 tue 24:00", "2 tue 12:60", "2 tue 1230", "2 tue 12:30 x")


@pytest.mark.parametrize("text", WRONG)
def test_a_rule_that_cannot_be_read_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(BadRule, match="2 tue 12:30"):
        read_rule(text)


@pytest.mark.parametrize("hour", ["2:00", "02:30", "2:59"])
def test_no_rule_falls_in_the_hour_of_the_clock_change(hour: str) -> None:
    with pytest.raises(BadRule, match="between 02:00 and 03:00"):
        read_rule(f"last sun {hour}")


@given(rules)
def test_every_month_has_exactly_one_slot_on_its_weekday_at_its_time(rule: Rule) -> None:
    slot, months = next_slot(rule, at("2025-12-31T23:59"), ROME), []
    while slot < at("2029-01-01T00:00"):
        there = slot.astimezone(ROME)
        months.append((there.year, there.month))
        assert (there.weekday(), there.time()) == (rule.weekday, rule.at)
        week = (there.day - 1) // 7 + 1
        assert week == rule.nth or (rule.nth < 0 and (there + timedelta(days=7)).month != there.month)
        slot = next_slot(rule, slot, ROME)
    assert months == [(year, month) for year in (2026, 2027, 2028) for month in range(1, 13)]


@given(rules, moments)
def test_the_last_and_the_next_slot_agree(rule: Rule, moment: datetime) -> None:
    before, after = last_slot(rule, moment, ROME), next_slot(rule, moment, ROME)
    assert before <= moment < after
    assert next_slot(rule, before, ROME) == after
    assert last_slot(rule, after, ROME) == after
    assert last_slot(rule, after - timedelta(microseconds=1), ROME) == before


@given(rules, moments)
def test_a_slot_is_never_in_the_hour_that_comes_twice_or_not_at_all(rule: Rule, moment: datetime) -> None:
    assert next_slot(rule, moment, ROME).astimezone(ROME).hour != 2


def test_a_slot_keeps_its_local_time_through_both_clock_changes() -> None:
    rule = read_rule("last sun 12:30")
    summer, winter = next_slot(rule, at("2027-03-27T00:00"), ROME), next_slot(rule, at("2026-10-24T00:00"), ROME)
    assert summer == datetime(2027, 3, 28, 10, 30, tzinfo=UTC)
    assert winter == datetime(2026, 10, 25, 11, 30, tzinfo=UTC)


def test_even_a_rule_that_skips_lets_the_clock_be_a_little_late() -> None:
    assert read_rule("2 tue 12:30 skip").patience == timedelta(minutes=5)
    assert read_rule("2 tue 12:30 catch-up 6h").patience == timedelta(hours=6)


@given(rules)
def test_the_name_of_a_rule_says_which_slots_it_has(rule: Rule) -> None:
    assert read_rule(rule.name) == Rule(rule.nth, rule.weekday, rule.at, timedelta(hours=48))
    assert len(rule.name) <= 14


def test_half_past_two_on_the_nights_of_the_clock_change_is_pointed_out() -> None:
    missing, twice = local(date(2027, 3, 28), time(2, 30), ROME), local(date(2026, 10, 25), time(2, 30), ROME)
    assert (missing.change, missing.moment) == ("missing", datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    assert missing.moment.astimezone(ROME).time() == time(3, 30)
    assert (twice.change, twice.moment) == ("twice", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert local(date(2026, 10, 26), time(2, 30), ROME).change == ""


@given(moments, st.sampled_from(HOURS))
def test_a_reader_gets_it_the_next_time_her_clock_shows_her_hour(start: datetime, hour: str) -> None:
    moment = reader_moment(start, hour, ROME)
    assert moment.astimezone(ROME).strftime("%H:%M") == hour
    assert timedelta() <= moment - start <= timedelta(hours=25)


def test_a_reader_without_an_hour_gets_it_with_all_others() -> None:
    assert reader_moment(at("2026-11-10T12:30"), "", ROME) == at("2026-11-10T12:30")
