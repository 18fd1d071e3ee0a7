"""What the facts about the newsletter will be once an order is carried out, for the next screen of the same step."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from conversations.news import orders
from conversations.news.life import after, opened
from conversations.news.orders import NewsOrder
from conversations.news.views import FileReport, Issue, NewsFacts


def foreseen(known: NewsFacts, order: NewsOrder, person_id: str, at: datetime) -> NewsFacts:
    """The same facts after the order of this person; whom an issue would reach stays as it was."""
    match order:
        case orders.OpenIssue():
            return replace(known, issues=(opened(order, person_id), *known.issues))
        case orders.ReadNewsFile(file=file):
            return replace(known, report=FileReport(file.name, 0))
        case orders.WithdrawIssue(issue_id=key):
            kept = tuple(issue for issue in known.archive if issue.id != key)
            return replace(known, issues=_changed(known, order, key, person_id, at), archive=kept)
        case orders.MarkRead(issue_id=key):
            unread = known.to_read is not None and known.to_read.id != key
            return replace(known, to_read=known.to_read if unread else None)
        case orders.SetWishes(wishes=wishes):
            return replace(known, wishes=wishes)
        case orders.DropSuggestion(suggestion_id=key) | orders.UseSuggestion(suggestion_id=key):
            return replace(known, inbox=tuple(one for one in known.inbox if one.id != key))
        case orders.PostponeRead() | orders.ShowInterest():
            return known
        case (
            orders.RenameIssue()
            | orders.PutItem()
            | orders.MoveItem()
            | orders.DropItem()
            | orders.SignItem()
            | orders.HandToLegal()
            | orders.ApproveIssue()
            | orders.BackToDraft()
            | orders.ScheduleIssue()
            | orders.PauseIssue()
            | orders.ResumeIssue()
            | orders.SetRate()
            | orders.CancelIssue()
        ):
            return replace(known, issues=_changed(known, order, order.issue_id, person_id, at))
        case _:
            assert_never(order)


def _changed(known: NewsFacts, order: NewsOrder, key: str, person_id: str, at: datetime) -> tuple[Issue, ...]:
    return tuple(after(one, order, person_id, at) if one.id == key else one for one in known.issues)
