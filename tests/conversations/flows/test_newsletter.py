"""A reader and her newsletter: read, later, ask, in and out, topics and hour, old buttons, withdrawn issues."""


import pytest

from conversations.news.orders import ShowInterest
from conversations.news.views import Wishes
from tests.conversations.flows.news_world import NewsWorld, golden, issue


@pytest.fixture
def world() -> NewsWorld:
    made = NewsWorld(issue())
    made.to_read["sara"] = made.issue()
    return made


def test_the_whole_life_of_a_reader(world: NewsWorld) -> None:
    world.says("sara", "notizie")
    world.taps("sara", "Leggi ora")
    world.says("sara", "1")
    assert world.place("sara") == ("newsletter", "ask")
    world.says("sara", "indietro")
    world.taps("sara", "La 2 mi interessa")
    assert world.ordered(ShowInterest) == [ShowInterest("n1", "b")]
    world.taps("sara", "Dillo a un collega")
    world.taps("sara", "Cambia argomenti")
    world.taps("sara", "Bambini e nidi")
    world.taps("sara", "Fatto")
    assert world.wishes["sara"].topics == ("childcare",)
    world.says("sara", "leggi")
    world.taps("sara", "Non inviare più")
    assert not world.records["sara"].person.agrees("newsletter")
    world.says("sara", "menu")
    world.says("sara", "iscrivimi")
    assert world.records["sara"].person.agrees("newsletter")
    world.taps("sara", "Ora")
    world.says("sara", "14:30")
    assert world.wishes["sara"] == Wishes(("childcare",), hour="14:30")
    world.says("sara", "basta notizie")
    assert not world.records["sara"].person.agrees("newsletter")
    golden(world, "newsletter_lettrice")
