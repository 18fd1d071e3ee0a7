"""Phrase and language to text: gettext catalogues with symbolic keys, Babel for plural, money and dates."""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.pofile import read_po

from conversations.folding import words
from conversations.messages import Day, Localized, Moment, Money, Param, Phrase, Text, Verbatim


@dataclass(frozen=True, slots=True)
class Book:
    """The sentences of one language: key to its plural forms (one form where there is no plural)."""

    language: str
    sentences: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The sentences in every language we speak, and the zone in which times are told."""

    books: Mapping[str, Book]
    default: str
    zone: ZoneInfo

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes, the default one first."""
        return (self.default, *sorted(code for code in self.books if code != self.default))


class UnknownPhrase(KeyError):
    """A phrase has no sentence in the default language."""


def read_book(language: str, sources: Mapping[str, str]) -> Book:
    """The book of one language from its .po texts; `sources` maps a file's name to its text.

    Raises ValueError where two files define one key, or an entry has no text.
    """
    sentences: dict[str, tuple[str, ...]] = {}
    plural = "(n != 1)"
    for name, source in sorted(sources.items()):
        catalog = read_po(StringIO(source), locale=language, abort_invalid=True)
        plural = catalog.plural_expr
        for message in catalog:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if key in sentences:
                raise ValueError(f"{language}/{name}: {key} is defined twice")
            if not all(forms) or not forms:
                raise ValueError(f"{language}/{name}: {key} has no text")
            sentences[key] = forms
    return Book(language, sentences, gettext.c2py(plural))


def render(text: Text, language: str, catalog: Catalog) -> str:
    """The text in this language; a sentence it lacks is told in the default language.

    Raises UnknownPhrase where the default language lacks it too.
    """
    match text:
        case Verbatim(words):
            return words
        case Localized(texts):
            return texts.get(language) or texts.get(catalog.default) or next(iter(texts.values()), "")
        case Phrase(key, params):
            book = catalog.books.get(language)
            if book is None or key not in book.sentences:
                book = catalog.books[catalog.default]
            forms = book.sentences.get(key)
            if forms is None:
                raise UnknownPhrase(key)
            sentence = forms[_form(params, book, len(forms))] if len(forms) > 1 else forms[0]
            if not params:
                return sentence
            return sentence.format_map({name: _shown(value, language, catalog) for name, value in params.items()})


def _form(params: Mapping[str, Param], book: Book, forms: int) -> int:
    count = params.get("count")
    return min(book.plural(count), forms - 1) if isinstance(count, int) else forms - 1


def _shown(value: Param, language: str, catalog: Catalog) -> str:
    match value:
        case str():
            return value
        case int():
            return _counted(value, language)
        case Day(day):
            return dates.format_date(day, "long", locale=language)
        case Moment(moment):
            return dates.format_datetime(moment, "dd/MM/yyyy, HH:mm", tzinfo=catalog.zone, locale=language)
        case Money(cents):
            return numbers.format_currency(Decimal(cents) / 100, "EUR", locale=language)
        case _:
            return render(value, language, catalog)


@lru_cache(maxsize=2_000)
def _counted(value: int, language: str) -> str:
    return numbers.format_decimal(value, locale=language)


def duration(span: timedelta, language: str) -> str:
    """A length of time in the largest fitting unit ("3 giorni")."""
    return dates.format_timedelta(span, threshold=1.2, locale=language)


def month(day: date, catalog: Catalog) -> Localized:
    """The month of a day with its year, in every language we speak ("marzo 2025")."""
    return Localized({code: dates.format_date(day, "MMMM yyyy", locale=code) for code in catalog.languages})


def own_name(language: str) -> str:
    """What its speakers call a language ("Italiano", "English")."""
    name = Locale.parse(language).get_language_name(language) or language
    return name[:1].upper() + name[1:]


def language_named(text: str, catalog: Catalog) -> str | None:
    """The language of the catalogue that the text names, in any of its languages ("inglese", "Italian", "en")."""
    said = words(text[:100])
    for code in catalog.languages:
        names = {Locale.parse(teller).languages.get(code, "") for teller in catalog.languages}
        if said in {code, *map(words, names)} and said:
            return code
    return None
