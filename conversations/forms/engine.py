"""A live run of a form: set an answer, and everything that follows from it is recomputed.

Follows ODK Web Forms 0.22 (forms.md, section 3): hidden nodes read as empty but keep their answer,
calculations write when their result changes, choices no longer offered read as not selected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from conversations.forms.form import Form
from conversations.forms.form_model import Action, Definition, Text
from conversations.forms.instance import (
    MOST_REPEATS,
    Item,
    build_document,
    imagined,
    insert,
    instances,
    leaves,
    reference,
    remove,
)
from conversations.forms.value_types import accepted, stored
from conversations.forms.xpath import Expression, compile_expression
from conversations.forms.xpath_syntax import XPathError
from conversations.forms.xpath_values import NAN, Environment, Node, Value, to_boolean, to_number, to_string

MOST_PASSES = 40
"""Recomputations in a row before circular rules are left as they are."""

Option = tuple[str, str]
"""A choice: its name and its label."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The data of a run by path: answers that differ from the form's own, sizes of repeats, and what
    calculations and actions must remember (last results, what unsteady ones depended on, values seen)."""

    values: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    calculated: Mapping[str, str] = field(default_factory=dict)
    snapshots: Mapping[str, str] = field(default_factory=dict)
    fired: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Engine:
    """The data of one run and its recomputation. Not for sharing: one engine belongs to one turn."""

    def __init__(self, form: Form, *, now: datetime, seed: int, language: str) -> None:
        self.form = form
        self.seed = seed
        self.language = form.language_name(language)
        self.document = build_document(form.document)
        self.environment = Environment(
            now=now,
            random=Random(seed),
            instances=form.lists,
            choice_name=self.choice_name,
            translation=self.translation,
            root=self.document,
        )
        self.changed = False
        self.loading = False

    # Evaluation

    def value(self, expression: Expression, node: Node) -> Value | None:
        """The value of an expression at a node; None when the data do not allow one."""
        environment = self.environment
        before = environment.current
        environment.current = node
        try:
            return expression.evaluate(node, environment)
        except XPathError:
            return None
        finally:
            environment.current = before

    def truth(self, expression: Expression, node: Node, default: bool) -> bool:
        """The truth of a rule at a node; `default` when it cannot be evaluated."""
        value = self.value(expression, node)
        return default if value is None else to_boolean(value)

    def translation(self, identifier: str) -> str:
        """A translated text in the run's language, else in the default language, else nothing."""
        form = self.form
        for language in (self.language, form.language_name(form.default_language)):
            parts = form.translations.get(language, {}).get(identifier)
            if parts is not None:
                node = self.environment.current or self.document
                return "".join(part if isinstance(part, str) else self._shown(part, node) for part in parts)
        return ""

    def _shown(self, expression: Expression, node: Node) -> str:
        value = self.value(expression, node)
        return "" if value is None else to_string(value)

    def text(self, text: Text | None, node: Node) -> str:
        """A label, hint or message at a node, in the run's language."""
        if text is None:
            return ""
        if text.translated is not None:
            identifier = self._shown(text.translated, node)
            before = self.environment.current
            self.environment.current = node
            try:
                return self.translation(identifier)
            finally:
                self.environment.current = before
        return "".join(part if isinstance(part, str) else self._shown(part, node) for part in text.parts)

    # Choices

    def option_names(self, item: Item) -> list[str]:
        """The names of the choices a question offers now."""
        control = item.definition.control
        if control is None:
            return []
        if control.choice_list is None:
            return [choice.value for choice in control.choices]
        return [self._shown(control.choice_list.value, node) for node in self._choice_nodes(item)]

    def options(self, item: Item) -> list[Option]:
        """The choices a question offers now, with their labels."""
        control = item.definition.control
        if control is None:
            return []
        if control.choice_list is None:
            return [
                (choice.value, self.text(choice.label, item) if choice.label else choice.value)
                for choice in control.choices
            ]
        label = control.choice_list.label
        found: list[Option] = []
        for node in self._choice_nodes(item):
            name = self._shown(control.choice_list.value, node)
            found.append((name, name if label is None else self.text(label, node)))
        return found

    def _choice_nodes(self, item: Item) -> list[Node]:
        control = item.definition.control
        if control is None or control.choice_list is None:
            return []
        expression = control.choice_list.nodes
        if "randomize" in expression.functions:
            # The same run must see the same order at every turn.
            self.environment.random = Random(f"{self.seed} {reference(item)}")
        value = self.value(expression, item)
        return value if isinstance(value, list) else []

    def choice_name(self, node: Node, name: str) -> str:
        """The label of a choice of a question, for jr:choice-name()."""
        if not isinstance(node, Item):
            return ""
        return next((label for value, label in self.options(node) if value == name), "")

    # State of a node

    def is_required(self, item: Item) -> bool:
        """True when the question must be answered."""
        rule = item.definition.required
        return rule is not None and self.truth(rule, item, False)

    def is_readonly(self, item: Item) -> bool:
        """True when the node or a group around it may not be written."""
        at: Node | None = item
        while isinstance(at, Item):
            rule = at.definition.readonly
            if rule is not None and self.truth(rule, at, False):
                return True
            at = at.parent
        return False

    def is_valid(self, item: Item) -> bool:
        """True unless the node is shown, answered, and its constraint is not met."""
        rule = item.definition.constraint
        return rule is None or not item.relevant or item.text == "" or self.truth(rule, item, True)

    def range_relevant(self, parent: Item, definition: Definition) -> bool:
        """True when a repeat as a whole is shown; its rule is read where an instance would stand."""
        if not parent.relevant or definition.relevant is None:
            return parent.relevant
        return self.truth(definition.relevant, imagined(parent, definition), True)

    # Change

    def write(self, item: Item, value: str) -> bool:
        """Stores a typed answer in canonical form and recomputes; False (and no change) when it is refused.

        Refused are values of the wrong type and writes to read-only nodes; of choices, those not offered
        are left out, and the rest is stored in the order of the list.
        """
        if self.is_readonly(item):
            return False
        canonical = self.canonical(item, value)
        if canonical is None:
            return False
        self.set(item, canonical)
        return True

    def canonical(self, item: Item, value: str) -> str | None:
        """The answer as it would be stored, or None when it is of the wrong type."""
        control = item.definition.control
        if control is None or not item.definition.is_select:
            return accepted(item.definition.value_type, value)
        names = self.option_names(item)
        if control.tag == "select1":
            return value if value in names else ""
        chosen = value.split()
        if control.tag == "rank":
            return " ".join(name for name in chosen if name in names)
        return " ".join(name for name in names if name in chosen)

    def start(self) -> None:
        """Gives preloaded and first values, once for a new run."""
        for item in list(leaves(self.document)):
            self._preload(item)
        self.settle()
        self._fire("odk-instance-first-load", self.document)
        self._fire("odk-instance-load", self.document)
        self.settle()

    def set(self, item: Item, raw: str) -> None:
        """Stores an answer and recomputes."""
        item.raw = raw
        self.settle()

    def add(self, parent: Item, definition: Definition, place: int | None = None) -> Item | None:
        """Adds an instance of a repeat at `place` (default: the end) and recomputes; None at the limit."""
        item = self._insert(parent, definition, len(instances(parent, definition)) if place is None else place)
        self.settle()
        return item

    def remove(self, item: Item) -> None:
        """Takes an instance of a repeat away and recomputes."""
        remove(item)
        self.settle()

    def _insert(self, parent: Item, definition: Definition, place: int) -> Item | None:
        item = insert(parent, definition, place)
        if item is not None:
            for leaf in leaves(item):
                self._preload(leaf)
            self._visit(item)
            self._fire("odk-new-repeat", item)
        return item

    def _preload(self, item: Item) -> None:
        kind, parameter = item.definition.preload
        if kind == "uid":
            item.raw = f"uuid:{self._shown_text('uuid()')}"
        elif (kind, parameter) == ("date", "today"):
            item.raw = self._shown_text("today()")
        elif (kind, parameter) == ("timestamp", "start"):
            item.raw = self._shown_text("now()")
        elif item.raw and item.definition.kind == "leaf":
            item.raw = stored(item.definition.value_type, item.raw)
        item.text = item.raw if item.relevant else ""

    def _shown_text(self, call: str) -> str:
        return self._shown(compile_expression(call), self.document)

    def _fire(self, event: str, below: Item) -> None:
        for item in list(leaves(below)):
            for action in item.definition.actions:
                if event in action.events and item.relevant and self._is_target(item, action):
                    item.raw = stored(item.definition.value_type, self._result(action.value, item))
                    self._read(item)
        for item in leaves(below):
            item.fired = None

    def settle(self) -> None:
        """Recomputes relevance, repeats, calculations and choices until nothing changes any more."""
        for _ in range(MOST_PASSES):
            self.changed = False
            for child in self.document.children:
                if isinstance(child, Item):
                    self._visit(child)
            if not self.changed:
                return

    def _visit(self, item: Item) -> None:
        definition = item.definition
        parent = item.parent
        relevant = not isinstance(parent, Item) or parent.relevant
        if relevant and definition.relevant is not None:
            relevant = self.truth(definition.relevant, item, True)
        first = not item.settled
        if relevant != item.relevant or first:
            item.relevant = relevant
            item.settled = True
            self.changed = True
        elif not definition.active and definition.kind != "leaf":
            first = any(isinstance(child, Item) and not child.settled for child in item.children)
            if not first and all(
                child.relevant == relevant for child in item.children if isinstance(child, Item)
            ):
                for child in item.children:
                    if isinstance(child, Item) and child.definition.kind == "leaf":
                        self._read(child)
                    elif isinstance(child, Item):
                        self._visit(child)
                return
        if definition.kind == "leaf":
            self._compute(item)
            self._read(item)
            return
        for child_definition in definition.children:
            if child_definition.count is not None and relevant:
                self._adjust(item, child_definition, first and not self.loading)
        for child in list(item.children):
            if isinstance(child, Item):
                self._visit(child)

    def _read(self, item: Item) -> None:
        text = item.raw if item.relevant else ""
        if text and item.definition.is_select:
            text = self._offered(item, text)
        if text != item.text:
            item.text = text
            self.changed = True

    def _offered(self, item: Item, text: str) -> str:
        names = self.option_names(item)
        control = item.definition.control
        if control is not None and control.tag == "select1":
            return text if text in names else ""
        known = set(names)
        kept = [word for word in text.split() if word in known]
        if control is not None and control.tag == "rank":
            kept.extend(name for name in names if name not in kept)
        return " ".join(kept)

    def _compute(self, item: Item) -> None:
        definition = item.definition
        rule = definition.calculate
        if not item.relevant:
            item.last = item.snapshot = None
        elif rule is not None and not self._stands(item):
            result = stored(definition.value_type, self._result(rule, item))
            if result != item.last:
                item.last = result
                if item.raw != result:
                    item.raw = result
                    self.changed = True
        if definition.actions:
            for index, action in enumerate(definition.actions):
                if action.source and "xforms-value-changed" in action.events:
                    self._react(item, index, action)

    def _result(self, rule: Expression, item: Item) -> str:
        value = self.value(rule, item)
        text = "" if value is None else to_string(value)
        return "" if text in ("NaN", "Invalid Date") else text

    def _stands(self, item: Item) -> bool:
        """True when an unsteady calculation (uuid, random, now) has run for the present data already."""
        definition = item.definition
        if definition.calculate is None or not definition.calculate.unsteady:
            return False
        snapshot = "\x1f".join(self._shown(path, item) for path in definition.watched)
        if item.snapshot == snapshot:
            return True
        item.snapshot = snapshot
        self.environment.random = Random(f"{self.seed} {reference(item)} {snapshot}")
        return False

    def _react(self, item: Item, index: int, action: Action) -> None:
        source = self._source(item, action.source)
        if source is None:
            return
        if item.fired is None:
            item.fired = {}
        before = item.fired.get(index)
        if source.text != before:
            item.fired[index] = source.text
            # The value a question starts with is no change.
            if before is None or not self._is_target(item, action):
                return
            result = stored(item.definition.value_type, self._result(action.value, item))
            if item.raw != result:
                item.raw = result
            self.changed = True

    def _is_target(self, item: Item, action: Action) -> bool:
        if action.chosen is None:
            return True
        nodes = self.value(action.chosen, item)
        return isinstance(nodes, list) and any(node is item for node in nodes)

    def _source(self, item: Item, ref: str) -> Item | None:
        """The watched question that stands nearest to a node, within the same repeat instances."""
        at: Node | None = item
        while isinstance(at, Item):
            if ref.startswith(f"{at.definition.ref}/") or at.definition.kind == "document":
                return next(iter(self._below(at, ref)), None)
            at = at.parent
        return None

    def _below(self, item: Item, ref: str) -> Iterator[Item]:
        for child in item.children:
            if isinstance(child, Item):
                if child.definition.ref == ref:
                    yield child
                elif ref.startswith(f"{child.definition.ref}/"):
                    yield from self._below(child, ref)

    def _adjust(self, parent: Item, definition: Definition, first: bool) -> None:
        count = definition.count
        if count is None:
            return
        value = self.value(count, imagined(parent, definition))
        number = to_number(value, self.environment) if value is not None else NAN
        if number != number:
            if not first:
                # An unanswered count leaves the repeat as it is.
                return
            number = 0.0
        wanted = int(min(max(number, 0), MOST_REPEATS))
        present = instances(parent, definition)
        for item in present[wanted:]:
            remove(item)
            self.changed = True
        for place in range(len(present), wanted):
            self.changed = True
            if self._insert(parent, definition, place) is None:
                return

    # Keeping

    def save(self) -> Saved:
        """What must be kept of this run so that load() brings it back."""
        values: dict[str, str] = {}
        repeats: dict[str, int] = {}
        calculated: dict[str, str] = {}
        snapshots: dict[str, str] = {}
        fired: dict[str, Mapping[str, str]] = {}
        for ref, item in self.items(repeats):
            if item.raw != item.first:
                values[ref] = item.raw
            if item.last is not None and item.last != item.raw:
                calculated[ref] = item.last
            if item.snapshot is not None:
                snapshots[ref] = item.snapshot
            if item.fired:
                fired[ref] = {str(index): text for index, text in item.fired.items()}
        return Saved(values, repeats, calculated, snapshots, fired)

    def load(self, saved: Saved) -> None:
        """Brings back what save() kept, in place of start(), and recomputes."""
        if saved.repeats:
            self._resize(self.document, "", saved.repeats)
        values, calculated, snapshots, fired = saved.values, saved.calculated, saved.snapshots, saved.fired
        for ref, item in self.items():
            if ref in values:
                item.raw = values[ref]
            if ref in calculated:
                item.last = calculated[ref]
            if ref in snapshots:
                item.snapshot = snapshots[ref]
                item.last = calculated.get(ref, item.raw)
            if ref in fired:
                item.fired = {int(i): text for i, text in fired[ref].items() if i.isdecimal()}
        self.loading = True
        self.settle()
        self.loading = False

    def _resize(self, item: Item, base: str, repeats: Mapping[str, int]) -> None:
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
                self._resize(child, ref, repeats)

    def items(self, repeats: dict[str, int] | None = None) -> Iterator[tuple[str, Item]]:
        """Every leaf with its path, in document order; sizes of repeats are noted in `repeats`."""
        yield from _leaves(self.document, "", repeats)

    # Finding

    def find(self, ref: str) -> Item | None:
        """The node at a path such as /data/child[2]/name; None when there is none."""
        at: Item = self.document
        for part in ref.split("/")[1:]:
            name, _, position = part.rstrip("]").partition("[")
            found = [
                child for child in at.children if isinstance(child, Item) and child.definition.name == name
            ]
            index = int(position) - 1 if position.isdecimal() else 0
            if not 0 <= index < len(found):
                return None
            at = found[index]
        return at


def children_with_refs(item: Item, base: str) -> Iterator[tuple[str, Item]]:
    """The children of a node with their paths; `base` is the node's own path."""
    positions: dict[str, int] = {}
    for child in item.children:
        if not isinstance(child, Item):
            continue
        ref = f"{base}/{child.definition.name}"
        if child.definition.kind == "repeat":
            positions[ref] = positions.get(ref, 0) + 1
            ref = f"{ref}[{positions[ref]}]"
        yield ref, child


def _leaves(item: Item, base: str, repeats: dict[str, int] | None) -> Iterator[tuple[str, Item]]:
    if repeats is not None:
        for definition in item.definition.children:
            if definition.kind == "repeat":
                repeats[f"{base}/{definition.name}"] = len(instances(item, definition))
    for ref, child in children_with_refs(item, base):
        if child.definition.kind == "leaf":
            yield ref, child
        else:
            yield from _leaves(child, ref, repeats)
