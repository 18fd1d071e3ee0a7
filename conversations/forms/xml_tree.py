"""XML text as nodes for expressions; documents with a DTD or entities are refused."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.forms.xpath_values import ATTRIBUTE, COMMENT, DOCUMENT, ELEMENT, INSTRUCTION, TEXT, Node

LONGEST_DOCUMENT = 8_000_000
"""Characters of XML read at most."""


class BadXml(ValueError):
    """Text that is no XML document we accept."""


def parsed_xml(xml: str, parser: ET.XMLParser | None = None) -> ET.Element:
    """The root element. Raises BadXml: not well-formed, too long, or with a document type definition."""
    if len(xml) > LONGEST_DOCUMENT:
        raise BadXml("the document is too long")
    if re.search(r"<!(?:DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        raise BadXml("a document type definition is not allowed")
    try:
        root: ET.Element = ET.fromstring(xml.lstrip("\ufeff \r\n\t").encode(), parser)
        return root
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from error


def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and local name of an ElementTree tag."""
    uri, brace, local = tag.rpartition("}")
    return (uri[1:], local) if brace else ("", local)


def _key(uri: str, local: str, plain: frozenset[str]) -> str:
    return local if uri in plain else f"{{{uri}}}{local}"


XFORMS = "http://www.w3.org/2002/xforms"
_NOTHING_PLAIN = frozenset(("",))


@dataclass(frozen=True, slots=True)
class Names:
    """How names of a document become names of nodes.

    Names in the `plain` namespaces need no prefix in expressions; `prefixes` are by namespace, for name().
    `exact` keeps text of white space alone, comments and instructions, which forms do not need.
    """

    plain: frozenset[str] = _NOTHING_PLAIN
    prefixes: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False


def node_of(element: ET.Element, names: Names) -> Node:
    """The element and all below it as nodes."""
    uri, local = split_tag(element.tag)
    node = Node(_key(uri, local, names.plain), kind=ELEMENT, uri=uri, prefix=names.prefixes.get(uri, ""))
    for tag, value in element.attrib.items():
        space, name = split_tag(tag)
        key = _key(space, name, _NOTHING_PLAIN)
        node.set_attribute(Node(key, value, ATTRIBUTE, space, names.prefixes.get(space, "")))
    children = [child for child in element if names.exact or isinstance(child.tag, str)]
    if not children:
        node.text = (element.text or "") + "".join(child.tail or "" for child in element)
        return node
    _add_text(node, element.text, names)
    for child in children:
        node.append(node_of(child, names) if isinstance(child.tag, str) else _aside(child))
        _add_text(node, child.tail, names)
    return node


def _add_text(node: Node, text: str | None, names: Names) -> None:
    if text and (names.exact or text.strip()):
        node.append(Node("", text, TEXT))


def _aside(element: ET.Element) -> Node:
    """A comment or a processing instruction."""
    text = element.text or ""
    if element.tag is ET.Comment:  # type: ignore[comparison-overlap]
        return Node("", text, COMMENT)
    target, _, rest = text.partition(" ")
    return Node(target, rest, INSTRUCTION)


def document_of(element: ET.Element, names: Names) -> Node:
    """A document node with the element as its root."""
    document = Node("", kind=DOCUMENT)
    document.append(node_of(element, names))
    return document


def document_from_text(xml: str) -> Node:
    """Any XML document as nodes for expressions, nothing left out; names in its default namespaces are plain.

    Raises BadXml as parsed_xml() does.
    """
    builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
    element = parsed_xml(xml, ET.XMLParser(target=builder))
    declared = {uri: prefix for prefix, uri in re.findall(r"""xmlns:([\w.\-]+)\s*=\s*["']([^"']*)["']""", xml)}
    plain = frozenset(("", XFORMS, *re.findall(r"""\sxmlns\s*=\s*["']([^"']*)["']""", xml)))
    return document_of(element, Names(plain, declared, exact=True))
