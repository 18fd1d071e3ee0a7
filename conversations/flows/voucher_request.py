"""Ask for a voucher in six taps, read who sees what, send; answer a question, take an offer, withdraw.

Giulia: [Chiedi un voucher] [Cura] [Baby-sitter] [200,00 €] [Fino a fine mese] [Non lo so ancora]
> Baby-sitter, 200 €... La leggono solo le persone dell'associazione che decidono. [Invia]
Giulia: [Invia]
> Ricevuta n. K7M-2QX. Risposta entro il 2 dicembre. Il tuo datore di lavoro non la vede.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.effects import Say
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import NO, YES, Heard, Miss, Outcome, Picked, Typed, choice, done, first, go_to, p, say
from conversations.messages import Choice, Message, Phrase, Verbatim
from conversations.rules.categories import category
from conversations.rules.voucher_requests import faults
from conversations.rules.vouchers_moves import OPEN_REQUEST
from conversations.state import Place
from conversations.steps.vouchers import reply as reply
from conversations.steps.vouchers import request_times as times
from conversations.steps.vouchers.form import NAME, STEPS, WHERE, draft_at, empty, mine, next_step, question
from conversations.steps.vouchers.form_hearing import answered, fault_told
from conversations.steps.vouchers.reading import read_name
from conversations.steps.vouchers.sending import changes, no_call, preview, sent
from conversations.steps.vouchers.words import notice, number, one_of, page_in, service, today, told
from conversations.voucher_orders import DiscardDraft, SaveDraft, SaveName, WithdrawRequest
from conversations.voucher_views import Draft, WorkerCallView

_FORM = frozenset({*STEPS, "note", "change"})


class VoucherRequest:
    """A request from the first tap to its end, in the hands of who asks."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin a request (`category` is what she said she needs), or say why there is nothing to ask for now."""
        known = facts.vouchers
        if not facts.person.agrees("service"):
            return Outcome(Place(NAME, "none", {"why": "no_consent"}), no_call(facts, "no_consent"))
        half = next((one for one in known.requests if one.state == "draft"), None)
        if half is not None and not args.get("new"):
            return self.show(Place(NAME, "half", {"id": half.id}), facts)
        able = [call for call in known.calls if self._may_ask(call)]
        if not able:
            why = self._why_none(known.calls)
            return Outcome(Place(NAME, "none", {"why": why}), no_call(facts, why))
        if (code := str(args.get("category") or "")) and (wanted := self._for(code, able)) is not None:
            return self._begin_with(code, wanted, facts)
        if len(able) > 1:
            return self.show(Place(NAME, "call"), facts)
        return self._begin(able[0], facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on with the form, a question, or a yes to withdraw."""
        key = str(place.data.get("id") or "")
        match place.step, heard:
            case "half", Picked("resume"):
                return self._resume(key, facts)
            case "half", Picked("new"):
                return first(self.enter({"new": True}, facts), DiscardDraft(key))
            case "call", Picked(value):
                call = one_of(facts.vouchers.calls, value)
                return Miss() if call is None else self._begin(call, facts)
            case "withdraw", Picked("yes" | "no" as said):
                return self._withdraw(key, facts) if said == "yes" else done(say("voucher_request.kept"))
            case "answer", _:
                return reply.take(place, heard, facts)
            case step, _ if step in _FORM:
                return self._form(place, heard, facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a place as things are now."""
        match place.step:
            case "half":
                found = mine(str(place.data.get("id") or ""), facts)
                if found is None or found.state != "draft":
                    return go_to("vouchers")
                choices = (choice("resume", "voucher_request.resume"), choice("new", "voucher_request.new"))
                return Outcome(place, Message(body=(p("voucher_request.half"),), choices=choices))
            case "call":
                rows = tuple(Choice(c.id, Verbatim(c.title[:24])) for c in facts.vouchers.calls if self._may_ask(c))
                return Outcome(place, Message(body=(p("voucher_request.ask_call"),), choices=rows[:10]))
            case "withdraw":
                return self._ask_withdraw(str(place.data.get("id") or ""), facts)
            case "answer":
                return reply.show(place, facts)
            case "none":
                why = str(place.data.get("why") or "no_call")
                return Outcome(place, no_call(facts, why))
            case step if step in _FORM:
                return self._step(place, facts)
            case _:
                return go_to("vouchers")

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """new, resume, answer, withdraw, take; and the timers of a request or draft."""
        match verb:
            case "resume":
                return self._resume(subject, facts)
            case "answer":
                return reply.begin(subject, facts)
            case "withdraw":
                return self._ask_withdraw(subject, facts)
            case "take":
                return times.take_offer(subject, facts)
            case _ if verb in times.VERBS:
                return times.ring(verb, subject, facts)
            case _:
                return self.enter({}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One question back; from the first, to where the person was."""
        if place.step in ("note", "change"):
            return self.show(replace(place, step="send"), facts)
        if place.step not in STEPS:
            return done()
        earlier = [step for step in STEPS[: STEPS.index(place.step)] if self._asked(step, place, facts)]
        return self.show(replace(place, step=earlier[-1]), facts) if earlier else done()

    def left(self, place: Place, facts: Facts) -> str:
        """The draft stays."""
        return "voucher_request.left_half" if place.step in _FORM and place.data.get("id") else ""

    def _begin(self, call: WorkerCallView, facts: Facts) -> Outcome:
        data: dict[str, Json] = {"call": call.id}
        return self._step(Place(NAME, next_step(empty(call), data, facts), data), facts)

    def _for(self, code: str, able: list[WorkerCallView]) -> WorkerCallView | None:
        return next((call for call in able if code in call.categories), None)

    def _begin_with(self, code: str, call: WorkerCallView, facts: Facts) -> Outcome:
        """She has said what she needs: the first two questions are answered."""
        kind = category(code)
        draft = replace(empty(call), area="" if kind is None else kind.area, category=code)
        key = facts.fresh[0]
        data: dict[str, Json] = {"id": key, "call": call.id}
        shown = self._step(Place(NAME, next_step(draft, data, facts), data), facts, draft)
        return first(shown, SaveDraft(key, draft), say("voucher_request.can_ask", service=service(code)))

    def _resume(self, key: str, facts: Facts) -> Outcome:
        found = mine(key, facts)
        if found is None or found.state != "draft":
            return self.enter({}, facts)
        data: dict[str, Json] = {"id": key, "call": found.call_id}
        return self._step(Place(NAME, next_step(found.draft, data, facts), data), facts)

    def _step(self, place: Place, facts: Facts, draft: Draft | None = None) -> Outcome:
        """The screen of a step; `draft` is what was said so far where the facts do not know it yet."""
        key, kept = draft_at(place, facts)
        draft = draft or kept
        if draft is None:
            return go_to("vouchers")
        call = one_of(facts.vouchers.calls, draft.call_id)
        if call is None:
            return self._closed(key)
        if place.step == "send":
            return preview(place, draft, call, facts)
        return changes(place) if place.step == "change" else question(place, draft, call, facts)

    def _form(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        key, draft = draft_at(place, facts)
        if draft is None:
            return go_to("vouchers")
        call = one_of(facts.vouchers.calls, draft.call_id)
        if call is None:
            return self._closed(key)
        match place.step, heard:
            case "send", Picked("send"):
                return self._send(place, key, draft, call, facts)
            case "send", Picked("later"):
                return done(say("voucher_request.later_told"))
            case "send", Picked("drop"):
                return done(DiscardDraft(key), say("voucher_request.dropped"))
            case "send", Picked("note" | "change" as step):
                return self._step(replace(place, step=step), facts)
            case "change", Picked(step) if step in _FORM:
                return self._step(replace(place, step=step), facts)
            case "category", Picked("more"):
                return self._turn(place, facts)
            case "name", Typed(text):
                name = read_name(text)
                if isinstance(name, Phrase):
                    return Miss(name)
                return first(self._step(replace(place, step="send"), facts), SaveName(name))
            case "name" | "send" | "change", _:
                return Miss()
        after = answered(place.step, heard, draft, call, facts)
        if isinstance(after, Miss):
            return after
        key = key or facts.fresh[0]
        data = {**place.data, "id": key, "asked": place.step == "provider" or bool(place.data.get("asked"))}
        data.pop("page", None)
        following = Place(NAME, next_step(after, data, facts), data)
        return first(self._step(following, facts, after), SaveDraft(key, after))

    def _turn(self, place: Place, facts: Facts) -> Outcome:
        page = page_in(place.data.get("page"))
        return self._step(replace(place, data={**place.data, "page": page + 1}), facts)

    def _send(self, place: Place, key: str, draft: Draft, call: WorkerCallView, facts: Facts) -> Outcome:
        step = next_step(draft, {**place.data, "asked": True}, facts)
        if step != "send":
            return self._step(replace(place, step=step), facts)
        wrong = faults(draft, call, today(facts))
        if wrong:
            why = Say(Message(body=(fault_told(wrong[0], draft, call),)))
            return first(self._step(replace(place, step=WHERE.get(wrong[0], "send")), facts), why)
        return sent(key, draft, call, facts)

    def _closed(self, key: str) -> Outcome:
        """The call ended while the draft was open: nothing can be sent any more."""
        gone = (DiscardDraft(key),) if key else ()
        return done(*gone, notice(Message(body=(p("voucher_request.call_closed"),))))

    def _asked(self, step: str, place: Place, facts: Facts) -> bool:
        """Whether this step had a question of its own."""
        if step == "name":
            return not facts.vouchers.profile.name
        call = one_of(facts.vouchers.calls, str(place.data.get("call") or ""))
        return step != "area" or call is None or len(call.areas) > 1

    def _ask_withdraw(self, key: str, facts: Facts) -> Outcome:
        found = mine(key, facts)
        if found is None or found.state not in OPEN_REQUEST:
            return told(say("voucher_request.not_open"))
        screen = Message(body=(p("voucher_request.withdraw", number=number(key)),), choices=(YES, NO))
        return Outcome(Place(NAME, "withdraw", {"id": key}), screen)

    def _withdraw(self, key: str, facts: Facts) -> Outcome:
        found = mine(key, facts)
        if found is None or found.state not in OPEN_REQUEST:
            return done(say("voucher_request.not_open"))
        return done(WithdrawRequest(key), say("voucher_request.withdrawn", number=number(key)))

    def _may_ask(self, call: WorkerCallView) -> bool:
        return call.open_requests_left > 0 and call.left_cents >= max(1, call.least_cents)

    def _why_none(self, calls: tuple[WorkerCallView, ...]) -> str:
        if not calls:
            return "no_call"
        return "too_many_open" if any(call.open_requests_left <= 0 for call in calls) else "cap_used"
