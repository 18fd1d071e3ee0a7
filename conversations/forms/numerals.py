"""Numbers as people write them in Italian and English: "3", "tre", "1.200,50", "venti", "meno cinque"."""

import re
from decimal import Decimal
from functools import cache

from conversations.folding import fold
from conversations.forms.refusal import Refusal

LONGEST = 120
"""Characters of the longest answer that is examined as a number."""
MOST_DIGITS = 15

_SMALL_IT = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove"
).split()
_TENS_IT = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
_SMALL_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_THOUSAND = re.compile(r"(?P<head>[a-z]*?)(?P<word>mila|mille|thousand)(?P<rest>[a-z]*)")
_MILLION = re.compile(r"(?P<head>[a-z]*?)(?:milioni|milione|millions|million)(?:di|e|and)?(?P<rest>[a-z]*)")
_FIGURES = re.compile(r"\d+(?:[.,' ]\d+)*")
_GROUPED = re.compile(r"\d{1,3}([., '])\d{3}(?:\1\d{3})*")
_AROUND = re.compile(
    r"^(?:circa|solo|soltanto|ne ho|ne|ho|sono|siamo in|siamo|fa|in|about|around|only|just|i have|we are|it is)\s+"
)
_UNIT = re.compile(
    r"\s*(?:€|euro|euros|eur|anni|anno|years old|years|year|figli|figlio|figlia|figlie|bambini|bambino|bambina|"
    r"children|child|kids|kid|ore|ora|hours|hour|giorni|giorno|days|day|mesi|mese|months|month|persone|persona|"
    r"people|person|volte|volta|times|time|km|minuti|minuto|minutes|minute|%)$"
)
_HALF = re.compile(r"(?:^|\s+(?:e|and|and a)\s+)(?:mezzo|mezza|mezz'|half|a half)$")


def read_integer(text: str, language: str = "it") -> int | Refusal:
    """The whole number that was written, in figures or words; "1.200" is a thousand and two hundred.

    Refuses a fraction ("not_whole"), more than 15 figures, several numbers and what is no number; "10,000" is
    "ambiguous" in Italian, because the writer may have meant ten thousand.
    """
    value = read_decimal(text, language)
    if isinstance(value, Refusal):
        return value
    if value != value.to_integral_value():
        return Refusal("not_whole", {"number": shown(value)})
    if re.search(r"\d,\d{3}\b", fold(text)) and language != "en":
        return Refusal("ambiguous")
    return int(value)


def read_decimal(text: str, language: str = "it") -> Decimal | Refusal:
    """The number that was written, in figures or words.

    A comma is the decimal mark, and a point followed by groups of three figures marks the thousands ("1.200");
    any other point is a decimal mark ("1200.50"). In English "1,200" is a thousand and two hundred.
    """
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    plain = fold(text).strip(" .!;:")
    if not plain:
        return Refusal("empty")
    plain = _UNIT.sub("", _AROUND.sub("", re.sub(r"^(?:€|eur|euro)\s*", "", plain))).strip()
    sign = Decimal(1)
    if minus := re.match(r"(?:-|meno |minus )\s*(?=\S)", plain):
        plain, sign = plain[minus.end() :], Decimal(-1)
    value = _figures(plain.removeprefix("+"), language) if any(c.isdigit() for c in plain) else _spelled(plain)
    return sign * value if isinstance(value, Decimal) else value


def spelled_integer(text: str) -> int | None:
    """The number that Italian or English words spell ("ventuno", "one hundred and five"), None for other words."""
    joined = re.sub(r"[\s-]+", "", text)
    if not joined or len(joined) > LONGEST:
        return None
    if match := _MILLION.fullmatch(joined):
        head, rest = _below_million(match["head"] or "un"), _below_million(match["rest"] or "zero")
        return None if head is None or rest is None else head * 1_000_000 + rest
    return _below_million(joined)


def shown(value: Decimal) -> str:
    """The number in plain figures with a point, without needless zeros ("3.5", "1200")."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _figures(plain: str, language: str) -> Decimal | Refusal:
    half = Decimal(0)
    if match := _HALF.search(plain):
        plain, half = plain[: match.start()], Decimal("0.5")
    if not _FIGURES.fullmatch(plain):
        several = len(re.findall(r"\d+", plain)) > 1
        return Refusal("several_numbers") if several else Refusal("not_a_number")
    if sum(char.isdigit() for char in plain) > MOST_DIGITS:
        return Refusal("number_too_large", {"digits": MOST_DIGITS})
    whole = _pointed(plain, language)
    return Refusal("several_numbers") if whole is None else Decimal(whole) + half


def _pointed(plain: str, language: str) -> str | None:
    marks = [char for char in plain if not char.isdigit()]
    last = marks[-1] if marks else ""
    grouped = _GROUPED.fullmatch(plain)
    if grouped and not (last == "," and len(marks) == 1 and language != "en") and not plain.startswith("0"):
        return plain.replace(last, "")
    if last in {",", "."}:
        head, _, tail = plain.rpartition(last)
        if head.isdigit() or (_GROUPED.fullmatch(head) and last not in head):
            return "".join(char for char in head if char.isdigit()) + "." + tail
        return None
    return plain if plain.isdigit() else None


def _spelled(plain: str) -> Decimal | Refusal:
    if plain in {"mezzo", "mezza", "half", "a half", "un mezzo", "one half"}:
        return Decimal("0.5")
    if match := _HALF.search(plain):
        head = spelled_integer(plain[: match.start()])
        return Refusal("not_a_number") if head is None else Decimal(head) + Decimal("0.5")
    if match := re.search(r"\s+(?:virgola|punto|point|comma)\s+", plain):
        head, tail = spelled_integer(plain[: match.start()]), spelled_integer(plain[match.end() :])
        return Refusal("not_a_number") if head is None or tail is None else Decimal(f"{head}.{tail}")
    value = spelled_integer(plain)
    return Refusal("not_a_number") if value is None else Decimal(value)


def _below_million(joined: str) -> int | None:
    names = _names()
    match = _THOUSAND.fullmatch(joined)
    if match is None:
        return None if joined in {"a", "an"} else names.get(joined)
    if match["word"] == "mille" and match["head"]:
        return None
    head = names.get(match["head"] or "un")
    tail = match["rest"] or "zero"
    rest = names.get(tail, names.get(re.sub(r"^(?:and|e)(?=[a-z])", "", tail)))
    return None if not head or rest is None else head * 1000 + rest


@cache
def _names() -> dict[str, int]:
    names = {"un": 1, "una": 1, "a": 1, "an": 1}
    for number in range(1000):
        for name in (*_italian(number), *_english(number)):
            names[name] = number
    return names


def _italian(number: int) -> list[str]:
    if number < 20:
        return [_SMALL_IT[number]]
    if number < 100:
        tens, unit = _TENS_IT[number // 10 - 2], number % 10
        if unit == 0:
            return [tens]
        if unit == 1:
            return [f"{tens[:-1]}uno", f"{tens[:-1]}un"]
        return [(tens[:-1] if unit == 8 else tens) + _SMALL_IT[unit]]
    hundred = "cento" if number < 200 else f"{_SMALL_IT[number // 100]}cento"
    if number % 100 == 0:
        return [hundred]
    rests = _italian(number % 100)
    elided = [hundred[:-1] + rest for rest in rests if rest.startswith("ott")]
    return [start + rest for rest in rests for start in (hundred, f"{hundred}e")] + elided


def _english(number: int) -> list[str]:
    if number < 20:
        return [_SMALL_EN[number]]
    if number < 100:
        tens, unit = _TENS_EN[number // 10 - 2], number % 10
        return [tens + (_SMALL_EN[unit] if unit else "")]
    heads = [f"{_SMALL_EN[number // 100]}hundred", *(["ahundred"] if number < 200 else [])]
    if number % 100 == 0:
        return heads
    return [f"{head}{joint}{rest}" for head in heads for joint in ("", "and") for rest in _english(number % 100)]
