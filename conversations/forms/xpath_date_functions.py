"""Functions of expressions about dates and times."""

from collections.abc import Callable
from datetime import datetime

from conversations.forms.xpath_calls import Function, simple
from conversations.forms.xpath_dates import (
    DAY_MILLISECONDS,
    BadDate,
    Moment,
    decimal_time,
    formatted,
    instant_after,
    instant_of,
    milliseconds_of,
    moment_of,
)
from conversations.forms.xpath_tree import XPathError
from conversations.forms.xpath_values import NAN, Environment, Value, to_string


def _instant(value: Value, environment: Environment) -> datetime | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return instant_after(value * DAY_MILLISECONDS, environment.zone) if value == value else None
    try:
        return instant_of(to_string(value), environment.zone)
    except BadDate as error:
        raise XPathError("value", f"no such date: {error}") from error


def _padded(text: str) -> str:
    parts = text.split("-")
    if len(parts) < 3 or len(parts[0]) != 4:
        return text
    day, mark, rest = "-".join(parts[2:]).partition("T")
    return f"{parts[0]}-{parts[1].zfill(2)}-{day.zfill(2)}{mark}{rest}"


def _date(environment: Environment, value: Value) -> Value:
    if isinstance(value, bool):
        return ""
    if isinstance(value, Moment):
        return moment_of(_instant(value, environment))
    if isinstance(value, float):
        return moment_of(_instant(value, environment))
    text = to_string(value)
    return moment_of(_instant(_padded(text), environment)) if text else ""


def _decimal_date_time(environment: Environment, value: Value) -> float:
    instant = _instant(value, environment)
    return NAN if instant is None else milliseconds_of(instant) / DAY_MILLISECONDS


def _format(with_time: bool) -> Callable[..., Value]:
    def format_moment(environment: Environment, value: Value, pattern: str) -> Value:
        text = to_string(value)
        instant = _instant(_padded(text), environment) if text else None
        return "" if instant is None else formatted(instant, pattern, with_time=with_time)

    return format_moment


def _today(environment: Environment) -> Value:
    return moment_of(environment.now.replace(hour=0, minute=0, second=0, microsecond=0))


DATE_FUNCTIONS: dict[str, Function] = {
    "today": simple("", _today),
    "now": simple("", lambda environment: moment_of(environment.now)),
    "date": simple("v", _date),
    "date-time": simple("v", _date),
    "decimal-date-time": simple("v", _decimal_date_time),
    "decimal-time": simple("s", lambda environment, text: decimal_time(text, environment.zone)),
    "format-date": simple("vs", _format(False)),
    "format-date-time": simple("vs", _format(True)),
}
"""Date functions by name."""
