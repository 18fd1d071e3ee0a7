"""Who may move what, and what each move leaves: scenes from domain.md 7, on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from conversations.call_spec import CallChange, LineSpec
from conversations.events import Sent
from conversations.rules.voucher_timers import ASKING
from conversations.rules.vouchers_money import pot_key
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import Draft
from storage import (
    claims,
    ledger,
    papers,
    payments,
    people,
    pots,
    redemptions,
    requests,
    timers,
    vouchers,
)
from storage.db import Conflict, Database
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    leaving as money_leaving,
)
from storage.money import (
    papers as money_papers,
)
from storage.money import (
    paying as money_paying,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.money import (
    requests as money_requests,
)
from storage.money import (
    vouchers as money_vouchers,
)
from storage.money.act import Refused
from storage.timers import TIMERS
from tests.storage.money_checks import breaches
from tests.storage.money_world import IBAN, NOW, TODAY, World, a_spec

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(database: Database) -> Any:
    made = World(database)
    made.populate()
    yield made
    with database.read() as conn:
        assert breaches(conn) == []


def refused(world: World, why: str, person: str, move: Any, *args: Any) -> bool:
    """True if the move is refused for this reason."""
    with pytest.raises(Refused) as caught:
        world.does(person, move, *args)
    assert caught.value.why == why
    return True


def request(world: World, key: str) -> Any:
    with world.database.read() as conn:
        return requests.request_by_id(conn, key)


def voucher(world: World, key: str) -> Any:
    with world.database.read() as conn:
        return vouchers.voucher_by_id(conn, key)


def pot(world: World, kind: Any, call: str, key: str = "") -> Any:
    with world.database.read() as conn:
        return pots.read(conn, pot_key(kind, call, key))


def alarms(world: World, person: str) -> set[str]:
    """The kinds of timers this person has."""
    with world.database.read() as conn:
        return set(conn.execute(select(TIMERS.c.kind).where(TIMERS.c.person_id == person)).scalars())


def history(world: World, key: str) -> list[str]:
    with world.database.read() as conn:
        return [f"{row.before}>{row.after} {row.hat}" for row in ledger.history(conn, key)]


# --- calls


def test_a_call_needs_two_coordinators(world: World) -> None:
    world.does("marta", money_calls.propose, "p1", "c1", a_spec())
    assert refused(world, "second", "marta", money_calls.confirm, "p1")
    assert refused(world, "role", "elena", money_calls.confirm, "p1")
    assert refused(world, "closed", "giulia", money_requests.save_draft, "r", Draft("c1"))
    world.does("sara", money_calls.confirm, "p1")
    assert refused(world, "state", "sara", money_calls.confirm, "p1")
    assert pot(world, "call", "c1").total_cents == 100_000
    assert history(world, "c1") == [">proposed coordinator", "proposed>open coordinator"]
    assert {"voucher_call:closing14", "voucher_call:closing0"} <= alarms(world, "marta")


def test_a_proposal_that_is_dropped_opens_nothing(world: World) -> None:
    world.does("marta", money_calls.propose, "p1", "c1", a_spec())
    world.does("marta", money_calls.drop, "p1")
    assert refused(world, "state", "sara", money_calls.confirm, "p1")
    assert history(world, "c1")[-1] == "proposed>cancelled coordinator"


def test_senseless_terms_are_refused_with_their_names(world: World) -> None:
    with pytest.raises(money_calls.BadTerms, match="budget_cents"):
        world.does("marta", money_calls.propose, "p1", "c1", a_spec(budget_cents=0))
    call = world.opened()
    with pytest.raises(money_calls.BadTerms, match="nothing"):
        world.does("marta", money_calls.propose_change, "p2", call, CallChange())


def test_an_extension_gives_later_days_more_money_and_a_higher_cap(world: World) -> None:
    call = world.opened(a_spec(budget_cents=30_000, total_cents=30_000, person_cap_cents=30_000, most_cents=30_000))
    world.given("giulia", call, 30_000)
    late = world.asked("karim", call, 20_000)
    assert refused(world, "funds", "elena", money_deciding.approve, late, "v", world.code())
    world.does("elena", money_deciding.waitlist, late)
    change = CallChange(date(2027, 3, 31), {"generale": 25_000}, 40_000)
    world.does("sara", money_calls.propose_change, "p9", call, change)
    world.does("marta", money_calls.confirm, "p9")
    totals = [pot(world, kind, call, key).total_cents for kind, key in (("call", ""), ("person", "giulia"))]
    assert totals == [55_000, 40_000]
    assert request(world, late).state == "in_review" and request(world, late).held_cents == 20_000
    assert pot(world, "person", call, "karim").total_cents == 40_000


def test_closing_cancels_what_is_open_frees_what_was_kept_and_leaves_vouchers_valid(world: World) -> None:
    call = world.opened(a_spec(total_cents=40_000))
    held = world.given("giulia", call, 30_000)
    asked, waits = world.asked("karim", call), world.asked("teresa", call)
    world.does("elena", money_deciding.ask, asked, "period", "", True)
    world.does("elena", money_deciding.waitlist, waits)
    world.does("sara", money_calls.propose_closing, "p9", call)
    world.does("marta", money_calls.confirm, "p9")
    assert (request(world, asked).state, request(world, waits).state) == ("lapsed", "cancelled_by_call")
    assert voucher(world, held).state == "issued"
    assert "voucher_call:closing0" not in alarms(world, "marta")
    draft = Draft(call, "care", "nursery", 5_000, TODAY, TODAY)
    assert refused(world, "closed", "giulia", money_requests.save_draft, "r", draft)


def test_a_draft_cannot_be_sent_once_the_call_has_closed(world: World) -> None:
    call = world.opened()
    draft = Draft(call, "care", "nursery", 5_000, TODAY, TODAY)
    world.does("giulia", money_requests.save_draft, "r", draft)
    assert "voucher_request:closing14" in alarms(world, "giulia")
    world.at += timedelta(days=80)
    assert refused(world, "closed", "giulia", money_requests.submit, "r", "")
    world.does("giulia", money_requests.discard, "r")
    assert request(world, "r") is None and "voucher_request:closing14" not in alarms(world, "giulia")


# --- asking


def test_nothing_is_sent_without_consent_name_or_a_line_that_pays(world: World) -> None:
    call = world.opened(a_spec(lines=(LineSpec("soci", 50_000, contracts=("owner",)),)))
    draft = Draft(call, "care", "nursery", 5_000, TODAY, TODAY)
    for person in ("giulia", "teresa"):
        world.does(person, money_requests.save_draft, f"r-{person}", draft)
    assert refused(world, "closed", "giulia", money_requests.submit, "r-giulia", "")
    with world.database.write() as conn:
        people.record_consent(conn, "teresa", "service", False, "1", "it", "telegram", NOW)
    assert refused(world, "consent", "teresa", money_requests.submit, "r-teresa", "")
    with world.database.write() as conn:
        people.record_consent(conn, "teresa", "service", True, "1", "it", "telegram", NOW)
    world.does("teresa", money_paying.save_name, "")
    assert refused(world, "draft", "teresa", money_requests.submit, "r-teresa", "")
    world.does("teresa", money_paying.save_name, "Teresa Inventata")
    assert refused(world, "role", "giulia", money_requests.submit, "r-teresa", "")
    world.does("teresa", money_requests.submit, "r-teresa", "")
    assert refused(world, "state", "teresa", money_requests.submit, "r-teresa", "")


def test_three_requests_may_be_open_and_not_four(world: World) -> None:
    call = world.opened()
    first = world.asked("giulia", call, 5_000)
    for _ in range(2):
        world.asked("giulia", call, 5_000)
    with pytest.raises(Refused):
        world.asked("giulia", call, 5_000)
    world.does("giulia", money_requests.withdraw, first)
    assert world.asked("giulia", call, 5_000)


def test_managers_are_reminded_until_somebody_acts(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    waiting = {"voucher_decision:remind", "voucher_decision:escalate", "voucher_decision:late"}
    assert waiting <= alarms(world, "giulia")
    world.does("elena", money_deciding.take_case, key)
    assert not waiting & alarms(world, "giulia") and "voucher_decision:free" in alarms(world, "giulia")
    assert refused(world, "taken", "marta", money_deciding.take_case, key)
    world.at += 25 * HOUR
    world.does("", money_deciding.free_case, key)
    assert waiting <= alarms(world, "giulia")
    world.does("marta", money_deciding.take_case, key)
    assert request(world, key).taken_by == "marta"


def due(world: World, kind: str) -> list[datetime]:
    """When giulia's timers of this kind ring."""
    with world.database.read() as conn:
        query = select(TIMERS.c.due_at).where(TIMERS.c.person_id == "giulia", TIMERS.c.kind == kind)
        return list(conn.execute(query).scalars())


@pytest.mark.parametrize("again", ["ask", "take"])
def test_a_case_that_is_worked_on_again_is_freed_a_day_after_that(world: World, again: str) -> None:
    key = world.asked("giulia", world.opened())
    world.does("elena", money_deciding.take_case, key)
    world.at += 20 * HOUR
    if again == "ask":
        world.does("elena", money_deciding.ask, key, "period", "", True)
    else:
        world.does("elena", money_deciding.take_case, key)
    assert due(world, "voucher_decision:free") == [NOW + 44 * HOUR]
    world.at = NOW + 44 * HOUR
    world.does("giulia", money_deciding.free_case, key)
    assert request(world, key).taken_by == "" and due(world, "voucher_decision:free") == []


def test_freeing_a_case_does_not_put_back_the_clock_that_an_answer_has_started(world: World) -> None:
    key = world.asked("giulia", world.opened())
    world.does("elena", money_deciding.ask, key, "period", "", True)
    world.at += HOUR
    world.does("giulia", money_requests.answer, key, "da gennaio")
    running = due(world, "voucher_decision:remind")
    world.at = NOW + 24 * HOUR
    world.does("giulia", money_deciding.free_case, key)
    assert request(world, key).taken_by == "" and due(world, "voucher_decision:remind") == running != []


def test_a_timer_that_rings_too_early_is_set_again_and_frees_nobodys_case(world: World) -> None:
    key = world.asked("giulia", world.opened())
    world.does("elena", money_deciding.take_case, key)
    world.at += HOUR
    for clock in ("", "giulia"):
        world.does(clock, money_deciding.free_case, key)
    assert request(world, key).taken_by == "elena" and due(world, "voucher_decision:free") == [NOW + 24 * HOUR]
    assert refused(world, "state", "marta", money_deciding.free_case, key)


def test_who_opens_a_case_does_not_stop_the_clock_of_what_its_owner_was_asked(world: World) -> None:
    key = world.asked("giulia", world.opened())
    world.does("elena", money_deciding.ask, key, "period", "", True)
    world.at += 25 * HOUR
    world.does("giulia", money_deciding.free_case, key)
    world.does("marta", money_deciding.take_case, key)
    assert set(ASKING) <= alarms(world, "giulia")


def test_who_opens_an_offered_request_does_not_keep_its_money_for_ever(world: World) -> None:
    call = world.opened(a_spec(total_cents=30_000))
    held = world.given("giulia", call, 30_000)
    key = world.asked("karim", call, 30_000)
    world.does("elena", money_deciding.waitlist, key)
    world.does("giulia", money_vouchers.release, held)
    world.does("elena", money_deciding.take_case, key)
    assert "voucher_request:offer_lapse" in alarms(world, "karim")
    world.does("elena", money_deciding.free_case, key)
    assert "voucher_decision:remind" not in alarms(world, "karim"), "nobody can decide before she says yes"


def test_a_question_keeps_the_place_for_five_working_days_where_the_lack_was_hers(world: World) -> None:
    call = world.opened()
    kept, hers, late = (world.asked("giulia", call, 5_000) for _ in range(3))
    for key, keeps in ((kept, True), (hers, False), (late, False)):
        world.does("elena", money_deciding.ask, key, "period", "quando?", keeps)
    world.at += 6 * DAY
    world.does("giulia", money_requests.answer, hers, "da gennaio")
    world.at += 3 * DAY
    world.does("giulia", money_requests.answer, kept, "da gennaio")
    world.does("giulia", money_requests.answer, late, "da gennaio")
    assert request(world, kept).queue_at == request(world, hers).queue_at == NOW
    assert request(world, late).queue_at == world.at


def test_an_unanswered_question_lapses_after_fourteen_days_and_not_before(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    world.does("elena", money_deciding.ask, key, "document", "", True)
    world.at += 13 * DAY
    assert refused(world, "state", "", money_requests.lapse, key)
    world.at += DAY
    world.does("", money_requests.lapse, key)
    assert history(world, key)[-1] == "info_needed>lapsed clock"
    assert not {kind for kind in alarms(world, "giulia") if kind.startswith("voucher_request")}


def test_a_reason_outside_the_list_or_a_long_text_is_refused(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    assert refused(world, "reason", "elena", money_deciding.decline, key, "antipatia")
    assert refused(world, "reason", "elena", money_deciding.ask, key, "period", "x" * 301, True)


# --- deciding


def test_nobody_decides_on_her_own_request_nor_on_one_of_her_firm(world: World) -> None:
    with world.database.write() as conn:
        for person, firm in (("elena", "f2"), ("marta", "f1")):
            people.add_membership(conn, person, firm, "worker", "employee", NOW)
    call = world.opened()
    own, colleague, other = world.asked("elena", call), world.asked("karim", call), world.asked("giulia", call)
    moves = ((money_deciding.approve, "v", world.code()), (money_deciding.decline, "no_funds"))
    for move, *args in moves:
        assert refused(world, "own", "elena", move, own, *args)
        assert refused(world, "own", "elena", move, colleague, *args)
        assert refused(world, "own", "marta", move, other, *args)
    assert refused(world, "own", "elena", money_deciding.take_case, own)
    world.granted(other, "elena")
    world.granted(colleague, "marta")


def test_a_role_that_was_taken_away_counts_no_more(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    with world.database.write() as conn:
        m = people.MEMBERSHIPS.c
        conn.execute(update(people.MEMBERSHIPS).where(m.person_id == "elena").values(until=world.at))
    assert refused(world, "role", "elena", money_deciding.approve, key, "v", world.code())
    assert refused(world, "role", "nino", money_deciding.approve, key, "v", world.code())
    assert refused(world, "role", "giulia", money_redeeming.start, "x", "y", 1, "")


def test_who_blocked_the_bot_moves_nothing(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    with world.database.write() as conn:
        a = people.ADDRESSES.c
        conn.execute(update(people.ADDRESSES).where(a.person_id == "elena").values(blocked_at=world.at))
    assert refused(world, "unreachable", "elena", money_deciding.approve, key, "v", world.code())
    assert refused(world, "unreachable", "nobody", money_deciding.approve, key, "v", world.code())


def test_a_call_may_list_fewer_managers(world: World) -> None:
    call = world.opened(a_spec(decider_ids=("marta",)))
    key = world.asked("giulia", call, category="elder_care")
    assert refused(world, "role", "elena", money_deciding.approve, key, "v", world.code())
    world.does("elena", money_deciding.take_case, key)
    assert history(world, key)[-1] == "submitted>in_review lawyer", "sensitive: she may look and ask, not decide"
    plain = world.asked("giulia", call)
    assert refused(world, "role", "elena", money_deciding.take_case, plain)
    world.does("sara", money_deciding.take_case, plain)
    assert refused(world, "role", "sara", money_deciding.approve, plain, "v", world.code())
    world.granted(plain, "marta")


def test_one_tap_approves_and_a_second_one_finds_it_done(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    issued = world.granted(key)
    taken = ["draft>submitted owner", "submitted>in_review decider", "in_review>approved decider"]
    assert history(world, key) == taken
    assert refused(world, "state", "marta", money_deciding.approve, key, "v", world.code())
    assert refused(world, "state", "marta", money_deciding.decline, key, "no_funds")
    row = voucher(world, issued)
    assert (row.face_cents, row.expires_on, row.code) == (20_000, TODAY + timedelta(days=90), world.codes[issued])
    assert {"voucher_redeem:expiring30", "voucher_redeem:expire"} <= alarms(world, "giulia")
    assert not {kind for kind in alarms(world, "giulia") if kind.startswith("voucher_decision")}


def test_the_line_of_an_area_pays_before_the_general_one_and_then_the_other(world: World) -> None:
    lines = (LineSpec("tutto", 30_000), LineSpec("cura", 30_000, area="care"))
    call = world.opened(a_spec(lines=lines))
    with world.database.read() as conn:
        from storage import calls

        names = {line.id: line.name for line in calls.lines_of(conn, call)}
    first, second = world.given("giulia", call, 20_000), world.given("karim", call, 20_000)
    assert [names[voucher(world, key).line_id] for key in (first, second)] == ["cura", "tutto"]
    third = world.asked("teresa", call, 20_000)
    assert refused(world, "funds", "elena", money_deciding.approve, third, "v", world.code())


def test_the_coordinators_are_told_when_a_line_is_nearly_used_up(world: World) -> None:
    call = world.opened(a_spec(total_cents=100_000))
    for person in ("giulia", "karim"):
        world.given(person, call, 37_000)
    assert "voucher_call:budget" not in alarms(world, "marta")
    world.given("teresa", call, 5_000)
    with world.database.read() as conn:
        told = [timer.payload for timer in timers.due(conn, world.at) if timer.kind == "voucher_call:budget"]
    assert told == [{"percent": 75}] * 2


def test_an_approval_is_undone_by_a_compensation_and_the_case_is_open_again(world: World) -> None:
    call = world.opened()
    key = world.asked("giulia", call)
    issued = world.granted(key)
    assert refused(world, "role", "elena", money_deciding.reverse, key, "new", "wrong_decision")
    assert refused(world, "reason", "marta", money_deciding.reverse, key, "new", "capriccio")
    world.at += HOUR
    world.does("marta", money_deciding.reverse, key, "new", "wrong_decision")
    assert (voucher(world, issued).state, request(world, key).state) == ("revoked", "reversed")
    again = request(world, "new")
    assert (again.state, again.queue_at, again.follows, again.note) == ("in_review", NOW, key, "nota segreta")
    assert pot(world, "call", call).reserved_cents == 0
    world.does("elena", money_deciding.decline, "new", "not_covered")
    world.does("marta", money_deciding.reverse, "new", "newer", "wrong_decision")
    used = world.granted("newer")
    charge = world.charged(used, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "pay")
    assert refused(world, "state", "marta", money_deciding.reverse, "newer", "newest", "wrong_decision")


def test_an_approval_is_not_undone_under_a_claim_or_a_charge_that_waits(world: World) -> None:
    call = world.opened()
    claimed, charged = world.asked("giulia", call), world.asked("karim", call)
    claim = world.claimed("giulia", world.granted(claimed), 5_000)
    charge = world.charged(world.granted(charged), 5_000)
    assert refused(world, "open_claims", "marta", money_deciding.reverse, claimed, "new1", "other")
    assert refused(world, "state", "marta", money_deciding.reverse, charged, "new2", "other")
    world.does("marta", money_claiming.reject, claim, "not_readable")
    world.does("karim", money_redeeming.refuse, charge)
    world.does("marta", money_deciding.reverse, claimed, "new1", "other")
    world.does("marta", money_deciding.reverse, charged, "new2", "other")


def test_by_score_the_highest_waits_first_and_time_decides_a_tie(world: World) -> None:
    call = world.opened(a_spec(order="score", criteria="figli piccoli", total_cents=20_000))
    held = world.given("giulia", call, 20_000)
    first, second, third = world.asked("karim", call), world.asked("teresa", call), world.asked("giulia", call)
    for key, points in ((first, 3), (second, 8), (third, 8)):
        world.does("elena", money_deciding.score, key, points)
        world.does("elena", money_deciding.waitlist, key)
    world.does("giulia", money_vouchers.release, held)
    assert [request(world, key).state for key in (first, second, third)] == ["waitlisted", "in_review", "waitlisted"]


# --- the waiting list


def test_money_that_returns_is_kept_for_who_waits_longest_and_offered_for_three_days(world: World) -> None:
    call = world.opened(a_spec(total_cents=40_000, budget_cents=40_000))
    held = world.given("giulia", call, 30_000)
    big, small = world.asked("karim", call, 30_000), world.asked("teresa", call, 20_000)
    for key in (big, small):
        world.does("elena", money_deciding.waitlist, key)
    assert request(world, small).state == "waitlisted", "it does not overtake the bigger one before it"
    assert refused(world, "state", "elena", money_deciding.approve, small, "v", world.code())
    world.does("giulia", money_vouchers.release, held)
    assert (request(world, big).held_cents, request(world, small).held_cents) == (30_000, 0)
    assert {"voucher_request:offered", "voucher_request:offer_lapse"} <= alarms(world, "karim")
    newcomer = world.asked("giulia", call, 20_000)
    assert refused(world, "funds", "elena", money_deciding.approve, newcomer, "v", world.code())
    world.at += 71 * HOUR
    world.does("karim", money_requests.take_offer, big)
    assert refused(world, "state", "", money_requests.lapse, big)
    world.granted(big)
    assert pot(world, "call", call).reserved_cents == 30_000


def test_an_offer_that_is_not_taken_goes_to_the_next(world: World) -> None:
    call = world.opened(a_spec(total_cents=30_000))
    held = world.given("giulia", call, 30_000)
    first, second = world.asked("karim", call, 30_000), world.asked("teresa", call, 30_000)
    for key in (first, second):
        world.does("elena", money_deciding.waitlist, key)
    world.does("giulia", money_vouchers.release, held)
    world.at += 72 * HOUR
    assert refused(world, "state", "", money_requests.lapse, second)
    world.does("", money_requests.lapse, first)
    assert (request(world, first).state, request(world, second).state) == ("lapsed", "in_review")
    world.does("elena", money_deciding.decline, second, "not_eligible")
    assert pot(world, "call", call).reserved_cents == 0


def test_her_own_cap_keeps_nobody_else_from_the_money(world: World) -> None:
    call = world.opened(a_spec(total_cents=60_000, person_cap_cents=40_000))
    mine, theirs = world.given("giulia", call, 30_000), world.given("teresa", call, 30_000)
    capped, other = world.asked("giulia", call, 10_000), world.asked("karim", call, 10_000)
    again = world.asked("giulia", call, 10_000)
    for key in (capped, again, other):
        world.does("elena", money_deciding.waitlist, key)
    world.does("teresa", money_vouchers.release, theirs)
    assert [request(world, key).held_cents for key in (capped, again, other)] == [10_000, 0, 10_000]
    world.does("giulia", money_vouchers.release, mine)
    assert request(world, again).held_cents == 10_000


# --- at the partner


def test_a_voucher_is_used_in_parts_and_the_owner_confirms_each(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call, 20_000)
    first = world.charged(key, 15_000)
    assert refused(world, "role", "karim", money_redeeming.confirm, first, "p")
    assert refused(world, "role", "paolo", money_redeeming.confirm, first, "p")
    world.does("giulia", money_redeeming.confirm, first, "p1")
    assert refused(world, "state", "giulia", money_redeeming.confirm, first, "p2")
    assert refused(world, "amount", "paolo", money_redeeming.start, "x", key, 5_001, "")
    assert refused(world, "amount", "paolo", money_redeeming.start, "x", key, 0, "")
    world.does("giulia", money_redeeming.confirm, world.charged(key, 5_000), "p3")
    assert voucher(world, key).state == "used"
    assert refused(world, "state", "paolo", money_redeeming.start, "x", key, 1, "")
    person = pot(world, "person", call, "giulia")
    assert (person.reserved_cents, person.spent_cents) == (0, 20_000)
    with world.database.read() as conn:
        assert payments.parts_of(conn, ["p1"]) == {"p1": {"regione": 10_500, "associazione": 4_500}}


def test_one_charge_at_a_time_and_fifteen_minutes_to_confirm_it(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    charge = world.charged(key, 5_000)
    with pytest.raises(Conflict):
        world.charged(key, 6_000)
    world.at += timedelta(minutes=14)
    assert refused(world, "state", "", money_redeeming.time_out, charge)
    world.at += timedelta(minutes=2)
    assert refused(world, "late", "giulia", money_redeeming.confirm, charge, "p")
    world.does("", money_redeeming.time_out, charge)
    second = world.charged(key, 6_000)
    world.does("giulia", money_redeeming.refuse, second)
    third = world.charged(key, 6_000)
    world.does("paolo", money_redeeming.refuse, third)
    assert voucher(world, key).used_cents == 0


def test_the_picture_is_valid_once_and_for_ten_minutes(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    world.does("giulia", money_vouchers.present, key, "t1")
    world.does("giulia", money_vouchers.present, key, "t2")
    for token in ("t1", "never shown"):
        with pytest.raises(Conflict):
            world.does("paolo", money_redeeming.start, "x", key, 100, token)
    world.does("paolo", money_redeeming.start, "one", key, 100, "t2")
    world.does("paolo", money_redeeming.refuse, "one")
    with pytest.raises(Conflict):
        world.does("paolo", money_redeeming.start, "x", key, 100, "t2")
    world.does("giulia", money_vouchers.present, key, "t3")
    world.at += timedelta(minutes=10)
    with pytest.raises(Conflict):
        world.does("paolo", money_redeeming.start, "x", key, 100, "t3")
    assert refused(world, "role", "karim", money_vouchers.present, key, "t4")


def test_five_wrong_codes_stop_a_partner_for_the_rest_of_the_hour(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    for _ in range(4):
        world.does("paolo", money_redeeming.wrong_code)
        world.at += timedelta(minutes=10)
    world.does("paolo", money_redeeming.refuse, world.charged(key, 100))
    world.does("paolo", money_redeeming.wrong_code)
    assert refused(world, "blocked", "paolo", money_redeeming.start, "x", key, 100, "")
    world.at += timedelta(minutes=21)
    assert world.charged(key, 100)


def test_nobody_charges_her_own_voucher(world: World) -> None:
    with world.database.write() as conn:
        people.add_membership(conn, "giulia", None, "partner", "", NOW)
    key = world.given("giulia", world.opened())
    assert refused(world, "own", "giulia", money_redeeming.start, "x", key, 100, "")


def test_a_charge_is_reversed_by_its_partner_on_the_day_and_by_a_coordinator_for_two_weeks(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call, 20_000)
    same_day, later, paid = ("s", 5_000), ("l", 6_000), ("p", 7_000)
    for name, cents in (same_day, later, paid):
        world.does("paolo", money_redeeming.start, name, key, cents, "")
        world.does("giulia", money_redeeming.confirm, name, f"pay-{name}")
    world.does("paolo", money_redeeming.reverse, "s", "wrong_amount")
    assert refused(world, "role", "elena", money_redeeming.reverse, "l", "other")
    world.does("ugo", money_paying.mark_paid, "pay-p", "bonifico")
    world.at += DAY
    assert refused(world, "late", "paolo", money_redeeming.reverse, "l", "other")
    world.at += 12 * DAY
    world.does("marta", money_redeeming.reverse, "l", "service_not_given")
    world.does("marta", money_redeeming.reverse, "p", "service_not_given")
    assert (voucher(world, key).used_cents, voucher(world, key).state) == (0, "issued")
    with world.database.read() as conn:
        states = [payments.payment_by_id(conn, f"pay-{n}") for n in "slp"]
        assert [row.state for row in states if row] == ["cancelled", "cancelled", "to_recover"]
        assert redemptions.redemption_by_id(conn, "p").state == "reversed"  # type: ignore[union-attr]


def test_after_fourteen_days_no_charge_is_reversed(world: World) -> None:
    key = world.given("giulia", world.opened())
    charge = world.charged(key, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "p")
    world.at += 14 * DAY + HOUR
    assert refused(world, "late", "marta", money_redeeming.reverse, charge, "other")


def test_a_voucher_of_kind_b_is_used_whole_and_never_claimed(world: World) -> None:
    call = world.opened(a_spec(voucher_kind="B"))
    key = world.given("giulia", call, 20_000)
    assert refused(world, "amount", "paolo", money_redeeming.start, "x", key, 19_999, "")
    with pytest.raises(Refused):
        world.claimed("giulia", key, 5_000)
    world.does("giulia", money_redeeming.confirm, world.charged(key, 20_000), "p")
    assert history(world, key) == [">issued decider", "issued>used owner"]


# --- the end of a voucher


def test_an_expired_voucher_takes_no_charge_and_keeps_its_rest_for_claims_for_thirty_days(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call, 20_000)
    world.at += timedelta(days=90)
    started = world.charged(key, 1_000)
    assert refused(world, "state", "", money_vouchers.expire, key)
    world.at = world.at.replace(hour=23)
    assert refused(world, "late", "giulia", money_redeeming.confirm, started, "p")
    world.does("", money_redeeming.time_out, started)
    world.does("", money_vouchers.expire, key)
    assert refused(world, "state", "", money_vouchers.expire, key)
    assert refused(world, "state", "paolo", money_redeeming.start, "x", key, 100, "")
    assert pot(world, "call", call).reserved_cents == 20_000
    world.at += 20 * DAY
    claim = world.claimed("giulia", key, 8_000)
    world.at += 11 * DAY
    with pytest.raises(Refused):
        world.claimed("giulia", key, 1_000)
    world.does("", money_vouchers.return_rest, key)
    assert pot(world, "call", call).reserved_cents == 20_000, "a claim is still open"
    world.does("marta", money_claiming.accept, claim, "p2", 8_000)
    world.at += 8 * DAY
    world.does("", money_vouchers.return_rest, key)
    world.does("", money_vouchers.return_rest, key)
    money = pot(world, "call", call)
    assert (money.reserved_cents, money.spent_cents) == (0, 8_000)
    assert voucher(world, key).state == "expired"


def test_a_use_that_is_undone_after_the_last_day_makes_the_money_free(world: World) -> None:
    call = world.opened(a_spec(validity_days=5))
    used, given_back = world.given("giulia", call, 20_000), world.given("karim", call, 20_000)
    for key, owner, cents in ((used, "giulia", 20_000), (given_back, "karim", 5_000)):
        world.does("paolo", money_redeeming.start, f"c-{owner}", key, cents, "")
        world.does(owner, money_redeeming.confirm, f"c-{owner}", f"p-{owner}")
    world.does("karim", money_vouchers.release, given_back)
    world.at += 8 * DAY
    world.does("marta", money_redeeming.reverse, "c-giulia", "other")
    world.does("marta", money_redeeming.reverse, "c-karim", "other")
    assert (voucher(world, used).state, voucher(world, used).returned_cents) == ("expired", 20_000)
    assert (voucher(world, given_back).state, voucher(world, given_back).returned_cents) == ("released", 20_000)
    assert pot(world, "call", call).free_cents == 100_000


def test_a_claim_undone_after_the_last_day_leaves_no_money_kept_for_ever(world: World) -> None:
    call = world.opened(a_spec(validity_days=5))
    soon, late = world.given("giulia", call, 20_000), world.given("karim", call, 20_000)
    for key, owner in ((soon, "giulia"), (late, "karim")):
        world.codes[owner] = world.claimed(owner, key, 20_000)
    world.at += 8 * DAY
    for key, owner in ((soon, "giulia"), (late, "karim")):
        world.does("", money_vouchers.expire, key)
        world.does("marta", money_claiming.accept, world.codes[owner], f"p-{owner}", 20_000)
    world.does("marta", money_claiming.reverse, world.codes["giulia"], "wrong_amount")
    assert "voucher_redeem:return_rest" in alarms(world, "giulia"), "she may still send a better receipt"
    world.at += 30 * DAY
    world.does("", money_vouchers.return_rest, soon)
    world.does("marta", money_claiming.reverse, world.codes["karim"], "wrong_amount")
    assert (voucher(world, soon).returned_cents, voucher(world, late).returned_cents) == (20_000, 20_000)
    assert pot(world, "call", call).free_cents == 100_000


def test_a_voucher_is_revoked_with_a_reason_and_extended_while_it_lives(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call)
    later = TODAY + timedelta(days=120)
    assert refused(world, "role", "elena", money_vouchers.extend, key, later, "other")
    assert refused(world, "state", "marta", money_vouchers.extend, key, TODAY, "other")
    world.does("marta", money_vouchers.extend, key, later, "other")
    assert voucher(world, key).expires_on == later
    assert refused(world, "reason", "marta", money_vouchers.revoke, key, "noia")
    claim = world.claimed("giulia", key, 5_000)
    assert refused(world, "open_claims", "marta", money_vouchers.revoke, key, "fraud")
    assert refused(world, "open_claims", "giulia", money_vouchers.release, key)
    world.does("marta", money_claiming.reject, claim, "not_readable")
    world.does("marta", money_vouchers.revoke, key, "fraud")
    assert refused(world, "state", "marta", money_vouchers.extend, key, later + DAY, "other")
    assert pot(world, "call", call).reserved_cents == 0


# --- claims and payments


def test_a_claim_is_checked_accepted_and_paid(world: World) -> None:
    key = world.given("giulia", world.opened(), 20_000)
    claim = world.claimed("giulia", key, 12_200)
    assert refused(world, "role", "elena", money_claiming.accept, claim, "p", 100)
    assert refused(world, "amount", "marta", money_claiming.accept, claim, "p", 12_201)
    assert refused(world, "amount", "marta", money_claiming.accept, claim, "p", 0)
    world.does("marta", money_claiming.ask, claim, "payment_proof", "la ricevuta del bonifico")
    world.does("giulia", money_claiming.answer, claim, "ecco")
    world.does("marta", money_claiming.accept, claim, "p", 10_000)
    assert refused(world, "role", "marta", money_paying.mark_paid, "p", "x")
    world.does("ugo", money_paying.mark_paid, "p", "bonifico 7")
    assert history(world, claim) == [
        "draft>submitted owner", "submitted>check coordinator", "check>info_needed coordinator",
        "info_needed>check owner", "check>accepted coordinator", "accepted>to_pay coordinator",
        "to_pay>paid accountant",
    ]  # fmt: skip
    with world.database.read() as conn:
        row = payments.payment_by_id(conn, "p")
        assert row is not None and (row.name, row.iban, row.reference) == ("Giulia Prova", IBAN, "bonifico 7")


def test_a_claim_that_was_opened_and_forgotten_is_remembered(world: World) -> None:
    claim = world.claimed("giulia", world.given("giulia", world.opened(), 20_000))
    before = due(world, "voucher_claim:remind")
    world.at += DAY
    world.does("marta", money_claiming.take_case, claim)
    assert due(world, "voucher_claim:remind") > before and due(world, "voucher_claim:late")
    world.does("marta", money_claiming.ask, claim, "iban", "")
    world.does("marta", money_claiming.take_case, claim)
    assert not {"voucher_claim:remind", "voucher_claim:late"} & alarms(world, "giulia"), "it is her owner's turn"
    assert "voucher_claim:info" in alarms(world, "giulia")


def test_more_than_what_is_left_of_a_voucher_is_never_accepted(world: World) -> None:
    key = world.given("giulia", world.opened(), 20_000)
    first, second = world.claimed("giulia", key, 15_000), world.claimed("giulia", key, 15_000)
    world.does("marta", money_claiming.accept, first, "p1", 15_000)
    assert refused(world, "amount", "marta", money_claiming.accept, second, "p2", 5_001)
    world.does("marta", money_claiming.accept, second, "p2", 5_000)
    assert voucher(world, key).state == "used"


def test_one_receipt_is_payable_once_in_all_calls_and_a_near_one_is_flagged(world: World) -> None:
    one, two = world.given("giulia", world.opened(), 20_000), world.given("karim", world.opened(), 20_000)
    first = world.claimed("giulia", one, 5_000, number="F 0012/26")
    with pytest.raises(Refused, match="duplicate"):
        world.claimed("karim", two, 5_000, number="0012-26".replace("00", "F00"))
    near = world.claimed("karim", two, 6_000, number="F0012/26")
    far = world.claimed("karim", two, 7_000, number="99")
    with world.database.read() as conn:
        flags = [claims.claim_by_id(conn, key).alike for key in (first, near, far)]  # type: ignore[union-attr]
    assert flags == [False, True, False]
    world.does("marta", money_claiming.reject, first, "not_readable")
    again = world.claimed("karim", two, 5_000, number="F0012/26")
    world.does("karim", money_claiming.withdraw, again)
    assert world.claimed("giulia", one, 5_000, number="F0012/26")


def test_the_same_receipt_under_another_spelling_of_its_supplier_is_flagged(world: World) -> None:
    first, second = world.given("giulia", world.opened(), 20_000), world.given("karim", world.opened(), 20_000)
    world.claimed("giulia", first, 5_000, number="12")
    draft = ClaimDraft(second, "Tata Inventata srl, p. IVA 01234567890", "01234567890", "12", TODAY, 5_000, 0, "card")
    world.does("karim", money_claiming.save, "c", draft)
    world.does("karim", money_claiming.submit, "c")
    with world.database.read() as conn:
        row = claims.claim_by_id(conn, "c")
    assert row is not None and row.alike


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"traceable": ""}, "draft"), ({"supplier": " "}, "draft"), ({"number": ""}, "draft"),
        ({"gross_cents": 0}, "draft"), ({"issued_on": None}, "draft"), ({"issued_on": date(2026, 9, 30)}, "late"),
        ({"issued_on": TODAY + timedelta(days=2)}, "late"),
    ],
)  # fmt: skip
def test_an_incomplete_receipt_is_not_taken(world: World, change: dict[str, Any], why: str) -> None:
    key = world.given("giulia", world.opened())
    whole = {"supplier": "Tata", "number": "1", "issued_on": TODAY, "gross_cents": 5_000, "traceable": "card"}
    world.does("giulia", money_claiming.save, "c", ClaimDraft(key, **{**whole, **change}))
    assert refused(world, why, "giulia", money_claiming.submit, "c")
    world.does("giulia", money_claiming.discard, "c")


def test_a_failed_payment_waits_for_a_new_account_and_is_made_again(world: World) -> None:
    key = world.given("giulia", world.opened())
    claim = world.claimed("giulia", key)
    world.does("marta", money_claiming.accept, claim, "p", 5_000)
    assert refused(world, "reason", "ugo", money_paying.mark_failed, "p", "boh")
    world.does("ugo", money_paying.mark_failed, "p", "wrong_iban")
    assert "voucher_claim:unpaid" in alarms(world, "giulia")
    assert refused(world, "state", "ugo", money_paying.mark_paid, "p", "x")
    assert refused(world, "account", "giulia", money_paying.save_iban, "IT00X0542811101000000123456")
    other = "DE89370400440532013000"
    world.does("giulia", money_paying.save_iban, other)
    with world.database.read() as conn:
        row = payments.payment_by_id(conn, "p")
        assert row is not None and (row.state, row.iban) == ("to_pay", other)
    assert "voucher_claim:unpaid" not in alarms(world, "giulia")
    world.does("ugo", money_paying.mark_paid, "p", "x")


def test_an_accepted_claim_can_be_undone_until_it_is_paid(world: World) -> None:
    call = world.opened()
    key = world.given("giulia", call, 20_000)
    first, second = world.claimed("giulia", key, 20_000), world.claimed("giulia", key, 1_000)
    world.does("marta", money_claiming.accept, first, "p", 20_000)
    world.does("marta", money_claiming.reverse, first, "wrong_amount")
    assert (voucher(world, key).state, pot(world, "call", call).spent_cents) == ("issued", 0)
    world.does("marta", money_claiming.accept, second, "q", 1_000)
    world.does("ugo", money_paying.mark_paid, "q", "x")
    assert refused(world, "state", "marta", money_claiming.reverse, second, "wrong_amount")


def test_above_two_hundred_euro_nobody_pays_what_she_decided(world: World) -> None:
    with world.database.write() as conn:
        for person in ("elena", "marta", "giulia"):
            people.add_membership(conn, person, None, "accountant", "", NOW)
    key = world.given("giulia", world.opened(), 40_000)
    big, small = world.claimed("giulia", key, 20_001), world.claimed("giulia", key, 10_000)
    world.does("marta", money_claiming.accept, big, "p1", 20_001)
    world.does("marta", money_claiming.accept, small, "p2", 10_000)
    for person in ("elena", "marta", "giulia"):
        assert refused(world, "own", person, money_paying.mark_paid, "p1", "x")
    assert refused(world, "own", "giulia", money_paying.mark_paid, "p2", "x")
    world.does("marta", money_paying.mark_paid, "p2", "x")
    world.does("ugo", money_paying.mark_paid, "p1", "x")


def test_an_outside_cause_counts_once(world: World) -> None:
    key = world.given("giulia", world.opened())
    charge = world.charged(key, 5_000)
    world.does("giulia", money_redeeming.confirm, charge, "p")
    with world.acts("ugo", key="batch 1 line 1") as act:
        money_paying.mark_paid(act, "p", "x")
    with pytest.raises(Conflict, match="before"), world.acts("ugo", key="batch 1 line 1") as act:
        raise AssertionError("the block must not be entered")


# --- papers


def test_papers_of_sensitive_categories_are_only_seen_never_sent(world: World) -> None:
    call = world.opened()
    plain, sensitive = world.asked("giulia", call), world.asked("giulia", call, category="elder_care")
    photo = Sent("photo", "ref", "image/jpeg", "foto.jpg")
    world.does("giulia", money_papers.add, plain, "d1", "quote", photo, "telegram")
    assert refused(world, "sensitive", "giulia", money_papers.add, sensitive, "d2", "quote", photo, "telegram")
    assert refused(world, "role", "karim", money_papers.add, plain, "d2", "quote", photo, "telegram")
    world.does("elena", money_papers.want, sensitive, "d3", "declaration")
    world.does("elena", money_papers.verify, "d3", True)
    with world.database.read() as conn:
        seen = papers.paper_by_id(conn, "d3")
        assert seen is not None and (seen.status, seen.verified_by, seen.data) == ("verified", "elena", None)
        assert [paper.id for paper in papers.papers_to_fetch(conn, ["telegram"], world.at)] == ["d1"]
    assert refused(world, "own", "nino", money_papers.verify, "d1", True)
    assert refused(world, "role", "karim", money_papers.verify, "d1", True)


# --- the firm's own manager


FIRM = {"deciders": "firm", "firm_deciders": {"f1": "nino"}, "notice_version": "avviso 1"}


def test_where_the_firm_decides_nothing_is_sent_without_the_confirmed_notice(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    with pytest.raises(Refused, match="notice"):
        world.asked("giulia", call)
    key = world.asked("giulia", call, notice="avviso 1")
    row = request(world, key)
    assert (row.deciders, row.decider_id, row.notice_version, row.notice_at) == ("firm", "nino", "avviso 1", NOW)
    assert refused(world, "role", "elena", money_deciding.approve, key, "v", world.code())
    assert refused(world, "reason", "nino", money_deciding.ask, key, "document", "", True)
    assert refused(world, "reason", "nino", money_deciding.ask, key, "amount", "perché?", True)
    assert refused(world, "state", "nino", money_deciding.waitlist, key)
    world.does("nino", money_deciding.ask, key, "amount", "", True)
    world.does("giulia", money_requests.answer, key, "costa 200")
    world.granted(key, "nino")
    assert history(world, key)[-1] == "in_review>approved firm"


def test_a_firm_without_a_decider_is_decided_by_the_association(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    other = world.asked("karim", call)
    assert request(world, other).deciders == "association"
    world.granted(other, "elena")
    with world.database.write() as conn:
        people.add_membership(conn, "nino", "f1", "worker", "owner", NOW)
    own = world.asked("nino", call)
    assert request(world, own).deciders == "association", "nobody decides on her own request"
    assert refused(world, "own", "nino", money_deciding.approve, own, "v", world.code())


def test_an_escalated_request_is_the_associations_and_no_more_the_firms(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    key = world.asked("giulia", call, notice="avviso 1")
    world.does("", money_requests.escalate, key)
    assert refused(world, "role", "nino", money_deciding.approve, key, "v", world.code())
    world.granted(key, "marta")


def test_the_association_alone_verifies_papers_where_the_firm_decides(world: World) -> None:
    call = world.opened(a_spec(**FIRM))
    key = world.asked("giulia", call, notice="avviso 1")
    assert refused(world, "role", "nino", money_papers.want, key, "d", "quote")
    world.does("sara", money_papers.want, key, "d", "quote")


def test_who_leaves_a_firm_keeps_her_vouchers_unless_the_call_said_otherwise(world: World) -> None:
    kept = world.given("giulia", world.opened(), 20_000)
    strict = world.opened(a_spec(on_leave="revoke_unspent"))
    used, claimed = world.given("giulia", strict, 20_000), world.given("giulia", strict, 20_000)
    world.does("giulia", money_redeeming.confirm, world.charged(used, 5_000), "p")
    world.claimed("giulia", claimed, 1_000)
    assert refused(world, "role", "elena", money_leaving.has_left, "giulia", "f1")
    with world.acts("marta") as act:
        assert money_leaving.has_left(act, "giulia", "f2") == 0
    with world.acts("marta") as act:
        assert money_leaving.has_left(act, "giulia", "f1") == 1
    assert [voucher(world, key).state for key in (kept, used, claimed)] == ["issued", "revoked", "issued"]
    assert pot(world, "call", strict).spent_cents == 5_000
