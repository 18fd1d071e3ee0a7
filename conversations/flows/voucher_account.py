"""Name and bank account, for the accounts only: who is paid or decides gives them once, and may change them.

> Scrivi l'IBAN su cui vuoi ricevere i soldi.
Giulia: IT60 X054 2811 1010 0000 0123 456
> Fatto: i pagamenti vanno sul conto che finisce con 3456.
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.effects import Effect
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import BACK, Heard, Miss, Outcome, Typed, done, p, say
from conversations.messages import Message, Phrase, Text
from conversations.rules.iban import last_four
from conversations.state import Place
from conversations.steps.vouchers.reading import read_account, read_name
from conversations.voucher_orders import SaveIban, SaveName


class VoucherAccount:
    """One question, one answer, back to where she was."""

    name: ClassVar[str] = "voucher_account"
    roles: ClassVar[frozenset[Role] | None] = None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with `want`: "name" or "iban"."""
        return self.show(Place(self.name, "name" if args.get("want") == "name" else "iban"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """A name or an account number, or why it is none."""
        match place.step, heard:
            case "name", Typed(text):
                name = read_name(text)
                if isinstance(name, Phrase):
                    return Miss(name)
                return done(SaveName(name), say("voucher_account.name_kept", name=name))
            case "iban", Typed(text):
                iban = read_account(text)
                if isinstance(iban, Phrase):
                    return Miss(iban)
                kept: Effect = SaveIban(iban)
                return done(kept, say("voucher_account.iban_kept", end=last_four(iban)))
            case _:
                return Miss(p("voucher_account.write"))

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The question."""
        profile = facts.vouchers.profile
        known = profile.name if place.step == "name" else profile.iban_end
        body: list[Text] = [p("voucher_account.ask_name" if place.step == "name" else "voucher_account.ask_iban")]
        if known and place.step == "name":
            body.append(p("voucher_account.now_name", name=known))
        elif known:
            body.append(p("voucher_account.now_iban", end=known))
        body.append(p("voucher_account.who"))
        return Outcome(place, Message(body=tuple(body), ways=(BACK,), wanted="text"))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """name or iban."""
        return self.enter({"want": verb}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """To where the person was."""
        return done()
