"""What the calendar could not start reaches the people of the newsletter in their own words."""

from dataclasses import replace
from datetime import timedelta

from tests.conversations.flows.news_world import NewsWorld, issue
from tests.conversations.flows.phones import MONDAY

NEXT = MONDAY + timedelta(days=30)


def office(*issues: object, look: str = "telegram") -> NewsWorld:
    world = NewsWorld(*issues, look=look)  # type: ignore[arg-type]
    world.news = replace(world.news, rule="2 tue 12:30", next_slot=NEXT)
    return world


def test_an_empty_slot_is_told_with_its_day_and_the_next_one() -> None:
    world = office()
    before = world.place("marta")
    told = world.rings("marta", "newsdesk:empty_slot", "2026-11-10")
    assert "Il 10 novembre 2026 toccava alla newsletter, ma nessun numero era pronto." in told
    assert "La prossima data è" in told
    assert world.sees("marta") == ["Scrivi un numero"] and world.place("marta") == before


def test_a_missed_slot_says_that_the_bot_was_not_running() -> None:
    assert "ma il bot era fermo" in office().rings("marta", "newsdesk:missed_slot", "2026-11-10")


def test_an_editor_hears_of_it_too_and_begins_an_issue() -> None:
    world = office()
    world.rings("rita", "newsdesk:empty_slot", "2026-11-10")
    world.taps("rita", "Scrivi un numero")
    assert world.place("rita")[0] == "newsroom"


def test_without_a_rule_any_more_only_what_happened_is_told() -> None:
    world = NewsWorld()
    told = world.rings("marta", "newsdesk:empty_slot", "whatever")
    assert told == "Toccava alla newsletter, ma non è partito niente.\n[Scrivi un numero]"


def test_an_issue_that_was_too_late_says_when_it_leaves_now() -> None:
    world = office(issue("n2", "scheduled", number="2026-12", scheduled_at=NEXT, standing=True, started_at=None))
    told = world.rings("marta", "newsdesk:skipped", "n2")
    assert "«Notizie di novembre 2026» non è partita" in told and "Adesso parte il" in told
    world.taps("marta", "Apri il numero")
    assert world.place("marta") == ("newsdesk", "issue")


def test_of_an_issue_that_is_gone_nothing_is_told() -> None:
    world = office()
    before = len(world.by_name["marta"].received)
    world.rings("marta", "newsdesk:skipped", "gone")
    assert len(world.by_name["marta"].received) == before


def test_in_english() -> None:
    world = office()
    world.change("marta", language="en")
    told = world.rings("marta", "newsdesk:missed_slot", "2026-11-10")
    assert "the bot was not running" in told and world.sees("marta") == ["Write an issue"]
