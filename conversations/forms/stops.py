"""The stops of a run: the questions relevant now, in the order of the form's body, with notes between."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from conversations.forms.engine import Engine
from conversations.forms.form_body import Place
from conversations.forms.form_model import UNASKABLE, Definition
from conversations.forms.instance import MOST_REPEATS, Item, all_with_refs, instances


@dataclass(slots=True)
class Stop:
    """A question, or the offer of one more repeat (`ref` ends with +; `item` is then the repeat's parent)."""

    ref: str
    item: Item
    definition: Definition
    section: str
    notes: tuple[str, ...] = ()

    @property
    def is_offer(self) -> bool:
        """True for "one more?"."""
        return self.ref.endswith("+")


class Route:
    """The stops of an engine's present state, and the notes left over at the end."""

    def __init__(self, engine: Engine, hidden: frozenset[str], language: str = "") -> None:
        """`language` is a name of the form's; without one the engine's stays."""
        self.engine = engine
        self.hidden = hidden
        self.spent = False
        engine.language = language or engine.language
        self.language = engine.language
        self.refs: dict[int, str] = {}
        self.items: dict[int, list[Item]] = {}
        for ref, item in all_with_refs(engine.document, ""):
            self.refs[id(item)] = ref
            self.items.setdefault(id(item.definition), []).append(item)
        self.stops: list[Stop] = []
        self.notes: list[str] = []
        self._walk(engine.form.body, engine.document, "")
        self.by_ref = {stop.ref: index for index, stop in enumerate(self.stops)}

    def handed_over(self) -> "Route":
        """This route for someone who will change its engine; the old one must not be looked at again."""
        taken = copy(self)
        self.spent = True
        return taken

    def _add(self, ref: str, item: Item, definition: Definition, section: str) -> None:
        self.stops.append(Stop(ref, item, definition, section, tuple(self.notes)))
        self.notes = []

    def _walk(self, places: tuple[Place, ...], context: Item, section: str) -> None:
        engine = self.engine
        for place in places:
            definition = place.definition
            if definition is None:
                label = engine.text(place.label, context)
                self._walk(place.inside, context, label or section)
                continue
            if place.is_repeat:
                self._repeat(place, definition, context, section)
                continue
            for item in self._items(context, definition):
                if not item.relevant:
                    continue
                if definition.kind == "leaf":
                    self._question(item, definition, section)
                else:
                    label = engine.text(place.label, item)
                    self._walk(place.inside, item, label or section)

    def _items(self, context: Item, definition: Definition) -> list[Item]:
        found = self.items.get(id(definition), [])
        if len(found) < 2 or context is self.engine.document:
            return found
        return items_below(context, definition.ref)

    def _repeat(self, place: Place, definition: Definition, context: Item, section: str) -> None:
        parents = items_below(context, definition.ref.rpartition("/")[0]) or [context]
        for parent in parents:
            if not parent.relevant:
                continue
            present = instances(parent, definition)
            for item in present:
                if item.relevant:
                    self._walk(place.inside, item, self.engine.text(place.label, item) or section)
            open_ended = definition.count is None and not definition.fixed_count
            shown = open_ended and self.engine.range_relevant(parent, definition)
            if shown and len(present) < MOST_REPEATS and definition.name not in self.hidden:
                base = self.refs.get(id(parent), "")
                self._add(f"{base}/{definition.name}+", parent, definition, section)

    def _question(self, item: Item, definition: Definition, section: str) -> None:
        if definition.name in self.hidden or definition.control is None:
            return
        engine = self.engine
        if definition.is_note or engine.is_readonly(item):
            label = engine.text(definition.control.label, item)
            value = "" if definition.is_note else item.text
            self.notes.append(f"{label} {value}".strip() if value else label)
            return
        self._add(self.refs[id(item)], item, definition, section)

    def is_required(self, item: Item) -> bool:
        """True when the question must be answered and can be: its list has a choice, its type is askable."""
        if item.definition.type in UNASKABLE or not self.engine.is_required(item):
            return False
        return not item.definition.is_select or bool(self.engine.option_names(item))

    def is_open(self, stop: Stop, done: frozenset[str]) -> bool:
        """True when a stop must be asked: new, cleared by a filter, no longer valid, or required and empty."""
        if stop.ref not in done:
            return True
        if stop.is_offer:
            return False
        item, definition = stop.item, stop.definition
        if definition.is_select and item.raw != item.text:
            return True
        if not item.text:
            return definition.required is not None and self.is_required(item)
        return not self.engine.is_valid(item)

    def open_refs(self, done: frozenset[str]) -> Iterator[int]:
        """The places in `stops` of all that must be asked."""
        for index, stop in enumerate(self.stops):
            if self.is_open(stop, done):
                yield index


def items_below(context: Item, ref: str) -> list[Item]:
    """The nodes of a definition's path that lie below a node."""
    found = [context]
    base = context.definition.ref
    if not ref.startswith(f"{base}/") and base != "":
        return [context] if ref == base else []
    for name in ref[len(base) + 1 :].split("/"):
        found = [
            child
            for item in found
            for child in item.children
            if isinstance(child, Item) and child.definition.name == name
        ]
    return found
