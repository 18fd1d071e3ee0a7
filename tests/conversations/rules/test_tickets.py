"""A ticket's number is short, speakable and tells nothing of the order of tickets."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from conversations.rules.tickets import ticket_number


@given(st.binary(min_size=16, max_size=16))
def test_a_number_is_six_letters_that_survive_a_phone_call(seed: bytes) -> None:
    number = ticket_number(base64.urlsafe_b64encode(seed).decode().rstrip("="))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}", number)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=4, max_size=4))
def test_different_ids_have_different_numbers(seed: bytes, other: bytes) -> None:
    ids = [base64.urlsafe_b64encode(s).decode().rstrip("=") for s in (seed, other + seed[4:])]
    same = int.from_bytes(seed[:4], "big") >> 2 == int.from_bytes(other, "big") >> 2
    assert (ticket_number(ids[0]) == ticket_number(ids[1])) is same


@given(st.text(max_size=30))
def test_any_text_has_a_number(text: str) -> None:
    assert re.fullmatch(r"[0-9A-Z]{3}-[0-9A-Z]{3}", ticket_number(text))
