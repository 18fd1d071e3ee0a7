"""The functions of expressions that take or give node lists, and those about the context node."""

import hashlib
import math

from conversations.forms.xpath_calls import Evaluate, Function, simple
from conversations.forms.xpath_tree import Tree, XPathError
from conversations.forms.xpath_values import (
    ELEMENT,
    NAN,
    Environment,
    Node,
    Value,
    string_value,
    to_number,
    to_string,
    to_strings,
    xml_words,
)

_LARGEST = 2_147_483_647


def _same_name_position(nodes: list[Node]) -> float:
    if not nodes:
        return NAN
    node, count = nodes[0], 0
    if node.parent is None:
        return 1.0
    for sibling in node.parent.children:
        if sibling.kind != ELEMENT:
            continue
        count = count + 1 if sibling.name == node.name else 0
        if sibling is node:
            return float(count)
    return 1.0


def _position_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    if not arguments:
        return lambda node, position, size, environment: float(position)
    return simple("l", lambda environment, nodes: _same_name_position(nodes)).build(arguments, trees)


def _last_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    return lambda node, position, size, environment: float(size)


def _current_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    return lambda node, position, size, environment: [environment.current or node]


def _instance(environment: Environment, name: str) -> Value:
    found = environment.instances.get(name)
    return [] if found is None else [found]


def _count(environment: Environment, nodes: list[Node]) -> float:
    return float(len(nodes))


def _count_non_empty(environment: Environment, nodes: list[Node]) -> float:
    return float(sum(1 for node in nodes if string_value(node)))


def _seed_of(value: Value, environment: Environment) -> int:
    number = to_number(value, environment)
    if number != number:
        text = to_string(value)
        digest = hashlib.sha256(text.encode()).digest()[:8]
        seed = int.from_bytes(digest, "big", signed=True) if text else 0
        return _remainder(seed)
    if math.isinf(number):
        return _remainder(2**63 - 1 if number > 0 else -(2**63))
    return _remainder(math.trunc(number))


def _remainder(seed: int) -> int:
    """The remainder with the sign of the dividend, as the reference's language has it."""
    return seed % _LARGEST if seed >= 0 else -(-seed % _LARGEST)


def shuffled(nodes: list[Node], seed: int) -> list[Node]:
    """The nodes in the order OpenRosa's randomize() gives for a seed (Park and Miller's generator)."""
    state = seed if seed > 0 else seed + _LARGEST - 1
    result: list[Node] = []
    for index, node in enumerate(nodes):
        state = state * 16807 % _LARGEST
        place = math.floor((state - 1) / (_LARGEST - 1) * (index + 1))
        result.append(node)
        if place != index:
            result[index] = result[place]
            result[place] = node
    return result


def _randomize(environment: Environment, nodes: list[Node], seed: Value | None = None) -> Value:
    chosen = environment.random.randrange(1, _LARGEST) if seed is None else _seed_of(seed, environment)
    return shuffled(nodes, chosen)


def _is_inside(node: Node, ancestor: Node) -> bool:
    at = node.parent
    while at is not None:
        if at is ancestor:
            return True
        at = at.parent
    return False


def _depth(node: Node) -> int:
    depth, at = 0, node.parent
    while at is not None:
        depth, at = depth + 1, at.parent
    return depth


def _indexed_repeat(environment: Environment, targets: list[Node], *pairs: Value) -> Value:
    levels: list[tuple[int, list[Node], float]] = []
    for index in range(0, len(pairs), 2):
        repeats, number = pairs[index], to_number(pairs[index + 1], environment)
        if not isinstance(repeats, list):
            raise XPathError("value", "indexed-repeat wants paths")
        if number != number or not repeats:
            return []
        levels.append((_depth(repeats[0]), repeats, number))
    chosen: Node | None = None
    for _, repeats, number in sorted(levels, key=lambda level: level[0]):
        inside = [node for node in repeats if chosen is None or _is_inside(node, chosen)]
        if number != int(number) or not 1 <= number <= len(inside):
            return []
        chosen = inside[int(number) - 1]
    return [node for node in targets if chosen is not None and _is_inside(node, chosen)]


def _indexed_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    if len(arguments) % 2 == 0:
        raise XPathError("argument_count", "indexed-repeat")
    return simple("lv*", _indexed_repeat).build(arguments, trees)


def local_name(node: Node) -> str:
    """The name of a node without prefix or namespace."""
    return node.name.rpartition("}")[2]


def _named(part: str) -> Function:
    def value(nodes: list[Node]) -> str:
        if not nodes:
            return ""
        node = nodes[0]
        if part == "uri":
            return node.uri
        return f"{node.prefix}:{local_name(node)}" if part == "full" and node.prefix else local_name(node)

    def build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
        if not arguments:
            return lambda node, position, size, environment: value([node])
        return simple("l", lambda environment, nodes: value(nodes)).build(arguments, trees)

    return Function(0, 1, build)


def _top(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _id_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    def found(node: Node, position: int, size: int, environment: Environment) -> Value:
        value = arguments[0](node, position, size, environment)
        wanted = {word for text in to_strings(value) for word in xml_words(text)}
        result: list[Node] = []
        waiting = [environment.root or _top(node)]
        while waiting:
            at = waiting.pop()
            if any(local_name(one) == "id" and one.text in wanted for one in at.attributes):
                result.append(at)
            waiting.extend(reversed(at.children))
        return list(result)

    return found


def _lang_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    def speaks(node: Node, position: int, size: int, environment: Environment) -> Value:
        wanted = to_string(arguments[0](node, position, size, environment)).lower()
        at: Node | None = node if wanted else None
        while at is not None:
            for one in at.attributes:
                if local_name(one) == "lang" and one.uri.endswith("XML/1998/namespace"):
                    spoken = one.text.lower()
                    return spoken == wanted or spoken.startswith(f"{wanted}-")
            at = at.parent
        return False

    return speaks


def _pulldata(environment: Environment, name: str, column: str, key: str, value: str) -> Value:
    root = environment.instances.get(name)
    waiting = list(root.children) if root is not None else []
    for row in waiting:
        cells = {local_name(cell): string_value(cell) for cell in row.children}
        cells |= {f"@{local_name(attribute)}": attribute.text for attribute in row.attributes}
        if cells.get(key) == value:
            return cells.get(column, "")
        waiting.extend(child for child in row.children if child.children)
    return ""


FUNCTIONS_ON_NODES: dict[str, Function] = {
    "position": Function(0, 1, _position_build),
    "last": Function(0, 0, _last_build),
    "count": simple("l", _count),
    "count-non-empty": simple("l", _count_non_empty),
    "current": Function(0, 0, _current_build),
    "instance": simple("s", _instance),
    "randomize": simple("l?v", _randomize),
    "indexed-repeat": Function(3, None, _indexed_build),
    "pulldata": simple("ssss", _pulldata),
    "name": _named("full"),
    "local-name": _named("local"),
    "namespace-uri": _named("uri"),
    "id": Function(1, 1, _id_build),
    "lang": Function(1, 1, _lang_build),
}
"""Functions on node lists by name."""
