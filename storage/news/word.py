"""A Word file read as the Markdown it would be: headings begin items, everything else as in a Markdown file."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Final

import mammoth

from storage.news.files import NewsFile, failed, read_news

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file: a page of text is a few thousand."""
UNPACKED: Final = 20 * 1024 * 1024
"""Bytes of everything inside, as its directory declares; no more is ever unpacked than that."""
PARTS: Final = 500
STYLES: Final = """
p[style-name='Titolo 1'] => h1:fresh
p[style-name='Titolo 2'] => h2:fresh
p[style-name='Titolo 3'] => h3:fresh
p[style-name='Title'] => h1:fresh
p[style-name='Titolo'] => h1:fresh
"""
_BOOKMARK: Final = re.compile(r'<a id="[^"]*"></a>')


def read_word(data: bytes) -> NewsFile:
    """The issue that the file tells. A fault's line is the number of its paragraph."""
    if len(data) > LARGEST:
        return failed("large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return failed("broken")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        return failed("large")
    if any("vbaproject" in part.filename.lower() for part in parts):
        return failed("macros")
    try:
        told = mammoth.convert_to_markdown(
            io.BytesIO(data),
            style_map=STYLES,
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=mammoth.images.img_element(lambda image: {"src": "picture"}),
        ).value
    except Exception:
        # whatever mammoth or its parsers stumble over is a file that nobody can read
        return failed("broken")
    return _by_paragraph(_BOOKMARK.sub("", told))


def _by_paragraph(text: str) -> NewsFile:
    """Nobody counts lines in Word: faults name the paragraph instead."""
    found = read_news(text)
    lines = text.split("\n")
    count = [sum(1 for line in lines[:at] if line.strip()) for at in range(len(lines) + 1)]
    faults = ((count[min(line, len(lines))] if line else 0, key, words) for line, key, words in found.faults)
    return replace(found, faults=tuple(faults))
