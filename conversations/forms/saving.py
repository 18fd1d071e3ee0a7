"""What is kept of a run between turns, and bringing it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.forms.engine import Engine
from conversations.forms.instance import (
    MOST_REPEATS,
    Item,
    children_with_refs,
    insert,
    instances,
    leaves_with_refs,
    remove,
)


@dataclass(frozen=True, slots=True)
class Saved:
    """The data of a run by path: answers that differ from the form's own, sizes of repeats, and what
    calculations and actions must remember (last results, what unsteady ones depended on, values seen)."""

    values: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    calculated: Mapping[str, str] = field(default_factory=dict)
    snapshots: Mapping[str, str] = field(default_factory=dict)
    fired: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def save(engine: Engine) -> Saved:
    """What must be kept of a run so that load() brings it back."""
    values: dict[str, str] = {}
    repeats: dict[str, int] = {}
    calculated: dict[str, str] = {}
    snapshots: dict[str, str] = {}
    fired: dict[str, Mapping[str, str]] = {}
    for ref, item in leaves_with_refs(engine.document, "", repeats):
        # Inside repeats the place may have changed since the starting values were given out.
        if item.raw != item.first or (item.raw and "[" in ref):
            values[ref] = item.raw
        if item.last is not None and item.last != item.raw:
            calculated[ref] = item.last
        if item.snapshot is not None:
            snapshots[ref] = item.snapshot
        if item.fired:
            fired[ref] = {str(index): text for index, text in item.fired.items()}
    return Saved(values, repeats, calculated, snapshots, fired)


def load(engine: Engine, saved: Saved) -> None:
    """Brings back what save() kept, in place of Engine.start(), and recomputes."""
    if saved.repeats:
        _resize(engine.document, "", saved.repeats)
    values, calculated, snapshots, fired = saved.values, saved.calculated, saved.snapshots, saved.fired
    for ref, item in leaves_with_refs(engine.document, ""):
        if ref in values:
            item.raw = values[ref]
        elif "[" in ref:
            item.raw = ""
        # A good guess spares the first recomputation: hidden nodes with an answer are few.
        item.text = item.raw
        if ref in calculated:
            item.last = calculated[ref]
        if ref in snapshots:
            item.snapshot = snapshots[ref]
            item.last = calculated.get(ref, item.raw)
        if ref in fired:
            item.fired = {int(index): text for index, text in fired[ref].items() if index.isdecimal()}
    engine.loading = True
    engine.settle()
    engine.loading = False


def _resize(item: Item, base: str, repeats: Mapping[str, int]) -> None:
    for definition in item.definition.children:
        if definition.kind != "repeat":
            continue
        present = instances(item, definition)
        wanted = min(max(repeats.get(f"{base}/{definition.name}", len(present)), 0), MOST_REPEATS)
        for extra in present[wanted:]:
            remove(extra)
        for place in range(len(present), wanted):
            insert(item, definition, place)
    for ref, child in children_with_refs(item, base):
        if child.definition.kind != "leaf":
            _resize(child, ref, repeats)
