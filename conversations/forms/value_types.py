"""Canonical values by data type: which text a whole number, decimal, date or point may be stored as."""

import math
import re

from conversations.forms.xpath_dates import is_clock, is_date, is_instant
from conversations.forms.xpath_values import number_text

LONGEST_ANSWER = 2000
"""Characters of one answer at most."""
_NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?\s*", re.ASCII)


def _number(value: str) -> float | None:
    if _NUMBER.fullmatch(value) is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def decimal_text(number: float) -> str:
    """A decimal as it is stored: always with a point, as ODK Web Forms writes it."""
    text = number_text(number)
    return text if "." in text else f"{text}.0"


def point_text(value: str) -> str:
    """A point as it is stored, its numbers as decimals; empty when it is none."""
    if not is_point(value):
        return ""
    return " ".join(decimal_text(float(part)) for part in value.split())


def line_text(value: str, fewest: int) -> str:
    """Points between semicolons as they are stored; empty when one is wrong or there are too few."""
    points = [point_text(part) for part in value.strip().rstrip(";").split(";")]
    return ";".join(points) if len(points) >= fewest and all(points) else ""


def is_point(value: str) -> bool:
    """True for "latitude longitude [altitude [accuracy]]" within the earth's degrees."""
    parts = value.split()
    numbers = [_number(part) for part in parts]
    if not 2 <= len(parts) <= 4 or None in numbers:
        return False
    return abs(numbers[0] or 0) <= 90 and abs(numbers[1] or 0) <= 180


def stored(value_type: str, value: str) -> str:
    """A computed or preset value as it is stored: whole numbers cut, decimals plain, wrong ones empty."""
    if not value:
        return ""
    match value_type:
        case "int" | "integer":
            number = _number(value)
            return "" if number is None else number_text(float(math.trunc(number)))
        case "decimal":
            number = _number(value)
            return "" if number is None else decimal_text(number)
        case "date":
            day = value.partition("T")[0]
            return day if is_date(day) else ""
        case "dateTime":
            return value if is_instant(value) else ""
        case "geopoint":
            return point_text(value)
        case "geotrace":
            return line_text(value, 2)
        case "geoshape":
            return line_text(value, 3)
        case _:
            return value


def accepted(value_type: str, value: str) -> str | None:
    """A typed answer as it is stored, or None when it is not of the type."""
    value = value.strip() if value_type not in ("string", "text") else value
    if not value:
        return ""
    match value_type:
        case "int" | "integer":
            number = _number(value)
            if number is None or number != math.trunc(number) or abs(number) >= 1e15:
                return None
            return number_text(number)
        case "time":
            return value if is_clock(value) else None
        case "decimal" | "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape":
            return stored(value_type, value) or None
        case _:
            return value
