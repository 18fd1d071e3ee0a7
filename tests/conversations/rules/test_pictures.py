"""A picture is known by its first bytes, and what tells where and when it was taken is gone."""

import struct
import zlib

import hypothesis.strategies as st
from hypothesis import given

from conversations.rules.pictures import JPEG, PDF, PNG, WEBP, kind_of, stripped


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"the picture itself \xff\x00 Exif" + b"\xff\xd9"
PHOTO = (
    b"\xff\xd8" + segment(0xE0, b"JFIF\x00\x01\x01") + segment(0xE1, b"Exif\x00\x00GPS 45.4642, 9.1900")
    + segment(0xE2, b"ICC_PROFILE") + segment(0xED, b"Photoshop 3.0 city") + segment(0xFE, b"a comment")
    + segment(0xDB, b"table") + SCAN
)  # fmt: skip
IMAGE = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13) + chunk(b"eXIf", b"GPS") + chunk(b"tEXt", b"Author\x00me")
    + chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
)  # fmt: skip


def test_the_type_is_what_the_bytes_say() -> None:
    assert [kind_of(data) for data in (PHOTO, IMAGE, b"%PDF-1.7 ...", b"RIFF1234WEBPVP8 ")] == [JPEG, PNG, PDF, WEBP]
    for data in (b"", b"MZ\x90", b"PK\x03\x04", b"<html>", b"GIF89a", b"RIFF1234WAVE"):
        assert kind_of(data) is None


def test_a_photo_loses_place_and_comments_and_keeps_the_picture() -> None:
    clean = stripped(PHOTO)
    for secret in (b"GPS", b"city", b"a comment"):
        assert secret in PHOTO and secret not in clean
    assert clean.startswith(b"\xff\xd8") and clean.endswith(SCAN)
    assert b"JFIF" in clean and b"ICC_PROFILE" in clean and b"table" in clean
    assert stripped(clean) == clean


def test_a_png_loses_its_texts() -> None:
    clean = stripped(IMAGE)
    assert b"GPS" in IMAGE and b"GPS" not in clean and b"Author" not in clean
    assert b"IDAT" in clean and clean.endswith(chunk(b"IEND", b""))


def test_a_pdf_stays_as_it_is() -> None:
    assert stripped(b"%PDF-1.7 Exif") == b"%PDF-1.7 Exif"


@given(st.binary(max_size=200), st.sampled_from([PHOTO, IMAGE]), st.integers(0, 200))
def test_a_damaged_picture_breaks_nothing(noise: bytes, picture: bytes, cut: int) -> None:
    for data in (noise, picture[:cut], picture[:cut] + noise):
        assert isinstance(stripped(data), bytes)
