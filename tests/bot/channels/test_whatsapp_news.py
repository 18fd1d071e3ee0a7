"""Reports on the newsletter's letters, whose numbers are below zero."""

import pytest

from bot.channels.whatsapp_inbound import status_report

FORM = {"MessageSid": "SM1"}


@pytest.mark.parametrize(("number", "ours"), [("-12", -12), ("12", 12), ("", 0), ("--12", 0), ("-", 0), ("1-2", 0)])
def test_a_report_names_the_letter_it_is_about(number: str, ours: int) -> None:
    report = status_report(FORM | {"MessageStatus": "delivered"}, number)
    assert report is not None and report.number == ours


def test_that_an_opener_was_delivered_says_nothing_of_the_digest() -> None:
    assert status_report(FORM | {"MessageStatus": "delivered"}, "-12", opener=True) is None


def test_that_an_opener_of_the_newsletter_failed_is_told_by_its_number_too() -> None:
    failed = FORM | {"MessageStatus": "undelivered", "ErrorCode": "63049"}
    report = status_report(failed, "-12", opener=True)
    assert report is not None and (report.number, report.code) == (-12, "63049")
    other = status_report(failed, "12", opener=True)
    assert other is not None and other.number == 0, "of the outbox the message itself goes out under the number later"
