"""Reading pieces of XForm XML: names, expressions and texts, with every problem noted on the way."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from conversations.forms.form_model import Part, Problem, Text
from conversations.forms.xml_tree import split_tag
from conversations.forms.xpath import STANDARD_PREFIXES, Expression, compile_expression
from conversations.forms.xpath_tree import XPathError

JAVAROSA = "http://openrosa.org/javarosa"
_DECLARED = re.compile(r"""xmlns:([\w.\-]+)\s*=\s*["']([^"']*)["']""")
_ITEXT = re.compile(r"\s*jr:itext\((.*)\)\s*", re.DOTALL)


@dataclass(slots=True)
class Notes:
    """Prefixes of a document, the problems found so far, and expressions already compiled."""

    namespaces: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    compiled: dict[str, Expression] = field(default_factory=dict)

    @classmethod
    def of(cls, xml: str) -> "Notes":
        """Notes with the prefixes that the XML text declares anywhere."""
        return cls({**STANDARD_PREFIXES, **dict(_DECLARED.findall(xml))})

    def note(self, code: str, ref: str, attribute: str, text: str, detail: str, severity: str = "error") -> None:
        """Adds a problem."""
        self.problems.append(Problem(code, ref, attribute, text, detail, severity))

    def expression(self, text: str | None, ref: str, attribute: str) -> Expression | None:
        """The compiled expression; None when there is none, or when it is wrong (a problem is noted)."""
        if text is None or not text.strip():
            return None
        known = self.compiled.get(text)
        if known is not None:
            return known
        try:
            found = compile_expression(text, self.namespaces)
        except XPathError as error:
            self.note(error.code, ref, attribute, text, error.detail)
            return None
        self.compiled[text] = found
        return found

    def prefixed(self, tag: str) -> str:
        """An attribute name with the prefix the document gave its namespace."""
        uri, local = split_tag(tag)
        if not uri:
            return local
        prefix = next((name for name, value in self.namespaces.items() if value == uri and name), "")
        return f"{prefix}:{local}" if prefix else local


def child_elements(element: ET.Element) -> list[ET.Element]:
    """The element children, comments left out."""
    return [child for child in element if isinstance(child.tag, str)]


def local(element: ET.Element) -> str:
    """The local name of an element."""
    return split_tag(element.tag)[1]


def first(element: ET.Element, name: str) -> ET.Element | None:
    """The first child with that local name."""
    return next((child for child in child_elements(element) if local(child) == name), None)


def parts_of(element: ET.Element, notes: Notes, ref: str, attribute: str) -> tuple[Part, ...]:
    """The literal and computed pieces of a label, hint or translated value."""
    parts: list[Part] = [element.text] if element.text else []
    for child in child_elements(element):
        if local(child) == "output":
            value = notes.expression(child.get("value") or child.get("ref"), ref, attribute)
            if value is not None:
                parts.append(value)
        else:
            parts.extend(parts_of(child, notes, ref, attribute))
        if child.tail:
            parts.append(child.tail)
    return tuple(parts)


def text_of(element: ET.Element | None, notes: Notes, ref: str, attribute: str) -> Text | None:
    """The text a label or hint element stands for; None when there is no such element."""
    if element is None:
        return None
    reference = element.get("ref")
    if reference:
        return text_of_reference(reference, notes, ref, attribute)
    return Text(parts_of(element, notes, ref, attribute))


def text_of_reference(reference: str, notes: Notes, ref: str, attribute: str) -> Text | None:
    """The text of a ref attribute: a translated text for jr:itext(...), otherwise a computed value."""
    match = _ITEXT.fullmatch(reference)
    if match is None:
        value = notes.expression(reference, ref, attribute)
        return None if value is None else Text((value,))
    identifier = notes.expression(match.group(1), ref, attribute)
    return None if identifier is None else Text((), identifier)


def message_of(text: str | None, notes: Notes, ref: str, attribute: str) -> Text | None:
    """The text of a message attribute: jr:itext(...) or plain words."""
    if text is None:
        return None
    if _ITEXT.fullmatch(text):
        return text_of_reference(text, notes, ref, attribute)
    return Text((text,))


def absolute(reference: str, base: str) -> str:
    """A body or bind reference as a plain path from the root, without predicates."""
    steps = re.sub(r"\[[^\]]*\]", "", reference).strip()
    steps = re.sub(r"^current\(\)/", "", steps)
    if not steps.startswith("/"):
        steps = f"{base}/{steps}"
    path: list[str] = []
    for step in steps.split("/"):
        name = step.strip()
        if name == "..":
            if path:
                path.pop()
        elif name not in ("", "."):
            path.append(name)
    return "/" + "/".join(path)
