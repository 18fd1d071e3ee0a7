"""Whether a turn needs the newsletter, and which issue it is about."""

import pytest

from conversations.events import Chose, Due, Said, Sent
from conversations.state import HOME, Offer, Place, State
from conversations.steps.newsroom.wanted import in_hand, plans, wanted

LIST = State(Place("newsdesk", "home"), offers=(Offer("@newsdesk:issue:n1", "Dicembre", True),))
OPEN = State(Place("newsroom", "issue", {"issue": "n2"}), offers=(Offer("items", "Notizie: 3", True),))
MENU = State(HOME, offers=(Offer("@newsletter:home", "Notizie", True),))


@pytest.mark.parametrize(
    ("state", "what", "needs", "key"),
    [
        (State(HOME), Said("ciao"), False, ""),
        (State(HOME), Chose("@faq:open"), False, ""),
        (State(HOME), Sent("document", "f"), False, ""),
        (State(HOME), Said("basta notizie"), True, ""),
        (State(HOME), Said("/redazione"), True, ""),
        (MENU, Said("1"), True, ""),
        (MENU, Said("una frase che non è una scelta"), False, ""),
        (MENU, Chose("@menu:help"), False, ""),
        (State(HOME), Chose("@newsletter:read:n9"), True, "n9"),
        (State(HOME), Chose("@newsroom:item:n3:i7"), True, "n3"),
        (State(HOME), Due("newsdesk:finished", "n4", {}), True, "n4"),
        (LIST, Said("1"), True, "n1"),
        (LIST, Said("dicembre"), True, "n1"),
        (LIST, Said("boh"), True, ""),
        (OPEN, Said("1"), True, "n2"),
        (OPEN, Chose("1:items"), True, "n2"),
        (State(Place("faq", "home"), parked=(OPEN.place,)), Said("x"), True, "n2"),
    ],
)
def test_the_issue_in_hand(state: State, what: object, needs: bool, key: str) -> None:
    assert wanted(state, what) is needs  # type: ignore[arg-type]
    assert in_hand(state, what) == key  # type: ignore[arg-type]


def test_only_the_desk_needs_the_plan() -> None:
    assert plans(LIST, Said("1")) and plans(State(HOME), Chose("@newsdesk:plan:n1"))
    assert not plans(OPEN, Said("1")) and not plans(State(HOME), Chose("@newsletter:read:n1"))
    assert plans(State(HOME), Due("newsdesk:stopped", "n1", {})) and not plans(State(HOME), Sent("photo", "p"))
