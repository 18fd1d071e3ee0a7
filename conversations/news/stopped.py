"""Why an issue stopped by itself, in words."""

from typing import Final

from conversations.messages import Phrase

REASONS: Final = {
    "template": ("63027", "63028", "21655", "21656", "92007"),
    "refused": ("63040", "63041", "63042"),
    "policy": ("63013", "63026"),
    "bug": ("bug",),
    "expired": ("expired",),
}
"""Codes of the channel, and ours, for which an issue stops at the first (channels.md 6.9)."""


def stopped(code: str) -> Phrase:
    """What this code of the channel, or of ours, means to a coordinator."""
    for reason, codes in REASONS.items():
        if code in codes:
            return Phrase(f"newsdesk.stopped_{reason}", {"why": code})
    return Phrase("newsdesk.stopped_why", {"why": code})
