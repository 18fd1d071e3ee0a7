"""XML text as nodes for expressions; documents with a DTD or entities are refused."""

import re
import xml.etree.ElementTree as ET

from conversations.forms.xpath_values import ATTRIBUTE, DOCUMENT, ELEMENT, TEXT, Node

LONGEST_DOCUMENT = 8_000_000
"""Characters of XML read at most."""


class BadXml(ValueError):
    """Text that is no XML document we accept."""


def parsed_xml(xml: str) -> ET.Element:
    """The root element. Raises BadXml: not well-formed, too long, or with a document type definition."""
    if len(xml) > LONGEST_DOCUMENT:
        raise BadXml("the document is too long")
    if re.search(r"<!(?:DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        raise BadXml("a document type definition is not allowed")
    try:
        return ET.fromstring(xml.lstrip("\ufeff \r\n\t").encode())
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from error


def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and local name of an ElementTree tag."""
    uri, brace, local = tag.rpartition("}")
    return (uri[1:], local) if brace else ("", local)


def _key(uri: str, local: str, plain: frozenset[str]) -> str:
    return local if uri in plain else f"{{{uri}}}{local}"


def node_of(element: ET.Element, plain: frozenset[str] = frozenset(("",))) -> Node:
    """The element and all below it as nodes; names in the `plain` namespaces need no prefix."""
    uri, local = split_tag(element.tag)
    node = Node(_key(uri, local, plain), kind=ELEMENT, uri=uri)
    for tag, value in element.attrib.items():
        space, name = split_tag(tag)
        node.set_attribute(Node(_key(space, name, frozenset(("",))), value, ATTRIBUTE, space))
    elements = [child for child in element if isinstance(child.tag, str)]
    if not elements:
        node.text = (element.text or "") + "".join(child.tail or "" for child in element)
        return node
    if (element.text or "").strip():
        node.append(Node("", element.text or "", TEXT))
    for child in elements:
        node.append(node_of(child, plain))
        if (child.tail or "").strip():
            node.append(Node("", child.tail or "", TEXT))
    return node


def document_of(element: ET.Element, plain: frozenset[str] = frozenset(("",))) -> Node:
    """A document node with the element as its root."""
    document = Node("", kind=DOCUMENT)
    document.append(node_of(element, plain))
    return document
