"""The texts people consent to: complete in every language, in pages that fit a phone, in plain words."""

import re

import pytest

from conversations.rules.documents import pages
from storage.content import content_folder
from tests.content.test_catalogues import LANGUAGES, plain
from tests.conversations.player import HOUSE, content

NAMES = {"notice", "newsletter", "offers", "reminders", "questionnaire", "questionnaire_art9"}
PAGE = 900
"""Characters: a WhatsApp text with buttons holds 1,024 (channels.md 6.4), the question below it included."""


def test_every_text_is_there_in_every_language_with_one_version() -> None:
    assert set(content().documents) == NAMES
    for name, document in content().documents.items():
        assert sorted(document.texts) == LANGUAGES
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", document.version)
        for language in LANGUAGES:
            assert (content_folder() / "consent" / f"{name}.{language}.md").is_file()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_pages_fit_a_phone_and_leave_nothing_to_fill_in(name: str) -> None:
    for page in pages(content().documents[name], HOUSE):
        for text in page.body.texts.values():
            assert 0 < len(text) <= PAGE, text
            assert "{" not in text and "#" not in text and "**" not in text


def test_only_the_notice_has_pages() -> None:
    counts = {name: len(pages(document, HOUSE)) for name, document in content().documents.items()}
    assert counts.pop("notice") >= 8
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_italian_is_plain(name: str) -> None:
    assert plain(content().documents[name].texts["it"]) == []


def test_the_notice_begins_with_the_promise() -> None:
    first = pages(content().documents["notice"], HOUSE)[0].body.texts
    assert first["it"].startswith("Il tuo datore di lavoro non vede le tue risposte.")
    assert first["en"].startswith("Your employer does not see your answers.")


def test_the_notice_says_who_keeps_what_for_how_long_and_how_to_stop() -> None:
    text = content().documents["notice"].texts["it"]
    for needed in (
        "{controller}",
        "{privacy_contact}",
        "Telegram",
        "WhatsApp",
        "Twilio",
        "fuori dall'Unione europea",
    ):
        assert needed in text
    for needed in ("30 giorni", "6 mesi", "3 mesi", "90 giorni", "24 mesi", "10 anni", "Garante", "STOP", "reclamo"):
        assert needed in text
