"""Orders about the newsletter as rows: guarded by who may, the state and the revision; races end with one winner."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from conversations.events import Sent
from conversations.news import orders
from conversations.news.orders import NewsOrder
from conversations.news.views import Wishes
from storage import people
from storage.db import Conflict, Database
from storage.news import views
from storage.news.issues import FILES, ISSUES, ITEMS
from storage.news.recipients import RECIPIENTS
from storage.news.suggestions import SUGGESTIONS
from tests.conversations.news.issues import NOW, item, law
from tests.storage.news_office import approved, do, outcomes, proofs, staff, stored, written

SOON = NOW + timedelta(days=13)


@pytest.fixture
def office(database: Database) -> Database:
    with database.write() as conn:
        staff(conn)
    return database


@pytest.fixture
def office_sqlite(sqlite: Database) -> Database:
    with sqlite.write() as conn:
        staff(conn)
    return sqlite


def sending(office: Database, *people_: tuple[str, str], key: str = "issue", state: str = "sending") -> None:
    """The issue is under way to these people, with these outcomes."""
    approved(office, key)
    with office.write() as conn:
        conn.execute(update(ISSUES).where(ISSUES.c.id == key).values(state=state, started_at=NOW))
        for who, outcome in people_:
            people.add_guest(conn, who, "it", NOW)
            row = {"issue_id": key, "person_id": who, "channel": "telegram", "language": "it", "outcome": outcome}
            conn.execute(insert(RECIPIENTS).values(**row, due_at=NOW, code="x" if outcome == "failed" else ""))


def test_an_issue_is_written_item_by_item_in_order_and_every_change_is_a_revision(office: Database) -> None:
    it = written(office, [item("one"), law("two"), item("three")])
    assert [one.id for one in it.items] == ["one", "two", "three"]
    assert (it.state, it.revision, it.created_by) == ("draft", 4, "sofia")
    do(office, "sofia", orders.MoveItem("issue", 4, "three", 0), orders.DropItem("issue", 5, "one"))
    do(office, "sofia", orders.RenameIssue("issue", 6, "Altro titolo", ""))
    it = stored(office)
    assert ([one.id for one in it.items], it.revision) == (["three", "two"], 7)
    assert it.title == {"it": "Altro titolo"}
    assert it.items[1] == law("two"), "every field came back as it went in"


def test_a_change_of_what_was_changed_meanwhile_is_a_conflict_and_leaves_nothing(office: Database) -> None:
    written(office)
    do(office, "sofia", orders.DropItem("issue", 5, "one"))
    for late in (
        orders.PutItem("issue", 5, item("new")),
        orders.RenameIssue("issue", 5, "x", "y"),
        orders.SignItem("issue", 5, "two"),
        orders.HandToLegal("issue", 5),
    ):
        for who in ("sofia", "elena"):
            with pytest.raises(Conflict):
                do(office, who, late)
    assert [one.id for one in stored(office).items] == ["two", "three", "four"]


def test_a_taken_number_is_counted_on(office: Database) -> None:
    for key in ("a", "b", "c"):
        do(office, "sofia", orders.OpenIssue(key, "2026-11", "monthly", "Titolo"))
    assert [stored(office, key).number for key in ("a", "b", "c")] == ["2026-11", "2026-11-2", "2026-11-3"]


def test_only_who_works_on_the_newsletter_changes_it(office: Database) -> None:
    it = written(office)
    for order in (
        orders.OpenIssue("x", "2026-12", "monthly", "x"),
        orders.PutItem("issue", it.revision, item("new")),
        orders.HandToLegal("issue", it.revision),
        orders.CancelIssue("issue"),
        orders.ReadNewsFile("issue", Sent("document", "ref", "text/markdown", "a.md")),
    ):
        for who in ("wanda", "elena", "nobody"):
            with pytest.raises(Conflict):
                do(office, who, order)
    with office.write() as conn:
        m = people.MEMBERSHIPS
        conn.execute(update(m).where(m.c.person_id == "sofia").values(until=NOW))
    with pytest.raises(Conflict):
        do(office, "sofia", orders.DropItem("issue", it.revision, "one"))


def test_approval_needs_the_signatures_and_no_errors(office: Database) -> None:
    it = written(office, [item("one"), law("two"), item("three"), item("four")])
    do(office, "sofia", orders.HandToLegal("issue", it.revision))
    with pytest.raises(Conflict):
        do(office, "marta", orders.ApproveIssue("issue", it.revision))
    do(office, "elena", orders.SignItem("issue", it.revision, "two"))
    assert stored(office).items[1].signed_by == "elena"
    assert stored(office).revision == it.revision, "a signature changes nothing that people read"
    with pytest.raises(Conflict):
        do(office, "elena", orders.ApproveIssue("issue", it.revision))
    do(office, "marta", orders.ApproveIssue("issue", it.revision))
    it = stored(office)
    assert (it.state, it.approved_by, it.approved_revision) == ("approved", "marta", it.revision)
    assert proofs(office) == [("news_signed", "two", "elena"), ("news_approved", "issue", "marta")]


def test_what_has_expired_meanwhile_cannot_be_approved(office: Database) -> None:
    it = written(office, [item("one", expires=NOW.date()), item("two"), item("three"), item("four")])
    do(office, "sofia", orders.HandToLegal("issue", it.revision))
    with pytest.raises(Conflict):
        do(office, "marta", orders.ApproveIssue("issue", it.revision), at=NOW + timedelta(days=1))
    do(office, "marta", orders.ApproveIssue("issue", it.revision))


def test_an_edit_after_approval_voids_approval_and_moment(office: Database) -> None:
    it = approved(office)
    do(office, "marta", orders.ScheduleIssue("issue", it.revision, SOON, at_most_once=True))
    it = stored(office)
    assert (it.state, it.scheduled_at, it.at_most_once) == ("scheduled", SOON, True)
    do(office, "sofia", orders.PutItem("issue", it.revision, item("new")))
    it = stored(office)
    assert (it.state, it.approved_by, it.approved_revision, it.scheduled_at) == ("draft", "", 0, None)
    with pytest.raises(Conflict):
        do(office, "marta", orders.ScheduleIssue("issue", it.revision, SOON))


def test_an_approved_issue_can_be_taken_back_without_a_change(office: Database) -> None:
    it = approved(office)
    do(office, "elena", orders.BackToDraft("issue"))
    assert (stored(office).state, stored(office).revision) == ("draft", it.revision)


def test_nothing_of_an_issue_that_is_under_way_or_out_can_be_changed(office: Database) -> None:
    sending(office)
    revision = stored(office).revision
    for state in ("sending", "paused", "sent", "withdrawn"):
        with office.write() as conn:
            conn.execute(update(ISSUES).values(state=state))
        for who in ("sofia", "marta", "elena"):
            for order in (
                orders.PutItem("issue", revision, item("new")),
                orders.DropItem("issue", revision, "issue-one"),
                orders.RenameIssue("issue", revision, "x", "y"),
                orders.SignItem("issue", revision, "issue-one"),
                orders.BackToDraft("issue"),
                orders.ScheduleIssue("issue", revision, SOON),
            ):
                with pytest.raises(Conflict):
                    do(office, who, order)


def test_pause_resume_and_rate(office: Database) -> None:
    sending(office, ("anna", "todo"), ("bea", "failed"), ("cleo", "doubtful"))
    do(office, "marta", orders.PauseIssue("issue"), orders.SetRate("issue", 2.5))
    assert (stored(office).state, stored(office).rate) == ("paused", 2.5)
    do(office, "marta", orders.ResumeIssue("issue"))
    assert stored(office).state == "sending"
    assert outcomes(office) == {"anna": "todo", "bea": "failed", "cleo": "doubtful"}
    with pytest.raises(Conflict):
        do(office, "marta", orders.ResumeIssue("issue", failed=True))
    do(office, "marta", orders.PauseIssue("issue"), orders.ResumeIssue("issue", failed=True))
    assert outcomes(office) == {"anna": "todo", "bea": "todo", "cleo": "doubtful"}
    do(office, "marta", orders.PauseIssue("issue"), orders.ResumeIssue("issue", doubtful=True))
    assert set(outcomes(office).values()) == {"todo"}
    with office.read() as conn:
        assert conn.execute(select(RECIPIENTS).where(RECIPIENTS.c.code != "")).all() == []


def test_a_sent_issue_goes_once_more_to_those_who_failed(office: Database) -> None:
    sending(office, ("anna", "read"), ("bea", "failed"), state="sent")
    with office.write() as conn:
        conn.execute(update(ISSUES).values(ended_at=NOW, reported=True, stopped_why="config"))
    do(office, "marta", orders.ResumeIssue("issue", failed=True))
    assert (stored(office).state, stored(office).ended_at) == ("sending", None)
    assert outcomes(office) == {"anna": "read", "bea": "todo"}
    with office.read() as conn:
        assert conn.execute(select(ISSUES.c.reported, ISSUES.c.stopped_why)).one() == (False, "")


def test_a_cancelled_issue_reaches_nobody_more_and_keeps_what_was_sent(office: Database) -> None:
    sending(office, ("anna", "sent"), ("bea", "todo"), ("cleo", "opened"), ("dora", "sending"))
    do(office, "marta", orders.CancelIssue("issue"))
    assert stored(office).state == "cancelled" and stored(office).ended_at == NOW
    assert outcomes(office) == {"anna": "sent", "bea": "cancelled", "cleo": "opened", "dora": "sending"}
    do(office, "marta", orders.WithdrawIssue("issue"))
    assert outcomes(office)["cleo"] == "cancelled"
    assert [act for act, _, _ in proofs(office)] == ["news_approved", "news_cancelled", "news_withdrawn"]


def test_an_erratum_corrects_what_has_reached_somebody(office: Database) -> None:
    approved(office)
    order = orders.OpenIssue("err", "2026-11-e", "erratum", "Correzione", "Correction", corrects="issue")
    with pytest.raises(Conflict):
        do(office, "marta", order)
    with office.write() as conn:
        conn.execute(update(ISSUES).values(state="sent", started_at=NOW))
    with pytest.raises(Conflict):
        do(office, "sofia", order)
    do(office, "marta", order)
    assert stored(office, "err").corrects == "issue"
    assert ("news_erratum", "issue", "marta") in proofs(office)


def test_a_reader_reads_postpones_and_shows_interest(office: Database) -> None:
    sending(office, ("anna", "opened"), ("bea", "opened"), ("cleo", "sending"))
    later = NOW + timedelta(days=2)
    do(office, "anna", orders.MarkRead("issue"), orders.ShowInterest("issue", "issue-one"), at=later)
    do(office, "bea", orders.PostponeRead("issue"), orders.ShowInterest("issue", "issue-one"), at=later)
    do(office, "cleo", orders.MarkRead("issue"), at=later)
    assert outcomes(office) == {"anna": "read", "bea": "opened", "cleo": "sending"}
    with office.read() as conn:
        rows = {row.person_id: row for row in conn.execute(select(RECIPIENTS))}
        interest = conn.execute(select(ITEMS.c.interest).where(ITEMS.c.id == "issue-one")).scalar_one()
    assert (rows["anna"].read_at, rows["bea"].opened_at, rows["cleo"].read_at) == (later, later, later)
    assert interest == 2
    do(office, "anna", orders.PostponeRead("issue"))
    assert outcomes(office)["anna"] == "read", "what was read stays so"


def test_wishes_are_kept_and_changed(office: Database) -> None:
    first, second = Wishes(("leave", "money"), "whatsapp", "18:00"), Wishes()
    for wishes in (first, second, first):
        do(office, "wanda", orders.SetWishes(wishes))
        with office.read() as conn:
            assert views.wishes(conn, "wanda") == wishes
            assert views.wishes(conn, "anna") == Wishes()


def test_a_suggestion_is_used_or_dropped_once(office: Database) -> None:
    it = written(office)
    with office.write() as conn:
        for key in "ab":
            row = {"id": key, "feed": "inps", "mark": key, "title": key, "found_at": NOW, "status": "new"}
            conn.execute(insert(SUGGESTIONS).values(**row))
    put = orders.PutItem("issue", it.revision, item("new"))
    do(office, "sofia", put, orders.UseSuggestion("a", "issue"), orders.DropSuggestion("b"))
    with pytest.raises(Conflict):
        do(office, "sofia", orders.UseSuggestion("a", "issue"))
    do(office, "sofia", orders.DropSuggestion("b"))
    with office.read() as conn:
        assert views.inbox(conn) == ()


def test_a_file_for_an_issue_that_cannot_be_changed_is_not_taken(office: Database) -> None:
    it = approved(office)
    file = orders.ReadNewsFile("issue", Sent("document", "ref", "text/markdown", "a.md"))
    do(office, "sofia", file)
    with office.write() as conn:
        assert conn.execute(select(FILES.c.status, FILES.c.name)).all() == [("waiting", "a.md")]
        conn.execute(update(ISSUES).values(state="sending"))
    assert stored(office).revision == it.revision, "until it is read nothing has changed"
    with pytest.raises(Conflict):
        do(office, "sofia", file)


def test_of_two_who_change_or_approve_at_once_one_is_told_that_the_world_moved(
    office: Database, another: Callable[[], Database]
) -> None:
    revision = written(office).revision
    do(office, "sofia", orders.HandToLegal("issue", revision))
    contest = (
        ("sofia", orders.PutItem("issue", revision, item("new"))),
        ("sofia", orders.DropItem("issue", revision, "one")),
        ("marta", orders.ApproveIssue("issue", revision)),
        ("marta", orders.RenameIssue("issue", revision, "x", "y")),
    )
    nodes, start = [another() for _ in contest], threading.Barrier(len(contest))

    def give(number: int) -> bool:
        start.wait()
        try:
            do(nodes[number], *contest[number])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(contest)) as pool:
        won = list(pool.map(give, range(len(contest))))
    it = stored(office)
    edits = sum(won) - won[2]
    assert edits == 1, "the revision of one of them counts, whether the approval came before it or not"
    assert (it.state, it.revision) == ("draft", revision + 1)


ACTS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["sofia", "elena", "marta", "wanda"]), st.integers(-1, 0)),
    max_size=20,
)


def act(number: int, revision: int) -> NewsOrder:
    return (
        orders.PutItem("issue", revision, law("law", sentence={"it": f"Frase {revision}."})),
        orders.PutItem("issue", revision, item("one", sentence={"it": f"Frase {revision}."})),
        orders.DropItem("issue", revision, "two"),
        orders.SignItem("issue", revision, "law"),
        orders.HandToLegal("issue", revision),
        orders.ApproveIssue("issue", revision),
        orders.BackToDraft("issue"),
        orders.ScheduleIssue("issue", revision, SOON),
        orders.PauseIssue("issue"),
        orders.ResumeIssue("issue"),
        orders.CancelIssue("issue"),
        orders.WithdrawIssue("issue"),
        orders.SetRate("issue", 3.0),
    )[number]


@pytest.fixture
def fresh(office_sqlite: Database) -> Iterator[Callable[[], Database]]:
    def again() -> Database:
        with office_sqlite.write() as conn:
            for rows in (ITEMS, ISSUES):
                conn.execute(rows.delete())
        return office_sqlite

    yield again


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_ordered_nothing_is_scheduled_that_was_not_signed_and_approved_as_it_stands(
    fresh: Callable[[], Database], acts: list[tuple[int, str, int]]
) -> None:
    office = fresh()
    written(office)
    for number, who, behind in acts:
        before = stored(office)
        try:
            do(office, who, act(number, before.revision + behind))
        except Conflict:
            assert stored(office) == before, "a refused order leaves nothing"
            continue
        after = stored(office)
        same = replace(after, revision=before.revision)
        assert after.revision == before.revision or (after.state == "draft" and same.approved_revision == 0)
        if after.state in ("approved", "scheduled"):
            assert after.approved_revision == after.revision
            assert all(one.signed_by == "elena" for one in after.items if one.normative)
