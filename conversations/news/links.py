"""Which links people may be sent to: https, a host with a name, nothing that could mislead the eye."""

import re
from typing import Final, Literal

LONGEST: Final = 500
Fault = Literal["long", "not_https", "user", "ip", "host"]
"""Too long; no https; a user or password before the host; an address instead of a name; no name we can read."""

_WHOLE = re.compile(r"(?i:https)://(?P<host>[^/?#\\\s]+)(?:[/?#][\x21-\x7e]*)?")
_NUMBERS = re.compile(r"\[.*|(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*\.?", re.IGNORECASE)
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)


def fault_of(link: str) -> Fault | None:
    """What is wrong with a link, None where nothing is. A port is as odd as a host without a name."""
    if len(link) > LONGEST:
        return "long"
    if not link.lower().startswith("https://"):
        return "not_https"
    found = _WHOLE.fullmatch(link)
    if found is None:
        return "host"
    host = found["host"]
    if "@" in host:
        return "user"
    if _NUMBERS.fullmatch(host.partition(":")[0] if not host.startswith("[") else host):
        return "ip"
    return None if _NAME.fullmatch(host) else "host"
