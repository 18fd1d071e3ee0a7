"""wis payments: to the bank's file and back, each payment once, nobody pays what she approved, VAT apart."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

import pytest

from conversations.call_spec import LineSpec
from conversations.rules.spreadsheets import harmless
from conversations.voucher_papers import ClaimDraft
from storage import payments, people
from storage.money import claiming as money_claiming
from storage.money import paying as money_paying
from tests.bot.commands.command_line import Told, Wis
from tests.bot.commands.money import a_call, world_of
from tests.storage.money_world import IBAN, World

UGO = ("--by", "Ugo Conti", "--yes")
OURS = {"PAYMENTS_IBAN": "IT60 X054 2811 1010 0000 0123 456", "ASSOCIATION_NAME": "Associazione di Prova"}


def owed(world: World, *cents: int, person: str = "giulia", number: str = "") -> list[str]:
    """The ids of payments of accepted claims of these amounts."""
    call, found = a_call(world), []
    for amount in cents:
        world.at += timedelta(seconds=1)
        voucher = world.given(person, call, max(amount, 5_000))
        claim = world.claimed(person, voucher, amount, number or world.new("F"))
        key = world.new("pay")
        world.does("marta", money_claiming.accept, claim, key, amount)
        found.append(key)
    return found


def made(wis: Wis, *more: str, **env: str) -> tuple[Told, str]:
    told = wis("payments", "batch", *UGO, "--out", str(wis.folder / "bank"), *more, **{**OURS, **env})
    name = re.search(r"WIS-\d{8}-\d{6}", told.out)
    return told, name[0] if name else ""


def read(wis: Wis, name: str) -> tuple[list[dict[str, str]], ET.Element]:
    text = (wis.folder / "bank" / f"{name}.csv").read_bytes().decode("utf-8-sig")
    tree = ET.parse(wis.folder / "bank" / f"{name}.xml")
    return list(csv.DictReader(io.StringIO(text), delimiter=";")), tree.getroot()


def every(root: ET.Element, name: str) -> list[str]:
    return [node.text or "" for node in root.iter() if node.tag.endswith("}" + name)]


def test_a_batch_is_a_table_and_the_banks_file_of_the_same_payments(wis: Wis) -> None:
    world = world_of(wis)
    first, second = owed(world, 10_001, 5_055)
    told, name = made(wis)
    assert told.code == 0, told.err
    assert "2 payments, 150.56 EUR" in told.out
    rows, root = read(wis, name)
    assert [row["payment"] for row in rows] == [first, second, ""]
    assert [row["amount"] for row in rows] == ["100,01", "50,55", "150,56"]
    # 70 % of 100.01 is 70.007: the odd cent goes where the larger remainder is, of two equal ones to the first
    assert [(row["regione"], row["associazione"]) for row in rows] == [
        ("70,01", "30,00"), ("35,39", "15,16"), ("105,40", "45,16"),
    ]  # fmt: skip
    assert every(root, "MsgId") == every(root, "PmtInfId") == [name]
    assert every(root, "InstdAmt") == ["100.01", "50.55"]
    assert every(root, "CtrlSum") == ["150.56", "150.56"]
    assert every(root, "EndToEndId") == [row["reference"] for row in rows[:2]]
    assert every(root, "IBAN") == [IBAN, IBAN, IBAN]
    assert "pain.001.001.09" in root.tag
    assert "Tata" not in (wis.folder / "bank" / f"{name}.xml").read_text(), "the bank learns nothing of the service"
    mode = {path.stat().st_mode & 0o777 for path in (wis.folder / "bank").iterdir()}
    assert mode == {0o600}


def test_the_older_schema_is_made_on_demand_and_an_unknown_one_refused(wis: Wis) -> None:
    owed(world_of(wis), 6_000)
    assert "one of pain.001.001.09" in made(wis, "--schema", "pain.999")[0].err
    told, name = made(wis, "--schema", "pain.001.001.03", "--on", "2099-12-31")
    assert told.code == 0, told.err
    root = read(wis, name)[1]
    assert "pain.001.001.03" in root.tag and every(root, "ReqdExctnDt") == ["2099-12-31"]


def test_a_payment_goes_out_once_and_failed_ones_again(wis: Wis) -> None:
    world = world_of(wis)
    one, two = owed(world, 6_000, 7_000)
    name = made(wis)[1]
    again = wis("payments", "batch", *UGO, **OURS)
    assert again.code == 1 and "nothing to put in a file" in again.err
    failed = wis("payments", "failed", two, *UGO, "--reason", "wrong_iban")
    assert failed.code == 0 and "1 payments failed" in failed.out
    assert "pay_failed wrong_iban" in wis("payments", "list").out
    world.does("giulia", money_paying.save_iban, IBAN)
    assert wis("payments", "paid", name, *UGO, "--reference", "CRO 1").code == 0
    with world.database.read() as conn:
        rows = {key: payments.payment_by_id(conn, key) for key in (one, two)}
    assert {key: row and row.state for key, row in rows.items()} == {one: "paid", two: "to_pay"}
    assert rows[one] and rows[one].reference == "CRO 1"


def test_marking_twice_does_no_harm_and_all_or_none_is_marked(wis: Wis) -> None:
    world = world_of(wis)
    one, two = owed(world, 6_000, 7_000)
    missing = wis("payments", "paid", one, "nonsense", *UGO)
    assert missing.code == 1 and "no payment or batch nonsense" in missing.err
    assert wis("payments", "failed", two, *UGO, "--reason", "bank_refused").code == 0
    half = wis("payments", "paid", one, two, *UGO)
    assert half.code == 1 and two in half.err and "Nothing was marked" in half.err
    assert "to_pay" in wis("payments", "list").out
    assert wis("payments", "again", two, "--by", "ugo").code == 0
    assert wis("payments", "paid", one, two, *UGO).code == 0
    assert "already" in wis("payments", "paid", one, two, *UGO).out
    assert "Nothing is to be paid" in wis("payments", "list").out
    assert wis("payments", "list", "--all").out.count("\tpaid\t") == 2


def test_nobody_pays_what_she_approved_above_200_euro(wis: Wis) -> None:
    world = world_of(wis)
    with world.database.write() as conn:
        world.join(conn, "vera", "accountant", None, "", "Vera Conti")
        people.add_membership(conn, "marta", None, "accountant", "", world.at)
    small, large = owed(world, 20_000, 20_001)
    marta = ("--by", "Marta Esempio", "--yes")
    told = wis("payments", "batch", *marta, "--out", "bank", **OURS)
    assert told.code == 0 and "1 payments" in told.out
    assert large in told.err and "200 euro" in told.err
    refused = wis("payments", "paid", small, large, *marta)
    assert refused.code == 1 and "200 euro" in refused.err
    assert "\tpaid\t" not in wis("payments", "list", "--all").out
    assert wis("payments", "paid", small, *marta).code == 0
    assert wis("payments", "paid", large, "--by", "Vera", "--yes").code == 0, "one first name is enough"


def test_who_has_no_account_is_told_and_left_out(wis: Wis) -> None:
    world = world_of(wis)
    key, = owed(world, 6_000)
    with world.database.write() as conn:
        payments.name_account(conn, "giulia", frozenset({"to_pay"}), {"iban": ""})
    told, _ = made(wis)
    assert told.code == 1
    assert key in told.err and "no account yet" in told.err
    assert "\tnone\t" in wis("payments", "list").out
    assert "no account number" in wis("payments", "paid", key, *UGO).err


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        ((), {"PAYMENTS_IBAN": ""}, "PAYMENTS_IBAN"),
        ((), {"PAYMENTS_IBAN": "IT60X0542811101000000123457"}, "PAYMENTS_IBAN"),
        (("--on", "domani"), {}, "2026-12-31"),
        (("--on", "2020-01-01"), {}, "over already"),
        (("--by", "Giulia Prova"), {}, "ugo conti"),
    ],
)
def test_what_cannot_be_done_is_told(wis: Wis, options: tuple[str, ...], env: dict[str, str], words: str) -> None:
    owed(world_of(wis), 6_000)
    told, _ = made(wis, *options, **env)
    assert told.code == 1
    assert words in told.err
    assert not list(wis.folder.glob("bank/*"))


def test_a_reason_outside_the_list_is_refused(wis: Wis) -> None:
    told = wis("payments", "failed", "x", *UGO, "--reason", "no mood")
    assert told.code == 1 and "wrong_iban" in told.err


def test_nothing_happens_without_yes_and_nothing_to_pay_is_said(wis: Wis) -> None:
    world = world_of(wis)
    assert "Nothing is to be paid" in wis("payments", "list").out
    owed(world, 6_000)
    told = wis("payments", "batch", *UGO[:2], "--out", "bank", **OURS)
    assert told.code == 1 and "--yes" in told.err
    assert made(wis)[0].code == 0


def test_names_that_look_like_formulas_do_nothing_in_a_spreadsheet(wis: Wis) -> None:
    world = world_of(wis)
    owed(world, 6_000, number="=cmd()")
    with world.database.write() as conn:
        payments.name_account(conn, "giulia", frozenset({"to_pay"}), {"name": '=HYPERLINK("x")'})
    rows, root = read(wis, made(wis)[1])
    assert rows[0]["name"] == "'=HYPERLINK(\"x\")"
    assert not [value for row in rows for value in row.values() if value[:1] in set("=+-@\t")]
    assert every(root, "Nm")[-1] == "HYPERLINK( x )"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "＝1", "|x", "%x"])
def test_what_begins_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Giulia", "a=b", "1-2", "  ", "è"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_signs_nobody_sees_are_gone() -> None:
    assert harmless("a\x00b\x1b\ud800") == "ab"


def test_lines_of_one_source_and_vat_apart(wis: Wis, tmp_path: Path) -> None:
    world = world_of(wis)
    call = a_call(world, lines=(LineSpec("solo", 100_000, (("comune", 1),)),))
    voucher = world.given("giulia", call, 12_200)
    key, claim = world.new("pay"), world.new("claim")
    receipt = ClaimDraft(voucher, "Tata Inventata", "", "F99", world.at.date(), 12_200, 2_200, "card")
    world.does("giulia", money_claiming.save, claim, receipt)
    world.does("giulia", money_claiming.submit, claim)
    world.does("marta", money_claiming.accept, claim, key, 6_100)
    rows, _ = read(wis, made(wis)[1])
    assert (rows[0]["amount"], rows[0]["of which VAT"], rows[0]["net"]) == ("61,00", "11,00", "50,00")
    assert rows[0]["comune"] == "61,00"
