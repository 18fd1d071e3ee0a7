"""Opening, extending and closing a call: proposed by one coordinator, done when another one confirms."""

import secrets

from conversations.call_spec import (
    CallChange,
    CallSpec,
    change_from_json,
    change_to_json,
    spec_from_json,
    spec_to_json,
)
from conversations.rules.calls import change_faults, extended, spec_faults
from conversations.rules.voucher_timers import CALL_CLOSING, CALL_ENDED, closing
from conversations.rules.vouchers_money import Delta, pot_key
from conversations.rules.vouchers_moves import (
    CANCELLED,
    CANCELLED_BY_CALL,
    CLOSED,
    INFO_NEEDED,
    LAPSED,
    OPEN,
    OPEN_REQUEST,
    PROPOSED,
)
from storage import calls, people, pots, requests
from storage.money.act import Act, Refused, forget_timers, record, set_timers
from storage.money.actors import with_role
from storage.money.pots import spec_of
from storage.money.requests import end_for_closing
from storage.money.waiting import move_waiting

OPENING, EXTENDING, CLOSING = "open", "extend", "close"


class BadTerms(ValueError):
    """The terms of a call make no sense; `faults` names the parts."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def propose(act: Act, proposal_id: str, call_id: str, spec: CallSpec) -> None:
    """The call waits for a second coordinator. Raises BadTerms."""
    with_role(act, "coordinator")
    wrong = spec_faults(spec)
    if wrong:
        raise BadTerms(wrong)
    plain = spec_to_json(spec)
    calls.add_call(act.conn, call_id, spec.title, PROPOSED, spec.starts_on, spec.ends_on, plain, act.at)
    calls.add_proposal(act.conn, proposal_id, call_id, OPENING, {}, act.person_id, act.at)
    record(act, "call", call_id, "", PROPOSED, "coordinator", kind=spec.voucher_kind)


def propose_change(act: Act, proposal_id: str, call_id: str, change: CallChange) -> None:
    """The extension waits for a second coordinator. Raises BadTerms."""
    with_role(act, "coordinator")
    wrong = change_faults(_open_spec(act, call_id), change)
    if wrong:
        raise BadTerms(wrong)
    calls.add_proposal(act.conn, proposal_id, call_id, EXTENDING, change_to_json(change), act.person_id, act.at)


def propose_closing(act: Act, proposal_id: str, call_id: str) -> None:
    """The end of the call waits for a second coordinator."""
    with_role(act, "coordinator")
    _open_spec(act, call_id)
    calls.add_proposal(act.conn, proposal_id, call_id, CLOSING, {}, act.person_id, act.at)


def confirm(act: Act, proposal_id: str) -> None:
    """The proposal is carried out. Raises Refused ("second") for whoever proposed it."""
    with_role(act, "coordinator")
    proposal = calls.proposal_by_id(act.conn, proposal_id)
    if proposal is None or proposal.outcome:
        raise Refused("state")
    if proposal.proposed_by == act.person_id:
        raise Refused("second")
    calls.settle_proposal(act.conn, proposal_id, "confirmed", act.person_id, act.at)
    match proposal.kind:
        case "open":
            _open(act, proposal.call_id)
        case "extend":
            _extend(act, proposal.call_id, change_from_json(proposal.payload))
        case _:
            _close(act, proposal.call_id)


def drop(act: Act, proposal_id: str) -> None:
    """The proposal is off the table; a call that was never opened is gone with it."""
    with_role(act, "coordinator")
    proposal = calls.proposal_by_id(act.conn, proposal_id)
    if proposal is None or proposal.outcome:
        raise Refused("state")
    calls.settle_proposal(act.conn, proposal_id, "dropped", act.person_id, act.at)
    if proposal.kind == OPENING:
        calls.move_call(act.conn, proposal.call_id, PROPOSED, {"state": CANCELLED, "closed_at": act.at})
        record(act, "call", proposal.call_id, PROPOSED, CANCELLED, "coordinator")


def _open(act: Act, call_id: str) -> None:
    row = calls.call_by_id(act.conn, call_id)
    if row is None:
        raise Refused("state")
    spec = spec_from_json(row.spec)
    calls.move_call(act.conn, call_id, PROPOSED, {"state": OPEN, "opened_at": act.at})
    made = [Delta(pot_key("call", call_id), total_cents=spec.budget_cents)]
    for position, line in enumerate(spec.lines):
        key = secrets.token_urlsafe(16)
        calls.add_line(
            act.conn,
            key=key,
            call_id=call_id,
            position=position,
            name=line.name,
            enterprise_id=line.enterprise_id,
            area=line.area,
            contracts=list(line.contracts),
            sources=[[name, weight] for name, weight in line.sources],
        )
        made.append(Delta(pot_key("line", call_id, key), total_cents=line.total_cents))
    for delta in made:
        pots.make(act.conn, delta.pot, delta.total_cents)
    for enterprise, person in spec.firm_deciders.items():
        calls.add_decider(act.conn, call_id, enterprise, person)
    for person in spec.decider_ids:
        calls.add_decider(act.conn, call_id, "", person)
    record(act, "call", call_id, PROPOSED, OPEN, "coordinator", pots=made)
    _remind(act, call_id, spec)


def _extend(act: Act, call_id: str, change: CallChange) -> None:
    before = _open_spec(act, call_id)
    wrong = change_faults(before, change)
    if wrong:
        # another extension was confirmed meanwhile
        raise Refused("state")
    after = extended(before, change)
    calls.move_call(act.conn, call_id, OPEN, {"spec": spec_to_json(after), "ends_on": after.ends_on})
    wanted = {pot_key("call", call_id): after.budget_cents - before.budget_cents}
    lines = {line.name: line.id for line in calls.lines_of(act.conn, call_id)}
    for name, cents in change.add_to_lines.items():
        wanted[pot_key("line", call_id, lines[name])] = cents
    more = after.person_cap_cents - before.person_cap_cents
    if more:
        wanted |= dict.fromkeys(pots.read_many(act.conn, [call_id], ["person"]), more)
    made = [pots.enlarge(act.conn, pot, cents) for pot, cents in sorted(wanted.items()) if cents]
    record(act, "call", call_id, OPEN, OPEN, "coordinator", reason="extended", pots=made)
    _remind(act, call_id, after)
    move_waiting(act, call_id)


def _close(act: Act, call_id: str) -> None:
    calls.move_call(act.conn, call_id, OPEN, {"state": CLOSED, "closed_at": act.at})
    record(act, "call", call_id, OPEN, CLOSED, "coordinator")
    for request in requests.requests_in_call(act.conn, call_id, OPEN_REQUEST):
        end_for_closing(act, request, LAPSED if request.state == INFO_NEEDED else CANCELLED_BY_CALL)
        set_timers(act, request.person_id, request.id, {CALL_ENDED: act.at})
    for who in people.holders(act.conn, "coordinator"):
        forget_timers(act, who, call_id, CALL_CLOSING)


def _remind(act: Act, call_id: str, spec: CallSpec) -> None:
    for who in people.holders(act.conn, "coordinator"):
        forget_timers(act, who, call_id, CALL_CLOSING)
        set_timers(act, who, call_id, closing(act.at, spec.ends_on, CALL_CLOSING, act.zone))


def _open_spec(act: Act, call_id: str) -> CallSpec:
    row = calls.call_by_id(act.conn, call_id)
    if row is None or row.state != OPEN:
        raise Refused("state")
    return spec_of(act.conn, call_id)
