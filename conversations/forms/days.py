"""Dates and times of day as people write them in Italian and English; the day always comes before the month."""

import re
from datetime import date, time, timedelta

from conversations.folding import fold, words
from conversations.forms.numerals import spelled_integer
from conversations.forms.refusal import Refusal

LONGEST = 120
"""Characters of the longest answer that is examined as a date or a time."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
YEARS_AHEAD = 19
"""How far in the future a year of two figures may lie: in 2026, "45" is 2045 and "46" is 1946."""

_NEAR = {
    0: ("oggi", "today", "stamattina", "stasera", "adesso", "ora", "now"),
    -1: ("ieri", "yesterday", "ieri sera", "ieri mattina"),
    1: ("domani", "tomorrow", "domattina", "domani mattina"),
    -2: ("l altro ieri", "altro ieri", "l altroieri", "altroieri", "ieri l altro", "day before yesterday"),
    2: ("dopodomani", "dopo domani", "day after tomorrow"),
}
_RELATIVE = {name: days for days, names in _NEAR.items() for name in names}
_MONTHS = (
    ("gennaio", "january"),
    ("febbraio", "february"),
    ("marzo", "march"),
    ("aprile", "april"),
    ("maggio", "may"),
    ("giugno", "june"),
    ("luglio", "july"),
    ("agosto", "august"),
    ("settembre", "september"),
    ("ottobre", "october"),
    ("novembre", "november"),
    ("dicembre", "december"),
)
_WEEKDAYS = (
    ("lunedi", "monday"),
    ("martedi", "tuesday"),
    ("mercoledi", "wednesday"),
    ("giovedi", "thursday"),
    ("venerdi", "friday"),
    ("sabato", "saturday"),
    ("domenica", "sunday"),
)
_DAY_OF_WEEK = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}
_PAST = {"scorso", "scorsa", "passato", "passata", "last"}
_NEXT = {"prossimo", "prossima", "next"}
_AGO = re.compile(r"(?P<n>\w+) (?P<unit>giorn[oi]|settiman[ae]|days?|weeks?) (?:fa|ago)")
_AHEAD = re.compile(r"(?:tra|fra|in) (?P<n>\w+) (?P<unit>giorn[oi]|settiman[ae]|days?|weeks?)")
_IGNORED = {"il", "lo", "l", "di", "del", "dell", "the", "of", "on", "in", "data", "giorno", "anno", "day"}
_ORDINALS = {"primo": 1, "first": 1, "second": 2, "third": 3}

_LEADING = re.compile(r"^(?:(?:alle|verso|le|ore|at|about|circa)\s+|all'|l'|h\.?\s*(?=\d))+")
_AFTERNOON = re.compile(
    r"(?:(?<=\d)\s?p|\s*pm|\s(?:del|di) pomeriggio|\s(?:di|della) sera|\sin the (?:afternoon|evening))$"
)
_MORNING = re.compile(
    r"(?:(?<=\d)\s?a|\s*am|\s(?:del|di) mattin[oa]|\sdella mattina|\sdi notte|\sin the morning|\sat night)$"
)


def read_date(text: str, today: date) -> date | Refusal:
    """The date that was written, between 1900 and 2100; without a year, it lies in the year of `today`.

    Refuses a day that does not exist ("no_such_day" with day and month), a month after 12 and a weekday that
    does not say which week.
    """
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    plain = words(text)
    if not plain:
        return Refusal("empty")
    if (days := _RELATIVE.get(plain.removeprefix("the "))) is not None:
        return today + timedelta(days=days)
    if match := _AGO.fullmatch(plain) or _AHEAD.fullmatch(plain):
        return _counted(match, today)
    parts = [part for part in plain.split() if part not in _IGNORED]
    weekday = [_DAY_OF_WEEK[part] for part in parts if part in _DAY_OF_WEEK]
    parts = [part for part in parts if part not in _DAY_OF_WEEK]
    if weekday and not any(char.isdigit() for part in parts for char in part):
        return _of_week(weekday, parts, today)
    return _calendar(parts, today)


def read_time(text: str) -> time | Refusal:
    """The time of day that was written, to the minute ("15.30", "le 3 e mezza", "3 pm", "quarter to four").

    An hour without "pm" or "di sera" is taken as written: "le 3" is three in the morning.
    """
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    plain = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", fold(text))
    plain = _LEADING.sub("", plain)
    plain = plain.strip(" .!?,")
    if not plain:
        return Refusal("empty")
    plain, later = _half_of_day(plain)
    found = _clock(plain)
    if found is None:
        return Refusal("not_a_time")
    hour, minute = found
    if later is not None and 1 <= hour <= 12:
        hour = hour % 12 + (12 if later else 0)
    if hour > 23 or minute > 59:
        return Refusal("no_such_time", {"hour": hour, "minute": minute})
    return time(hour, minute)


def _counted(match: re.Match[str], today: date) -> date | Refusal:
    number = int(match["n"]) if re.fullmatch(r"\d{1,4}", match["n"]) else spelled_integer(match["n"])
    if match["n"] in {"a", "an", "un", "una"}:
        number = 1
    if number is None or number > 9999:
        return Refusal("not_a_date")
    days = number * (7 if match["unit"][0] in "sw" else 1)
    return _checked(today + timedelta(days=-days if match.re is _AGO else days))


def _of_week(weekday: list[int], parts: list[str], today: date) -> date | Refusal:
    if len(weekday) > 1 or len(parts) > 1:
        return Refusal("not_a_date")
    if parts and parts[0] in _PAST:
        return today - timedelta(days=(today.weekday() - weekday[0] - 1) % 7 + 1)
    if parts and parts[0] in _NEXT:
        return today + timedelta(days=(weekday[0] - today.weekday() - 1) % 7 + 1)
    return Refusal("not_a_date") if parts else Refusal("which_week")


def _calendar(parts: list[str], today: date) -> date | Refusal:
    if len(parts) == 1 and re.fullmatch(r"\d{8}", parts[0]):
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    month_at = next((at for at, part in enumerate(parts) if _month(part)), None)
    if month_at is not None:
        numbers = [_ordinal(part) for part in parts[:month_at] + parts[month_at + 1 :]]
        month: int | None = _month(parts[month_at])
        if numbers == [] or (len(numbers) == 1 and (numbers[0] or 0) > 31):
            return Refusal("day_missing")
    else:
        numbers = [int(part) if re.fullmatch(r"\d{1,4}", part) else None for part in parts]
        if len(parts) == 3 and len(parts[0]) == 4:
            numbers.reverse()
        month = numbers.pop(1) if len(numbers) in {2, 3} else None
    if month is None or None in numbers or not 1 <= len(numbers) <= 2:
        return Refusal("not_a_date")
    day = numbers[0] or 0
    year = today.year if len(numbers) == 1 else _century(numbers[1] or 0, today)
    return _existing(day, month, year)


def _existing(day: int, month: int, year: int) -> date | Refusal:
    if not 1 <= month <= 12:
        return Refusal("no_such_month", {"month": month})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Refusal("year_out_of_range", {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR})
    try:
        return date(year, month, day)
    except ValueError:
        return Refusal("no_such_day", {"day": day, "month": month, "year": year})


def _checked(found: date) -> date | Refusal:
    return _existing(found.day, found.month, found.year)


def _century(year: int, today: date) -> int:
    if year > 99:
        return year
    full = today.year // 100 * 100 + year
    return full - 100 if full > today.year + YEARS_AHEAD else full


def _month(part: str) -> int | None:
    if len(part) < 3 or not part.isalpha():
        return None
    for number, names in enumerate(_MONTHS, 1):
        if any(name == part or (len(part) <= 4 and name.startswith(part)) for name in names):
            return number
    return None


def _ordinal(part: str) -> int | None:
    if match := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th|o|a)?", part):
        return int(match[1])
    return _ORDINALS.get(part) or spelled_integer(part)


def _half_of_day(plain: str) -> tuple[str, bool | None]:
    if match := _AFTERNOON.search(plain):
        return plain[: match.start()], True
    if match := _MORNING.search(plain):
        return plain[: match.start()], False
    return plain, None


def _clock(plain: str) -> tuple[int, int] | None:
    named = {"mezzogiorno": (12, 0), "noon": (12, 0), "mezzanotte": (0, 0), "midnight": (0, 0)}
    if plain in named:
        return named[plain]
    if match := re.fullmatch(r"(\d{1,2})(?:\s?[:.,h]\s?(\d{2}))?(?:\s?h)?(?:\s?o'clock)?", plain):
        return int(match[1]), int(match[2] or 0)
    if match := re.fullmatch(r"(\d{2})(\d{2})", plain):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"(half|quarter|a quarter|\w+)(?: minutes)? (past|to) (\w+)", plain):
        return _shifted(_hour(match[3]), _minutes(match[1]), -1 if match[2] == "to" else 1)
    if match := re.fullmatch(r"(\w+) (e|meno) ([\w ]+)", plain):
        return _shifted(_hour(match[1]), _minutes(match[3]), -1 if match[2] == "meno" else 1)
    hour = _hour(plain.removesuffix(" o'clock").removesuffix(" in punto"))
    return None if hour is None else (hour, 0)


def _shifted(hour: int | None, minutes: int | None, way: int) -> tuple[int, int] | None:
    if hour is None or minutes is None or hour > 24 or minutes > 59:
        return None
    total = hour * 60 + way * minutes
    return (total % (24 * 60) // 60, total % 60) if hour < 24 else None


def _hour(part: str) -> int | None:
    named = {"mezzogiorno": 12, "noon": 12, "mezzanotte": 0, "midnight": 0}
    if part in named:
        return named[part]
    return int(part) if re.fullmatch(r"\d{1,2}", part) else spelled_integer(part)


def _minutes(part: str) -> int | None:
    named = {"mezza": 30, "mezzo": 30, "half": 30, "un quarto": 15, "quarter": 15, "a quarter": 15, "tre quarti": 45}
    if part in named:
        return named[part]
    return int(part) if re.fullmatch(r"\d{1,2}", part) else spelled_integer(part)
