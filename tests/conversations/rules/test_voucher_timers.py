"""Reminders fall on working days, and those of a day that is over are not set."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.events import Chose, Due, Joined, Said, Sent
from conversations.rules import voucher_timers as timers
from conversations.state import START, Offer, Place, State
from conversations.voucher_wanted import wanted

ROME = ZoneInfo("Europe/Rome")
FRIDAY = datetime(2026, 12, 4, 16, 30, tzinfo=ROME)


def test_managers_are_reminded_after_two_four_and_seven_working_days() -> None:
    days = [at.date() for at in timers.deciding(FRIDAY, ROME).values()]
    assert days == [date(2026, 12, 10), date(2026, 12, 14), date(2026, 12, 17)]


def test_a_question_is_repeated_twice_and_lapses_after_fourteen_days() -> None:
    assert [at - FRIDAY for at in timers.asking(FRIDAY).values()] == [timedelta(days=n) for n in (3, 7, 14)]


def test_a_voucher_is_announced_to_end_as_often_as_there_is_time() -> None:
    whole = timers.expiring(FRIDAY, date(2027, 3, 4), ROME)
    assert list(whole) == [*timers.EXPIRING, timers.EXPIRE]
    assert whole[timers.EXPIRE].astimezone(UTC) == datetime(2027, 3, 4, 23, 0, tzinfo=UTC)
    short = timers.expiring(FRIDAY, date(2026, 12, 10), ROME)
    assert list(short) == [timers.EXPIRING[2], timers.EXPIRE]


def test_a_closing_call_is_announced_fourteen_and_three_days_before_and_on_the_day() -> None:
    days = timers.closing(FRIDAY, date(2026, 12, 31), timers.DRAFTING, ROME)
    assert [at.date() for at in days.values()] == [date(2026, 12, 17), date(2026, 12, 28), date(2026, 12, 31)]
    assert list(timers.closing(FRIDAY, date(2026, 12, 6), timers.CALL_CLOSING, ROME)) == ["voucher_call:closing0"]


def test_every_kind_of_timer_fits_its_column_and_names_a_flow_of_the_vouchers() -> None:
    kinds = [value for name, value in vars(timers).items() if name.isupper() and isinstance(value, str)]
    kinds += [one for value in vars(timers).values() if isinstance(value, tuple) for one in value]
    assert len(kinds) > 20
    for kind in kinds:
        flow, colon, verb = kind.partition(":")
        assert flow.startswith("voucher_") and colon and verb and len(kind) <= 40


def test_only_turns_about_vouchers_ask_for_their_facts() -> None:
    plain = State(Place("needs", "a1"), offers=(Offer("yes", "Sì", True),))
    for what in (Said("sì"), Said("ho due figli e una madre anziana"), Chose("1:yes"), Sent("photo", "ref"),
                 Joined("WIS-7K3M-2QXA"), Due("needs:remind", "r", {})):  # fmt: skip
        assert not wanted(plain, what) and not wanted(START, what)
    for what in (Chose("@voucher_request:open"), Due("voucher_decision:remind", "r", {}), Said("Voucher"),
                 Said("7K3M-2QXA-9B4"), Joined("PV-abcdefghijklmnopqrstuv")):  # fmt: skip
        assert wanted(plain, what), what
    assert wanted(State(Place("voucher_claim", "photo")), Sent("photo", "ref"))
    assert wanted(State(Place("needs", "a1"), parked=(Place("voucher_request", "area"),)), Said("x"))
    menu = State(Place("menu", "home"), offers=(Offer("@voucher_request:open", "Voucher", True),))
    assert wanted(menu, Said("2")) and wanted(menu, Chose("1:x"))
