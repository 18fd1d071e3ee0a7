"""Reading a run's data: values of rules, texts in the run's language, choices on offer."""

from datetime import datetime
from random import Random

from conversations.forms.form import Form
from conversations.forms.form_model import Definition, Text
from conversations.forms.instance import Item, build_document, imagined, reference
from conversations.forms.xpath import Expression
from conversations.forms.xpath_tree import XPathError
from conversations.forms.xpath_values import Environment, Node, Value, to_boolean, to_string

DEEPEST_TEXTS = 4
"""Texts within texts (a label that shows a choice's label, and so on) before they are left out."""

Option = tuple[str, str]
"""A choice: its name and its label."""


class Reader:
    """The data of one run and everything that can be asked of it without changing it."""

    def __init__(self, form: Form, *, now: datetime, seed: int, language: str) -> None:
        self.form = form
        self.seed = seed
        self.language = form.language_name(language)
        self.document = build_document(form.document)
        self.depth = 0
        self.environment = Environment(
            now=now,
            random=Random(seed),
            instances=form.lists,
            choice_name=self.choice_name,
            translation=self.translation,
            root=self.document,
        )

    # Evaluation

    def value(self, expression: Expression, node: Node) -> Value | None:
        """The value of an expression at a node; None when the data do not allow one."""
        environment = self.environment
        before = environment.current
        environment.current = node
        try:
            return expression.evaluate(node, environment)
        except XPathError:
            return None
        finally:
            environment.current = before

    def truth(self, expression: Expression, node: Node, default: bool) -> bool:
        """The truth of a rule at a node; `default` when it cannot be evaluated."""
        value = self.value(expression, node)
        return default if value is None else to_boolean(value)

    def translation(self, identifier: str) -> str:
        """A translated text in the run's language, else in the default language, else nothing."""
        if self.depth >= DEEPEST_TEXTS:
            return ""
        self.depth += 1
        try:
            return self._translated(identifier)
        finally:
            self.depth -= 1

    def _translated(self, identifier: str) -> str:
        form = self.form
        for language in (self.language, form.language_name(form.default_language)):
            parts = form.translations.get(language, {}).get(identifier)
            if parts is not None:
                node = self.environment.current or self.document
                return "".join(part if isinstance(part, str) else self._shown(part, node) for part in parts)
        return ""

    def _shown(self, expression: Expression, node: Node) -> str:
        value = self.value(expression, node)
        return "" if value is None else to_string(value)

    def text(self, text: Text | None, node: Node) -> str:
        """A label, hint or message at a node, in the run's language."""
        if text is None:
            return ""
        if text.translated is not None:
            identifier = self._shown(text.translated, node)
            before = self.environment.current
            self.environment.current = node
            try:
                return self.translation(identifier)
            finally:
                self.environment.current = before
        return "".join(part if isinstance(part, str) else self._shown(part, node) for part in text.parts)

    # Choices

    def option_names(self, item: Item) -> list[str]:
        """The names of the choices a question offers now."""
        control = item.definition.control
        if control is None:
            return []
        if control.choice_list is None:
            return [choice.value for choice in control.choices]
        return [self._shown(control.choice_list.value, node) for node in self._choice_nodes(item)]

    def offered(self, item: Item) -> "frozenset[str] | list[str]":
        """The names of the choices a question offers now, in no order."""
        fixed = item.definition.fixed_names
        return self.option_names(item) if fixed is None else fixed

    def options(self, item: Item) -> list[Option]:
        """The choices a question offers now, with their labels."""
        control = item.definition.control
        if control is None:
            return []
        if control.choice_list is None:
            return [
                (choice.value, self.text(choice.label, item) if choice.label else choice.value)
                for choice in control.choices
            ]
        label = control.choice_list.label
        found: list[Option] = []
        for node in self._choice_nodes(item):
            name = self._shown(control.choice_list.value, node)
            found.append((name, name if label is None else self.text(label, node)))
        return found

    def _choice_nodes(self, item: Item) -> list[Node]:
        control = item.definition.control
        if control is None or control.choice_list is None:
            return []
        expression = control.choice_list.nodes
        if "randomize" in expression.functions:
            # The same run must see the same order at every turn.
            self.environment.random = Random(f"{self.seed} {reference(item)}")
        value = self.value(expression, item)
        return value if isinstance(value, list) else []

    def choice_name(self, node: Node, name: str) -> str:
        """The label of a choice of a question, for jr:choice-name()."""
        if not isinstance(node, Item) or self.depth >= DEEPEST_TEXTS:
            return ""
        self.depth += 1
        try:
            return self._choice_label(node, name)
        finally:
            self.depth -= 1

    def _choice_label(self, item: Item, name: str) -> str:
        control = item.definition.control
        if control is None:
            return ""
        if control.choice_list is None:
            fixed = next((choice for choice in control.choices if choice.value == name), None)
            return "" if fixed is None else self.text(fixed.label, item) if fixed.label else name
        for node in self._choice_nodes(item):
            if self._shown(control.choice_list.value, node) == name:
                label = control.choice_list.label
                return name if label is None else self.text(label, node)
        return ""

    # State of a node

    def is_required(self, item: Item) -> bool:
        """True when the question must be answered."""
        rule = item.definition.required
        return rule is not None and self.truth(rule, item, False)

    def is_readonly(self, item: Item) -> bool:
        """True when the node or a group around it may not be written."""
        at: Node | None = item
        while isinstance(at, Item):
            rule = at.definition.readonly
            if rule is not None and self.truth(rule, at, False):
                return True
            at = at.parent
        return False

    def is_valid(self, item: Item) -> bool:
        """True unless the node is shown, answered, and its constraint is not met."""
        rule = item.definition.constraint
        return rule is None or not item.relevant or item.text == "" or self.truth(rule, item, True)

    def range_relevant(self, parent: Item, definition: Definition) -> bool:
        """True when a repeat as a whole is shown; its rule is read where an instance would stand."""
        if not parent.relevant or definition.relevant is None:
            return parent.relevant
        return self.truth(definition.relevant, imagined(parent, definition), True)
