"""Sending: layout over the real library and HTTP, the window, errors, doubts, files and reconciliation."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.markup import GUARD
from bot.channels.whatsapp_content import Resource
from conversations.events import Address, Said, Sent
from scheduler.sending import (
    Button,
    Doubtful,
    File,
    Letter,
    Misconfigured,
    Opener,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from storage.crypto import new_key
from tests.bot.channels.whatsapp_world import BSUID, NUMBER, WORDS, YES_NO, links, world

ROWS = tuple(Button(f"s1:{n}", f"Voce {n}", "spiegata" if n == 1 else "") for n in range(1, 7))
WAYS = (Button("b", "Indietro"), Button("m", "Menu"))
REMINDER = Opener("questionnaire_reminder", ("Bisogni di welfare", "4"))
TEXT = Letter(7, body=("Ciao.",))


async def test_a_text_goes_out_free_with_our_number_in_its_callback():
    async with world() as w:
        await w.user.says("ciao")
        receipt = await w.send(Letter(7, title="WIS", body=("Benvenuta.", "*Urlo* di un'altra.")))
        message = w.user.last_message()
        assert message.body == f"*WIS*\n\nBenvenuta.\n\n{GUARD}*Urlo* di un'altra."
        assert (receipt.refs, receipt.opener_only) == ((message.sid,), False)
        assert message.callback == "https://wis.example/whatsapp/status?n=7"


async def test_buttons_and_lists_go_out_as_content_made_once():
    async with world() as w:
        await w.user.says("ciao")
        for number in (1, 2):
            await w.send(Letter(number, title=f"Domanda {number} di 2", body=("Vuoi?",), choices=YES_NO))
            message = w.user.last_message()
            assert message.buttons == [("s1:yes", "Sì", ""), ("s1:no", "No", "")]
            assert message.body == f"*Domanda {number} di 2*\n\nVuoi?\n\n1. Sì\n2. No"
        assert len(w.fake.contents) == 1
        await w.send(Letter(3, body=("Quale?",), choices=ROWS, ways=WAYS))
        message = w.user.last_message()
        assert [row[:2] for row in message.rows[:2]] == [("s1:1", "Voce 1"), ("s1:2", "Voce 2")]
        assert (len(message.rows), message.choose, message.rows[0][2]) == (8, "Scegli", "spiegata")
        assert w.fake.violations == []


async def test_the_words_of_the_layout_are_in_the_readers_language():
    async with world() as w:
        await w.user.says("hi")
        await w.send(Letter(3, body=("Which?",), choices=ROWS), w.recipient(language="en"))
        assert w.user.last_message().choose == "Choose"
        await w.send(Letter(4, body=("Quale?",), choices=ROWS), w.recipient(language="xx"))
        assert w.user.last_message().choose == "Scegli"


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=50), st.text(max_size=90)), min_size=1, max_size=11),
    st.text(max_size=1800),
    st.text(max_size=50),
)
async def test_whatever_the_texts_twilio_has_nothing_to_refuse(choices, body, title):
    async with world() as w:
        await w.user.says("ciao")
        options = tuple(Button(f"c{n}", label, more) for n, (label, more) in enumerate(choices))
        await w.send(Letter(1, title=title, body=(body,), choices=options))
        assert w.fake.violations == []


async def test_what_a_person_wrote_is_no_variable():
    async with world() as w:
        await w.user.says("ciao")
        await w.send(Letter(1, body=("{{1}} {{7*7}} {% if %}",), choices=YES_NO))
        assert w.fake.violations == []
        assert w.user.last_message().body.replace(GUARD, "").startswith("{{1}} {{7*7}} {% if %}")


async def test_without_the_content_api_the_numbers_serve():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.fail(status=503, where="content", times=9)
        await w.send(Letter(1, body=("Vuoi?",), choices=YES_NO))
        assert (w.user.last_message().body, w.user.last_message().buttons) == ("Vuoi?\n\n1. Sì\n2. No", [])
        assert "buttons sent as text" in str(w.channel.health.detail["last problem"])


async def test_a_content_deleted_at_twilio_is_replaced_by_text_now_and_made_anew_later():
    async with world() as w:
        await w.user.says("ciao")
        await w.send(Letter(1, body=("Vuoi?",), choices=YES_NO))
        w.fake.contents.clear()
        await w.send(Letter(2, body=("Vuoi?",), choices=YES_NO))
        assert w.user.last_message().buttons == []
        await w.send(Letter(3, body=("Vuoi?",), choices=YES_NO))
        assert len(w.user.last_message().buttons) == 2


async def test_two_processes_that_made_the_same_content_take_the_same():
    async with world() as w:
        resource = Resource("x", "it", {"twilio/text": {"body": "ciao"}}, {})
        book = w.channel._book
        for _ in range(2):
            await book._client.content.v1.contents.create_async(resource.request())
        assert await book.find(resource) == min(w.fake.contents)


async def test_a_long_letter_is_several_messages_with_the_buttons_last():
    async with world() as w:
        await w.user.says("ciao")
        receipt = await w.send(Letter(1, body=("Regola. " * 300, "Va bene?"), choices=YES_NO))
        assert len(receipt.refs) == len(w.user.messages) == 3
        assert [bool(m.buttons) for m in w.user.messages] == [False, False, True]


# The window


@pytest.mark.parametrize("wrote", [True, False])
async def test_outside_the_window_the_opener_goes_out_alone(wrote):
    async with world() as w:
        await w.templates()
        if wrote:
            await w.user.says("ciao")
            w.fake.advance(hours=23, minutes=51)
        receipt = await w.send(replace(TEXT, opener=REMINDER))
        message = w.user.last_message()
        assert receipt.opener_only
        assert 'questionario "Bisogni di welfare" di WIS' in message.body and "fare: 4." in message.body
        assert message.labels == ["Riprendi", "Non ricordarmelo"]
        assert (message.status, w.inbox.reports) == ("delivered", [])
        assert len(w.user.messages) == 1


async def test_just_inside_the_window_the_letter_itself_goes_out():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.advance(hours=23, minutes=49)
        receipt = await w.send(replace(TEXT, opener=REMINDER))
        assert (receipt.opener_only, w.user.last_message().body) == (False, "Ciao.")


async def test_outside_the_window_a_letter_without_opener_is_parked():
    async with world() as w:
        with pytest.raises(WindowClosed):
            await w.send(TEXT)
        assert w.fake.sent == []


async def test_the_opener_is_in_the_readers_language_and_any_is_better_than_none():
    async with world() as w:
        await w.templates()
        await w.send(replace(TEXT, opener=Opener("new_message", ())), w.recipient(language="en"))
        assert w.user.last_message().body.startswith("Hello")
        await w.send(replace(TEXT, opener=Opener("new_message", ())), w.recipient(language="xx"))
        assert w.user.last_message().body.startswith("Ciao")


async def test_a_tap_on_the_opener_gives_its_token():
    async with world() as w:
        await w.templates()
        await w.send(replace(TEXT, opener=REMINDER))
        await w.user.taps("Riprendi")
        assert w.event.what.token == "@needs:resume"


async def test_an_opener_with_line_breaks_in_its_values_is_sent_on_one_line():
    async with world() as w:
        await w.templates()
        await w.send(replace(TEXT, opener=Opener("questionnaire_reminder", ("a\nb\t{{2}}", ""))))
        assert '"a b { {2}}"' in w.user.last_message().body
        assert w.fake.violations == []


async def test_a_template_that_is_not_at_twilio_is_for_the_office():
    async with world() as w:
        with pytest.raises(Misconfigured, match="sync-templates"):
            await w.send(replace(TEXT, opener=REMINDER))
        with pytest.raises(Misconfigured, match="no template"):
            await w.send(replace(TEXT, opener=Opener("unknown", ())))
        await w.templates()
        with pytest.raises(Refused, match="2 variables"):
            await w.send(replace(TEXT, opener=Opener("questionnaire_reminder", ("one",))))


async def test_a_contradicted_window_is_tried_once_more_and_then_the_opener_goes():
    async with world() as w:
        await w.templates()
        w.fake.closed_window = "api"
        to = replace(w.recipient(), last_inbound=w.fake.now())
        letter = replace(TEXT, opener=REMINDER)
        with pytest.raises(Throttled) as caught:
            await w.send(letter, to)
        assert (caught.value.after, caught.value.whole_channel, caught.value.code) == (30, False, "63016")
        assert (await w.send(letter, to)).opener_only
        with pytest.raises(Throttled):
            await w.send(TEXT, to)
        with pytest.raises(WindowClosed):
            await w.send(TEXT, to)


# Errors


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (63018, 400, Throttled),
        (63049, 400, Throttled),
        (63012, 400, Unavailable),
        (63024, 400, Unreachable),
        (21610, 400, Unreachable),
        (63032, 400, Unreachable),
        (63019, 400, Refused),
        (63041, 400, Refused),
        (20003, 401, Misconfigured),
        (63007, 400, Misconfigured),
        (99999, 400, Refused),
        (99999, 404, Misconfigured),
    ],
)
async def test_each_code_has_its_reaction(code, status, error):
    async with world() as w:
        await w.user.says("ciao")
        w.fake.fail(code, status=status)
        with pytest.raises(SendError) as caught:
            await w.send(TEXT)
        assert (type(caught.value), caught.value.code) == (error, str(code))
        assert w.user.messages == []


async def test_too_many_calls_wait_as_long_as_twilio_says_and_are_not_repeated():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.fail(20429, status=429, retry_after="7")
        with pytest.raises(Throttled) as caught:
            await w.send(TEXT)
        assert 7 <= caught.value.after <= 8.4 and caught.value.whole_channel
        assert w.fake.counts["send"] == 1
        w.fake.per_second = 1
        await w.send(TEXT)
        with pytest.raises(Throttled):
            await w.send(TEXT)


async def test_an_error_names_no_person():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.unknown.add(f"whatsapp:{NUMBER}")
        with pytest.raises(Unreachable) as caught:
            await w.send(TEXT)
        assert NUMBER.strip("+") not in str(caught.value)


async def test_a_number_twilio_does_not_take_gives_way_to_the_other_id():
    async with world() as w:
        ada = w.fake.user("", bsuid=BSUID)
        await ada.says("ciao")
        w.fake.unknown.add(f"whatsapp:{NUMBER}")
        to = replace(w.recipient(Address("whatsapp", BSUID, "bsuid")), last_inbound=w.fake.now())
        await w.send(TEXT, to)
        assert ada.last_message().body == "Ciao."


async def test_an_id_twilio_does_not_take_gives_way_to_the_number():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.unknown.add(f"whatsapp:{BSUID}")
        address = Address("whatsapp", BSUID, "bsuid")
        await w.send(TEXT, w.recipient(Address("whatsapp", NUMBER, "phone"), address=address))
        assert w.user.last_message().body == "Ciao."
        assert w.fake.counts["send"] == 1


async def test_a_server_that_is_not_there_is_surely_not_sent():
    async with world(timeout=1.0) as w:
        await w.user.says("ciao")
        w.channel._client.api.base_url = "http://127.0.0.1:9"
        with pytest.raises(Unavailable):
            await w.send(TEXT)


# Doubts


@pytest.mark.parametrize(
    "fault",
    [
        {"delay": 1.5},
        {"drop": True},
        {"body": "<html>garbage", "status": 200},
        {"body": "<html>Bad Gateway", "status": 502},
    ],
)
@pytest.mark.parametrize("letter", [TEXT, Letter(7, title="Domanda", body=("Vuoi?",), choices=YES_NO)])
async def test_a_message_that_was_taken_without_an_answer_is_found_and_not_repeated(fault, letter):
    async with world(timeout=0.8) as w:
        await w.user.says("ciao")
        w.fake.fail(accepts=True, **fault)
        receipt = await w.send(letter)
        assert receipt.refs == (w.fake.sent[0].sid,)
        assert (len(w.user.messages), w.fake.counts["send"]) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "error"),
    [({"delay": 1.5}, Doubtful), ({"drop": True}, Doubtful), ({"status": 500}, Unavailable)],
)
async def test_a_message_without_a_trace_is_doubtful_or_surely_not_sent(fault, error):
    async with world(timeout=0.8) as w:
        await w.user.says("ciao")
        w.fake.fail(**fault)
        with pytest.raises(error):
            await w.send(TEXT)
        await w.send(TEXT)
        assert len(w.user.messages) == 1


async def test_a_doubtful_message_found_later_is_not_sent_again():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.fail(drop=True, accepts=True)
        w.fake.fail(status=500, where="list")
        with pytest.raises(Doubtful, match="list of messages"):
            await w.send(TEXT)
        w.fake.fail(status=500, where="list")
        with pytest.raises(Unavailable):
            await w.send(TEXT)
        receipt = await w.send(TEXT)
        assert (len(w.fake.sent), receipt.refs) == (1, (w.fake.sent[0].sid,))


async def test_an_older_message_of_the_same_text_is_not_taken_for_this_one():
    async with world(timeout=0.8) as w:
        await w.user.says("ciao")
        await w.send(TEXT)
        w.fake.fail(drop=True)
        with pytest.raises(Doubtful):
            await w.send(replace(TEXT, number=8))


async def test_a_doubtful_opener_is_not_sent_twice():
    async with world() as w:
        await w.templates()
        w.fake.fail(drop=True, accepts=True)
        w.fake.fail(status=500, where="list")
        letter = replace(TEXT, opener=REMINDER)
        with pytest.raises(Doubtful):
            await w.send(letter)
        assert (await w.send(letter)).opener_only
        assert len(w.fake.sent) == 1


async def test_a_letter_of_several_messages_goes_on_where_it_stopped():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.fail(20429, status=429, skip=1)
        letter = Letter(1, body=("a" * 1500, "b" * 1500))
        with pytest.raises(Throttled):
            await w.send(letter)
        receipt = await w.send(letter)
        assert [m.body[0] for m in w.user.messages] == ["a", "b"]
        assert receipt.refs == tuple(m.sid for m in w.user.messages)


# Files


async def test_a_photo_goes_out_with_its_text_from_a_secret_address():
    async with world() as w:
        await w.user.says("ciao")
        photo = File("photo", "mappa.png", "image/png", b"png bytes")
        await w.send(Letter(1, body=("Ecco la mappa.",), file=photo))
        message = w.user.last_message()
        assert (message.body, message.media, message.media_type) == ("Ecco la mappa.", b"png bytes", "image/png")
        assert len(message.media_url.rpartition("/")[2]) >= 40


async def test_a_document_goes_first_and_its_text_follows():
    async with world() as w:
        await w.user.says("ciao")
        await w.send(Letter(1, body=("I tuoi dati.",), file=File("document", "dati.pdf", "application/pdf", b"%PDF")))
        assert [(m.media, m.body) for m in w.user.messages] == [(b"%PDF", ""), (b"", "I tuoi dati.")]


async def test_a_file_is_gone_after_half_an_hour_and_a_guess_finds_nothing():
    async with world() as w:
        await w.user.says("ciao")
        await w.send(Letter(1, file=File("document", "dati.pdf", "application/pdf", b"%PDF")))
        w.fake.advance(minutes=31)
        session = w.channel._http.session
        for path in (w.user.last_message().media_url.removeprefix(w.config.public_base_url), "/whatsapp/media/x"):
            async with session.get(w.base + path) as answer:
                assert answer.status == 404


async def test_any_process_with_the_same_keys_serves_a_file_and_no_other_address_of_it():
    async with world() as w, world() as other:
        other.letters[7] = Letter(7, file=File("document", "dati.pdf", "application/pdf", b"%PDF"))
        path = links({}, w.fake.now).path(7)
        number, until, signature = path.rpartition("/")[2].split(".")
        session = w.channel._http.session
        async with session.get(other.base + path) as answer:
            assert (answer.status, await answer.read()) == (200, b"%PDF")
        foreign = links({}, w.fake.now, new_key()).path(7)
        wrong = f"8.{until}.{signature}", f"7.{int(until) + 60}.{signature}", f"7.{until}.", f"7.{until}", "è.1.x"
        for token in (*wrong, foreign.rpartition("/")[2], f"{number}.{until}.{signature[:-1]}"):
            async with session.get(f"{other.base}/whatsapp/media/{token}") as answer:
                assert answer.status == 404, token
        async with session.get(w.base + path) as answer:
            assert answer.status == 404, "signed, but there is no such letter"


async def test_without_a_public_address_there_are_no_routes_and_no_files():
    async with world(public="") as w:
        assert w.channel.routes() == ()
        w.fake.user(NUMBER).wrote = w.fake.now()
        with pytest.raises(Misconfigured, match="PUBLIC_BASE_URL"):
            await w.send(Letter(1, file=File("document", "dati.pdf", "application/pdf", b"%PDF")))
        await w.send(TEXT)
        assert w.user.last_message().callback == ""
        await w.channel.check()
        assert w.channel.health.state == "degraded"


async def test_the_file_a_person_sent_is_fetched_with_our_credentials_and_within_a_limit():
    async with world() as w:
        await w.user.sends(b"x" * 1000, "image/jpeg")
        ref = w.event.what.ref
        assert await w.channel.fetch(ref, 1000) == b"x" * 1000
        with pytest.raises(Refused, match="too large"):
            await w.channel.fetch(ref, 999)
        w.fake.fail(20404, status=404, where="media")
        with pytest.raises(SendError):
            await w.channel.fetch(ref, 1000)


@pytest.mark.parametrize("ref", ["http://169.254.169.254/latest", "file:///etc/passwd", "/relative", "http://[", ""])
async def test_no_other_server_is_asked_for_a_file(ref):
    async with world() as w:
        with pytest.raises(Refused):
            await w.channel.fetch(ref, 1000)
        with pytest.raises(Refused):
            await w.channel.fetch(f"{w.fake.url}@evil.example/x", 1000)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "ftp://x.example/x",
        "",
    ],
)
async def test_a_redirection_into_our_own_network_is_not_followed(target):
    async with world() as w:
        await w.user.sends(b"x", "image/jpeg")
        w.fake.redirect = target or w.event.what.ref
        with pytest.raises(Refused, match="redirection"):
            await w.channel.fetch(w.event.what.ref, 1000)


async def test_a_file_server_that_is_not_there_is_unavailable():
    async with world() as w:
        await w.user.sends(b"x", "image/jpeg")
        w.fake.redirect = "https://nowhere.invalid/x"
        with pytest.raises(Unavailable):
            await w.channel.fetch(w.event.what.ref, 1000)


# Reconciliation and health


async def test_what_was_missed_comes_with_the_ids_the_webhooks_would_have_had():
    async with world() as w:
        await w.user.says("prima")
        w.fake.advance(minutes=10)
        since = w.fake.now() - timedelta(seconds=30)
        w.fake.delivers = False
        await w.user.says("persa", MessageSid="SM501")
        await w.user.sends(b"jpeg", "image/jpeg", "una foto")
        await w.fake.user("", bsuid=BSUID).says("anche io")
        await w.send(TEXT, replace(w.recipient(), last_inbound=w.fake.now()))
        found = await w.channel.missed(since)
        assert [type(event.what) for event in found] == [Said, Sent, Said]
        assert (found[0].id, found[0].what.text, found[2].address.kind) == ("SM501", "persa", "bsuid")
        assert await w.channel.fetch(found[1].what.ref, 100) == b"jpeg"
        assert all(event.at.tzinfo is not None for event in found)


async def test_a_long_list_is_read_to_its_end():
    async with world() as w:
        w.fake.delivers = False
        for number in range(120):
            await w.user.says(f"n. {number}")
        found = await w.channel.missed(w.fake.now() - timedelta(hours=1))
        assert len({event.id for event in found}) == 120


async def test_a_list_that_cannot_be_had_is_an_error():
    async with world() as w:
        w.fake.fail(status=500, where="list")
        with pytest.raises(Unavailable):
            await w.channel.missed(w.fake.now())


async def test_the_health_tells_whether_the_account_answers():
    async with world() as w:
        w.fake.fail(20003, status=401, where="content")
        await w.channel.check()
        assert w.channel.health.state == "failing"
        w.fake.fail(status=503, where="content")
        await w.channel.check()
        assert w.channel.health.state == "degraded"
        await w.channel.check()
        assert w.channel.health.state == "ok"
        shown = str(w.channel.health)
        assert w.config.auth_token not in shown and NUMBER not in shown


async def test_the_channel_asks_until_the_account_answers_and_runs_until_it_is_cancelled(monkeypatch):
    monkeypatch.setattr("bot.channels.whatsapp.FIRST_PAUSE", 0.01)
    async with world() as w:
        w.fake.fail(status=503, where="content", times=2)
        task = asyncio.create_task(w.channel.run())
        while w.channel.health.state != "ok":
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_another_process_can_drive_the_local_twilio():
    async with world() as w, aiohttp.ClientSession(w.fake.url) as driver:

        async def ask(verb, **body):
            async with driver.post(f"/control/{verb}", json=body) as answer:
                return await answer.json()

        assert await ask("do", user=NUMBER, do="says", **{"with": ["ciao"]}) == 200
        await ask("fail", code=20429, status=429)
        with pytest.raises(Throttled):
            await w.send(TEXT)
        await w.send(Letter(1, body=("Vuoi?",), choices=YES_NO))
        async with driver.get("/control/hears", params={"user": NUMBER, "more_than": "0"}) as answer:
            assert (await answer.json())["buttons"] == ["Sì", "No"]
        async with driver.get("/control/sent") as answer:
            assert len(await answer.json()) == 1
        await ask("set", delivers=False)
        await ask("advance", hours=25)
        assert await ask("do", user=NUMBER, do="taps", **{"with": ["Sì"]}) == 0
        async with driver.get("/control/unknown") as answer:
            assert answer.status == 404


async def test_the_words_of_no_language_do_not_start():
    async with world() as w:
        with pytest.raises(ValueError, match="words"):
            w.channel.__class__(w.config, w.inbox, (), {}, links({}, w.fake.now))
        assert set(WORDS) == {"it", "en"}
