"""The needs questionnaire holds exactly what the specification lists, in words that fit a small phone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conversations.forms.form import Form, compile_form
from conversations.forms.walk import Answer, Confirm, Prompt, Run, prompt, start, take
from storage.workbooks import Report, check_workbook

WORKBOOK = Path(__file__).parents[2] / "content" / "forms" / "needs.xlsx"
IT, EN = "Italiano (it)", "English (en)"

# id: (type, options without "pnr", class). Where the options are free, the specification names only the subject.
ONE, MANY = "select_one", "select_multiple"
ITEMS = {
    "c0": (ONE, "start later info_privacy", "G"),
    "a1": (ONE, "employee collaborator owner apprentice_stage", "G"),
    "a2": (ONE, "full part variable on_call", "G"),
    "a3": (MANY, "early evening saturday sunday shifts travel none", "G"),
    "a4": (ONE, "remote_often sometimes could_but_no not_possible", "G"),
    "a5": (ONE, "easy so_so hard impossible", "G"),
    "b1": (MANY, "none a0_2 a3_5 a6_10 a11_13 a14_17", "G"),
    "b2": (ONE, "yes no_skip", "consent"),
    "b3": (ONE, "none elderly other_adult several", "S,O"),
    "b4": (ONE, "lt5 h5_10 h10_20 gt20", "S,O"),
    "b5": (MANY, "partner grandparents relatives_friends paid public_service nobody", "G"),
    "k1": (MANY, "nido scuola_tempo_lungo pre_post baby_sitter estivo attivita nessuno", "G"),
    "k2": (MANY, "morning afternoon holidays illness evening_we transport none", "G"),
    "k3": (ONE, "cost hours no_place distance unknown ok", "G"),
    "d1": (MANY, "home_help respite accompany paperwork day_centre find_carer support_to_me", "S,O"),
    "e1": (MANY, "laundry cleaning shopping paperwork repairs meals errands none", "G"),
    "e2": (ONE, "weekly monthly sometimes no", "G"),
    "e3": (ONE, "at_work near_work near_home at_home", "O"),
    "f1": (ONE, "childcare adult_care time mobility legal_info flexibility none", "G,S"),
    "f2": (MANY, None, "G,S"),
    "f3": (ONE, "0 lt50 50_100 100_200 gt200", "O"),
    "f4": (ONE, "dont_know papers advance_money privacy no_time none", "G"),
    "g1": ("range", None, "G"),
    "g2": (
        MANY,
        "leave disability_rights nido_bonus family_allowance part_time self_employed remote none",
        "G",
    ),
    "g3": (ONE, "no hours role refused_chance thought_quitting", "O"),
    "h1": (ONE, "u30 30s 40s 50s 60p", "O"),
    "h2": (ONE, "woman man other", "O"),
    "h3": ("text", None, "O"),
    "o1": (MANY, None, "G"),
    "o2": (ONE, "1 2_3 4_9 10_49", "G"),
}
WITHOUT_PNR = {"c0", "a1", "b2"}
REQUIRED = {"c0", "a1", "b2", "f1"}


@pytest.fixture(scope="module")
def report() -> Report:
    return check_workbook(WORKBOOK.read_bytes())


@pytest.fixture(scope="module")
def form(report: Report) -> Form:
    assert report.xml is not None, report.told()
    return compile_form(report.xml)


@pytest.fixture(scope="module")
def cells() -> Mapping[str, list[dict[str, str]]]:
    book = load_workbook(BytesIO(WORKBOOK.read_bytes()), read_only=True)
    sheets: dict[str, list[dict[str, str]]] = {}
    for sheet in book.worksheets:
        lines = list(sheet.iter_rows(values_only=True))
        headers = [str(value) for value in lines[0]]
        sheets[sheet.title] = [
            {header: str(value) for header, value in zip(headers, line, strict=False) if value is not None}
            for line in lines[1:]
        ]
    book.close()
    return sheets


def test_the_workbook_has_no_problem_and_no_warning(report: Report) -> None:
    assert report.told() == []
    assert (report.name, report.version[:4].isdigit(), len(report.version)) == ("needs", True, 10)


def test_it_speaks_italian_first_and_english(form: Form) -> None:
    assert (form.languages, form.default_language) == (("it", "en"), "it")


def test_every_item_is_there_with_its_type_and_class(form: Form) -> None:
    asked = {question.name: question for question in form.questions}
    assert list(asked) == list(ITEMS)
    assert {name: (question.type, question.privacy_class) for name, question in asked.items()} == {
        name: (kind, privacy) for name, (kind, _, privacy) in ITEMS.items()
    }
    hidden = {one.name: one.privacy_class for one in form.definitions.values() if one.type in ("calculate", "hidden")}
    assert {name: hidden[name] for name in ("art9", "has_children", "has_adult", "offer_for")} == {
        "art9": "G",
        "has_children": "G",
        "has_adult": "S",
        "offer_for": "S",
    }


def test_only_the_four_named_items_are_required(form: Form) -> None:
    assert {question.name for question in form.questions if question.required is not None} == REQUIRED


def test_every_option_is_there_and_no_other(cells: Mapping[str, list[dict[str, str]]]) -> None:
    lists: dict[str, list[str]] = {}
    for row in cells["choices"]:
        lists.setdefault(row["list_name"], []).append(row["name"])
    for name, (kind, options, _) in ITEMS.items():
        if kind not in (ONE, MANY):
            assert name not in lists
            continue
        codes = lists[name]
        assert ("pnr" in codes) == (name not in WITHOUT_PNR), name
        if options is not None:
            assert [code for code in codes if code != "pnr"] == options.split(), name
        if name != "f2":
            assert len(codes) <= 10, name


def test_labels_fit_a_whatsapp_list_in_every_language(cells: Mapping[str, list[dict[str, str]]]) -> None:
    for row in cells["choices"]:
        for language in (IT, EN):
            assert 0 < len(row[f"label::{language}"]) <= 24, row
    buttons = [row for row in cells["choices"] if row["list_name"] in {"c0", "b2"}]
    assert all(len(row[f"label::{language}"]) <= 20 for row in buttons for language in (IT, EN))


def test_no_list_says_the_same_twice(cells: Mapping[str, list[dict[str, str]]]) -> None:
    for language in (IT, EN):
        labels = [(row["list_name"], row[f"label::{language}"].casefold()) for row in cells["choices"]]
        assert len(labels) == len(set(labels))


def test_every_text_is_written_in_both_languages_and_short(cells: Mapping[str, list[dict[str, str]]]) -> None:
    for row in cells["survey"]:
        for column in ("label", "hint", "required_message", "constraint_message"):
            italian, english = row.get(f"{column}::{IT}"), row.get(f"{column}::{EN}")
            assert (italian is None) == (english is None), row
            for text in filter(None, (italian, english)):
                sentences = text.replace("?", ".").replace(":", ".").split(".")
                assert max(len(sentence.split()) for sentence in sentences) < 20, text
                assert len(text) <= 300, text
        if "constraint" in row:
            assert f"constraint_message::{IT}" in row
        if row.get("required"):
            assert f"required_message::{IT}" in row


def test_every_section_has_a_title_and_waits_for_the_start(cells: Mapping[str, list[dict[str, str]]]) -> None:
    sections = {row["name"]: row for row in cells["survey"] if row["type"] == "begin_group"}
    assert all(row[f"label::{IT}"] and row[f"label::{EN}"] for row in sections.values())
    gates = {name: row.get("relevant", "") for name, row in sections.items()}
    after_start = [name for name, gate in gates.items() if gate == "${c0} = 'start'"]
    assert after_start == ["work", "family", "time", "voucher", "balance", "profile"]
    assert gates["children"] == "${has_children} = 'yes'"
    assert gates["adult"] == "${has_adult} = 'yes'"
    assert gates["firm"] == "${a1} = 'owner'"


def test_choices_about_an_adult_are_of_class_s(cells: Mapping[str, list[dict[str, str]]]) -> None:
    sensitive = {(row["list_name"], row["name"]) for row in cells["choices"] if row.get("class") == "S"}
    assert sensitive == {("f1", "adult_care"), ("f2", "home_help"), ("f2", "respite")}


def test_nothing_that_the_specification_leaves_out_is_asked(cells: Mapping[str, list[dict[str, str]]]) -> None:
    texts = " ".join(
        text.casefold() for sheet in ("survey", "choices") for row in cells[sheet] for text in row.values()
    )
    for word in ("diagnos", "isee", "sindaca", "religio", "cittadinanza", "citizenship", "legge 104", "union"):
        assert word not in texts


def test_the_author_finds_a_tidy_sheet() -> None:
    book = load_workbook(BytesIO(WORKBOOK.read_bytes()))
    assert book.sheetnames == ["survey", "choices", "settings", "guida"]
    for name in ("survey", "choices"):
        sheet = book[name]
        assert sheet.freeze_panes is not None
        assert all(cell.font.bold for cell in sheet[1] if cell.value)
        assert sheet["C3"].alignment.wrap_text
        assert sheet.column_dimensions["C"].width >= 25


NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NO_CARE: Mapping[str, str] = {"c0": "start", "a1": "employee", "b1": "none", "b2": "no_skip", "f1": "time"}
PARENT: Mapping[str, str] = {**NO_CARE, "b1": "a0_2 a6_10"}
CARER: Mapping[str, str] = {**NO_CARE, "b2": "yes", "b3": "elderly"}
BOTH: Mapping[str, str] = {**PARENT, **{"b2": "yes", "b3": "several"}}


def walked(form: Form, given: Mapping[str, str], art9: str = "on") -> dict[str, Prompt]:
    """The prompts a person meets who answers as `given`, and else with the last choice before "pnr"."""
    run: Run = start(form, now=NOW, seed=1, language="it", preset={"art9": art9})
    seen: dict[str, Prompt] = {}
    while (shown := prompt(form, run, "it")).kind == "question":
        assert shown.name not in seen, f"{shown.name} is asked twice"
        seen[shown.name] = shown
        names = [choice.name for choice in shown.choices if choice.name != "pnr"]
        value = given.get(shown.name) or (names[0] if names else "3" if shown.type == "range" else "Tutto bene")
        answer = Answer(tuple(value.split()) if shown.type == "select_multiple" else value)
        taken = take(form, run, answer, now=NOW)
        assert taken.problem is None, (shown.name, value, taken.problem)
        run = taken.run
    assert shown.kind == "summary"
    assert prompt(form, take(form, run, Confirm(), now=NOW).run, "it").kind == "finished"
    return seen


@pytest.mark.parametrize(
    ("given", "length"),
    [(NO_CARE, 20), (PARENT, 25), (CARER, 25), (BOTH, 28), ({**BOTH, "a1": "owner"}, 30)],
)
def test_each_life_meets_as_many_questions_as_specified(form: Form, given: Mapping[str, str], length: int) -> None:
    assert len(walked(form, given)) == length


def test_the_longest_road_is_the_order_of_the_specification(form: Form) -> None:
    assert list(walked(form, {**BOTH, "a1": "owner"})) == list(ITEMS)


def test_art_9_items_wait_for_their_own_consent(form: Form) -> None:
    without = walked(form, {**PARENT, "b2": "no_skip"})
    assert without.keys().isdisjoint({"b3", "b4", "d1"})
    assert "adult_care" not in {choice.name for choice in without["f1"].choices}
    with_consent = walked(form, {**CARER, "b3": "none"})
    assert "b3" in with_consent
    assert with_consent.keys().isdisjoint({"b4", "b5", "d1", "g3"})
    assert "adult_care" in {choice.name for choice in with_consent["f1"].choices}


def test_where_art_9_is_switched_off_neither_consent_nor_items_are_asked(form: Form) -> None:
    seen = walked(form, BOTH, art9="off")
    assert seen.keys().isdisjoint({"b2", "b3", "b4", "d1"})
    offered = {choice.name for name in ("f1", "f2") for choice in seen[name].choices}
    assert offered.isdisjoint({"adult_care", "home_help", "respite"})


@pytest.mark.parametrize("answer", ["none", "pnr"])
def test_no_children_or_no_answer_skips_the_questions_about_children(form: Form, answer: str) -> None:
    assert walked(form, {**NO_CARE, "b1": answer}).keys().isdisjoint({"b5", "k1", "k2", "k3", "g3"})


def test_answers_close_what_no_longer_matters(form: Form) -> None:
    assert "e3" not in walked(form, {**NO_CARE, "e2": "no"})
    assert "f2" not in walked(form, {**NO_CARE, "f1": "none"})


AGES = ("a0_2", "a3_5", "a6_10", "a11_13", "a14_17")


@pytest.mark.parametrize("adult", ["none", "elderly"])
def test_voucher_uses_fit_the_family_and_a_whatsapp_list(form: Form, adult: str) -> None:
    for ages in (set[str](), *({age} for age in AGES), {"a0_2", "a11_13"}, set(AGES)):
        given = {**CARER, "b1": " ".join(sorted(ages)) or "none", "b3": adult}
        offered = {choice.name for choice in walked(form, given)["f2"].choices}
        assert 5 <= len(offered) <= 10, (ages, adult, offered)
        assert ("nido" in offered) == ("a0_2" in ages)
        assert ("baby_sitter" in offered) == bool(ages)
        assert ("estivo" in offered) == bool(ages - {"a0_2"})
        assert ("home_help" in offered) == (adult == "elderly")


def refused(form: Form, name: str, value: str, given: Mapping[str, str] = BOTH) -> bool:
    """Whether the questionnaire refuses this answer, with the author's words in both languages."""
    run = start(form, now=NOW, seed=1, language="it")
    while (shown := prompt(form, run, "it")).name != name:
        names = [choice.name for choice in shown.choices]
        answer = given.get(shown.name) or (names[0] if names else "3")
        many = shown.type == "select_multiple"
        run = take(form, run, Answer(tuple(answer.split()) if many else answer), now=NOW).run
    problem = take(form, run, Answer(tuple(value.split()) if " " in value else value), now=NOW).problem
    assert problem is None or (problem.kind == "constraint" and set(problem.messages) == {"it", "en"}), problem
    return problem is not None


@pytest.mark.parametrize("code", ["none", "pnr"])
@pytest.mark.parametrize("name", ["a3", "b1", "k2", "e1", "g2"])
def test_none_and_prefer_not_to_say_stand_alone(form: Form, name: str, code: str) -> None:
    others = next(code for code in str(ITEMS[name][1]).split() if code != "none")
    assert refused(form, name, f"{others} {code}")
    assert not refused(form, name, code)


def test_nobody_and_nessuno_stand_alone_too(form: Form) -> None:
    assert refused(form, "b5", "partner nobody")
    assert refused(form, "k1", "nido nessuno")
    assert refused(form, "o1", "meals none", {**BOTH, "a1": "owner"})


@pytest.mark.parametrize(("name", "most"), [("k2", 3), ("d1", 3), ("e1", 3), ("f2", 3), ("g2", 4)])
def test_no_more_answers_than_allowed(form: Form, name: str, most: int) -> None:
    codes = [code for code in str(ITEMS[name][1]).split() if code != "none"]
    codes = codes if name != "f2" else ["nido", "baby_sitter", "cleaning", "transport"]
    assert not refused(form, name, " ".join(codes[:most]))
    assert refused(form, name, " ".join(codes[: most + 1]))


def test_asking_about_privacy_first_answers_and_asks_again(form: Form) -> None:
    run = start(form, now=NOW, seed=1, language="it")
    taken = take(form, run, Answer("info_privacy"), now=NOW)
    assert taken.problem is not None
    assert "mai alla tua impresa" in taken.problem.messages["it"]
    assert prompt(form, taken.run, "it").name == "c0"


def test_the_free_text_ends_at_500_characters(form: Form) -> None:
    assert not refused(form, "h3", "x" * 500)
    assert refused(form, "h3", "x" * 501)
