"""What a compiled form consists of: definitions of nodes, controls, texts, choices and actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.forms.xpath import Expression
from conversations.forms.xpath_values import Node


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a form or with an answer.

    `ref` is the path of the question, `attribute` where the text stands (relevant, calculate, ...), `text`
    the faulty text, `detail` the offending piece. `severity` is error (the form is refused) or warning.
    """

    code: str
    ref: str = ""
    attribute: str = ""
    text: str = ""
    detail: str = ""
    severity: str = "error"


class FormError(Exception):
    """A form that cannot be used; `code`, `ref` and `problem` say why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code} {problem.ref} {problem.attribute}: {problem.detail or problem.text}")
        self.problem = problem
        self.code = problem.code
        self.message = problem.detail or problem.text
        self.ref = problem.ref


Part = str | Expression


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text people read: fixed pieces and computed ones, or the name of a translated text."""

    parts: tuple[Part, ...] = ()
    translated: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FixedChoice:
    """A choice written inside its question."""

    value: str
    label: Text | None


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceList:
    """Choices taken from nodes: which nodes, and in each the value and the label."""

    nodes: Expression
    value: Expression
    label: Text | None


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """How a question is put: the element of the form body with its label, hint and choices."""

    tag: str
    appearance: str = ""
    label: Text | None = None
    hint: Text | None = None
    choices: tuple[FixedChoice, ...] = ()
    choice_list: ChoiceList | None = None
    start: str = ""
    end: str = ""
    step: str = ""
    mediatype: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A value set when something happens: `events`, the target's path, and `source`, the question watched.

    `chosen` picks among the target's instances where the path was written with a predicate.
    """

    events: frozenset[str]
    target: str
    value: Expression
    source: str = ""
    chosen: Expression | None = None


@dataclass(slots=True, eq=False)
class Definition:
    """A node of the form's data, with its bind and its control; unchanged once the form is compiled.

    `kind` is document, group, repeat or leaf; `attributes` are all bind attributes as written, with their
    prefixes (`wis:class`), `order` the place among its siblings. `fixed_names` are the names of choices where
    no answer can change them; `feeds_itself` marks a repeat whose count depends on its own instances.
    """

    name: str
    key: str
    kind: str
    ref: str
    parent: "Definition | None" = None
    order: int = 0
    children: "list[Definition]" = field(default_factory=list)
    by_key: "dict[str, Definition]" = field(default_factory=dict)
    template: Node | None = None
    initial: list[Node] = field(default_factory=list)
    value_type: str = "string"
    relevant: Expression | None = None
    required: Expression | None = None
    readonly: Expression | None = None
    constraint: Expression | None = None
    calculate: Expression | None = None
    watched: tuple[Expression, ...] = ()
    constraint_message: Text | None = None
    required_message: Text | None = None
    preload: tuple[str, str] = ("", "")
    attributes: Mapping[str, str] = field(default_factory=dict)
    control: Control | None = None
    label: Text | None = None
    has_group: bool = False
    count: Expression | None = None
    fixed_count: bool = False
    feeds_itself: bool = False
    actions: list[Action] = field(default_factory=list)
    active: bool = False
    fixed_names: frozenset[str] | None = None

    @property
    def type(self) -> str:
        """The kind of question, in the words of XLSForm: text, integer, select_one, note, calculate, ..."""
        if self.kind != "leaf":
            return self.kind
        return question_type(self)

    @property
    def appearance(self) -> str:
        """The appearance column of the question."""
        return self.control.appearance if self.control else ""

    @property
    def privacy_class(self) -> str:
        """The custom bind attribute named class (for instance wis:class), or nothing."""
        for name, value in self.attributes.items():
            if name.rpartition(":")[2] == "class":
                return value
        return ""

    @property
    def is_note(self) -> bool:
        """True for an input that can never be written: its label is all there is."""
        readonly = self.readonly
        return (
            self.control is not None
            and self.control.tag == "input"
            and (self.control.label is not None or self.control.hint is not None)
            and readonly is not None
            and readonly.text.replace(" ", "") == "true()"
        )

    @property
    def is_select(self) -> bool:
        """True when answers must be among choices."""
        return self.control is not None and self.control.tag in ("select1", "select", "rank")


_INPUT_TYPES = {
    "string": "text",
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "datetime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
    "boolean": "text",
}
_UPLOADS = {"image": "image", "audio": "audio", "video": "video"}
UNASKABLE = frozenset(("geotrace", "geoshape", "drawing", "unknown"))
"""Question types that have no meaning in a chat (forms.md, section 5, Never)."""


def question_type(definition: Definition) -> str:
    """The XLSForm word for a leaf: its control decides, then the type of its bind."""
    control = definition.control
    if control is None:
        return "calculate" if definition.calculate else "hidden"
    match control.tag:
        case "select1":
            return "select_one"
        case "select":
            return "select_multiple"
        case "rank" | "range":
            return control.tag
        case "trigger":
            return "acknowledge"
        case "upload":
            if set(control.appearance.split()) & {"draw", "signature", "annotate"}:
                return "drawing"
            return _UPLOADS.get(control.mediatype.partition("/")[0], "file")
        case _:
            if definition.is_note:
                return "note"
            return _INPUT_TYPES.get(definition.value_type, "unknown")
