"""A token bucket and an exact pace: so many at once, so many a second, whatever the clock and the network do."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.limits import UNANSWERED, Bucket, Pace


def test_a_full_bucket_gives_its_burst_and_then_one_token_at_a_time() -> None:
    bucket = Bucket(rate=10, burst=3)
    assert [round(bucket.wait(5.0), 6) for _ in range(5)] == [0, 0, 0, 0.1, 0.2]
    assert round(bucket.wait(5.2), 6) == 0.1
    assert bucket.wait(100.0) == 0


@given(st.floats(0.5, 100), st.integers(1, 20), st.lists(st.floats(0, 2), max_size=80))
def test_never_more_than_the_burst_and_the_rate_in_any_stretch_of_time(
    rate: float, burst: int, gaps: list[float]
) -> None:
    bucket, now, used = Bucket(rate, burst), 0.0, []
    for gap in gaps:
        now += gap
        used.append(now + bucket.wait(now))
    assert used == sorted(used)
    for first in range(len(used)):
        for last in range(first, len(used)):
            assert last - first + 1 <= burst + rate * (used[last] - used[first]) + 1e-6


def test_a_clock_that_goes_back_gives_no_extra_tokens() -> None:
    bucket = Bucket(rate=1, burst=1)
    assert bucket.wait(100.0) == 0
    assert bucket.wait(50.0) == 1
    assert bucket.wait(101.0) == 1


Trip = Callable[[int], tuple[float, float]]


def seen(pace: Pace, seconds: float, trip: Trip, replies: bool = False) -> list[float]:
    """When the provider counts letters that leave as soon as they may; `trip` is how long the n-th is on its way to
    it and back. With `replies` one leaves every half second."""
    now, counted, answers, number = 0.0, list[float](), list[tuple[float, int]](), 0
    while now < seconds:
        for at, place in [one for one in answers if one[0] <= now]:
            pace.answered(place, at)
            answers.remove((at, place))
        bulk = pace.wait(now) <= 0
        if bulk or (replies and now % 0.5 < 0.001 and pace.turn(now) <= 0):
            place = pace.take(now) if bulk else pace.reply()
            pace.leaves(place, now)
            there, back = trip(number)
            counted.append(now + there)
            answers.append((now + there + back, place))
            number += 1
        now += 0.001
    return sorted(counted)


def most_in_a_second(counted: list[float]) -> int:
    """In any sliding second, its two ends included."""
    return max(sum(first <= at <= first + 1.0 for at in counted) for first in counted)


def test_the_pace_uses_nearly_all_of_the_limit_and_never_more_than_it() -> None:
    counted = seen(Pace(30, 1.002, 29.9), 10.0, lambda _: (0.02, 0.02))
    assert most_in_a_second(counted) == 30
    assert 290 <= len(counted) <= 300


def test_letters_that_are_late_on_their_way_never_crowd_the_provider() -> None:
    chance = random.Random(7)
    counted = seen(Pace(30, 1.002, 29.9), 10.0, lambda _: (chance.uniform(0.01, 0.2), chance.uniform(0.01, 0.2)))
    assert most_in_a_second(counted) <= 30
    assert len(counted) >= 200


def test_replies_have_their_place_in_the_limit_and_the_bulk_makes_room() -> None:
    counted = seen(Pace(30, 1.002, 29.9), 10.0, lambda _: (0.02, 0.02), replies=True)
    assert most_in_a_second(counted) <= 30


def test_the_bulk_is_spread_evenly_and_a_lower_rate_is_kept() -> None:
    pace = Pace(30, 1.002, 29.9)
    for _ in range(2):
        assert pace.wait(0.0) == 0.0
        pace.leaves(pace.take(0.0), 0.0)
    assert pace.wait(0.0) == pytest.approx(1 / 29.9, abs=0.001)
    pace.take(10.0, rate=2.0)
    pace.take(10.0, rate=2.0)
    assert pace.wait(10.0, rate=2.0) == pytest.approx(0.5, abs=0.001)


def test_a_reply_does_not_wait_where_no_bulk_is_under_way() -> None:
    pace = Pace(3, 1.0, 3.0)
    for number in range(100):
        place = pace.reply()
        assert pace.turn(number / 1000) == 0.0
        pace.leaves(place, number / 1000)
        pace.answered(place, number / 1000)


def test_a_letter_without_an_answer_keeps_its_place() -> None:
    pace = Pace(2, 1.0, 1000.0)
    for _ in range(2):
        pace.leaves(pace.take(0.0), 0.0)
    assert pace.wait(5.0) == UNANSWERED
    pace.answered(0, 5.0)
    pace.answered(1, 5.0)
    assert pace.wait(6.0) == 0.0
