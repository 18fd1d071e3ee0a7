"""Signatures, approval, plan, moment, pause, correction, report: an issue from the draft to everybody's phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.events import Chose
from conversations.news.orders import (
    ApproveIssue,
    BackToDraft,
    CancelIssue,
    OpenIssue,
    PauseIssue,
    ResumeIssue,
    ScheduleIssue,
    SetRate,
    SignItem,
    WithdrawIssue,
)
from conversations.news.views import Audience, Issue, Price, Progress, Prospect
from tests.conversations.flows.news_world import MONDAY, NewsWorld, date, golden, issue, item, progress

ROME = ZoneInfo("Europe/Rome")
PROSPECT = Prospect(
    audience=(Audience("telegram", 820), Audience("whatsapp", 45, {"it": 500, "en": 15})),
    rates={"telegram": 20.0, "whatsapp": 10.0},
    daily_limit=250,
    used_today=10,
    prices=(
        Price("telegram", 0, 0, date(2026, 11, 1), "Telegram"),
        Price("whatsapp", 57_200, 4_300, date(2026, 11, 1), "listino Twilio"),
    ),
)


def draft(**more) -> Issue:
    titles = {"it": "Notizie di dicembre 2026", "en": "News of December 2026"}
    return issue("n2", "draft", number="2026-12", title=titles, started_at=None, ended_at=None, **more)


def unsigned(one: Issue) -> Issue:
    return replace(one, items=tuple(replace(i, signed_by="", signed_at=None) for i in one.items))


@pytest.fixture
def world() -> NewsWorld:
    made = NewsWorld(unsigned(draft()), issue())
    made.prospect = PROSPECT
    return made


def test_an_issue_is_signed_approved_planned_and_sent(world: NewsWorld) -> None:
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    world.taps("rita", "Consegna")
    world.taps("rita", "Consegna")
    world.taps("elena", "Apri")
    world.taps("elena", "Non va bene")
    world.says("elena", "La scadenza giusta è il 31 gennaio.")
    world.taps("rita", "Apri")
    world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Cambia")
    world.taps("rita", "Scadenza")
    world.says("rita", "31 gennaio")
    assert world.issue("n2").items[0].expires == date(2027, 1, 31)
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    world.taps("rita", "Consegna")
    world.taps("rita", "Consegna")
    world.taps("elena", "Apri")
    world.taps("elena", "Firmo")
    assert world.ordered(SignItem)
    world.taps("marta", "Apri")
    world.taps("marta", "Approva")
    world.taps("marta", "Approvo")
    assert world.issue("n2").state == "approved"
    world.taps("marta", "Scegli data e ora")
    world.says("marta", "ieri alle 12")
    world.says("marta", "domani")
    world.says("marta", "martedì 1/12 alle 12:30")
    world.taps("marta", "Programma")
    at = world.ordered(ScheduleIssue)[0].at
    assert at == datetime(2026, 12, 1, 12, 30, tzinfo=ROME)
    world.put(
        replace(world.issue("n2"), state="sending", progress=progress(todo=400, sent=380, delivered=30, failed=10))
    )
    world.says("marta", "numeri")
    world.taps("marta", "Notizie di dicembre 2026")
    world.taps("marta", "Metti in pausa")
    world.taps("marta", "Velocità")
    world.taps("marta", "5 al secondo")
    world.taps("marta", "Riprendi")
    world.taps("marta", "Anche i non riusciti")
    assert world.ordered(ResumeIssue) == [ResumeIssue("n2", True, False)]
    sent = replace(world.issue("n2"), state="sent", progress=progress(sent=10, delivered=500, read=300, failed=10))
    world.put(sent)
    world.rings("marta", "newsdesk:finished", "n2")
    world.taps("marta", "Apri")
    world.taps("marta", "Rapporto")
    world.says("marta", "indietro")
    world.taps("marta", "Manda una correzione")
    world.taps("marta", "Manda una correzione")
    assert world.ordered(OpenIssue)[0].corrects == "n2"
    golden(world, "newsdesk_invio")


def at(state: str, look: str = "telegram", **more) -> NewsWorld:
    """The issue of December is in this state, all signed, and Marta looks at it."""
    approval = {} if state in ("draft", "legal") else {"approved_by": "marta", "approved_revision": 3}
    world = NewsWorld(replace(draft(), state=state, **approval, **more), issue(), look=look)  # type: ignore[arg-type]
    world.prospect = PROSPECT
    world.says("marta", "numeri")
    world.taps("marta", "Notizie di dicembre 2026")
    return world


def test_an_issue_given_up_before_it_went_to_anybody_is_neither_corrected_nor_withdrawn() -> None:
    world = NewsWorld(replace(draft(), state="cancelled"))
    world.says("marta", "invio newsletter")
    world.taps("marta", "Notizie di dicembre 2026")
    said = world.lines[-1]
    assert "annullato" in str(said) and "Anteprima" in str(said)
    assert "correzione" not in str(said) and "Ritira" not in str(said)


def test_a_coordinator_in_english_on_whatsapp_sends_at_once_and_cancels() -> None:
    world = NewsWorld(replace(draft(), state="legal"), issue(), look="whatsapp")
    world.prospect = PROSPECT
    world.change("marta", language="en")
    world.says("marta", "newsdesk")
    world.taps("marta", "News of December 2026")
    world.taps("marta", "See the plan")
    world.says("marta", "back")
    world.taps("marta", "Approve")
    world.taps("marta", "I approve")
    world.taps("marta", "Send now")
    world.taps("marta", "Never twice")
    order = world.ordered(ScheduleIssue)[0]
    assert order.at_most_once and order.at == world.now
    under_way = progress(todo=700, sent=100, skipped=2)
    world.put(replace(world.issue("n2"), state="sending", started_at=world.now, progress=under_way))
    world.does("marta", Chose("@newsdesk:progress:n2"))
    world.taps("marta", "Cancel for good")
    world.taps("marta", "Cancel for good")
    assert world.issue("n2").state == "cancelled"
    golden(world, "newsdesk_in_english")


def test_an_unsigned_rule_blocks_the_approval() -> None:
    world = NewsWorld(unsigned(replace(draft(), state="legal")))
    world.says("marta", "numeri")
    said = world.taps("marta", "Notizie di dicembre 2026")
    assert "manca la firma" in said and "Approva" not in world.sees("marta")
    world.does("marta", Chose("@newsdesk:sign:n2"))
    assert not world.ordered(SignItem) and world.place("marta") == ("newsdesk", "issue")


def test_the_items_of_an_issue_are_signed_one_after_the_other() -> None:
    made = unsigned(replace(draft(), state="legal"))
    rule = replace(made.items[0], id="d", title={"it": "Permessi 104", "en": "Law 104"})
    world = NewsWorld(replace(made, items=(*made.items, rule)))
    world.says("elena", "numeri")
    assert "Ci sono 2 notizie da firmare" in world.by_name["elena"].text
    world.taps("elena", "Notizie di dicembre 2026")
    world.taps("elena", "Firma le notizie")
    world.taps("elena", "Vai alla prossima")
    assert "Permessi 104" in world.by_name["elena"].text
    world.taps("elena", "Firmo")
    assert "Bonus nido" in world.by_name["elena"].text and "ultima" in world.by_name["elena"].text
    assert "Hai firmato tutto" in world.taps("elena", "Firmo")
    assert [one.item_id for one in world.ordered(SignItem)] == ["d", "a"]
    assert world.sees("marta") == ["Apri"]


def test_what_changed_while_she_read_is_shown_again_and_not_signed() -> None:
    world = NewsWorld(unsigned(replace(draft(), state="legal")))
    world.does("elena", Chose("@newsdesk:sign:n2"))
    world.put(replace(world.issue("n2"), revision=4))
    assert "Qualcuno ha cambiato il numero" in world.taps("elena", "Firmo")
    world.taps("elena", "Firmo")
    assert world.ordered(SignItem) == [SignItem("n2", 4, "a")]


def test_an_empty_or_endless_reason_is_asked_again() -> None:
    world = NewsWorld(unsigned(replace(draft(), state="legal")))
    world.does("elena", Chose("@newsdesk:sign:n2"))
    world.taps("elena", "Non va bene")
    for text in ("...", "x" * 501):
        assert "al massimo 500 caratteri" in world.says("elena", text)
    assert not world.by_name["rita"].received


def test_a_revision_that_changed_is_not_approved() -> None:
    world = at("legal")
    world.taps("marta", "Approva")
    world.put(replace(world.issue("n2"), revision=4))
    assert "Qualcuno ha cambiato il numero" in world.taps("marta", "Approvo")
    assert not world.ordered(ApproveIssue)


def test_nobody_opted_in_and_there_is_nothing_to_send() -> None:
    world = at("approved")
    world.prospect = Prospect((), {}, 250, 0)
    assert "Nessuno è iscritto" in world.taps("marta", "Piano e invio")
    assert world.sees("marta") == ["Indietro"]


def test_a_missing_template_a_missing_price_and_no_limit_are_told() -> None:
    world = at("approved")
    world.prospect = replace(PROSPECT, daily_limit=0, used_today=0, prices=(), missing_templates=("en",))
    said = world.taps("marta", "Piano e invio")
    assert "Manca l'annuncio approvato in inglese: chi ha la chat chiusa lo riceve nell'altra lingua." in said
    assert "manca il prezzo" in said and "non si può aprire nessuna chat" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ieri alle 12", "già passato"),
        ("20/11 alle 12", "già passato"),
        ("28/3/2027 alle 02:30", "non esistono"),
        ("domani", "un giorno e un'ora"),
        ("12:30", "un giorno e un'ora"),
        ("il 30 febbraio alle 12", "un giorno e un'ora"),
        ("quando vuoi tu", "un giorno e un'ora"),
        ("2/1/2027 alle 12:30", "prima dell'invio"),
    ],
)
def test_a_moment_that_cannot_be_is_explained(text: str, why: str) -> None:
    world = at("approved")
    world.taps("marta", "Piano e invio")
    world.taps("marta", "Scegli data e ora")
    assert why in world.says("marta", text)
    assert world.place("marta") == ("newsdesk", "when") and not world.ordered(ScheduleIssue)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("domani alle 12:30", datetime(2026, 11, 24, 12, 30, tzinfo=ROME)),
        ("Martedì 1/12, 18.30", datetime(2026, 12, 1, 18, 30, tzinfo=ROME)),
        ("mercoledì alle 12 e mezza", datetime(2026, 11, 25, 12, 30, tzinfo=ROME)),
        ("3 dicembre ore 9", datetime(2026, 12, 3, 9, 0, tzinfo=ROME)),
        ("3 dicembre 2026 18:30", datetime(2026, 12, 3, 18, 30, tzinfo=ROME)),
        ("tomorrow at 6 pm", datetime(2026, 11, 24, 18, 0, tzinfo=ROME)),
    ],
)
def test_a_moment_is_understood_as_people_write_it(text: str, moment: datetime) -> None:
    world = at("approved")
    world.taps("marta", "Piano e invio")
    world.taps("marta", "Scegli data e ora")
    world.says("marta", text)
    world.taps("marta", "Programma")
    assert world.ordered(ScheduleIssue)[0].at == moment


def test_an_hour_that_comes_twice_is_the_first_and_said_so() -> None:
    world = at("approved", items=(item("x", common=True),))
    world.taps("marta", "Piano e invio")
    world.taps("marta", "Scegli data e ora")
    said = world.says("marta", "31/10/2027 alle 02:30")
    assert "arrivano due volte" in said
    world.taps("marta", "Programma")
    assert world.ordered(ScheduleIssue)[0].at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_the_standing_slot_is_one_tap() -> None:
    slot = datetime(2026, 12, 8, 12, 30, tzinfo=ROME)
    world = at("approved")
    world.news = replace(world.news, next_slot=slot, rule="2 tue 12:30")
    world.taps("marta", "Piano e invio")
    world.taps("marta", "Prossima data fissa")
    said = world.taps("marta", "Programma")
    assert "la data fissa" in said
    order = world.ordered(ScheduleIssue)[0]
    assert order.at == slot and order.standing and not order.at_most_once


def test_a_moment_that_has_passed_while_she_thought_is_asked_again() -> None:
    world = at("approved")
    world.taps("marta", "Piano e invio")
    world.taps("marta", "Scegli data e ora")
    world.says("marta", "domani alle 12:30")
    world.now = MONDAY + timedelta(days=3)
    assert "già passato" in world.taps("marta", "Programma")
    assert not world.ordered(ScheduleIssue)


@pytest.mark.parametrize("before", ["approved", "scheduled"])
def test_a_moment_another_coordinator_chose_meanwhile_is_shown_and_not_replaced(before: str) -> None:
    mine, other = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    world = at(before, scheduled_at=mine if before == "scheduled" else None)
    world.taps("marta", "Piano e invio" if before == "approved" else "Vedi il piano")
    world.taps("marta", "Scegli data e ora")
    world.says("marta", "domani alle 12:30")
    world.put(replace(world.issue("n2"), state="scheduled", scheduled_at=other))
    world.taps("marta", "Programma")
    assert not world.ordered(ScheduleIssue) and world.issue("n2").scheduled_at == other
    assert world.place("marta") == ("newsdesk", "plan")


def test_a_scheduled_issue_is_moved_reopened_or_cancelled() -> None:
    world = at("scheduled", scheduled_at=MONDAY + timedelta(days=2))
    world.taps("marta", "Vedi il piano")
    world.taps("marta", "Velocità")
    world.taps("marta", "10 al secondo")
    assert world.ordered(SetRate) == [SetRate("n2", 10.0)]
    world.taps("marta", "Manda adesso")
    world.taps("marta", "Manda adesso")
    assert world.ordered(ScheduleIssue)[0].at == world.now
    world.taps("marta", "Annulla per sempre")
    world.taps("marta", "Lascia così")
    assert not world.ordered(CancelIssue)
    world.taps("marta", "Riapri la bozza")
    assert "l'approvazione" in world.by_name["marta"].text or "approvato" in world.by_name["marta"].text
    world.taps("marta", "Riapri la bozza")
    assert world.ordered(BackToDraft) and world.issue("n2").state == "draft"


def test_pause_by_an_old_button_acts_once() -> None:
    world = at("sending", progress=progress(todo=10, sent=5))
    for _ in range(2):
        world.does("marta", Chose("@newsdesk:pause:n2"))
    assert world.ordered(PauseIssue) == [PauseIssue("n2")]


@pytest.mark.parametrize(
    ("label", "order"),
    [
        ("Chi aspetta", ResumeIssue("n2")),
        ("Anche i non riusciti", ResumeIssue("n2", True, False)),
        ("Anche i dubbi", ResumeIssue("n2", False, True)),
        ("Non riusciti e dubbi", ResumeIssue("n2", True, True)),
    ],
)
def test_it_goes_on_with_whom_she_says(label: str, order: ResumeIssue) -> None:
    world = at("paused", progress=progress(todo=10, sent=5, failed=2, doubtful=1))
    world.taps("marta", "Riprendi")
    world.taps("marta", label)
    assert world.ordered(ResumeIssue) == [order]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("63040", "rifiutato o sospeso"),
        ("63027", "non è a posto"),
        ("63026", "non rispetta le regole"),
        ("boh", "da solo: boh"),
    ],
)
def test_why_it_stopped_is_told_in_plain_words(why: str, said: str) -> None:
    world = at("paused", progress=Progress({"telegram": {"todo": 3, "sent": 1}}, True, stopped_why=why))
    world.rings("marta", "newsdesk:stopped", "n2")
    told = world.by_name["marta"]
    assert said in told.text and "si è fermato" in told.text and told.labels == ["Apri"]
    assert told.received[-1].template is not None


def test_a_rest_the_channel_asked_for_is_told_with_its_end() -> None:
    until = MONDAY + timedelta(hours=2)
    state = Progress({"whatsapp": {"todo": 3, "opened": 4}}, True, held_until=until)
    world = at("sending", progress=state)
    assert "Aspetto fino alle 23/11/2026, 12:00" in world.by_name["marta"].text


def test_a_sent_issue_is_withdrawn_after_a_question() -> None:
    world = at("sent", progress=progress(delivered=5))
    world.taps("marta", "Ritira il numero")
    world.taps("marta", "Ritira il numero")
    assert world.ordered(WithdrawIssue) == [WithdrawIssue("n2")]
    assert "Ritira il numero" not in world.sees("marta")


def test_a_correction_is_for_those_who_had_the_issue() -> None:
    world = at("sent", progress=progress(delivered=5))
    world.taps("marta", "Manda una correzione")
    assert "solo a chi ha ricevuto" in world.by_name["marta"].text
    world.taps("marta", "Manda una correzione")
    order = world.ordered(OpenIssue)[0]
    assert (order.kind, order.corrects, order.title_en) == ("erratum", "n2", "Correction: News of December 2026")
    assert world.place("marta") == ("newsroom", "issue")


def test_a_welfare_manager_signs_and_decides_nothing() -> None:
    world = NewsWorld(replace(draft(), state="approved", approved_by="marta", approved_revision=3))
    for token in ("plan", "pause", "issue", "progress"):
        world.does("elena", Chose(f"@newsdesk:{token}:n2"))
        assert not {"Piano e invio", "Manda adesso", "Annulla per sempre"} & set(world.sees("elena"))
    assert "niente da fare" in world.says("elena", "numeri")
    assert not world.orders


def test_an_issue_that_is_gone_is_said_to_be() -> None:
    world = at("approved")
    world.news = replace(world.news, issues=())
    assert "non c'è più" in world.taps("marta", "Piano e invio")
    for verb in ("issue", "plan", "sign", "progress", "pause"):
        assert "non c'è più" in world.does("marta", Chose(f"@newsdesk:{verb}:n2"))


def test_a_worker_may_not_enter_the_desk() -> None:
    world = NewsWorld(draft())
    world.says("sara", "numeri")
    world.does("sara", Chose("@newsdesk:plan:n2"))
    assert world.place("sara")[0] != "newsdesk"
