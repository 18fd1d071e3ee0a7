"""What a person can do at a step of a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer: a choice's name, several names, a number with a point, an ISO date, a file's id."""

    value: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Toggle:
    """Ticks or unticks one choice of several; Done() ends."""

    name: str


@dataclass(frozen=True, slots=True)
class Done:
    """The ticked choices are the answer."""


@dataclass(frozen=True, slots=True)
class Skip:
    """No answer to this question; an earlier one is taken back."""


@dataclass(frozen=True, slots=True)
class Back:
    """To the question before; answers stay. While editing, back to the summary."""


@dataclass(frozen=True, slots=True)
class Edit:
    """From the summary to one question."""

    ref: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """The summary is right: the run is finished."""


@dataclass(frozen=True, slots=True)
class AddAnother:
    """The reply to "one more?"."""

    more: bool


@dataclass(frozen=True, slots=True)
class Remove:
    """Takes one instance of an open-ended repeat away: its path, such as /data/child[2], or one inside it."""

    ref: str


@dataclass(frozen=True, slots=True)
class Restart:
    """All answers are dropped and the run begins again."""


Action = Answer | Toggle | Done | Skip | Back | Edit | Confirm | AddAnother | Remove | Restart
