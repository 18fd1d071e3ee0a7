"""The state machines of domain.md 7.2, drawn once more by hand, and what no machine may do."""

from itertools import pairwise, product

import pytest

from conversations.rules.vouchers_moves import AMENDS, ENDS, MOVES, Hat, Thing, after_use, lawful

HATS: tuple[Hat, ...] = (
    "owner", "aloud", "decider", "firm", "lawyer", "coordinator", "partner", "accountant", "clock",
)  # fmt: skip
PATHS: dict[Thing, list[str]] = {
    "request": [
        "draft submitted in_review approved", "draft submitted in_review declined",
        "draft submitted in_review waitlisted in_review approved", "draft submitted in_review info_needed in_review",
        "draft submitted in_review info_needed lapsed", "draft submitted withdrawn", "approved reversed",
        "in_review waitlisted withdrawn", "submitted cancelled_by_call", "declined reversed",
    ],
    "voucher": [
        " issued partly_used used", " issued used", "issued expired", "partly_used revoked", "issued released",
    ],
    "redemption": [
        " started confirmed settled", " started refused", " started timed_out", "confirmed reversed",
    ],
    "claim": [
        "draft submitted check info_needed check accepted to_pay paid", "check rejected",
        "to_pay pay_failed to_pay paid",
    ],
    "payment": [" to_pay paid", " to_pay pay_failed to_pay", "to_pay cancelled", "paid to_recover"],
    "call": [" proposed open closed"],
}  # fmt: skip


@pytest.mark.parametrize(("thing", "path"), [(thing, path) for thing, paths in PATHS.items() for path in paths])
def test_the_ways_of_the_specification_are_open(thing: Thing, path: str) -> None:
    states = path.split(" ")
    for move in pairwise(states):
        assert MOVES[thing].get(move), move


@pytest.mark.parametrize("thing", list(MOVES))
def test_an_end_is_left_only_by_a_compensation(thing: Thing) -> None:
    out = {move for move in MOVES[thing] if move[0] in ENDS[thing] and move[0] != move[1]}
    assert out == AMENDS[thing]


def test_nobody_decides_or_pays_in_the_wrong_quality() -> None:
    for hat in ("owner", "coordinator", "lawyer", "partner", "accountant", "clock"):
        assert not lawful("request", "in_review", "approved", hat)
        assert not lawful("request", "in_review", "declined", hat)
    assert lawful("request", "in_review", "approved", "firm")
    assert not lawful("request", "in_review", "waitlisted", "firm"), "the waiting list is the association's"
    for hat in ("owner", "coordinator", "partner", "decider"):
        assert not lawful("payment", "to_pay", "paid", hat)
    assert not lawful("redemption", "started", "confirmed", "partner"), "the owner always confirms"
    assert {hat for hat in HATS if lawful("redemption", "started", "confirmed", hat)} == {"owner", "aloud"}


def test_the_clock_never_grants_anything() -> None:
    granting = {"approved", "accepted", "confirmed", "paid", "issued", "to_pay"}
    assert not [
        (thing, move) for thing, moves in MOVES.items() for move, hats in moves.items()
        if "clock" in hats and move[1] in granting
    ]  # fmt: skip


def test_a_voucher_of_kind_b_is_used_once_and_knows_no_claims() -> None:
    assert lawful("voucher", "issued", "used", "owner", "B")
    assert not lawful("voucher", "issued", "partly_used", "owner", "B")
    assert not any(lawful("claim", *move, hat, "B") for move, hats in MOVES["claim"].items() for hat in hats)


def test_what_is_not_drawn_is_not_lawful() -> None:
    states = {state for move in MOVES["voucher"] for state in move}
    lawful_ones = {
        move for move in product(states, states) if any(lawful("voucher", *move, hat) for hat in ("owner", "clock"))
    }
    assert ("expired", "used") not in lawful_ones and ("released", "issued") not in lawful_ones
    assert ("revoked", "partly_used") not in lawful_ones


@pytest.mark.parametrize(("used", "state"), [(0, "issued"), (1, "partly_used"), (99, "partly_used"), (100, "used")])
def test_the_state_follows_from_what_was_used(used: int, state: str) -> None:
    assert after_use(100, used) == state
