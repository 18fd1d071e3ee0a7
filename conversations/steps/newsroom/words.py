"""How issues and items are named on screens: titles that fit a row, states, pages, lasting buttons."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from conversations.facts import Facts
from conversations.flow import choice
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Localized, Param, Phrase, Text
from conversations.news.views import Issue, IssueState
from conversations.state import Place

PAGE: Final = 7
ROW: Final = 24
"""Characters of a row of a list."""
T = TypeVar("T")


def today(facts: Facts) -> date:
    """The day in the network's zone."""
    return facts.now.astimezone(facts.zone).date()


def clipped(texts: Mapping[str, str], longest: int = ROW, lead: str = "") -> Text:
    """The text in every language, short enough for a row; `lead` comes before it ("3. ")."""
    return Localized({code: _short(lead + text, longest) for code, text in texts.items()})


def page_of(rows: Sequence[T], page: int) -> tuple[Sequence[T], bool]:
    """The rows of a page (the first where there is no such page), and whether there are others."""
    start = page * PAGE if 0 <= page * PAGE < len(rows) else 0
    return rows[start : start + PAGE], len(rows) > PAGE


def page_in(place: Place) -> int:
    """The page a place remembers."""
    page = place.data.get("page")
    return page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else 0


def lasting(flow: str, verb: str, subject: str, key: str, **params: Param) -> Choice:
    """A button that stays valid."""
    return choice(f"@{flow}:{verb}:{subject}" if subject else f"@{flow}:{verb}", key, **params)


def state_of(issue: Issue) -> Phrase:
    """The state of an issue in words; one that has all its signatures waits for nothing but the approval."""
    if issue.state == "legal" and all(item.signed_by for item in issue.items if item.normative):
        return Phrase("newsroom.state_signed")
    return state_name(issue.state)


def state_name(state: IssueState) -> Phrase:
    """The state in words."""
    return Phrase(f"newsroom.state_{state}")


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: border_at_most(text, longest - 1)].rstrip() + "…"
