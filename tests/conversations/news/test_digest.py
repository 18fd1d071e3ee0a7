"""The digest of one reader: her topics first, something for everybody, nothing expired; and how it fits a channel."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.messages import Localized, Verbatim
from conversations.news.digest import LONGEST_VALUE, digest, headlines, shown
from conversations.news.preview import SHAPES, preview
from conversations.news.views import TOPICS, Issue, Item, Wishes
from conversations.phrases import render
from tests.conversations.player import content

TODAY = date(2026, 11, 25)


def item(key: str, **more: Any) -> Item:
    known: dict[str, Any] = {"title": {"it": f"Titolo {key}", "en": f"Title {key}"}, "sentence": {"it": "Frase."}}
    return Item(key, **{**known, **more})


def an_issue(*items: Item) -> Issue:
    return Issue("i" * 22, "2026-11", "monthly", {"it": "Novembre", "en": "November"}, "sent", 1, items)


def keys(items: tuple[Item, ...]) -> str:
    return "".join(one.id for one in items)


def said(issue: Issue, topics: Any = (), language: str = "it") -> str:
    message = digest(issue, Wishes(topics), language, TODAY)
    texts = [text for text in (message.title, *message.body, message.hint) if text is not None]
    return "\n".join(render(text, language, content().catalog) for text in texts)


ITEMS = (
    item("a", topic="leave"),
    item("b", topic="money"),
    item("c", common=True, topic="network"),
    item("d", topic="money", expires=date(2026, 11, 24)),
    item("e", topic="money", expires=TODAY),
    item("f"),
)


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ((), "abcef"),
        (("money",), "becf"),
        (("leave", "money"), "abecf"),
        (("network",), "cf"),
        (("disability",), "abcef"),
    ],
)
def test_her_topics_come_first_and_what_has_expired_is_gone(topics: Any, expected: str) -> None:
    assert keys(shown(an_issue(*ITEMS), Wishes(topics), TODAY)) == expected


def test_something_is_for_everybody_even_where_no_item_is_marked_so() -> None:
    two = an_issue(item("a", topic="leave"), item("b", topic="money"))
    assert keys(shown(two, Wishes(("money",)), TODAY)) == "ba"


@given(
    st.lists(st.tuples(st.sampled_from([None, *TOPICS]), st.booleans(), st.integers(-3, 3)), max_size=8),
    st.sets(st.sampled_from(TOPICS)),
)
def test_no_reader_ever_gets_an_expired_item_or_nothing_where_there_is_something(made: Any, topics: Any) -> None:
    items = [
        item(str(n), topic=topic, common=common, expires=date(2026, 11, 25 + days))
        for n, (topic, common, days) in enumerate(made)
    ]
    found = shown(an_issue(*items), Wishes(tuple(topics)), TODAY)
    alive = [one for one in items if one.expires is not None and one.expires >= TODAY]
    assert len({one.id for one in found}) == len(found)
    assert all(one in alive for one in found)
    assert bool(found) == bool(alive)


def test_a_rule_is_told_with_its_source_and_its_date() -> None:
    rule = item(
        "a", source="INPS, circolare 1/2026", as_of=date(2026, 11, 2), normative=True, link="https://inps.it/x"
    )
    text = said(an_issue(rule))
    assert (
        "1. Titolo a\nFrase.\nFonte: INPS, circolare 1/2026. Aggiornato al 2 novembre 2026.\nhttps://inps.it/x"
        in text
    )
    assert "Fonte: ANSA." in said(an_issue(item("a", source="ANSA")))


def test_an_item_without_english_says_so_in_english_only() -> None:
    assert "Italian only" in said(an_issue(item("a")), language="en")
    assert "solo in italiano" not in said(an_issue(item("a")))


def test_an_issue_without_anything_current_says_so() -> None:
    text = said(an_issue(item("a", expires=date(2020, 1, 1))))
    assert "non sono più attuali" in text and "pulsante" not in text


def test_what_she_does_not_see_is_counted() -> None:
    assert "un'altra notizia" in said(an_issue(*ITEMS), ("money",))
    assert "altre 3 notizie" in said(an_issue(*ITEMS), ("network",))


def test_every_button_is_a_lasting_one_and_the_numbers_are_those_of_the_items() -> None:
    message = digest(an_issue(item("a" * 22, action="interested"), item("b" * 22)), Wishes(), "it", TODAY)
    tokens = [one.value for one in (*message.choices, *message.ways)]
    assert tokens[:2] == [f"@newsletter:interested:{'a' * 22}", f"@newsletter:ask:{'b' * 22}"]
    assert all(token.startswith("@newsletter:") and len(token) <= 64 for token in tokens)
    labels = [render(one.label, "it", content().catalog) for one in message.choices]
    assert labels == ["La 1 mi interessa", "Chiedi sulla 2"]
    assert message.template is not None
    assert not message.template.whole, "the digest waits behind it: that it arrived says nothing of the digest"


def test_the_headlines_are_whole_and_have_room_in_a_template() -> None:
    long = [item(str(n), title={"it": f"{n} " + "x" * 70}) for n in range(3)]
    for items in ([item("a")], long, [item("a", title={"it": "y" * 400})], []):
        told = headlines(items)
        assert isinstance(told, Localized)
        assert all(0 < len(text) <= LONGEST_VALUE for text in told.texts.values())
    assert headlines(long).texts["it"] == f"0 {'x' * 70}; 1 {'x' * 70}"
    asked = [item("q", title={"it": "Un dubbio?"}), item("r", title={"it": "Due date"})]
    assert headlines(asked).texts["it"] == "Un dubbio? Due date", "a question mark ends it well enough"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_preview_holds_the_words_of_its_language_and_its_length(shape: Any, language: str) -> None:
    seen = preview(an_issue(*ITEMS), shape, language, TODAY, content().catalog)
    assert all(isinstance(text, Verbatim) for text in seen.message.body)
    assert seen.messages == 1 and 0 < seen.characters <= seen.room and not seen.long_labels
    assert seen.message.template is None


def test_a_long_issue_arrives_in_parts_or_by_numbers() -> None:
    long = an_issue(*(item(str(n), sentence={"it": "s" * 300}) for n in range(12)))
    assert preview(long, "whatsapp", "it", TODAY, content().catalog).messages > 1
    assert preview(long, "whatsapp", "it", TODAY, content().catalog).numbers_only
    assert preview(long, "telegram", "it", TODAY, content().catalog).messages == 1
    wide = replace(long, title={"it": "t" * 2_000})
    assert preview(wide, "opener", "it", TODAY, content().catalog).messages == 0
