"""A sign of interest in an item counts once for each person, and names nobody."""

from sqlalchemy import insert, select

from conversations.events import Chose
from storage.content import Content
from storage.db import Database
from storage.events import EVENTS
from storage.news.issues import ITEMS
from tests.office import NOW, open_office
from tests.readers import ISSUE, add_issue
from tests.storage.dump import rows


async def test_a_second_tap_of_the_same_reader_counts_no_more(sqlite: Database, content: Content) -> None:
    async with open_office(sqlite, content) as office:
        await office.join("1001")
        await office.join("1002")
        await office.does(lambda conn: add_issue(conn, NOW, state="sent", ended_at=NOW))
        text = {"it": "Un corso gratis"}
        item = {"id": "corso", "issue_id": ISSUE, "position": 0, "title": text, "sentence": text}
        rest = {"source": "", "link": "", "action": "interested", "common": True, "normative": False, "interest": 0}
        await office.does(lambda conn: conn.execute(insert(ITEMS).values(**item, **rest, signed_by="")).rowcount)
        for value in ("1001", "1001", "1002", "1001"):
            told = await office.hears(office.event(value, Chose("@newsletter:interested:corso")))
            assert "interess" in told, "each tap is answered"
        with sqlite.read() as conn:
            counts = conn.execute(select(ITEMS.c.interest).where(ITEMS.c.interest > 0)).scalars().all()
            signs = conn.execute(select(EVENTS.c.provider_id).where(EVENTS.c.channel == "interest")).scalars().all()
        assert counts == [2] and len(signs) == 2
        assert not any(str(row["id"]) in sign for row in rows(sqlite)["person"] for sign in signs)
