"""A question as plain words: lower case, no accents, apostrophes split, the abbreviations of phones written out."""

import re
from typing import Final

from conversations.folding import fold

MOST_WORDS: Final = 300
"""Words beyond which nobody is still asking; the rest of a message is not read."""

_LONGEST: Final = 4_000
_WORD: Final = re.compile(r"[^\W_]+")
_PLAIN: Final = str.maketrans("àáâäãèéêëìíîïòóôöõùúûüçñ’‘`´", "aaaaaeeeeiiiiooooouuuucn''''")
_WRITTEN_OUT: Final = {
    "x": "per",
    "xke": "perche",
    "xche": "perche",
    "xchè": "perche",
    "perke": "perche",
    "nn": "non",
    "cmq": "comunque",
    "qnd": "quando",
    "qnt": "quanto",
    "qnti": "quanti",
    "ke": "che",
    "ki": "chi",
    "gg": "giorni",
    "mat": "maternita",
    "pz": "paziente",
    "msg": "messaggio",
    "tel": "telefono",
    "lav": "lavoro",
    "pls": "please",
    "u": "you",
    "ur": "your",
    "wanna": "want",
    "gonna": "going",
}


def tokens(text: str) -> tuple[str, ...]:
    """The words in order, at most MOST_WORDS; digits are words, signs and emoji are not."""
    lowered = text[:_LONGEST].lower().translate(_PLAIN)
    if not lowered.isascii():
        lowered = fold(lowered)
    found = _WORD.findall(lowered)[:MOST_WORDS]
    return tuple(_WRITTEN_OUT.get(word, word) for word in found)
