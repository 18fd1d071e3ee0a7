"""Which of the providers' codes ask for more than one failed letter, as data (channels.md 5.5 and 6.9)."""

from typing import Final

STOPS: Final = frozenset(
    {
        "63027",  # the template has no such language
        "63028",  # wrong number of parameters
        "21655",  # the ContentSid is invalid
        "21656",  # the variables are invalid
        "92007",  # the same
        "63013",  # policy violation
        "63026",  # flagged as spam
        "63040",  # the template was rejected
        "63041",  # paused
        "63042",  # disabled
    }
)
"""Everybody else would meet the same: the issue stops at the first."""

ANOTHER_DAY: Final = frozenset({"63049", "63032"})
"""Meta does not deliver this to this person now: once more, not before 24 hours have passed."""

GONE: Final = frozenset({"63003", "63024", "21211", "21614", "63014", "21610", "403"})
"""She cannot be reached there, or does not want to be: nothing more goes to this address until she writes."""

CROWDED: Final = "63018"
"""Meta's limit of the channel: where it comes again and again, the channel rests."""

WINDOW: Final = "63016"
"""The 24 hours are over, whatever our clock says."""

EXPIRED: Final = "expired"
"""Nothing of an issue is true any more at the moment it begins: it is paused before anybody has it."""

OPTED_OUT, STOPPED, ERASED, UNREACHABLE = "opted_out", "stopped", "erased", "unreachable"
"""Why somebody was skipped before anything was tried."""
