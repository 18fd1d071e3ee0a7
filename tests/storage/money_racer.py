"""A process of its own that makes moves as fast as it can: python -m tests.storage.money_racer URL MOVE ARGUMENT...

It reads the key ring from the environment, says "ready", waits for a line, and prints how many moves succeeded.
approve WHO REQUEST...      each request is approved by WHO
confirm OWNER CHARGE...     each charge is confirmed by its owner
submit WHO CLAIM...         each receipt is sent by WHO
work ROUNDS                 asks, grants, charges, confirms, claims, accepts and pays, until it is killed or done
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from storage.crypto import KeyRing
from storage.db import Conflict, Database
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    redeeming as money_redeeming,
)
from tests.storage.money_world import World

TRIES = 8


def insist(world: World, person: str, move: Callable[..., Any], *args: Any) -> bool:
    """True if the move succeeded, tried again as the program's lanes do where somebody else was faster."""
    for _ in range(TRIES):
        try:
            world.does(person, move, *args)
        except Conflict:
            continue
        return True
    return False


def one(world: World, what: str, who: str, key: str) -> bool:
    """One move on one thing."""
    tag = f"{os.getpid()}-{key}"[-22:]
    match what:
        case "approve":
            return insist(world, who, money_deciding.approve, key, f"v{tag}"[:22], world.code())
        case "confirm":
            return insist(world, who, money_redeeming.confirm, key, f"p{tag}"[:22])
        case _:
            return insist(world, who, money_claiming.submit, key)


def work(world: World, rounds: int, call: str) -> int:
    """Everything a voucher can live through, again and again; each move is a transaction of its own."""
    for number in range(rounds):
        voucher = world.given("giulia" if number % 2 else "karim", call, 2_000)
        owner = world.owner_of(voucher)
        charge = world.charged(voucher, 700)
        paid = world.new("pay")
        world.does(owner, money_redeeming.confirm, charge, paid)
        world.does("ugo", money_paying.mark_paid, paid, "bonifico")
        claim = world.claimed(owner, voucher, 500)
        refunded = world.new("pay")
        world.does("marta", money_claiming.accept, claim, refunded, 500)
        world.does("ugo", money_paying.mark_failed, refunded, "wrong_iban")
        if number % 3 == 0:
            world.does("sara", money_redeeming.reverse, charge, "other")
        print(f"round {number}", flush=True)
    return rounds


def main() -> None:
    database = Database(sys.argv[1], KeyRing.parse(os.environ["WIS_SECRET_KEYS"]))
    world = World(database, prefix=f"{os.getpid()}-")
    with database.read():
        print("ready", flush=True)
    sys.stdin.readline()
    what, who, *keys = sys.argv[2:]
    if what == "work":
        print(work(world, int(who), keys[0]), flush=True)
    else:
        print(sum(one(world, what, who, key) for key in keys), flush=True)
    database.close()


if __name__ == "__main__":
    main()
