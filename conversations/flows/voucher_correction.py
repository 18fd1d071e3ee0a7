"""Corrections by chat, for coordinators: a voucher taken back or extended, a charge or an accepted refund undone.

Marta: [Correzioni] [Voucher attivi] [Giulia Prova] [Ritira il voucher] [Non lavora più lì]
> Ritiro il voucher di Giulia Prova? 150 € tornano nel fondo. [Sì] [No]
Marta: [Sì]
→ Giulia: Un tuo voucher è stato ritirato: non puoi più usare 150 €. Non lavori più nell'impresa del bando.
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import Heard, Miss, Outcome, Picked, Typed, done
from conversations.state import Place
from conversations.steps.vouchers import correcting as correcting
from conversations.steps.vouchers import correction_lists as lists
from conversations.steps.vouchers.words import page_in


class VoucherCorrection:
    """For coordinators; what belongs to a coordinator herself, or to her firm, is not there (P8)."""

    name: ClassVar[str] = lists.NAME
    roles: ClassVar[frozenset[Role] | None] = frozenset({"coordinator"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin with the three lists, or with the `list` named."""
        found = str(args.get("list") or "")
        return lists.listing(found, facts) if found in lists.LISTS else lists.hub(facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Turn a page, find somebody, or go on with a correction."""
        match place.step, heard:
            case step, _ if step in correcting.STEPS:
                return correcting.take(place, heard, facts)
            case step, Picked("more") if step in lists.LISTS:
                find = str(place.data.get("find") or "")
                return lists.listing(step, facts, page_in(place.data.get("page")) + 1, find)
            case step, Typed(text) if step in lists.LISTS:
                return lists.listing(step, facts, find=text[:80])
            case _:
                return Miss()

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The screen of a place as things are now."""
        if place.step in correcting.STEPS:
            return correcting.show(place, facts)
        if place.step in lists.LISTS:
            find = str(place.data.get("find") or "")
            return lists.listing(place.step, facts, page_in(place.data.get("page")), find)
        return lists.hub(facts)

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """open, vouchers, charges, claims; voucher, charge, claim."""
        if verb in correcting.CARDS:
            return correcting.card(verb, subject, facts)
        return self.enter({"list": verb}, facts)

    def back(self, place: Place, facts: Facts) -> Outcome:
        """From a question to its card, to its list, to the three lists, to where she was."""
        if place.step in correcting.STEPS:
            return correcting.back(place, facts)
        return lists.hub(facts) if place.step in lists.LISTS else done()
