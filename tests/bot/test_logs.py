"""Logs can be read by a person and by a machine, and nothing of a person can be read in them."""

import io
import json
import logging
import re
import string
import sys
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from bot.logs import Masked, set_up
from bot.redaction import masker

mask = masker(["s3cret-webhook-word", "abc"])
words = st.text(alphabet=string.ascii_letters + " ,;:àèìòù'\"{}[]=<>", max_size=30)
gaps = st.sampled_from(["", " ", "-", ".", "/", "\u00a0", " - ", "%20", "+", ")", " ("])


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A number as people and programs write it: with a country, spaces, dashes, brackets, or none of them."""
    heads = ["+39", "0039", "+1", "+44", "(+39)", "whatsapp:+39", "tel:+44", "%2B39", "02", "3", ""]
    head = draw(st.sampled_from(heads))
    digits = draw(st.text(alphabet="0123456789", min_size=8, max_size=11))
    cut = draw(st.integers(1, 4))
    parts = [digits[at : at + cut] for at in range(0, len(digits), cut)] if draw(st.booleans()) else [digits]
    return head + draw(gaps) + draw(gaps.filter(bool)).join(parts)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level, sys.excepthook = handlers, level, hook
    logging.captureWarnings(False)


def written(form: str = "text", level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    set_up(level, "json" if form == "json" else "text", ["s3cret-webhook-word"], stream)
    return stream


@given(words, phones(), words)
def test_no_shape_of_a_phone_number_survives(before: str, phone: str, after: str) -> None:
    masked = mask(f"{before} {phone} {after}")
    assert "[number]" in masked
    assert not re.search(r"\d{4}", masked), masked
    assert len(re.sub(r"\D", "", masked)) <= 4, masked


@given(st.text(max_size=80))
def test_no_text_at_all_keeps_seven_digits_in_a_row(text: str) -> None:
    assert not re.search(r"\d{7}", mask(text))


@given(st.text(max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call +44 7700 900123 now", "call [number] now"),
        ("From=whatsapp%3A%2B12025550143&Body=ciao", "From=whatsapp%3A%2B[number]&Body=ciao"),
        ("POST https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage",
         "POST https://api.telegram.org/bot[token]/sendMessage"),
        ("token 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "token [token]"),
        ("/Accounts/AC0123456789abcdef0123456789abcdef/Messages", "/Accounts/AC[account]/Messages"),
        ("sid SM0123456789abcdef0123456789abcdef", "sid SM*cdef"),
        ("Authorization: Basic QUMwMTIzOnNlY3JldA==", "Authorization: Basic [secret]"),
        ("write to anna.rossi+wis@posta.example, please", "write to [email], please"),
        ("email=anna%40posta.example&x=1", "email=[email]&x=1"),
        ("IBAN IT60 X054 2811 1010 0000 0123 456", "IBAN [iban]"),
        ("IBAN GB82WEST12345698765432.", "IBAN [iban]."),
        ("CF RSSNNA80A41F205X", "CF [tax code]"),
        ("from IT.ENT.13491208655302741918", "from [whatsapp id]"),
        ("the word s3cret-webhook-word came", "the word [secret] came"),
        ("user 5001234567 blocked us", "user [number] blocked us"),
        ("due 2026-11-25 at 2026-11-25T22:05:01.123456+00:00", "due 2026-11-25 at 2026-11-25T22:05:01.123456+00:00"),
        ("since 2026-11-25 3401234567", "since 2026-11-25 [number]"),
        ("on http://127.0.0.1:8080, 250 rows, 12.5 s, abc", "on http://127.0.0.1:8080, 250 rows, 12.5 s, abc"),
    ],
)
def test_what_is_masked_and_what_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_line_shows_time_level_place_text_and_fields() -> None:
    stream = written()
    fields = {"channel": "telegram", "ms": 3.14159, "to": "+12025550143"}
    logging.getLogger("bot.turns").info("turn %s", "done", extra=fields)
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    bot\.turns: turn done channel=telegram ms=3\.142 to=\[number\]\n",
                        stream.getvalue())


def test_a_collector_gets_one_json_object_per_line() -> None:
    stream = written("json")
    fields = {"rows": 3, "ok": True, "cause": None, "who": 12025550143}
    logging.getLogger("bot.turns").warning("late\nline", extra=fields)
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "WARNING", "where": "bot.turns", "what": r"late\nline", **fields, "who": "[number]"}


def test_what_a_person_wrote_cannot_look_like_a_line_of_ours() -> None:
    stream = written()
    logging.getLogger("bot").info("got %s", "x\n22:00:00 INFO  bot: all is well\x1b[2J\u202e")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue() and "\u202e" not in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exception_tells_where_and_what_kind_but_not_what_a_person_wrote(form: str) -> None:
    stream = written(form)
    try:
        try:
            int("Anna Rossi")
        except ValueError as error:
            raise ConnectionError("no answer to +12025550143") from error
    except ConnectionError:
        logging.getLogger("bot").exception("a turn failed")
    told = stream.getvalue()
    assert "Anna" not in told.replace('int("Anna Rossi")', "").replace(r"int(\"Anna Rossi\")", "")
    assert "2025550143" not in told
    assert "ValueError: (text withheld" in told
    assert "which led to:" in told
    assert "ConnectionError: no answer to [number]" in told
    assert "test_logs.py" in told


def test_a_database_error_tells_the_cause_but_no_value_of_the_row() -> None:
    stream = written()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("create table people (name text unique)")
            connection.exec_driver_sql("insert into people values (?), (?)", ("Anna Rossi", "Anna Rossi"))
        except IntegrityError:
            logging.getLogger("bot").exception("a turn failed")
    engine.dispose()
    assert "sqlite3.IntegrityError: UNIQUE constraint failed: people.name" in stream.getvalue()
    assert "sqlalchemy.exc.IntegrityError: (text withheld" in stream.getvalue()
    assert "Anna" not in "".join(line for line in stream.getvalue().splitlines() if "exec_driver_sql" not in line)


def test_every_part_of_a_group_of_exceptions_is_told() -> None:
    stream = written()
    try:
        raise ExceptionGroup("several", [OSError("disk full"), KeyError("Anna")])
    except ExceptionGroup:
        logging.getLogger("bot").exception("tasks failed")
    assert "builtins.OSError: disk full" in stream.getvalue()
    assert "builtins.KeyError: (text withheld" in stream.getvalue()


def test_libraries_that_log_tokens_and_bodies_are_heard_only_when_they_warn() -> None:
    stream = written(level="DEBUG")
    for name in ("httpx", "aiohttp.access", "telegram.ext.Updater", "twilio.http_client", "sqlalchemy.engine"):
        logging.getLogger(name).info("POST /bot1:abc body=ciao")
        logging.getLogger(name).warning("slow")
    logging.getLogger("bot").debug("details")
    assert "POST" not in stream.getvalue()
    assert stream.getvalue().count("slow") == 5
    assert "details" in stream.getvalue()


def test_values_that_do_not_fit_their_message_are_no_crash_and_no_leak(capsys: pytest.CaptureFixture[str]) -> None:
    stream = written()
    logging.getLogger("bot").info("two %s %s", "Anna")
    assert "two %s %s (its values do not fit)" in stream.getvalue()
    assert "Anna" not in stream.getvalue() + "".join(capsys.readouterr())


def test_warnings_and_crashes_are_logged_masked_too() -> None:
    stream = written()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("write to anna@posta.example", UserWarning, stacklevel=1)
    sys.excepthook(ValueError, ValueError("Anna"), None)
    assert "[email]" in stream.getvalue()
    assert "CRITICAL bot: the program stopped on an unexpected error" in stream.getvalue()
    assert "Anna" not in stream.getvalue()


def test_ctrl_c_is_left_to_python(capsys: pytest.CaptureFixture[str]) -> None:
    stream = written()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert stream.getvalue() == ""
    assert "KeyboardInterrupt" in capsys.readouterr().err


@given(st.text(max_size=60), phones())
def test_no_record_shows_the_number_wherever_it_stands(text: str, phone: str) -> None:
    record = logging.LogRecord("bot", logging.INFO, "f", 1, "said %s", (f"{text} {phone}",), None)
    record.number = phone
    for form in ("text", "json"):
        line = Masked("json" if form == "json" else "text").format(record)
        assert not re.search(r"\d{7}", line)
        assert phone not in line
