"""wis audit and wis export: what they print and return, and files that only their owner can read."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from storage import ledger, people, vouchers
from tests.bot.commands.command_line import Told, Wis
from tests.bot.commands.money import a_call, world_of
from tests.storage.money_world import World


def a_network(wis: Wis) -> tuple[World, str]:
    world = world_of(wis)
    with world.database.write() as conn:
        world.join(conn, "ada", "auditor", None, "", "Ada Revisora")
    call = a_call(world)
    for person in ("giulia", "karim", "teresa"):
        world.given(person, call, 7_777)
    return world, call


def exported(wis: Wis, call: str, *more: str, name: str = "dossier.zip") -> Told:
    return wis("export", "dossier", "--call", call, "--out", str(wis.folder / name), *more)


def sheets(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        book = load_workbook(io.BytesIO(package.read("dossier.xlsx")))
    return {page.title: str(list(page.values)) for page in book.worksheets}


def test_a_sound_ledger_is_said_to_be_so_with_its_last_seal(wis: Wis) -> None:
    assert "empty" in wis("audit", "verify").out
    a_network(wis)
    told = wis("audit", "verify")
    assert told.code == 0
    count, seal = told.out.splitlines()
    assert "every seal is right" in count and len(seal) == 64
    assert wis("audit", "verify", "--seal", seal).code == 0
    assert wis("audit", "rebuild").code == 0


def test_a_seal_that_is_gone_is_told(wis: Wis) -> None:
    a_network(wis)
    told = wis("audit", "verify", "--seal", "0" * 64)
    assert told.code == 1 and "not in the ledger" in told.err


def test_a_changed_row_is_found_by_its_number(wis: Wis) -> None:
    world, _ = a_network(wis)
    with world.database.write() as conn:
        conn.execute(update(ledger.LEDGER).where(ledger.LEDGER.c.seq == 3).values(reason="x"))
    told = wis("audit", "verify")
    assert told.code == 1 and "row 3" in told.err


def test_a_balance_that_the_ledger_does_not_know_is_told(wis: Wis) -> None:
    world, _ = a_network(wis)
    with world.database.write() as conn:
        conn.execute(update(vouchers.VOUCHERS).where(vouchers.VOUCHERS.c.person_id == "karim").values(used_cents=1))
    told = wis("audit", "rebuild")
    assert told.code == 1
    assert "7777, 1, 0" in told.err and "restore a backup" in told.err
    dossier = exported(wis, "Bando di prova")
    assert dossier.code == 1 and "wis audit rebuild" in dossier.err
    assert not list(wis.folder.glob("dossier.zip*"))


def test_a_dossier_is_a_private_file_and_never_written_over(wis: Wis) -> None:
    _, call = a_network(wis)
    told = exported(wis, call)
    assert told.code == 0, told.err
    assert "3 people with a voucher, 0 by name" in told.out
    path = wis.folder / "dossier.zip"
    assert path.stat().st_mode & 0o777 == 0o600
    found = sheets(path)
    assert list(found) == [
        "Riepilogo", "Indicatori", "Linee", "Richieste", "Voucher", "Utilizzi", "Rimborsi", "Spese", "Registro",
        "Documenti",
    ]  # fmt: skip
    again = exported(wis, call)
    assert again.code == 1 and "exists" in again.err
    assert list(wis.folder.glob("*.part")) == []


def test_the_auditor_draws_a_sample_that_stays(wis: Wis) -> None:
    _, call = a_network(wis)
    told = exported(wis, call, "--sample", "1", "--by", "Ada Revisora")
    assert told.code == 0, told.err
    assert "1 people were drawn" in told.out and "1 by name" in told.out
    first = sheets(wis.folder / "dossier.zip")["Campione"]
    assert sum(name in first for name in ("Giulia Prova", "Karim Finto", "Teresa Inventata")) == 1
    assert exported(wis, call, name="second.zip").code == 0
    assert sheets(wis.folder / "second.zip")["Campione"] == first
    assert "2 people were drawn" in exported(wis, call, "--sample", "all", "--by", "ada", name="all.zip").out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--sample", "1"), "who is auditor"),
        (("--sample", "1", "--by", "Marta Esempio"), "ada revisora"),
        (("--sample", "many", "--by", "ada"), "a number of people"),
        (("--sample", "0", "--by", "ada"), "a number of people"),
    ],
)
def test_who_may_not_draw_and_what_is_no_number_is_told(wis: Wis, more: tuple[str, ...], words: str) -> None:
    _, call = a_network(wis)
    told = exported(wis, call, *more)
    assert told.code == 1 and words in told.err
    assert not (wis.folder / "dossier.zip").exists()


def test_an_unknown_call_is_told(wis: Wis) -> None:
    told = exported(wis, "nothing")
    assert told.code == 1 and "wis call list" in told.err


def test_a_role_that_ended_does_not_act_any_more(wis: Wis) -> None:
    world, call = a_network(wis)
    with world.database.write() as conn:
        m = people.MEMBERSHIPS
        conn.execute(update(m).where(m.c.person_id == "ada").values(until=world.at))
    assert exported(wis, call, "--sample", "1", "--by", "ada").code == 1
