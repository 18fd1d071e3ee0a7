"""The dossier: opened with openpyxl its sums are the ledger's to the cent, and nobody is named before a sample is."""

import io
import zipfile
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import update

from conversations.call_spec import LineSpec
from conversations.events import Sent
from conversations.rules.tickets import ticket_number
from conversations.voucher_papers import ClaimDraft
from storage import (
    calls,
    dossier,
    ledger,
    papers,
    privacy,
    profiles,
    vouchers,
)
from storage.db import Database
from storage.dossier_rows import read_book
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    papers as money_papers,
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
from tests.storage.money_world import NOW, TODAY, ZONE, World, a_spec

PICTURE = b"\xff\xd8\xff a receipt"
NAMES = ("Giulia", "Karim", "Teresa", "Marta", "Elena", "Ugo")
SECRETS = (*NAMES, "nota segreta", "IT60", "Tata Inventata")


class Opened:
    """The dossier of a call: its sheets as rows of cells by heading, and its documents."""

    def __init__(self, world: World, call: str) -> None:
        out, self.steps = io.BytesIO(), 0
        self.total = 0
        with world.database.read() as conn:
            row = calls.call_by_id(conn, call)
            assert row is not None
            self.made = dossier.write(conn, world.database.keys, ZONE, row, out, NOW, self._begun, self._step)
        with zipfile.ZipFile(out) as package:
            self.files = {name: package.read(name) for name in package.namelist()}
        self.raw = self.files.pop("dossier.xlsx")
        self.sheets: dict[str, list[dict[str, Any]]] = {}
        book: Workbook = load_workbook(io.BytesIO(self.raw))
        for page in book.worksheets:
            lines = list(page.iter_rows(values_only=True))
            self.sheets[page.title] = [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]]
        cells = [cell for page in book.worksheets for row in page for cell in row]
        self.formulas = [cell.value for cell in cells if cell.data_type == "f"]

    def _begun(self, total: int) -> None:
        self.total = total

    def _step(self) -> None:
        self.steps += 1

    def cents(self, sheet: str, column: str) -> int:
        return sum(round(float(row[column] or 0) * 100) for row in self.sheets[sheet])

    @property
    def summary(self) -> dict[str, Any]:
        return {row["voce"]: row["valore"] for row in self.sheets["Riepilogo"]}

    @property
    def text(self) -> str:
        return str(self.sheets)


def a_story(database: Database) -> tuple[World, str]:
    """Odd amounts through every kind of use: charges, claims with VAT, one failed, one reversed, one given back."""
    world = World(database)
    world.populate()
    lines = (LineSpec("cura", 60_000, area="care"), LineSpec("tempo", 40_000, (("comune", 1),), area="time"))
    call = world.opened(a_spec(lines=lines, cup="B11J22000010001"))
    one = world.given("giulia", call, 20_001)
    two = world.given("karim", call, 10_007, category="cleaning", area="time")
    world.given("teresa", call, 7_777)
    for cents in (3_333, 1_001):
        charge = world.charged(one, cents)
        world.does("giulia", money_redeeming.confirm, charge, world.new("pay"))
    world.does("marta", money_redeeming.reverse, charge, "wrong_amount")
    claim, payment = world.new("claim"), world.new("pay")
    receipt = ClaimDraft(one, "Tata Inventata", "", "=F 1", TODAY, 8_641, 1_555, "card")
    world.does("giulia", money_claiming.save, claim, receipt)
    photo = Sent("photo", "ref-1", "image/jpeg", "giulia.jpg", 10)
    world.does("giulia", money_papers.add, claim, "paper1", "receipt", photo, "telegram")
    world.does("giulia", money_claiming.submit, claim)
    world.does("marta", money_claiming.accept, claim, payment, 8_641)
    world.does("ugo", money_paying.mark_paid, payment, "CRO 1")
    other, failed = world.claimed("karim", two, 4_567), world.new("pay")
    world.does("sara", money_claiming.accept, other, failed, 4_567)
    world.does("ugo", money_paying.mark_failed, failed, "wrong_iban")
    with database.write() as conn:
        papers.keep_paper(conn, "paper1", PICTURE)
    return world, call


def test_its_sums_are_the_ledgers_to_the_cent(database: Database) -> None:
    world, call = a_story(database)
    found = Opened(world, call)
    with database.read() as conn:
        rebuilt = money_rebuild.rebuild(conn)
        head = list(ledger.rows(conn))[-1]
    worth: Counter[str] = Counter()
    by_source: dict[str, int] = defaultdict(int)
    for (name, subject), cents in rebuilt.worth.items():
        worth[name] += cents if name != "amount" or ("payment", subject) in rebuilt.states else 0
        if name.startswith("part ") and rebuilt.states["payment", subject] != "cancelled":
            by_source[name.removeprefix("part ")] += cents
    for column, name in (("valore", "face"), ("usato", "used"), ("restituito", "returned")):
        assert found.cents("Voucher", column) == worth[name] > -1
    assert worth["used"] == 3_333 + 8_641 + 4_567
    assert found.cents("Spese", "importo") == worth["amount"]
    for source, cents in by_source.items():
        standing = [row for row in found.sheets["Spese"] if row["stato"] != "cancelled"]
        assert sum(round(row[f"fonte {source}"] * 100) for row in standing) == cents > 0
        assert round(found.summary[f"fonte {source}"] * 100) == cents
    assert set(by_source) == {"regione", "associazione", "comune"}
    totals = {pot: money for pot, money in rebuilt.pots.items() if pot.kind == "line"}
    for column, at in (("totale", 0), ("impegnato", 1), ("speso", 2)):
        assert found.cents("Linee", column) == sum(money[at] for money in totals.values())
    whole = next(money for pot, money in rebuilt.pots.items() if pot.kind == "call")
    labels = ("dotazione", "impegnato, non ancora usato", "speso")
    assert tuple(round(found.summary[label] * 100) for label in labels) == whole
    assert round(found.summary["pagato"] * 100) == 8_641
    assert round(found.summary["pagamenti falliti"] * 100) == 4_567
    assert found.summary["suo sigillo"] == head.hash and found.summary["ultima riga del registro"] == head.seq
    assert [row["riga"] for row in found.sheets["Registro"]] == list(range(1, head.seq + 1))


def test_the_parts_of_each_payment_add_up_and_vat_is_apart(database: Database) -> None:
    world, call = a_story(database)
    for row in Opened(world, call).sheets["Spese"]:
        parts = [row[f"fonte {source}"] for source in ("regione", "associazione", "comune")]
        assert round(sum(parts) * 100) == round(row["importo"] * 100) == round((row["IVA"] + row["netto"]) * 100)
        assert row["CUP"] == "B11J22000010001"
    paid = next(row for row in Opened(world, call).sheets["Spese"] if row["stato"] == "paid")
    assert (paid["IVA"], paid["prova"], paid["documento"]) == (15.55, "CRO 1", "'=F 1")
    assert paid["pagato il"].date() == TODAY


def test_nobody_is_named_until_a_sample_is_drawn(database: Database) -> None:
    world, call = a_story(database)
    found = Opened(world, call)
    for secret in SECRETS:
        assert secret not in found.text, secret
    for key in ("'giulia'", "'karim'", "'marta'"):
        assert key not in found.text
    assert "Campione" not in found.sheets and found.files == {}
    assert found.made == dossier.Made(people=3, named=0, documents=0, missing=0)
    # a partner is a business and has a name
    assert {row["partner"] for row in found.sheets["Utilizzi"]} == {"Paolo Baby Parking"}


def test_a_pseudonym_is_the_same_in_all_sheets_and_another_in_another_call(database: Database) -> None:
    world, call = a_story(database)
    found = Opened(world, call)
    asked = {row["richiesta"]: row["persona"] for row in found.sheets["Richieste"]}
    for row in found.sheets["Voucher"]:
        assert row["persona"] == asked[row["richiesta"]]
    assert len(set(asked.values())) == 3
    other = world.opened(a_spec(title="Un altro"))
    world.given("giulia", other, 5_000)
    assert {row["persona"] for row in Opened(world, other).sheets["Richieste"]}.isdisjoint(asked.values())


def test_the_sample_shows_names_and_brings_the_documents(database: Database) -> None:
    world, call = a_story(database)
    with database.write() as conn:
        assert dossier.draw(conn, call, ["giulia"], 1, "ada", NOW) == 1
        assert dossier.draw(conn, call, ["giulia"], 1, "ada", NOW) == 0, "nobody is drawn twice"
    found = Opened(world, call)
    assert found.made == dossier.Made(people=3, named=1, documents=1, missing=0)
    row = found.sheets["Campione"][0]
    assert (row["nome"], row["impresa"], row["fornitore"], row["IBAN finale"]) == (
        "Giulia Prova", "Impresa f1", "Tata Inventata", "3456",
    )  # fmt: skip
    ((name, data),) = found.files.items()
    assert data == PICTURE
    claim = next(row for row in found.sheets["Rimborsi"] if row["fattura"] == "'=F 1")
    assert name == f"documenti/{claim['rimborso']}/0001-receipt.jpg"
    assert [row["file"] for row in found.sheets["Documenti"]] == [name]
    assert "Karim" not in found.text and "Teresa" not in found.text
    assert "giulia.jpg" not in found.text


def test_the_steps_of_the_progress_are_as_many_as_announced(database: Database) -> None:
    world, call = a_story(database)
    with database.write() as conn:
        dossier.draw(conn, call, ["giulia"], 1, "ada", NOW)
    found = Opened(world, call)
    assert 0 < found.total <= found.steps


def test_no_cell_is_a_formula(database: Database) -> None:
    world, call = a_story(database)
    with database.write() as conn:
        dossier.draw(conn, call, ["giulia", "karim", "teresa"], 3, "ada", NOW)
        profiles.keep(conn, "giulia", NOW, name="=HYPERLINK(0)")
        profiles.keep(conn, "paolo", NOW, name="@SUM(1)")
    found = Opened(world, call)
    assert found.formulas == []
    assert found.sheets["Campione"][0]["nome"].startswith("'=") or any(
        row["nome"] == "'=HYPERLINK(0)" for row in found.sheets["Campione"]
    )
    assert {row["partner"] for row in found.sheets["Utilizzi"]} == {"'@SUM(1)"}


def test_the_indicators_tell_what_the_bot_knows_and_what_it_does_not(database: Database) -> None:
    world, call = a_story(database)
    told = {(row["gruppo"], row["indicatore"]): row["valore"] for row in Opened(world, call).sheets["Indicatori"]}
    assert told["destinatari", "persone diverse con un voucher"] == 3
    assert told["destinatari per contratto", "collaborator"] == 1
    assert told["imprese", "coinvolte (almeno una richiesta)"] == told["imprese", "aderenti alla rete"] == 2
    assert [told["voucher", one] for one in ("richiesti", "concessi", "usati, anche in parte")] == [3, 3, 2]
    assert told["concesso per categoria (euro)", "cleaning"] == 100.07
    assert told["usato per categoria (euro)", "baby_sitter"] == 119.74
    assert told["spesa per fonte (euro)", "comune"] == 45.67
    assert told["servizi", "partner che hanno reso un servizio"] == 1
    assert told["destinatari", "per genere"] == "non rilevato dal bot"
    assert told["voucher", "giorni medi di attesa"] == 0


def test_a_changed_ledger_or_table_makes_no_dossier(database: Database) -> None:
    world, call = a_story(database)
    with database.write() as conn:
        conn.execute(update(vouchers.VOUCHERS).values(used_cents=vouchers.VOUCHERS.c.used_cents + 1))
    with pytest.raises(dossier.NotSound, match="differ"):
        Opened(world, call)
    with database.write() as conn:
        conn.execute(update(vouchers.VOUCHERS).values(used_cents=vouchers.VOUCHERS.c.used_cents - 1))
        conn.execute(update(ledger.LEDGER).where(ledger.LEDGER.c.seq == 2).values(reason="other"))
    with pytest.raises(dossier.NotSound, match="row 2"):
        Opened(world, call)


def test_who_was_erased_is_still_counted_and_not_named(database: Database) -> None:
    world, call = a_story(database)
    with database.write() as conn:
        dossier.draw(conn, call, ["giulia"], 1, "ada", NOW)
        privacy.erase(conn, "giulia", NOW + timedelta(hours=1))
    found = Opened(world, call)
    assert found.made.people == 3
    assert "Giulia" not in found.text
    assert found.cents("Voucher", "usato") == 3_333 + 8_641 + 4_567


def test_an_empty_call_and_a_call_not_opened_yet_have_a_dossier_too(database: Database) -> None:
    world = World(database)
    world.populate()
    call = world.opened()
    found = Opened(world, call)
    assert found.made.people == 0 and found.summary["dotazione"] == 1_000
    with database.read() as conn:
        row = calls.call_by_id(conn, call)
        assert row is not None
        assert dossier.holders(read_book(conn, database.keys, ZONE, row, frozenset())) == []


def test_numbers_are_those_that_people_know(database: Database) -> None:
    world, call = a_story(database)
    with database.read() as conn:
        known = {ticket_number(row.id) for row in vouchers.vouchers_of(conn, "giulia")}
    assert known <= {row["voucher"] for row in Opened(world, call).sheets["Voucher"]}
