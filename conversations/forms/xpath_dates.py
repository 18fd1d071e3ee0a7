"""Dates as expressions see them: ISO text, days since 1970 in the local zone, and format codes."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[-+]\d{2}:\d{2})?)?", re.ASCII
)
_CLOCK = re.compile(r"(\d{2}):(\d{2})(?::([0-5]\d)(?:\.(\d+))?)?(Z|[-+]\d{2}:\d{2})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
DAY_MILLISECONDS = 86_400_000
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


class BadDate(ValueError):
    """Text shaped like a date that names no day, such as 30 February."""


class Moment(float):
    """A point in time: as a number its days since 1970, as text ISO 8601 in the local zone."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, days: float, text: str) -> "Moment":
        """A moment `days` (with fraction) after 1970-01-01T00:00Z, shown as `text`."""
        self = super().__new__(cls, days)
        self.text = text
        return self


INVALID = Moment(float("nan"), "Invalid Date")


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise BadDate(text)
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def instant_of(text: str, zone: tzinfo) -> datetime | None:
    """The local date and time an ISO text names, or None where the text is not shaped like one.

    Raises BadDate for impossible days, hours or offsets.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=zone
        )
        if offset:
            local = (local.replace(tzinfo=UTC) - _offset(offset)).astimezone(zone)
        # The first and last hours of the calendar have no counterpart in UTC.
        local.astimezone(UTC)
        return local
    except (ValueError, OverflowError) as error:
        raise BadDate(text) from error


def milliseconds_of(instant: datetime) -> int:
    """Whole milliseconds since 1970-01-01T00:00Z."""
    return (instant.astimezone(UTC) - _EPOCH) // _MILLISECOND


def instant_after(milliseconds: float, zone: tzinfo) -> datetime | None:
    """The local time that many milliseconds after 1970; None when it is no number or out of range."""
    try:
        return (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def text_of_instant(instant: datetime) -> str:
    """ISO text: the date alone at midnight, else with milliseconds and offset."""
    if instant.time() == time(0):
        return f"{instant:%Y-%m-%d}" if instant.year > 999 else instant.date().isoformat()
    return instant.isoformat(timespec="milliseconds")


def moment_of(instant: datetime | None) -> Moment:
    """The moment of a local time; None gives the invalid date, which counts as NaN."""
    if instant is None:
        return INVALID
    return Moment(milliseconds_of(instant) / DAY_MILLISECONDS, text_of_instant(instant))


def moment_from_text(text: str, zone: tzinfo) -> Moment | None:
    """The moment an ISO text names, or None where the text is not shaped like a date.

    A date shape that names no day, such as 30 February, gives the invalid date.
    """
    try:
        instant = instant_of(text, zone)
    except BadDate:
        return INVALID
    return None if instant is None else moment_of(instant)


def decimal_time(text: str, zone: tzinfo) -> float:
    """The fraction of a day that a clock text such as 06:00 stands for; NaN when it is no clock text."""
    if _CLOCK.fullmatch(text) is None:
        return float("nan")
    try:
        instant = instant_of(f"1970-01-01T{text}", zone)
    except BadDate:
        return float("nan")
    if instant is None:
        return float("nan")
    clock = instant.time()
    return (
        (clock.hour * 3600 + clock.minute * 60 + clock.second) * 1000 + clock.microsecond // 1000
    ) / DAY_MILLISECONDS


def formatted(instant: datetime, pattern: str, *, with_time: bool) -> str:
    """`pattern` with the OpenRosa codes filled in: %Y %y %m %n %b %d %e %a, and %H %h %M %S %3 with time."""
    codes = {
        "%Y": f"{instant.year:04d}",
        "%y": f"{instant.year:04d}"[2:],
        "%m": f"{instant.month:02d}",
        "%n": str(instant.month),
        "%b": _MONTHS[instant.month - 1],
        "%d": f"{instant.day:02d}",
        "%e": str(instant.day),
        "%a": _WEEKDAYS[instant.weekday()],
    }
    if with_time:
        codes |= {
            "%H": f"{instant.hour:02d}",
            "%h": str(instant.hour),
            "%M": f"{instant.minute:02d}",
            "%S": f"{instant.second:02d}",
            "%3": f"{instant.microsecond // 1000:03d}",
        }
    return re.sub(r"%[A-Za-z3]", lambda match: codes.get(match.group(), match.group()), pattern)


def is_date(text: str) -> bool:
    """True for a real calendar day written YYYY-MM-DD."""
    if len(text) != 10:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_clock(text: str) -> bool:
    """True for a clock time HH:MM, with optional seconds, fraction and offset."""
    match = _CLOCK.fullmatch(text)
    return match is not None and int(match.group(1)) < 24 and int(match.group(2)) < 60


def is_instant(text: str) -> bool:
    """True for an ISO date with or without a clock time."""
    try:
        return instant_of(text, UTC) is not None
    except BadDate:
        return False
