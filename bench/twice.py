"""A local Telegram that hands every update over twice, as after a lost confirmation."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram_api import FakeTelegram
from tests.fakes.telegram_rules import Params
from tests.fakes.telegram_updates import Updates


class _Twice(Updates):
    """getUpdates whose answer holds each update and right behind it the same one again."""

    async def poll(self, params: Params) -> list[dict[str, Any]]:
        fake = self._fake
        assert isinstance(fake, DeliversTwice)
        if not fake.twice:
            return await super().poll(params)
        found = await super().poll({**params, "limit": 50})
        return [update for update in found for _ in range(2)]


@dataclass
class DeliversTwice(FakeTelegram):
    """Hands everything over twice while `twice` is set (polling only)."""

    twice: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.updates = _Twice(self)
