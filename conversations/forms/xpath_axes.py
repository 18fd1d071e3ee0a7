"""The axes of XPath over nodes: which nodes lie in a direction, and their order in the document."""

from collections.abc import Callable, Iterator, Mapping

from conversations.forms.xpath_values import ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, TEXT, Node

Axis = Callable[[Node], list[Node]]


def _children(node: Node) -> list[Node]:
    if node.children or not node.text or node.kind != ELEMENT:
        return node.children
    # Leaves keep their text themselves; as a child it exists only while someone asks for it.
    text = Node("", node.text, TEXT)
    text.parent = node
    return [text]


def _below(node: Node) -> Iterator[Node]:
    for child in _children(node):
        yield child
        yield from _below(child)


def _ancestors(node: Node) -> list[Node]:
    found: list[Node] = []
    at = node.parent
    while at is not None:
        found.append(at)
        at = at.parent
    return found


def _siblings(node: Node, *, after: bool) -> list[Node]:
    if node.parent is None or node.kind == ATTRIBUTE:
        return []
    row = node.parent.children
    at = next((index for index, one in enumerate(row) if one is node), -1)
    return row[at + 1 :] if after else row[:at][::-1] if at > 0 else []


def _following(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind == ATTRIBUTE and node.parent is not None:
        node = node.parent
        found.extend(_below(node))
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, after=True):
            found.append(sibling)
            found.extend(_below(sibling))
    return found


def _preceding(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind == ATTRIBUTE and node.parent is not None:
        node = node.parent
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, after=False):
            found.extend(reversed([sibling, *_below(sibling)]))
    return found


_AXES: dict[str, Axis] = {
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "attribute": lambda node: node.attributes,
    "child": _children,
    "descendant": lambda node: list(_below(node)),
    "descendant-or-self": lambda node: [node, *_below(node)],
    "following": _following,
    "following-sibling": lambda node: _siblings(node, after=True),
    "namespace": lambda node: [],
    "parent": lambda node: [] if node.parent is None else [node.parent],
    "preceding": _preceding,
    "preceding-sibling": lambda node: _siblings(node, after=False),
    "self": lambda node: [node],
}
_KINDS = {"text": TEXT, "comment": COMMENT, "processing-instruction": INSTRUCTION}


def _test_of(axis: str, test: str, namespaces: Mapping[str, str]) -> Callable[[Node], bool] | None:
    """The node test, or None where every node passes."""
    main = ATTRIBUTE if axis == "attribute" else ELEMENT
    if test == "node()":
        return None
    if test.endswith(")"):
        kind_name, _, target = test[:-1].partition("(")
        kind = _KINDS[kind_name]
        return lambda node: node.kind == kind and (not target or node.name == target)
    prefix, colon, local = test.partition(":")
    if test == "*":
        return lambda node: node.kind == main
    uri = namespaces.get(prefix, f"?{prefix}") if colon else ""
    if local == "*":
        return lambda node: node.kind == main and node.uri == uri
    name = test if not colon else local if uri == namespaces.get("", "") else f"{{{uri}}}{local}"
    return lambda node: node.name == name and node.kind == main


def step_of(axis: str, test: str, namespaces: Mapping[str, str]) -> Axis:
    """The nodes one step away from a node, nearest first, that pass the node test."""
    direction = _AXES[axis]
    passes = _test_of(axis, test, namespaces)
    if passes is None:
        return direction
    return lambda node: [found for found in direction(node) if passes(found)]


def without_repeats(nodes: list[Node]) -> list[Node]:
    """The nodes in their order, each once."""
    seen: set[int] = set()
    result: list[Node] = []
    for node in nodes:
        if id(node) not in seen:
            seen.add(id(node))
            result.append(node)
    return result


def _place(node: Node) -> tuple[tuple[int, int], ...]:
    path: list[tuple[int, int]] = []
    while node.parent is not None:
        row = node.parent.attributes if node.kind == ATTRIBUTE else node.parent.children
        index = next((place for place, one in enumerate(row) if one is node), 0)
        path.append((0 if node.kind == ATTRIBUTE else 1, index))
        node = node.parent
    return tuple(reversed(path))


def in_document_order(nodes: list[Node]) -> list[Node]:
    """The nodes sorted as they stand in the document."""
    return sorted(nodes, key=_place) if len(nodes) > 1 else nodes
