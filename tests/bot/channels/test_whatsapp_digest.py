"""A digest at the door of WhatsApp: outside the window only its opener leaves, and counts as nothing more."""

from datetime import date

from conversations.news.digest import digest
from conversations.news.views import Wishes
from scheduler.render import Renderer
from scheduler.sending import Letter
from tests.bot.channels.whatsapp_world import world
from tests.conversations.flows.news_world import issue
from tests.conversations.player import content


def letter() -> Letter:
    message = digest(issue("n1"), Wishes(), "it", date(2026, 11, 25))
    return Renderer(content().catalog, {}).letter(-5, message, "it", "", "giulia")


async def test_outside_the_window_the_opener_leaves_and_that_it_arrived_says_nothing_of_the_digest() -> None:
    async with world() as w:
        await w.templates()
        # so the run counts it against the daily limit, and waits for her tap
        assert (await w.send(letter())).opener_only
        assert w.user.last_message().labels == ["Leggi ora", "Più tardi", "Non inviare più"]
        assert w.inbox.reports == []


async def test_inside_the_window_the_digest_leaves_and_is_reported_under_its_number() -> None:
    async with world() as w:
        await w.templates()
        await w.user.says("ciao")
        assert not (await w.send(letter())).opener_only
        assert "Incontro in rete" in w.user.last_message().body
        assert {report.number for report in w.inbox.reports} == {-5}
