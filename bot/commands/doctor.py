"""`wis doctor`"""


def doctor() -> None:
    """Check."""
