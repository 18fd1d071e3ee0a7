"""What an editor has in her hands at a place: an issue, an item, a field, a text that was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conversations.events import Json
from conversations.facts import Facts
from conversations.news.views import Issue, Item
from conversations.state import Place
from conversations.steps.newsroom.wanted import WRITING as NAME

KEPT: Final = 300
"""Characters of a refused text that are shown again."""


@dataclass(frozen=True, slots=True)
class Hand:
    """`item` is empty for one that is not written yet; `title` is its title then. `chain` names the fields that
    follow one another (fields.CHAINS); `text` is what was refused a moment ago; `revision` the one she read."""

    issue: str = ""
    item: str = ""
    field: str = ""
    chain: str = ""
    title: str = ""
    text: str = ""
    revision: int = 0
    page: int = 0

    def at(self, step: str, flow: str = NAME) -> Place:
        """The place of a step with this in hand."""
        data: dict[str, Json] = {
            "issue": self.issue,
            "item": self.item,
            "field": self.field,
            "chain": self.chain,
            "title": self.title,
            "text": self.text[:KEPT],
            "revision": self.revision,
            "page": self.page,
        }
        return Place(flow, step, {key: value for key, value in data.items() if value})


def hand_at(place: Place) -> Hand:
    """What the place remembers."""
    data = place.data
    return Hand(
        issue=str(data.get("issue") or ""),
        item=str(data.get("item") or ""),
        field=str(data.get("field") or ""),
        chain=str(data.get("chain") or ""),
        title=str(data.get("title") or ""),
        text=str(data.get("text") or ""),
        revision=_number(data, "revision"),
        page=_number(data, "page"),
    )


def issue_of(hand: Hand, facts: Facts) -> Issue | None:
    """The issue in hand, as it is now."""
    return next((issue for issue in facts.news.issues if issue.id == hand.issue), None)


def item_of(hand: Hand, issue: Issue) -> Item | None:
    """The item in hand."""
    return next((item for item in issue.items if item.id == hand.item), None)


def place_of(item: Item, issue: Issue) -> int:
    """Its number in the issue, 1 the first; after the last for a new one."""
    ids = [one.id for one in issue.items]
    return ids.index(item.id) + 1 if item.id in ids else len(ids) + 1


def _number(data: Mapping[str, Json], name: str) -> int:
    found = data.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
