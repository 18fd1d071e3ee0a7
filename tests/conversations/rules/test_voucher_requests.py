"""What may be sent, which line pays, and whether the terms of a call make sense."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from conversations.call_spec import (
    CallChange,
    CallSpec,
    LineSpec,
    change_from_json,
    change_to_json,
    spec_from_json,
    spec_to_json,
)
from conversations.rules.calls import change_faults, extended, limits, spec_faults
from conversations.rules.categories import AREAS, CATEGORIES, area_label, category, in_area
from conversations.rules.reasons import LISTS, known, label, told
from conversations.rules.voucher_requests import Payer, faults, missing, payers, waiting_band
from conversations.voucher_views import Draft, WorkerCallView
from tests.conversations.player import content

TODAY = date(2026, 11, 25)
CALL = WorkerCallView(
    id="c", title="Bando", voucher_kind="A", starts_on=date(2026, 10, 1), ends_on=date(2027, 1, 31),
    least_cents=5_000, most_cents=40_000, left_cents=30_000, areas=("care",),
    categories=("nursery", "laundry"), deciders="association", decider="",
    notice_version="", order="fcfs", criteria="", on_leave="keep_until_expiry", open_requests_left=2,
)  # fmt: skip
DRAFT = Draft("c", "care", "nursery", 20_000, date(2026, 12, 1), date(2026, 12, 31))
SPEC = CallSpec(
    title="Bando", starts_on=date(2026, 10, 1), ends_on=date(2027, 1, 31), budget_cents=2_400_000,
    lines=(
        LineSpec("cura", 1_500_000, area="care"),
        LineSpec("tempo", 900_000, (("regione", 70), ("ass", 30)), "f1"),
    ),
    category_caps={"nursery": 500_000}, firm_cap_cents=100_000, firm_deciders={"f1": "nino"}, uses_until=None,
)  # fmt: skip


def test_a_good_draft_may_be_sent() -> None:
    assert missing(DRAFT) == () and faults(DRAFT, CALL, TODAY) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amount_cents": 4_999}, "too_little"),
        ({"amount_cents": 0}, "too_little"),
        ({"amount_cents": -100}, "too_little"),
        ({"amount_cents": 40_001}, "too_much"),
        ({"amount_cents": 30_001}, "over_cap"),
        ({"area": "time"}, "area"),
        ({"category": "cleaning"}, "category"),
        ({"category": "laundry"}, "category"),
        ({"category": "luxury"}, "category"),
        ({"ends_on": date(2026, 11, 30)}, "dates"),
        ({"starts_on": None}, "dates"),
        ({"starts_on": date(2026, 9, 30)}, "outside_call"),
        ({"starts_on": date(2027, 2, 1), "ends_on": date(2027, 2, 2)}, "outside_call"),
    ],
)
def test_each_fault_of_a_draft_is_named(change: dict[str, Any], fault: str) -> None:
    assert fault in faults(replace(DRAFT, **change), CALL, TODAY)


def test_nothing_can_be_asked_of_a_call_that_is_closed_or_of_a_fourth_request() -> None:
    assert faults(DRAFT, None, TODAY) == ("call_closed",)
    assert faults(DRAFT, CALL, date(2027, 2, 1)) == ("call_closed",)
    assert faults(DRAFT, CALL, date(2026, 9, 30)) == ("call_closed",)
    assert faults(DRAFT, replace(CALL, open_requests_left=0), TODAY) == ("too_many_open",)


def test_what_is_missing_is_named_in_the_order_of_the_questions() -> None:
    assert missing(Draft("c")) == ("area", "category", "amount", "dates")
    assert missing(replace(DRAFT, ends_on=None)) == ("dates",)


def test_a_firms_own_line_pays_before_the_general_one() -> None:
    lines = [
        Payer("all", "", "", ("employee", "owner")), Payer("care", "", "care", ("employee",)),
        Payer("firm", "f1", "", ("employee",)), Payer("owners", "", "", ("owner",)),
    ]  # fmt: skip
    assert [line.id for line in payers(lines, "care", "f1", "employee")] == ["firm", "care", "all"]
    assert [line.id for line in payers(lines, "time", "f2", "employee")] == ["all"]
    assert [line.id for line in payers(lines, "care", "f2", "owner")] == ["all", "owners"]
    assert payers(lines, "care", "f2", "collaborator") == ()


def test_the_place_on_the_waiting_list_is_a_band() -> None:
    assert [waiting_band(place) for place in (1, 3, 4, 10, 11, 99)] == [1, 1, 2, 2, 3, 3]


def test_good_terms_have_no_fault_and_survive_being_stored() -> None:
    assert spec_faults(SPEC) == ()
    assert spec_from_json(spec_to_json(SPEC)) == SPEC
    change = CallChange(date(2027, 3, 31), {"cura": 5_000}, 90_000)
    assert change_from_json(change_to_json(change)) == change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": " "}, "title"),
        ({"ends_on": date(2026, 9, 1)}, "dates"),
        ({"budget_cents": 0}, "budget_cents"),
        ({"least_cents": 90_000}, "least_cents"),
        ({"most_cents": 90_000}, "least_cents"),
        ({"voucher_kind": "C"}, "voucher_kind"),
        ({"order": "score"}, "order"),
        ({"deciders": "firm", "firm_deciders": {}}, "firm_deciders"),
        ({"deciders": "firm"}, "notice_version"),
        ({"on_leave": "fire"}, "on_leave"),
        ({"validity_days": 0}, "validity_days"),
        ({"categories": ("luxury",)}, "luxury"),
        ({"category_caps": {"luxury": 1}}, "luxury"),
        ({"sources": ()}, "sources"),
        ({"sources": (("a", 1), ("a", 2))}, "sources"),
        ({"lines": ()}, "lines"),
        ({"lines": (LineSpec("x", 1), LineSpec("x", 2))}, "lines"),
        ({"lines": (LineSpec("x", 0),)}, "line x"),
        ({"lines": (LineSpec("x", 1, area="moon"),)}, "line x"),
        ({"lines": (LineSpec("x", 1, contracts=("robot",)),)}, "line x"),
        ({"uses_until": date(2026, 12, 1)}, "uses_until"),
        ({"firm_cap_cents": -1}, "caps"),
    ],
)
def test_each_fault_of_the_terms_is_named(change: dict[str, Any], fault: str) -> None:
    assert any(fault in told for told in spec_faults(replace(SPEC, **change)))


@pytest.mark.parametrize(
    "data",
    [{"title": "x"}, {**spec_to_json(SPEC), "colour": "red"}, {**spec_to_json(SPEC), "budget_cents": "100"},
     {**spec_to_json(SPEC), "budget_cents": 10.5}, {**spec_to_json(SPEC), "starts_on": "ieri"},
     {**spec_to_json(SPEC), "lines": 3}],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        spec_from_json(data)


def test_an_extension_adds_to_what_there_is_and_never_takes_away() -> None:
    change = CallChange(date(2027, 3, 31), {"cura": 5_000}, 90_000)
    assert change_faults(SPEC, change) == ()
    after = extended(SPEC, change)
    assert (after.ends_on, after.budget_cents, after.person_cap_cents) == (date(2027, 3, 31), 2_405_000, 90_000)
    assert after.lines[0].total_cents == 1_505_000 and after.lines[1] == SPEC.lines[1]
    wrong = CallChange(date(2026, 12, 1), {"luna": 5, "cura": -5}, 10)
    assert change_faults(SPEC, wrong) == ("ends_on", "add_to_lines", "person_cap_cents")
    assert change_faults(SPEC, CallChange()) == ("nothing",)


def test_the_limits_of_a_request_are_those_that_are_set() -> None:
    assert limits(SPEC, "nursery", "f1") == {"category": ("nursery", 500_000), "firm": ("f1", 100_000)}
    assert limits(SPEC, "laundry", "") == {}


def test_categories_have_a_name_an_area_and_a_way_to_be_used() -> None:
    books = content().catalog.books
    for one in CATEGORIES:
        assert one.area in AREAS and one.modes and category(one.code) is one
        for book in books.values():
            assert one.label in book.sentences and all(len(name) <= 24 for name in book.sentences[one.label])
    assert {one.code for one in CATEGORIES if one.sensitive} == {
        "elder_care", "disability_care", "respite", "day_centre", "psychology"
    }  # fmt: skip
    assert category("luxury") is None
    assert sum(len(in_area(area)) for area in AREAS) == len(CATEGORIES)
    assert all(area_label(area) in book.sentences for area in AREAS for book in books.values())


def test_every_reason_has_a_name_and_a_sentence_for_the_worker() -> None:
    for use, codes in LISTS.items():
        for code in codes:
            assert known(use, code)
            for book in content().catalog.books.values():
                assert label(use, code) in book.sentences and told(use, code) in book.sentences
                assert all(len(name) <= 24 for name in book.sentences[label(use, code)])
    assert not known("decline", "dislike") and not known("firm_ask", "document")
