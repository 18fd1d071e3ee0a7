"""Words without their endings, by the Snowball rules of Italian or English."""

from functools import lru_cache
from typing import Final

from Stemmer import Stemmer

LANGUAGES: Final = ("it", "en")
_LONGEST: Final = 40


@lru_cache(maxsize=16_384)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; English rules for "en", else Italian ones. Never empty for a word."""
    if len(word) > _LONGEST or not word.isascii() or word.isdigit():
        return word[:_LONGEST]
    # a stemmer keeps its work in itself: one per word, so that threads never share it (a microsecond)
    stemmer = Stemmer("english" if language == "en" else "italian", 0)
    return str(stemmer.stemWord(word)) or word
