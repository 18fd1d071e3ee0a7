"""Whether a turn may need to know anything of the newsletter: most turns do not, and cost nothing then.

Readers are in the flow "newsletter", editors in "newsroom", coordinators in "newsdesk"; the flows keep the id of the
issue in hand in their place as "issue", and their buttons and timers name it last ("@newsdesk:plan:ID").
"""

from typing import Final

from conversations.events import Chose, Due, Happening, Said
from conversations.offers import exactly, meant
from conversations.state import State
from conversations.understand import Word, word_in

READING: Final = "newsletter"
WRITING: Final = "newsroom"
DECIDING: Final = "newsdesk"
FLOWS: Final = (READING, WRITING, DECIDING)
SAID: Final = frozenset({Word.NEWS, Word.READ, Word.SUBSCRIBE, Word.UNSUBSCRIBE, Word.NEWSROOM, Word.NEWSDESK})
"""Words that lead to the newsletter from anywhere."""


def wanted(state: State, what: Happening) -> bool:
    """True if the place, a parked place or the event has to do with the newsletter."""
    if any(place.flow in FLOWS for place in (state.place, *state.parked)):
        return True
    if isinstance(what, Said) and word_in(what.text) in SAID:
        return True
    return bool(_named(state, what))


def in_hand(state: State, what: Happening) -> str:
    """The id of the issue that the step is about, "" where none is: that of the button, whether it was tapped or
    typed, or of the timer; else the place's."""
    _, _, subject = _named(state, what).partition(":")
    if subject:
        return subject.partition(":")[0]
    places = (place for place in (state.place, *reversed(state.parked)) if place.flow in FLOWS)
    return next((str(place.data.get("issue") or "") for place in places), "")


def plans(state: State, what: Happening) -> bool:
    """True if a coordinator looks, or may be about to look, at whom an issue would reach and what it would cost."""
    if any(place.flow == DECIDING for place in (state.place, *state.parked)):
        return True
    return _named(state, what).startswith(f"{DECIDING}.")


def _named(state: State, what: Happening) -> str:
    """What the event names of the newsletter, as "FLOW.VERB:SUBJECT": by a timer, a lasting button, or a number or
    words that mean one of the screen's; "" where it names nothing of it."""
    token = ""
    match what:
        case Due(kind=kind, subject=subject):
            token = f"@{kind}:{subject}"
        case Chose(token=tapped):
            token = tapped
        case Said(text=text) if any(_ours(offer.value) for offer in state.offers):
            token = exactly(text, state.offers) or meant(text, state.offers)
        case _:
            pass
    return token[1:].replace(":", ".", 1) if _ours(token) else ""


def _ours(token: str) -> bool:
    return token.startswith("@") and token[1:].partition(":")[0] in FLOWS
