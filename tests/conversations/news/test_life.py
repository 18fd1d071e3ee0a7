"""Moves are lawful only where they are, an edit voids what was approved, and random orders never break either."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.news import orders
from conversations.news.foresee import foreseen
from conversations.news.life import FROM, WHO, Move, after, approved, lawful, may, move_of, moved, opened, put
from conversations.news.orders import NewsOrder
from conversations.news.views import NO_NEWS, Issue, IssueState, Item, Suggestion, Wishes
from tests.conversations.news.issues import NOW, full, issue, item, law

ROLES = ("editor", "welfare_manager", "coordinator", "worker")
OUT = {"sending", "paused", "sent", "cancelled", "withdrawn"}


def test_an_issue_goes_from_draft_to_sent_and_back_to_draft_when_somebody_writes_on() -> None:
    it = full()
    it = after(it, orders.HandToLegal(it.id, 1), "sofia", NOW)
    assert it.state == "legal"
    it = after(it, orders.ApproveIssue(it.id, 1), "marta", NOW)
    assert (it.state, it.approved_by, it.approved_revision, approved(it)) == ("approved", "marta", 1, True)
    it = after(it, orders.ScheduleIssue(it.id, 1, NOW + timedelta(days=7), at_most_once=True), "marta", NOW)
    assert (it.state, it.scheduled_at, it.at_most_once) == ("scheduled", NOW + timedelta(days=7), True)
    it = after(it, orders.PutItem(it.id, 1, item("five")), "sofia", NOW)
    assert (it.state, it.revision, it.approved_by, it.scheduled_at) == ("draft", 2, "", None)
    assert not approved(it)


def test_a_signature_is_for_the_item_as_it_stands() -> None:
    it = after(issue(law()), orders.SignItem("issue", 1, "law"), "elena", NOW)
    assert (it.items[0].signed_by, it.items[0].signed_at, it.revision) == ("elena", NOW, 1)
    same = after(it, orders.PutItem("issue", 1, law()), "sofia", NOW)
    assert same.items[0].signed_by == "elena" and same.revision == 1, "nothing has changed"
    other = after(it, orders.PutItem("issue", 1, law(source="Legge 2 (esempio)")), "sofia", NOW)
    assert other.items[0].signed_by == "" and other.revision == 2
    moved_ = after(replace(it, items=(*it.items, item())), orders.MoveItem("issue", 1, "law", 9), "sofia", NOW)
    assert [one.signed_by for one in moved_.items] == ["", "elena"], "its place is no part of what was signed"


def test_a_signature_cannot_be_smuggled_in_with_an_item() -> None:
    assert put((), law(signed_by="nobody", signed_at=NOW))[0].signed_by == ""


@pytest.mark.parametrize(("to", "ids"), [(0, "cab"), (1, "acb"), (7, "abc"), (-3, "cab")])
def test_an_item_moves_to_a_place_within_the_issue(to: int, ids: str) -> None:
    items = tuple(item(key) for key in "abc")
    assert "".join(one.id for one in moved(items, "c", to)) == ids
    assert moved(items, "unknown", to) == items


def test_an_issue_of_which_something_is_out_cannot_be_changed() -> None:
    for state in OUT:
        out = full(state=state)
        assert not any(lawful(move, out) for move in ("edit", "sign", "hand", "approve", "schedule", "redraft"))


def test_who_may_do_what() -> None:
    assert may("approve", full(state="legal"), {"coordinator"})
    assert not may("approve", full(state="legal"), {"editor", "welfare_manager"})
    assert not may("approve", full(), {"coordinator"}), "the welfare manager comes first"
    assert may("sign", full(), {"welfare_manager"}) and not may("sign", full(), {"coordinator"})
    assert may("cancel", full(), {"editor"}), "an editor may give up a draft"
    assert not may("cancel", full(state="approved"), {"editor"})
    assert not any(may(move, full(state=state), {"worker"}) for move in WHO for state in get_args(IssueState))


def test_the_end_of_a_sending_is_kept_when_an_issue_is_stopped() -> None:
    running = full(state="sending", started_at=NOW)
    later = NOW + timedelta(hours=1)
    assert after(running, orders.CancelIssue("issue"), "marta", later).ended_at == later
    assert after(full(), orders.CancelIssue("issue"), "marta", later).ended_at is None
    paused = after(running, orders.PauseIssue("issue"), "marta", later)
    assert paused.state == "paused"
    assert after(paused, orders.ResumeIssue("issue"), "marta", later).state == "sending"
    sent = full(state="sent", started_at=NOW, ended_at=NOW)
    assert after(sent, orders.ResumeIssue("issue", failed=True), "marta", later).ended_at is None
    assert after(sent, orders.WithdrawIssue("issue"), "marta", later).ended_at == NOW
    assert after(running, orders.SetRate("issue", -3.0), "marta", later).rate == 0.0


def test_a_new_issue_is_an_empty_draft() -> None:
    order = orders.OpenIssue("new", "2026-12", "monthly", "Dicembre", "December")
    assert opened(order, "sofia") == Issue(
        "new", "2026-12", "monthly", {"it": "Dicembre", "en": "December"}, "draft", 1, created_by="sofia"
    )
    assert opened(replace(order, title_en=""), "sofia").title == {"it": "Dicembre"}


def test_the_next_screen_of_the_same_step_knows_what_was_ordered() -> None:
    before = replace(NO_NEWS, issues=(full(),), archive=(full(id="old", state="sent"),), to_read=full(id="old"))
    wish = Wishes(("leave",), "telegram", "18:00")
    known = foreseen(before, orders.OpenIssue("new", "2026-12", "monthly", "Dicembre"), "sofia", NOW)
    assert [one.id for one in known.issues] == ["new", "issue"]
    known = foreseen(known, orders.DropItem("issue", 1, "one"), "sofia", NOW)
    assert (len(known.issues[1].items), known.issues[1].revision) == (3, 2)
    assert foreseen(known, orders.SetWishes(wish), "anna", NOW).wishes == wish
    assert foreseen(known, orders.MarkRead("old"), "anna", NOW).to_read is None
    assert foreseen(known, orders.MarkRead("other"), "anna", NOW).to_read is not None
    assert foreseen(known, orders.PostponeRead("old"), "anna", NOW) == known
    gone = foreseen(replace(known, issues=(full(id="old", state="sent"),)), orders.WithdrawIssue("old"), "marta", NOW)
    assert gone.archive == () and gone.issues[0].state == "withdrawn"
    inbox = (Suggestion("s", "inps", "Titolo", "", "", None, NOW),)
    for order in (orders.DropSuggestion("s"), orders.UseSuggestion("s", "issue")):
        assert foreseen(replace(known, inbox=inbox), order, "sofia", NOW).inbox == ()


KEYS = ("one", "two", "three", "law", "new")
WORDS = ("Una.", "Due.", "Tre.")
ORDERS = 14
ACTS = st.tuples(
    st.integers(0, ORDERS), st.sampled_from(KEYS), st.sampled_from(WORDS), st.booleans(), st.sampled_from(ROLES)
)


def order_of(number: int, it: Issue, key: str, words: str, flag: bool) -> NewsOrder:
    revision = it.revision
    written = replace(item(key), sentence={"it": words}, normative=flag)
    return (
        orders.RenameIssue(it.id, revision, words, words if flag else ""),
        orders.PutItem(it.id, revision, written),
        orders.MoveItem(it.id, revision, key, len(words) * (1 if flag else -1)),
        orders.DropItem(it.id, revision, key),
        orders.SignItem(it.id, revision, key),
        orders.HandToLegal(it.id, revision),
        orders.ApproveIssue(it.id, revision),
        orders.BackToDraft(it.id),
        orders.ScheduleIssue(it.id, revision, NOW),
        orders.PauseIssue(it.id),
        orders.ResumeIssue(it.id, failed=flag),
        orders.SetRate(it.id, len(words)),
        orders.CancelIssue(it.id),
        orders.WithdrawIssue(it.id),
    )[number]


def read(it: Issue) -> tuple[object, tuple[Item, ...]]:
    """What people would read, signatures apart."""
    return dict(it.title), tuple(replace(one, signed_by="", signed_at=None) for one in it.items)


@given(st.lists(ACTS, max_size=25))
def test_random_orders_never_reach_an_unlawful_state_and_an_edit_always_voids_approval(
    acts: list[tuple[int, str, str, bool, str]],
) -> None:
    it = full()
    for number, key, words, flag, role in acts:
        if number == ORDERS:
            it = replace(it, state="sending", started_at=NOW) if it.state == "scheduled" else it
            continue
        order = order_of(number, it, key, words, flag)
        move = move_of(order)
        assert move is not None
        if not may(move, it, {role, "coordinator"} if flag else {role}):
            continue
        then = after(it, order, "somebody", NOW)
        if read(then) != read(it):
            assert it.state in FROM["edit"]
            assert (then.state, then.revision) == ("draft", it.revision + 1)
            assert not approved(then) and then.scheduled_at is None
        else:
            assert then.revision == it.revision
        if then.state in {"approved", "scheduled", "sending", "paused", "sent"}:
            assert approved(then), "nothing goes on that nobody approved as it is"
        if then.state == "sending":
            assert it.state in {"paused", "sent", "sending"}, "only the calendar begins a sending"
        it = then
    assert it.state in get_args(IssueState)
    assert set(FROM) == set(WHO) == set(get_args(Move))
