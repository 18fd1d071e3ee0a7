"""What people type about money, periods, names and files, read; or the sentence that says what is wrong with it."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from conversations.events import Sent
from conversations.facts import Facts
from conversations.flow import p
from conversations.folding import clean, tidy
from conversations.forms.days import read_date
from conversations.forms.numerals import read_decimal
from conversations.forms.refusal import Refusal
from conversations.messages import Phrase
from conversations.rules.iban import read_iban
from conversations.steps.vouchers.words import today

LONGEST_NAME: Final = 80
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of the largest file: WhatsApp's limit for media through Twilio."""
PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
"""Those whose place and time can be taken out; a phone makes them of its own when it sends a photo."""
LONGEST_TURN: Final = timedelta(days=183)
"""Of a period without years that ends in the next one."""
HIGHEST_CENTS: Final = 100_000_00
_BETWEEN: Final = re.compile(r"\s+(?:fino al|fino a|al|all'|a|to|until|till|through)\s+|\s*[-–—]\s+|\s+[-–—]\s*")
_FROM: Final = re.compile(r"^(?:dal|dall'|da|from)\s+")


def read_amount(text: str, language: str) -> int | Phrase:
    """The cents of an amount as people write it ("1.200,50", "200 euro", "mille"), more than zero."""
    value = read_decimal(text, language)
    if isinstance(value, Refusal):
        return p("voucher.amount_unclear")
    if value < 0:
        return p("voucher.amount_negative")
    cents = value * 100
    if cents != cents.to_integral_value(rounding="ROUND_DOWN"):
        return p("voucher.amount_cents")
    if not cents:
        return p("voucher.amount_zero")
    return p("voucher.amount_huge") if cents > Decimal(HIGHEST_CENTS) else int(cents)


def read_day(text: str, facts: Facts) -> date | Phrase:
    """A day as people write it."""
    found = read_date(text, today(facts))
    return p("voucher.day_unclear") if isinstance(found, Refusal) else found


def read_period(text: str, facts: Facts) -> tuple[date, date] | Phrase:
    """The first and last day of what was written; one day alone is both."""
    said = _FROM.sub("", clean(text).casefold())
    parts = [part for part in _BETWEEN.split(said, maxsplit=1) if part]
    if len(parts) == 1:
        only = read_day(parts[0], facts)
        return p("voucher.period_unclear") if isinstance(only, Phrase) else (only, only)
    last = read_day(parts[1], facts)
    if isinstance(last, Phrase):
        return p("voucher.period_unclear")
    # "dal 3 al 20 dicembre": the month is said once
    bare = re.fullmatch(r"\d{1,2}", parts[0])
    first = read_day(f"{parts[0]}/{last.month}/{last.year}" if bare else parts[0], facts)
    if isinstance(first, Phrase):
        return p("voucher.period_unclear")
    if last < first and not re.search(r"\d{4}", said):
        # "dal 20 dicembre al 10 gennaio" ends in the year after, "dal 20/12 al 1/12" is a slip
        later = read_day(f"{last.day}/{last.month}/{last.year + 1}", facts)
        if not isinstance(later, Phrase) and later - first <= LONGEST_TURN:
            last = later
    return (first, last) if first <= last else p("voucher.period_backwards")


def month_end(day: date) -> date:
    """The last day of the month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def read_name(text: str) -> str | Phrase:
    """A name and surname, as they stand in the accounts."""
    said = " ".join(tidy(text).split())
    if len(said) < 3 or len(said) > LONGEST_NAME or " " not in said or any(char.isdigit() for char in said):
        return p("voucher.name_unclear")
    return said if all(char.isalpha() or char in " '’.-" for char in said) else p("voucher.name_unclear")


def read_account(text: str) -> str | Phrase:
    """A bank account number; what is wrong is told by the sentence."""
    found = read_iban(text)
    return p(f"voucher.iban_{found}") if found in ("length", "checksum", "shape", "country") else found


def words_of(text: str, longest: int) -> str | Phrase:
    """A text that is kept as it was written, not empty and not too long."""
    said = tidy(text)
    if not said:
        return p("voucher.text_empty")
    return p("voucher.text_long", limit=longest) if len(said) > longest else said


def file_fault(sent: Sent) -> Phrase | None:
    """Why a file is not taken: only photos and PDF of a sensible size are."""
    if sent.size > LARGEST:
        return p("voucher.file_large", limit=LARGEST // (1024 * 1024))
    mime = sent.mime.partition(";")[0].strip().lower()
    if sent.kind == "photo" and mime in ("", *PICTURES):
        return None
    if sent.kind == "document":
        named_pdf = mime in ("", "application/octet-stream") and sent.name.lower().endswith(".pdf")
        if mime in ("application/pdf", *PICTURES) or named_pdf:
            return None
    return p("voucher.file_kind")
