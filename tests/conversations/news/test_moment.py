"""What is said of a moment before an issue is scheduled for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from conversations.news.moment import named
from tests.conversations.news.issues import NOW, full, item

ROME = ZoneInfo("Europe/Rome")
TUESDAY = date(2026, 12, 8)


def keys(day: date, clock: time, now: datetime = NOW) -> list[tuple[str, str]]:
    return [
        (p.severity, p.phrase.key.removeprefix("newscheck.")) for p in named(full(), day, clock, ROME, now).problems
    ]


def test_a_tuesday_at_half_past_twelve_is_a_good_moment() -> None:
    it = named(full(), TUESDAY, time(12, 30), ROME, NOW)
    assert (it.moment, it.problems, it.possible) == (datetime(2026, 12, 8, 11, 30, tzinfo=UTC), (), True)


def test_the_past_is_refused() -> None:
    assert keys(date(2026, 11, 25), time(9, 59)) == [("error", "past")]
    assert not named(full(), date(2026, 11, 25), time(10, 0), ROME, NOW).possible, "this very moment is over too"
    assert named(full(), date(2026, 11, 25), time(10, 1), ROME, NOW).possible


def test_half_past_two_on_the_night_summer_time_begins_does_not_exist() -> None:
    assert keys(date(2027, 3, 28), time(2, 30))[0] == ("error", "hour_missing")
    assert keys(date(2027, 3, 28), time(1, 59))[0][1] != "hour_missing"


def test_half_past_two_on_the_night_it_ends_is_the_first_of_the_two_and_this_is_told() -> None:
    it = named(full(), date(2027, 10, 31), time(2, 30), ROME, NOW)
    assert it.moment == datetime(2027, 10, 31, 0, 30, tzinfo=UTC) and it.possible
    assert it.problems[0].phrase.key == "newscheck.hour_twice"
    assert it.problems[0].phrase.params["utc"] == "00:30"


def test_outside_the_hours_of_whatsapp_and_the_middle_of_the_week_one_is_told() -> None:
    assert keys(TUESDAY, time(18, 30)) == [("warning", "whatsapp_hours")]
    assert keys(TUESDAY, time(8, 59)) == [("warning", "whatsapp_hours")]
    assert keys(TUESDAY, time(9, 0)) == []
    assert keys(date(2026, 12, 7), time(12, 30)) == [("note", "not_midweek")]


def test_an_item_that_will_have_expired_stops_it() -> None:
    dated = replace(full(), items=(item("soon", expires=date(2026, 12, 7)),))
    it = named(dated, TUESDAY, time(12, 30), ROME, NOW)
    assert [(p.severity, p.phrase.key, p.item) for p in it.problems] == [("error", "newscheck.expires_first", "soon")]
    assert named(dated, date(2026, 12, 7), time(12, 30), ROME, NOW).possible


def test_a_second_issue_or_alert_of_the_month_is_warned_about() -> None:
    other = replace(
        full(), id="other", state="sent", started_at=datetime(2026, 12, 1, 11, 30, tzinfo=UTC), number="2026-12"
    )
    it = named(full(), TUESDAY, time(12, 30), ROME, NOW, [other])
    assert [(p.severity, p.phrase.key) for p in it.problems] == [("warning", "newscheck.second_monthly")]
    assert it.problems[0].phrase.params == {"number": "2026-12"}
    urgent = named(replace(full(), kind="urgent"), TUESDAY, time(12, 30), ROME, NOW, [replace(other, kind="urgent")])
    assert [p.phrase.key for p in urgent.problems] == ["newscheck.second_urgent"]
    for harmless in (replace(other, state="cancelled"), replace(other, kind="urgent"), replace(other, id="issue")):
        assert named(full(), TUESDAY, time(12, 30), ROME, NOW, [harmless]).problems == ()
    assert named(full(), date(2027, 1, 12), time(12, 30), ROME, NOW, [other]).problems == ()
