"""`wis enterprise` and `wis invite`: who belongs to the network, and the codes that open the door."""

import secrets
from datetime import timedelta
from typing import Annotated, get_args

import typer
from rich.table import Table

from bot.commands.common import console, errors, now, settings, store, told
from conversations.facts import Contract, Role
from storage import demo, network

enterprise_app = typer.Typer(help="The enterprises of the network.", no_args_is_help=True)
ROLES, CONTRACTS = get_args(Role), tuple(c for c in get_args(Contract) if c)
OF_A_FIRM = ("worker", "referent")


@enterprise_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The enterprise's name.")],
    size: Annotated[str, typer.Option(help="Its size class: 1, 2_3, 4_9 or 10_49.")] = "",
) -> None:
    """Add an enterprise; its id is printed."""
    if size not in ("", "1", "2_3", "4_9", "10_49"):
        errors.print("The size class is 1, 2_3, 4_9 or 10_49.", style="red")
        raise typer.Exit(1)
    with told(), store(settings()) as database, database.write() as conn:
        key = secrets.token_urlsafe(16)
        network.add_enterprise(conn, key, name, size)
    console.print(key)


@enterprise_app.command("list")
def list_enterprises() -> None:
    """List the enterprises."""
    with told(), store(settings()) as database, database.read() as conn:
        table = Table("id", "name", "size", "demo")
        for row in network.enterprises(conn):
            table.add_row(row.id, row.name, row.size_class, "yes" if row.demo else "")
    console.print(table)


def invite(
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")] = "worker",
    enterprise: Annotated[str, typer.Option(help="The enterprise's id; needed for worker and referent.")] = "",
    contract: Annotated[str, typer.Option(help=f"For a worker: {', '.join(CONTRACTS)}.")] = "",
    count: Annotated[int, typer.Option(min=1, max=500, help="How many codes.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long they are valid.")] = 14,
) -> None:
    """Make one-time invitation codes. They are shown now and never again: only their hashes are kept."""
    if role not in ROLES or (contract and contract not in CONTRACTS):
        errors.print(f"The role is one of {', '.join(ROLES)}; the contract one of {', '.join(CONTRACTS)}.", style="red")
        raise typer.Exit(1)
    if (role in OF_A_FIRM) != bool(enterprise):
        errors.print(
            "Name the enterprise with --enterprise ID (`wis enterprise list`)."
            if role in OF_A_FIRM
            else f"A {role} belongs to the association: leave --enterprise out.",
            style="red",
        )
        raise typer.Exit(1)
    with told(), store(settings()) as database, database.write() as conn:
        if enterprise and enterprise not in {row.id for row in network.enterprises(conn)}:
            errors.print("There is no such enterprise (`wis enterprise list`).", style="red")
            raise typer.Exit(1)
        life = timedelta(days=days)
        firm = enterprise or None
        codes = [demo.invite(conn, database.keys, firm, role, contract, now(), life) for _ in range(count)]
    for code in codes:
        console.print(code)
