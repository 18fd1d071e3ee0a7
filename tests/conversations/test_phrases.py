"""Sentences in the reader's language, with plural, dates and money as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.messages import Day, Localized, Moment, Money, Phrase, Verbatim
from conversations.phrases import (
    Catalog,
    UnknownPhrase,
    duration,
    language_named,
    own_name,
    read_book,
    render,
)

HEAD = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
IT = HEAD + (
    'msgid "a.hello"\nmsgstr "Ciao {name}!"\n\n'
    'msgid "a.braces"\nmsgstr "Così {com\'è}"\n\n'
    'msgid "a.left"\nmsgid_plural "a.left"\nmsgstr[0] "{count} giorno"\nmsgstr[1] "{count} giorni"\n'
)
EN = HEAD + 'msgid "a.hello"\nmsgstr "Hello {name}!"\n'
CATALOG = Catalog(
    {"it": read_book("it", {"a.po": IT}), "en": read_book("en", {"a.po": EN})}, "it", ZoneInfo("Europe/Rome")
)


def it(key: str, **params: object) -> str:
    return render(Phrase(key, params), "it", CATALOG)  # type: ignore[arg-type]


def test_placeholders_are_filled_with_what_they_are_and_never_read_again() -> None:
    assert it("a.hello", name="{name}") == "Ciao {name}!"
    assert it("a.hello", name=Verbatim("Ada")) == "Ciao Ada!"
    assert it("a.hello", name=Phrase("a.left", {"count": 1})) == "Ciao 1 giorno!"
    assert it("a.braces") == "Così {com'è}"


def test_numbers_dates_times_and_money_are_italian() -> None:
    assert it("a.hello", name=12345) == "Ciao 12.345!"
    assert it("a.hello", name=Day(date(2026, 11, 25))) == "Ciao 25 novembre 2026!"
    assert it("a.hello", name=Moment(datetime(2026, 11, 25, 9, 31, tzinfo=UTC))) == "Ciao 25/11/2026, 10:31!"
    assert it("a.hello", name=Money(120050)).replace("\xa0", " ") == "Ciao 1.200,50 €!"


def test_the_count_chooses_the_plural() -> None:
    assert [it("a.left", count=n) for n in (0, 1, 2)] == ["0 giorni", "1 giorno", "2 giorni"]


def test_a_sentence_a_language_lacks_is_told_in_the_default_one() -> None:
    assert render(Phrase("a.left", {"count": 2}), "en", CATALOG) == "2 giorni"
    assert render(Phrase("a.hello", {"name": "x"}), "fr", CATALOG) == "Ciao x!"
    with pytest.raises(UnknownPhrase):
        it("a.nothing")


def test_a_text_with_translations_falls_back_to_what_there_is() -> None:
    assert render(Localized({"it": "Sì", "en": "Yes"}), "en", CATALOG) == "Yes"
    assert render(Localized({"it": "Sì"}), "en", CATALOG) == "Sì"
    assert render(Localized({"fr": "Oui"}), "en", CATALOG) == "Oui"
    assert render(Localized({}), "en", CATALOG) == ""


def test_a_key_defined_twice_or_without_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"it/b.po: a.hello is defined twice"):
        read_book("it", {"a.po": IT, "b.po": EN})
    with pytest.raises(ValueError, match="has no text"):
        read_book("it", {"a.po": HEAD + 'msgid "a.x"\nmsgstr ""\n'})


def test_spans_are_told_in_the_largest_unit() -> None:
    assert duration(timedelta(days=3), "it") == "3 giorni"
    assert duration(timedelta(minutes=30), "en") == "30 minutes"


def test_languages_have_their_own_names_and_are_known_by_others() -> None:
    assert (own_name("it"), own_name("en")) == ("Italiano", "English")
    assert CATALOG.languages == ("it", "en")
    for text, code in {
        "inglese": "en",
        "ENGLISH!": "en",
        "italian": "it",
        "it": "it",
        "francese": None,
        "": None,
    }.items():
        assert language_named(text, CATALOG) == code
