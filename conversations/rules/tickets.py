"""The short number of a ticket, made of its random id: it tells neither an order nor a count."""

import base64

from conversations.rules.codes import ALPHABET

_SYMBOLS = 6


def ticket_number(ticket_id: str) -> str:
    """The number of a ticket, "K7M-2QX": the first 30 bits of its id, in letters that survive a phone call."""
    bits = int.from_bytes(_bytes(ticket_id)[:4], "big") >> 2
    symbols = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(5 * (_SYMBOLS - 1), -1, -5))
    return f"{symbols[:3]}-{symbols[3:]}"


def _bytes(ticket_id: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(ticket_id + "=" * (-len(ticket_id) % 4)).ljust(4, b"\0")
    except ValueError:
        return ticket_id.encode().ljust(4, b"\0")
