"""Photos are drawn anew and stand upright; what is no photo is none; a QR picture says what it was made of."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from scheduler.pictures import LONGEST_SIDE, MOST_PIXELS, cleaned, qr_png
from tests.scheduler.pictures import PDF_FILE, photo

LINK = "https://t.me/wis_prova_bot?start=PV-abcdefghijklmnopqrstuv"


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_where_it_was_taken_and_keeps_its_picture(format: str) -> None:
    before = photo(format)
    after = cleaned(before)
    assert b"GPS" in before and after is not None and b"GPS" not in after
    picture = opened(after)
    assert picture.format == "JPEG" and picture.size == (60, 40) and not picture.getexif()
    red, _, blue = picture.getpixel((5, 20))  # type: ignore[misc]
    assert red > 200 > 60 > blue


def test_what_hides_behind_a_picture_or_in_its_texts_is_gone() -> None:
    texts, out = PngImagePlugin.PngInfo(), BytesIO()
    texts.add_text("Author", "SECRET")
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG", pnginfo=texts)
    after = cleaned(out.getvalue() + b"PK\x03\x04 SECRET archive")
    assert after is not None and b"SECRET" not in after
    assert opened(after).getpixel((3, 3)) == (255, 255, 255), "what was transparent is paper"


def test_a_photo_taken_sideways_stands_upright() -> None:
    turned = photo(tags={0x0112: 6})
    picture = opened(cleaned(turned))
    assert picture.size == (40, 60)
    red, _, blue = picture.getpixel((20, 5))  # type: ignore[misc]
    assert red > 200 > 60 > blue


def test_a_huge_photo_becomes_smaller_and_a_gigantic_one_is_refused_unread() -> None:
    assert max(opened(cleaned(photo(size=(4000, 1000)))).size) == LONGEST_SIDE
    side = int(MOST_PIXELS**0.5) + 1
    assert cleaned(photo("PNG", size=(side, side))) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ a program",
        b"<html>",
        b"\xff\xd8\xff only the first bytes",
        b"\x89PNG\r\n\x1a\n only the first bytes",
        b"RIFF1234WEBPVP8 ",
        photo()[:300],
        photo("PNG")[:-30],
        b"%PDF-1.7 cut off",
        b"GIF89a",
    ],
)
def test_what_is_no_picture_or_broken_is_none_whatever_its_first_bytes_say(data: bytes) -> None:
    assert cleaned(data) is None


def test_a_whole_pdf_stays_as_it_is() -> None:
    assert cleaned(PDF_FILE) == PDF_FILE


def test_a_qr_picture_holds_exactly_its_text_and_is_large_enough() -> None:
    picture = opened(qr_png(LINK)).convert("1")
    assert picture.width == picture.height >= 300
    # the quiet zone is white, the three finders are black in their middle
    assert picture.getpixel((0, 0)) == 255
    import segno

    matrix = segno.make(LINK, error="m", micro=False).matrix
    scale = picture.width // (len(matrix) + 8)
    for y, line in enumerate(matrix):
        for x, dark in enumerate(line):
            assert (picture.getpixel(((x + 4) * scale + 1, (y + 4) * scale + 1)) == 0) == bool(dark)


def test_two_texts_make_two_pictures_and_one_always_the_same() -> None:
    assert qr_png(LINK) == qr_png(LINK) != qr_png(LINK + "x")
