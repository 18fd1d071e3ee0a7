"""T7, P12 and P13 for vouchers: erased people leave sums without names; copies hold one's own; terms are kept."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from conversations.events import Sent
from conversations.voucher_papers import ClaimDraft
from storage import (
    papers,
    people,
    profiles,
    requests,
    vouchers,
)
from storage.claims import CLAIMS
from storage.crypto import KeyRing, new_key
from storage.db import Database
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
    paying as money_paying,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.money import (
    requests as money_requests,
)
from storage.money import (
    vouchers as money_vouchers,
)
from storage.papers import PAPERS
from storage.payments import PAYMENTS
from storage.pots import POTS
from storage.privacy import drop_guest, erase, export
from storage.retention import retain
from storage.vouchers import PRESENTATIONS, VOUCHERS
from tests.storage.dump import opened, raw
from tests.storage.money_checks import breaches
from tests.storage.money_world import IBAN, World, a_spec

PHOTO = Sent("photo", "telegram-ref", "image/jpeg", "scontrino-di-giulia.jpg")


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.populate()
    return made


def a_life(world: World, call: str) -> dict[str, str]:
    """Something of Giulia's in every table and state."""
    used = world.given("giulia", call, 20_000)
    charge = world.charged(used, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "pay-charge")
    world.does("ugo", money_paying.mark_paid, "pay-charge", "bonifico")
    paid, owed, open_ = (world.claimed("giulia", used, cents) for cents in (3_000, 2_000, 1_000))
    for claim, payment, cents in ((paid, "pay-paid", 3_000), (owed, "pay-owed", 2_000)):
        world.does("marta", money_claiming.accept, claim, payment, cents)
    world.does("ugo", money_paying.mark_paid, "pay-paid", "bonifico")
    draft = world.new("claim")
    world.does("giulia", money_claiming.save, draft, ClaimDraft(used, "Tata Bozza"))
    asked = world.asked("giulia", call, 6_000)
    world.does("giulia", money_papers.add, asked, "paper-asked", "quote", PHOTO, "telegram")
    world.does("elena", money_deciding.ask, asked, "details", "domanda riservata", True)
    world.does("giulia", money_requests.answer, asked, "risposta riservata")
    unused = world.given("giulia", call, 7_000)
    started = world.charged(unused, 1_000)
    return {"used": used, "paid": paid, "owed": owed, "open": open_, "asked": asked, "unused": unused,
            "started": started, "draft": draft}  # fmt: skip


def money(world: World) -> list[tuple[int, int]]:
    with world.database.read() as conn:
        rows = conn.execute(select(POTS.c.reserved_cents, POTS.c.spent_cents).where(POTS.c.kind != "person"))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_nothing_of_hers_can_be_read_on_the_disk(world: World) -> None:
    call = world.opened()
    life = a_life(world, call)
    code = world.codes[life["used"]]
    disk = raw(world.database)
    assert b"Bando di prova" in disk, "a search that finds nothing proves nothing"
    for secret in ("Giulia Prova", IBAN, code, code.replace("-", ""), "nota segreta", "domanda riservata",
                   "risposta riservata", "Tata Inventata", "scontrino-di-giulia", "Nido Inventato"):  # fmt: skip
        assert secret.encode() not in disk, secret
    seen = opened(world.database)
    for shown in ("Giulia Prova", IBAN, code, "nota segreta", "risposta riservata", "scontrino-di-giulia"):
        assert shown in seen, shown


def test_a_code_and_a_picture_are_found_by_hashes_that_nobody_makes_without_the_key(world: World) -> None:
    key = world.given("giulia", world.opened())
    world.does("giulia", money_vouchers.present, key, "token")
    others = KeyRing.parse(new_key())
    with world.database.read() as conn:
        code = conn.execute(select(VOUCHERS.c.code_hash).where(VOUCHERS.c.id == key)).scalar_one()
        token = conn.execute(select(PRESENTATIONS.c.token_hash)).scalar_one()
    said = world.codes[key]
    ours = world.database.keys
    assert (code, token) == (ours.hash("voucher", said), ours.hash("presentation", "token"))
    assert (code, token) != (others.hash("voucher", said), others.hash("presentation", "token"))
    plain = {sha256(form.encode()).hexdigest() for form in (said, said.replace("-", ""))}
    assert not any(one in code for one in plain)


def test_an_erased_person_leaves_the_sums_and_no_word(world: World) -> None:
    call = world.opened()
    life = a_life(world, call)
    with world.database.write() as conn:
        erase(conn, "giulia", world.at)
    seen = opened(world.database)
    for gone in ("Giulia Prova", world.codes[life["used"]], world.codes[life["unused"]], "nota segreta",
                 "domanda riservata", "risposta riservata", "scontrino-di-giulia", "Tata Bozza", "Nido Inventato",
                 "telegram:giulia"):  # fmt: skip
        shown = seen.replace("'name': 'Giulia Prova'", "", 1) if gone == "Giulia Prova" else seen
        assert gone not in shown, gone
    with world.database.read() as conn:
        assert breaches(conn) == []
        states = {key: conn.execute(select(VOUCHERS.c.state).where(VOUCHERS.c.id == life[key])).scalar()
                  for key in ("used", "unused")}  # fmt: skip
        assert states == {"used": "released", "unused": "released"}
        claims = {row.id: row.state for row in conn.execute(select(CLAIMS.c.id, CLAIMS.c.state))}
        assert claims == {life["paid"]: "paid", life["owed"]: "to_pay", life["open"]: "withdrawn"}
        asked = requests.request_by_id(conn, life["asked"])
        assert asked is not None and (asked.state, asked.note) == ("withdrawn", "")
        paid = conn.execute(select(PAYMENTS.c.name, PAYMENTS.c.iban).where(PAYMENTS.c.id == "pay-paid")).one()
        owed = conn.execute(select(PAYMENTS.c.name, PAYMENTS.c.iban).where(PAYMENTS.c.id == "pay-owed")).one()
        assert tuple(paid) == ("", "") and tuple(owed) == ("Giulia Prova", IBAN)
        partner = conn.execute(select(PAYMENTS.c.name).where(PAYMENTS.c.id == "pay-charge")).scalar_one()
        assert partner == "Paolo Baby Parking"
        spent = [row.spent_cents for row in conn.execute(select(POTS).where(POTS.c.kind == "call"))]
        held = [row.reserved_cents for row in conn.execute(select(POTS).where(POTS.c.kind == "call"))]
        assert (spent, held) == ([10_000], [0]), "what was spent stays, what was not is free"


def test_what_is_still_owed_is_paid_and_then_nameless(world: World) -> None:
    a_life(world, world.opened())
    with world.database.write() as conn:
        erase(conn, "giulia", world.at)
    world.does("ugo", money_paying.mark_paid, "pay-owed", "bonifico")
    with world.database.read() as conn:
        row = conn.execute(select(PAYMENTS).where(PAYMENTS.c.id == "pay-owed")).one()
        assert (row.state, row.name, row.iban, row.amount_cents) == ("paid", "", "", 2_000)
        assert breaches(conn) == []
        assert "Giulia" not in opened(world.database)


def test_what_she_gives_back_by_being_erased_goes_to_who_waits(world: World) -> None:
    call = world.opened(a_spec(total_cents=20_000))
    world.given("giulia", call, 20_000)
    waits = world.asked("karim", call, 20_000)
    world.does("elena", money_deciding.waitlist, waits)
    with world.database.write() as conn:
        erase(conn, "giulia", world.at)
        found = requests.request_by_id(conn, waits)
        assert found is not None and found.held_cents == 20_000


def test_an_erased_manager_or_partner_leaves_her_decisions_and_charges(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    world.does("giulia", money_redeeming.confirm, world.charged(key, 2_000), "pay")
    world.charged(key, 3_000)
    taken = world.asked("karim", call)
    world.does("elena", money_deciding.take_case, taken)
    with world.database.write() as conn:
        for person in ("elena", "paolo"):
            erase(conn, person, world.at)
        assert breaches(conn) == []
        found = requests.request_by_id(conn, taken)
        assert found is not None and found.taken_by == ""
    with world.database.read() as conn:
        assert "Elena Immaginaria" not in opened(world.database)
        row = vouchers.voucher_by_id(conn, key)
        assert row is not None and row.used_cents == 2_000


def test_requests_sent_to_an_erased_decider_are_the_associations(world: World) -> None:
    firm = {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "1"}
    key = world.asked("giulia", world.opened(a_spec(**firm)), notice="1")
    with world.database.write() as conn:
        erase(conn, "nino", world.at)
    world.granted(key, "elena")


def test_her_copy_holds_all_of_hers_and_nothing_of_others(world: World) -> None:
    call = world.opened()
    life = a_life(world, call)
    world.asked("karim", call)
    with world.database.read() as conn:
        copy = export(conn, "giulia").decode()
    data = json.loads(copy)
    assert [row["iban"] for row in data["name_and_account"]] == [IBAN]
    assert len(data["requests"]) == 3 and len(data["vouchers"]) == 2 and len(data["charges_on_your_vouchers"]) == 2
    assert len(data["claims"]) == 4 and len(data["payments_to_you"]) == 2 and len(data["documents"]) == 1
    for own in ("nota segreta", "risposta riservata", world.codes[life["used"]], "Impresa f1", "Tata Inventata"):
        assert own in copy, own
    for other in ("karim", "elena", "marta", "paolo", "ugo", "Elena", "Paolo", "telegram-ref", "fingerprint"):
        assert other not in copy, other


DAY = timedelta(days=1)


def after(world: World, wait: timedelta) -> None:
    with world.database.write() as conn:
        retain(conn, world.at + wait)


def test_what_was_refused_loses_person_and_words_after_a_year_and_not_before(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    world.does("giulia", money_papers.add, key, "paper", "quote", PHOTO, "telegram")
    world.does("elena", money_deciding.decline, key, "not_covered")
    granted = world.given("karim", call)
    after(world, 365 * DAY)
    with world.database.read() as conn:
        row = requests.request_by_id(conn, key)
        assert row is not None and row.person_id == "giulia" and row.note == "nota segreta"
    after(world, 367 * DAY)
    with world.database.read() as conn:
        row, other = requests.request_by_id(conn, key), vouchers.voucher_by_id(conn, granted)
        assert row is not None and (row.person_id, row.note, row.provider, row.decided_by) == ("gone", "", "", "")
        assert row.state == "declined" and row.amount_cents == 20_000
        assert papers.paper_by_id(conn, "paper") is None
        assert other is not None and other.person_id == "karim"
        assert breaches(conn) == []


def test_drafts_go_after_ninety_days_with_their_papers(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    world.does("giulia", money_claiming.save, "draft", ClaimDraft(key, "Tata"))
    world.does("giulia", money_papers.add, "draft", "paper", "receipt", PHOTO, "telegram")
    after(world, 89 * DAY)
    with world.database.read() as conn:
        assert conn.execute(select(CLAIMS.c.id)).scalars().all() == ["draft"]
    after(world, 91 * DAY)
    with world.database.read() as conn:
        assert conn.execute(select(CLAIMS.c.id)).all() == conn.execute(select(PAPERS.c.id)).all() == []


def test_names_and_accounts_of_payments_go_after_ten_years_and_the_sums_stay(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    claim = world.claimed("giulia", key, 4_000)
    world.does("giulia", money_papers.add, claim, "receipt", "receipt", PHOTO, "telegram")
    world.does("marta", money_claiming.accept, claim, "pay", 4_000)
    world.does("ugo", money_paying.mark_paid, "pay", "bonifico")
    before = money(world)
    after(world, 3_652 * DAY)
    with world.database.read() as conn:
        row = conn.execute(select(PAYMENTS)).one()
        assert (row.name, row.iban) == ("Giulia Prova", IBAN)
    after(world, 3_655 * DAY)
    with world.database.read() as conn:
        row = conn.execute(select(PAYMENTS)).one()
        assert (row.name, row.iban, row.invoice, row.amount_cents, row.state) == ("", "", "", 4_000, "paid")
        assert papers.paper_by_id(conn, "receipt") is None
        assert breaches(conn) == []
    assert money(world) == before


def test_a_guest_who_joins_her_other_chat_leaves_no_name_behind(world: World) -> None:
    with world.database.write() as conn:
        people.add_guest(conn, "guest", "it", world.at)
        profiles.keep(conn, "guest", world.at, name="Giulia")
        drop_guest(conn, "guest", "giulia")
        assert not people.exists(conn, "guest") and profiles.profile_of(conn, "guest").name == ""

