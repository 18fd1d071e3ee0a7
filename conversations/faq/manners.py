"""Whether a message does nothing but offend us: it is no question, and gets neither an answer nor a reproach.

Only what is said to us counts ("siete inutili"). What somebody else said to the person ("mi dice che sono una
stupida") may be violence, and is never taken for bad manners.
"""

import re
from typing import Final

from conversations.folding import words

_LONGEST: Final = 14
"""Words: who writes more has something to tell."""
_WORST: Final = (
    "buffon|cialtron|cretin|deficient|idiot|imbecill|inutil|incapac|ladr|merd|pagliacc|ridicol|scem|schifo|stronz|"
    "stupid|crap|dumb|idiotic|moron|shit|useless|worthless"
)
_TO_US: Final = re.compile(
    r"\b(?:vaffanculo|affanculo|fanculo|fottiti|fottetevi|fuck (?:you|off|this)|andate a cagare|vai a cagare)\b"
    rf"|\b(?:sei|siete|che bot|bot|servizio|you are|you re|this bot is)\b(?: \w+){{0,3}} (?:{_WORST})"
    r"|\b(?:fai|fate|fa) (?:schifo|pena|cagare)\b|\bnon serv(?:i|ite) (?:a|ad|per) (?:niente|nulla|un)\b"
    rf"|^(?:{_WORST})\w*$"
)
_OTHERS: Final = re.compile(
    r"\b(?:mi|me|lui|lei|marito|moglie|compagn\w|ex|capo|titolare|collegh?\w|padre|madre|figli\w|he|she|him|her|my|boss)\b"
)


def only_offends(text: str) -> bool:
    """True if the message offends us and tells nothing else."""
    said = words(text[:200])
    return len(said.split()) <= _LONGEST and _TO_US.search(said) is not None and _OTHERS.search(said) is None
