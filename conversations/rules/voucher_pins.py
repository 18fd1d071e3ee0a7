"""Four figures said aloud where a confirmation cannot go its ordinary way (domain.md 7.2).

The message does not arrive: the partner says figures that name one charge, no secret; whoever types them still
answers for her own voucher only, in her own chat. The owner is without her phone: she says figures of her own, a
secret that is good for one payment, and the partner types them.
"""

import re
from hashlib import sha256

from conversations.folding import clean

_FOUR = re.compile(r"(?:pin\s*)?(\d{4})", re.IGNORECASE)


def pin_of(redemption_id: str) -> str:
    """The four figures of a charge."""
    return f"{int.from_bytes(sha256(redemption_id.encode()).digest()[:4], 'big') % 10_000:04d}"


def said_figures(keyed: bytes) -> str:
    """The owner's four figures, from a keyed digest that nobody can make without the key."""
    return f"{int.from_bytes(keyed[:8], 'big') % 10_000:04d}"


def pin_in(text: str) -> str | None:
    """The four figures that are the whole text, with or without the word PIN."""
    found = _FOUR.fullmatch(clean(text))
    return None if found is None else found[1]
