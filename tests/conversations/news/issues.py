"""Issues and items that tests make."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from conversations.news.views import Issue, Item

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


def item(key: str = "one", **changed: Any) -> Item:
    """An item nothing is wrong with."""
    whole = Item(
        id=key,
        title={"it": f"Notizia {key}", "en": f"News {key}"},
        sentence={"it": f"Una frase su {key}.", "en": f"A sentence about {key}."},
        common=True,
    )
    return replace(whole, **changed)


def law(key: str = "law", **changed: Any) -> Item:
    """An item that speaks of the law and lacks only the signature."""
    dates = {"as_of": date(2026, 11, 1), "expires": date(2027, 3, 31)}
    return item(key, **{"normative": True, "source": "Legge 1 (esempio)", **dates, **changed})


def issue(*items: Item, **changed: Any) -> Issue:
    """A monthly draft with these items."""
    titles = {"it": "Novembre 2026", "en": "November 2026"}
    return replace(Issue("issue", "2026-11", "monthly", titles, "draft", 1, tuple(items)), **changed)


def full(**changed: Any) -> Issue:
    """A draft of four items nothing is wrong with."""
    return issue(*(item(key) for key in ("one", "two", "three", "four")), **changed)
