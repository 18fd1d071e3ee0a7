"""Every fault of an issue is found, with how bad it is and the item it is about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from conversations.news.checks import Problem, body_length, item_problems, length, problems, stops
from conversations.news.links import fault_of
from conversations.news.views import Issue
from conversations.phrases import render
from storage.content import Content
from tests.conversations.news.issues import NOW, TODAY, full, issue, item, law


def found(it: Issue, stage: Any = "draft") -> set[tuple[str, str]]:
    return {(one.severity, one.phrase.key.removeprefix("newscheck.")) for one in problems(it, TODAY, stage)}


def test_nothing_is_wrong_with_a_full_issue() -> None:
    assert problems(full(), TODAY, "approval") == ()


def test_an_empty_issue_is_a_warning_while_it_is_written_and_stops_it_later() -> None:
    assert found(issue()) == {("warning", "no_items")}
    assert found(issue(), "legal") == {("error", "no_items")}


def test_the_number_of_items_of_a_monthly_issue() -> None:
    assert found(issue(item())) == {("warning", "few_items")}
    assert found(issue(item(), kind="urgent")) == set()
    assert ("warning", "many_items") in found(issue(*(item(str(n)) for n in range(7))))


def test_a_monthly_issue_without_anything_for_everybody_is_warned_about() -> None:
    hers = replace(full(), items=tuple(replace(one, common=False, topic="leave") for one in full().items))
    assert found(hers) == {("warning", "no_common")}


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"title": {"it": "T" * 61, "en": "T"}}, "long_title"),
        ({"title": {"it": "Ciao 🎉", "en": "Hi"}}, "emoji"),
        ({"title": {"it": "Ciao ☀", "en": "Hi"}}, "emoji"),
        ({"title": {"it": "", "en": "Hi"}}, "no_title"),
        ({"sentence": {"it": " ", "en": "x"}}, "no_sentence"),
        ({"sentence": {"it": "x", "en": "s" * 161}}, "long_sentence"),
        ({"sentence": {"it": "Leggi <b>qui</b>", "en": "x"}}, "markup"),
        ({"sentence": {"it": "Leggi **qui**", "en": "x"}}, "markup"),
        ({"sentence": {"it": "Leggi [qui](https://esempio.it)", "en": "x"}}, "markup"),
        ({"sentence": {"it": "Pane &amp; vino", "en": "x"}}, "markup"),
        ({"source": "<script>x</script>"}, "markup"),
        ({"source": "s" * 301}, "long_source"),
        ({"link": "http://esempio.it"}, "link_not_https"),
        ({"link": "https://io:segreto@esempio.it/x"}, "link_user"),
        ({"link": "https://192.0.2.7/x"}, "link_ip"),
        ({"action": "read"}, "no_link"),
        ({"expires": date(2026, 11, 24)}, "expired"),
        ({"as_of": date(2026, 11, 26)}, "as_of_later"),
        ({"as_of": date(2026, 11, 20), "expires": date(2026, 11, 19)}, "expires_before"),
    ],
)
def test_what_stops_an_item_in_every_stage(changed: dict[str, Any], key: str) -> None:
    it = replace(full(), items=(item("odd", **changed), *full().items[1:]))
    told = [one for one in problems(it, TODAY) if one.item == "odd" and one.severity == "error"]
    assert f"newscheck.{key}" in [one.phrase.key for one in told]


@pytest.mark.parametrize(
    "text",
    ["Da 3 < 5 anni", "20 °C e 5 €", "C&A, R&D", "Art. 4, c. 2-bis: 50% (max 100 €)", "l'asilo «Il sole»", "a_b"],
)
def test_ordinary_signs_are_no_markup(text: str) -> None:
    assert item_problems(item(sentence={"it": text, "en": text}), 1, TODAY) == ()


def test_what_expires_today_is_still_true() -> None:
    assert item_problems(item(expires=TODAY), 1, TODAY) == ()


def test_what_speaks_of_the_law_needs_more_the_further_it_goes() -> None:
    bare = replace(full(), items=(item("law", normative=True), *full().items[1:]))
    wanted = ("no_source", "no_as_of", "no_expires")
    assert found(bare) == {("warning", key) for key in wanted} | {("note", "unsigned")}
    assert found(bare, "legal") == {("error", key) for key in wanted} | {("note", "unsigned")}
    assert found(bare, "approval") == {("error", key) for key in (*wanted, "unsigned")}
    whole = replace(full(), items=(law(), *full().items[1:]))
    assert stops(whole, TODAY, "legal") == ()
    assert [one.phrase.key for one in stops(whole, TODAY, "approval")] == ["newscheck.unsigned"]
    signed = replace(whole, items=(law(signed_by="elena", signed_at=NOW), *whole.items[1:]))
    assert stops(signed, TODAY, "approval") == ()


def test_missing_english_is_a_warning() -> None:
    it = replace(full(), items=(item("one", title={"it": "Solo qui"}, sentence={"it": "x"}), *full().items[1:]))
    assert found(it) == {("warning", "no_english")}
    assert found(replace(full(), title={"it": "Novembre"})) == {("warning", "issue_no_english")}


def test_two_items_of_one_title_are_told_once_however_they_are_written() -> None:
    twice = replace(full(), items=(*full().items, item("five", title={"it": "notizia ONE!", "en": "Another"})))
    assert [one.phrase.key for one in stops(twice, TODAY, "draft")] == ["newscheck.twice"]


def test_a_long_digest_is_warned_about_in_its_language_and_one_that_fits_no_message_is_stopped() -> None:
    long = tuple(
        item(str(n), sentence={"it": "x", "en": "y" * 160}, title={"it": str(n), "en": str(n) + "z" * 50})
        for n in range(6)
    )
    it = issue(*long)
    assert found(it) == {("warning", "long_digest")}
    assert length(it, "en") > 1000 > length(it, "it")
    wide = issue(
        *(item(str(n), title={"it": str(n), "en": f"a{n}"}, link=f"https://esempio.it/{'x' * 400}") for n in range(6))
    )
    assert body_length(wide, "it") > 1600
    assert {one for one in found(wide) if one[0] == "error"} == {("error", "long_message")}


def test_the_titles_of_the_issue_itself_are_checked() -> None:
    assert ("error", "issue_no_title") in found(full(title={"en": "x"}))
    assert ("error", "issue_emoji") in found(full(title={"it": "Ciao 🌞", "en": "x"}))
    assert ("error", "issue_markup") in found(full(title={"it": "<i>Ciao</i>", "en": "x"}))
    assert ("error", "issue_long_title") in found(full(title={"it": "x" * 61, "en": "x"}))


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("https://www.esempio.it/pagina?a=1&b=2#c", None),
        ("HTTPS://Esempio.IT", None),
        ("https://esempio.it/" + "x" * 482, "long"),
        ("http://esempio.it", "not_https"),
        ("javascript:alert(1)", "not_https"),
        ("esempio.it", "not_https"),
        ("https://io@esempio.it", "user"),
        ("https://esempio.it@198.51.100.2/", "user"),
        ("https://198.51.100.2", "ip"),
        ("https://198.51.100.2:8443/x", "ip"),
        ("https://[2001:db8::1]/", "ip"),
        ("https://0x7f.1/", "ip"),
        ("https://2130706433/", "ip"),
        ("https://localhost/", "host"),
        ("https://esempio.it:8443/", "host"),
        ("https://esempio", "host"),
        ("https://esempiо.it/", "host"),
        ("https://esempio.it/a b", "host"),
        ("https://esempio.it\\@altro.it/", "host"),
        ("https:///esempio.it", "host"),
        ("https://-esempio.it", "host"),
    ],
)
def test_links_people_may_be_sent_to(link: str, fault: str | None) -> None:
    assert fault_of(link) == fault


def test_every_problem_is_told_in_both_languages_with_all_its_words(content: Content) -> None:
    odd = item("odd", title={"it": "🎉" * 61, "en": ""}, sentence={"it": "<b>" * 100}, link="http://x", action="read")
    told: list[Problem] = [*problems(issue(odd, odd, title={}), TODAY, "approval"), *problems(issue(), TODAY)]
    assert len(told) > 8
    for language in ("it", "en"):
        assert all("{" not in render(one.phrase, language, content.catalog) for one in told)
