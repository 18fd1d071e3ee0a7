"""Whether a turn may need to know anything about vouchers: most turns do not, and cost nothing then.

A flow of the vouchers has a name that begins with "voucher", and so have its lasting buttons and its timers.
"""

from typing import Final

from conversations.events import Chose, Due, Happening, Joined, Said
from conversations.folding import words
from conversations.rules.service_words import service_meant
from conversations.rules.voucher_codes import meant_as_code, token_in
from conversations.rules.voucher_pins import pin_in
from conversations.state import HOME, Place, State
from conversations.understand import Word, word_in

FLOWS: Final = "voucher"
CORRECTIONS: Final = "voucher_correction"
SAID: Final = frozenset(
    {
        Word.VOUCHERS,
        Word.REQUESTS,
        Word.REFUND,
        Word.DECIDE,
        Word.APPROVE,
        Word.DECLINE,
        Word.ASK,
        Word.DETAILS,
        Word.CONFIRM,
    }
)
"""Words that lead to a flow of the vouchers from anywhere."""
YES_OR_NO: Final = {
    "confirm": frozenset("si|ok|va bene|certo|yes|sure|all right".split("|")),
    "refuse": frozenset("no|no grazie|non e mio|non sono io|no thanks|not me".split("|")),
}
"""What answers the one charge that waits for its owner, by the button it stands for."""
_LONGEST: Final = 40


def wanted(state: State, what: Happening) -> bool:
    """True if the place, a parked place, the screen or the event has to do with vouchers."""
    if any(place.flow.startswith(FLOWS) for place in (state.place, *state.parked)):
        return True
    match what:
        case Due(kind=kind):
            return kind.startswith(FLOWS)
        case Chose(token=token):
            return token.startswith(f"@{FLOWS}") or _offered(state)
        case Joined(code=code):
            return token_in(code) is not None
        case Said(text=text):
            answers = rests(state.place) and bool(answered(text))
            return answers or _offered(state) or token_in(text) is not None or _spoken(text)
        case _:
            return False


def corrects(state: State, what: Happening) -> bool:
    """True if a coordinator looks, or may be about to look, at what she may correct."""
    if any(place.flow == CORRECTIONS for place in (state.place, *state.parked)):
        return True
    match what:
        case Chose(token=token):
            return token.startswith(f"@{CORRECTIONS}") or _offered(state, CORRECTIONS)
        case Said():
            return _offered(state, CORRECTIONS)
        case _:
            return False


def rests(place: Place) -> bool:
    """True of a place that shows something and asks for nothing."""
    shows = place.flow == "vouchers" and place.step in {"request", "voucher", "claim"}
    return shows or place == HOME or place.step in {"hub", "list", "queue", "case"}


def answered(text: str) -> str:
    """The button of a waiting charge that this short answer stands for; empty where it is none."""
    said = words(text[:_LONGEST])
    return next((verb for verb, forms in YES_OR_NO.items() if said in forms), "")


def _offered(state: State, flow: str = FLOWS) -> bool:
    """True if the screen has a button of theirs, which a number or its words may choose."""
    return any(offer.value.startswith(f"@{flow}") for offer in state.offers)


def _spoken(text: str) -> bool:
    if service_meant(text):
        return True
    if len(text) > _LONGEST:
        return False
    return word_in(text) in SAID or meant_as_code(text) or pin_in(text) is not None
