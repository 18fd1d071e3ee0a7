"""Bank account numbers as people type them: checked by country, length and check digits (ISO 13616, mod 97)."""

from typing import Final, Literal

from stdnum import iban
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from conversations.folding import clean

Fault = Literal["length", "checksum", "shape", "country"]
SEPA: Final = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS "
    "SE SI SK SM VA".split()
)
"""Countries a euro transfer reaches in the single area (EPC409-09)."""


def read_iban(text: str) -> str | Fault:
    """The number without spaces; or what is wrong with it. An Italian one has 27 characters."""
    said = "".join(char for char in clean(text).upper().removeprefix("IBAN") if char.isalnum())
    if len(said) < 15 or len(said) > 34:
        return "length"
    if not said[:2].isalpha() or not said.isascii():
        return "shape"
    if said[:2] not in SEPA:
        return "country"
    if said[:2] == "IT" and len(said) != 27:
        return "length"
    try:
        return str(iban.validate(said))
    except InvalidLength:
        return "length"
    except InvalidChecksum:
        return "checksum"
    except ValidationError:
        return "shape"


def is_iban(text: str) -> bool:
    """True for a number as `read_iban` returns it."""
    return read_iban(text) == text


def last_four(number: str) -> str:
    """All that is ever shown of it again."""
    return number[-4:]
