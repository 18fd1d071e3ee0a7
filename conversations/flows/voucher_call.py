"""Calls and budgets by chat: see them, open, extend and close them; every change needs a second coordinator.

Marta: [Nuovo bando] Bando 2027, dal 1/1 al 30/6, 24.000, ...
> Manca il sì di un'altra coordinatrice.
→ Anna: Marta propone di aprire il bando "Bando 2027". [Vedi]
Anna: [Vedi] [Confermo]
> Fatto: il bando è aperto.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.effects import Effect, Say
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import NO, YES, Heard, Miss, Outcome, Picked, done, first, p, say
from conversations.messages import Message
from conversations.rules.calls import spec_faults
from conversations.state import Place
from conversations.steps.vouchers import budget as budget
from conversations.steps.vouchers import opening as opening
from conversations.steps.vouchers.alerts import proposal as alert
from conversations.steps.vouchers.notices import proposal_settled
from conversations.steps.vouchers.words import notice, one_of, page_in, postponed, told
from conversations.voucher_office_views import CoordinatorCallView, ProposalView
from conversations.voucher_orders import ConfirmProposal, DropProposal, ProposeCall, ProposeChange, ProposeClosing

_CLOCK = frozenset({"closing14", "closing3", "closing0", "budget"})


class VoucherCall:
    """For coordinators only."""

    name: ClassVar[str] = budget.NAME
    roles: ClassVar[frozenset[Role] | None] = frozenset({"coordinator"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the calls."""
        return budget.calls(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from a list, a call, a proposal or the questions of a new one."""
        key = str(place.data.get("id") or "")
        call = self._call(place, facts)
        match place.step, heard:
            case "calls", Picked("more"):
                return budget.calls(facts, page_in(place.data.get("page")) + 1)
            case "call", Picked("extend") if call is not None and call.proposal is None:
                return opening.question(Place(budget.NAME, "what", {"id": key}), call, facts)
            case "call", Picked("close") if call is not None and call.proposal is None:
                return self.show(Place(budget.NAME, "close", {"id": key}), facts)
            case "close", Picked("yes") if call is not None:
                return self._propose(ProposeClosing(facts.fresh[0], key), "close", call.title, facts)
            case (("close" | "check" | "check_change"), Picked("no")):
                return first(budget.calls(facts), say("voucher_call.nothing_done"))
            case "proposal", Picked("confirm" | "drop" as verb):
                return self._settle(key, verb, facts)
            case "check", Picked("yes"):
                return self._open(place, facts)
            case "check_change", Picked("yes") if call is not None:
                change = opening.change_of(place.data, call)
                return self._propose(ProposeChange(facts.fresh[0], key, change), "extend", call.title, facts)
            case step, _ if step in (*opening.NEW, *opening.EXTEND):
                after = opening.answered(place, heard, call, facts)
                if isinstance(after, Miss):
                    return after
                step = str(after.pop("step"))
                return opening.question(Place(budget.NAME, step, after), call, facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a place as things are now."""
        call = self._call(place, facts)
        match place.step:
            case step if step in opening.NEW or (step in opening.EXTEND and call is not None):
                return opening.question(place, call, facts)
            case "call" if call is not None:
                return budget.one_call(call)
            case "close" if call is not None:
                body = (p("voucher_call.ask_close", title=call.title), p("voucher_call.close_effect"))
                return Outcome(place, Message(body=body, choices=(YES, NO)))
            case "proposal":
                view = one_of(facts.vouchers.proposals, str(place.data.get("id") or ""))
                return budget.calls(facts) if view is None else budget.one_proposal(view, facts)
            case _:
                return budget.calls(facts, page_in(place.data.get("page")))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, call, proposal, new; and the timers of a call and its lines."""
        match verb:
            case _ if verb in _CLOCK and (later := postponed(budget.NAME, verb, subject, facts)) is not None:
                return later
            case "budget":
                return budget.budget_alarm(subject, facts)
            case "wanted":
                return budget.proposal_wanted(subject, facts)
            case _ if verb in _CLOCK:
                return budget.closing_soon(subject, facts)
            case "call":
                return self.show(Place(budget.NAME, "call", {"id": subject}), facts)
            case "proposal" if one_of(facts.vouchers.proposals, subject) is None:
                return told(say("voucher_call.settled"))
            case "proposal":
                return self.show(Place(budget.NAME, "proposal", {"id": subject}), facts)
            case "new":
                return opening.question(Place(budget.NAME, opening.NEW[0]), None, facts)
            case _:
                return budget.calls(facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One question back; from the first to the list, from there to where she was."""
        by_points = place.data.get("order") == "score"
        steps = [step for step in opening.NEW if step != "criteria" or by_points]
        steps = steps if place.step in steps else []
        if steps and place.step != steps[0]:
            return self.show(replace(place, step=steps[steps.index(place.step) - 1]), facts)
        return done() if place.step == "calls" else budget.calls(facts)

    def _call(self, place: Place, facts: Facts) -> CoordinatorCallView | None:
        return one_of(facts.vouchers.budgets, str(place.data.get("id") or ""))

    def _open(self, place: Place, facts: Facts) -> Outcome:
        spec = opening.spec_of(place.data, facts)
        if spec_faults(spec):
            return first(budget.calls(facts), say("voucher_call.bad_terms"))
        return self._propose(ProposeCall(facts.fresh[0], facts.fresh[1], spec), "open", spec.title, facts)

    def _propose(self, order: Effect, kind: str, title: str, facts: Facts) -> Outcome:
        effects = (order, alert(facts.fresh[0], kind, title, facts.vouchers.profile.name))
        return first(done(), *effects, notice(Message(body=(p("voucher_call.sent_on"),))))

    def _settle(self, key: str, verb: str, facts: Facts) -> Outcome | Miss:
        view = one_of(facts.vouchers.proposals, key)
        if view is None:
            return first(budget.calls(facts), say("voucher_call.settled"))
        if verb == "drop":
            dropped = notice(Message(body=(p("voucher_call.dropped"),)))
            return done(DropProposal(key), self._tell("drop", view, facts), dropped)
        if view.mine:
            return Miss(p("voucher_call.needs_other"))
        ready = notice(Message(body=(p(f"voucher_call.done_{view.kind}"),)))
        return done(ConfirmProposal(key), self._tell(view.kind, view, facts), ready)

    def _tell(self, how: str, view: ProposalView, facts: Facts) -> Say:
        """The other coordinators, among them who proposed it, hear what became of it."""
        call = one_of(facts.vouchers.budgets, view.call_id)
        title = call.title if call is not None else ""
        return proposal_settled(how, view.call_id, title, facts.vouchers.profile.name)
