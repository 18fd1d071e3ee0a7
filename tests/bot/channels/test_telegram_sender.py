"""Letters on the screen of a local Telegram."""

import pytest

from bot.channels.telegram_plan import LARGEST_PHOTO
from conversations.events import Address
from scheduler.sending import (
    Button,
    Doubtful,
    File,
    Letter,
    Misconfigured,
    Receipt,
    Recipient,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
)
from tests.bot.channels.telegram_world import Scene, telegram, to
from tests.fakes.telegram_people import User

NIDO, BABYSITTER = Button("s1:1", "Nido"), Button("s1:2", "Babysitter")
BACK, MENU = Button("@back", "⬅️ Indietro"), Button("@menu", "Menu")


def ready(scene: Scene) -> User:
    anna = scene.fake.user()
    anna.starts()
    return anna


async def send(scene: Scene, letter: Letter, user: int = 1001) -> Receipt:
    return await scene.channel.sender().send(letter, to(user))


async def test_a_question_is_one_message_with_title_hint_and_buttons() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        receipt = await send(
            scene,
            Letter(
                1,
                title="Domanda 3 di 12",
                body=("Di che cosa hai bisogno?", "Scegli una risposta."),
                hint="Puoi saltare.",
                choices=(NIDO, BABYSITTER, Button("s1:3", "Altro")),
                ways=(BACK, MENU),
            ),
        )
        assert receipt == Receipt((str(anna.last_message()["message_id"]),))
        assert anna.screen() == (
            "Domanda 3 di 12\n\nDi che cosa hai bisogno?\n\nScegli una risposta.\n\nPuoi saltare.\n"
            "[Nido][Babysitter]\n[Altro]\n[⬅️ Indietro][Menu]"
        )
        (sent,) = scene.fake.called("sendMessage")
        assert sent["text"].startswith("<b>Domanda 3 di 12</b>\n\nDi che")
        assert sent["text"].endswith("<i>Puoi saltare.</i>")
        assert sent["link_preview_options"] == {"is_disabled": True}
        assert "disable_notification" not in sent


async def test_what_people_wrote_is_never_markup() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        hostile = '</b><a href="x">&amp; < ' + "\u202eabc\u200b" + "&lt;"
        await send(scene, Letter(1, title=hostile, body=(hostile,), hint=hostile))
        assert anna.text() == "\n\n".join([hostile] * 3)


async def test_long_labels_get_a_row_each_and_are_written_out_when_a_phone_would_cut_them() -> None:
    long = "Permessi per visite mediche dei figli"
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("?",), choices=(NIDO, Button("s1:2", long)), ways=(BACK,)))
        assert anna.buttons() == [["Nido"], [long], ["⬅️ Indietro"]]
        assert anna.text() == f"?\n\n• Nido\n• {long}"


async def test_descriptions_are_written_in_the_text() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        choices = (Button("s1:1", "Nido", "fino a 3 anni"), Button("s1:2", "Altro"))
        await send(scene, Letter(1, body=("?",), choices=choices))
        assert anna.text() == "?\n\n• Nido – fino a 3 anni\n• Altro"


async def test_marks_are_shown_and_numbers_are_not() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        choices = (Button("s1:1", "Nido", marked=True), Button("s1:2", "Altro", marked=False))
        await send(scene, Letter(1, body=("?",), choices=choices, ways=(Button("@done", "Fatto"),), multiple=True))
        assert anna.buttons() == [["✅ Nido", "▫️ Altro"], ["Fatto"]]


async def test_a_long_text_goes_in_parts_with_the_buttons_under_the_last() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        receipt = await send(scene, Letter(1, body=("uno due tre. " * 500, "fine"), choices=(NIDO,)))
        first, second = anna.messages()
        assert receipt.refs == (str(first["message_id"]), str(second["message_id"]))
        assert (anna.buttons(first), anna.buttons(second)) == ([], [["Nido"]])
        assert second["text"].endswith("fine")


async def test_a_silent_letter_does_not_ring() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Buonanotte",), silent=True))
        assert anna.last_message()["_silent"]


@pytest.mark.parametrize("wanted", ["text", "number", "date"])
async def test_an_example_stands_in_the_input_field_if_there_are_no_buttons(wanted: str) -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Quanti?",), wanted=wanted, example="Per esempio: 3"))  # type: ignore[arg-type]
        (sent,) = scene.fake.called("sendMessage")
        assert sent["reply_markup"] == {"force_reply": True, "input_field_placeholder": "Per esempio: 3"}
        assert anna.text() == "Quanti?"


async def test_an_example_beside_buttons_or_too_long_for_the_field_is_written() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Quanti?",), wanted="number", example="Per esempio: 3", ways=(BACK,)))
        assert anna.text() == "Quanti?\n\nPer esempio: 3"
        await send(scene, Letter(2, body=("Quanti?",), wanted="number", example="x" * 65))
        assert anna.text() == "Quanti?\n\n" + "x" * 65


async def test_a_contact_is_asked_by_a_key_that_disappears_again() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Il tuo numero?",), wanted="contact", ways=(BACK,)))
        assert [[key["text"] for key in row] for row in anna.reply_keyboard()] == [
            ["telegram.share_contact it"],
            ["⬅️ Indietro"],
        ]
        await send(scene, Letter(2, body=("Grazie!",), choices=(NIDO,)))
        assert anna.reply_keyboard() == []
        assert [shown["text"] for shown in anna.messages()] == ["Il tuo numero?", "Grazie!"]
        await send(scene, Letter(3, body=("E poi?",)))
        assert len(scene.fake.called("deleteMessage")) == 1


async def test_a_place_is_asked_by_a_key() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Dove sei?",), wanted="location"))
        assert anna.reply_keyboard() == [[{"text": "telegram.share_location it", "request_location": True}]]


async def test_a_keyboard_that_cannot_be_taken_away_does_not_keep_the_letter_back() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Il tuo numero?",), wanted="contact"))
        scene.fake.fail("sendMessage", status=500)
        await send(scene, Letter(2, body=("Grazie!",)))
        assert anna.text() == "Grazie!"
        assert anna.reply_keyboard() != []


async def test_an_answer_replaces_the_question_it_belongs_to() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        (ref,) = (await send(scene, Letter(1, body=("Uno?",), choices=(NIDO,)))).refs
        receipt = await send(scene, Letter(2, body=("Due?",), choices=(BABYSITTER,), replaces=ref, silent=True))
        assert receipt.refs == (ref,)
        assert [shown["text"] for shown in anna.messages()] == ["Due?"]
        assert anna.buttons() == [["Babysitter"]]


async def test_an_edit_that_changes_nothing_is_done() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        (ref,) = (await send(scene, Letter(1, body=("Uno?",), choices=(NIDO,)))).refs
        assert (await send(scene, Letter(2, body=("Uno?",), choices=(NIDO,), replaces=ref))).refs == (ref,)
        assert len(anna.messages()) == 1


@pytest.mark.parametrize("ref", ["424242", "not a number", "²"])
async def test_what_cannot_be_edited_is_sent_anew(ref: str) -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        await send(scene, Letter(1, body=("Uno?",), replaces=ref))
        assert anna.text() == "Uno?"


async def test_a_message_with_an_input_field_is_not_edited_but_followed() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        (ref,) = (await send(scene, Letter(1, body=("Quanti?",), wanted="number", example="3"))).refs
        (new,) = (await send(scene, Letter(2, body=("Bene",), replaces=ref))).refs
        assert new != ref and anna.text() == "Bene"


PDF = File("document", "export.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)))


async def test_a_document_is_uploaded_with_its_text_as_caption() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        receipt = await send(scene, Letter(1, title="I tuoi dati", body=("Ecco & qui.",), file=PDF, choices=(NIDO,)))
        shown = anna.last_message()
        assert receipt.refs == (str(shown["message_id"]),)
        assert (anna.text(), anna.buttons()) == ("I tuoi dati\n\nEcco & qui.", [["Nido"]])
        assert shown["document"]["file_name"] == "export.pdf"
        assert scene.fake.files[shown["document"]["file_id"]][1] == PDF.data


async def test_a_text_too_long_for_a_caption_follows_the_file() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        receipt = await send(scene, Letter(1, body=("a" * 1025,), file=PDF, choices=(NIDO,), replaces="7"))
        file, text = anna.messages()
        assert len(receipt.refs) == 2
        assert ("caption" in file, text["text"], anna.buttons()) == (False, "a" * 1025, [["Nido"]])


@pytest.mark.parametrize(
    ("file", "method"),
    [
        (File("photo", "qr.png", "image/png", b"png"), "sendPhoto"),
        (File("voice", "v.ogg", "audio/ogg", b"ogg"), "sendVoice"),
        (File("photo", "chart.svg", "image/svg+xml", b"<svg/>"), "sendDocument"),
        (File("photo", "big.jpg", "image/jpeg", bytes(LARGEST_PHOTO + 1)), "sendDocument"),
    ],
)
async def test_a_file_goes_the_way_telegram_can_show_it(file: File, method: str) -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        await send(scene, Letter(1, file=file))
        assert len(scene.fake.called(method)) == 1


@pytest.mark.parametrize(
    "letter",
    [
        Letter(1),
        Letter(1, body=("  \u2003\0",)),
        Letter(1, body=("?",), choices=(Button("è" * 33, "Nido"),)),
        Letter(1, body=("?",), choices=(Button("", "Nido"),)),
        Letter(1, body=("?",), choices=(Button("a", " "),)),
        Letter(1, body=("?",), choices=tuple(Button(str(n), str(n)) for n in range(101))),
        Letter(1, file=File("document", "x", "application/zip", bytes(50 * 1024 * 1024 + 1))),
    ],
    ids=["empty", "blank", "long token", "no token", "no label", "101 buttons", "large file"],
)
async def test_what_telegram_would_refuse_is_refused_before_it_is_sent(letter: Letter) -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        with pytest.raises(Refused):
            await send(scene, letter)
        assert scene.fake.calls == []


@pytest.mark.parametrize(
    ("fault", "cause", "code"),
    [
        ({"retry_after": 7}, Throttled, "429"),
        ({"status": 429, "body": b"slow down"}, Throttled, "429"),
        ({"status": 403, "description": "Forbidden: user is deactivated"}, Unreachable, "403"),
        ({"status": 400, "description": "Bad Request: chat not found"}, Unreachable, "400"),
        ({"status": 400, "description": "Bad Request: can't parse entities: x"}, Refused, "400"),
        ({"status": 413, "body": b"<html>"}, Refused, "413"),
        ({"status": 418, "body": b""}, Refused, "418"),
        ({"status": 401, "description": "Unauthorized"}, Misconfigured, "401"),
        ({"status": 404, "description": "Not Found"}, Misconfigured, "404"),
        ({"status": 409, "description": "Conflict"}, Unavailable, "409"),
        ({"status": 500, "body": b"<html>oops"}, Unavailable, "500"),
        ({"status": 502, "body": b"\xff\xfe"}, Unavailable, "502"),
        ({"status": 302, "body": b""}, Unavailable, "302"),
        ({"body": b"garbage"}, Doubtful, "no-answer"),
        ({"body": b'{"ok": true}'}, Doubtful, "no-answer"),
        ({"body": b'{"ok": true, "result": 5}'}, Doubtful, "no-answer"),
        ({"body": b"[1]"}, Doubtful, "no-answer"),
        ({"drop": "after"}, Doubtful, "no-answer"),
        ({"drop": "before"}, Doubtful, "no-answer"),
    ],
    ids=str,
)
async def test_every_trouble_has_its_cause(fault: dict[str, object], cause: type[SendError], code: str) -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        scene.fake.fail("sendMessage", **fault)
        with pytest.raises(SendError) as caught:
            await send(scene, Letter(1, body=("Ciao",)))
        assert (type(caught.value), caught.value.code) == (cause, code)


async def test_the_wait_telegram_asks_for_is_passed_on_exactly() -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        scene.fake.fail("sendMessage", retry_after=37)
        with pytest.raises(Throttled) as caught:
            await send(scene, Letter(1, body=("Ciao",)))
        assert (caught.value.after, caught.value.whole_channel) == (37.0, True)


async def test_who_blocked_the_bot_or_never_started_it_is_unreachable() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        anna.blocks()
        scene.fake.user(2002)
        for user in (1001, 2002, 3003):
            with pytest.raises(Unreachable):
                await send(scene, Letter(1, body=("Ciao",)), user)


async def test_no_way_to_telegram_is_surely_not_sent() -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        await scene.fake.stop()
        with pytest.raises(Unavailable):
            await send(scene, Letter(1, body=("Ciao",)))


async def test_a_moved_chat_gets_the_message_at_its_new_number() -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        bea = scene.fake.user(2002)
        bea.starts()
        scene.fake.fail("sendMessage", migrate_to=2002)
        await send(scene, Letter(1, body=("Ciao",)))
        assert bea.text() == "Ciao"


async def test_a_chat_that_moves_in_circles_is_unreachable() -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        scene.fake.fail("sendMessage", migrate_to=1001, times=3)
        with pytest.raises(Unreachable):
            await send(scene, Letter(1, body=("Ciao",)))


async def test_a_letter_of_parts_goes_on_where_it_was_interrupted() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        letter = Letter(5, body=("uno due tre. " * 500,), choices=(NIDO,))
        scene.fake.fail("sendMessage", status=500, skip=1)
        with pytest.raises(Unavailable):
            await send(scene, letter)
        receipt = await send(scene, letter)
        assert receipt.refs == tuple(str(shown["message_id"]) for shown in anna.messages())
        assert len(receipt.refs) == 2


async def test_an_edit_without_answer_may_be_repeated_without_a_doubt() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        (ref,) = (await send(scene, Letter(1, body=("Uno?",)))).refs
        letter = Letter(2, body=("Due?",), replaces=ref)
        scene.fake.fail("editMessageText", drop="after")
        with pytest.raises(Unavailable):
            await send(scene, letter)
        assert (await send(scene, letter)).refs == (ref,)
        assert [shown["text"] for shown in anna.messages()] == ["Due?"]


async def test_an_address_that_is_no_telegram_number_is_unreachable() -> None:
    async with telegram(running=False) as scene:
        with pytest.raises(Unreachable):
            await scene.channel.sender().send(Letter(1, body=("Ciao",)), Recipient(Address("telegram", "anna"), "it"))


async def test_an_edit_whose_answer_names_no_message_keeps_its_number() -> None:
    async with telegram(running=False) as scene:
        ready(scene)
        scene.fake.fail("editMessageText", body=b'{"ok": true, "result": true}')
        assert (await send(scene, Letter(1, body=("Due?",), replaces="7"))).refs == ("7",)


async def test_a_text_after_a_file_is_edited_neither_in_the_file_nor_lost() -> None:
    async with telegram(running=False) as scene:
        anna = ready(scene)
        (ref,) = (await send(scene, Letter(1, body=("Ecco",), file=PDF))).refs
        (new,) = (await send(scene, Letter(2, body=("Fatto",), replaces=ref))).refs
        assert new != ref and anna.text() == "Fatto"
