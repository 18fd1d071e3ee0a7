"""A reader and her newsletter: read, later, ask, in and out, topics and hour, old buttons, withdrawn issues."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import RecordConsent
from conversations.events import Chose, Sent
from conversations.news.orders import MarkRead, PostponeRead, ShowInterest
from conversations.news.views import Wishes
from tests.conversations.flows.news_world import MONDAY, TEMPLATES, NewsWorld, golden, issue
from tests.conversations.player import content


@pytest.fixture
def world() -> NewsWorld:
    return waiting(NewsWorld(issue()))


def waiting(world: NewsWorld) -> NewsWorld:
    """Sara has an announcement that waits for her tap."""
    world.to_read["sara"] = world.issue()
    return world


def test_the_whole_life_of_a_reader(world: NewsWorld) -> None:
    world.says("sara", "notizie")
    world.taps("sara", "Leggi ora")
    assert world.ordered(MarkRead) == [MarkRead("n1")]
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


def test_a_reader_in_english_on_whatsapp() -> None:
    world = waiting(NewsWorld(issue(), look="whatsapp"))
    world.change("sara", language="en")
    world.does("sara", Chose("@newsletter:read:n1"))
    world.says("sara", "2")
    world.taps("sara", "Tell a colleague")
    world.says("sara", "news")
    world.taps("sara", "Latest news")
    world.taps("sara", "News of November 2026")
    world.taps("sara", "No more newsletters")
    world.says("sara", "subscribe")
    golden(world, "newsletter_in_english")


def test_later_is_offered_again_on_the_next_working_morning(world: NewsWorld) -> None:
    world.does("sara", Chose("@newsletter:later:n1"))
    assert world.ordered(PostponeRead) == [PostponeRead("n1")]
    world.waits(hours=24)
    said = world.by_name["sara"].received[-1]
    assert world.sees("sara") == ["Leggi ora", "Più tardi", "Non inviare più"]
    assert said.template is not None and said.template.name == "newsletter_opener"
    golden(world, "newsletter_piu_tardi")


def test_friday_s_later_is_monday_morning(world: NewsWorld) -> None:
    world.now = MONDAY + timedelta(days=4)
    world.does("sara", Chose("@newsletter:later:n1"))
    at = world.records["sara"].timers["newsletter:again", "n1"]
    assert (at.weekday(), f"{at:%H:%M}") == (0, "09:30")


@pytest.mark.parametrize("then", ["read", "stop", "withdrawn"])
def test_nothing_is_offered_again_once_it_was_read_stopped_or_withdrawn(world: NewsWorld, then: str) -> None:
    world.does("sara", Chose("@newsletter:later:n1"))
    if then == "withdrawn":
        world.to_read.clear()
    else:
        world.does("sara", Chose(f"@newsletter:{then}:n1"))
    before = len(world.by_name["sara"].received)
    world.waits(days=2)
    assert len(world.by_name["sara"].received) == before


def test_an_announcement_older_than_a_week_leads_to_the_archive(world: NewsWorld) -> None:
    world.to_read.clear()
    world.now = MONDAY + timedelta(days=8)
    assert "non è più attuale" in world.does("sara", Chose("@newsletter:read:n1"))
    assert "Notizie di novembre 2026" in world.sees("sara")
    assert not world.ordered(MarkRead)
    assert "Bonus nido" in world.taps("sara", "Notizie di novembre 2026")


def test_a_withdrawn_issue_says_so_whatever_button_is_tapped(world: NewsWorld) -> None:
    world.news = replace(world.news, archive=(), issues=())
    world.to_read.clear()
    assert "è stato ritirato" in world.does("sara", Chose("@newsletter:read:n1"))
    assert "è stato ritirato" in world.does("sara", Chose("@newsletter:later:n1"))
    for verb in ("ask", "interested"):
        assert "non si legge più" in world.does("sara", Chose(f"@newsletter:{verb}:a"))
    assert not world.orders
    assert "Ciao! " in world.does("sara", Chose("@newsletter:tell:n1"))


def test_stop_under_a_digest_acts_once_and_takes_nothing_else(world: NewsWorld) -> None:
    for _ in range(2):
        world.does("sara", Chose("@newsletter:stop:n1"))
    person = world.records["sara"].person
    assert not person.agrees("newsletter") and person.agrees("service") and not person.stopped
    given = [one for one in world.effects if isinstance(one, RecordConsent)]
    assert [(one.purpose, one.given) for one in given] == [("newsletter", False)]
    world.taps("sara", "Iscrivimi di nuovo")
    assert world.records["sara"].person.agrees("newsletter")


def test_whoever_never_agreed_reads_the_text_before(world: NewsWorld) -> None:
    person = world.records["sara"].person
    kept = {key: one for key, one in person.consents.items() if key == "service"}
    world.records["sara"].person = replace(person, consents=kept)
    said = world.says("sara", "iscrivimi")
    assert "Una volta al mese" in said and "STOP" in said
    assert not world.records["sara"].person.agrees("newsletter")
    world.taps("sara", "Sì, iscrivimi")
    assert world.records["sara"].person.agrees("newsletter")


def test_iscrivimi_takes_a_stop_back(world: NewsWorld) -> None:
    world.says("sara", "stop")
    assert world.records["sara"].person.stopped
    world.says("sara", "iscrivimi")
    assert not world.records["sara"].person.stopped and world.records["sara"].person.agrees("newsletter")


def test_offers_of_partners_are_a_consent_of_their_own(world: NewsWorld) -> None:
    world.says("sara", "newsletter")
    assert "I partner non ricevono il tuo nome" in world.taps("sara", "Offerte dei partner")
    world.taps("sara", "Sì, le voglio")
    person = world.records["sara"].person
    assert person.agrees("offers") and person.consents["offers"].text_version == content().documents["offers"].version
    world.taps("sara", "Offerte dei partner")
    world.taps("sara", "Non le voglio più")
    assert not world.records["sara"].person.agrees("offers") and world.records["sara"].person.agrees("newsletter")


@pytest.mark.parametrize("text", ["8:00", "19", "14:20", "mezzogiorno e un quarto", "boh"])
def test_an_hour_that_cannot_be_is_explained(world: NewsWorld, text: str) -> None:
    world.says("sara", "notizie")
    world.taps("sara", "Ora")
    assert "alle ore e alle mezze" in world.says("sara", text)
    assert world.place("sara") == ("newsletter", "hour")
    world.says("sara", "9.30")
    assert world.wishes["sara"].hour == "09:30"


def test_the_chat_can_be_chosen_only_by_who_has_two(world: NewsWorld) -> None:
    world.says("sara", "notizie")
    assert "Chat" not in world.sees("sara")
    world.change("sara", reaches=("telegram", "whatsapp"))
    world.says("sara", "notizie")
    world.taps("sara", "Chat")
    world.taps("sara", "WhatsApp")
    assert world.wishes["sara"].channel == "whatsapp"
    world.taps("sara", "Chat")
    world.taps("sara", "Dove scrivo di più")
    assert world.wishes["sara"].channel == ""


def test_a_question_about_an_item_goes_to_a_person_with_the_item(world: NewsWorld) -> None:
    world.does("sara", Chose("@newsletter:ask:b"))
    said = world.says("sara", "Fate anche le camicie?")
    assert "Sulla notizia «Stireria a metà prezzo»:" in said and "Fate anche le camicie?" in said
    assert world.place("sara")[0] == "handoff"
    world.does("sara", Chose("@newsletter:ask:b"))
    said = world.does("sara", Sent("voice", "v1"))
    assert "Stireria a metà prezzo" in said


def test_an_empty_question_is_asked_again(world: NewsWorld) -> None:
    world.does("sara", Chose("@newsletter:ask:a"))
    assert "aspetto una domanda" in world.says("sara", "??")


def test_a_guest_reads_no_newsletter(world: NewsWorld) -> None:
    world.records["sara"].person = replace(world.records["sara"].person, memberships=())
    world.says("sara", "notizie")
    assert world.place("sara")[0] != "newsletter"
    world.does("sara", Chose("@newsletter:read:n1"))
    assert world.place("sara")[0] != "newsletter" and not world.orders
    world.says("sara", "stop newsletter")
    assert world.records["sara"].person.stopped


def test_the_buttons_of_a_preview_change_nothing(world: NewsWorld) -> None:
    world.news = replace(world.news, issues=(issue("n9", "draft"),))
    for token in ("stop:n9", "ask:a", "interested:b", "read:n9", "tell:n9"):
        world.to_read.clear()
        world.news = replace(world.news, archive=())
        assert "È una prova" in world.does("rita", Chose(f"@newsletter:{token}"))
    assert not world.orders and world.records["rita"].person.agrees("newsletter")


def test_topics_come_first_and_something_is_for_everybody(world: NewsWorld) -> None:
    world.wishes["sara"] = Wishes(("services",))
    said = world.does("sara", Chose("@newsletter:read:n1"))
    assert said.index("1. Stireria") < said.index("2. Incontro in rete")
    assert "Bonus nido" not in said and "un'altra notizia su altri argomenti" in said
    world.wishes["sara"] = Wishes(("disability",))
    assert "3. Incontro" in world.does("sara", Chose("@newsletter:read:n1"))


def test_the_words_of_the_opener_are_those_of_its_template() -> None:
    values = {"title": "{{1}}", "count": "{{2}}", "headlines": "{{3}}"}
    catalog = content().catalog
    for language, body in TEMPLATES["newsletter_opener"].bodies.items():
        told = catalog.books[language].sentences["newsletter.opener"][0]
        assert told.format_map(values) == body
        labels = [button.labels[language] for button in TEMPLATES["newsletter_opener"].buttons]
        keys = ("newsletter.read_now", "newsletter.later", "newsletter.stop")
        assert labels == [catalog.books[language].sentences[key][0] for key in keys]


def test_old_buttons_and_strange_files_end_well(world: NewsWorld) -> None:
    world.says("sara", "notizie")
    for what in (Chose("@newsletter:nonsense"), Chose("zz:never"), Sent("photo", "p")):
        world.does("sara", what)
    assert world.place("sara") == ("newsletter", "home") and not world.orders
