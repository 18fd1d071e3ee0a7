"""The one door to reading answers: what a person typed becomes a value or a refusal that says why."""

from datetime import date, time
from decimal import Decimal

from conversations.folding import tidy
from conversations.forms.choosing import Offered, read_choice, read_choices, read_yes_no
from conversations.forms.days import read_date, read_time
from conversations.forms.numerals import read_decimal, read_integer, shown
from conversations.forms.refusal import Reason, Refusal

__all__ = [
    "Offered",
    "Reason",
    "Refusal",
    "canonical",
    "read_choice",
    "read_choices",
    "read_date",
    "read_decimal",
    "read_integer",
    "read_text",
    "read_time",
    "read_yes_no",
]

LONGEST_TEXT = 4_000
"""Characters of the longest free text that is taken."""


def read_text(text: str, limit: int = LONGEST_TEXT) -> str | Refusal:
    """The text without control characters; refuses an empty one and more than `limit` characters."""
    if len(text) > 4 * limit:
        return Refusal("too_long", {"limit": limit})
    kept = tidy(text)
    if len(kept) > limit:
        return Refusal("too_long", {"limit": limit})
    return kept or Refusal("empty")


def canonical(value: str | int | bool | Decimal | date | time | tuple[str, ...]) -> str:
    """The value as a questionnaire stores it (XForms: "3.5", "2024-06-15", "15:30:00.000", "a b", "true")."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case Decimal():
            return shown(value)
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("milliseconds")
        case tuple():
            return " ".join(value)
