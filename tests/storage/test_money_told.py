"""Who was paid, and who was not, hears of it at once."""

from datetime import timedelta

from storage import timers
from storage.db import Database
from storage.money import claiming as money_claiming
from storage.money import paying as money_paying
from tests.storage.money_world import NOW, World


def rung(world: World) -> set[tuple[str, str, str]]:
    with world.database.read() as conn:
        due = timers.due(conn, NOW + timedelta(minutes=1))
    return {(one.person_id, one.kind, one.subject) for one in due if one.kind.startswith("voucher_claim")}


def test_a_refund_that_was_paid_or_came_back_is_told(database: Database) -> None:
    world = World(database)
    world.populate()
    call = world.opened()
    first, second = (world.claimed("giulia", world.given("giulia", call, 10_000), 5_000) for _ in range(2))
    for claim in (first, second):
        world.does("marta", money_claiming.accept, claim, f"pay {claim}", 5_000)
    assert rung(world) == set()
    world.does("ugo", money_paying.mark_paid, f"pay {first}", "CRO")
    world.does("ugo", money_paying.mark_failed, f"pay {second}", "wrong_iban")
    assert rung(world) == {
        ("giulia", "voucher_claim:paid", first),
        ("giulia", "voucher_claim:failed", second),
    }
