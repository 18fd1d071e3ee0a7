"""A need said in one's own words ("mi serve una baby-sitter"): which kind of service of the closed list is meant.

Only a plain need counts. Whoever asks how, when or how much, or names a right or a benefit, wants an answer.
"""

import re
from typing import Final

from conversations.folding import words

LONGEST: Final = 80
"""Characters; what is longer tells a story, and is for a person or for the answers."""
_NEED: Final = re.compile(
    r"(?:(?:ciao|salve|buongiorno|buonasera|buon giorno|hello|hi|scusa|scusate|per favore|please) )*"
    r"(?:mi serve|mi servono|mi servirebbe|mi servirebbero|ci serve|ho bisogno di|avrei bisogno di|abbiamo bisogno di"
    r"|cerco|sto cercando|cerchiamo|vorrei|voglio|i need|we need|i am looking for|i m looking for|i would like) (.+)"
)
_ELSE: Final = re.compile(
    r"\b(?:bonus|permess\w+|congedo|104|assegno|rimbors\w+|detra\w+|informazion\w+|sapere|capire|parlare|avvocat\w+|legge"
    r"|inps|isee|contratto|quando|quanto|quanti|come|costa\w*|perche|voucher|leave|benefit|refund|know|lawyer|how|when)\b"
)
_MEANT: Final[dict[str, str]] = {
    "before_after_school": "pre scuola|prescuola|post scuola|postscuola|pre e post scuola|before school",
    "after_school": "doposcuola|dopo scuola|after school",
    "baby_sitter": "baby ?sitter|baby ?sitting",
    "micro_nursery": "micronido|tata|tagesmutter|nanny",
    "nursery": "asilo|asilo nido|nido|nursery|creche",
    "summer_camp": "centr[oi] estiv[oi]|camp[oi] estiv[oi]|campus estivo|summer camp",
    "homework": "aiuto compiti|compiti|ripetizioni|homework",
    "day_centre": "centro diurno|day cent(?:re|er)",
    "elder_care": "badante|anzian[aoi]|carer|elderly",
    "disability_care": "disabil[ei]|disabled|disability",
    "respite": "sollievo|respite",
    "psychology": "psicolog[oa]|psicologico|psychologist",
    "accompanying": "accompagnamento|accompagnator[ei]|accompagnatrice",
    "laundry": "lavanderia|stireria|stirare|laundry|ironing",
    "cleaning": "pulizie|colf|cleaning|cleaner",
    "shopping": "spesa a (?:domicilio|casa)|shopping at home",
    "ready_meals": "past[oi] pront[oi]|pasti a (?:domicilio|casa)|ready meals",
    "paperwork": "pratiche|paperwork",
    "repairs": "riparazion[ei]|idraulico|elettricista|tuttofare|plumber|repairs?",
    "gardening": "giardinier[ei]|giardino|gardener|gardening",
    "computer_help": "aiuto informatico|aiuto con il computer|computer help",
    "errands": "commissioni|consegne|errands",
    "pet_care": "dog ?sitter|cat ?sitter|pet ?sitter|animali",
}
_SERVICES: Final = {code: re.compile(rf"\b(?:{said})\b") for code, said in _MEANT.items()}


def service_meant(text: str) -> str:
    """The code of the service that is needed; empty where the text is no plain need, or names none or several."""
    if len(text) > LONGEST or "?" in text:
        return ""
    need = _NEED.fullmatch(words(text))
    if need is None or _ELSE.search(need[1]):
        return ""
    found = [code for code, pattern in _SERVICES.items() if pattern.search(need[1])]
    return found[0] if len(found) == 1 else ""
