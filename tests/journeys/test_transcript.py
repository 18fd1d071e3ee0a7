"""The golden-dialogue format: what is written is read back, and the player sees every difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.dialogue import ACTS, Does, Hears, Line, Says, Taps, Waits, heard, write
from scheduler.sending import Button, File, Letter
from tests.journeys.transcript import BadTranscript, check, matches, parse, play

SAMPLE = """\
# A worker begins

<!-- written by the simulator -->

**Giulia:** ciao
    come va?

> **Domanda 1 di 12**
>
> Che lavoro fai qui?
> [Dipendente] [Titolare \\[io\\]]
> [Indietro] [Menu]

**Giulia** [Dipendente]

*+8 days*

> → Marco
> Nuova richiesta.
> {file: codice.png}
> [Approva]

**Marco** {photo: asilo.jpg}

**Marco** {block}
"""


def test_a_dialogue_is_read_line_by_line() -> None:
    assert parse(SAMPLE) == [
        Says("Giulia", "ciao\ncome va?"),
        Hears(
            "Giulia",
            "**Domanda 1 di 12**\n\nChe lavoro fai qui?",
            (("Dipendente", "Titolare [io]"), ("Indietro", "Menu")),
        ),
        Taps("Giulia", "Dipendente"),
        Waits(8 * 86400),
        Hears("Marco", "Nuova richiesta.", (("Approva",),), "codice.png"),
        Does("Marco", "photo", "asilo.jpg"),
        Does("Marco", "block"),
    ]


def test_a_line_that_means_nothing_is_named_with_its_number() -> None:
    with pytest.raises(BadTranscript, match="line 3"):
        parse("**Giulia:** ciao\n\nGiulia: ciao\n")
    with pytest.raises(BadTranscript, match="line 1"):
        parse("**Giulia** {dance}")


NAMES = st.sampled_from(["Giulia", "Marco", "Anna Verdi"])
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
LABELS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
TEXT_LINES = st.one_of(
    LABELS, st.just(""), st.sampled_from(["[Sì]", "→ Marco", "{file: a}", "\\", "> a", "**b**", "# a"])
)
TEXTS = st.lists(TEXT_LINES, min_size=1, max_size=4).map("\n".join).filter(lambda text: text == text.strip() and text)
ROWS = st.lists(st.lists(LABELS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(Says, NAMES, TEXTS),
    st.builds(Taps, NAMES, LABELS),
    st.builds(Does, NAMES, st.sampled_from(ACTS), st.one_of(st.just(""), WORDS)),
    st.builds(Waits, st.integers(1, 10**7)),
    st.builds(Hears, NAMES, TEXTS, ROWS, st.one_of(st.just(""), WORDS)),
)


@given(st.lists(LINES, max_size=8))
def test_what_is_written_is_read_back(lines: list[Line]) -> None:
    assert parse(write(lines)) == lines


def test_a_letter_becomes_the_same_line_on_every_channel() -> None:
    letter = Letter(
        7,
        title="Domanda 2 di 12",
        body=("Quali servizi?",),
        hint="Puoi sceglierne più di uno.",
        choices=(Button("a", "Nido", marked=True), Button("b", "Doposcuola", marked=False)),
        ways=(Button("done", "Fatto"),),
        file=File("document", "guida.pdf", "application/pdf", b"x"),
    )
    assert heard("Giulia", letter) == Hears(
        "Giulia",
        "**Domanda 2 di 12**\n\nQuali servizi?\n\nPuoi sceglierne più di uno.",
        (("☑ Nido", "☐ Doposcuola"), ("Fatto",)),
        "guida.pdf",
    )


def test_an_ellipsis_in_an_expectation_stands_for_anything() -> None:
    assert matches("Il tuo codice è … fino al …", "Il tuo codice è K7-22\nfino al 3 dicembre.")
    assert not matches("Il tuo codice è …!", "Il tuo codice è K7-22.")


def test_a_difference_shows_both_texts() -> None:
    with pytest.raises(AssertionError, match=r"(?s)Ciao Anna.*Ciao Giulia"):
        check(Hears("G", "Ciao Anna"), Hears("G", "Ciao Giulia"))
    with pytest.raises(AssertionError, match="said nothing"):
        check(Hears("G", "Ciao"), None)
    with pytest.raises(AssertionError):
        check(Hears("G", "Ciao", (("Sì", "No"),)), Hears("G", "Ciao", (("Sì",),)))


class Parrot:
    """A player over a program that repeats what it hears."""

    def __init__(self) -> None:
        self.said: list[Hears] = []
        self.log: list[str] = []

    async def say(self, who: str, text: str) -> None:
        self.said.append(Hears(who, text))

    async def tap(self, who: str, label: str) -> None:
        self.log.append(f"{who} taps {label}")

    async def do(self, who: str, act: str, detail: str) -> None:
        self.log.append(f"{who} does {act} {detail}")

    async def wait(self, seconds: int) -> None:
        self.log.append(f"{seconds} pass")

    async def hear(self, who: str) -> Hears | None:
        mine = [line for line in self.said if line.who == who]
        if mine:
            self.said.remove(mine[0])
        return mine[0] if mine else None


async def test_a_dialogue_is_played_in_order() -> None:
    parrot = Parrot()
    await play(parse("**A:** uno\n\n> uno\n\n**A** [Sì]\n\n*+1 hour*\n\n**A** {block}\n"), parrot)
    assert parrot.log == ["A taps Sì", "3600 pass", "A does block "]


async def test_an_answer_that_the_dialogue_does_not_have_is_found() -> None:
    with pytest.raises(AssertionError, match="said more"):
        await play(parse("**A:** uno\n\n> uno\n\n**A:** due\n\n**A:** tre\n"), Parrot())
