"""What expressions of a form point to: unknown paths, circles, and values that no choice has."""

from collections.abc import Iterator

from conversations.forms.form_model import Definition, Problem
from conversations.forms.xpath import Expression
from conversations.forms.xpath_tree import Binary, Call, Literal, Negate, Path, Step, Tree

_RULES = ("relevant", "required", "readonly", "constraint", "calculate")
Found = set[int]


class Links:
    """Follows the paths of one expression over the definitions of a form, without any data."""

    def __init__(self, document: Definition, owner: Definition) -> None:
        self.document = document
        self.owner = owner
        self.used: dict[str, Definition] = {}
        self.unknown: list[str] = []
        self.bad_values: list[tuple[str, str]] = []

    def follow(self, tree: Tree, context: "list[Definition] | None") -> "list[Definition] | None":
        """The definitions a tree leads to; None where it leads outside the form's own data."""
        match tree:
            case Path():
                return self.path(tree, context)
            case Call(name, arguments, _):
                return self.call(name, arguments, context)
            case Binary(operator, left, right):
                one, other = self.follow(left, context), self.follow(right, context)
                if operator in ("=", "!="):
                    self.compare(one, right)
                    self.compare(other, left)
                return [*(one or []), *(other or [])] if operator == "|" else None
            case Negate(operand):
                self.follow(operand, context)
                return None
            case _:
                return None

    def call(
        self, name: str, arguments: tuple[Tree, ...], context: "list[Definition] | None"
    ) -> "list[Definition] | None":
        results = [self.follow(argument, context) for argument in arguments]
        if name == "current":
            return [self.owner]
        if name == "selected" and len(arguments) == 2:
            self.compare(results[0], arguments[1])
        if name in ("randomize", "indexed-repeat", "if", "coalesce", "once"):
            return next((found for found in results if found), None)
        return None

    def compare(self, found: "list[Definition] | None", other: Tree) -> None:
        if not found or not isinstance(other, Literal) or not other.value:
            return
        for definition in found:
            control = definition.control
            if control is None or not definition.is_select or control.choice_list is not None:
                continue
            if other.value not in {choice.value for choice in control.choices}:
                self.bad_values.append((definition.ref, other.value))

    def path(self, tree: Path, context: "list[Definition] | None") -> "list[Definition] | None":
        if tree.start is None:
            at = context
        elif isinstance(tree.start, str):
            at = [self.document]
        else:
            at = self.follow(tree.start, context)
        for predicate in tree.predicates:
            self.follow(predicate, at)
        for step in tree.steps:
            at = self.step(step, at)
        for definition in at or []:
            self.used[definition.ref] = definition
        return at

    def step(self, step: Step, at: "list[Definition] | None") -> "list[Definition] | None":
        found: list[Definition] | None = None
        if at is not None:
            found = self.move(step, at)
            if not found and at and step.axis == "child" and step.test not in ("*", "node()", "text()"):
                self.unknown.append(f"{at[0].ref}/{step.test}")
                found = None
        for predicate in step.predicates:
            self.follow(predicate, found)
        return found

    def move(self, step: Step, at: list[Definition]) -> "list[Definition] | None":
        match step.axis:
            case "self":
                return at
            case "parent":
                return [one.parent for one in at if one.parent is not None]
            case "child":
                children = [child for one in at for child in one.children]
            case "descendant" | "descendant-or-self":
                children = [below for one in at for below in _below(one)]
            case _:
                return None
        if step.test in ("*", "node()"):
            return children
        return [child for child in children if step.test in (child.name, child.key)]


def _below(definition: Definition) -> Iterator[Definition]:
    yield definition
    for child in definition.children:
        yield from _below(child)


def _expressions(definition: Definition) -> Iterator[tuple[str, Expression]]:
    for name in _RULES:
        expression = getattr(definition, name)
        if expression is not None:
            yield name, expression
    if definition.count is not None:
        yield "repeat_count", definition.count
    if definition.control is not None and definition.control.choice_list is not None:
        yield "choice_filter", definition.control.choice_list.nodes


def link_problems(document: Definition, definitions: dict[str, Definition]) -> list[Problem]:
    """Warnings on paths that lead nowhere and values no choice has; circles of calculations as errors.

    Also marks the repeats whose count depends on their own instances.
    """
    problems: list[Problem] = []
    uses: dict[str, set[str]] = {}
    counts: dict[str, set[str]] = {}
    for ref, definition in definitions.items():
        for name, expression in _expressions(definition):
            links = Links(document, definition)
            links.follow(expression.tree, [definition])
            for path in dict.fromkeys(links.unknown):
                problems.append(Problem("unknown_path", ref, name, expression.text, path, "warning"))
            for _, value in dict.fromkeys(links.bad_values):
                problems.append(Problem("unknown_choice_value", ref, name, expression.text, value, "warning"))
            if name in ("calculate", "relevant"):
                others = {used for used in links.used if used != ref}
                uses.setdefault(ref, set()).update(others)
                if ref in links.used and "once" not in expression.functions:
                    problems.append(Problem("self_reference", ref, name, expression.text, ref, "warning"))
            if name == "repeat_count":
                counts[ref] = set(links.used)
    for ref, used in counts.items():
        definitions[ref].feeds_itself = _reaches(used, ref, uses)
    problems.extend(_circles(uses, definitions))
    return problems


def _reaches(used: set[str], ref: str, uses: dict[str, set[str]]) -> bool:
    """True when rules starting at `used` lead to a node or to something inside it."""
    waiting, seen = list(used), set(used)
    while waiting:
        at = waiting.pop()
        if at == ref or at.startswith(f"{ref}/"):
            return True
        fresh = uses.get(at, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return False


def _is_repeated(definition: Definition) -> bool:
    at: Definition | None = definition
    while at is not None and at.kind != "repeat":
        at = at.parent
    return at is not None


def _circles(uses: dict[str, set[str]], definitions: dict[str, Definition]) -> list[Problem]:
    """One problem for each circle: an error where only calculations take part, else a warning."""
    problems: list[Problem] = []
    done: set[str] = set()
    for start in uses:
        trail: list[str] = []
        on_trail: set[str] = set()
        waiting: list[tuple[str, Iterator[str]]] = []
        if start in done:
            continue
        waiting.append((start, iter(sorted(uses[start]))))
        trail.append(start)
        on_trail.add(start)
        while waiting:
            ref, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                waiting.pop()
                on_trail.discard(trail.pop())
                done.add(ref)
            elif following in on_trail:
                circle = trail[trail.index(following) :]
                only_calculated = all(definitions[one].calculate is not None for one in circle)
                # Inside a repeat the circle may lead from one instance to the one before, which is no circle.
                certain = only_calculated and not any(_is_repeated(definitions[one]) for one in circle)
                severity = "error" if certain else "warning"
                attribute = "calculate" if only_calculated else "relevant"
                problems.append(Problem("circle", following, attribute, "", " > ".join(circle), severity))
            elif following in uses and following not in done:
                waiting.append((following, iter(sorted(uses[following]))))
                trail.append(following)
                on_trail.add(following)
    return problems
