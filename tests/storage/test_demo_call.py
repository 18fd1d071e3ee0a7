"""The demonstration's call: a worker of the demonstration goes from a request to a paid voucher, then all is gone."""

from datetime import timedelta

from sqlalchemy import Connection

from conversations.call_spec import spec_from_json
from storage import (
    calls,
    demo,
    ledger,
    network,
    people,
    profiles,
    requests,
    vouchers,
)
from storage.db import Database
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    rebuild as money_rebuild,
)
from storage.money import (
    redeeming as money_redeeming,
)
from tests.storage.dump import rows
from tests.storage.money_world import IBAN, NOW, TODAY, World, a_spec

MONEY = ("call", "budget_line", "pot", "proposal", "request", "voucher", "redemption", "claim", "payment", "ledger")


def loaded(database: Database) -> dict[str, str]:
    """The ids of the demonstration's people by role; Giulia has joined with her code."""
    with database.write() as conn:
        demo.load(conn, database.keys, "needs", "1", "it", NOW)
        who = {role: people.holders(conn, role)[0] for role in ("welfare_manager", "partner", "accountant")}
        code = next(row for row in network.demo_invitations(conn) if row.role == "worker")
        used = network.use_invitation(conn, code.id, "giulia", NOW)
        World(database).join(conn, "giulia", "worker", used.enterprise_id, "employee", "Giulia Prova")
        who["first"], who["second"] = people.holders(conn, "coordinator")
    return who


def story(world: World, who: dict[str, str], call: str) -> str:
    """A voucher that is charged in part, refunded in part and paid; its id."""
    request = world.asked("giulia", call, 20_000)
    voucher = world.granted(request, who["welfare_manager"])
    charge, payment = world.charged(voucher, 5_000, who["partner"]), world.new("pay")
    world.does("giulia", money_redeeming.confirm, charge, payment)
    world.does(who["accountant"], money_paying.mark_paid, payment, "CRO")
    claim = world.claimed("giulia", voucher, 6_000)
    world.does(who["first"], money_claiming.accept, claim, world.new("pay"), 6_000)
    return voucher


def test_it_is_open_around_today_with_the_terms_of_the_example(database: Database) -> None:
    loaded(database)
    with database.read() as conn:
        (row,) = calls.calls_in(conn, "open")
    spec = spec_from_json(row.spec)
    assert row.demo and row.title.endswith("(demo)")
    assert spec.starts_on < TODAY < spec.ends_on
    assert (spec.budget_cents, spec.person_cap_cents) == (2_400_000, 80_000)


def test_the_whole_story_can_be_told_with_its_people(database: Database) -> None:
    who = loaded(database)
    with database.read() as conn:
        (row,) = calls.calls_in(conn, "open")
        assert profiles.profile_of(conn, who["partner"]).iban == IBAN
    voucher = story(World(database), who, row.id)
    with database.read() as conn:
        held = vouchers.voucher_by_id(conn, voucher)
        assert held is not None and (held.state, held.used_cents) == ("partly_used", 11_000)
        assert ledger.verify(conn) is None and money_rebuild.differences(conn) == []


def test_removed_nothing_of_its_money_is_left(database: Database) -> None:
    who = loaded(database)
    with database.read() as conn:
        (row,) = calls.calls_in(conn, "open")
    story(World(database), who, row.id)
    with database.write() as conn:
        people.add_guest(conn, "real", "it", NOW)
        demo.remove(conn, NOW + timedelta(hours=1))
    left = rows(database)
    assert {name: left[name] for name in MONEY} == {name: [] for name in MONEY}
    with database.read() as conn:
        assert ledger.verify(conn) is None
    assert not [timer for timer in left["timer"] if "voucher_" in str(timer)]


def test_a_call_that_its_people_opened_goes_with_it(database: Database) -> None:
    who = loaded(database)
    world = World(database)
    with database.read() as conn:
        assert len(calls.calls_in(conn, "open")) == 1
    world.does(who["first"], money_calls.propose, "prop", "another", a_spec())
    with database.write() as conn:
        demo.remove(conn, NOW)
        assert calls.all_calls(conn) == []


def test_beside_a_real_call_it_is_closed_and_the_ledger_stays_whole(database: Database) -> None:
    who = loaded(database)
    world = World(database)
    with database.read() as conn:
        (row,) = calls.calls_in(conn, "open")
    story(world, who, row.id)
    with database.write() as conn:
        world.join(conn, "marta", "coordinator", None, "", "Marta Vera")
        world.join(conn, "sara", "coordinator", None, "", "Sara Vera")
        # they came with codes of their own
        for name in ("marta", "sara"):
            real_code(conn, name)
    real = world.opened(a_spec(title="Bando vero"))
    with database.write() as conn:
        demo.remove(conn, NOW + timedelta(hours=1))
        states = {one.id: one.state for one in calls.all_calls(conn)}
        assert states == {row.id: "closed", real: "open"}
        assert ledger.verify(conn) is None and money_rebuild.differences(conn) == []
        assert [one.provider for one in requests.requests_in_call(conn, row.id, frozenset({"approved"}))] == [""]
        assert profiles.profiles_of(conn, [*who.values(), "giulia"]).keys() <= {"giulia"}


def real_code(conn: Connection, person: str) -> None:
    """She joined with a real code."""
    network.add_invitation(
        conn, key=f"code {person}", code_hash=f"hash {person}", enterprise_id=None, role="coordinator", contract="",
        at=NOW, expires_at=NOW + timedelta(days=9),
    )  # fmt: skip
    network.use_invitation(conn, f"code {person}", person, NOW)
