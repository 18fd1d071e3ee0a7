"""`wis call`: calls for vouchers from a file: check, open, extend, close, confirm, list, show."""

import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.acting import acts, person, refusals
from bot.commands.call_shown import euros, lines_shown, pots_shown, terms_shown
from bot.commands.common import Conn, Record, Wrong, complain, console, now, settings, show, store, sure, told, warn
from bot.commands.shape import subject
from bot.settings import Settings
from conversations.call_spec import CallChange, CallSpec, change_from_json, spec_from_json
from conversations.rules.voucher_timers import PROPOSED_CALL
from conversations.rules.vouchers_moves import OPEN, PROPOSED
from conversations.steps.vouchers.notices import proposal_settled
from storage import calls, people, profiles, timers
from storage.call_files import read_call
from storage.call_files_changes import change_between
from storage.db import Database
from storage.money import calls as money_calls
from storage.money.act import Act
from storage.money.names import names_of
from storage.voucher_posting import post

app = subject("Calls for vouchers, from a YAML file (docs/howto/coordinator.md, content/calls/example.yaml).")

File = Annotated[Path, typer.Argument(help="The YAML file.", exists=True, dir_okay=False)]
Key = Annotated[str, typer.Argument(help="The call's id or title, as `wis call list` shows them.")]
By = Annotated[str, typer.Option(help="The coordinator who does it: name or id.")]
Second = Annotated[
    str, typer.Option(help="The second coordinator, if she has agreed; else she is asked in her chat.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command()
def check(file: File) -> None:
    """Report everything that is wrong in a file: line, part, and what to write instead. Nothing is changed."""
    with told(), store(settings()) as database, database.read() as conn:
        spec = _read(conn, file)
    for line in terms_shown(spec):
        console.print(line, markup=False)
    console.print("The file is right; open the call with `wis call open`.")


@app.command("open")
def open_call(file: File, by: By, confirmed_by: Second = "", yes: Yes = False) -> None:
    """Propose a call, or open it at once if a second coordinator has agreed."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                spec = _read(conn, file)
                if spec.ends_on < now().astimezone(found.zone).date():
                    raise Wrong(f"The last day to ask, {spec.ends_on}, is over already: write a later one at `to`.")
                if any(row.title == spec.title for state in (OPEN, PROPOSED) for row in calls.calls_in(conn, state)):
                    raise Wrong("A call of this title is open or proposed already (`wis call list`).")
            for line in terms_shown(spec):
                console.print(line, markup=False)
            sure("Workers will be able to ask for this money. Go on?", yes)
            call = secrets.token_urlsafe(16)
            _two(database, found, by, confirmed_by, partial(money_calls.propose, call_id=call, spec=spec))
    console.print(f"The call {call} is {'open' if confirmed_by else _WAITS}.", markup=False)


@app.command(context_settings={"ignore_unknown_options": True})
def extend(file: File, call: Key, by: By, confirmed_by: Second = "", yes: Yes = False) -> None:
    """Extend a call by its edited file: a later `to`, larger amounts of lines, a higher cap per person."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                row = find_call(conn, call, OPEN)
                change, faults = change_between(spec_from_json(row.spec), _read(conn, file))
                for fault in faults:
                    complain(fault)
                if faults:
                    raise typer.Exit(1)
            if change == CallChange():
                raise Wrong("The file says what the call says already: nothing to do.")
            for line in _changes(change):
                console.print(line, markup=False)
            sure("Extend the call so?", yes)
            extended = partial(money_calls.propose_change, call_id=row.id, change=change)
            _two(database, found, by, confirmed_by, extended)
    console.print(f"The call is {'extended' if confirmed_by else _WAITS}.")


@app.command(context_settings={"ignore_unknown_options": True})
def close(call: Key, by: By, confirmed_by: Second = "", yes: Yes = False) -> None:
    """Close a call: open requests end, vouchers stay valid until they expire."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                row = find_call(conn, call, OPEN)
            sure(f"Nobody can ask any more of {row.title}, and requests not decided yet end. Close it?", yes)
            _two(database, found, by, confirmed_by, partial(money_calls.propose_closing, call_id=row.id))
    console.print(f"The call is {'closed' if confirmed_by else _WAITS}.")


@app.command(context_settings={"ignore_unknown_options": True})
def confirm(call: Key, by: By, yes: Yes = False) -> None:
    """Confirm, as the second coordinator, what another one has proposed for a call: to open, extend or close it."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                row = find_call(conn, call)
                who = person(conn, by, "coordinator", "--by")
                waiting = [one for one in calls.proposals_waiting(conn) if one.call_id == row.id]
                names = profiles.profiles_of(conn, [one.proposed_by for one in waiting])
            if not waiting:
                raise Wrong(f"Nothing is proposed for {row.title} (`wis call show`).")
            proposal = waiting[0]
            first = names.get(proposal.proposed_by)
            if proposal.proposed_by == who:
                raise Wrong("A second coordinator is needed: who proposed it cannot confirm it.")
            if proposal.kind == "extend":
                for line in _changes(change_from_json(proposal.payload)):
                    console.print(line, markup=False)
            proposer = first.name if first is not None and first.name else proposal.proposed_by
            sure(f"{proposer} proposed to {proposal.kind} {row.title}. Confirm it?", yes)
            with refusals(), database.write() as conn, acts(conn, database.keys, found, who) as act:
                money_calls.confirm(act, proposal.id)
                by_name = profiles.profile_of(conn, who).name
                post(act, proposal_settled(proposal.kind, row.id, row.title, by_name))
    done = {"open": "open", "extend": "extended", "close": "closed"}[proposal.kind]
    console.print(f"The call {row.title} is {done}.", markup=False)


@app.command("list")
def list_calls() -> None:
    """List the calls, the newest first."""
    with told(), store(settings()) as database, database.read() as conn:
        rows = []
        for row in calls.all_calls(conn):
            whole = pots_shown(conn, row)
            rows.append((row.id, row.state, str(row.starts_on), str(row.ends_on), *whole, row.title))
    if rows:
        show(("call", "state", "from", "to", "budget", "granted", "used", "title"), rows)
    else:
        console.print("No calls yet: copy content/calls/example.yaml, then `wis call check` and `wis call open`.")


@app.command("show", context_settings={"ignore_unknown_options": True})
def show_call(call: Key) -> None:
    """Show one call: its terms, its lines with what is left, and what waits for a second coordinator."""
    with told(), store(settings()) as database, database.read() as conn:
        row = find_call(conn, call)
        names = profiles.profiles_of(conn, people.holders(conn, "coordinator"))
        for line in (row.title, f"state: {row.state}", *terms_shown(spec_from_json(row.spec))):
            console.print(line, markup=False)
        show(("line", "area", "amount", "granted", "used", "left"), lines_shown(conn, row))
        for waiting in calls.proposals_waiting(conn):
            if waiting.call_id == row.id:
                known = names.get(waiting.proposed_by)
                who = known.name if known is not None and known.name else waiting.proposed_by
                warn(f"{who} proposed to {waiting.kind} it; a second coordinator is to confirm it.")


@app.command("people")
def list_people() -> None:
    """List the coordinators, welfare managers and accountants with their ids: who can act, and who decides."""
    with told(), store(settings()) as database, database.read() as conn:
        rows = []
        for role in ("coordinator", "welfare_manager", "accountant"):
            held = people.holders(conn, role)
            names = profiles.profiles_of(conn, held)
            rows += [(key, role, names[key].name if key in names else "") for key in held]
    if rows:
        show(("id", "role", "name"), rows)
    else:
        console.print("Nobody has joined yet with such a role: `wis invite --role coordinator` makes a code.")


_WAITS = "proposed: a second coordinator confirms it in her chat (Voucher, Bandi e fondi), or with `wis call confirm`"


def _read(conn: Conn, file: Path) -> CallSpec:
    """The terms in the file; every fault is told, and ends the command."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong(f"{file.name} is no text in UTF-8: save it as such.") from error
    found = read_call(text, names_of(conn))
    for fault in found.faults:
        complain(fault.told())
    for note in found.notes:
        warn(note.told())
    if found.spec is None:
        raise typer.Exit(1)
    return found.spec


def find_call(conn: Conn, said: str, state: str = "") -> Record:
    """The call with this id or title, in this state if given. Raises Wrong."""
    known = [row for row in calls.all_calls(conn) if said in (row.id, row.title) and state in ("", row.state)]
    if len(known) != 1:
        several = "Several calls are called so: write the id." if known else "There is no such call"
        raise Wrong(f"{several}{' that is ' + state if state and not known else ''} (`wis call list`).")
    return known[0]


def _two(
    database: Database, found: Settings, by: str, confirmed_by: str, propose: Callable[[Act, str], None]
) -> None:
    """Proposed by the first; carried out if the second has agreed, else the others are told."""
    proposal = secrets.token_urlsafe(16)
    with database.read() as conn:
        first = person(conn, by, "coordinator", "--by")
        second = person(conn, confirmed_by, "coordinator", "--confirmed-by") if confirmed_by else ""
        others = [who for who in people.holders(conn, "coordinator") if who != first]
    if first == second:
        raise Wrong("Two different coordinators are needed: --by and --confirmed-by name the same one.")
    with refusals(), database.write() as conn:
        with acts(conn, database.keys, found, first) as act:
            propose(act, proposal)
        if second:
            with acts(conn, database.keys, found, second) as act:
                money_calls.confirm(act, proposal)
        for who in [] if second else others:
            timers.set_timer(conn, who, PROPOSED_CALL, proposal, now(), {})
    if not second and not others:
        warn("No other coordinator has joined yet: invite one with `wis invite --role coordinator`.")


def _changes(change: CallChange) -> list[str]:
    told_ = [] if change.ends_on is None else [f"the last day to ask becomes {change.ends_on}"]
    told_ += [f"{name} gets {euros(cents)} more" for name, cents in change.add_to_lines.items()]
    if change.person_cap_cents:
        told_.append(f"the cap per person becomes {euros(change.person_cap_cents)}")
    return told_
