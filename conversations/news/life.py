"""The life of an issue: which move is lawful in which state, who may make it, and what the issue is after it.

    draft -> legal -> approved -> scheduled -> sending <-> paused -> sent -> withdrawn

Whatever changes what people read makes the next revision, which is a draft again: approval and moment are void. A
second order of the same step therefore carries the next revision, as the facts of the step foretell it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal, assert_never

from conversations.news import orders
from conversations.news.orders import NewsOrder
from conversations.news.views import Issue, IssueState, Item

Move = Literal[
    "edit",
    "sign",
    "hand",
    "approve",
    "redraft",
    "schedule",
    "pause",
    "resume",
    "rate",
    "cancel",
    "withdraw",
    "correct",
]
"""edit: change what people read; hand: to the welfare manager; redraft: write on once more; correct: send an erratum
to those it reached."""

FROM: Final[dict[Move, frozenset[IssueState]]] = {
    "edit": frozenset({"draft", "legal", "approved", "scheduled"}),
    "sign": frozenset({"draft", "legal"}),
    "hand": frozenset({"draft"}),
    "approve": frozenset({"legal"}),
    "redraft": frozenset({"legal", "approved", "scheduled"}),
    "schedule": frozenset({"approved", "scheduled"}),
    "pause": frozenset({"sending"}),
    "resume": frozenset({"paused", "sent"}),
    "rate": frozenset({"approved", "scheduled", "sending", "paused"}),
    "cancel": frozenset({"draft", "legal", "approved", "scheduled", "sending", "paused"}),
    "withdraw": frozenset({"sending", "paused", "sent", "cancelled"}),
    "correct": frozenset({"sending", "paused", "sent", "cancelled", "withdrawn"}),
}
"""In which states a move is lawful."""

WHO: Final[dict[Move, frozenset[str]]] = {
    "edit": frozenset({"editor", "coordinator"}),
    "sign": frozenset({"welfare_manager"}),
    "hand": frozenset({"editor", "coordinator"}),
    "approve": frozenset({"coordinator"}),
    "redraft": frozenset({"editor", "coordinator", "welfare_manager"}),
    "schedule": frozenset({"coordinator"}),
    "pause": frozenset({"coordinator"}),
    "resume": frozenset({"coordinator"}),
    "rate": frozenset({"coordinator"}),
    "cancel": frozenset({"coordinator"}),
    "withdraw": frozenset({"coordinator"}),
    "correct": frozenset({"coordinator"}),
}
"""Which roles may make a move; an editor may besides give up a draft of hers (`may`)."""

REACHED: Final[frozenset[IssueState]] = FROM["correct"]
"""States of an issue that people may have in their hands."""
MOST_ITEMS: Final = 20
"""Items an issue can hold at all; a digest has four to six."""


def lawful(move: Move, issue: Issue) -> bool:
    """True if the issue is in a state for this move. An issue that is out already is resumed only for those who
    failed or are in doubt, which the order says."""
    return issue.state in FROM[move]


def may(move: Move, issue: Issue, roles: Collection[str]) -> bool:
    """True if who holds these roles may do this with the issue, as it is now."""
    held = frozenset(roles)
    gives_up = move == "cancel" and issue.state in {"draft", "legal"} and "editor" in held
    return lawful(move, issue) and (gives_up or bool(held & WHO[move]))


def move_of(order: NewsOrder) -> Move | None:
    """The move of the issue that an order makes, None for an order about anything else."""
    match order:
        case orders.RenameIssue() | orders.PutItem() | orders.MoveItem() | orders.DropItem() | orders.ReadNewsFile():
            return "edit"
        case orders.SignItem():
            return "sign"
        case orders.HandToLegal():
            return "hand"
        case orders.ApproveIssue():
            return "approve"
        case orders.BackToDraft():
            return "redraft"
        case orders.ScheduleIssue():
            return "schedule"
        case orders.PauseIssue():
            return "pause"
        case orders.ResumeIssue():
            return "resume"
        case orders.SetRate():
            return "rate"
        case orders.CancelIssue():
            return "cancel"
        case orders.WithdrawIssue():
            return "withdraw"
        case (
            orders.OpenIssue()
            | orders.MarkRead()
            | orders.PostponeRead()
            | orders.ShowInterest()
            | orders.SetWishes()
            | orders.DropSuggestion()
            | orders.UseSuggestion()
        ):
            return None
        case _:
            assert_never(order)


def opened(order: orders.OpenIssue, by: str) -> Issue:
    """The new issue, a draft without items."""
    title = {"it": order.title_it} | ({"en": order.title_en} if order.title_en else {})
    return Issue(order.issue_id, order.number, order.kind, title, "draft", 1, corrects=order.corrects, created_by=by)


def after(issue: Issue, order: NewsOrder, by: str, at: datetime) -> Issue:
    """The issue once this order of this person is carried out; the same one where it changes nothing of it.

    Lawfulness is asked before, by `lawful` and `may`.
    """
    match order:
        case orders.RenameIssue(title_it=italian, title_en=english):
            title = {"it": italian} | ({"en": english} if english else {})
            return issue if title == issue.title else revised(replace(issue, title=title))
        case orders.PutItem(item=item):
            return _with_items(issue, put(issue.items, item))
        case orders.MoveItem(item_id=key, to=to):
            return _with_items(issue, moved(issue.items, key, to))
        case orders.DropItem(item_id=key):
            return _with_items(issue, tuple(one for one in issue.items if one.id != key))
        case orders.SignItem(item_id=key):
            signed = (replace(one, signed_by=by, signed_at=at) if one.id == key else one for one in issue.items)
            return replace(issue, items=tuple(signed))
        case orders.HandToLegal():
            return replace(issue, state="legal")
        case orders.ApproveIssue():
            return replace(issue, state="approved", approved_by=by, approved_revision=issue.revision)
        case orders.BackToDraft():
            return redrafted(issue)
        case orders.ScheduleIssue(at=moment, standing=standing, at_most_once=once):
            return replace(issue, state="scheduled", scheduled_at=moment, standing=standing, at_most_once=once)
        case orders.PauseIssue():
            return replace(issue, state="paused")
        case orders.ResumeIssue():
            return replace(issue, state="sending", ended_at=None)
        case orders.SetRate(rate=rate):
            return replace(issue, rate=max(rate, 0.0))
        case orders.CancelIssue():
            # what nobody has had yet has no end of a sending either
            ended = at if issue.started_at is not None else None
            return replace(issue, state="cancelled", scheduled_at=None, standing=False, ended_at=ended)
        case orders.WithdrawIssue():
            return replace(issue, state="withdrawn", ended_at=issue.ended_at or at)
        case _:
            return issue


def revised(issue: Issue) -> Issue:
    """The next revision: people would read something else now, so nobody has approved it."""
    return replace(redrafted(issue), revision=issue.revision + 1)


def redrafted(issue: Issue) -> Issue:
    """A draft again; approval and moment are void."""
    return replace(
        issue,
        state="draft",
        approved_by="",
        approved_revision=0,
        scheduled_at=None,
        standing=False,
        at_most_once=False,
    )


def put(items: Iterable[Item], item: Item) -> tuple[Item, ...]:
    """The items with this one at the end, or in the place of the one with its id; what changed is not signed."""
    before = tuple(items)
    old = next((one for one in before if one.id == item.id), None)
    if old is None:
        return (*before, unsigned(item))
    if unsigned(old) == unsigned(item):
        return before
    return tuple(unsigned(item) if one.id == item.id else one for one in before)


def moved(items: tuple[Item, ...], key: str, to: int) -> tuple[Item, ...]:
    """The items with this one at this place, 0 the first; an unknown one changes nothing."""
    held = next((one for one in items if one.id == key), None)
    if held is None:
        return items
    others = [one for one in items if one.id != key]
    at = min(max(to, 0), len(others))
    return (*others[:at], held, *others[at:])


def unsigned(item: Item) -> Item:
    """The item without a signature."""
    return replace(item, signed_by="", signed_at=None)


def approved(issue: Issue) -> bool:
    """True if a coordinator approved exactly this revision."""
    return issue.approved_revision == issue.revision and bool(issue.approved_by)


def _with_items(issue: Issue, items: tuple[Item, ...]) -> Issue:
    return issue if items == issue.items else revised(replace(issue, items=items))
