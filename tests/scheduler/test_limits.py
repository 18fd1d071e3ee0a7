"""A token bucket: so many at once, so many a second, whatever the clock does."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.limits import Bucket


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
