"""Pictures made and pictures received: the QR of a voucher, and photos drawn anew so that nothing else is in them.

A photo is decoded and written again: what cannot be decoded is no photo, whatever its first bytes say, and place,
time, comments and anything hidden behind the picture stay behind. It stands upright, as its taker saw it.
"""

from io import BytesIO
from typing import Final

from conversations.rules.pictures import PDF, kind_of, stripped

MOST_PIXELS: Final = 40_000_000
"""A phone's photo has 12 to 50 million, and chats send smaller copies; more would cost the memory of all others."""
LONGEST_SIDE: Final = 2_600
"""Pixels: an A4 page at 220 dots per inch, on which small print can be read."""
QUALITY: Final = 85
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


def qr_png(text: str) -> bytes:
    """The QR picture of a short text as PNG, black on white, about 500 pixels wide: to be read off a phone."""
    import segno

    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="png", scale=max(6, 480 // code.symbol_size()[0]), border=4)
    return out.getvalue()


def cleaned(data: bytes) -> bytes | None:
    """A photo drawn anew as JPEG, or a whole PDF as it is; None for anything else, and for what is broken or huge."""
    kind = kind_of(data)
    if kind is None:
        return None
    if kind == PDF:
        return data if b"%%EOF" in data[-4096:] else None
    return _drawn_anew(data)


def without_place(data: bytes) -> bytes:
    """A photo without where and when it was taken; other files as they are, a huge photo only stripped."""
    kind = kind_of(data)
    if kind is None or kind == PDF:
        return data
    return _drawn_anew(data) or stripped(data)


def _drawn_anew(data: bytes) -> bytes | None:
    # 8 MB that only who sends documents pays for
    from PIL import Image, ImageOps

    # our own limit is asked before anything is decoded; theirs would warn
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            if upright.mode in ("RGBA", "LA", "P", "PA"):
                # what is transparent becomes paper
                upright = upright.convert("RGBA")
                paper = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(paper, upright)
            out = BytesIO()
            upright.convert("RGB").save(out, "JPEG", quality=QUALITY, exif=b"", icc_profile=None)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        # what Pillow raises for what is broken
        return None
    return out.getvalue()
