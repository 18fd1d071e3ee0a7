"""wis voucher: what is in use is listed, taken back, extended and undone, and whoever is concerned is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from storage import payments, people, vouchers
from storage.money import claiming as money_claiming
from storage.money import redeeming as money_redeeming
from storage.outbox import OUTBOX
from tests.bot.commands.command_line import Wis
from tests.bot.commands.money import a_call, world_of
from tests.storage.money_world import World

MARTA = ("--by", "Marta Esempio", "--yes")


def told(world: World, person: str) -> str:
    """What waits in the outbox for her."""
    with world.database.read() as conn:
        rows = conn.execute(select(OUTBOX.c.body).where(OUTBOX.c.person_id == person)).scalars()
        return " ".join(str(row) for row in rows)


def voucher(world: World, key: str) -> Any:
    with world.database.read() as conn:
        return vouchers.voucher_by_id(conn, key)


def test_vouchers_in_use_are_listed_and_one_is_taken_back(wis: Wis) -> None:
    world = world_of(wis)
    assert "No voucher is in use." in wis("voucher", "list").out
    call = a_call(world)
    key, other = world.given("giulia", call), world.given("karim", call, 5_000)
    rows = {row.split("\t")[0]: row.split("\t") for row in wis("voucher", "list").out.splitlines()}
    assert set(rows) == {key, other}
    assert rows[key][2:7] == ["Giulia Prova", "Impresa f1", "baby_sitter", "200.00", "200.00"]
    done = wis("voucher", "revoke", rows[key][1], *MARTA, "--reason", "left_the_firm")
    assert done.code == 0 and "Giulia Prova was taken back" in done.out
    assert voucher(world, key).state == "revoked"
    assert "voucher_notice.revoked" in told(world, "giulia") and told(world, "karim") == ""
    assert "none such" in wis("voucher", "revoke", key, *MARTA, "--reason", "fraud").err


def test_a_voucher_is_extended_within_what_the_call_pays(wis: Wis) -> None:
    world = world_of(wis)
    last = datetime.now(UTC).date() + timedelta(days=200)
    key = world.given("giulia", a_call(world, uses_until=last))
    why = ("--reason", "our_delay")
    assert "is no date" in wis("voucher", "extend", key, "--to", "domani", *MARTA, *why).err
    assert "already: write a later day" in wis("voucher", "extend", key, "--to", "2026-01-01", *MARTA, *why).err
    beyond = str(last + timedelta(days=1))
    assert f"nothing after {last}" in wis("voucher", "extend", key, "--to", beyond, *MARTA, *why).err
    assert wis("voucher", "extend", key, "--to", str(last), *MARTA, *why).code == 0
    assert voucher(world, key).expires_on == last
    assert "voucher_notice.extended" in told(world, "giulia")


def test_a_charge_and_an_accepted_refund_are_undone_and_everybody_is_told(wis: Wis) -> None:
    world = world_of(wis)
    key = world.given("giulia", a_call(world))
    charge, claim = world.charged(key, 4_000), world.claimed("giulia", key, 3_000)
    world.does("giulia", money_redeeming.confirm, charge, "pay1")
    world.does("marta", money_claiming.accept, claim, "pay2", 3_000)
    with world.database.write() as conn:
        payments.name_batch(conn, ["pay2"], "WIS-1")
    rows = [row.split("\t") for row in wis("voucher", "uses").out.splitlines()]
    assert [(row[0], row[2], row[5], row[6]) for row in rows] == [
        (charge, "charge", "40.00", ""),
        (claim, "refund", "30.00", "WIS-1"),
    ]
    for one in (charge, claim):
        assert wis("voucher", "undo", one, *MARTA, "--reason", "wrong_amount").code == 0
    assert voucher(world, key).used_cents == 0
    assert "charge_corrected" in told(world, "giulia") and "claim_corrected" in told(world, "giulia")
    assert "own_charge_corrected" in told(world, "paolo")
    assert "to_stop" in told(world, "ugo")
    assert "nothing that can be undone" in wis("voucher", "uses").out


def test_the_bank_may_have_paid_what_was_undone_after_its_file(wis: Wis) -> None:
    world = world_of(wis)
    key = world.given("giulia", a_call(world))
    for number, claim in enumerate(world.claimed("giulia", key, 3_000) for _ in range(2)):
        world.does("marta", money_claiming.accept, claim, f"pay{number}", 3_000)
    with world.database.write() as conn:
        payments.name_batch(conn, ["pay0", "pay1"], "WIS-1")
        first = payments.payment_by_id(conn, "pay0")
    assert first is not None
    wis("voucher", "undo", first.claim_id, *MARTA, "--reason", "wrong_amount")
    done = wis("payments", "paid", "WIS-1", "--by", "Ugo Conti", "--yes")
    assert done.code == 0 and "1 payments, 30.00 EUR, are paid." in done.out
    assert "pay0, 30.00 EUR to Giulia Prova, was undone after the file was made" in done.err


def test_a_wrong_reason_a_stranger_and_her_own_firm_are_refused(wis: Wis) -> None:
    world = world_of(wis)
    key = world.given("giulia", a_call(world))
    assert "The reason is one of fraud" in wis("voucher", "revoke", key, *MARTA, "--reason", "noia").err
    assert "Who is 'Elena Immaginaria'?" in wis(
        "voucher", "revoke", key, "--by", "Elena Immaginaria", "--yes", "--reason", "fraud"
    ).err  # fmt: skip
    with world.database.write() as conn:
        people.add_membership(conn, "marta", "f1", "worker", "employee", world.at)
    assert "Somebody else must" in wis("voucher", "revoke", key, *MARTA, "--reason", "fraud").err
    world.claimed("giulia", key, 3_000)
    sara = ("--by", "Sara Esempio", "--yes")
    assert "still being checked" in wis("voucher", "revoke", key, *sara, "--reason", "fraud").err
    assert voucher(world, key).state == "issued" and told(world, "giulia") == ""
