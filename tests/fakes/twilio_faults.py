"""What can go wrong at the local Twilio on demand."""

from collections import deque
from dataclasses import dataclass


@dataclass
class Fault:
    """What the next requests get: an error code with its HTTP status, a raw body, a pause, or a closed connection.

    `where` is "send", "list", "content" or "media"; with `accepts` the message is taken all the same; `times` is
    how often, `skip` how many requests go well before.
    """

    where: str = "send"
    code: int = 0
    status: int = 400
    body: str | None = None
    retry_after: str = ""
    delay: float = 0
    drop: bool = False
    accepts: bool = False
    times: int = 1
    skip: int = 0


class Faults:
    """The faults that are due, in the order they were ordered."""

    def __init__(self) -> None:
        self._due: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """The next requests it names meet it."""
        self._due.append(fault)

    def next(self, where: str) -> Fault | None:
        """The fault this request meets, None if it goes well."""
        for fault in self._due:
            if fault.where == where:
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._due.remove(fault)
                return fault
        return None
