"""What a coordinator reads while an issue goes out, in Italian, at every turn of its way."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.messages import Message
from conversations.news.progress_view import BLOCKS, bar, minutes_left, progress_view, stage
from conversations.news.views import Issue, IssueState, Outcome, Progress
from conversations.phrases import render
from storage.content import Content

NOW = datetime(2026, 11, 10, 11, 30, tzinfo=UTC)
HOURS = timedelta(hours=2)


def issue(
    state: IssueState = "sending",
    enqueued: bool = True,
    pace: float = 0.0,
    why: str = "",
    held: datetime | None = None,
    **counts: int,
) -> Issue:
    known = cast(dict[Outcome, int], counts)
    progress = Progress({"telegram": known}, enqueued, pace, held, why)
    return Issue("n1", "2026-11", "monthly", {"it": "Notizie"}, state, 3, progress=progress)


def read(content: Content, one: Issue, language: str = "it") -> str:
    message = progress_view(one, NOW)
    texts = [message.title, *message.body, *(way.label for way in message.ways)]
    return "\n".join(render(text, language, content.catalog) for text in texts if text is not None)


def values(message: Message) -> list[str]:
    return [way.value for way in message.ways]


def test_in_the_middle_it_tells_how_many_have_it_and_how_long_it_takes(content: Content) -> None:
    one = issue(todo=240, sending=5, sent=100, delivered=40, read=5, opened=3, failed=2, pace=1.4)
    assert read(content, one) == (
        "Invio del numero 2026-11\n"
        "▰▰▰▱▱▱▱▱▱▱ 37%\n"
        "Fatto: 150 di 395 persone.\n"
        "Non riuscito per 2 persone.\n"
        "3 persone hanno l'annuncio e non hanno ancora toccato «Leggi ora».\n"
        "Mancano circa 3 minuti.\n"
        "Pausa\n"
        "Aggiorna"
    )
    assert "About 3 minutes to go." in read(content, one, "en")
    assert values(progress_view(one, NOW)) == ["@newsdesk:pause:n1", "@newsdesk:progress:n1"]
    assert progress_view(one, NOW).silent


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (issue(enqueued=False, todo=5), "Sto ancora preparando l'elenco delle persone."),
        (issue(todo=5, pace=25.0), "Manca meno di un minuto."),
        (issue(todo=5), "Le altre persone aspettano: la loro ora, o il limite di WhatsApp."),
        (issue(todo=5, pace=1.0, held=NOW + HOURS), "Il canale chiede una pausa fino al 10/11/2026, 14:30."),
        (issue(todo=60, pace=1.0, held=NOW - HOURS), "Manca meno di un minuto."),
        (issue("paused", todo=5), "In pausa: non parte niente finché non riprendi."),
        (
            issue("paused", todo=5, why="63040"),
            "L'invio si è fermato: WhatsApp ha rifiutato o sospeso l'annuncio (errore 63040).",
        ),
        (issue("sent", sent=5), "Invio finito."),
        (issue("cancelled", sent=5, cancelled=5), "Invio annullato."),
        (issue(doubtful=1), "In dubbio per 1 persona: forse le è arrivato."),
    ],
)
def test_each_turn_has_its_sentence(content: Content, one: Issue, told: str) -> None:
    assert told in read(content, one).split("\n")


def test_who_does_not_send_now_can_only_open_the_issue() -> None:
    for state in ("paused", "sent", "cancelled", "withdrawn"):
        assert values(progress_view(issue(state), NOW)) == ["@newsdesk:issue:n1"]  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_bar_has_ten_blocks_and_is_full_only_at_the_end(done: int, left: int) -> None:
    drawn, share = bar(done, done + left).split(" ")
    assert len(drawn) == BLOCKS and set(drawn) <= {"▰", "▱"}
    assert (drawn == "▰" * BLOCKS and share == "100%") == (left == 0 and done > 0)


def test_an_issue_for_nobody_has_an_empty_bar(content: Content) -> None:
    assert "▱▱▱▱▱▱▱▱▱▱ 0%\nFatto: 0 di 0 persone." in read(content, issue())
    assert read(content, Issue("n1", "2026-11", "monthly", {}, "sending", 1)).startswith("Invio del numero 2026-11")


def test_the_stages_are_the_beginning_the_half_and_the_end() -> None:
    assert stage(issue(todo=6, sent=4)) == "begun"
    assert stage(issue(todo=5, sent=5)) == "half"
    assert stage(issue(enqueued=False, todo=5, sent=5)) == "begun", "how many there will be is not known yet"
    assert stage(issue()) == "begun"
    assert stage(issue("sent", sent=1)) == stage(issue("cancelled", todo=5)) == "over"


def test_minutes_are_counted_whole_and_unknown_where_nothing_leaves() -> None:
    assert minutes_left(issue(todo=61, pace=1.0).progress or Progress()) == 2
    assert minutes_left(issue(todo=61).progress or Progress()) is None
