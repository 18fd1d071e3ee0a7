"""Files of issues: what is right is read, what is wrong is told by line, and what is written reads back the same."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.messages import Phrase
from conversations.news.views import TOPICS, Action, Issue, IssueKind, Item
from conversations.phrases import render
from storage.content import Content
from storage.news.files import LARGEST, NewsFile, plain, read_bytes, read_news, write_news
from storage.news.incoming import understood
from storage.news.word import read_word
from tests.conversations.news.issues import full
from tests.storage.news_word import word_file

WHOLE = """---
number: "2026-11"
kind: urgent
title:
  it: Novembre 2026
  en: November 2026
---

## Il bando è aperto

Una frase
su due righe.

### English: The call is open

One sentence.

- source: Legge 1 (esempio), art. 2: testo
- link: https://www.esempio.it/a_b_c?x=1&y=2
- action: read
- topic: self_employed
- common: yes
- normative: yes
- as of: 2026-11-20
- expires: 31/12/2026

## Senza altro

Solo italiano.
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(line, key.removeprefix("newscheck.file_"), words) for line, key, words in read_news(text).faults]


def test_a_whole_file_is_read() -> None:
    found = read_news(WHOLE)
    assert found.faults == ()
    assert (found.number, found.kind) == ("2026-11", "urgent")
    assert found.title == {"it": "Novembre 2026", "en": "November 2026"}
    assert found.items[0] == Item(
        id="",
        title={"it": "Il bando è aperto", "en": "The call is open"},
        sentence={"it": "Una frase su due righe.", "en": "One sentence."},
        source="Legge 1 (esempio), art. 2: testo",
        link="https://www.esempio.it/a_b_c?x=1&y=2",
        action="read",
        topic="self_employed",
        common=True,
        normative=True,
        as_of=date(2026, 11, 20),
        expires=date(2026, 12, 31),
    )
    assert found.items[1] == Item("", {"it": "Senza altro"}, {"it": "Solo italiano."})


def test_the_same_file_from_windows_is_the_same() -> None:
    assert read_news("\ufeff" + WHOLE.replace("\n", "\r\n")) == read_news(WHOLE)


def test_the_names_of_the_fields_are_understood_in_italian() -> None:
    fields = "fonte: Legge 1|azione: Mi interessa|argomento: Disabilità|Per tutti: sì|normativa: no|scade: 1-2-2027"
    found = read_news("## Uno\n\nFrase.\n\n" + "\n".join(f"* {one}" for one in fields.split("|")))
    assert found.faults == ()
    [item] = found.items
    assert (item.source, item.action, item.topic, item.common) == ("Legge 1", "interested", "disability", True)
    assert (item.normative, item.expires) == (False, date(2027, 2, 1))


def test_a_file_without_front_matter_is_items_only_and_a_first_heading_is_the_title() -> None:
    assert read_news("## Uno\n\nFrase.\n").number == ""
    assert read_news("# Novembre\n\n## Uno\n\nFrase.\n").title == {"it": "Novembre"}
    assert [one.title["it"] for one in read_news("# Uno\n\nA.\n\n## English: One\n\nB.\n\n# Due\n\nC.\n").items] == [
        "Uno",
        "Due",
    ]


def test_the_english_title_may_stand_in_a_line_of_its_own() -> None:
    [item] = read_news("## Uno\n\nFrase.\n\n### English\n\nOne\n\nSentence.\n").items
    assert (item.title["en"], item.sentence["en"]) == ("One", "Sentence.")


def test_bold_and_a_link_in_a_sentence_leave_plain_text_and_a_link() -> None:
    found = read_news("## Uno\n\nLeggi **bene** [la pagina](https://esempio.it/x).\n")
    assert found.faults == ()
    assert found.items[0].sentence["it"] == "Leggi bene la pagina."
    assert found.items[0].link == "https://esempio.it/x"
    both = read_news("## Uno\n\nLeggi [qui](https://esempio.it/x).\n\n- link: <https://esempio.it/y>\n")
    assert both.items[0].link == "https://esempio.it/y"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [(1, "empty", "")]),
        ("Solo testo.\n", [(1, "before", "Solo testo."), (1, "empty", "")]),
        ("- una voce\n\n## Uno\n\nA.\n", [(1, "before", "una voce")]),
        ("## Uno\n", [(1, "no_sentence", "Uno")]),
        ("## Uno\n\nA.\n\n##\n\nB.\n", [(5, "no_title", "")]),
        ("## Uno\n\nA.\n\nB.\n", [(5, "second", "B.")]),
        ("## Uno\n\nA.\n\n### English: One\n\nB.\n\nC.\n", [(9, "second", "C.")]),
        ("## Uno\n\nA.\n\n#### Altro\n", [(5, "block", "Altro")]),
        ("## Uno\n\nA.\n\n### Deutsch: Eins\n", [(5, "block", "Deutsch: Eins")]),
        ("## Uno\n\nA.\n\n> citazione\n", [(5, "block", "citazione")]),
        ("## Uno\n\nA.\n\n```\ncode\n```\n", [(5, "block", "code")]),
        ("## Uno\n\nA.\n\n    code\n", [(5, "block", "code")]),
        ("## Uno\n\nA.\n\n***\n", [(5, "block", "---")]),
        ("## Uno\n\nA.\n\n<table><tr></tr></table>\n", [(5, "html", "<table><tr></tr></table>")]),
        ("## Uno\n\nA <br> B.\n", [(3, "html", "<br>")]),
        ("## Uno\n\nA ![foto](x.png) B.\n", [(3, "picture", "")]),
        ("## Uno\n\nA.\n\n- colore: blu\n", [(5, "field", "colore: blu")]),
        ("## Uno\n\nA.\n\n- fonte\n", [(5, "field", "fonte")]),
        ("## Uno\n\nA.\n\n- scade: domani\n", [(5, "value", "scade: domani")]),
        ("## Uno\n\nA.\n\n- scade: 31/02/2027\n", [(5, "value", "scade: 31/02/2027")]),
        (
            "## Uno\n\nA.\n\n- azione: vola\n- argomento: calcio\n",
            [(5, "value", "azione: vola"), (6, "value", "argomento: calcio")],
        ),
        ("## Uno\n\nA.\n\n- fonte: a\n- source: b\n", [(6, "field_twice", "source: b")]),
        (f"## Uno\n\n{'a ' * 600}\n", [(3, "long", "a " * 29 + "a…")]),
        ("---\nnumber: è troppo\n---\n## Uno\n\nA.\n", [(2, "number", "è troppo")]),
        ("---\nkind: settimanale\n---\n## Uno\n\nA.\n", [(2, "head", "kind: settimanale")]),
        ("---\ntitle:\n  de: Novembre\n---\n## Uno\n\nA.\n", [(2, "head", "de")]),
        ("---\nnumber: [1\n---\n## Uno\n\nA.\n", [(3, "head", "did not find expected ',' or ']'")]),
        ("---\nsolo testo\n---\n## Uno\n\nA.\n", [(2, "head", "solo testo")]),
        ("---\nautore: Io\n---\n\n## Uno\n\nA.\n\nB.\n", [(2, "head", "autore: Io"), (9, "second", "B.")]),
    ],
)
def test_every_fault_is_told_with_its_line(text: str, told: list[tuple[int, str, str]]) -> None:
    assert faults(text) == told


def test_what_is_right_is_read_whatever_is_wrong_beside_it() -> None:
    found = read_news("## Uno\n\nA.\n\n- boh: x\n\n## Due\n\n## Tre\n\nC.\n")
    assert [one.title["it"] for one in found.items] == ["Uno", "Tre"]
    assert len(found.faults) == 2


def test_more_items_than_an_issue_holds_are_told_once() -> None:
    found = read_news("".join(f"## N{n}\n\nA.\n\n" for n in range(25)))
    assert len(found.items) == 20
    assert [(key, line) for line, key, _ in found.faults] == [("newscheck.file_many", 81)]


def test_a_file_that_is_no_text_or_too_large_is_told_as_such() -> None:
    def key(found: NewsFile) -> str:
        [(line, name, _)] = found.faults
        assert line == 0 and found.items == ()
        return name.removeprefix("newscheck.file_")

    assert key(read_bytes(b"a" * (LARGEST + 1))) == "large"
    assert key(read_bytes("## Però".encode("latin-1"))) == "encoding"
    for other in (b"%PDF-1.7", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0 old Word", b"{\\rtf1", b"\0\0\0"):
        assert key(understood(other)) == "kind"
    assert key(understood(b"PK\x03\x04 not a zip")) == "broken"
    assert key(understood(word_file(("", "x"))[:-40])) == "broken"


STYLES = ("Titolo1=heading 1", "Titolo2=heading 2", "Titolo3=heading 3")


def test_a_word_file_with_headings_is_read_like_a_markdown_file() -> None:
    data = word_file(
        ("Titolo1", "Novembre 2026"),
        ("Titolo2", "Il bando è aperto"),
        ("", "Una frase *chiara* (vedi nota) - fino al 50%."),
        ("", "Fonte: Legge 1, art. 2"),
        ("", "Link: https://www.esempio.it/a_b"),
        ("Titolo3", "English: The call is open"),
        ("", "One sentence_with signs * #1."),
        ("Titolo2", "Altra notizia"),
        ("", "Altra frase."),
        ("", "Una frase di troppo."),
        styles=STYLES,
    )
    found = understood(data)
    assert found.title == {"it": "Novembre 2026"}
    first, second = found.items
    assert first.title == {"it": "Il bando è aperto", "en": "The call is open"}
    assert first.sentence["it"] == "Una frase chiara (vedi nota) - fino al 50%."
    assert (first.source, first.link) == ("Legge 1, art. 2", "https://www.esempio.it/a_b")
    assert second.sentence == {"it": "Altra frase."}
    assert found.faults == ((10, "newscheck.file_second", "Una frase di troppo."),), "the tenth paragraph"


def test_a_word_file_whose_items_are_headings_of_the_first_order_is_understood_too() -> None:
    data = word_file(("Heading1", "Uno"), ("", "A."), ("Heading1", "Due"), ("", "B."), styles=("Heading1=heading 1",))
    assert [one.title["it"] for one in read_word(data).items] == ["Uno", "Due"]


def test_a_word_file_that_is_a_bomb_or_brings_macros_is_not_opened() -> None:
    bomb = word_file(("", "x"), more={"word/media/a.bin": b"\0" * (21 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert [key for _, key, _ in read_word(bomb).faults] == ["newscheck.file_large"]
    many = word_file(("", "x"), more={f"word/{n}.xml": b"" for n in range(600)})
    assert [key for _, key, _ in read_word(many).faults] == ["newscheck.file_large"]
    macros = word_file(("", "x"), more={"word/vbaProject.bin": b"x"})
    assert [key for _, key, _ in read_word(macros).faults] == ["newscheck.file_macros"]
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;")
    assert [key for _, key, _ in read_word(out.getvalue()).faults] == ["newscheck.file_broken"]


def test_every_fault_of_a_file_has_its_words_in_both_languages(content: Content) -> None:
    keys = "empty before no_sentence no_title second block html picture field field_twice value long number head many"
    for key in [*keys.split(), "lost", "late", "kind", "large", "broken", "macros", "encoding"]:
        for language in ("it", "en"):
            assert render(Phrase(f"newscheck.file_{key}", {"words": "parole"}), language, content.catalog)


LETTERS = st.characters(categories=("L", "N", "P", "S"), exclude_characters="\ufffd")
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join).map(plain)
TEXT = TEXTS.filter(bool)
SIGNS = (
    r"# uno|- uno|1. uno|2) x|> x|---|===|*a* _b_|<b>|&amp;|`x`|a\b|[x](y)|![x]|~~~|a #|English: x|source: x|+|"
    "\\|a\\|!|&#35;"
)
TRICKY = st.sampled_from([*SIGNS.split("|"), "| a |", "~~x~~", "https://a.it/x_y*z"])
WORDS = TEXT | TRICKY


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    def item() -> Item:
        title, sentence = {"it": draw(WORDS)}, {"it": draw(WORDS)}
        if draw(st.booleans()):
            title["en"], sentence["en"] = draw(WORDS), draw(WORDS)
        return Item(
            "",
            title,
            sentence,
            source=draw(st.just("") | WORDS),
            link=draw(st.sampled_from(["", "https://www.esempio.it/a_b?c=1&d=*", "https://esempio.it/~x/#y"])),
            action=draw(st.sampled_from(get_args(Action))),
            topic=draw(st.none() | st.sampled_from(TOPICS)),
            common=draw(st.booleans()),
            normative=draw(st.booleans()),
            as_of=draw(st.none() | st.dates()),
            expires=draw(st.none() | st.dates()),
        )

    titles = {"it": draw(WORDS)} | ({"en": draw(WORDS)} if draw(st.booleans()) else {})
    return replace(
        full(),
        number=draw(st.from_regex(r"[0-9A-Za-z-]{1,20}", fullmatch=True)),
        kind=draw(st.sampled_from(get_args(IssueKind))),
        title=titles,
        items=tuple(item() for _ in range(draw(st.integers(1, 4)))),
    )


@given(issues())
def test_what_is_written_reads_back_as_the_same(issue: Issue) -> None:
    found = read_news(write_news(issue))
    assert found.faults == ()
    assert found == NewsFile(issue.number, issue.kind, dict(issue.title), issue.items)


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*WHOLE.split("\n"), "<b>", "> a", "---", "- x: y"])).map("\n".join)
)
def test_any_text_at_all_is_read_without_an_accident(text: str) -> None:
    found = read_news(text)
    assert all(1 <= line <= text.count("\n") + 2 for line, _, _ in found.faults)
    assert all(item.title["it"] and item.sentence["it"] for item in found.items)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_without_an_accident(data: bytes) -> None:
    assert understood(data).items or understood(data).faults
    assert understood(b"PK\x03\x04" + data).faults
