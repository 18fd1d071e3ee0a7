"""Texts of people in files that spreadsheet programs open: never taken for a formula."""

import re
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r\n|%＝＋－＠")
"""What makes a spreadsheet program read a cell as a formula or a command, wide forms included."""
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text as a cell that shows it and does nothing: an apostrophe goes before what would begin a formula."""
    clean = _UNSEEN.sub("", text)
    return f"'{clean}" if clean.lstrip(" \u00a0")[:1] in _FORMULA and clean.strip() else clean
