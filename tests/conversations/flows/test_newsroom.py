"""An editor and her newsletter: an issue by chat, from a file, from suggestions; every field and its limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.events import Chose, Due, Sent
from conversations.news.orders import (
    BackToDraft,
    CancelIssue,
    DropItem,
    DropSuggestion,
    HandToLegal,
    MoveItem,
    OpenIssue,
    ReadNewsFile,
    RenameIssue,
    UseSuggestion,
)
from conversations.news.views import FileReport, Suggestion
from tests.conversations.flows.news_world import MARKDOWN, MONDAY, NewsWorld, date, golden, issue, item

LONG = "Bonus nido: si chiede ancora fino al 31 dicembre, ecco come fare subito"
WORDS = "word " * 400


def draft(**more):
    """The issue of December, still written, with nothing signed."""
    titles = {"it": "Notizie di dicembre 2026", "en": "News of December 2026"}
    made = issue("n2", "draft", number="2026-12", title=titles, started_at=None, ended_at=None, **more)
    return replace(made, items=tuple(replace(one, signed_by="", signed_at=None) for one in made.items))


def suggestion(key: str, **more) -> Suggestion:
    known = {
        "id": key,
        "feed": "INPS novità",
        "title": f"Circolare {key}: " + "congedo parentale e indennità per tutti i genitori",
        "summary": "L'INPS spiega come chiedere il congedo. " * 6,
        "link": f"https://www.inps.it/{key}",
        "published": MONDAY - timedelta(days=1),
        "found_at": MONDAY,
    }
    return Suggestion(**{**known, **more})


@pytest.fixture
def world() -> NewsWorld:
    return NewsWorld(draft(), issue())


@pytest.fixture
def at_issue(world: NewsWorld) -> NewsWorld:
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    return world


def test_an_issue_is_written_item_by_item() -> None:
    world = NewsWorld(issue())
    world.says("rita", "redazione")
    world.taps("rita", "Nuovo numero")
    world.taps("rita", "Numero del mese")
    world.taps("rita", "Va bene così")
    world.taps("rita", "Va bene così")
    world.taps("rita", "Nuova notizia")
    assert "71 caratteri: al massimo 60. Togline 11." in world.says("rita", LONG)
    world.says("rita", "Bonus nido: c'è tempo fino al 31 dicembre")
    world.says("rita", "La domanda si fa sul sito INPS, con SPID o CIE, per le rette pagate nel 2026.")
    world.taps("rita", "Sì")
    world.says("rita", "INPS, circolare 60/2026")
    world.says("rita", "domani")
    world.taps("rita", "Oggi")
    world.says("rita", "31/12")
    world.says("rita", "http://www.inps.it/nido")
    world.says("rita", "https://www.inps.it/nido")
    world.taps("rita", "Chiedi")
    world.taps("rita", "Bambini e nidi")
    world.says("rita", "no")
    world.says("rita", "Nursery bonus: apply by 31 December")
    world.says("rita", "You apply on the INPS website, with SPID or CIE, for the fees paid in 2026.")
    made = world.issue().items[0]
    assert (made.normative, made.topic, made.action, made.common) == (True, "childcare", "ask", False)
    assert made.source and made.as_of and made.expires and made.title["en"]
    world.says("rita", "indietro")
    world.says("rita", "indietro")
    world.taps("rita", "Prova su di me")
    world.taps("rita", "Anteprima")
    world.taps("rita", "WhatsApp, inglese")
    world.taps("rita", "Annuncio, italiano")
    world.says("rita", "indietro")
    world.taps("rita", "Consegna")
    golden(world, "newsroom_numero")


def test_an_editor_in_english_on_whatsapp_uses_a_suggestion_and_a_file() -> None:
    world = NewsWorld(draft(), issue(), look="whatsapp")
    world.change("rita", language="en")
    world.news = replace(world.news, inbox=(suggestion("s1"), suggestion("s2")), subscribers=120,
                         by_topic={"childcare": 14, "money": 4})  # fmt: skip
    world.says("rita", "newsroom")
    world.taps("rita", "Suggestions: 2")
    world.taps("rita", "Discard")
    world.taps("rita", "Use")
    assert world.ordered(DropSuggestion) == [DropSuggestion("s1")]
    assert world.ordered(UseSuggestion) == [UseSuggestion("s2", "n2")]
    made = world.issue("n2").items[-1]
    assert len(made.title["it"]) <= 60 and len(made.sentence["it"]) <= 160 and made.link == "https://www.inps.it/s2"
    world.taps("rita", "Change")
    world.taps("rita", "English")
    world.says("rita", "Parental leave: how to apply")
    world.says("rita", "skip")
    world.says("rita", "back")
    world.says("rita", "back")
    world.taps("rita", "From a file")
    world.sends("rita", MARKDOWN)
    assert world.ordered(ReadNewsFile) == [ReadNewsFile("n2", MARKDOWN)]
    world.news = replace(
        world.news,
        report=FileReport(
            "dicembre.md", 2, ((4, "newscheck.file_html", "<b>"), (0, "newscheck.file_many", "")), True
        ),
    )
    world.rings("rita", "newsroom:file", "n2")
    golden(world, "newsroom_in_english")


def test_every_step_of_an_item_can_be_skipped_and_taken_back(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Nuova notizia")
    world.says("rita", "Titolo breve")
    assert world.place("rita") == ("newsroom", "field") and not world.ordered(MoveItem)
    assert "Titolo breve" in world.says("rita", "indietro")
    world.says("rita", "Titolo più bello")
    world.says("rita", "Una frase.")
    for _ in range(9):
        world.says("rita", "salta")
    made = world.issue("n2").items[-1]
    assert (made.title["it"], made.link, made.topic, made.normative) == ("Titolo più bello", "", None, False)
    assert world.place("rita") == ("newsroom", "item")
    world.taps("rita", "Cambia")
    world.taps("rita", "Link")
    world.says("rita", "https://example.org/bello")
    assert world.issue("n2").items[-1].action == "read"
    world.taps("rita", "Cambia")
    world.taps("rita", "Link")
    world.taps("rita", "Togli")
    assert (world.issue("n2").items[-1].link, world.issue("n2").items[-1].action) == ("", "none")


def test_enough_ends_the_questions_and_back_walks_through_them(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Nuova notizia")
    world.says("rita", "Titolo breve")
    world.says("rita", "Una frase.")
    world.taps("rita", "No")
    assert "Fonte" in world.by_name["rita"].text
    assert "È una regola?" in world.says("rita", "indietro")
    world.taps("rita", "Basta così")
    assert world.place("rita") == ("newsroom", "item")


@pytest.mark.parametrize(
    ("row", "written", "why"),
    [
        ("Titolo", "x" * 61, "61 caratteri: al massimo 60. Togline 1."),
        ("Titolo", WORDS, "al massimo 60"),
        ("Titolo", "Evviva 🎉", "emoji"),
        ("Titolo", "Ciao <b>a tutti</b>", "HTML"),
        ("Titolo", "\u200b", "un testo scritto"),
        ("Frase", "x" * 200, "200 caratteri: al massimo 160. Togline 40."),
        ("Frase", "Vedi [qui](https://x.it)", "HTML"),
        ("Fonte", "x" * 301, "al massimo 300"),
        ("Link", "www.inps.it", "https://"),
        ("Link", "http://www.inps.it", "https://"),
        ("Link", "https://127.0.0.1/x", "IP"),
        ("Link", "https://mario:pw@inps.it/", "nome utente"),
        ("Link", "https://inps", "non è chiaro"),
        ("Link", "https://" + "x" * 600 + ".it", "caratteri: al massimo 500"),
        ("Scadenza", "mai", "Non capisco la data"),
        ("Scadenza", "31/02/2027", "Non capisco la data"),
        ("Scadenza", "1/1/2020", "scaduta"),
        ("Scadenza", "19/11/2026", "scaduta"),
    ],
)
def test_what_a_field_does_not_take_is_explained_and_kept(
    at_issue: NewsWorld, row: str, written: str, why: str
) -> None:
    world = at_issue
    before = world.issue("n2")
    world.taps("rita", "Notizie: 3")
    world.taps("rita", "1. Bonus nido: le date")
    world.taps("rita", "Cambia")
    world.taps("rita", row)
    said = world.says("rita", written)
    assert why in said
    assert world.place("rita") == ("newsroom", "field") and world.issue("n2") == before
    if written.strip("\u200b"):
        assert f"Avevi scritto: {' '.join(written.split())[:40]}" in said
    assert len(said) < 1_500


def test_a_day_without_a_year_is_one_to_come(at_issue: NewsWorld) -> None:
    world = at_issue
    world.does("rita", Chose("@newsroom:item:n2:a"))
    world.taps("rita", "Cambia")
    world.taps("rita", "Scadenza")
    world.says("rita", "28 febbraio")
    assert world.issue("n2").items[0].expires == date(2027, 2, 28)


def test_items_are_moved_looked_through_and_deleted(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Notizie: 3")
    world.taps("rita", "3. Incontro in rete il…")
    world.taps("rita", "Metti in cima")
    assert [one.id for one in world.issue("n2").items] == ["c", "a", "b"]
    world.taps("rita", "Sposta in giù")
    assert [one.id for one in world.issue("n2").items] == ["a", "c", "b"]
    world.taps("rita", "Sposta in su")
    assert [one.id for one in world.issue("n2").items] == ["c", "a", "b"]
    world.taps("rita", "Notizia dopo")
    assert "Bonus nido" in world.by_name["rita"].text
    world.taps("rita", "Cancella")
    world.taps("rita", "No")
    assert not world.ordered(DropItem)
    world.taps("rita", "Cancella")
    world.taps("rita", "Sì")
    assert [one.id for one in world.issue("n2").items] == ["c", "b"]
    assert "non c'è più" in world.does("rita", Chose("@newsroom:item:n2:gone")) or world.place("rita")[1] == "issue"


def test_the_title_of_an_issue_is_changed_in_both_languages(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Titolo del numero")
    assert "al massimo 60" in world.says("rita", "x" * 90)
    assert "emoji" in world.says("rita", "Buon Natale 🎄")
    world.says("rita", "Natale in rete")
    world.says("rita", "Christmas in the network")
    assert world.issue("n2").title == {"it": "Natale in rete", "en": "Christmas in the network"}
    assert len(world.ordered(RenameIssue)) == 2


def test_an_urgent_notice_has_a_number_and_a_title_of_its_own(world: NewsWorld) -> None:
    world.says("rita", "redazione")
    world.taps("rita", "Nuovo numero")
    world.taps("rita", "Avviso urgente")
    assert "lettere, cifre e trattini" in world.says("rita", "avviso numero due!!!")
    world.says("rita", "2026-11-nido")
    assert "Togline" in world.says("rita", "x" * 80)
    world.says("rita", "Bonus nido: ultimo giorno")
    assert "inglese" in world.by_name["rita"].text
    world.says("rita", "salta")
    order = world.ordered(OpenIssue)[0]
    assert (order.number, order.kind, order.title_it, order.title_en) == (
        "2026-11-nido",
        "urgent",
        "Bonus nido: ultimo giorno",
        "",
    )


def test_an_empty_issue_is_not_handed_in(world: NewsWorld) -> None:
    world.put(replace(draft(), items=()))
    world.says("rita", "redazione")
    said = world.taps("rita", "Notizie di dicembre 2026")
    assert "Il numero è vuoto" in said and "Consegna" not in world.sees("rita")


def test_what_is_missing_is_told_before_it_is_handed_in(world: NewsWorld) -> None:
    made = draft()
    broken = replace(made.items[0], source="", expires=date(2026, 11, 1))
    world.put(replace(made, items=(broken, *made.items[1:])))
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    said = world.taps("rita", "Consegna")
    assert "Non si può ancora consegnare" in said and "scrivi la fonte" in said and "è scaduta" in said
    assert not world.ordered(HandToLegal)


def test_a_change_by_somebody_else_is_seen_before_the_issue_is_handed_in(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Consegna")
    world.put(replace(world.issue("n2"), revision=9))
    assert "Qualcuno ha cambiato il numero" in world.taps("rita", "Consegna")
    assert not world.ordered(HandToLegal)


@pytest.mark.parametrize(
    ("state", "said"),
    [("legal", "aspetta le firme"), ("approved", "l'approvazione si perde"), ("scheduled", "non parte più")],
)
def test_what_is_lost_is_said_before_an_issue_is_reopened(world: NewsWorld, state: str, said: str) -> None:
    world.put(replace(draft(), state=state, scheduled_at=MONDAY + timedelta(days=3)))
    world.says("rita", "redazione")
    world.taps("rita", "Notizie di dicembre 2026")
    assert "Nuova notizia" not in world.sees("rita")
    assert said in world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Lascia così")
    assert not world.orders
    world.taps("rita", "Riapri la bozza")
    world.taps("rita", "Riapri la bozza")
    assert world.orders == [BackToDraft("n2")] and world.issue("n2").state == "draft"


def test_a_field_that_was_open_while_the_issue_was_handed_in_is_not_written(at_issue: NewsWorld) -> None:
    world = at_issue
    world.does("rita", Chose("@newsroom:item:n2:a"))
    world.taps("rita", "Cambia")
    world.taps("rita", "Titolo")
    world.put(replace(world.issue("n2"), state="approved", approved_by="marta", approved_revision=3))
    assert "non è più in bozza" in world.says("rita", "Un titolo nuovo")
    assert not world.orders


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (Sent("document", "f", "application/pdf", "numero.pdf", 100), "Markdown (.md) e Word (.docx)"),
        (Sent("photo", "f"), "Markdown (.md) e Word (.docx)"),
        (Sent("document", "f", "text/markdown", "n.md", 50_000_000), "troppo grande"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(at_issue: NewsWorld, file: Sent, why: str) -> None:
    world = at_issue
    world.taps("rita", "Da un file")
    assert why in world.sends("rita", file)
    assert not world.ordered(ReadNewsFile)
    assert "aspetto un file" in world.says("rita", "ecco")


def test_a_file_that_is_still_read_is_told_nothing_of(world: NewsWorld) -> None:
    world.news = replace(world.news, report=FileReport("x.md", 0))
    before = len(world.by_name["rita"].received)
    world.rings("rita", "newsroom:file", "n2")
    assert len(world.by_name["rita"].received) == before


def test_suggestions_wait_for_a_draft_and_for_a_choice_between_two(world: NewsWorld) -> None:
    world.news = replace(world.news, inbox=(suggestion("s1", link="http://old.example.org"), suggestion("s2")))
    world.put(replace(draft(), state="sent"))
    world.says("rita", "redazione")
    world.taps("rita", "Suggerimenti: 2")
    assert "Prima serve un numero in bozza" in world.taps("rita", "Usa")
    world.put(draft())
    world.news = replace(world.news, issues=(*world.news.issues, replace(draft(), id="n3", title={"it": "Gennaio"})))
    world.does("rita", Chose("@newsroom:inbox"))
    world.taps("rita", "Usa")
    world.taps("rita", "Gennaio")
    assert world.issue("n3").items[-1].link == "" and world.issue("n3").items[-1].source == "INPS novità"
    world.does("rita", Chose("@newsroom:inbox"))
    world.news = replace(world.news, inbox=())
    assert "Non ci sono suggerimenti" in world.taps("rita", "Usa") or world.place("rita")[0] != "newsroom"


def test_a_draft_is_thrown_away_after_a_question(at_issue: NewsWorld) -> None:
    world = at_issue
    world.taps("rita", "Butta via la bozza")
    world.taps("rita", "Lascia così")
    assert not world.orders
    world.taps("rita", "Butta via la bozza")
    world.taps("rita", "Butta via la bozza")
    assert world.orders == [CancelIssue("n2")] and world.issue("n2").state == "cancelled"


def test_counts_of_few_people_are_not_told(world: NewsWorld) -> None:
    world.news = replace(world.news, subscribers=4, by_topic={"childcare": 4})
    said = world.says("rita", "redazione")
    assert "meno di 5" in said and "Bambini" not in said
    world.news = replace(world.news, subscribers=60, by_topic={"childcare": 14, "money": 4})
    said = world.says("rita", "redazione")
    assert "Gli iscritti sono 60." in said and "Bambini e nidi: 14" in said and "Bonus" not in said


@pytest.mark.parametrize(
    "look", ["Telegram, italiano", "Telegram, inglese", "WhatsApp, italiano", "Annuncio, inglese"]
)
def test_a_long_issue_is_measured_as_each_channel_shows_it(world: NewsWorld, look: str) -> None:
    items = tuple(item(f"i{n}", f"Titolo numero {n} " + "x" * 40, sentence={"it": "s" * 160, "en": "e" * 160})
                  for n in range(12))  # fmt: skip
    world.put(replace(draft(), items=items))
    world.does("rita", Chose("@newsroom:issue:n2"))
    world.taps("rita", "Anteprima")
    said = world.taps("rita", look)
    assert "caratteri" in said and "non è partito niente" in said
    if look.startswith("WhatsApp"):
        assert "arriva in" in said and "troppi" in said


def test_a_worker_may_not_enter_the_newsroom(world: NewsWorld) -> None:
    world.says("sara", "redazione")
    world.does("sara", Chose("@newsroom:issue:n2"))
    assert world.place("sara")[0] != "newsroom"
    world.does("sara", Due("newsroom:file", "n2", {}))
    assert not world.orders
