"""What an edited file changes in an open call: a later end, more money in lines, a higher cap; nothing else may."""

from dataclasses import fields, replace
from typing import Final

from conversations.call_spec import CallChange, CallSpec, LineSpec

_NAMES: Final = {
    "starts_on": "from",
    "ends_on": "to",
    "budget_cents": "budget",
    "person_cap_cents": "caps.person",
    "least_cents": "caps.smallest",
    "most_cents": "caps.largest",
    "firm_cap_cents": "caps.firm",
    "category_caps": "caps.categories",
    "voucher_kind": "kind",
    "decider_ids": "managers",
    "validity_days": "valid_days",
    "confirm_above_cents": "confirm_above",
}
"""What the file calls a part of the terms, where the names differ."""


def change_between(before: CallSpec, after: CallSpec) -> tuple[CallChange, tuple[str, ...]]:
    """The extension that leads from the call's terms to the file's; a sentence for each part that cannot change."""
    held = {line.name: line for line in before.lines}
    added: dict[str, int] = {}
    faults = []
    for line in after.lines:
        known = held.get(line.name)
        if known is None or replace(known, total_cents=line.total_cents) != line:
            faults.append(f"lines: {line.name!r} is new or not as it was; only its amount may grow.")
        elif line.total_cents > known.total_cents:
            added[line.name] = line.total_cents - known.total_cents
        elif line.total_cents < known.total_cents:
            faults.append(f"lines: {line.name!r} had {_euros(known)} and cannot have less.")
    gone = held.keys() - {line.name for line in after.lines}
    faults += [f"lines: {name!r} is missing; a line cannot be taken away." for name in sorted(gone)]
    wanted = before.budget_cents + sum(added.values())
    if after.budget_cents != wanted and not faults:
        faults.append(f"budget: with what the lines get more it is {wanted / 100:.2f}; write that.")
    if after.ends_on < before.ends_on:
        faults.append(f"to: the call runs until {before.ends_on}; it can end later, or be closed, not end earlier.")
    if after.person_cap_cents < before.person_cap_cents:
        faults.append(f"caps.person: it is {before.person_cap_cents / 100:.2f} and can only be raised.")
    grows = {"lines", "budget_cents", "ends_on", "person_cap_cents"}
    for part in fields(CallSpec):
        if part.name not in grows and getattr(before, part.name) != getattr(after, part.name):
            faults.append(f"{_NAMES.get(part.name, part.name)}: it cannot change once the call is open.")
    later = after.ends_on if after.ends_on > before.ends_on else None
    cap = after.person_cap_cents if after.person_cap_cents > before.person_cap_cents else 0
    return CallChange(later, added, cap), tuple(faults)


def _euros(line: LineSpec) -> str:
    return f"{line.total_cents / 100:.2f}"
