"""Files people send as proof: what they really are, by their first bytes, and pictures without where and when.

A photo straight from a phone tells where it was taken (EXIF); those parts are left out before it is kept (P10).
"""

from typing import Final

JPEG, PNG, PDF, WEBP = "image/jpeg", "image/png", "application/pdf", "image/webp"
_SIGNS: Final = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF))
_PRIVATE_MARKERS: Final = frozenset({0xE1, 0xED, 0xFE})
"""APP1 (EXIF, XMP), APP13 (IPTC) and comments; APP2 holds the colours and stays."""
_PRIVATE_CHUNKS: Final = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
_START_OF_SCAN: Final = 0xDA


def kind_of(data: bytes) -> str | None:
    """The type of a photo or PDF; None for anything else, whatever its name says."""
    for sign, mime in _SIGNS:
        if data.startswith(sign):
            return mime
    return WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def stripped(data: bytes) -> bytes:
    """The same picture without EXIF, XMP, IPTC and comments; other files, and damaged ones, as they are."""
    kind = kind_of(data)
    if kind == JPEG:
        return _jpeg(data)
    return _png(data) if kind == PNG else data


def _jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _START_OF_SCAN:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data) or end < at + 4:
            return data
        if marker not in _PRIVATE_MARKERS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept) + data[at:]


def _png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return data
        if data[at + 4 : at + 8] not in _PRIVATE_CHUNKS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)
