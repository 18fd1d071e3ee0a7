"""What letters cost, read from content/newsletter/prices.toml."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from conversations.messages import Localized
from conversations.news.views import Price
from storage.content import ContentError

FILE: Final = Path("newsletter/prices.toml")
MILLION: Final = 1_000_000
DEAREST: Final = 1
"""Euro: a price above is a slip of the comma."""


def read_prices(folder: Path) -> tuple[Price, ...]:
    """The prices by channel; none where there is no file. Raises ContentError."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        found = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).get("price", [])
        prices = tuple(_price(table) for table in found)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ContentError(f"content/{FILE} cannot be read: {type(error).__name__}: {error}") from error
    names = [price.channel for price in prices]
    if len(set(names)) < len(names):
        raise ContentError(f"content/{FILE} has two prices for one channel")
    return prices


def _price(table: dict[str, Any]) -> Price:
    as_of, source = table["as_of"], {str(key): str(text) for key, text in table["source"].items()}
    if not isinstance(as_of, date):
        raise ValueError("as_of is a date, such as 2026-11-26")
    opener, message = _millionths(table["opener"]), _millionths(table["message"])
    return Price(str(table["channel"]), opener, message, as_of, Localized(source))


def _millionths(euro: int | Decimal) -> int:
    if not 0 <= euro <= DEAREST:
        raise ValueError(f"a price is between 0 and {DEAREST} euro, not {euro}")
    return int(Decimal(euro) * MILLION)
