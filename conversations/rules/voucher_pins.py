"""The four figures that a partner says aloud where the message does not arrive: they name one charge, no secret.

Whoever types them still answers for her own voucher only, in her own chat.
"""

import re
from hashlib import sha256

from conversations.folding import clean

_FOUR = re.compile(r"(?:pin\s*)?(\d{4})", re.IGNORECASE)


def pin_of(redemption_id: str) -> str:
    """The four figures of a charge."""
    return f"{int.from_bytes(sha256(redemption_id.encode()).digest()[:4], 'big') % 10_000:04d}"


def pin_in(text: str) -> str | None:
    """The four figures that are the whole text, with or without the word PIN."""
    found = _FOUR.fullmatch(clean(text))
    return None if found is None else found[1]
