"""kill -9 in the middle of approvals, charges and payments: the ledger and the tables say the same afterwards."""

import os
import random
import signal
import subprocess
import sys
import time

from sqlalchemy import func, select

from storage.db import Database
from storage.ledger import LEDGER
from storage.money import redeeming as money_redeeming
from tests.storage.money_checks import breaches
from tests.storage.money_world import World, a_spec

KILLS = 5


def test_killed_at_any_moment_it_leaves_every_balance_right(database: Database, secret: str) -> None:
    world = World(database)
    world.populate()
    much = {"budget_cents": 10**9, "total_cents": 10**9, "person_cap_cents": 10**9, "most_cents": 10**6}
    call = world.opened(a_spec(**much, open_requests=10**6, least_cents=1))
    url = database.engine.url.render_as_string(hide_password=False)
    database.engine.dispose()
    moments = random.Random(7)
    written = [0]
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.money_racer", url, "work", "100000", call],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "WIS_SECRET_KEYS": secret},
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        for _ in range(moments.randrange(1, 4)):
            assert process.stdout.readline().startswith("round")
        # one round takes some 20 to 60 ms: the kill comes anywhere within it
        time.sleep(moments.random() * 0.06)
        assert process.poll() is None, "it was still at work"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
        with database.read() as conn:
            assert breaches(conn) == []
            written.append(conn.execute(select(func.count()).select_from(LEDGER)).scalar_one())
    assert written[-1] > 50 and len(set(written)) > 3, f"the ledger grew by {written}"


def test_the_one_killed_left_work_half_way_that_can_be_gone_on_with(database: Database) -> None:
    """What a crash leaves between two moves is an ordinary state: a voucher granted, a charge not confirmed."""
    world = World(database)
    world.populate()
    call = world.opened()
    voucher = world.given("giulia", call)
    charge = world.charged(voucher, 5_000)
    again = World(database, prefix="after-")
    again.does("giulia", money_redeeming.confirm, charge, again.new("pay"))
    with database.read() as conn:
        assert breaches(conn) == []
