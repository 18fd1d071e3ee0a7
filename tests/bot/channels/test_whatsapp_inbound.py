"""What Twilio sends becomes events: every field, and whatever people send where a text was expected."""

from datetime import UTC, datetime

import pytest

from bot.channels.contract import StatusReport
from bot.channels.whatsapp_inbound import address_of, events, phone_in_card, status_report
from conversations.events import Address, Chose, ContactShared, Located, Said, Sent, Unreadable

AT = datetime(2026, 11, 25, 9, 31, tzinfo=UTC)
PHONE = Address("whatsapp", "+447700900123", "phone")
FORM = {
    "MessageSid": "SM1",
    "From": "whatsapp:+447700900123",
    "To": "whatsapp:+12025550100",
    "Body": "",
    "NumMedia": "0",
    "ProfileName": "Giulia",
}


def happening(**fields):
    (event,) = events(FORM | fields, AT)
    return event.what


def test_a_text_is_said_by_the_number_with_the_profile_name():
    (event,) = events(FORM | {"Body": "ciao", "WaId": "447700900123", "MessageType": "text"}, AT)
    assert (event.id, event.address, event.at, event.what) == ("SM1", PHONE, AT, Said("ciao"))
    assert (event.profile_name, event.aliases) == ("Giulia", ())


def test_the_text_of_an_invitation_link_is_simply_said():
    assert happening(Body="WIS-7K2M") == Said("WIS-7K2M")


def test_the_ids_beside_the_number_are_aliases():
    ids = {"ExternalUserId": "IT.1349", "ParentExternalUserId": "IT.ENT.77", "WaId": "447700900999"}
    (event,) = events(FORM | ids, AT)
    assert event.aliases == (
        Address("whatsapp", "+447700900999", "phone"),
        Address("whatsapp", "IT.1349", "bsuid"),
        Address("whatsapp", "IT.ENT.77", "parent"),
    )


def test_a_person_without_a_number_is_known_by_her_id():
    (event,) = events(FORM | {"From": "whatsapp:IT.1349", "ExternalUserId": "IT.1349", "Body": "ciao"}, AT)
    assert (event.address, event.aliases) == (Address("whatsapp", "IT.1349", "bsuid"), ())


def test_a_malformed_extra_id_costs_nothing():
    (event,) = events(FORM | {"ExternalUserId": "<script>", "WaId": "??", "Body": "ciao"}, AT)
    assert (event.what, event.aliases) == (Said("ciao"), ())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ButtonPayload": "t1", "ButtonText": "Sì", "ListId": "t2", "Body": "Sì"}, Chose("t1", "Sì")),
        ({"ListId": "t2", "ListTitle": "Asilo", "ButtonText": "x", "Body": "Asilo"}, Chose("t2", "Asilo")),
        ({"ListId": "t2", "Body": "Asilo"}, Chose("t2", "Asilo")),
        ({"InteractiveData": '{"list_reply": {"id": "t3", "title": "Asilo"}}'}, Chose("t3", "Asilo")),
        ({"InteractiveData": "no json", "Body": "ciao"}, Said("ciao")),
        ({"InteractiveData": "[1]", "Body": "ciao"}, Said("ciao")),
        ({"ButtonText": "Sì", "Body": ""}, Said("Sì")),
        ({"Latitude": "45.46", "Longitude": "9.19"}, Located(45.46, 9.19)),
        ({"Latitude": "nord", "Longitude": "9.19"}, Unreadable("location")),
        ({"Latitude": "nan", "Longitude": "900"}, Unreadable("location")),
        ({"MessageType": "reaction", "Body": "👍"}, Unreadable("reaction")),
        ({"MessageType": "order"}, Unreadable("order")),
        ({"Body": "   "}, Unreadable("empty")),
        ({"Body": "a\x00b"}, Said("ab")),
        ({"NumMedia": "molti", "Body": "ciao"}, Said("ciao")),
    ],
)
def test_each_field_has_its_meaning(fields, expected):
    assert happening(**fields) == expected


@pytest.mark.parametrize(
    ("mime", "message_type", "kind"),
    [
        ("image/jpeg", "image", "photo"),
        ("image/webp", "sticker", "sticker"),
        ("image/webp", "", "sticker"),
        ("audio/ogg; codecs=opus", "audio", "voice"),
        ("audio/mpeg", "audio", "audio"),
        ("video/mp4", "video", "video"),
        ("application/pdf", "document", "document"),
        ("", "", "other"),
    ],
)
def test_each_attachment_has_its_kind(mime, message_type, kind):
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m", "MediaContentType0": mime}
    what = happening(**media, MessageType=message_type, Body="ecco")
    assert what == Sent(kind, "https://api.twilio.com/m", mime.partition(";")[0], caption="ecco")


def test_the_name_of_a_document_is_not_its_caption():
    media = {"NumMedia": "1", "MediaUrl0": "https://x.example/m", "MediaContentType0": "application/pdf"}
    what = happening(**media, Body="busta paga.pdf")
    assert (what.name, what.caption) == ("busta paga.pdf", "")


def test_several_attachments_are_several_events_with_their_own_ids():
    media = {f"MediaUrl{n}": f"https://x.example/{n}" for n in range(2)}
    media |= {f"MediaContentType{n}": "image/png" for n in range(2)}
    first, second = events(FORM | media | {"NumMedia": "2", "Body": "due foto"}, AT)
    assert (first.id, second.id) == ("SM1", "SM1:1")
    assert (first.what.caption, second.what.caption) == ("due foto", "")


CARD = "BEGIN:VCARD\r\nFN:Ada Inventata\r\nitem1.TEL;waid=447700900456:+44 7700 900456\r\nEND:VCARD"


@pytest.mark.parametrize(
    ("card", "phone"),
    [
        (CARD, "+447700900456"),
        ("TEL;TYPE=CELL:0044 7700 900456", "+447700900456"),
        ("TEL:tel:+44-7700-900456", "+447700900456"),
        ("TEL:7700", ""),
        ("FN:senza numero", ""),
    ],
)
def test_a_contact_card_gives_its_number(card, phone):
    assert phone_in_card(card) == phone


def test_a_contact_is_ones_own_only_with_the_number_one_writes_from():
    url = "https://x.example/card"
    media = FORM | {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "text/vcard"}
    (event,) = events(media, AT, {url: CARD})
    assert event.what == ContactShared("+447700900456", own=False)
    (event,) = events(media, AT, {url: CARD.replace("900456", "900123")})
    assert event.what == ContactShared("+447700900123", own=True)
    (event,) = events(media, AT)
    assert event.what == Sent("other", url, "text/vcard")


def test_a_profile_name_is_only_a_short_text():
    (event,) = events(FORM | {"ProfileName": "\u202eevil\x07" + "x" * 500, "Body": "ciao"}, AT)
    assert event.profile_name == ("evil" + "x" * 500)[:100]


@pytest.mark.parametrize("fields", [{"From": "+447700900123"}, {"From": "whatsapp:"}, {"MessageSid": ""}])
def test_what_is_no_whatsapp_message_gives_no_event(fields):
    assert events(FORM | {"Body": "ciao"} | fields, AT) == []


@pytest.mark.parametrize("value", ["whatsapp:Mario", "whatsapp:IT.ENT.", "IT.13 49", "+39", ""])
def test_a_wrong_address_is_none(value):
    assert address_of(value) is None


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_a_status_has_its_rank(status):
    form = {"MessageSid": "SM2", "MessageStatus": status, "ErrorCode": "0"}
    assert status_report(form, "7") == StatusReport("whatsapp", "SM2", status, 7)
    assert status_report(form, "7", opener=True) is None


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("63016", "window"),
        ("63049", "later"),
        ("63012", "later"),
        ("63024", ""),
        ("63041", ""),
        ("", ""),
        ("12x", ""),
    ],
)
@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
def test_a_failure_keeps_its_code_and_says_what_it_asks_for(status, code, again):
    report = status_report({"MessageSid": "SM2", "MessageStatus": status, "ErrorCode": code}, "7")
    known = code if code.isdigit() else ""
    assert (report.rank, report.number, report.code, report.again) == ("failed", 7, known, again)
    assert bool(report.reason) == bool(known)


def test_the_failure_of_an_opener_is_told_by_its_sid_alone():
    report = status_report({"MessageSid": "SM2", "MessageStatus": "failed", "ErrorCode": "63016"}, "7", opener=True)
    assert (report.number, report.ref, report.code, report.again) == (0, "SM2", "63016", "")


@pytest.mark.parametrize("status", ["queued", "accepted", "sending", "scheduled", "", "new-word"])
def test_a_status_that_tells_nothing_is_ignored(status):
    assert status_report({"MessageSid": "SM2", "MessageStatus": status}, "7") is None


def test_a_callback_without_our_number_still_counts_by_its_sid():
    report = status_report({"MessageSid": "SM2", "MessageStatus": "read"}, "'; drop table")
    assert report == StatusReport("whatsapp", "SM2", "read")
