"""wis call: from a file to an open call with two coordinators, every mistake told at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from conversations.call_spec import spec_from_json
from storage import calls, timers
from storage.call_files import Names, read_call
from storage.money import calls as money_calls
from storage.outbox import OUTBOX
from tests.bot.commands.command_line import Wis
from tests.bot.commands.money import EXAMPLE, call_file, world_of

BAD = """title: ''
form: 2026-12-01
to: 31/5/2027
budget: 24.000
caps: {person: 100, smallest: 0, categories: {nursey: 3}}
lines:
  - name: A
    amount: x
    contracts: [slave]
    enterprise: Nowhere
  - name: A
    amount: 10
kind: C
managers: [Nobody]
order: score
sources: {a: 0}
"""
FIRM_DECIDES = "deciders: firm\nnotice_version: '1'\nfirm_deciders: "
WITH_MARTA = ("--by", "Marta Esempio", "--yes")
WITH_BOTH = (*WITH_MARTA, "--confirmed-by", "sara esempio")


def test_the_example_is_the_demonstrations_call_and_right() -> None:
    found = read_call(EXAMPLE.read_text("utf-8"), Names())
    assert found.faults == found.notes == ()
    assert found.spec is not None
    assert (found.spec.budget_cents, found.spec.person_cap_cents) == (2_400_000, 80_000)
    assert (found.spec.least_cents, found.spec.most_cents) == (5_000, 40_000)
    assert [line.area for line in found.spec.lines] == ["care", "time"]


def test_every_mistake_is_told_at_once_with_its_line_and_what_to_write(wis: Wis) -> None:
    (wis.folder / "bad.yaml").write_text(BAD)
    told = wis("call", "check", "bad.yaml")
    assert told.code == 1 and told.out == ""
    lines = told.err.splitlines()
    for line, part, words in (
        (1, "criteria", "order: score"),
        (1, "from", "missing"),
        (1, "title", "1 to 120"),
        (2, "form", "did you mean from?"),
        (3, "to", "2027-05-31"),
        (4, "budget", "24000"),
        (5, "caps", "smallest"),
        (5, "caps.categories.nursey", "nursery"),
        (8, "lines[1].amount", "24000.50"),
        (9, "lines[1].contracts", "employee"),
        (10, "lines[1].enterprise", "wis enterprise list"),
        (11, "lines[2].name", "already"),
        (13, "kind", "A or B"),
        (14, "managers", "wis call people"),
        (16, "sources.a", "as 70"),
    ):
        assert [one for one in lines if one.startswith(f"line {line}, {part}: ") and words in one], (line, part)
    assert len(lines) == 15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- a\n", "name: value"),
        ("title: [\n", "no YAML"),
        ("title: \x07\n", "no YAML"),
        ("a: &a [*a]\n", "no such name"),
        ("title: {a: b}\nlines: [3]\n", "one value belongs here"),
        ("title: a\ntitle: b\n", "twice"),
        ("x" * 70_000, "larger than"),
        ("categories: [[nursery]]", "list of words"),
    ],
)
def test_what_is_no_call_at_all_is_told_too(wis: Wis, text: str, words: str) -> None:
    (wis.folder / "bad.yaml").write_text(text)
    told = wis("call", "check", "bad.yaml")
    assert told.code == 1
    assert words in told.err
    assert "Traceback" not in told.all


def test_a_file_in_another_encoding_is_told(wis: Wis) -> None:
    (wis.folder / "bad.yaml").write_bytes("title: città".encode("latin-1"))
    assert "UTF-8" in wis("call", "check", "bad.yaml").err


def test_lines_that_do_not_add_up_are_noted_and_do_no_harm(wis: Wis) -> None:
    told = wis("call", "check", call_file(wis, ("amount: 8000", "amount: 9000")))
    assert told.code == 0
    assert "25000.00, more than the budget of 24000.00" in told.err


def test_two_coordinators_open_a_call_on_the_command_line(wis: Wis) -> None:
    world = world_of(wis)
    told = wis("call", "open", call_file(wis), *WITH_BOTH)
    assert told.code == 0, told.err
    assert "is open" in told.out
    key, state, *_ = wis("call", "list").out.split("\t")
    assert state == "open" and key in told.out
    shown = wis("call", "show", key)
    assert "Cura\tcare\t16000.00\t0.00\t0.00\t16000.00" in shown.out
    with world.database.read() as conn:
        row = calls.call_by_id(conn, key)
        assert row is not None and spec_from_json(row.spec).budget_cents == 2_400_000
        # nobody is asked for what is done
        assert not [one for one in timers.due(conn, world.at + timedelta(days=1)) if one.kind.endswith("wanted")]


def test_with_one_coordinator_it_waits_and_the_others_are_told(wis: Wis) -> None:
    world = world_of(wis)
    told = wis("call", "open", call_file(wis), *WITH_MARTA)
    assert told.code == 0
    assert "second coordinator" in told.out
    key, state, *_ = wis("call", "list").out.split("\t")
    assert state == "proposed"
    assert "Marta Esempio proposed to open it" in wis("call", "show", key).err
    with world.database.read() as conn:
        proposal = conn.execute(select(calls.PROPOSALS.c.id)).scalar_one()
        due = timers.due(conn, datetime.now(UTC))
        assert [(one.person_id, one.kind, one.subject) for one in due] == [("sara", "voucher_call:wanted", proposal)]
    world.does("sara", money_calls.confirm, proposal)
    assert wis("call", "list").out.split("\t")[1] == "open"


def test_an_edited_file_extends_the_call(wis: Wis) -> None:
    world_of(wis)
    assert wis("call", "open", call_file(wis), *WITH_BOTH).code == 0
    key = wis("call", "list").out.split("\t")[0]
    later = f"{datetime.now(UTC).date() + timedelta(days=200)}"
    text = (wis.folder / "call.yaml").read_text("utf-8")
    held = next(line for line in text.splitlines() if line.startswith("to: "))
    changes = ((held, f"to: {later}"), ("amount: 8000", "amount: 9000"), ("budget: 24000", "budget: 25000"),
               ("person: 800", "person: 900"))  # fmt: skip
    for old, new in changes:
        text = text.replace(old, new)
    (wis.folder / "more.yaml").write_text(text, "utf-8")
    told = wis("call", "extend", "more.yaml", key, *WITH_BOTH)
    assert told.code == 0, told.err
    assert "Salvatempo gets 1000.00 more" in told.out and "900.00" in told.out and later in told.out
    shown = wis("call", "show", key).out
    assert "budget 25000.00" in shown and "Salvatempo\ttime\t9000.00" in shown
    again = wis("call", "extend", "more.yaml", key, *WITH_BOTH)
    assert again.code == 1 and "nothing to do" in again.err


def test_what_an_extension_cannot_change_is_told_all_at_once(wis: Wis) -> None:
    world_of(wis)
    assert wis("call", "open", call_file(wis), *WITH_BOTH).code == 0
    key = wis("call", "list").out.split("\t")[0]
    worse = call_file(
        wis, ("amount: 8000", "amount: 100"), ("name: Cura", "name: Altro"), ("person: 800", "person: 500"),
        ("kind: A ", "kind: B "), ("largest: 400", "largest: 300"), name="worse.yaml",
    )  # fmt: skip
    told = wis("call", "extend", worse, key, *WITH_BOTH)
    assert told.code == 1
    for words in ("'Altro' is new", "'Cura' is missing", "cannot have less", "caps.person", "kind: ", "caps.largest"):
        assert words in told.err
    only_budget = call_file(wis, ("budget: 24000", "budget: 30000"), name="budget.yaml")
    assert "24000.00" in wis("call", "extend", only_budget, key, *WITH_BOTH).err


def test_two_coordinators_close_a_call_by_its_title(wis: Wis) -> None:
    world_of(wis)
    assert wis("call", "open", call_file(wis), *WITH_BOTH).code == 0
    title = "Voucher conciliazione, bando di prova"
    assert wis("call", "close", title, *WITH_BOTH[:2]).code == 1, "nothing without --yes"
    assert wis("call", "close", title, *WITH_BOTH).code == 0
    assert wis("call", "list").out.split("\t")[1] == "closed"
    again = wis("call", "close", title, *WITH_BOTH)
    assert again.code == 1 and "that is open" in again.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--by", "Nobody"), "marta esempio"),
        (("--by", "Elena Immaginaria"), "coordinator"),
        (("--by", "marta", "--confirmed-by", "Marta Esempio"), "Two different"),
    ],
)
def test_who_may_not_open_a_call_is_told_who_may(wis: Wis, options: tuple[str, ...], words: str) -> None:
    world_of(wis)
    told = wis("call", "open", call_file(wis), "--yes", *options)
    assert told.code == 1
    assert words in told.err
    assert "No calls yet" in wis("call", "list").out


def test_a_call_is_not_opened_twice_nor_after_its_end(wis: Wis) -> None:
    world_of(wis)
    assert wis("call", "open", call_file(wis), *WITH_BOTH).code == 0
    assert "already" in wis("call", "open", call_file(wis), *WITH_BOTH).err
    today = f"{datetime.now(UTC).date()}"
    over = call_file(wis, (f"from: {today}", "from: 2020-01-01"), name="old.yaml")
    text = (wis.folder / "old.yaml").read_text("utf-8")
    held = next(line for line in text.splitlines() if line.startswith("to: "))
    (wis.folder / "old.yaml").write_text(text.replace(held, "to: 2020-02-01"), "utf-8")
    assert "over already" in wis("call", "open", over, *WITH_BOTH).err


def test_a_firm_that_decides_is_named_with_its_person(wis: Wis) -> None:
    world_of(wis)
    firm = call_file(
        wis,
        ("deciders: association ", f"{FIRM_DECIDES}{{Impresa f1: nino referente}}\nmanagers: [Elena Immaginaria] "),
    )
    assert wis("call", "open", firm, *WITH_BOTH).code == 0
    key = wis("call", "list").out.split("\t")[0]
    database = wis.database()
    with database.read() as conn:
        assert calls.deciders_of(conn, key) == {"f1": ["nino"], "": ["elena"]}
    database.close()
    wrong = call_file(wis, ("deciders: association ", "deciders: firm "), name="wrong.yaml")
    assert "notice_version" in wis("call", "check", wrong).err
    stranger = call_file(
        wis, ("deciders: association ", f"{FIRM_DECIDES}{{Impresa f1: Ugo Conti}} "), name="stranger.yaml"
    )
    assert "of this enterprise" in wis("call", "check", stranger).err


def test_who_can_act_is_listed(wis: Wis) -> None:
    world_of(wis)
    lines = wis("call", "people").out.splitlines()
    assert "marta\tcoordinator\tMarta Esempio" in lines and "ugo\taccountant\tUgo Conti" in lines
    assert not [line for line in lines if "Giulia" in line], "workers are nobody's business here"


def test_a_second_coordinator_confirms_what_was_proposed_before(wis: Wis) -> None:
    world = world_of(wis)
    assert wis("call", "open", call_file(wis), *WITH_MARTA).code == 0
    with world.database.read() as conn:
        (row,) = calls.all_calls(conn)
    assert "who proposed it cannot confirm it" in wis("call", "confirm", row.id, *WITH_MARTA).err
    with_sara = ("--by", "Sara Esempio", "--yes")
    done = wis("call", "confirm", row.id, *with_sara)
    assert done.code == 0 and "is open." in done.out
    with world.database.read() as conn:
        told = conn.execute(select(OUTBOX.c.body).where(OUTBOX.c.person_id == "marta")).scalar_one()
    assert "voucher_notice.settled_open" in str(told)
    assert "Nothing is proposed" in wis("call", "confirm", row.id, *with_sara).err
    assert wis("call", "close", row.id, *with_sara).code == 0
    assert "is closed." in wis("call", "confirm", row.title, *WITH_MARTA).out
