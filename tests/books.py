"""A flow for tests that keeps a book: what is written or tapped goes into it, word by word, and every word counts.

It is not pure where a test wants trouble: "boom" raises while `broken`, and `pause` is called in each turn.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

from conversations.effects import RecordConsent, Say, ToPerson
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import Heard, Miss, Outcome, Picked, Typed
from conversations.messages import Choice, Message, Verbatim
from conversations.state import Place


class Book:
    """The flow a stranger begins in."""

    name: ClassVar[str] = "welcome"
    roles: ClassVar[frozenset[Role] | None] = None

    def __init__(self) -> None:
        self.broken = True
        self.pause: Callable[[str], None] = lambda text: None

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        return self.show(Place(self.name, "book"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        word = heard.text if isinstance(heard, Typed) else heard.value if isinstance(heard, Picked) else "?"
        self.pause(word)
        if word == "boom" and self.broken:
            raise LookupError(f"a defect that would show {word}")
        words = [*words_of(place), word]
        outcome = self.show(Place(self.name, "book", {"words": words}), facts)  # type: ignore[dict-item]
        return Outcome(outcome.then, outcome.screen, (RecordConsent("newsletter", True, word[:40]),))

    def show(self, place: Place, facts: Facts) -> Outcome:
        text = " ".join(words_of(place)) or "empty"
        return Outcome(place, Message(body=(Verbatim(text),), choices=(Choice("tap", Verbatim("Tap")),)))

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        self.pause(verb)
        if verb == "boom" and self.broken:
            raise LookupError("a timer's defect")
        alert = Say(Message(body=(Verbatim(f"{verb} {subject}"),)), ToPerson(facts.person.id), lane="alert")
        return Outcome(Place(self.name, "book"), None, (alert,))

    def back(self, place: Place, facts: Facts) -> Outcome:
        return self.show(place, facts)


class OtherBook(Book):
    """The menu, which every engine needs."""

    name: ClassVar[str] = "menu"


def words_of(place: Place) -> list[str]:
    words = place.data.get("words")
    return [str(word) for word in words] if isinstance(words, list) else []
