"""A receipt to be refunded: photo, who made it out, number, day, amount, how it was paid, IBAN; and its checking.

Giulia: {photo: asilo.jpg}
> Chi ha fatto la ricevuta?
Giulia: Baby Park, 31, 12/11, 80 euro, con carta
> Ricevuta di Baby Park n. 31... La mando? [Invia]
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from conversations.events import Json, Sent
from conversations.facts import Facts, Role
from conversations.flow import (
    BACK,
    MENU,
    NO,
    YES,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    done,
    first,
    go_to,
    over,
    p,
    say,
)
from conversations.messages import Choice, Message, Money, Phrase
from conversations.rules.iban import last_four
from conversations.rules.voucher_timers import CLAIM_AFTER_EXPIRY
from conversations.rules.vouchers_moves import DRAFT, EXPIRED, LIVE_VOUCHER, OPEN_CLAIM
from conversations.state import Place
from conversations.steps.vouchers import checking as checking
from conversations.steps.vouchers import claim_times as times
from conversations.steps.vouchers import reply as reply
from conversations.steps.vouchers.alerts import claim as alert
from conversations.steps.vouchers.reading import file_fault, read_account, read_name
from conversations.steps.vouchers.receipt import (
    NAME,
    STEPS,
    answered,
    by_chat,
    next_step,
    question,
    summary,
    twin,
    voucher_for,
)
from conversations.steps.vouchers.words import euro, lasting, notice, number, one_of, service, today, told
from conversations.voucher_orders import (
    AddPaper,
    DiscardDraft,
    SaveClaim,
    SaveIban,
    SaveName,
    SubmitClaim,
    WithdrawClaim,
)
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import WorkerClaimView, WorkerVoucherView


class VoucherClaim:
    """The owner sends a receipt; a coordinator checks it."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the `voucher` to be refunded from, or ask which."""
        half = next((one for one in facts.vouchers.claims if one.state == DRAFT), None)
        able = [one for one in facts.vouchers.vouchers if self._claimable(one, facts)]
        chosen = one_of(able, str(args.get("voucher") or ""))
        if half is not None and (chosen is None or half.draft.voucher_id == chosen.id):
            return self._next(half.id, half.draft, frozenset(), facts)
        if chosen is None and len(able) == 1:
            chosen = able[0]
        if chosen is not None:
            return self._begin(chosen, facts)
        if not able and facts.person.holds("coordinator"):
            return checking.listing(facts)
        if not able:
            return done(notice(Message(body=(p("voucher_claim.no_voucher"),))))
        return self.show(Place(NAME, "which"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on with a receipt, an answer, or a check."""
        key = str(place.data.get("id") or "")
        match place.step, heard:
            case step, _ if step in checking.STEPS:
                if not facts.person.holds("coordinator"):
                    return done(say("engine.not_for_you"))
                return checking.take(place, heard, facts)
            case "answer", _:
                return self._reply(place, heard, facts)
            case "which", Picked(value):
                voucher = one_of(facts.vouchers.vouchers, value)
                return Miss() if voucher is None else self._begin(voucher, facts)
            case "withdraw", Picked("yes" | "no" as said):
                return self._withdraw(key, facts) if said == "yes" else done(say("voucher_request.kept"))
            case step, _ if step in STEPS:
                return self._form(place, heard, facts)
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a place as things are now."""
        match place.step:
            case step if step in checking.STEPS:
                if not facts.person.holds("coordinator"):
                    return done(say("engine.not_for_you"))
                return checking.show(place, facts)
            case "answer":
                return reply.show(place, facts)
            case "which":
                able = [one for one in facts.vouchers.vouchers if self._claimable(one, facts)][:10]
                rows = tuple(Choice(one.id, euro(one.residual_cents), service(one.category)) for one in able)
                return Outcome(place, Message(body=(p("voucher_claim.which"),), choices=rows, ways=(BACK,)))
            case "withdraw":
                return self._ask_withdraw(str(place.data.get("id") or ""), facts)
            case step if step in STEPS:
                found = self._draft(place, facts)
                return go_to("vouchers") if found is None else self._step(place, found, facts)
            case _:
                return go_to("vouchers")

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """new, resume, answer, withdraw for the owner; check, see for a coordinator; and the timers."""
        match verb:
            case _ if verb in times.VERBS:
                return times.ring(verb, subject, facts)
            case "check" | "see" if not facts.person.holds("coordinator"):
                return told(say("engine.not_for_you"))
            case "check":
                return checking.listing(facts)
            case "see":
                return checking.opened(subject, facts)
            case "answer":
                return self._answer(subject, facts)
            case "withdraw":
                return self._ask_withdraw(subject, facts)
            case _:
                return self.enter({"voucher": subject}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One question back; from the first, to where she was."""
        if place.step in checking.STEPS and facts.person.holds("coordinator"):
            return checking.back(place, facts)
        if place.step not in STEPS or place.step == STEPS[0]:
            return done()
        earlier = STEPS[: STEPS.index(place.step)]
        known = {"iban": facts.vouchers.profile.iban_end, "name": facts.vouchers.profile.name}
        return self.show(replace(place, step=[step for step in earlier if not known.get(step)][-1]), facts)

    def left(self, place: Place, facts: Facts) -> str:
        """The receipt so far stays."""
        return "voucher_claim.left_half" if place.step in STEPS and place.data.get("id") else ""

    def _begin(self, voucher: WorkerVoucherView, facts: Facts) -> Outcome:
        draft = ClaimDraft(voucher.id)
        key = facts.fresh[0]
        return first(self._next(key, draft, frozenset(), facts, voucher), SaveClaim(key, draft))

    def _form(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        draft, key = self._draft(place, facts), str(place.data.get("id") or "")
        voucher = None if draft is None else voucher_for(draft, facts)
        if draft is None or voucher is None:
            return go_to("vouchers")
        asked = self._asked(place)
        match place.step, heard:
            case "photo", Sent() if by_chat(voucher):
                fault = file_fault(heard)
                if fault is not None:
                    return Miss(fault)
                paper = AddPaper(key, facts.fresh[1], "receipt", heard)
                return first(self._next(key, draft, asked | {"photo"}, facts), paper)
            case "photo", Picked("ok") if not by_chat(voucher):
                return self._next(key, draft, asked | {"photo"}, facts)
            case "photo", Sent():
                return Miss(p("voucher.not_kept"))
            case "photo", _:
                return Miss(p("voucher_claim.photo_first") if by_chat(voucher) else None)
            case "iban", Typed(text):
                iban = read_account(text)
                return Miss(iban) if isinstance(iban, Phrase) else self._given(place, draft, SaveIban(iban), facts)
            case "name", Typed(text):
                name = read_name(text)
                return Miss(name) if isinstance(name, Phrase) else self._given(place, draft, SaveName(name), facts)
            case "send", Picked("send"):
                if self._unreadable(key, facts) and by_chat(voucher):
                    again = self._next(key, draft, asked - {"photo"}, facts)
                    return first(again, say("voucher_notice.bad_file"))
                return self._send(key, draft, facts)
            case "send", Picked("account"):
                return self._step(replace(place, step="iban"), draft, facts)
            case "send", Picked("drop"):
                return done(DiscardDraft(key), say("voucher_claim.dropped"))
            case "send" | "iban" | "name", _:
                return Miss()
        after = answered(place.step, heard, draft, facts)
        if isinstance(after, Miss):
            return after
        if twin(key, after, facts) is not None:
            return Miss(p("voucher_claim.twice"))
        return first(self._next(key, after, asked | {place.step}, facts), SaveClaim(key, after))

    def _next(
        self,
        key: str,
        draft: ClaimDraft,
        asked: frozenset[str],
        facts: Facts,
        voucher: WorkerVoucherView | None = None,
    ) -> Outcome:
        found = one_of(facts.vouchers.claims, key)
        has_photo = found is not None and any(one.status != "refused" for one in found.papers)
        step = next_step(draft, has_photo, asked, facts)
        return self._step(self._place(step, key, asked), draft, facts, voucher)

    def _given(self, place: Place, draft: ClaimDraft, order: SaveIban | SaveName, facts: Facts) -> Outcome:
        """The account or name is kept, and the receipt goes on."""
        profile = facts.vouchers.profile
        if isinstance(order, SaveIban):
            profile = replace(profile, iban_end=last_four(order.iban))
        else:
            profile = replace(profile, name=order.name)
        seen = replace(facts, vouchers=replace(facts.vouchers, profile=profile))
        key = str(place.data.get("id") or "")
        return first(self._next(key, draft, self._asked(place), seen), order)

    def _step(
        self, place: Place, draft: ClaimDraft, facts: Facts, voucher: WorkerVoucherView | None = None
    ) -> Outcome:
        voucher = voucher or voucher_for(draft, facts)
        if voucher is None:
            return go_to("vouchers")
        if place.step != "send":
            return question(place, draft, voucher)
        end = facts.vouchers.profile.iban_end
        body = [*summary(draft, voucher), p("voucher_claim.account", end=end)]
        if draft.gross_cents > voucher.residual_cents:
            body.append(p("voucher_claim.at_most", amount=Money(voucher.residual_cents)))
        screen = Message(
            title=p("voucher_claim.title"),
            body=(*body, p("voucher_claim.who_sees"), p("voucher_claim.confirm")),
            choices=(choice("send", "handoff.send"), choice("account", "voucher_claim.other_iban")),
            ways=(choice("drop", "voucher_claim.drop"), BACK),
        )
        return Outcome(place, screen)

    def _send(self, key: str, draft: ClaimDraft, facts: Facts) -> Outcome | Miss:
        if twin(key, draft, facts) is not None:
            return Miss(p("voucher_claim.twice"))
        receipt = Message(
            title=p("voucher_claim.sent_title"),
            body=(p("voucher_claim.sent", number=number(key)), p("voucher_claim.not_seen")),
            ways=(lasting("vouchers", "list", "", "vouchers.my_requests"), MENU),
        )
        return over(receipt, SubmitClaim(key), alert(key, draft.gross_cents, "claim_new"))

    def _answer(self, key: str, facts: Facts) -> Outcome:
        found = one_of(facts.vouchers.claims, key)
        if found is not None and reply.asked(key, facts) is not None and found.asked == "iban":
            screen = Message(body=(p("voucher_account.ask_iban"),), ways=(BACK,), wanted="text")
            return Outcome(Place(NAME, "answer", {"id": key, "want": "iban"}), screen)
        return reply.begin(key, facts, NAME)

    def _reply(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """An account is kept as such, never as words."""
        key = str(place.data.get("id") or "")
        found = one_of(facts.vouchers.claims, key)
        wants = found is not None and found.asked == "iban"
        if not wants or reply.asked(key, facts) is None or not isinstance(heard, Typed):
            return reply.take(place, heard, facts)
        iban = read_account(heard.text)
        if isinstance(iban, Phrase):
            return Miss(iban)
        sent = reply.sent_account(key, last_four(iban), facts)
        return first(done(), SaveIban(iban), *sent)

    def _ask_withdraw(self, key: str, facts: Facts) -> Outcome:
        found = one_of(facts.vouchers.claims, key)
        if found is None or found.state not in OPEN_CLAIM:
            return told(say("voucher_claim.not_yours"))
        screen = Message(body=(p("voucher_claim.withdraw", number=number(key)),), choices=(YES, NO))
        return Outcome(Place(NAME, "withdraw", {"id": key}), screen)

    def _withdraw(self, key: str, facts: Facts) -> Outcome:
        found = one_of(facts.vouchers.claims, key)
        if found is None or found.state not in OPEN_CLAIM:
            return done(say("voucher_claim.not_yours"))
        return done(WithdrawClaim(key), say("voucher_request.withdrawn", number=number(key)))

    def _draft(self, place: Place, facts: Facts) -> ClaimDraft | None:
        found: WorkerClaimView | None = one_of(facts.vouchers.claims, str(place.data.get("id") or ""))
        return found.draft if found is not None and found.state == DRAFT else None

    def _unreadable(self, key: str, facts: Facts) -> bool:
        """True if what she sent was fetched, and nothing of it is a photo or a PDF."""
        found = one_of(facts.vouchers.claims, key)
        return found is not None and bool(found.papers) and all(one.status == "refused" for one in found.papers)

    def _asked(self, place: Place) -> frozenset[str]:
        asked = place.data.get("asked")
        return frozenset(str(one) for one in asked) if isinstance(asked, list) else frozenset()

    def _place(self, step: str, key: str, asked: frozenset[str]) -> Place:
        kept: list[Json] = [*sorted(asked & {"photo", "vat"})]
        return Place(NAME, step, {"id": key, "asked": kept})

    def _claimable(self, voucher: WorkerVoucherView, facts: Facts) -> bool:
        lives = voucher.state in LIVE_VOUCHER or voucher.state == EXPIRED
        in_time = today(facts) <= voucher.expires_on + CLAIM_AFTER_EXPIRY
        return lives and in_time and voucher.residual_cents > 0 and "reimbursement" in voucher.modes
