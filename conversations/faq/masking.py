"""Personal data in a question, hidden before it is stored: names, numbers, addresses and codes."""

import re
from typing import Final

_HIDDEN: Final = "[…]"

_LETTER: Final = r"[^\W\d_]"
_CAPITAL_WORD: Final = rf"[A-ZÀ-ÖØ-Þ]{_LETTER}+"
_NAME: Final = rf"{_CAPITAL_WORD}(?:[ '’-]{_CAPITAL_WORD}){{0,3}}"
_ANY_NAME: Final = rf"{_LETTER}+(?: {_CAPITAL_WORD}){{0,3}}"

_DIGIT: Final = "[0-9LMNPQRSTUV]"

_MASKS: Final = (
    # e-mail, web address, @nickname
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(r"(?<![\w@])@\w{3,}"),
    # IBAN, tax code (also with the letters that stand for digits), card of health or identity
    re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z]{0,4}\d[A-Z0-9]{0,22}){2,8}\b", re.IGNORECASE),
    re.compile(rf"\b[A-Z]{{6}}{_DIGIT}{{2}}[A-EHLMPRST]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]\b", re.IGNORECASE),
    re.compile(r"\b[A-Z]{2}\d{5}[A-Z]{2}\b|\b[A-Z]{2}\d{7}\b", re.IGNORECASE),
    # phones, and every run of five digits or more however it is grouped
    re.compile(r"(?<!\w)(?!\d{1,4}/(?:19|20)\d\d\b)(?:\+|00)?\d(?:[ ./()-]{0,2}\d){5,}(?!\w)"),
    re.compile(r"\d{5,}"),
)
_INTRODUCED: Final = (
    # "mi chiamo" is followed by a name however it is written; the others only by capitals
    re.compile(rf"(?i:\b(mi chiamo|my name is|il mio nome [eè]|firmato|signed)\b:? )({_ANY_NAME})"),
    re.compile(rf"(?i:\b(sono|i am|i['’]m|this is|qui|qua [eè]|parla)\b )(?!INPS|ISEE|CCNL|RSA)({_NAME})"),
    re.compile(
        r"(?i:\b(signora|signor|signorina|sig\.ra|sig\.|sig|dott\.ssa|dottoressa|dottor|dott\.|avv\.|mr\.?|mrs\.?|ms)"
        rf"\.? )({_NAME})"
    ),
    re.compile(
        r"(?i:\b(si chiama|chiamat[oa]|his name is|her name is|named|called|mi[oa] (?:figli[oa]|marito|moglie|madre"
        r"|padre|mamma|cap[oa]|colleg[ao]|sorella|fratello|suocera|suocero|nonna|nonno|titolare|compagn[oa]|dipendente"
        r"|badante|bambin[oa])|my (?:son|daughter|husband|wife|mother|father|boss|colleague|sister|brother))\b,? )"
        rf"({_NAME})"
    ),
    re.compile(rf"(?i:\b(via|viale|piazza|corso|largo|vicolo)\b )({_NAME}(?:,? ?\d+\w?)?)"),
)


def mask(text: str) -> str:
    """The text with […] for names after "mi chiamo", "sono", "signora" and the like, street addresses, e-mail, web
    addresses, phone numbers, tax codes, IBANs and long numbers. Ages, percentages, laws and small amounts stay.
    """
    for found in _MASKS:
        text = found.sub(_HIDDEN, text)
    for found in _INTRODUCED:
        text = found.sub(lambda match: match[0][: match.start(2) - match.start(0)] + _HIDDEN, text)
    return text


def mask_all(text: str) -> str:
    """`mask`, and every digit that is left as #: what the queue of open questions shows to others."""
    return re.sub(r"\d", "#", mask(text))
