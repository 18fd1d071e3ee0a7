"""The moment somebody types for an issue: "domani alle 12:30", "martedì 1/12 18:30", "3 dicembre ore 9"."""

from datetime import date, time
from typing import Final

from conversations.folding import clean, words
from conversations.forms.days import read_date, read_time
from conversations.forms.refusal import Refusal

LONGEST: Final = 80
LONG_AGO: Final = 180
"""Days after which a day without a year is rather that of the next year: in November "7/1" is January to come."""
_LOOSE: Final = frozenset({"il", "per", "giorno", "the", "on", "at", "alle", "ore"})


def read_when(text: str, today: date) -> tuple[date, time] | None:
    """Day and time of day, None where one is missing or unclear. A weekday alone is the next one; a day without a
    year that is long past is next year's."""
    parts = clean(text).replace(",", " ").split()
    if len(text) > LONGEST or len(parts) < 2:
        return None
    for cut in range(1, len(parts)):
        hour = read_time(" ".join(parts[cut:]))
        day = _day(" ".join(parts[:cut]), today)
        if day is not None and not isinstance(hour, Refusal):
            return day, hour
    return None


def _day(text: str, today: date) -> date | None:
    said = " ".join(word for word in text.split() if word.lower() not in _LOOSE)
    found = read_date(said, today)
    if isinstance(found, Refusal) and found.reason == "which_week":
        found = read_date(f"{said} prossimo", today)
    if isinstance(found, Refusal):
        return None
    if (today - found).days > LONG_AGO and str(found.year) not in words(said):
        try:
            return found.replace(year=found.year + 1)
        except ValueError:
            return None
    return found
