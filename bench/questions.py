"""The ten questions every bot asks, and what each invented person answers; standard library only."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["choice", "number", "words"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `choices` are names and labels."""

    name: str
    kind: Kind
    label: str
    choices: tuple[tuple[str, str], ...] = ()


QUESTIONS = (
    Question("q1", "choice", "Come vai al lavoro?", (("bus", "In bus"), ("bike", "In bici"), ("foot", "A piedi"))),
    Question("q2", "number", "Quanti minuti ci metti?"),
    Question("q3", "words", "Che cosa ti piace del tuo lavoro?"),
    Question("q4", "choice", "Quando lavori?", (("day", "Di giorno"), ("night", "Di notte"), ("mixed", "Cambia"))),
    Question("q5", "words", "Che cosa cambieresti?"),
    Question("q6", "number", "Quante ore lavori a settimana?"),
    Question("q7", "choice", "Dove mangi?", (("home", "A casa"), ("bar", "Al bar"), ("desk", "Alla scrivania"))),
    Question("q8", "words", "Quale corso vorresti?"),
    Question("q9", "choice", "Ti serve il nido?", (("need", "Mi serve"), ("none", "Non mi serve"))),
    Question("q10", "number", "Quanti colleghi hai?"),
)
TURNS = len(QUESTIONS) + 1
"""Events of one whole dialogue: the command that begins it, then one answer to each question."""


def answer(person: int, place: int) -> str:
    """What this person answers to the question at this place: a choice's name, digits, or words; always the same."""
    question = QUESTIONS[place]
    match question.kind:
        case "choice":
            return question.choices[(person + place) % len(question.choices)][0]
        case "number":
            return str((person * 7 + place * 13) % 500 + 1)
        case "words":
            return f"Tornio e saldatura {person} {place}"


def label_of(place: int, name: str) -> str:
    """What the button of a choice says."""
    return dict(QUESTIONS[place].choices)[name]


def title(place: int) -> str:
    """The first line of a question."""
    return f"Domanda {place + 1} di {len(QUESTIONS)}"


def accepts(place: int, text: str) -> bool:
    """Whether a typed text is an answer to the question."""
    kind = QUESTIONS[place].kind
    return kind == "words" or (kind == "number" and text.isdecimal())


def ending(answers: dict[str, str]) -> str:
    """The last screen: every question with its answer."""
    rows = (f"{question.label} {answers.get(question.name, '')}" for question in QUESTIONS)
    return "\n".join(("Ecco le tue risposte", *rows))
