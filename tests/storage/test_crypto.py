"""Properties of the key ring: what it promises about encryption, look-ups, rotation and its error messages."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import LONGEST_HASH, LONGEST_ID, BadKeys, KeyRing, Tampered, UnknownKey, new_key

OLD = f"old:{base64.b64encode(hashlib.sha256(b'old').digest()).decode()}"
NEW = f"new:{base64.b64encode(hashlib.sha256(b'new').digest()).decode()}"
RING = KeyRing.parse(OLD)
ROTATED = KeyRing.parse(f"{NEW},{OLD}")
purposes = st.text(max_size=40).filter(lambda text: text.isprintable())


@given(st.binary(max_size=2000), purposes)
def test_what_was_encrypted_comes_back(plain: bytes, purpose: str) -> None:
    assert RING.decrypt(RING.encrypt(plain, purpose), purpose) == plain


@given(st.binary(min_size=8, max_size=200))
def test_a_token_never_contains_the_plain_data_and_is_never_the_same_twice(plain: bytes) -> None:
    first, second = RING.encrypt(plain, "name"), RING.encrypt(plain, "name")
    assert plain not in first
    assert first != second


@given(st.binary(max_size=100), purposes, purposes)
def test_a_token_moved_to_another_column_is_refused(plain: bytes, here: str, there: str) -> None:
    token = RING.encrypt(plain, here)
    if here != there:
        with pytest.raises(Tampered):
            RING.decrypt(token, there)


@given(st.binary(max_size=60), st.data())
def test_a_token_with_one_changed_bit_is_refused(plain: bytes, data: st.DataObject) -> None:
    token = bytearray(RING.encrypt(plain, "name"))
    place = data.draw(st.integers(0, len(token) - 1))
    token[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((Tampered, UnknownKey)):
        RING.decrypt(bytes(token), "name")


@given(st.binary(max_size=60))
def test_bytes_that_were_never_encrypted_are_refused(junk: bytes) -> None:
    with pytest.raises((Tampered, UnknownKey)):
        RING.decrypt(junk, "name")


@given(st.binary(max_size=60), st.integers(0, 20))
def test_a_token_cut_short_is_refused(plain: bytes, cut: int) -> None:
    token = RING.encrypt(plain, "name")
    with pytest.raises((Tampered, UnknownKey)):
        RING.decrypt(token[: max(0, len(token) - 1 - cut)], "name")


@given(st.binary(max_size=60))
def test_a_rotated_ring_reads_old_data_and_writes_with_the_new_key(plain: bytes) -> None:
    old = RING.encrypt(plain, "name")
    assert ROTATED.decrypt(old, "name") == plain
    assert ROTATED.key_of(old) == RING.current_id
    assert ROTATED.key_of(ROTATED.encrypt(plain, "name")) == ROTATED.current_id == NEW.partition(":")[0]


def test_data_of_a_key_that_left_the_ring_say_which_key_is_missing() -> None:
    token = ROTATED.encrypt(b"Anna", "people.name")
    with pytest.raises(UnknownKey, match=rf"people\.name.*{ROTATED.current_id}.*{RING.current_id}.*add that key"):
        RING.decrypt(token, "people.name")


@given(st.text(max_size=60), purposes)
def test_a_look_up_survives_the_rotation(value: str, purpose: str) -> None:
    hashed = RING.hash(purpose, value)
    assert hashed == ROTATED.hash(purpose, value)
    assert len(hashed) <= LONGEST_HASH
    assert ROTATED.hash_is_current(hashed)


def test_a_hash_of_a_retired_key_is_recognised() -> None:
    assert not KeyRing.parse(NEW).hash_is_current(RING.hash("phone", "+12025550143"))


@given(st.tuples(purposes, st.text(max_size=60)), st.tuples(purposes, st.text(max_size=60)))
def test_two_values_or_two_purposes_never_share_a_hash(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (RING.hash(*one) == RING.hash(*other)) == (one == other)


def test_another_key_gives_another_hash() -> None:
    assert RING.hash("phone", "+12025550143") != KeyRing.parse(NEW).hash("phone", "+12025550143")


def test_a_new_key_is_accepted_and_never_repeats() -> None:
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert KeyRing.parse(",".join(keys)).current_id in {key.partition(":")[0] for key in keys}


def test_spaces_and_a_last_comma_do_no_harm() -> None:
    assert KeyRing.parse(f" {NEW} , {OLD} ,").ids == ROTATED.ids


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no key: make one with `wis keys new`"),
        (" , ", "there is no key"),
        (OLD.partition(":")[2], "key number 1 has no id"),
        (f"{OLD},{OLD}", "each key needs its own"),
        (f"Caps:{OLD.partition(':')[2]}", "small letters"),
        (f"{'a' * 17}:{OLD.partition(':')[2]}", "1 to 16"),
        ("k1:not base64!", "is not base64"),
        (f"k1:{base64.b64encode(b'short').decode()}", "has 5 bytes, not 32"),
        (f"k1:{base64.b64encode(bytes(32)).decode()}", "is not random"),
    ],
)
def test_a_wrong_ring_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(BadKeys, match=message):
        KeyRing.parse(text)


@given(st.text(alphabet="ABCDEFabcdefghijk0123456789:,=+/ ", max_size=120))
def test_any_text_is_a_ring_or_a_clear_refusal_that_shows_nothing_long_of_it(text: str) -> None:
    try:
        KeyRing.parse(text)
    except BadKeys as error:
        assert not [word for word in re.split("[,: ]", text) if len(word) > LONGEST_ID and word in str(error)]


def test_a_key_and_its_id_written_the_wrong_way_round_are_not_repeated_in_the_message() -> None:
    key_id, _, secret = OLD.partition(":")
    with pytest.raises(BadKeys) as error:
        KeyRing.parse(f"{secret}:{key_id}")
    assert secret not in str(error.value)


def test_the_repr_shows_ids_only() -> None:
    assert repr(ROTATED) == f"KeyRing({NEW.partition(':')[0]}, {OLD.partition(':')[0]})"
