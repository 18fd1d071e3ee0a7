"""Webhooks: only Twilio's are worked, nothing is acknowledged before it is committed, repetitions are harmless."""

import aiohttp
import pytest

from bot.channels.whatsapp import MAX_BODY
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.metrics import WEBHOOK_REFUSED
from conversations.events import Address, Chose, ContactShared, Located, Said, Sent, Unreadable
from scheduler.sending import Letter
from tests.bot.channels.whatsapp_world import BSUID, NUMBER, YES_NO, world

KEYS = {"webhooks_sharedkey_1": "secret-one", "webhooks_sharedkey_2": "secret-two"}
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
SIGNATURE = "X-Twilio-Signature"
FORM = {"MessageSid": "SM9", "From": f"whatsapp:{NUMBER}", "Body": "ciao", "NumMedia": "0", "Empty": ""}


def refused() -> float:
    return sum(
        sample.value
        for metric in WEBHOOK_REFUSED.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels["channel"] == "whatsapp"
    )


async def post(w, headers, data=FORM, path="/whatsapp/inbound"):
    async with aiohttp.ClientSession() as session, session.post(w.base + path, data=data, headers=headers) as answer:
        return answer.status, await answer.text(), answer.content_type


async def test_a_message_is_taken_and_answered_with_an_empty_document():
    async with world() as w:
        status, text, kind = await post(w, w.fake.signed("/whatsapp/inbound", list(FORM.items())))
        assert (status, kind) == (200, "text/xml")
        assert text.endswith("<Response/>")
        assert (w.event.id, w.event.what) == ("SM9", Said("ciao"))


async def test_what_a_person_can_send_arrives():
    async with world() as w:
        await w.user.says("ciao a tutti")
        await w.user.sends_location(45.46, 9.19)
        await w.user.sends(b"jpeg", "image/jpeg", "la mia foto")
        await w.user.sends(b"opus", "audio/ogg")
        await w.user.sends(b"webp", "image/webp", kind="sticker")
        await w.user.sends_contact("BEGIN:VCARD\nTEL;waid=447700900123:+44 7700 900123\nEND:VCARD")
        await w.user.reacts("👍")
        kinds = [type(event.what) for event in w.inbox.events]
        assert kinds == [Said, Located, Sent, Sent, Sent, ContactShared, Unreadable]
        assert [e.what.kind for e in w.inbox.events[2:5]] == ["photo", "voice", "sticker"]
        assert w.inbox.events[5].what == ContactShared(NUMBER, own=True)
        assert len({event.id for event in w.inbox.events}) == 7


async def test_a_card_that_cannot_be_fetched_is_a_file():
    async with world() as w:
        w.fake.fail(20404, status=404, where="media")
        assert await w.user.sends_contact("TEL:+447700900456") == 200
        assert w.event.what.kind == "other"


async def test_a_person_with_only_an_id_arrives():
    async with world() as w:
        await w.fake.user("", bsuid=BSUID).says("ciao")
        assert w.event.address == Address("whatsapp", BSUID, "bsuid")


async def test_a_tap_and_a_row_give_their_tokens_and_their_message():
    async with world() as w:
        await w.user.says("ciao")
        await w.send(Letter(1, body=("Vuoi?",), choices=YES_NO))
        await w.user.taps("Sì")
        tapped = w.inbox.events[-1]
        assert (tapped.what, tapped.message_ref) == (Chose("s1:yes", "Sì"), w.fake.sent[-1].sid)
        rows = tuple(YES_NO[n % 2].__class__(f"r{n}", f"Voce {n}") for n in range(5))
        await w.send(Letter(2, body=("Quale?",), choices=rows))
        await w.user.chooses("Voce 3")
        assert w.inbox.events[-1].what == Chose("r3", "Voce 3")


@pytest.mark.parametrize("change", ["body", "extra", "dropped", "path", "missing", "garbage"])
async def test_a_forged_or_tampered_request_is_refused_and_only_counted(change):
    async with world() as w:
        before = refused()
        headers = w.fake.signed("/whatsapp/inbound", list(FORM.items()))
        data, path = dict(FORM), "/whatsapp/inbound"
        match change:
            case "body":
                data["Body"] = "altro"
            case "extra":
                data["ButtonPayload"] = "t"
            case "dropped":
                del data["Empty"]
            case "path":
                path = "/whatsapp/inbound?n=1"
            case "missing":
                headers = {}
            case "garbage":
                headers = {SIGNATURE: "àè+=="}
        status, text, _ = await post(w, headers, data, path)
        assert status == 403
        assert "ciao" not in text and "altro" not in text
        assert (w.inbox.events, refused()) == ([], before + 1)


async def test_the_host_of_the_request_does_not_count_the_public_address_does():
    async with world(public="https://wis.example/bot") as w:
        good = w.fake.signed("/whatsapp/inbound", list(FORM.items()))
        assert (await post(w, good | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}))[0] == 200
        w.fake.public_url = w.base
        local = w.fake.signed("/whatsapp/inbound", list(FORM.items()))
        assert (await post(w, local))[0] == 403


@pytest.mark.parametrize("signed_for", ["https://wis.example", "https://wis.example:443"])
async def test_twilio_may_sign_with_or_without_the_port(signed_for):
    async with world() as w:
        w.fake.public_url = signed_for
        assert (await post(w, w.fake.signed("/whatsapp/inbound", list(FORM.items()))))[0] == 200


async def test_the_query_is_part_of_what_is_signed():
    async with world() as w:
        form = {"MessageSid": "SM2", "MessageStatus": "read"}
        headers = w.fake.signed("/whatsapp/status?n=7", list(form.items()))
        assert (await post(w, headers, form, "/whatsapp/status?n=8"))[0] == 403
        assert (await post(w, headers, form, "/whatsapp/status?n=7"))[0] == 200
        assert w.inbox.reports[0].number == 7


async def test_repeated_fields_are_signed_once_each():
    async with world() as w:
        fields = [*FORM.items(), ("Referral", "b"), ("Referral", "a"), ("Referral", "a")]
        assert (await post(w, w.fake.signed("/whatsapp/inbound", fields), fields))[0] == 200


@pytest.mark.parametrize("key", sorted(KEYS))
async def test_a_shared_key_of_ours_signs_as_well(key):
    async with world(webhook_keys=KEYS) as w:
        w.fake.shared_key = (key, KEYS[key])
        assert await w.user.says("ciao") == 200
        w.fake.shared_key = None
        assert await w.user.says("di nuovo") == 200


@pytest.mark.parametrize(
    ("key", "secret", "settings"),
    [
        ("webhooks_sharedkey_1", "secret-two", None),
        ("unknown", "secret-one", None),
        ("webhooks_sharedkey_1", "secret-one", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1"),
        ("webhooks_sharedkey_1", "secret-one", "key=webhooks_sharedkey_1"),
        ("webhooks_sharedkey_1", "secret-one", "key=webhooks_sharedkey_1,algorithm=NONE"),
    ],
)
async def test_a_wrong_shared_key_or_algorithm_is_refused(key, secret, settings):
    async with world(webhook_keys=KEYS) as w:
        w.fake.shared_key = (key, secret)
        headers = w.fake.signed("/whatsapp/inbound", list(FORM.items()))
        if settings is not None:
            headers[SETTINGS] = settings
        assert (await post(w, headers))[0] == 403


async def test_the_account_token_does_not_pass_for_a_shared_key():
    async with world(webhook_keys=KEYS) as w:
        w.fake.shared_key = ("webhooks_sharedkey_1", w.fake.auth_token)
        assert await w.user.says("ciao") == 403


async def test_a_huge_body_is_refused():
    async with world() as w:
        huge = FORM | {"Body": "x" * MAX_BODY}
        assert (await post(w, w.fake.signed("/whatsapp/inbound", list(huge.items())), huge))[0] == 403

        async def chunks():
            for _ in range(3):
                yield b"a" * 100_000

        status, _, _ = await post(w, {"Content-Type": "application/x-www-form-urlencoded"}, chunks())
        assert status == 403


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
async def test_a_body_that_is_no_form_is_refused(kind):
    async with world() as w:
        status, _, _ = await post(w, {"Content-Type": kind, SIGNATURE: "x"}, b"\xff\xfe{}")
        assert status == 403


async def test_a_body_that_is_not_utf_8_is_refused():
    async with world() as w:
        headers = {"Content-Type": "application/x-www-form-urlencoded", SIGNATURE: "x"}
        assert (await post(w, headers, b"Body=%ff%fe"))[0] == 403


async def test_nothing_is_acknowledged_while_the_database_cannot_take_it():
    async with world() as w:
        w.inbox.full = True
        assert await w.user.says("ciao") == 503
        w.inbox.full = False
        await w.user.says("ciao")
        await w.send(Letter(1, body=("Ciao.",)))
        w.inbox.full = True
        assert await w.fake.report(w.fake.sent[0], "read") == 503


async def test_a_delivery_repeated_has_the_same_id():
    async with world() as w:
        await w.user.says("ciao", MessageSid="SM77")
        await w.user.says("ciao", MessageSid="SM77")
        assert [event.id for event in w.inbox.events] == ["SM77", "SM77"]


async def test_an_sms_is_acknowledged_and_ignored():
    async with world() as w:
        assert await w.user.says("ciao", From=NUMBER) == 200
        assert w.inbox.events == []


async def test_callbacks_in_any_order_and_number_are_all_reported_with_our_number():
    async with world() as w:
        w.fake.statuses = ("queued", "sending", "read", "delivered", "sent", "read")
        await w.user.says("ciao")
        receipt = await w.send(Letter(41, body=("Ciao.",)))
        assert [report.rank for report in w.inbox.reports] == ["read", "delivered", "sent", "read"]
        assert {(report.number, report.ref) for report in w.inbox.reports} == {(41, receipt.refs[0])}


async def test_an_undelivered_message_keeps_its_code():
    async with world() as w:
        await w.user.says("ciao")
        w.fake.undeliver(63016)
        await w.send(Letter(5, body=("Ciao.",)))
        assert [(report.rank, report.code) for report in w.inbox.reports] == [("failed", "63016")]


@pytest.mark.parametrize("missing", ["account_sid", "auth_token", "from_number"])
def test_the_channel_does_not_start_without_its_settings(missing):
    told = {"account_sid": "AC1", "auth_token": "t", "from_number": "+12025550100"} | {missing: " "}
    with pytest.raises(ValueError, match="empty"):
        WhatsAppConfig(**told)


def test_an_empty_shared_key_does_not_start():
    with pytest.raises(ValueError, match="TWILIO_WEBHOOK_KEYS"):
        WhatsAppConfig("AC1", "t", "+12025550100", webhook_keys={"k": ""})


def test_secrets_are_not_shown():
    config = WhatsAppConfig("AC1", "hidden-token", "+12025550100", webhook_keys={"k": "hidden-key"})
    assert "hidden" not in repr(config)
