"""A voucher's code survives a phone call, and a wrong one is nearly always known before anybody looks it up."""

import base64
import secrets

import hypothesis.strategies as st
from hypothesis import given

from conversations.rules.codes import ALPHABET
from conversations.rules.voucher_codes import meant_as_code, token_in, voucher_code, voucher_code_in

FRESH = st.binary(min_size=16, max_size=16).map(lambda raw: base64.urlsafe_b64encode(raw)[:22].decode())
CODE = voucher_code("abcdefghijklmnopqrstuv")


@given(FRESH)
def test_a_code_is_found_as_it_is_shown_dictated_and_typed(fresh: str) -> None:
    code = voucher_code(fresh)
    assert len(code) == 13 and code[4] == code[9] == "-"
    plain = code.replace("-", "")
    spoken = plain.replace("0", "O").replace("1", "l")
    for text in (code, code.lower(), plain, " ".join(plain), f"il codice è {code}, grazie", spoken, code + "."):
        assert voucher_code_in(text) == code, text


@given(FRESH, st.integers(0, 10), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(fresh: str, place: int, other: str) -> None:
    plain = voucher_code(fresh).replace("-", "")
    wrong = plain[:place] + other + plain[place + 1 :]
    assert (voucher_code_in(wrong) is None) == (wrong != plain)


def test_nearly_every_swap_of_neighbours_is_noticed() -> None:
    missed = swaps = 0
    for number in range(300):
        plain = voucher_code(f"{number:0>3}BfG7_-kQz0aaaaaaaaaa"[:22]).replace("-", "")
        for place in range(10):
            swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            swaps += swapped != plain
            missed += swapped != plain and voucher_code_in(swapped) is not None
    assert swaps > 2_000 and missed / swaps < 0.01


def test_all_fifty_bits_count() -> None:
    codes = {voucher_code(secrets.token_urlsafe(16)) for _ in range(2_000)}
    assert len(codes) == 2_000
    assert {char for code in codes for char in code if char != "-"} == set(ALPHABET)


def test_what_is_no_code_is_none() -> None:
    others = ("", "ciao", "WIS-7K3M-2QXA", "20/11/2026", "+1 202 555 0143", "voglio un voucher da 200 euro", "1" * 30)
    for text in others:
        assert voucher_code_in(text) is None, text


def test_a_wrong_code_is_known_to_be_meant_as_one() -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    assert voucher_code_in(wrong) is None and meant_as_code(wrong) and meant_as_code(CODE)
    assert not meant_as_code("doposcuola") and not meant_as_code("grazie mille a tutti")


def test_the_token_of_a_picture_is_found_in_what_a_scan_brings() -> None:
    token = "abcdefghijklmnopqrstuv"
    assert token_in(f"PV-{token}") == token
    assert token_in(f"Ciao! PV-{token}") == token
    assert token_in("PV-short") is None and token_in(token) is None
