"""The plan that is told before anything is sent: people, days under the limit, hours, euros."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.messages import Localized
from conversations.news.plan import NEVER, Plan, plan
from conversations.news.views import Audience, Price, Prospect

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 11, 10, 11, 30, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
RATES = {"telegram": 25.0, "whatsapp": 10.0}
PRICE = Price("whatsapp", 60_000, 5_000, date(2026, 11, 1), Localized({"it": "un listino"}))


def planned(*audience: Audience, limit: int = 250, used: int = 0, start: datetime = NOON, rate: float = 0.0) -> Plan:
    return plan(Prospect(audience, RATES, limit, used, (PRICE,), ("en",)), start, ROME, rate)


def whatsapp(free: int, **templates: int) -> Audience:
    return Audience("whatsapp", free, templates)


def test_nobody_opted_in_takes_no_day_and_costs_nothing() -> None:
    nothing = planned()
    assert (nothing.people, nothing.days, nothing.ends) == (0, 0, None)
    empty = planned(whatsapp(0)).channels[0]
    assert (empty.people, empty.days, empty.cost, empty.ends) == (0, 0, 0, NOON)


def test_a_channel_without_a_window_takes_as_long_as_its_rate_says() -> None:
    one = planned(Audience("telegram", 1_000)).channels[0]
    assert (one.days, one.seconds, one.cost, one.price) == (1, 40.0, None, None)
    assert one.ends == NOON + timedelta(seconds=40)


def test_a_slower_rate_of_the_coordinator_counts_and_a_faster_one_does_not() -> None:
    assert planned(Audience("telegram", 100), rate=1.0).channels[0].seconds == 100.0
    assert planned(Audience("telegram", 100), rate=500.0).channels[0].seconds == 4.0


def test_six_hundred_people_on_a_new_number_are_three_days() -> None:
    one = planned(whatsapp(0, it=500, en=100)).channels[0]
    assert (one.people, one.days) == (600, 3)
    assert one.ends == NOON + timedelta(days=2, seconds=10)


def test_those_inside_the_window_do_not_count_against_the_daily_limit() -> None:
    assert planned(whatsapp(10_000, it=250)).channels[0].days == 1


def test_what_was_used_of_the_limit_today_is_not_there_any_more() -> None:
    assert planned(whatsapp(0, it=250), used=0).channels[0].days == 1
    assert planned(whatsapp(0, it=250), used=1).channels[0].days == 2
    assert planned(whatsapp(0, it=250), used=9_999).channels[0].days == 2


def test_a_limit_of_zero_lets_nobody_be_written_to_first() -> None:
    never = planned(whatsapp(5, it=1), limit=0)
    assert never.channels[0].days == NEVER and never.never
    assert not planned(whatsapp(5, it=0), limit=0).never, "inside the window they may be written to"


def test_what_starts_in_the_evening_leaves_on_whatsapp_the_next_morning_and_elsewhere_at_once() -> None:
    evening = datetime(2026, 11, 10, 18, 30, tzinfo=ROME).astimezone(UTC)
    late = planned(whatsapp(10, it=10), start=evening).channels[0]
    assert late.ends == datetime(2026, 11, 11, 9, 0, 2, tzinfo=ROME)
    assert planned(whatsapp(10), start=evening).channels[0].ends == datetime(2026, 11, 11, 9, 0, 1, tzinfo=ROME)
    assert planned(Audience("telegram", 25), start=evening).channels[0].ends == evening + timedelta(seconds=1)
    early = planned(whatsapp(0, it=10), start=datetime(2026, 11, 10, 5, 0, tzinfo=ROME)).channels[0]
    assert early.ends == datetime(2026, 11, 10, 9, 0, 1, tzinfo=ROME)


def test_a_rate_too_slow_for_the_hours_of_a_day_spreads_over_more_days() -> None:
    slow = planned(whatsapp(0, it=2_000), limit=100_000, rate=0.05).channels[0]
    assert slow.days == 2
    assert slow.ends.astimezone(ROME).date() == date(2026, 11, 11)
    assert planned(whatsapp(2_000), rate=0.05).channels[0].days == 2, "inside the window too"


def test_the_cost_is_that_of_the_openers_and_of_a_digest_for_everybody() -> None:
    assert planned(whatsapp(100, it=50)).channels[0].cost == 50 * 60_000 + 150 * 5_000


def test_languages_without_an_opener_are_named() -> None:
    assert planned(whatsapp(0, it=1)).missing_templates == ("en",)


@given(
    st.integers(0, 20_000),
    st.integers(0, 5_000),
    st.integers(1, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 2 * 366 * 86_400).map(lambda seconds: NEW_YEAR + timedelta(seconds=seconds)),
    st.sampled_from([0.0, 0.5, 5.0]),
)
def test_no_plan_sends_more_in_a_day_than_the_limit_nor_outside_the_hours(
    openers: int, free: int, limit: int, used: int, start: datetime, rate: float
) -> None:
    one = planned(whatsapp(free, it=openers), limit=limit, used=used, start=start, rate=rate).channels[0]
    assert one.ends >= start and one.people == openers + free
    if openers and one.days < NEVER:
        assert openers <= max(0, limit - used) + limit * (one.days - 1)
        there = one.ends.astimezone(ROME)
        assert 9 <= there.hour < 18 or (there.hour, there.minute) == (18, 0)
    assert planned(whatsapp(free, it=openers), limit=limit * 2, used=used, start=start, rate=rate).days <= one.days


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_the_hours_are_those_of_the_wall_clock_on_the_days_of_the_change(day: date) -> None:
    night = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ROME)
    ends = planned(whatsapp(0, it=10), start=night).channels[0].ends.astimezone(ROME)
    assert (ends.date(), ends.hour) == (day, 9)
