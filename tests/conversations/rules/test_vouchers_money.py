"""Pots never hold more than they have, and an amount split by weight adds up to the cent."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from conversations.rules.vouchers_money import (
    LOCK_ORDER,
    Pot,
    Share,
    alarm,
    intake_full,
    light,
    pot_key,
    split,
)

CENTS = st.integers(0, 10**9)
SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=6).map(
    lambda weights: [Share(f"s{n}", weight) for n, weight in enumerate(weights)]
)


@given(CENTS, SHARES)
def test_the_parts_add_up_and_are_within_a_cent_of_their_share(cents: int, shares: list[Share]) -> None:
    parts = split(cents, shares)
    whole = sum(share.weight for share in shares)
    assert sum(parts) == cents
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * whole - cents * share.weight) < whole


def test_seventy_thirty_by_largest_remainder() -> None:
    lombardy = [Share("regione", 70), Share("associazione", 30)]
    assert split(10_000, lombardy) == (7_000, 3_000)
    assert split(1, lombardy) == (1, 0)
    assert split(33, lombardy) == (23, 10)
    assert split(5, [Share("a", 50), Share("b", 50)]) == (3, 2), "a tie goes to the first"
    assert split(100, [Share("a", 1), Share("b", 1), Share("c", 1)]) == (34, 33, 33)


@pytest.mark.parametrize(("cents", "weights"), [(-1, [1]), (5, []), (5, [0, 0]), (5, [-1, 2])])
def test_what_cannot_be_split_is_refused(cents: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(cents, [Share(str(n), weight) for n, weight in enumerate(weights)])


@given(st.lists(st.tuples(st.sampled_from(["reserve", "spend", "back"]), st.integers(-5, 500)), max_size=40))
def test_a_pot_that_only_these_moves_touch_is_always_sound(moves: list[tuple[str, int]]) -> None:
    pot = Pot(1_000)
    for move, cents in moves:
        if move == "reserve":
            fuller = pot.reserve(cents)
            assert (fuller is None) == (cents <= 0 or cents > pot.free_cents)
            pot = fuller or pot
        elif 0 < cents <= pot.reserved_cents:
            pot = pot.spend(cents) if move == "spend" else pot.give_back(cents)
        assert pot.sound()


def test_an_unsound_pot_is_known() -> None:
    assert not Pot(10, 6, 5).sound() and not Pot(10, -1, 5).sound() and Pot(10, 5, 5).sound()


def test_the_light_tells_nothing_finer_than_three_colours() -> None:
    assert light(Pot(10_000), 5_000) == "available"
    assert light(Pot(10_000, 7_400), 1_000) == "available"
    assert light(Pot(10_000, 7_500), 1_000) == "running_low"
    assert light(Pot(10_000, 6_000), 5_000) == "finished", "not even the smallest voucher fits"
    assert light(Pot(10_000, 0, 10_000), 0) == "finished"


def test_the_coordinator_is_told_once_at_each_mark() -> None:
    assert alarm(Pot(100, 74), Pot(100, 75)) == 75
    assert alarm(Pot(100, 75), Pot(100, 80)) == 0
    assert alarm(Pot(100, 10), Pot(100, 95)) == 90
    assert alarm(Pot(100, 99), Pot(100, 99, 1)) == 100
    assert Pot(0).percent == 100


def test_pots_sort_in_the_order_in_which_they_are_locked() -> None:
    keys = [pot_key(kind, "c", "k") for kind in reversed(LOCK_ORDER)]
    assert [key.kind for key in sorted(keys)] == list(LOCK_ORDER)


def test_asking_stops_where_the_queue_is_full() -> None:
    assert not intake_full(10**9, 100, 0), "with 0 everybody may ask, and wait"
    assert not intake_full(140_000, 100_000, 40) and intake_full(140_001, 100_000, 40)
