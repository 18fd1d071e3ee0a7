"""A questionnaire compiled from XForm XML: checked once, then shared by every run of it.

compile_form() refuses what we cannot run; form_problems() lists everything wrong at once.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace

from conversations.forms.form_body import BodyReader, Place, repeat_refs
from conversations.forms.form_data import (
    MOST_NODES,
    Translations,
    by_ref,
    definitions_of,
    fixed_names,
    plain_namespaces,
    primary_root,
    read_action,
    read_bind,
    read_lists,
    read_translations,
)
from conversations.forms.form_links import link_problems
from conversations.forms.form_model import Action, Definition, FormError, Problem
from conversations.forms.form_reading import Notes, absolute, child_elements, first, local
from conversations.forms.xml_tree import BadXml, Names, node_of, parsed_xml
from conversations.forms.xpath_nodesets import local_name
from conversations.forms.xpath_values import Node

__all__ = ["Definition", "Form", "FormError", "Place", "Problem", "compile_form", "form_problems"]
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")


def language_code(name: str) -> str:
    """The code of a language written as XLSForm does, "Italiano (it)"; otherwise the name itself."""
    match = _CODE.search(name)
    return match.group(1) if match else name


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A compiled form. Immutable: runs keep their own data and only read this.

    `languages` are codes such as "it" (`language_names` as written); `questions` are the leaves with a
    control, in the order of the data; `body` the places in the order people meet them.
    """

    title: str
    identifier: str
    version: str
    language_names: tuple[str, ...]
    languages: tuple[str, ...]
    default_language: str
    document: Definition = field(repr=False)
    definitions: dict[str, Definition] = field(repr=False)
    body: tuple[Place, ...] = field(repr=False)
    lists: dict[str, Node] = field(repr=False)
    translations: Translations = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(repr=False)

    @property
    def questions(self) -> tuple[Definition, ...]:
        """The questions and notes, in document order."""
        return tuple(one for one in self.definitions.values() if one.control is not None)

    def language_name(self, language: str) -> str:
        """The language as the form writes it, for a code, a written name or, failing both, the default."""
        if language in self.translations:
            return language
        for code, name in zip(self.languages, self.language_names, strict=True):
            if code == language:
                return name
        return next(
            (n for c, n in zip(self.languages, self.language_names, strict=True) if c == self.default_language), ""
        )


def _qualified(notes: Notes) -> "dict[str, str]":
    return {uri: prefix for prefix, uri in notes.namespaces.items() if prefix}


def _read(xml: str) -> tuple[Form | None, list[Problem]]:
    notes = Notes.of(xml)
    try:
        html = parsed_xml(xml)
    except BadXml as error:
        return None, [Problem("bad_xml", detail=str(error))]
    head, body = first(html, "head"), first(html, "body")
    model = None if head is None else first(head, "model")
    root = None if model is None else primary_root(model)
    if head is None or body is None or model is None or root is None:
        return None, [Problem("no_form", detail="an XForm with a model, an instance and a body is wanted")]
    if sum(1 for _ in root.iter()) > MOST_NODES:
        return None, [Problem("too_large", detail=str(MOST_NODES))]
    plain, prefixes = plain_namespaces(root), _qualified(notes)
    instance = node_of(root, Names(plain))

    def qualified(node: Node) -> str:
        prefix = "" if node.uri in plain else prefixes.get(node.uri, "")
        return f"{prefix}:{local_name(node)}" if prefix else local_name(node)

    document = definitions_of(instance, repeat_refs(body), qualified)
    definitions = by_ref(document)
    binds = _read_binds(model, definitions, notes)
    reader = BodyReader(definitions, binds, notes)
    top = document.children[0].ref
    actions = [
        action
        for element in child_elements(model)
        if local(element) == "setvalue"
        for action in [read_action(element, top, "", notes, binds)]
        if action is not None
    ]
    places = reader.places(body, top)
    translations, default = read_translations(model, notes)
    actions.extend(reader.actions)
    for action in actions:
        target = definitions.get(action.target)
        if target is None:
            notes.note("unknown_path", action.target, "setvalue", action.target, action.target, "warning")
        else:
            target.actions.append(action)
    lists = read_lists(model, plain)
    for definition in definitions.values():
        definition.fixed_names = fixed_names(definition, lists)
    _mark_active(document)
    names = tuple(translations)
    title = first(head, "title")
    form = Form(
        ("" if title is None else "".join(title.itertext())).strip(),
        root.get("id") or "",
        root.get("version") or "",
        names,
        tuple(language_code(name) for name in names),
        language_code(default),
        document,
        definitions,
        places,
        lists,
        translations,
        tuple(actions),
        (),
    )
    return form, [*notes.problems, *link_problems(document, definitions)]


def _read_binds(model: ET.Element, definitions: dict[str, Definition], notes: Notes) -> dict[str, str]:
    top = next(iter(definitions))
    named: dict[str, str] = {}
    for bind in child_elements(model):
        if local(bind) != "bind":
            continue
        written = (bind.get("nodeset") or bind.get("ref") or "").strip()
        if not written.startswith("/"):
            # ODK Web Forms binds absolute paths only, and pyxform writes no others.
            notes.note("relative_bind", written, "nodeset", written, written, "warning")
            continue
        ref = absolute(written, top)
        if bind.get("id"):
            named[bind.get("id") or ""] = ref
        definition = definitions.get(ref)
        if definition is None:
            notes.note("unknown_path", ref, "nodeset", ref, ref, "warning")
        else:
            read_bind(bind, definition, notes)
    return named


def _mark_active(definition: Definition) -> bool:
    inside = [_mark_active(child) for child in definition.children]
    definition.active = bool(
        any(inside)
        or definition.relevant
        or definition.calculate
        or definition.count
        or definition.actions
        or (definition.is_select and definition.fixed_names is None)
    )
    return definition.active


def _guarded(xml: str) -> tuple[Form | None, list[Problem]]:
    try:
        return _read(xml)
    except RecursionError:
        return None, [Problem("too_deep", detail="elements nested too deeply")]


def form_problems(xml: str) -> list[Problem]:
    """Everything wrong in a form, errors and warnings together; empty when all is well."""
    return _guarded(xml)[1]


def compile_form(xml: str) -> Form:
    """The form ready to run. Raises FormError with its first error; warnings are kept on the form."""
    form, problems = _guarded(xml)
    for problem in problems:
        if problem.severity == "error":
            raise FormError(problem)
    if form is None:
        raise FormError(Problem("no_form"))
    return replace(form, warnings=tuple(problems))
