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
SAID: Final = frozenset(
    {
        Word.NEWS,
        Word.READ,
        Word.SUBSCRIBE,
        Word.UNSUBSCRIBE,
        Word.TOPICS,
        Word.TELL,
        Word.NEWSROOM,
        Word.NEWSDESK,
    }
)
"""Words that lead to the newsletter from anywhere."""


def wanted(state: State, what: Happening) -> bool:
    """True if the place, a parked place, the screen or the event has to do with the newsletter."""
    if any(place.flow in FLOWS for place in (state.place, *state.parked)):
        return True
    match what:
        case Due(kind=kind):
            return kind.startswith(FLOWS)
        case Chose(token=token):
            return token[1:].startswith(FLOWS) or _offered(state)
        case Said(text=text):
            return _offered(state) or word_in(text) in SAID
        case _:
            return False


def in_hand(state: State, what: Happening) -> str:
    """The id of the issue that the step is about, "" where none is: that of the button, whether it was tapped or
    typed, or of the timer; else the place's."""
    token = ""
    match what:
        case Due(kind=kind, subject=subject) if kind.startswith(FLOWS):
            return subject
        case Chose(token=tapped):
            token = tapped
        case Said(text=text):
            token = exactly(text, state.offers) or meant(text, state.offers)
        case _:
            pass
    if token.startswith("@") and token[1:].startswith(FLOWS) and token.count(":") > 1:
        return token.split(":")[2]
    places = (place for place in (state.place, *reversed(state.parked)) if place.flow in FLOWS)
    return next((str(place.data.get("issue") or "") for place in places), "")


def plans(state: State, what: Happening) -> bool:
    """True if a coordinator looks, or may be about to look, at whom an issue would reach and what it would cost."""
    if any(place.flow == DECIDING for place in (state.place, *state.parked)):
        return True
    match what:
        case Due(kind=kind):
            return kind.startswith(DECIDING)
        case Chose(token=token):
            return token.startswith(f"@{DECIDING}") or _offered(state, (DECIDING,))
        case Said():
            return _offered(state, (DECIDING,))
        case _:
            return False


def _offered(state: State, flows: tuple[str, ...] = FLOWS) -> bool:
    """True if the screen has a button of theirs, which a number or its words may choose."""
    return any(offer.value[1:].startswith(flows) for offer in state.offers if offer.value.startswith("@"))
