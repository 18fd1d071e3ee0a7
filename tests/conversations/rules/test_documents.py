"""A text becomes pages: one for each heading, the same in every language."""

import pytest

from conversations.facts import Document, House
from conversations.messages import Localized
from conversations.rules.documents import pages

HOUSE = House("La Rete", "+1 202 555 0134", "lun-ven", "", "", sensitive_on_whatsapp=False)


def test_headings_make_pages_and_lines_become_paragraphs() -> None:
    text = "Prima riga\nche continua.\n\n## Uno\n\nTesto.\n\n- a\n- b\n  ancora b\n\nFine.\n## Due\nAltro."
    first, second, third = pages(Document("1", {"it": text}), HOUSE)
    assert first.title is None
    assert first.body == Localized({"it": "Prima riga che continua."})
    assert second.title == Localized({"it": "Uno"})
    assert second.body == Localized({"it": "Testo.\n\n- a\n- b ancora b\n\nFine."})
    assert third.body == Localized({"it": "Altro."})


def test_the_names_of_the_house_are_filled_in_with_what_there_is() -> None:
    (page,) = pages(Document("1", {"it": "{controller} {privacy_contact} {name} {phone} {hours}"}), HOUSE)
    assert page.body.texts["it"] == "La Rete +1 202 555 0134 La Rete +1 202 555 0134 lun-ven"


def test_languages_must_have_the_same_sections() -> None:
    with pytest.raises(ValueError):
        pages(Document("1", {"it": "## A\n\na", "en": "## A\n\na\n\n## B\n\nb"}), HOUSE)
