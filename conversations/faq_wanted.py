"""Whether a turn may need the answers about the rules, and whether a text that no flow could take asks for one.

Most turns need none of it and cost nothing then.
"""

from typing import Final

from conversations.events import Chose, Due, Happening, Said
from conversations.faq.danger import danger_in
from conversations.faq.ranking import Helpline, Outcome
from conversations.faq.tokens import tokens
from conversations.faq_views import Knowledge
from conversations.state import HOME, Place, State
from conversations.understand import Word, word_in

FLOW: Final = "faq"
DESK: Final = "faq_desk"
_USERS: Final = (FLOW, DESK, "handoff")
"""The flows that look at topics: the answers, the desk, and the thread with its ready answers."""
_FEWEST: Final = 3
"""Words of the shortest question outside the menu: a shorter text is rather a mistyped choice."""
_SHORTEST_PLEA: Final = 2
"""Words of the shortest text that may tell of violence."""
_SURE: Final = 5
"""Words from which a text without any sign of a question is one if it finds its answer."""
_ASKING: Final = frozenset(
    "quanto quanti quante quanta come quando dove chi cosa che qual quale quali perche posso puo possiamo devo deve"
    " spetta spettano serve servono vorrei volevo esiste esistono ho diritto what which who when where why how can"
    " could may must should do does is are am".split()
)


def wanted(state: State, what: Happening) -> bool:
    """True if the place, a parked place, the tapped button or a typed text may have to do with the answers."""
    if any(place.flow in _USERS for place in (state.place, *state.parked)):
        return True
    match what:
        case Due(kind=kind):
            return kind.partition(":")[0] in _USERS
        case Chose(token=token):
            return token.startswith(("@faq", "@handoff"))
        case Said(text=text):
            if any(offer.value.startswith("@faq") for offer in state.offers):
                return True
            if not _speaks(text) or _labelled(text, state):
                return False
            return word_in(text) in (None, Word.FAQ)
        case _:
            return False


def desk_wanted(state: State, what: Happening) -> bool:
    """True if the desk of the answers is in hand, or about to be."""
    if any(place.flow == DESK for place in (state.place, *state.parked)):
        return True
    match what:
        case Due(kind=kind):
            return kind.startswith(DESK)
        case Chose(token=token):
            return token.startswith(f"@{DESK}")
        case Said():
            return any(offer.value.startswith(f"@{DESK}") for offer in state.offers)
        case _:
            return False


def asks(text: str, place: Place, known: Knowledge, language: str) -> bool:
    """True if a text that the flow at this place could not take is a question for the answers.

    At the menu every sentence is one. Elsewhere it must look like a question, find an answer, or perhaps tell of
    violence.
    """
    said = tokens(text)
    if place == HOME or danger_in(text):
        return bool(said) and not all(word.isdigit() for word in said)
    if len(said) >= _FEWEST and ("?" in text or said[0] in _ASKING):
        return True
    if len(said) < _SHORTEST_PLEA:
        return False
    ranking = known.finder.ask(text, language=language)
    return ranking.helpline is not Helpline.NO or (len(said) >= _SURE and ranking.outcome is Outcome.ANSWER)


def _labelled(text: str, state: State) -> bool:
    """A choice of the screen, typed as it stands there; one statement costs less than to understand it better."""
    said = text.strip().casefold()
    return any(offer.label.casefold() == said for offer in state.offers)


def _speaks(text: str) -> bool:
    """A number, a sign or two letters are never a question."""
    return any(len(word) > 2 and not word.isdigit() for word in tokens(text[:200]))
