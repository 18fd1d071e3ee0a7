"""Documents of requests and claims are fetched once, cleaned of where they were taken, or refused."""

import pytest
from sqlalchemy import select

from conversations.events import Sent
from scheduler.chores import fetch_files
from scheduler.sending import SendError, Unavailable, Unreachable
from storage.db import Database
from storage.lanes import Lanes
from storage.money import papers as money_papers
from storage.papers import PAPERS
from tests.scheduler.pictures import photo
from tests.storage.money_world import NOW, World


class Shop:
    """A channel that has one file, or trouble."""

    def __init__(self, *answers: bytes | SendError) -> None:
        self.answers = list(answers)

    async def fetch(self, ref: str, limit: int) -> bytes:
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


def sent(database: Database, name: str = "scontrino.jpg") -> None:
    world = World(database)
    world.populate()
    request = world.asked("giulia", world.opened())
    photo = Sent("photo", "the reference", "image/jpeg", name)
    world.does("giulia", money_papers.add, request, "paper", "quote", photo, "telegram")


async def fetched(database: Database, *answers: bytes | SendError) -> tuple[int, str, str, bytes | None, str]:
    lanes = Lanes(database)
    count = await fetch_files(lanes, {"telegram": Shop(*answers)}, NOW)
    await lanes.close()
    with database.read() as conn:
        row = conn.execute(select(PAPERS)).one()
    return count, row.bytes_status, row.status, row.data, row.ref


async def test_a_photo_is_kept_without_the_place_where_it_was_taken(database: Database) -> None:
    sent(database)
    taken = photo()
    count, bytes_status, status, data, ref = await fetched(database, taken)
    assert (count, bytes_status, status, ref) == (1, "kept", "sent", "")
    assert data is not None and b"GPS" in taken and b"GPS" not in data


@pytest.mark.parametrize("data", [b"MZ a program", b"<html>", b""])
async def test_what_is_no_picture_and_no_pdf_is_refused_whatever_its_name_says(sqlite: Database, data: bytes) -> None:
    sent(sqlite, "fattura.pdf")
    assert await fetched(sqlite, data) == (1, "lost", "refused", None, "")


async def test_a_document_that_never_comes_is_known_to_be_lost_and_another_is_waited_for(sqlite: Database) -> None:
    sent(sqlite)
    assert (await fetched(sqlite, Unavailable("502", "502")))[:2] == (0, "waiting")
    with sqlite.write() as conn:
        conn.execute(PAPERS.update().values(attempts=0))
    assert (await fetched(sqlite, Unreachable("gone")))[:2] == (0, "lost")
