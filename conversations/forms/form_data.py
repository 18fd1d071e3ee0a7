"""The data side of a form: definitions for the nodes of its instance, binds, lists and translations."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping

from conversations.forms.form_model import Action, Definition, Part
from conversations.forms.form_reading import (
    JAVAROSA,
    Notes,
    absolute,
    child_elements,
    first,
    local,
    message_of,
    parts_of,
)
from conversations.forms.xml_tree import XFORMS, Names, document_of
from conversations.forms.xpath import Expression, compile_tree
from conversations.forms.xpath_tree import Binary, Call, Literal, Negate, Path, Step, Tree
from conversations.forms.xpath_values import DOCUMENT, ELEMENT, Environment, Node, to_string

MOST_NODES = 20_000
"""Nodes of one form's instance; a form with more is refused."""


def definitions_of(root: Node, repeats: frozenset[str], qualified: Callable[[Node], str]) -> Definition:
    """The document definition over a form's primary instance; `repeats` are the paths of repeats."""
    document = Definition("", "", "document", "")
    root.parent = None
    _define(document, [root], repeats, qualified)
    return document


def _define(parent: Definition, nodes: list[Node], repeats: frozenset[str], qualified: Callable[[Node], str]) -> None:
    for node in nodes:
        if node.kind != ELEMENT:
            continue
        name = qualified(node)
        ref = f"{parent.ref}/{name}"
        is_template = any(attribute.name.endswith("}template") for attribute in node.attributes)
        known = parent.by_key.get(node.name)
        if known is not None:
            if known.kind == "repeat" and not is_template:
                known.initial.append(node)
            continue
        elements = [child for child in node.children if child.kind == ELEMENT]
        kind = "repeat" if ref in repeats else "group" if elements else "leaf"
        definition = Definition(name, node.name, kind, ref, parent, len(parent.children), template=node)
        if kind == "repeat" and not is_template:
            definition.initial.append(node)
        parent.children.append(definition)
        parent.by_key[node.name] = definition
        _define(definition, elements, repeats, qualified)


def by_ref(document: Definition) -> dict[str, Definition]:
    """Every definition below the document, in document order, by its path."""
    found: dict[str, Definition] = {}
    waiting = list(reversed(document.children))
    while waiting:
        definition = waiting.pop()
        found[definition.ref] = definition
        waiting.extend(reversed(definition.children))
    return found


def read_bind(bind: ET.Element, definition: Definition, notes: Notes) -> None:
    """Puts the rules of a bind element on its definition."""
    ref = definition.ref
    value_type = (bind.get("type") or definition.value_type or "string").strip()
    prefix, _, short = value_type.rpartition(":")
    definition.value_type = short if prefix else value_type
    for name in ("relevant", "required", "readonly", "constraint", "calculate"):
        setattr(definition, name, notes.expression(bind.get(name), ref, name) or getattr(definition, name))
    for name, field in (("constraintMsg", "constraint_message"), ("requiredMsg", "required_message")):
        message = message_of(bind.get(f"{{{JAVAROSA}}}{name}"), notes, ref, field)
        setattr(definition, field, message or getattr(definition, field))
    preload = bind.get(f"{{{JAVAROSA}}}preload")
    if preload:
        definition.preload = (preload, bind.get(f"{{{JAVAROSA}}}preloadParams") or "")
    definition.attributes = {**definition.attributes, **{notes.prefixed(k): v for k, v in bind.attrib.items()}}
    if definition.calculate is not None and definition.calculate.unsteady:
        definition.watched = tuple(_watched(definition.calculate, notes))


def _watched(expression: Expression, notes: Notes) -> list[Expression]:
    """The outermost paths of an expression: when none of them changes, an unsteady result stands."""
    found: list[Expression] = []

    def collect(tree: Tree) -> None:
        match tree:
            case Path():
                found.append(compile_tree("", tree, notes.namespaces))
            case Call("position" | "last" | "true" | "false", _, _):
                return
            case Call(_, arguments, _):
                for argument in arguments:
                    collect(argument)
            case Binary(_, left, right):
                collect(left)
                collect(right)
            case Negate(operand):
                collect(operand)
            case _:
                return

    collect(expression.tree)
    return found


def read_action(element: ET.Element, base: str, source: str, notes: Notes, binds: Mapping[str, str]) -> Action | None:
    """The setvalue action of an element, with its target as an absolute path; `binds` are paths by bind id."""
    written_ref = element.get("ref") or binds.get(element.get("bind") or "", "")
    target = absolute(written_ref, base)
    chosen = notes.expression(written_ref, target, "setvalue") if "[" in written_ref else None
    event = element.get("event") or element.get("{http://www.w3.org/2001/xml-events}event") or ""
    written = element.get("value")
    literal = "".join(element.itertext()).strip()
    if written is None:
        quote = '"' if "'" in literal else "'"
        written = f"{quote}{literal.replace(quote, ' ') if quote in literal else literal}{quote}"
    value = notes.expression(written or "''", target, "setvalue")
    return None if value is None else Action(frozenset(event.split()), target, value, source, chosen)


def read_lists(model: ET.Element, plain: frozenset[str]) -> dict[str, Node]:
    """The secondary instances by their id, each as a document node."""
    found: dict[str, Node] = {}
    for index, instance in enumerate(one for one in child_elements(model) if local(one) == "instance"):
        identifier = instance.get("id")
        if index == 0 or identifier is None:
            continue
        inner = child_elements(instance)
        found[identifier] = document_of(inner[0], Names(plain)) if inner else Node("", kind=DOCUMENT)
    return found


def fixed_names(definition: Definition, lists: dict[str, Node]) -> frozenset[str] | None:
    """The names of a question's choices where no answer can change them, else None."""
    control = definition.control
    if control is None:
        return None
    if control.choice_list is None:
        return frozenset(choice.value for choice in control.choices)
    tree, value = control.choice_list.nodes.tree, control.choice_list.value
    if isinstance(tree, Call) and tree.name == "randomize":
        tree = tree.arguments[0]
    match tree:
        case Path(Call("instance", (Literal(),), _), steps, ()) if not any(step.predicates for step in steps):
            pass
        case _:
            return None
    match value.tree:
        case Path(None, (Step("child", _, ()),), ()):
            pass
        case _:
            return None
    environment = Environment(instances=lists)
    nodes = compile_tree("", tree, {}).evaluate(Node(""), environment)
    names = (to_string(value.evaluate(node, environment)) for node in nodes) if isinstance(nodes, list) else ()
    return frozenset(names)


Translations = dict[str, dict[str, tuple[Part, ...]]]


def read_translations(model: ET.Element, notes: Notes) -> tuple[Translations, str]:
    """Translated texts by language name and identifier, and the default language's name."""
    itext = first(model, "itext")
    found: Translations = {}
    default = ""
    for translation in [] if itext is None else child_elements(itext):
        language = translation.get("lang") or ""
        if translation.get("default") is not None or not found:
            default = language
        texts: dict[str, tuple[Part, ...]] = {}
        for text in child_elements(translation):
            identifier = text.get("id") or ""
            forms = {value.get("form") or "": value for value in child_elements(text) if local(value) == "value"}
            for form in ("", "long", "short"):
                if form in forms:
                    texts[identifier] = parts_of(forms[form], notes, identifier.partition(":")[0], "label")
                    break
        found[language] = texts
    return found, default


def primary_root(model: ET.Element) -> ET.Element | None:
    """The root element of the form's own data."""
    instance = first(model, "instance")
    inner = [] if instance is None else child_elements(instance)
    return inner[0] if inner else None


def plain_namespaces(root: ET.Element) -> frozenset[str]:
    """The namespaces whose names need no prefix in expressions: none, XForms and the data's own."""
    uri = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    return frozenset(("", XFORMS, uri))
