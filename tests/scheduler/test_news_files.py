"""Newsletter files are fetched from their channel, read, and given up when the channel will not have them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.events import Sent
from conversations.news import orders
from scheduler.news_files import TRIES, read_news_files
from scheduler.sending import Refused, SendError, Unavailable
from storage.db import Database
from storage.lanes import Lanes
from storage.news.issues import FILES
from tests.conversations.news.issues import NOW
from tests.storage.news_office import do, staff, stored, written
from tests.storage.news_word import word_file


class Provider:
    """A channel whose files are what they are told to be."""

    def __init__(self, *answers: bytes | SendError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def fetch(self, ref: str, limit: int) -> bytes:
        self.asked.append(ref)
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


@pytest.fixture
async def lanes(sqlite: Database) -> AsyncIterator[Lanes]:
    with sqlite.write() as conn:
        staff(conn)
    written(sqlite, [])
    for name in ("numero.md", "numero.docx"):
        do(sqlite, "sofia", orders.ReadNewsFile("issue", Sent("document", f"ref-{name}", "", name)))
    opened = Lanes(sqlite)
    yield opened
    await opened.close()


async def test_a_markdown_and_a_word_file_are_read_into_the_issue(sqlite: Database, lanes: Lanes) -> None:
    word = word_file(("T", "Due"), ("", "Frase."), styles=("T=heading 2",))
    provider = Provider(b"## Uno\n\nFrase.\n", word)
    assert await read_news_files(lanes, {"telegram": provider}, NOW) == 2
    assert provider.asked == ["ref-numero.md", "ref-numero.docx"]
    assert [one.title["it"] for one in stored(sqlite).items] == ["Uno", "Due"]
    assert await read_news_files(lanes, {"telegram": provider}, NOW + timedelta(days=1)) == 0


async def test_a_provider_that_is_away_is_asked_again_until_it_is_given_up(sqlite: Database, lanes: Lanes) -> None:
    provider = Provider(Refused("gone", "404"), *[Unavailable("away", "503")] * TRIES)
    for number in range(TRIES + 3):
        await read_news_files(lanes, {"telegram": provider}, NOW + timedelta(hours=number))
    assert len(provider.asked) == 1 + TRIES
    with sqlite.read() as conn:
        rows = conn.execute(select(FILES.c.status, FILES.c.problems)).all()
    assert rows == [("read", [[0, "newscheck.file_lost", ""]])] * 2
