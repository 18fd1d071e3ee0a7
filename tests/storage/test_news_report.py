"""What the planner is told: whom an issue reaches, what is used up of the limit, prices, missing openers."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from conversations.messages import Localized
from conversations.news.calendar import read_rule
from conversations.news.plan import plan
from conversations.news.views import NO_NEWS, Audience, Price
from storage.content import ContentError, content_folder
from storage.db import Database
from storage.news.prices import FILE, read_prices
from storage.news.recipients import RECIPIENTS
from storage.news.report import NO_MEANS, Means, prospect, with_plan
from tests.storage.news_readers import LONG_AGO, NOW, ROME, issue, reader, rows

MEANS = Means({"telegram": 25.0, "whatsapp": 10.0}, 250, (), ("it",), read_rule("2 tue 12:30"))


def test_the_prospect_says_whom_an_issue_reaches_and_what_is_left_of_the_limit(database: Database) -> None:
    with database.write() as conn:
        reader(conn, "anna", "telegram")
        reader(conn, "bea", "whatsapp", wrote=NOW)
        reader(conn, "carla", "whatsapp")
        reader(conn, "emma", "whatsapp", language="en")
        reader(conn, "sim", "simulator")
        issue(conn, state="approved")
        issue(conn, "n0", "sent")
        for who, opened in (("carla", NOW - timedelta(hours=1)), ("emma", LONG_AGO)):
            who_and_where = {"issue_id": "n0", "person_id": who, "channel": "whatsapp", "language": "it"}
            values = {"outcome": "opened", "due_at": opened, "opened_at": opened}
            conn.execute(insert(RECIPIENTS).values(**who_and_where, **values))
        found = prospect(conn, "n1", MEANS, NOW)
        assert found is not None
        assert found.audience == (Audience("telegram", 1), Audience("whatsapp", 1, {"it": 1, "en": 1}))
        assert (found.daily_limit, found.used_today) == (250, 1)
        assert found.missing_templates == ("en",)
        assert plan(found, NOW, ROME).people == 4
        assert prospect(conn, "no-such-issue", MEANS, NOW) is None
        assert rows(conn) == {}, "nothing is written"


def test_without_whatsapp_there_is_no_limit_and_no_opener_to_miss(sqlite: Database) -> None:
    with sqlite.write() as conn:
        reader(conn, "anna", "telegram", "whatsapp")
        issue(conn, state="approved")
        found = prospect(conn, "n1", Means({"telegram": 25.0}), NOW)
    assert found is not None and found.audience == (Audience("telegram", 1),)
    assert (found.used_today, found.missing_templates) == (0, ())


def test_the_rule_is_always_known_and_the_plan_only_where_it_is_asked_for(sqlite: Database) -> None:
    with sqlite.write() as conn:
        issue(conn, state="approved")
        told = with_plan(conn, NO_NEWS, MEANS, "", NOW, ROME)
        assert (told.rule, told.prospect) == ("2 tue 12:30", None)
        assert told.next_slot is not None and told.next_slot.astimezone(ROME).date() == date(2026, 12, 8)
        planned = with_plan(conn, NO_NEWS, NO_MEANS, "n1", NOW, ROME)
        assert planned.prospect is not None and (planned.rule, planned.next_slot) == ("", None)


def test_the_prices_we_ship_say_where_they_are_from_and_that_nobody_verified_them() -> None:
    prices = {price.channel: price for price in read_prices(content_folder())}
    assert set(prices) == {"telegram", "simulator", "whatsapp"}
    assert (prices["whatsapp"].opener, prices["whatsapp"].message) == (74_100, 35_000)
    assert "non verificate" in prices["whatsapp"].source.texts["it"]
    assert "not verified" in prices["whatsapp"].source.texts["en"]
    assert prices["telegram"].opener == prices["telegram"].message == 0


GOOD = """
[[price]]
channel = "whatsapp"
opener = 0.1
message = 0
as_of = 2026-11-01
source = { it = "il contratto" }
"""


def written(folder: Path, text: str) -> Path:
    (folder / FILE).parent.mkdir()
    (folder / FILE).write_text(text, "utf-8")
    return folder


def test_prices_are_exact(tmp_path: Path) -> None:
    (price,) = read_prices(written(tmp_path, GOOD))
    assert price == Price("whatsapp", 100_000, 0, date(2026, 11, 1), Localized({"it": "il contratto"}))


def test_without_a_file_no_price_is_known(tmp_path: Path) -> None:
    assert read_prices(tmp_path) == ()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("opener = 0.1", "opener = 10", "between 0 and 1 euro"),
        ("opener = 0.1", "opener = -0.1", "between 0 and 1 euro"),
        ("opener = 0.1", "opener = nan", "cannot be read"),
        ("opener = 0.1", 'opener = "molto"', "cannot be read"),
        ("message = 0\n", "", "message"),
        ("as_of = 2026-11-01", 'as_of = "ieri"', "as_of is a date"),
        ('source = { it = "il contratto" }', 'source = "x"', "cannot be read"),
        ("[[price]]", "[[price", "cannot be read"),
        (GOOD, GOOD + GOOD, "two prices for one channel"),
    ],
)
def test_prices_that_cannot_be_right_are_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(ContentError, match=named) as refused:
        read_prices(written(tmp_path, GOOD.replace(old, new)))
    assert "newsletter/prices.toml" in str(refused.value)
