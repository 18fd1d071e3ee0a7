"""The data of one run: nodes that hold answers, built from a form's definitions."""

from collections.abc import Iterator

from conversations.forms.form_model import Definition
from conversations.forms.xpath_values import DOCUMENT, ELEMENT, Node

MOST_REPEATS = 500
"""Instances of one repeat at most (forms.md, section 7)."""


class Item(Node):
    """A node of the data. `raw` is the stored answer, `text` what expressions read (empty when hidden),
    `first` the answer the form starts with."""

    __slots__ = ("definition", "fired", "first", "last", "raw", "relevant", "settled", "snapshot")

    def __init__(self, definition: Definition, raw: str = "") -> None:
        super().__init__(definition.key, raw, ELEMENT if definition.kind != "document" else DOCUMENT)
        self.definition = definition
        self.raw = raw
        self.first = raw
        self.relevant = True
        self.settled = False
        self.last: str | None = None
        self.snapshot: str | None = None
        self.fired: dict[int, str] | None = None


def build(definition: Definition, source: Node | None, *, blank: bool = False) -> Item:
    """A node for a definition with the starting values of `source` (none if `blank`), and all nodes below it."""
    template = source or definition.template
    if definition.kind == "leaf":
        text = "" if template is None or blank else template.text
        item = Item(definition, text)
    else:
        item = Item(definition)
    if template is not None:
        for attribute in template.attributes:
            if not attribute.name.endswith("}template"):
                item.set_attribute(Node(attribute.name, attribute.text, attribute.kind, attribute.uri))
            item.uri = template.uri
    same = template is definition.template
    for child in definition.children:
        if same and child.kind != "repeat":
            item.append(build(child, child.template, blank=blank))
            continue
        for sample in starting_instances(child, template):
            item.append(build(child, sample, blank=blank))
    return item


def starting_instances(definition: Definition, parent: Node | None) -> "list[Node | None]":
    """The nodes of a sample parent that a new copy starts with; one, but any number for repeats."""
    if definition.kind != "repeat":
        if parent is None:
            return [definition.template]
        same = next((node for node in parent.children if node.name == definition.key), None)
        return [same if same is not None else definition.template]
    if definition.count is not None:
        return []
    if parent is None:
        return list(definition.initial)
    found: list[Node | None] = [
        node
        for node in parent.children
        if node.name == definition.key and not any(a.name.endswith("}template") for a in node.attributes)
    ]
    return found or ([definition.template] if definition.fixed_count else [])


def build_document(document: Definition) -> Item:
    """The document node of a new run, with the form's starting values."""
    top = Item(document)
    for child in document.children:
        top.append(build(child, child.template))
    return top


def instances(parent: Node, definition: Definition) -> list[Item]:
    """The instances of a repeat below a parent, in order."""
    return [child for child in parent.children if isinstance(child, Item) and child.definition is definition]


def imagined(parent: Item, definition: Definition) -> Item:
    """A node standing where an instance of a repeat would, for rules on the repeat as a whole."""
    item = Item(definition)
    item.parent = parent
    return item


def insert(parent: Item, definition: Definition, place: int) -> Item | None:
    """A new instance before position `place` (0 is first); None when there are MOST_REPEATS already."""
    present = instances(parent, definition)
    if len(present) >= MOST_REPEATS:
        return None
    counted = definition.count is not None and place < len(definition.initial)
    # Without jr:template the first instance lends its shape, but not its values.
    sample = definition.initial[place] if counted else definition.template
    blank = not counted and bool(definition.initial) and definition.template is definition.initial[0]
    item = build(definition, sample, blank=blank)
    item.parent = parent
    row = parent.children
    if place < len(present):
        index = next(i for i, child in enumerate(row) if child is present[place])
    else:
        index = sum(1 for child in row if isinstance(child, Item) and child.definition.order <= definition.order)
    row.insert(index, item)
    return item


def remove(item: Item) -> None:
    """Takes a repeat instance out of the data."""
    if item.parent is not None:
        item.parent.children = [child for child in item.parent.children if child is not item]


def reference(item: Item) -> str:
    """The path of a node, with positions of repeats: /data/child[2]/name."""
    parts: list[str] = []
    at: Node | None = item
    while isinstance(at, Item) and at.definition.kind != "document":
        part = at.definition.name
        if at.definition.kind == "repeat" and at.parent is not None:
            position = next(i for i, one in enumerate(instances(at.parent, at.definition), 1) if one is at)
            part = f"{part}[{position}]"
        parts.append(part)
        at = at.parent
    return "/" + "/".join(reversed(parts))


def leaves(item: Item) -> Iterator[Item]:
    """The leaves below a node in document order."""
    for child in item.children:
        if isinstance(child, Item):
            if child.definition.kind == "leaf":
                yield child
            else:
                yield from leaves(child)


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


def all_with_refs(item: Item, base: str) -> Iterator[tuple[str, Item]]:
    """Every node below a node with its path, in document order."""
    for ref, child in children_with_refs(item, base):
        yield ref, child
        if child.children:
            yield from all_with_refs(child, ref)


def leaves_with_refs(item: Item, base: str, repeats: dict[str, int] | None = None) -> Iterator[tuple[str, Item]]:
    """Every leaf below a node with its path, in document order; sizes of repeats are noted in `repeats`."""
    if repeats is not None:
        for definition in item.definition.children:
            if definition.kind == "repeat":
                repeats[f"{base}/{definition.name}"] = len(instances(item, definition))
    for ref, child in children_with_refs(item, base):
        if child.definition.kind == "leaf":
            yield ref, child
        else:
            yield from leaves_with_refs(child, ref, repeats)


def find(document: Item, ref: str) -> Item | None:
    """The node at a path such as /data/child[2]/name; None when there is none."""
    at = document
    for part in ref.split("/")[1:]:
        name, _, position = part.rstrip("]").partition("[")
        found = [child for child in at.children if isinstance(child, Item) and child.definition.name == name]
        index = int(position) - 1 if position.isdecimal() else 0
        if not 0 <= index < len(found):
            return None
        at = found[index]
    return at
