"""The files of the topics: read, and checked."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conversations.faq.concepts import read_table
from storage.content import ContentError
from storage.faq_check import check_library, confusable
from storage.faq_files import Library, Topic, read_library, read_topic
from storage.faq_sets import read_cases, read_questions

TODAY = date(2026, 11, 25)

FILE = """\
---
id: permesso-gatto
title: {it: "Permesso per il gatto", en: "Leave for the cat"}
short: {it: "Gatto", en: "Cat"}
family: congedi
audience: [employee]
covered: true
norms: ["L. inventata 1/2026, art. 2"]
body: "Ufficio inventato"
page: "Ufficio inventato, pagina «Gatti»"
law_as_of: 2026-01
drafted_on: 2026-11-22
verified_on: null
verified_by: null
valid_until: 2027-05-22
confidence: alta
referral: no
referral_why: ""
related: [permesso-cane]
facts:
  - {it: "Tre giorni all'anno", source: "T1", confidence: ""}
  - {it: "Serve il veterinario", source: "M", confidence: "media"}
amounts:
  - {what: "Rimborso", value: "80%", year: 2026, source: "T1", confidence: ""}
translation: {en: unverified}
phrasings:
  ada: ["il gatto è malato", "quanti giorni per il gatto"]
  bea: ["my cat is sick"]
---
Hai tre giorni all'anno. Il rimborso è l'80% (2026) (°).

## en
You have three days a year. The refund is 80% (2026) (°).
"""


def topic(**changes: object) -> Topic:
    """The topic of the file with 42 phrasings of seven authors, then with the changes."""
    phrasings = {name: tuple(f"{name} {n} {name * n}" for n in range(1, 7)) for name in "abcdefg"}
    full = replace(read_topic(FILE, "permesso-gatto.md"), phrasings=phrasings, related=("permesso-cane",))
    return replace(full, **changes)  # type: ignore[arg-type]


def problems(*topics: Topic) -> list[str]:
    dog = topic(id="permesso-cane", related=("permesso-gatto",), phrasings={})
    dog = replace(
        dog, phrasings={name: tuple(f"{n} {name * 3} {name * n}" for n in range(1, 7)) for name in "hijklmn"}
    )
    return list(check_library(Library((*topics, dog), (), ()), TODAY).problems)


def test_a_file_is_read_with_everything_it_tells() -> None:
    found = read_topic(FILE, "permesso-gatto.md")
    assert (found.id, found.family, found.covered, found.referral) == ("permesso-gatto", "congedi", True, "no")
    assert found.title == {"it": "Permesso per il gatto", "en": "Leave for the cat"}
    assert found.valid_until == date(2027, 5, 22) and found.verified_on is None and found.verified_by == ""
    assert found.facts[1].confidence == "media" and found.amounts[0].year == 2026
    assert found.unverified == ("en",)
    assert found.answer["it"].startswith("Hai tre giorni") and found.answer["en"].startswith("You have")
    assert "## en" not in found.answer["it"]


def test_a_topic_is_found_by_its_titles_phrasings_and_facts() -> None:
    entry = read_topic(FILE, "permesso-gatto.md").entry
    assert entry.phrasings == ("il gatto è malato", "quanti giorni per il gatto", "my cat is sick")
    assert entry.facts == ("Tre giorni all'anno", "Serve il veterinario")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no front matter", "between two lines"),
        ("---\nid: x\n", "between two lines"),
        ("---\n- a\n- b\n---\n", "lines of name: value"),
        ("---\nid: [unclosed\n---\n", "not YAML"),
        ("---\nid: x\n---\nanswer", "title"),
        (FILE.replace("related: [permesso-cane]", "related: permesso-cane"), "a list"),
        (FILE.replace("valid_until: 2027-05-22", "valid_until: soon"), "valid_until"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(text: str, told: str) -> None:
    with pytest.raises(ContentError, match=told) as error:
        read_topic(text, "permesso-gatto.md")
    assert "permesso-gatto.md" in str(error.value)


def test_a_good_topic_has_no_problem() -> None:
    assert problems(topic()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": {"it": "x" * 61, "en": "y"}}, "title in it has 61 characters"),
        ({"short": {"it": "x" * 25, "en": "y"}}, "short in it has 25 characters"),
        ({"answer": {"it": "x" * 901, "en": "y"}}, "answer in it has 901 characters"),
        ({"answer": {"it": "x", "en": ""}}, "answer in en is missing"),
        ({"title": {"it": "x"}}, "title in en is missing"),
        ({"page": "p" * 900, "answer": {"it": "x" * 880, "en": "y"}}, "longer than a WhatsApp message"),
        ({"answer": {"it": "Sì (°).", "en": "Yes."}}, "more often in one language"),
        ({"answer": {"it": "Chiama il 112 (°).", "en": "Call 112 (°)."}}, "beside 112 or 1522"),
        ({"family": "altro"}, "family is one of"),
        ({"covered": False}, "covered: false"),
        ({"referral": "maybe"}, "referral is one of"),
        ({"confidence": "boh"}, "confidence is one of"),
        ({"audience": ("cats",)}, "audience cats is unknown"),
        ({"audience": ()}, "for whom"),
        ({"norms": ()}, "norms and page are missing"),
        ({"body": ""}, "which office"),
        ({"facts": ()}, "facts are missing"),
        ({"related": ("non-esiste",)}, "related names non-esiste"),
        ({"related": ("permesso-gatto",)}, "not related to itself"),
        ({"related": ()}, "related names 0 topics"),
        ({"valid_until": date(2026, 11, 24)}, "expired on 2026-11-24"),
        ({"valid_until": None}, "valid_until is missing"),
        ({"verified_on": date(2026, 11, 23)}, "belong together"),
        ({"answer": {"it": "Prendi l'80% della paga.", "en": "Yes."}}, "without its year in it"),
        ({"answer": {"it": "Sì.", "en": "You get 60 euro a month."}}, "without its year in en"),
        ({"phrasings": {"ada": ("una sola",)}}, "1 phrasings, at least 40"),
        ({"phrasings": {"ada": tuple(f"frase {'a' * n}" for n in range(1, 50))}}, "by 1 authors, at least 6"),
        ({"phrasings": {name: (f"{name} x", "😀") for name in "abcdef"}}, "has no word"),
    ],
)
def test_what_is_wrong_in_a_topic_is_told(changes: dict[str, object], told: str) -> None:
    assert [problem for problem in problems(topic(**changes)) if told in problem]


def test_two_files_with_one_id_are_told() -> None:
    assert "permesso-gatto: two files have this id" in problems(topic(), topic())


def test_the_same_phrasing_under_two_topics_is_confusable() -> None:
    one = topic(phrasings={"ada": ("Quanti giorni per il gatto?",)})
    other = topic(id="permesso-cane", phrasings={"bea": ("quanti giorni per il gatto",)})
    assert ["stands under permesso-gatto too" in problem for problem in confusable((one, other))] == [True]


def test_nearly_the_same_phrasing_under_two_topics_is_confusable() -> None:
    one = topic(phrasings={"ada": ("veterinario gatto zoppo domenica sera lontano",)})
    near = topic(id="b", phrasings={"bea": ("la domenica sera, il gatto zoppo lontano dal dottore",)})
    far = topic(id="c", phrasings={"bea": ("canarino giallo stonato la domenica",)})
    assert any("is nearly" in problem for problem in confusable((one, near)))
    assert list(confusable((one, far))) == []


def test_one_topic_may_say_the_same_thing_twice() -> None:
    assert list(confusable((topic(phrasings={"a": ("il gatto",), "b": ("il gatto",)}),))) == []


def test_a_folder_is_read_with_its_concepts_and_what_is_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "permesso-gatto.md").write_text(FILE, "utf-8")
    (tmp_path / "concepts.tsv").write_text("gatto\tgatto | micio\tcat\n", "utf-8")
    (tmp_path / "elsewhere.txt").write_text("# note\nche ore sono\n\n", "utf-8")
    found = read_library(tmp_path)
    assert [entry.id for entry in found.entries] == ["permesso-gatto"]
    assert found.groups == read_table("gatto\tgatto | micio\tcat\n")
    assert found.elsewhere == ("che ore sono",)


def test_a_file_is_named_as_its_topic(tmp_path: Path) -> None:
    (tmp_path / "permesso-cane.md").write_text(FILE, "utf-8")
    (tmp_path / "concepts.tsv").write_text("gatto\tgatto\tcat\n", "utf-8")
    (tmp_path / "elsewhere.txt").write_text("", "utf-8")
    with pytest.raises(ContentError, match=r"permesso-cane\.md holds permesso-gatto"):
        read_library(tmp_path)


def test_an_empty_folder_and_a_bad_table_are_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no topic"):
        read_library(tmp_path)
    (tmp_path / "permesso-gatto.md").write_text(FILE, "utf-8")
    (tmp_path / "concepts.tsv").write_text("solo una cosa\n", "utf-8")
    with pytest.raises(ContentError, match=r"concepts\.tsv, line 1"):
        read_library(tmp_path)


def test_sets_are_read_in_either_order_of_columns(tmp_path: Path) -> None:
    file = tmp_path / "set.tsv"
    text = "id\tquestion\na\tprima domanda\nseconda domanda\tb\na|b\tterza\tb\na\tb\tquarta domanda\nz\tquinta\n"
    file.write_text(text + "# nota\n\n", "utf-8")
    found = read_cases(file, {"a", "b"})
    assert [(case.question, sorted(case.ids), case.context) for case in found] == [
        ("prima domanda", ["a"], None),
        ("seconda domanda", ["b"], None),
        ("terza", ["a", "b"], "b"),
        ("quarta domanda", ["a"], "b"),
        ("quinta", ["z"], None),
    ]


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    file = tmp_path / "set.tsv"
    file.write_text("a\tprima\nsenza\n", "utf-8")
    with pytest.raises(ContentError, match="line 2"):
        read_cases(file, {"a"})


def test_questions_without_topics_are_the_longest_column(tmp_path: Path) -> None:
    file = tmp_path / "far.tsv"
    file.write_text("far\tche tempo fa domani\nfar\tboh\n", "utf-8")
    assert read_questions(file) == ("che tempo fa domani", "boh")
    file.write_text("una sola colonna\nboh\n", "utf-8")
    assert read_questions(file) == ("una sola colonna", "boh")
