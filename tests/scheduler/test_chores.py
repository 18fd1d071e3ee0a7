"""What is done from time to time: timers ring, files are fetched."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from conversations.rules.pictures import kind_of
from scheduler.chores import AT_ONCE, LARGEST_FILE, fetch_files, ring_timers
from scheduler.sending import Refused, SendError, Unavailable, Unreachable
from storage import people, tickets, timers
from storage.db import Database
from storage.lanes import Lanes
from storage.tickets import FILES
from storage.timers import Timer
from tests.office import NOW
from tests.scheduler.pictures import PDF_FILE, photo


class Shop:
    """A channel that has one file, or trouble."""

    def __init__(self, *answers: bytes | SendError) -> None:
        self.answers, self.asked = list(answers), []  # type: ignore[var-annotated]

    async def fetch(self, ref: str, limit: int) -> bytes:
        self.asked.append((ref, limit))
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


async def statuses(lanes: Lanes) -> list[tuple[str, int]]:
    query = select(FILES.c.status, FILES.c.attempts).order_by(FILES.c.id)
    return [(row.status, row.attempts) for row in await lanes.run(lambda conn: conn.execute(query).all())]


async def sent_in(lanes: Lanes, *channels: str) -> None:
    def job(conn) -> None:  # type: ignore[no-untyped-def]
        people.add_guest(conn, "bianca", "it", NOW)
        for number, channel in enumerate(channels):
            tickets.open_ticket(conn, f"t{number}", "bianca", "", NOW)
            tickets.add_file(conn, f"t{number}", channel, "photo", "image/jpeg", "f.jpg", f"ref{number}", NOW)

    await lanes.run(job)


async def fetch(lanes: Lanes, fetchers: Mapping[str, Shop], at: datetime = NOW) -> int:
    return await fetch_files(lanes, fetchers, at)


async def test_a_file_is_fetched_and_kept(database: Database) -> None:
    lanes, shop = Lanes(database), Shop(b"bytes")
    await sent_in(lanes, "telegram")
    assert await fetch(lanes, {"telegram": shop}) == 1
    assert await fetch(lanes, {"telegram": shop}) == 0
    assert shop.asked == [("ref0", LARGEST_FILE)] and await statuses(lanes) == [("kept", 0)]
    await lanes.close()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_for_a_person_is_kept_without_where_it_was_taken(sqlite: Database, format: str) -> None:
    sent = photo(format)
    assert b"45.4642" in sent
    lanes, shop = Lanes(sqlite), Shop(sent)
    await sent_in(lanes, "telegram")
    await fetch(lanes, {"telegram": shop})
    [row] = await lanes.run(lambda conn: conn.execute(select(FILES.c.data, FILES.c.mime)).all())
    assert b"45.4642" not in row.data and kind_of(row.data) == row.mime == "image/jpeg"
    await lanes.close()


@pytest.mark.parametrize("sent", [PDF_FILE, b"OggS a voice", b"\xff\xd8\xff broken"])
async def test_what_is_no_photo_for_a_person_is_kept_as_it_is(sqlite: Database, sent: bytes) -> None:
    lanes, shop = Lanes(sqlite), Shop(sent)
    await sent_in(lanes, "telegram")
    await fetch(lanes, {"telegram": shop})
    assert await lanes.run(lambda conn: conn.execute(select(FILES.c.data)).scalar_one()) == sent
    await lanes.close()


@pytest.mark.parametrize("trouble", [Unreachable("gone"), Refused("too large", "too-large")])
async def test_a_file_that_will_never_come_is_known_to_be_lost(sqlite: Database, trouble: SendError) -> None:
    lanes, shop = Lanes(sqlite), Shop(trouble)
    await sent_in(lanes, "telegram")
    assert await fetch(lanes, {"telegram": shop}) == 0
    assert await statuses(lanes) == [("lost", 1)]
    await lanes.close()


async def test_a_provider_that_is_down_for_an_hour_costs_no_file(sqlite: Database) -> None:
    lanes, shop = Lanes(sqlite), Shop(*[Unavailable("502", "502")] * 60, b"bytes")
    await sent_in(lanes, "telegram")
    tries = []
    for ten_seconds in range(360):
        await fetch(lanes, {"telegram": shop}, NOW + timedelta(seconds=10 * ten_seconds))
        tries.append(len(shop.asked))
    assert await statuses(lanes) == [("waiting", tries[-1])] and 5 < tries[-1] < 15, "ever more seldom"
    shop.answers = [b"bytes"]
    assert await fetch(lanes, {"telegram": shop}, NOW + timedelta(hours=3)) == 1
    await lanes.close()


async def test_a_provider_that_never_comes_back_is_given_up_in_the_end(sqlite: Database) -> None:
    lanes, shop = Lanes(sqlite), Shop(*[Unavailable("502", "502")] * 60)
    await sent_in(lanes, "telegram")
    for hour in range(40):
        await fetch(lanes, {"telegram": shop}, NOW + timedelta(hours=hour))
    assert (await statuses(lanes))[0][0] == "lost"
    await lanes.close()


async def test_files_of_a_channel_that_is_off_wait_and_keep_no_other_waiting(sqlite: Database) -> None:
    lanes, shop = Lanes(sqlite), Shop(b"bytes")
    await sent_in(lanes, *["whatsapp"] * 30, "telegram")
    assert await fetch(lanes, {"telegram": shop}) == 1
    assert (await statuses(lanes))[0] == ("waiting", 0)
    await lanes.close()


async def test_all_timers_that_are_due_ring_however_many_there_are(sqlite: Database) -> None:
    lanes = Lanes(sqlite)

    def job(conn) -> None:  # type: ignore[no-untyped-def]
        people.add_guest(conn, "bianca", "it", NOW)
        for number in range(2 * AT_ONCE + 1):
            timers.set_timer(conn, "bianca", "needs:remind", f"{number}", NOW, {})
        timers.set_timer(conn, "bianca", "needs:remind", "tomorrow", NOW + timedelta(days=1), {})

    await lanes.run(job)
    rung: list[str] = []

    async def ring(timer: Timer) -> None:
        rung.append(timer.subject)
        await lanes.run(lambda conn: timers.take(conn, timer))

    assert await ring_timers(lanes, ring, lambda: NOW) == 2 * AT_ONCE + 1
    assert rung == [f"{number}" for number in range(2 * AT_ONCE + 1)]
    await lanes.close()
