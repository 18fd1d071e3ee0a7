"""Buttons under a digest work at once, also while the issue is still on its way to others."""

import pytest
from sqlalchemy import insert

from conversations.events import Chose
from storage.content import Content
from storage.db import Database
from storage.news.issues import ITEMS
from tests.office import NOW, open_office
from tests.readers import ISSUE, add_issue, add_rows


@pytest.mark.parametrize("state", ["sending", "paused", "cancelled", "sent"])
@pytest.mark.parametrize(("verb", "told"), [("interested", "segnato un interesse"), ("ask", "Che cosa vuoi sapere")])
async def test_who_has_an_issue_can_answer_it_before_everybody_has_it(
    sqlite: Database, content: Content, state: str, verb: str, told: str
) -> None:
    async with open_office(sqlite, content) as office:
        await office.join("1001")
        await office.does(lambda conn: add_issue(conn, NOW, state=state))
        text = {"it": "Un corso gratis"}
        item = {"id": "corso", "issue_id": ISSUE, "position": 0, "title": text, "sentence": text}
        rest = {"source": "", "link": "", "action": "interested", "common": True, "normative": False, "interest": 0}
        await office.does(lambda conn: conn.execute(insert(ITEMS).values(**item, **rest, signed_by="")).rowcount)
        await office.does(lambda conn: add_rows(conn, [office.person("1001").id], NOW, outcome="sent", sent_at=NOW))
        said = await office.hears(office.event("1001", Chose(f"@newsletter:{verb}:corso")))
        assert told in said
        assert "Un corso gratis" in await office.hears(office.says("1001", "leggi")), "not an older issue"
