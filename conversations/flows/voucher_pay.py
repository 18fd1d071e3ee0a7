"""Payments by chat, for the accountant: what is to be paid, what failed, and asking for an account.

> 3 pagamenti da fare. [80,00 €] [120,00 €] [40,00 €]
Ugo: [40,00 €]
> Paolo Baby, 40 €. Manca l'IBAN. [Chiedi l'IBAN]
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, choice, done, first, p, say
from conversations.messages import Choice, Message, Money, Text
from conversations.rules.reasons import label
from conversations.state import Place
from conversations.steps.vouchers.notices import account_wanted
from conversations.steps.vouchers.words import euro, more, one_of, page, page_in
from conversations.voucher_office_views import AccountantPaymentView


class VoucherPay:
    """Name, account, amount and invoice: never why."""

    name: ClassVar[str] = "voucher_pay"
    roles: ClassVar[frozenset[Role] | None] = frozenset({"accountant"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the list."""
        return self._list(facts, 0)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Turn the page, or ask for an account."""
        view = one_of(facts.vouchers.to_pay, str(place.data.get("id") or ""))
        match place.step, heard:
            case "list", Picked("more"):
                return self._list(facts, page_in(place.data.get("page")) + 1)
            case "one", Picked("account") if view is not None:
                asked = account_wanted(view.id, view.amount_cents)
                return first(self._list(facts, 0), asked, say("voucher_pay.asked"))
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen as things are now."""
        view = one_of(facts.vouchers.to_pay, str(place.data.get("id") or ""))
        if place.step == "one" and view is not None:
            return self._one(view)
        return self._list(facts, page_in(place.data.get("page")))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, or one payment."""
        return self.show(Place(self.name, "one" if verb == "one" else "list", {"id": subject}), facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From a payment to the list, from there to where she was."""
        return self._list(facts, 0) if place.step == "one" else done()

    def _list(self, facts: Facts, number_of_page: int) -> Outcome:
        rows = [self._row(view) for view in facts.vouchers.to_pay]
        failed = sum(view.state == "pay_failed" for view in facts.vouchers.to_pay)
        part, others = page(rows, number_of_page)
        whole = Money(sum(view.amount_cents for view in facts.vouchers.to_pay))
        body: list[Text] = [
            p("voucher_pay.waiting", count=len(rows), amount=whole) if rows else p("voucher_pay.none")
        ]
        if failed:
            body.append(p("voucher_pay.failed", count=failed))
        if rows:
            body.append(p("voucher_pay.by_file"))
        screen = Message(title=p("voucher_pay.title"), body=tuple(body), choices=more(part, others), ways=(BACK,))
        return Outcome(Place(self.name, "list", {"page": number_of_page}), screen)

    def _one(self, view: AccountantPaymentView) -> Outcome:
        body: list[Text] = [p("voucher_pay.one", name=view.name, amount=Money(view.amount_cents))]
        if view.vat_cents:
            body.append(p("voucher_claim.of_which_vat", amount=Money(view.vat_cents)))
        if view.invoice:
            body.append(p("voucher_pay.invoice", invoice=view.invoice))
        body.append(p("voucher_pay.iban", iban=view.iban) if view.iban else p("voucher_pay.no_iban"))
        if view.failed:
            body.append(p("voucher_pay.why_failed", reason=p(label("pay_failed", view.failed))))
        wants = not view.iban or view.state == "pay_failed"
        choices = (choice("account", "voucher_pay.ask_account"),) if wants else ()
        screen = Message(title=p("voucher_pay.title"), body=tuple(body), choices=choices, ways=(BACK,))
        return Outcome(Place(self.name, "one", {"id": view.id}), screen)

    def _row(self, view: AccountantPaymentView) -> Choice:
        wants = view.state == "pay_failed" or not view.iban
        about = p("voucher_pay.row_account" if wants else "voucher_pay.row", name=view.name[:40])
        return Choice(f"@{self.name}:one:{view.id}", euro(view.amount_cents), about)
