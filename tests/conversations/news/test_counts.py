"""How it went, in words: who showed interest in what."""

from conversations.news.views import Progress
from conversations.phrases import render
from conversations.steps.newsroom.counts import report
from tests.conversations.news.issues import full
from tests.conversations.player import content


def test_the_report_names_the_items_that_interest_enough_people() -> None:
    sent = full(state="sent", progress=Progress({"telegram": {"sent": 40}}, interested={"two": 12, "gone": 9}))
    told = [render(text, "it", content().catalog) for text in report(sent)]
    assert told[-1] == "«Notizia two» interessa a 12 persone."
    assert sum("interessa" in one for one in told) == 1
