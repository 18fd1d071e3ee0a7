"""`wis enterprise` and `wis invite`: who belongs to the network, and the codes that open the door."""

import secrets
from datetime import timedelta
from typing import Annotated, get_args

import typer

from bot.commands.common import Wrong, console, now, settings, show, store, told
from bot.commands.shape import subject
from conversations.facts import Contract, Role
from storage import demo, network

enterprise_app = subject("The enterprises of the network.")

ROLES, CONTRACTS = get_args(Role), tuple(c for c in get_args(Contract) if c)
OF_A_FIRM = ("worker", "referent")
SIZES = ("1", "2_3", "4_9", "10_49")


@enterprise_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The enterprise's name.")],
    size: Annotated[str, typer.Option(help=f"How many people work there: {', '.join(SIZES)}.")] = "",
) -> None:
    """Add an enterprise and print its id, which `wis invite` wants."""
    with told():
        if not name.strip() or len(name) > 120:
            raise Wrong("The name has 1 to 120 characters.")
        if size and size not in SIZES:
            raise Wrong(f"The size is one of {', '.join(SIZES)}.")
        with store(settings()) as database, database.write() as conn:
            if any(row.name == name.strip() for row in network.enterprises(conn)):
                raise Wrong("There is an enterprise of this name already (`wis enterprise list`).")
            key = secrets.token_urlsafe(16)
            network.add_enterprise(conn, key, name.strip(), size)
    console.print(key, markup=False)


@enterprise_app.command("list")
def list_enterprises() -> None:
    """List the enterprises with their ids."""
    with told(), store(settings()) as database, database.read() as conn:
        rows = network.enterprises(conn)
    if not rows:
        console.print("No enterprises yet: add one with `wis enterprise add NAME`.")
        return
    lines = [(row.id, row.name, row.size_class.replace("_", " to "), "yes" if row.demo else "") for row in rows]
    show(("id", "name", "size", "invented"), lines)


def invite(
    role: Annotated[str, typer.Option(help=f"Who is invited: {', '.join(ROLES)}.")] = "worker",
    enterprise: Annotated[str, typer.Option(help="The enterprise's id or name; for worker and referent only.")] = "",
    contract: Annotated[str, typer.Option(help=f"For a worker: {', '.join(CONTRACTS)}.")] = "",
    count: Annotated[int, typer.Option(min=1, max=500, help="How many codes.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="For how many days they are valid.")] = 14,
) -> None:
    """Make invitation codes, one a line. Whoever types one to the bot is let in, once.

    They are shown now and never again: only their hashes are kept. Hand each code to one person, privately.
    """
    with told():
        _check(role, enterprise, contract)
        with store(settings()) as database, database.write() as conn:
            firm = None
            if enterprise:
                rows = network.enterprises(conn)
                firm = next((row.id for row in rows if enterprise in (row.id, row.name)), None)
                if firm is None:
                    raise Wrong("There is no such enterprise (`wis enterprise list`).")
            life = timedelta(days=days)
            codes = [demo.invite(conn, database.keys, firm, role, contract, now(), life) for _ in range(count)]
    for code in codes:
        console.print(code, markup=False)


def _check(role: str, enterprise: str, contract: str) -> None:
    if role not in ROLES:
        raise Wrong(f"The role is one of {', '.join(ROLES)}.")
    if contract and (role != "worker" or contract not in CONTRACTS):
        raise Wrong(f"The contract is one of {', '.join(CONTRACTS)}, and for a worker only.")
    if role in OF_A_FIRM and not enterprise:
        raise Wrong(f"A {role} belongs to an enterprise: name it with --enterprise (`wis enterprise list`).")
    if role not in OF_A_FIRM and enterprise:
        raise Wrong(f"The role {role} belongs to the association: leave --enterprise out.")
