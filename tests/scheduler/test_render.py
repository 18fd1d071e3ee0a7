"""A message of the outbox becomes a letter in the reader's language, with the file only she may have."""

import json

import pytest

from conversations.messages import Attachment, Choice, Localized, Message, Phrase, Template, Verbatim
from conversations.phrases import UnknownPhrase, render
from scheduler.files import file_sources
from scheduler.render import FALLBACK_OPENER, NotYet, Renderer
from storage import people, tickets
from storage.content import Content
from storage.db import Database
from tests.office import NOW


def test_every_part_is_told_in_the_reader_s_language(content: Content) -> None:
    yes = Phrase("common.yes")
    message = Message(
        title=Localized({"it": "Domanda", "en": "Question"}),
        body=(Verbatim("<b>così com'è</b>"), yes),
        hint=yes,
        choices=(Choice("1:a", yes, Verbatim("di più"), True), Choice("1:b", Verbatim("b"))),
        ways=(Choice("@menu:home", Phrase("way.menu")),),
        example=Verbatim("3"),
        multiple=True,
        wanted="number",
        silent=True,
        template=Template("ticket_answer", (Verbatim("K3M2"),)),
    )
    renderer = Renderer(content.catalog, {})
    for language, title in (("it", "Domanda"), ("en", "Question")):
        letter = renderer.letter(7, message, language, "ref", "bianca")
        told = render(yes, language, content.catalog)
        assert (letter.number, letter.title, letter.hint) == (7, title, told)
        assert letter.body == ("<b>così com'è</b>", told)
        assert [(b.token, b.label, b.description, b.marked) for b in letter.choices] == [
            ("1:a", told, "di più", True), ("1:b", "b", "", None),
        ]
        assert letter.ways[0].token == "@menu:home" and letter.replaces == "ref"
        assert (letter.multiple, letter.wanted, letter.example, letter.silent) == (True, "number", "3", True)
        assert letter.opener is not None and (letter.opener.name, letter.opener.variables) == (
            "ticket_answer", ("K3M2",),
        )
    plain = renderer.letter(1, Message(body=(yes,)), "it", "", None)
    assert plain.opener is not None and plain.opener.name == FALLBACK_OPENER and plain.file is None
    with pytest.raises(UnknownPhrase):
        renderer.letter(1, Message(body=(Phrase("no.such_sentence"),)), "it", "", None)


def test_a_copy_of_her_data_goes_to_her_alone(database: Database, content: Content) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
    renderer = Renderer(content.catalog, file_sources(database))
    file = Attachment("export", "bianca", "document", "wis-dati.json", "application/json")
    message = Message(body=(Verbatim("ecco"),), attachment=file)
    letter = renderer.letter(1, message, "it", "", "bianca")
    assert letter.file is not None and json.loads(letter.file.data)["person"][0]["id"] == "bianca"
    for reader in ("carla", None):
        refused = renderer.letter(1, message, "it", "", reader)
        assert refused.file is None and len(refused.body) == 2


def test_a_file_of_a_ticket_goes_out_when_it_is_here_and_its_loss_is_told(
    database: Database, content: Content
) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        tickets.open_ticket(conn, "t1", "bianca", "", NOW)
        tickets.add_file(conn, "t1", "telegram", "photo", "image/jpeg", "asilo.jpg", "ref", NOW)
    renderer = Renderer(content.catalog, file_sources(database))

    def letter(ref: str = "t1", source: str = "ticket") -> object:
        attachment = Attachment(source, ref, "photo", "K3M2.jpg", "image/jpeg")
        return renderer.letter(1, Message(attachment=attachment), "it", "", "elena")

    with pytest.raises(NotYet):
        letter()
    with database.write() as conn:
        tickets.keep_file(conn, tickets.files_to_fetch(conn, ["telegram"], NOW)[0].id, b"bytes", "image/png")
    found = letter().file  # type: ignore[attr-defined]
    assert (found.name, found.mime, found.data) == ("K3M2.jpg", "image/png", b"bytes")
    lost = render(Phrase("common.file_lost"), "it", content.catalog)
    assert letter("t2").body == letter(source="other").body == (lost,)  # type: ignore[attr-defined]
    with database.write() as conn:
        tickets.miss_file(conn, 1, final=True)
    assert letter().body == (lost,)  # type: ignore[attr-defined]
