"""The terms of a call as coordinators propose, confirm and extend them, by chat or from a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, cast

from conversations.events import Json

CONTRACTS = ("employee", "collaborator", "owner")


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One pot of a call: money of some sources, for one firm or all, one area or all, and these contracts.

    `sources` are names with weights ((("regione", 70), ("association", 30))); empty means the call's own.
    """

    name: str
    total_cents: int
    sources: tuple[tuple[str, int], ...] = ()
    enterprise_id: str = ""
    area: str = ""
    contracts: tuple[str, ...] = CONTRACTS


@dataclass(frozen=True, slots=True)
class CallSpec:
    """Everything about a call that is settled before anybody asks. Amounts in cents; 0 means no such limit.

    `deciders` "association": the welfare manager and the coordinators, or only `decider_ids` of them where given.
    "firm": `firm_deciders` names the person of each enterprise; `notice_version` is the text the worker confirms.
    `categories` empty means all. Vouchers last `validity_days`, at most until `uses_until` if it is set.
    """

    title: str
    starts_on: date
    ends_on: date
    budget_cents: int
    lines: tuple[LineSpec, ...]
    person_cap_cents: int = 80_000
    least_cents: int = 5_000
    most_cents: int = 40_000
    voucher_kind: str = "A"
    deciders: str = "association"
    decider_ids: tuple[str, ...] = ()
    firm_deciders: Mapping[str, str] = field(default_factory=dict)
    notice_version: str = ""
    order: str = "fcfs"
    criteria: str = ""
    queue_overbooking_pct: int = 0
    on_leave: str = "keep_until_expiry"
    validity_days: int = 90
    uses_until: date | None = None
    categories: tuple[str, ...] = ()
    category_caps: Mapping[str, int] = field(default_factory=dict)
    firm_cap_cents: int = 0
    open_requests: int = 3
    confirm_above_cents: int = 0
    sources: tuple[tuple[str, int], ...] = (("association", 100),)
    cup: str = ""


@dataclass(frozen=True, slots=True)
class CallChange:
    """An extension: a later end, more money (added to the call and to lines, by name), a higher cap per person."""

    ends_on: date | None = None
    add_to_lines: Mapping[str, int] = field(default_factory=dict)
    person_cap_cents: int = 0


def spec_to_json(spec: CallSpec) -> dict[str, Json]:
    """The terms as plain data."""
    return cast(dict[str, Json], _plain(asdict(spec)))


def spec_from_json(data: Mapping[str, Json]) -> CallSpec:
    """The terms the data were made of. Raises ValueError for a missing, unknown or misshapen part."""
    return cast(CallSpec, _read(CallSpec, data))


def change_to_json(change: CallChange) -> dict[str, Json]:
    """The extension as plain data."""
    return cast(dict[str, Json], _plain(asdict(change)))


def change_from_json(data: Mapping[str, Json]) -> CallChange:
    """The extension the data were made of. Raises ValueError for data of another shape."""
    return cast(CallChange, _read(CallChange, data))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _read(shape: Any, data: Mapping[str, Any]) -> Any:
    known = {part.name: part for part in fields(shape)}
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
    try:
        return shape(**{name: _value(name, value) for name, value in data.items()})
    except (TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _value(name: str, value: Any) -> Any:
    match name:
        case "starts_on" | "ends_on" | "uses_until":
            return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))
        case "lines":
            return tuple(_read(LineSpec, line) for line in value)
        case "sources":
            return tuple((str(source), _whole("weight", weight)) for source, weight in value)
        case "contracts" | "decider_ids" | "categories":
            return tuple(str(one) for one in value)
        case "firm_deciders":
            return {str(key): str(one) for key, one in value.items()}
        case "category_caps" | "add_to_lines":
            return {str(key): _whole(str(key), one) for key, one in value.items()}
        case _ if name.endswith("_cents") or name in ("queue_overbooking_pct", "validity_days", "open_requests"):
            return _whole(name, value)
        case _:
            return str(value)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    return value
