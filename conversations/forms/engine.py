"""A live run of a form: set an answer, and everything that follows from it is recomputed.

Follows ODK Web Forms 0.22 (forms.md, section 3): hidden nodes read as empty but keep their answer,
calculations write when their result changes, choices no longer offered read as not selected.
"""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from conversations.forms.form import Form
from conversations.forms.form_model import Action, Definition
from conversations.forms.instance import MOST_REPEATS, Item, imagined, insert, instances, leaves, reference, remove
from conversations.forms.reading import Reader
from conversations.forms.value_types import accepted, stored
from conversations.forms.xpath import Expression, compile_expression
from conversations.forms.xpath_values import NAN, Node, to_number, to_string

MOST_PASSES = 40
"""Recomputations in a row before circular rules are left as they are."""
MOST_ADDED = 5000
"""Nodes that repeats may add within one turn."""
LONGEST_RESULT = 10_000
"""Characters a calculation may store."""


class Engine(Reader):
    """The data of one run and its recomputation. Not for sharing: one engine belongs to one turn."""

    def __init__(self, form: Form, *, now: datetime, seed: int, language: str) -> None:
        super().__init__(form, now=now, seed=seed, language=language)
        self.changed = False
        self.loading = False
        self.added = 0
        self.growing = False
        self.has_growers = any(definition.feeds_itself for definition in form.definitions.values())

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
        self._converge()
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
        if self.added >= MOST_ADDED:
            return None
        item = insert(parent, definition, place)
        if item is not None:
            self.added += 1 + sum(1 for _ in leaves(item))
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
        self._converge()
        if self.has_growers and not self.loading:
            # "Ask until the last one says stop": one more a turn, once all else is known.
            self.growing = True
            self.changed = False
            self._pass()
            self.growing = False
            if self.changed:
                self._converge()

    def _converge(self) -> None:
        for _ in range(MOST_PASSES):
            self.changed = False
            self._pass()
            if not self.changed:
                return

    def _pass(self) -> None:
        for child in self.document.children:
            if isinstance(child, Item):
                self._visit(child)

    def _visit(self, item: Item) -> None:
        definition = item.definition
        parent = item.parent
        relevant = not isinstance(parent, Item) or parent.relevant
        if relevant and definition.relevant is not None:
            relevant = self.truth(definition.relevant, item, True)
        first = not item.settled
        if not first and not definition.active and relevant == item.relevant and definition.kind == "group":
            # Nothing below has a rule: only answers may have been stored.
            for leaf in leaves(item):
                self._read(leaf)
            return
        item.relevant = relevant
        item.settled = True
        if definition.kind == "leaf":
            if definition.calculate is not None or definition.actions:
                self._compute(item)
            self._read(item)
            return
        for child_definition in definition.children:
            # While loading, sizes are as they were saved; rules that never settle would let them grow.
            if child_definition.count is not None and relevant and not self.loading:
                self._adjust(item, child_definition, first)
        for child in list(item.children):
            if not isinstance(child, Item):
                continue
            still = child.settled and not child.definition.active and child.relevant == relevant
            if still and child.definition.kind == "leaf" and child.text == (child.raw if relevant else ""):
                # No rule of its own and no new answer: nothing can have changed.
                continue
            self._visit(child)

    def _read(self, item: Item) -> None:
        text = item.raw if item.relevant else ""
        if text and item.definition.is_select:
            text = self._chosen(item, text)
        if text != item.text:
            # Relevance is seen by others only through the text, so only a new text calls for another pass.
            item.text = text
            self.changed = True

    def _chosen(self, item: Item, text: str) -> str:
        control = item.definition.control
        names = self.offered(item)
        if control is not None and control.tag == "select1":
            return text if text in names else ""
        kept = [word for word in text.split() if word in names]
        if control is not None and control.tag == "rank":
            kept.extend(name for name in self.option_names(item) if name not in kept)
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
        return "" if text in ("NaN", "Invalid Date") else text[:LONGEST_RESULT]

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
        if definition.feeds_itself:
            if not self.growing:
                return
            wanted = min(wanted, len(present) + 1)
        for place in range(len(present), wanted):
            self.changed = True
            if self._insert(parent, definition, place) is None:
                return
