"""T5: for every role and object the golden list of fields it may see; a field that is not here is a defect."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from conversations import voucher_office_views, voucher_papers, voucher_views
from conversations.voucher_views import VoucherFacts
from storage import people
from storage.db import Database
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    papers as money_papers,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.voucher_facts import voucher_facts
from tests.storage.money_world import CAST, NOW, ZONE, World, a_spec

GOLDEN: dict[str, str] = {
    "Draft": "call_id area category amount_cents starts_on ends_on provider note",
    "WorkerCallView": "id title voucher_kind starts_on ends_on least_cents most_cents left_cents areas categories"
    " deciders decider notice_version order criteria on_leave open_requests_left",
    "PaperView": "id kind status at",
    "WorkerRequestView": "id number state call_id call draft deciders decider submitted_at answer_by asked asked_text"
    " answer_until declined band offer_until offer_taken voucher_id papers",
    "WorkerVoucherView": "id request_id state code kind area category face_cents residual_cents expires_on modes"
    " token_until figures",
    "WorkerRedemptionView": "id voucher_id state provider amount_cents at",
    "ClaimDraft": "voucher_id supplier supplier_tax_id number issued_on gross_cents vat_cents traceable",
    "WorkerClaimView": "id number state draft accepted_cents asked asked_text rejected paid_on failed iban_end"
    " papers",
    "ManagerAlertView": "id number area amount_cents",
    "ManagerRequestView": "id number state name enterprise contract call_id call area category sensitive amount_cents"
    " starts_on ends_on provider note submitted_at queue_at answer_by fits taken_by mine offered confirmed score"
    " confirm_above_cents asked asked_text answer_text decided_by decided_at reason papers"
    " decides undoable by_score by_firm",
    "FirmDeciderView": "id name area amount_cents",
    "FirmDecidedView": "id",
    "PartnerVoucherView": "id valid category residual_cents initials whole_only",
    "PartnerRedemptionView": "id state category initials amount_cents at",
    "PartnerMonthView": "first count cents paid_cents",
    "CheckerClaimView": "id number state name category residual_cents draft submitted_at alike asked answer_text"
    " papers",
    "AccountantPaymentView": "id state name iban amount_cents vat_cents invoice failed",
    "LineView": "id name area enterprise total_cents reserved_cents spent_cents",
    "CoordinatorCallView": "id title state starts_on ends_on total_cents reserved_cents spent_cents person_cap_cents"
    " lines waiting open_requests proposal",
    "ProposalView": "id call_id kind by mine at terms change",
    "LiveVoucherView": "id number name enterprise category face_cents residual_cents expires_on latest busy",
    "ConfirmedChargeView": "id number name provider category amount_cents at paid batch",
    "OwedClaimView": "id number name supplier category amount_cents batch",
    "ReferentFundView": "call light as_of",
    "Profile": "name iban_end",
    "VoucherFacts": "profile calls requests vouchers redemptions claims to_decide decided for_firm firm_decided"
    " to_check to_pay budgets proposals live charged owed funds presented charges months code_blocked_until"
    " wrong_code said_aloud refused",
}
OWN = {"calls", "requests", "vouchers", "redemptions", "claims"}
ROLES: dict[str, set[str]] = {
    "giulia": OWN,
    "karim": OWN,
    "teresa": OWN,
    "elena": {"to_decide", "decided"},
    "marta": {"to_decide", "decided", "to_check", "budgets", "proposals", "live", "charged", "owed"},
    "sara": {"to_decide", "decided", "to_check", "budgets", "proposals", "live", "charged", "owed"},
    "paolo": {"presented", "charges", "months"},
    "ugo": {"to_pay"},
    "nino": {"funds"},
}
"""Which parts of the facts are ever filled for whom, beside her own name."""


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.populate()
    return made


def shapes() -> dict[str, type[Any]]:
    found = [one for of in (voucher_views, voucher_office_views, voucher_papers) for one in vars(of).values()]
    return {one.__name__: one for one in found if isinstance(one, type) and dataclasses.is_dataclass(one)}


def test_every_view_shows_exactly_the_fields_of_the_golden_list() -> None:
    assert {name: " ".join(one.name for one in dataclasses.fields(view)) for name, view in shapes().items()} == GOLDEN


def facts(world: World, person: str, text: str = "") -> VoucherFacts:
    with world.database.read() as conn:
        return voucher_facts(conn, world.database.keys, ZONE, person, text, world.at, corrects=True)


def filled(found: VoucherFacts) -> set[str]:
    return {one.name for one in dataclasses.fields(found) if getattr(found, one.name)} - {"profile"}


def a_busy_network(world: World) -> str:
    """Something of everything: open and decided requests, a voucher in use, a claim, a payment, a proposal."""
    call = world.opened(a_spec(person_cap_cents=80_000))
    voucher = world.given("giulia", call, 20_000)
    charge = world.charged(voucher, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "pay")
    world.claimed("giulia", voucher, 3_000)
    accepted = world.claimed("giulia", voucher, 2_000)
    world.does("marta", money_claiming.accept, accepted, "pay3", 2_000)
    world.asked("karim", call, 9_000, category="elder_care")
    declined = world.asked("teresa", call, 9_000)
    world.does("elena", money_deciding.decline, declined, "not_covered")
    world.does("marta", money_calls.propose_closing, "closing", call)
    return voucher


def test_each_role_gets_its_own_parts_and_no_other(world: World) -> None:
    voucher = a_busy_network(world)
    code = world.codes[voucher]
    for person in CAST:
        assert filled(facts(world, person, code)) <= ROLES[person], person
    together = set().union(*(filled(facts(world, person, code)) for person in CAST))
    assert together >= OWN | {"to_decide", "decided", "to_check", "budgets", "proposals", "presented", "charges",
                              "to_pay", "funds", "live", "charged", "owed"}  # fmt: skip


def test_whoever_has_no_role_sees_nothing(world: World) -> None:
    voucher = a_busy_network(world)
    with world.database.write() as conn:
        people.add_guest(conn, "guest", "it", NOW)
    assert filled(facts(world, "guest", world.codes[voucher])) == set()
    assert filled(facts(world, "nobody", world.codes[voucher])) == set()


def test_nobody_but_the_owner_reads_the_code_the_account_and_the_note(world: World) -> None:
    voucher = a_busy_network(world)
    secrets = {
        world.codes[voucher]: {"giulia"},
        "nota segreta": {"giulia", "karim", "teresa", "elena", "marta", "sara"},
        "Tata Inventata": {"giulia", "marta", "sara", "ugo"},
        "IT60X0542811101000000123456": {"ugo"},
        "elder_care'": {"karim", "elena", "marta", "sara"},
        "Giulia Prova": {"giulia", "elena", "marta", "sara", "ugo"},
    }
    seen = {person: repr(facts(world, person, world.codes[voucher])) for person in CAST}
    for secret, readers in secrets.items():
        assert {person for person in CAST if secret in _without_catalogue(seen[person])} == readers, secret


def _without_catalogue(text: str) -> str:
    """The facts without the list of what a call pays for, which names every category."""
    start = text.find("calls=(WorkerCallView")
    end = text.find("requests=", start)
    return text if start < 0 else text[:start] + text[end:]


def test_a_partner_reads_initials_and_what_is_left_and_nothing_of_a_voucher_that_is_over(world: World) -> None:
    voucher = a_busy_network(world)
    shown = facts(world, "paolo", f"il codice è {world.codes[voucher].lower()}").presented
    assert shown == voucher_views.PartnerVoucherView(voucher, True, "baby_sitter", 13_000, "G. P.", False)
    world.at += timedelta(days=91)
    shown = facts(world, "paolo", world.codes[voucher]).presented
    assert shown is not None and (shown.valid, shown.residual_cents) == (False, 0)
    other = facts(world, "paolo", world.code())
    assert other.presented is None and other.wrong_code
    assert not facts(world, "paolo", "buongiorno").wrong_code


def test_after_five_wrong_codes_a_partner_is_told_nothing_about_any(world: World) -> None:
    voucher = a_busy_network(world)
    for _ in range(5):
        world.does("paolo", money_redeeming.wrong_code)
    found = facts(world, "paolo", world.codes[voucher])
    assert found.presented is None and not found.wrong_code
    assert found.code_blocked_until == world.at + timedelta(hours=1)


FIRM = {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "1"}


def test_the_firms_own_manager_sees_name_area_and_amount_at_any_time(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    key = world.asked("giulia", call, 20_000, category="elder_care", notice="1")
    shown = facts(world, "nino")
    assert shown.for_firm == (voucher_views.FirmDeciderView(key, "Giulia Prova", "care", 20_000),)
    assert shown.to_decide == () and "elder_care" not in repr(shown) and "nota segreta" not in repr(shown)
    assert key not in repr(facts(world, "elena").to_decide) or "elder_care" in repr(facts(world, "elena").to_decide)
    voucher = world.granted(key, "nino")
    charge = world.charged(voucher, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "pay")
    claim = world.claimed("giulia", voucher, 3_000)
    world.does("marta", money_claiming.accept, claim, "pay2", 3_000)
    after = facts(world, "nino")
    assert after.for_firm == () and after.firm_decided == (voucher_views.FirmDecidedView(key),)
    assert filled(after) == {"firm_decided", "funds"}


def test_the_firms_own_manager_sees_nothing_of_other_firms_and_a_plain_referent_nothing_at_all(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    world.asked("karim", call, 9_000)
    with world.database.write() as conn:
        people.add_guest(conn, "rita", "it", NOW)
        people.add_membership(conn, "rita", "f2", "referent", "", NOW)
    assert filled(facts(world, "nino")) == filled(facts(world, "rita")) == {"funds"}


def test_managers_do_not_see_their_own_requests_nor_those_of_their_firm(world: World) -> None:
    with world.database.write() as conn:
        people.add_membership(conn, "marta", "f1", "worker", "employee", NOW)
    call = world.opened()
    own, colleague, other = world.asked("marta", call), world.asked("giulia", call), world.asked("karim", call)
    shown = {view.id for view in facts(world, "marta").to_decide}
    assert shown == {other} and own not in shown and colleague not in shown
    assert {view.id for view in facts(world, "elena").to_decide} == {own, colleague, other}


def test_papers_of_sensitive_requests_are_listed_only_for_who_has_the_case(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call, category="elder_care")
    world.does("elena", money_deciding.take_case, key)
    world.does("elena", money_papers.want, key, "d", "declaration")
    assert [paper.id for paper in facts(world, "elena").to_decide[0].papers] == ["d"]
    assert facts(world, "marta").to_decide[0].papers == ()


def test_a_referents_light_is_that_of_the_beginning_of_the_month(world: World) -> None:
    call = world.opened(a_spec(total_cents=40_000, budget_cents=40_000))
    world.given("giulia", call, 38_000)
    assert [fund.light for fund in facts(world, "nino").funds] == ["available"], "a live light would tell who got it"
    world.at += timedelta(days=10)
    [fund] = facts(world, "nino").funds
    assert (fund.light, fund.as_of.day) == ("finished", 1)


def test_the_worker_sees_what_is_left_to_her_and_never_what_is_left_in_the_line(world: World) -> None:
    call = world.opened(a_spec(total_cents=12_345, budget_cents=12_345))
    [shown] = facts(world, "giulia").calls
    assert shown.left_cents == 80_000 and "12345" not in repr(shown)
    world.given("giulia", call, 12_000)
    assert facts(world, "giulia").calls[0].left_cents == 68_000
