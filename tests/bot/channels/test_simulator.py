"""The simulator through its web routes, with a small bot behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.contract import Channel, StatusReport
from bot.channels.dialogue import Does, Hears, Says, Taps, Waits
from bot.channels.simulator_guard import OWN_HEADER
from bot.channels.simulator_phones import Phone
from conversations.events import Blocked, Chose, ContactShared, Joined, Located, Said, Sent, Unblocked
from scheduler.sending import (
    Button,
    File,
    Letter,
    Opener,
    Refused,
    Sender,
    Unreachable,
    WindowClosed,
)
from tests.bot.channels.simulator_world import PNG, World, world
from tests.journeys.transcript import parse

GIULIA, MARCO = "whatsapp:giulia", "telegram:marco"
Client = TestClient[Any, Any]
KEYS = count()


@pytest.fixture
def scene() -> World:
    return world()


@pytest.fixture
async def client(scene: World) -> AsyncIterator[Client]:
    async with TestClient(TestServer(scene.app)) as client:
        yield client


async def post(client: Client, route: str, status: int = 200, /, **body: object) -> dict[str, Any]:
    body.setdefault("key", f"k{next(KEYS)}")
    async with client.post(f"/simulator/{route}", json=body, headers={OWN_HEADER: "1"}) as response:
        assert response.status == status, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def read_stream(client: Client, after: int, wanted: int) -> list[tuple[str, Any]]:
    """The next events of the stream."""
    found: list[tuple[str, Any]] = []
    async with client.get("/simulator/events", headers={"Last-Event-ID": str(after)}) as response:
        name = ""
        async for line in response.content:
            key, _, value = line.decode().strip().partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                found.append((name, json.loads(value)))
                if len(found) == wanted:
                    return found
    raise AssertionError("the stream ended")


def test_the_simulator_is_a_channel_like_the_others(scene: World) -> None:
    channel: Channel = scene.simulator
    sender: Sender = channel.sender()
    assert channel.name == sender.channel == "simulator"


def test_a_phone_is_read_back_as_it_was_kept() -> None:
    kept = Phone(
        "anna", "telegram", "Anna", {"it": "Ospite"}, "WIS-1", "en", True, True, datetime(2026, 1, 2, tzinfo=UTC)
    )
    assert Phone.from_json(kept.as_json()) == kept
    with pytest.raises(ValueError, match="not a phone"):
        Phone.from_json({"id": "anna", "look": "fax", "name": "Anna"})


async def test_open_pages_are_left_when_the_channel_ends(scene: World) -> None:
    running = asyncio.ensure_future(scene.simulator.run())
    await asyncio.sleep(0)
    assert scene.simulator.health.state == "ok"
    async with TestClient(TestServer(scene.app)) as client:
        async with client.get("/simulator/events") as response:
            assert await response.content.readline() == b"event: state\n"
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert (await response.content.read()).endswith(b"\n\n")
        async with client.get("/simulator/events") as response:
            assert response.status == 503


async def test_a_read_that_the_program_cannot_take_is_reported_later(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao")
    number = max(row.number for row in scene.store.rows.values() if row.entry["kind"] == "bubble")
    scene.bot.ready = False
    assert await post(client, "read", 503, phone=GIULIA, up_to=number) == {"error": "unready"}
    await read_stream(client, 0, 4)
    scene.bot.ready = True
    await post(client, "read", phone=GIULIA, up_to=number)
    assert [report.rank for report in scene.bot.reports] == ["read"]


async def test_a_picture_with_a_long_text_is_two_messages_on_telegram(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    picture = File("photo", "codice.png", "image/png", PNG)
    receipt = await scene.bot.say(Letter(5, body=("x " * 600,), file=picture), MARCO)
    first, second = (scene.store.rows[int(ref)].entry for ref in receipt.refs)
    assert ("file" in first, first["text"], "file" in second) == (True, "", False)


async def test_a_text_reaches_the_program_as_from_a_real_phone(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao", key="1")
    (event,) = scene.bot.events
    assert event.what == Said("ciao")
    assert event.address.value == GIULIA
    assert (event.profile_name, event.language_hint) == ("Giulia", "it")
    said, answer = scene.store.shown(GIULIA)
    assert (said["text"], said["ticks"]) == ("ciao", "read")
    assert answer["kind"] == "bubble"


async def test_half_a_character_does_not_break_the_transcript(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao \ud83d")
    async with client.get("/simulator/transcript", params={"phone": GIULIA}) as response:
        assert response.status == 200
        assert "ciao ?" in await response.text()


async def test_an_act_that_comes_twice_happens_once(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao", key="1")
    await post(client, "say", phone=GIULIA, text="ciao", key="1")
    assert len(scene.bot.events) == 1
    assert sum(entry["kind"] == "said" for entry in scene.store.shown(GIULIA)) == 1


async def test_what_the_program_cannot_take_is_marked_and_can_be_sent_again(scene: World, client: Client) -> None:
    scene.bot.ready = False
    assert await post(client, "say", 503, phone=GIULIA, text="ciao", key="1") == {"error": "unready"}
    assert scene.store.shown(GIULIA)[0]["ticks"] == "failed"
    scene.bot.ready = True
    await post(client, "say", phone=GIULIA, text="ciao", key="1")
    assert scene.store.shown(GIULIA)[0]["ticks"] == "read"
    assert scene.bot.happenings == [Said("ciao")]


async def test_whatsapp_shows_three_buttons_or_a_list_of_ten_with_short_titles(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao")
    buttons = scene.store.shown(GIULIA)[-1]
    assert buttons["keys"] == [[{"token": "need", "label": "Bisogni"}], [{"token": "later", "label": "Più tardi"}]]
    await post(client, "say", phone=GIULIA, text="bisogni")
    listed = scene.store.shown(GIULIA)[-1]
    rows = listed["rows"]
    assert isinstance(rows, list) and len(rows) == 8
    assert listed["list_label"] == "Scegli"
    assert "1. Asilo nido" in str(listed["text"])


async def test_telegram_writes_what_a_button_cannot_show_into_the_text(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    choices = (Button("a", "40,00 €", "Paolo Prova"), Button("b", "60,50 €"))
    await scene.bot.say(Letter(70, title="Pagamenti", body=("Quale?",), choices=choices), MARCO)
    await scene.bot.say(Letter(71, body=("Quale?",), choices=choices[1:]), MARCO)
    told, short = (str(entry["text"]) for entry in scene.store.shown(MARCO)[-2:])
    assert told == "Quale?\n\n• 40,00 € – Paolo Prova\n• 60,50 €"
    assert short == "Quale?"


async def test_telegram_edits_its_question_in_place(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    question = scene.store.shown(MARCO)[-1]
    assert question["title"] == "Domanda 1 di 12"
    number = max(scene.store.rows)
    number = next(row.number for row in scene.store.rows.values() if row.entry is question)
    await post(client, "tap", phone=MARCO, message=number, token="need")
    edited = scene.store.rows[number].entry
    assert (edited["title"], edited["edited"]) == ("Domanda 2 di 12", True)
    assert edited["keys"][-1] == [  # type: ignore[index]
        {"token": "@back", "label": "Indietro"},
        {"token": "@menu", "label": "Menu"},
    ]
    assert scene.bot.events[-1].message_ref == str(number)
    assert [entry["kind"] for entry in scene.store.shown(MARCO)] == ["said", "bubble", "tap"]


async def test_a_screen_that_scrolled_away_is_shown_again(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    first = await scene.bot.say(Letter(90, body=("Uno",)), MARCO)
    for number in range(21):
        await scene.bot.say(Letter(91 + number, body=("Altro",)), MARCO)
    again = await scene.bot.say(Letter(200, body=("Due",), replaces=first.refs[0]), MARCO)
    assert again.refs != first.refs


async def test_a_long_text_is_split_at_telegrams_limit(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    receipt = await scene.bot.say(Letter(5, title="Avviso", body=("Una frase di prova. " * 400,)), MARCO)
    texts = [str(scene.store.rows[int(ref)].entry["text"]) for ref in receipt.refs]
    assert len(texts) == 2
    assert all(len(text) <= 4096 for text in texts)


async def test_a_button_that_telegram_would_refuse_is_refused(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    with pytest.raises(Refused):
        await scene.bot.say(Letter(5, body=("?",), choices=(Button("x" * 65, "Sì"),)), MARCO)


async def test_a_button_of_another_person_or_of_an_old_screen_is_not_taken(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    number = max(scene.store.rows) - 1
    assert await post(client, "tap", 409, phone=GIULIA, message=number, token="need") == {"error": "stale"}
    assert await post(client, "tap", 409, phone=MARCO, message=number, token="@admin") == {"error": "stale"}
    assert len(scene.bot.events) == 1


async def test_outside_the_window_whatsapp_takes_only_a_template(scene: World, client: Client) -> None:
    with pytest.raises(WindowClosed):
        await scene.bot.say(Letter(1, body=("Ciao",)), GIULIA)
    await post(client, "say", phone=GIULIA, text="ciao")
    scene.clock.ahead = timedelta(hours=23, minutes=59)
    await scene.bot.say(Letter(2, body=("Ciao",)), GIULIA)
    scene.clock.ahead = timedelta(hours=24)
    with pytest.raises(WindowClosed):
        await scene.bot.say(Letter(3, body=("Ciao",)), GIULIA)
    receipt = await scene.bot.say(Letter(4, body=("Ciao",), opener=Opener("reminder", ("Giulia",))), GIULIA)
    assert receipt.opener_only
    shown = scene.store.rows[int(receipt.refs[0])].entry
    assert (shown["text"], shown["template"]) == ("reminder (it): Giulia", True)
    await post(client, "tap", phone=GIULIA, message=int(receipt.refs[0]), token="@resume")
    assert scene.bot.happenings[-1] == Chose("@resume", "Riprendi")
    assert not (await scene.bot.say(Letter(5, body=("Ciao",)), GIULIA)).opener_only


async def test_a_template_that_was_read_says_nothing_of_the_message_behind_it(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao")
    await post(client, "read", phone=GIULIA, up_to=max(scene.store.rows))
    scene.bot.reports.clear()
    scene.clock.ahead = timedelta(hours=24)
    await scene.bot.say(Letter(4, body=("Ciao",), opener=Opener("reminder", ("Giulia",))), GIULIA)
    whole = await scene.bot.say(Letter(6, body=("Ciao",), opener=Opener("reminder", ("Giulia",), whole=True)), GIULIA)
    await post(client, "read", phone=GIULIA, up_to=max(scene.store.rows))
    assert [(report.number, report.rank) for report in scene.bot.reports] == [(6, "read")]
    assert scene.store.rows[int(whole.refs[0])].entry["ticks"] == "read"


async def test_telegram_reaches_nobody_who_never_started_the_chat(scene: World, client: Client) -> None:
    with pytest.raises(Unreachable):
        await scene.bot.say(Letter(1, body=("Ciao",)), MARCO)
    with pytest.raises(Unreachable):
        await scene.bot.say(Letter(1, body=("Ciao",)), "telegram:nobody")


@pytest.mark.parametrize(("phone", "events"), [(MARCO, [Blocked(), Unblocked()]), (GIULIA, [])])
async def test_a_blocked_phone_is_unreachable_and_only_telegram_tells(
    scene: World, client: Client, phone: str, events: list[object]
) -> None:
    scene.bot.answers = False
    await post(client, "say", phone=phone, text="ciao")
    await post(client, "block", phone=phone, blocked=True)
    with pytest.raises(Unreachable):
        await scene.bot.say(Letter(1, body=("Ciao",)), phone)
    assert await post(client, "say", 409, phone=phone, text="ciao") == {"error": "blocked"}
    await post(client, "block", phone=phone, blocked=False)
    await scene.bot.say(Letter(1, body=("Ciao",)), phone)
    assert scene.bot.happenings[1:] == events


async def test_an_invitation_is_a_link_on_telegram_and_a_text_on_whatsapp(scene: World, client: Client) -> None:
    await post(client, "join", phone=MARCO, code="WIS-MARCO", key="1")
    await post(client, "say", phone=MARCO, text="/start WIS-MARCO", key="2")
    await post(client, "join", phone=GIULIA, code="WIS-GIULIA", key="3")
    assert scene.bot.happenings == [
        Joined("WIS-MARCO"),
        Joined("WIS-MARCO"),
        Said("Ciao, il mio codice è WIS-GIULIA"),
    ]


async def test_files_go_both_ways(scene: World, client: Client) -> None:
    form = FormData({"phone": GIULIA, "key": "1", "media": "photo", "caption": "asilo"}, quote_fields=False)
    form.add_field("file", PNG, filename="../asilo.png", content_type="image/png")
    async with client.post("/simulator/file", data=form, headers={OWN_HEADER: "1"}) as response:
        assert response.status == 200
    assert scene.bot.happenings == [Sent("photo", "f1", "image/png", "asilo.png", len(PNG), "asilo")]
    assert await scene.simulator.fetch("f1", 1000) == PNG
    with pytest.raises(Refused):
        await scene.simulator.fetch("f1", 10)
    with pytest.raises(Refused):
        await scene.simulator.fetch("f9", 10)
    guide = File("document", "guida.html", "text/html", b"<script>alert(1)</script>")
    receipt = await scene.bot.say(Letter(9, body=("Ecco",), file=guide), GIULIA)
    file = next(
        scene.store.rows[int(ref)].entry["file"] for ref in receipt.refs if "file" in scene.store.rows[int(ref)].entry
    )
    assert isinstance(file, dict)
    async with client.get(f"/simulator/file/{file['id']}") as response:
        assert await response.read() == guide.data
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == 'attachment; filename="guida.html"'
    async with client.get("/simulator/file/f1") as response:
        assert response.content_type == "image/png"
        assert response.headers["Content-Security-Policy"] == "sandbox"


async def test_a_file_that_is_no_picture_does_not_go_as_a_photo(scene: World, client: Client) -> None:
    form = FormData({"phone": MARCO, "key": "1", "media": "photo"})
    form.add_field("file", b"MZ", filename="run.exe", content_type="application/x-msdownload")
    async with client.post("/simulator/file", data=form, headers={OWN_HEADER: "1"}) as response:
        assert response.status == 200
    (sent,) = scene.bot.happenings
    assert isinstance(sent, Sent) and sent.kind == "document"


async def test_places_and_contacts_are_shared(scene: World, client: Client) -> None:
    await post(client, "location", phone=MARCO, latitude=45.46, longitude=9.19, key="1")
    await post(client, "contact", phone=MARCO, key="2")
    await post(client, "contact", phone=GIULIA, key="3")
    await post(client, "contact", phone=MARCO, number="+12025550123", key="4")
    place, own, unvouched, other = scene.bot.happenings
    assert place == Located(45.46, 9.19)
    assert isinstance(own, ContactShared) and own.own and own.phone.startswith("+447700900")
    assert isinstance(unvouched, ContactShared) and not unvouched.own
    assert other == ContactShared("+12025550123", False)


async def test_ticks_are_reported_as_a_provider_would(scene: World, client: Client) -> None:
    await post(client, "say", phone=GIULIA, text="ciao")
    number = max(row.number for row in scene.store.rows.values() if row.entry["kind"] == "bubble")
    assert scene.store.rows[number].entry["ticks"] == "sent"
    events = await read_stream(client, 0, 4)
    assert [name for name, _ in events] == ["state", "entry", "entry", "entry"]
    await read_stream(client, 0, 4)
    await post(client, "read", phone=GIULIA, up_to=number)
    await post(client, "read", phone=GIULIA, up_to=number)
    assert scene.bot.reports == [
        StatusReport("simulator", str(number), "delivered", 1),
        StatusReport("simulator", str(number), "read", 1),
    ]
    assert scene.store.rows[number].entry["ticks"] == "read"


async def test_a_page_that_reconnects_misses_nothing(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    seen = scene.store.revision
    await scene.bot.say(Letter(50, body=("Nel frattempo",)), MARCO)
    events = await read_stream(client, seen, 3)
    assert [name for name, _ in events] == ["state", "entry", "entry"]
    assert events[-1][1]["text"] == "Nel frattempo"
    assert "number" not in events[-1][1]


async def test_a_page_older_than_the_store_is_told_to_forget(scene: World, client: Client) -> None:
    await scene.bot.say(Letter(1, body=("Ciao",)), MARCO, last_inbound=scene.clock.now())
    events = await read_stream(client, 900, 3)
    assert [name for name, _ in events] == ["state", "reset", "entry"]


async def test_the_clock_moves_and_comes_back(scene: World, client: Client) -> None:
    await post(client, "say", phone=MARCO, text="ciao")
    await post(client, "clock", seconds=8 * 86400)
    assert scene.clock.ahead == timedelta(days=8)
    async with client.get("/simulator/state") as response:
        assert abs((await response.json())["clock_offset"] - 8 * 86400) <= 1
    await post(client, "clock", reset=True)
    assert scene.clock.ahead == timedelta()
    await post(client, "clock", 400, seconds=-5)
    await post(client, "clock", 400, seconds="molto")


async def test_the_transcript_is_a_golden_dialogue(scene: World, client: Client) -> None:
    await post(client, "join", phone=MARCO, code="WIS-1", key="1")
    await post(client, "say", phone=MARCO, text="ciao", key="2")
    number = max(row.number for row in scene.store.rows.values() if row.entry["kind"] == "bubble")
    await post(client, "tap", phone=MARCO, message=number, token="need", key="3")
    await post(client, "clock", seconds=3600, key="4")
    await post(client, "block", phone=MARCO, blocked=True, key="5")
    async with client.get("/simulator/transcript", params={"phone": MARCO}) as response:
        lines = parse(await response.text())
    assert [line for line in lines if not isinstance(line, Hears)] == [
        Does("Marco", "link", "WIS-1"),
        Says("Marco", "ciao"),
        Taps("Marco", "Bisogni"),
        Waits(3600),
        Does("Marco", "block"),
    ]
    heard = [line for line in lines if isinstance(line, Hears)]
    assert heard[1].rows == (("Bisogni", "Più tardi"),)
    assert heard[2].text == "**Domanda 2 di 12**\n\nDi quale aiuto hai più bisogno?"


async def test_phones_are_added_hidden_and_change_their_look(scene: World, client: Client) -> None:
    added = await post(client, "phone", name="Anna *Bianchi*", look="telegram", language="en")
    assert added == {"phone": "telegram:annabianchi"}
    switched = await post(client, "phone", phone="telegram:annabianchi", look="whatsapp")
    assert switched == {"phone": "whatsapp:annabianchi"}
    await post(client, "phone", phone=MARCO, hidden=True)
    async with client.get("/simulator/state") as response:
        phones = (await response.json())["phones"]
    assert [phone["address"] for phone in phones] == [GIULIA, "telegram:sara", "whatsapp:annabianchi"]
    assert phones[-1]["language"] == "en"
    await post(client, "phone", 400, name="Anna", look="fax")
    for _ in range(9):
        await post(client, "phone", name="Anna", look="telegram")
    assert await post(client, "phone", 409, name="Anna", look="telegram") == {"error": "many_phones"}


@pytest.mark.parametrize(
    "headers",
    [
        {OWN_HEADER: "1", "Host": "evil.example:8080"},
        {OWN_HEADER: "1", "Origin": "https://evil.example"},
        {OWN_HEADER: "1", "Origin": "null"},
        {OWN_HEADER: "1", "Sec-Fetch-Site": "cross-site"},
        {OWN_HEADER: "1", "X-Forwarded-For": "203.0.113.7"},
        {},
    ],
)
async def test_only_the_page_itself_on_this_machine_may_post(
    scene: World, client: Client, headers: dict[str, str]
) -> None:
    body = {"phone": GIULIA, "text": "ciao", "key": "1"}
    async with client.post("/simulator/say", json=body, headers=headers) as response:
        assert response.status == 403
    assert scene.bot.events == []


async def test_another_host_name_cannot_read_the_page(client: Client) -> None:
    for path in ("/", "/simulator/state", "/simulator/events", "/simulator/transcript"):
        async with client.get(path, headers={"Host": "rebound.example"}) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
async def test_the_names_of_this_machine_are_known(client: Client, host: str) -> None:
    async with client.get("/simulator/state", headers={"Host": host}) as response:
        assert response.status == 200


async def test_a_public_simulator_answers_by_any_name_but_only_to_its_own_page() -> None:
    scene = world(public=True)
    async with TestClient(TestServer(scene.app)) as client:
        headers = {"Host": "demo.example", "X-Forwarded-For": "203.0.113.7", OWN_HEADER: "1"}
        body = {"phone": GIULIA, "text": "ciao", "key": "1"}
        own, foreign = "https://demo.example", "https://evil.example"
        async with client.post("/simulator/say", json=body, headers={**headers, "Origin": own}) as response:
            assert response.status == 200
        async with client.post("/simulator/say", json=body, headers={**headers, "Origin": foreign}) as response:
            assert response.status == 403


async def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    async with client.get("/") as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "http://" not in page and "https://" not in page
    async with client.get("/simulator/page/app.js") as response:
        assert response.content_type in ("text/javascript", "application/javascript")
    for name in ("..%2Fsimulator.py", "simulator.py", "nothing.js"):
        async with client.get(f"/simulator/page/{name}") as response:
            assert response.status == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"{", 400),
        (b"[1]", 400),
        (b"[" * 100_000, 400),
        (b'{"phone": 1}', 400),
        (b'{"phone": "whatsapp:nobody"}', 404),
        (b'{"phone": "whatsapp:giulia", "text": " "}', 400),
        (b'{"phone": "whatsapp:giulia", "text": "' + b"x" * 70_000 + b'"}', 413),
        (b"x" * 10_000_000, 413),
    ],
)
async def test_a_broken_body_is_refused(scene: World, client: Client, data: bytes, status: int) -> None:
    async with client.post("/simulator/say", data=BytesIO(data), headers={OWN_HEADER: "1"}) as response:
        assert response.status == status
    assert scene.bot.events == []


async def test_a_file_above_the_limit_is_refused(scene: World, client: Client) -> None:
    form = FormData({"phone": GIULIA, "key": "1", "media": "photo"})
    form.add_field("file", BytesIO(b"x" * (25 * 1024 * 1024 + 1)), filename="big.png", content_type="image/png")
    async with client.post("/simulator/file", data=form, headers={OWN_HEADER: "1"}) as response:
        assert response.status == 413
    async with client.post("/simulator/file", data=b"x", headers={OWN_HEADER: "1"}) as response:
        assert response.status == 400
    assert scene.bot.events == []
