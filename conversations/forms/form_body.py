"""The body side of a form: questions, groups and repeats in the order people meet them."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from conversations.forms.form_data import read_action
from conversations.forms.form_model import Action, ChoiceList, Control, Definition, FixedChoice, Text
from conversations.forms.form_reading import (
    JAVAROSA,
    Notes,
    absolute,
    child_elements,
    first,
    local,
    text_of,
    text_of_reference,
)

CONTROLS = frozenset(("input", "select", "select1", "rank", "range", "trigger", "upload", "secret"))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A spot of the body: a question, or a group or repeat with spots inside.

    `definition` is None for a group that only gathers questions; `section` is the label of the group around.
    """

    definition: Definition | None
    label: Text | None
    inside: "tuple[Place, ...]"
    is_repeat: bool = False


def repeat_refs(body: ET.Element, base: str = "") -> frozenset[str]:
    """The absolute paths of all repeats below a body element."""
    found: set[str] = set()
    for child in child_elements(body):
        reference = child.get("nodeset") or child.get("ref")
        here = absolute(reference, base) if reference else base
        if local(child) == "repeat":
            found.add(here)
        if local(child) in ("group", "repeat"):
            found |= repeat_refs(child, here)
    return frozenset(found)


class BodyReader:
    """Turns body elements into places, and puts controls, labels and counts on the definitions."""

    def __init__(self, definitions: dict[str, Definition], binds: dict[str, str], notes: Notes) -> None:
        self.definitions = definitions
        self.binds = binds
        self.notes = notes
        self.actions: list[Action] = []

    def reference(self, element: ET.Element, base: str) -> str:
        """The absolute path an element points to; the base when it points nowhere."""
        identifier = element.get("bind")
        if identifier and identifier in self.binds:
            return self.binds[identifier]
        written = element.get("ref") or element.get("nodeset")
        return absolute(written, base) if written else base

    def places(self, parent: ET.Element, base: str) -> tuple[Place, ...]:
        """The places below an element whose references are relative to `base`."""
        found: list[Place] = []
        for child in child_elements(parent):
            name = local(child)
            here = self.reference(child, base)
            definition = self.definitions.get(here) if here != base or name != "group" else None
            if name in ("group", "repeat"):
                found.append(self.container(child, name, here, definition))
            elif name in CONTROLS:
                if definition is None or definition.kind != "leaf":
                    self.notes.note("unknown_path", here, "ref", here, here, "warning")
                    continue
                self.question(child, definition, here)
                found.append(Place(definition, None, ()))
            elif name == "setvalue" and local(parent) != "body":
                action = read_action(child, base, "", self.notes, self.binds)
                if action is not None:
                    self.actions.append(action)
        return tuple(found)

    def container(self, element: ET.Element, name: str, here: str, definition: Definition | None) -> Place:
        """The place of a group or repeat element, with everything inside."""
        label = text_of(first(element, "label"), self.notes, here, "label")
        if definition is not None:
            definition.has_group = True
            definition.label = label or definition.label
            if name == "repeat":
                count = element.get(f"{{{JAVAROSA}}}count")
                definition.count = self.notes.expression(count, here, "repeat_count")
                fixed = element.get(f"{{{JAVAROSA}}}noAddRemove") or ""
                definition.fixed_count = fixed.strip() in ("true()", "true")
        inside = self.places(element, here)
        if name == "group" and definition is not None and definition.kind == "repeat":
            # XLSForm wraps every repeat in a group of the same path that only carries the label.
            return Place(None, None, inside)
        return Place(
            definition, label or (definition.label if definition is not None else None), inside, name == "repeat"
        )

    def question(self, element: ET.Element, definition: Definition, here: str) -> None:
        """Puts the control of a question element on its definition."""
        notes = self.notes
        choices: list[FixedChoice] = []
        choice_list: ChoiceList | None = None
        for child in child_elements(element):
            match local(child):
                case "item":
                    value = first(child, "value")
                    text = "" if value is None else "".join(value.itertext()).strip()
                    label = text_of(first(child, "label"), notes, here, "choices")
                    choices.append(FixedChoice(text, label))
                case "itemset":
                    choice_list = self.choice_list(child, here)
                case "setvalue":
                    action = read_action(child, here, here, notes, self.binds)
                    if action is not None:
                        self.actions.append(action)
                case _:
                    pass
        definition.control = Control(
            "input" if local(element) == "secret" else local(element),
            element.get("appearance") or "",
            text_of(first(element, "label"), notes, here, "label"),
            text_of(first(element, "hint"), notes, here, "hint"),
            tuple(choices),
            choice_list,
            element.get("start") or "",
            element.get("end") or "",
            element.get("step") or "",
            element.get("mediatype") or "",
        )

    def choice_list(self, element: ET.Element, here: str) -> ChoiceList | None:
        """The choice list of an itemset element; None (and a problem) when one of its paths is wrong."""
        notes = self.notes
        nodes = notes.expression(element.get("nodeset"), here, "choice_filter")
        value_element, label_element = first(element, "value"), first(element, "label")
        value = notes.expression("" if value_element is None else value_element.get("ref"), here, "choices")
        label = None
        if label_element is not None and label_element.get("ref"):
            label = text_of_reference(label_element.get("ref") or "", notes, here, "choices")
        if nodes is None or value is None:
            return None
        return ChoiceList(nodes, value, label)
