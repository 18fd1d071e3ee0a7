"""Whether a message speaks of violence or danger, so that 1522 and 112 are told before anything else.

A careful list, not a diagnosis: to tell the two numbers once too often does no harm, so a doubt counts.
"""

import re
from collections.abc import Mapping
from typing import Final

from conversations.folding import TOO_LONG_TO_READ, words

_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "it": (
        r"violenz\w*|violent[aoi]\w*|stupr\w*|stalking|stalker|perseguita\w*|in pericolo",
        r"picchia\w*|malmena\w*|schiaff\w*|pugni|strangol\w*|(?:mi|ci|la|lo) mena|(?:mi|ci) fa del male",
        r"(?:mi|ci|la|lo|le|li) minacci\w*|minacciat[aoei]|minacce(?! (?:di |d )?abort)",
        r"abus[oi] sessual[ei]|abusat[aoei]|abusa di (?:me|noi)|molesti[ea]|molestat[aoei]|mi molesta",
        r"paura di (?:lui|lei|mio \w+)|paura del mio \w+|paura di tornare a casa",
        r"(?:mi|ci) (?:ammazza|uccide|ammazzera|uccidera)|ammazzar[mc]i|uccider[mc]i",
        r"suicid\w*|farla finita|togliermi la vita|non voglio piu vivere",
    ),
    "en": (
        r"violence|violent\w*|rape[ds]?|stalk(?:ing|er|s|ed)|in danger",
        r"(?:hit|hits|beat|beats|punche[ds]|slaps|slapped|choke[ds]|hurts) (?:me|us|her|him)|beaten",
        r"(?:threatens|threatened|threatening) (?:me|us|her|him)|threats",
        r"abused|abuses me|abusive|(?:sexual|domestic) abuse|harass(?:ed|es|ment|ing)",
        r"(?:afraid|scared) of (?:him|her|my \w+)|(?:afraid|scared) to go home",
        r"kills? (?:me|us)|kill myself|suicid\w*|end my life",
    ),
}
_OTHERS: Final = (
    r"me (?:pega|pego|golpea|maltrata|amenaza)|maltrato|tengo miedo (?:de el|de mi marido)|me quiere matar",
    r"me (?:frappe|bat|menace)|m a frappee?|j ai peur de (?:lui|mon mari)|femme battue",
    r"ma bate|m a batut|ma ameninta|ma loveste|mi e frica de (?:el|sotul)",
    r"me bate|ele me bate|me ameaca|sinasaktan|binubugbog|me rreh|me godet",
)
"""The barest words in Spanish, French, Romanian, Portuguese, Tagalog and Albanian; told in both our languages."""
_FOUND = {language: re.compile(rf"\b(?:{'|'.join((*said, *_OTHERS))})\b") for language, said in _SAID.items()}

_STEP: Final = TOO_LONG_TO_READ - 100
"""A longer text is read in pieces that overlap, to its end."""


def danger_in(text: str) -> tuple[str, ...]:
    """The languages in which the text speaks of violence or danger; empty if it does not."""
    said = " ".join(words(text[at : at + TOO_LONG_TO_READ]) for at in range(0, len(text) or 1, _STEP))
    return tuple(language for language, found in _FOUND.items() if found.search(said))
