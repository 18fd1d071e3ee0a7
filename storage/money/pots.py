"""Which pots pay for a request, taking from all of them or none, and giving back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from conversations.call_spec import CallSpec, spec_from_json
from conversations.rules.calls import limits
from conversations.rules.voucher_requests import Payer, payers
from conversations.rules.voucher_timers import BUDGET
from conversations.rules.vouchers_money import Delta, Pot, PotKey, alarm, pot_key
from storage import calls, people, pots
from storage.money.act import Act, Refused, set_timers
from storage.pots import Full


@dataclass(frozen=True, slots=True)
class Taken:
    """Money that was reserved: the line that gives it, and the changes of all pots."""

    line_id: str
    deltas: tuple[Delta, ...]


def spec_of(conn: Connection, call_id: str) -> CallSpec:
    """The terms of a call. Raises Refused where there is none."""
    row = calls.call_by_id(conn, call_id)
    if row is None:
        raise Refused("closed")
    return spec_from_json(row.spec)


def payer(line: Row[Any]) -> Payer:
    """The line as the rules see it."""
    return Payer(line.id, line.enterprise_id, line.area, tuple(line.contracts))


def lines_for(conn: Connection, request: Row[Any]) -> tuple[Payer, ...]:
    """The lines that may pay for a request, in the order in which they are tried."""
    lines = [payer(line) for line in calls.lines_of(conn, request.call_id)]
    return payers(lines, request.area, request.enterprise_id, request.contract)


def pots_of(spec: CallSpec, request: Row[Any], line_id: str) -> list[PotKey]:
    """All pots that a grant of this request touches."""
    call = request.call_id
    more = limits(spec, request.category, request.enterprise_id)
    return [
        pot_key("call", call),
        pot_key("line", call, line_id),
        *(pot_key(kind, call, key) for kind, (key, _) in more.items()),
        pot_key("person", call, request.person_id),
    ]


Look = Callable[[PotKey], Pot | None]
"""How much is in a pot; None for a limit that nobody has touched yet."""


def fits(look: Look, spec: CallSpec, request: Row[Any], lines: Iterable[Payer]) -> bool:
    """True if the money for a request is there now, in one of these lines."""
    return bool(request.held_cents) or any(_room(look, spec, request, line.id) for line in lines)


def take(act: Act, spec: CallSpec, request: Row[Any]) -> Taken:
    """The money of a request is reserved in every pot. Raises Refused ("cap" for the person's own, else "funds")."""
    look = partial(pots.read, act.conn)
    for line in lines_for(act.conn, request):
        if not _room(look, spec, request, line.id):
            continue
        deltas = _make_limits(act, spec, request)
        mine = pots_of(spec, request, line.id)
        before = pots.read(act.conn, pot_key("line", request.call_id, line.id))
        try:
            deltas += pots.reserve(act.conn, mine, request.amount_cents)
        except Full as full:
            # somebody was faster between the look and the update: the whole turn looks again
            raise Refused("cap" if full.pot.kind == "person" else "funds") from full
        _ring(act, request.call_id, line.id, before)
        return Taken(line.id, tuple(deltas))
    person = pots.read(act.conn, pot_key("person", request.call_id, request.person_id))
    over = person is not None and person.free_cents < request.amount_cents
    raise Refused("cap" if over else "funds")


def give_back(act: Act, spec: CallSpec, request: Row[Any], cents: int) -> list[Delta]:
    """Reserved money of a request is free again in every pot."""
    if not cents:
        return []
    return pots.change(act.conn, pots_of(spec, request, request.line_id), -cents, 0)


def spend(act: Act, spec: CallSpec, request: Row[Any], cents: int) -> list[Delta]:
    """Reserved money of a request is spent in every pot; negative cents undo it."""
    return pots.change(act.conn, pots_of(spec, request, request.line_id), -cents, cents)


def unspend(act: Act, spec: CallSpec, request: Row[Any], cents: int) -> list[Delta]:
    """Spent money of a request is free again in every pot."""
    return pots.change(act.conn, pots_of(spec, request, request.line_id), 0, -cents)


def _make_limits(act: Act, spec: CallSpec, request: Row[Any]) -> list[Delta]:
    """The pots that exist from the first request on that needs them."""
    wanted = sorted(_limits(spec, request).items())
    return [Delta(pot, total_cents=cents) for pot, cents in wanted if pots.make(act.conn, pot, cents)]


def _limits(spec: CallSpec, request: Row[Any]) -> dict[PotKey, int]:
    more = limits(spec, request.category, request.enterprise_id)
    found = {pot_key(kind, request.call_id, key): cents for kind, (key, cents) in more.items()}
    return {**found, pot_key("person", request.call_id, request.person_id): spec.person_cap_cents}


def _room(look: Look, spec: CallSpec, request: Row[Any], line_id: str) -> bool:
    untouched = _limits(spec, request)
    for key in pots_of(spec, request, line_id):
        pot = look(key) or Pot(untouched.get(key, 0))
        if pot.free_cents < request.amount_cents:
            return False
    return True


def _ring(act: Act, call_id: str, line_id: str, before: Pot | None) -> None:
    """The coordinators are told at once where the line passed one of the marks."""
    after = pots.read(act.conn, pot_key("line", call_id, line_id))
    percent = alarm(before, after) if before and after else 0
    if percent:
        for who in people.holders(act.conn, "coordinator"):
            set_timers(act, who, line_id, {BUDGET: act.at}, {"percent": percent})
