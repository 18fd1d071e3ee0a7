"""A choice among offered answers, by number, label or part of a label; several choices; yes and no."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations.folding import clean, fold, one_typo, words
from conversations.forms.numerals import spelled_integer
from conversations.forms.refusal import Refusal

LONGEST = 400
"""Characters of the longest answer that is compared with the choices."""

_ORDINALS = {
    name: number
    for number, names in enumerate(
        (
            "prima primo first 1st",
            "seconda secondo second 2nd",
            "terza terzo third 3rd",
            "quarta quarto fourth 4th",
            "quinta quinto fifth 5th",
            "sesta sesto sixth 6th",
            "settima settimo seventh 7th",
            "ottava ottavo eighth 8th",
            "nona nono ninth 9th",
            "decima decimo tenth 10th",
        ),
        1,
    )
    for name in names.split()
}
_LAST = {"ultima", "ultimo", "last"}
_BEFORE_NUMBER = re.compile(
    r"^(?:l'|(?:la|il|lo|the|numero|number|num|nr|n|no|opzione|option|risposta|answer|scelta|voce)\b[.° ]*)+"
)
_AFTER_NUMBER = re.compile(r"\s*(?:one|option|opzione|risposta|voce|scelta|\.|\)|°|º|ª)+$")
_POLITE = {"grazie", "per", "favore", "cortesia", "please", "thanks", "thank", "you", "prego", "pure", "mille"}
_YES = {
    *("si s yes y certo certamente ok okay okey daccordo sicuro volentieri esatto giusto yep yeah sure").split(),
    *("confermo accetto vero true 👍").split(),
    *("va bene", "d accordo", "assolutamente si", "si certo", "certo che si", "yes sure", "of course", "sure thing"),
}
_NO = {
    *("no n non nope nah mai never rifiuto falso false not 👎").split(),
    *("no no", "assolutamente no", "certo che no", "no way", "niente affatto", "non voglio"),
}
_LONGEST_RUN = 4
_SPAN = re.compile(r"(?:da|dai|from)?\s?(\d{1,4})\s?(?:-|–|a|ai|to)\s?(\d{1,4})\b\s*\D{0,12}")
_AMOUNT = re.compile(r"(?:ho |i am )?(\d{1,4})(?:\s?([a-z]{2,12}))?")
_SEPARATORS = re.compile(r"\s*[,;+&/\n]\s*|\s+-\s+")
_JOINERS = re.compile(r"\s+(?:e|ed|and|o|oppure|or|poi)\s+")


@dataclass(frozen=True, slots=True)
class Offered:
    """One answer that may be chosen: its value and its labels, the one on the screen first."""

    value: str
    labels: tuple[str, ...]


def read_yes_no(text: str) -> bool | Refusal:
    """Whether the person said yes or no ("certo", "no grazie"); anything else is refused."""
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    said = _without_courtesy(text)
    if not said and not words(text) and "👍" not in text and "👎" not in text:
        return Refusal("empty")
    if said in _YES or "👍" in text:
        return True
    return False if said in _NO or "👎" in text else Refusal("not_yes_no")


def read_choice(text: str, offered: Sequence[Offered]) -> str | Refusal:
    """The value of the one choice that was meant; numbers count the offered choices from 1.

    In this order: a whole label, an amount within one label that counts no choice ("58", or "4 anni" for "Da 3 a 5
    anni"), a number or ordinal, the two numbers of one label ("3-5"), a yes or no where one label says so, a label
    with one typo, the beginning of one label, words found in one label, the value itself. Several fits are
    "ambiguous".
    """
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    if not clean(text):
        return Refusal("empty")
    labels = [(choice.value, words(label)) for choice in offered for label in choice.labels]
    typed = words(text)
    if exact := _values((value, label) for value, label in labels if label == typed and typed):
        return _one(exact)
    if amount := _amount(text, len(offered), labels):
        return amount
    number = _number(text, len(offered))
    if number is not None:
        if 1 <= number <= len(offered):
            return offered[number - 1].value
        return Refusal("no_such_number", {"number": number, "count": len(offered)})
    if span := _span(text, labels):
        return span
    for fits in _guesses(text, typed, labels):
        if fits:
            return _one(fits)
    by_value = [choice.value for choice in offered if choice.value.casefold() == clean(text).casefold()]
    return by_value[0] if by_value else Refusal("no_such_choice")


def read_choices(text: str, offered: Sequence[Offered]) -> tuple[str, ...] | Refusal:
    """The values that were meant, each once and in the order offered ("1, 3 e 4", "mattina e sera").

    One part that is not understood refuses the whole answer and is named in `params["part"]`. Two numbers joined
    by a hyphen are refused as "number_range", because "1-3" may mean two choices or three.
    """
    if len(text) > LONGEST:
        return Refusal("too_long", {"limit": LONGEST})
    if not clean(text):
        return Refusal("empty")
    whole = read_choice(text, offered)
    if isinstance(whole, str):
        return (whole,)
    if match := re.fullmatch(r"(\d{1,3})\s?-\s?(\d{1,3})", clean(text)):
        return Refusal("number_range", {"first": int(match[1]), "last": int(match[2])})
    chosen: set[str] = set()
    lines = "\n".join(clean(line) for line in text.split("\n"))
    for part in filter(None, _SEPARATORS.split(lines.strip())):
        found = _joined(part, offered)
        if isinstance(found, Refusal):
            return Refusal(found.reason, {**found.params, "part": part}, found.candidates)
        chosen.update(found)
    return tuple(choice.value for choice in offered if choice.value in chosen) or whole


def _guesses(text: str, typed: str, labels: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
    agreed = read_yes_no(text)
    if isinstance(agreed, bool):
        for opening in ({"si", "yes"},) if agreed else ({"no"}, {"non", "not"}):
            yield _unique(_values((value, label) for value, label in labels if label.split(" ")[0] in opening))
    if len(typed) >= 4:
        yield _values((value, label) for value, label in labels if one_typo(typed, label))
    if len(typed) >= 2:
        yield _values((value, label) for value, label in labels if label.startswith(typed))
    if len(typed) >= 4:
        yield _values((value, label) for value, label in labels if f" {typed} " in f" {label} ")


def _span(text: str, labels: Sequence[tuple[str, str]]) -> str:
    """The value of the one choice whose label holds just these two numbers, "" if the text or no label is such."""
    match = _SPAN.fullmatch(fold(text).strip())
    if match is None:
        return ""
    meant = [match[1], match[2]]
    found = _values((value, label) for value, label in labels if re.findall(r"\d+", label) == meant)
    return found[0] if len(found) == 1 else ""


def _amount(text: str, count: int, labels: Sequence[tuple[str, str]]) -> str:
    """The value of the one choice between whose two numbers this amount lies, "" if none. A bare number up to
    `count` counts the choices; with a unit it must be the label's own ("4 anni")."""
    match = _AMOUNT.fullmatch(fold(text).strip(" .!"))
    if match is None or (match[2] is None and int(match[1]) <= count):
        return ""
    found = []
    for value, label in labels:
        ends = [int(number) for number in re.findall(r"\d{1,6}", label)]
        if len(ends) == 2 and ends[0] <= int(match[1]) <= ends[1] and (match[2] or "") in ("", *label.split()):
            found.append(value)
    return found[0] if len(set(found)) == 1 else ""


def _joined(part: str, offered: Sequence[Offered]) -> list[str] | Refusal:
    """The choices in a part without commas: a row of numbers, or labels and numbers joined by "e" or "and"."""
    labels = [(choice.value, words(label)) for choice in offered for label in choice.labels]
    pieces = [
        number for piece in _JOINERS.split(part) for number in ([piece] if _span(piece, labels) else _row(piece))
    ]
    found: list[str] = []
    while pieces:
        value: str | Refusal = Refusal("no_such_choice")
        # A label may hold an "e" itself ("Pulizie e lavanderia"), so the longest run of pieces goes first.
        for size in range(min(len(pieces), _LONGEST_RUN), 0, -1):
            value = read_choice(" e ".join(pieces[:size]), offered)
            if isinstance(value, str):
                found.append(value)
                pieces = pieces[size:]
                break
        if isinstance(value, Refusal):
            return value
    return found


def _row(piece: str) -> list[str]:
    numbers = re.split(r"[\s.-]+", piece.strip(" .-"))
    return numbers if all(re.fullmatch(r"\d{1,3}", number) for number in numbers) else [piece]


def _number(text: str, count: int) -> int | None:
    plain = fold(text).strip(" .!?)(")
    bare = _AFTER_NUMBER.sub("", _BEFORE_NUMBER.sub("", plain)).strip(" .:#-")
    if re.fullmatch(r"\d{1,6}", bare):
        return int(bare)
    if bare in _LAST:
        return count
    return _ORDINALS.get(bare) or (spelled_integer(bare) if bare.isalpha() else None)


def _without_courtesy(text: str) -> str:
    said = re.sub(r"(.)\1{2,}", r"\1", words(text))
    return " ".join(word for word in said.split() if word not in _POLITE)


def _values(fits: Iterator[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(value for value, _ in fits))


def _unique(fits: list[str]) -> list[str]:
    return fits if len(fits) == 1 else []


def _one(fits: Sequence[str]) -> str | Refusal:
    return fits[0] if len(fits) == 1 else Refusal("ambiguous", candidates=tuple(fits))
