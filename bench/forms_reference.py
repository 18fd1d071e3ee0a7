"""Compares the form engine with the reference behaviour in ../shared/forms-data, when that folder is there.

Run from the project: python bench/forms_reference.py [-v] [--chats] [ID ...]
-v shows each difference, --chats also walks every form to its end with random answers, IDs choose walks.
"""

import gzip
import json
import math
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversations.forms.engine import Engine
from conversations.forms.form import FormError, compile_form
from conversations.forms.instance import Item, find, instances, reference
from conversations.forms.walk import (
    Action,
    AddAnother,
    Answer,
    Back,
    Confirm,
    Edit,
    Prompt,
    Skip,
    from_json,
    prompt,
    start,
    take,
)
from conversations.forms.xpath import compile_expression
from conversations.forms.xpath_syntax import XPathError
from conversations.forms.xpath_values import Environment, Node, to_boolean, to_number, to_string

DATA = Path(__file__).resolve().parents[2] / "shared" / "forms-data"
FORMS = (
    "forms_xlsform_pyxform",
    "xforms_enketo_enketo",
    "xforms_getodk_collect",
    "xforms_getodk_javarosa",
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
State = dict[str, dict[str, Any]]


def is_wanted(case: dict[str, Any]) -> bool:
    """True for the deviations listed in the data's README: node kinds, comma decimals, rounding tolerance."""
    expression, kind = case["expression"], case["kind"]
    if kind == "error":
        return "(" not in expression.replace("text()", "")
    return bool(re.search(r"'\d+,\d+'", expression)) or (
        kind == "boolean" and " - " in expression and "." in expression
    )


def expressions(show: bool) -> tuple[int, int]:
    """Cases of xpath_javarosa.json that agree, and how many there are without the wanted deviations."""
    cases = json.loads((DATA / "xpath_javarosa.json").read_text())["cases"]
    good = wanted_deviations = 0
    for case in cases:
        environment = Environment(now=datetime(2024, 6, 15, 8, 30, tzinfo=UTC))
        try:
            value = compile_expression(case["expression"]).evaluate(Node("data"), environment)
        except XPathError as error:
            agrees, value = case["kind"] == "error", str(error)
        else:
            expected = case["expected"]
            if case["kind"] == "number":
                number, wanted = to_number(value, environment), float(expected)
                agrees = math.isclose(number, wanted, rel_tol=1e-12) or (number != number and wanted != wanted)
            elif case["kind"] == "boolean":
                agrees = to_boolean(value) == expected
            elif case["kind"] == "string":
                agrees = to_string(value) == expected
            else:
                agrees = False
        good += agrees
        wanted_deviations += not agrees and is_wanted(case)
        if show and not agrees:
            print("  differs:", case["expression"], "->", repr(value), "expected", case["expected"])
    return good, len(cases) - wanted_deviations


def state_of(engine: Engine) -> State:
    """The state of every node, in the form of the reference."""
    state: State = {}

    def look(item: Item) -> None:
        for definition in item.definition.children:
            if definition.kind == "repeat":
                base = "" if item.definition.kind == "document" else reference(item)
                kind = "controlled" if definition.count or definition.fixed_count else "uncontrolled"
                state[f"{base}/{definition.name}#"] = {
                    "t": f"repeat-range:{kind}",
                    "n": len(instances(item, definition)),
                    "r": engine.range_relevant(item, definition),
                }
        for child in item.children:
            if not isinstance(child, Item):
                continue
            ref, definition = reference(child), child.definition
            if definition.kind == "leaf":
                state[ref] = leaf_state(engine, child)
            else:
                kind = "repeat-instance" if definition.kind == "repeat" else "group"
                state[f"{ref}/"] = {"t": kind, "r": child.relevant}
                if definition.label is not None and kind == "group":
                    state[f"{ref}/"]["l"] = engine.text(definition.label, child)
                look(child)

    look(engine.document)
    return state


def leaf_state(engine: Engine, item: Item) -> dict[str, Any]:
    """The state of one question."""
    control = item.definition.control
    tags = {"select1": "select", "input": "input"}
    kind = "model-value" if control is None else tags.get(control.tag, control.tag)
    if item.definition.is_note:
        kind = "note"
    found: dict[str, Any] = {
        "t": kind,
        "v": item.text,
        "r": item.relevant,
        "q": engine.is_required(item),
        "ro": engine.is_readonly(item),
        "c": engine.is_valid(item),
    }
    if control is not None:
        found["l"] = None if control.label is None else engine.text(control.label, item)
        if item.definition.is_select:
            found["o"] = [list(option) for option in engine.options(item)]
    return found


def difference(expected: State, found: State) -> str | None:
    """The first node that differs, or None. Of hidden nodes only value and relevance count."""
    for ref, wanted in expected.items():
        have = found.get(ref)
        if have is None:
            return f"{ref}: absent"
        keys = wanted.keys() if wanted.get("r", True) else wanted.keys() & {"v", "r", "n"}
        for key in keys:
            if wanted[key] is None:
                # No label, or a value the wall clock decides.
                continue
            if _UUID.sub("uuid", str(wanted[key])) != _UUID.sub("uuid", str(have.get(key))):
                return f"{ref} {key}: expected {wanted[key]!r}, is {have.get(key)!r}"
    return None


def replay(walk: dict[str, Any]) -> str | None:
    """The first difference of a walk, or None when every state is the same."""
    form = compile_form(walk["xml"])
    now = datetime.fromisoformat(walk["now"]).astimezone(ZoneInfo(walk["tz"]))
    engine = Engine(form, now=now, seed=1, language=walk["lang"] or "")
    engine.start()
    expected: State = dict(walk["init"])
    problem = difference(expected, state_of(engine))
    if problem:
        return f"start: {problem}"
    for number, operation in enumerate(walk["ops"]):
        perform(engine, operation)
        for ref in operation["d"].get("gone", ()):
            expected.pop(ref, None)
        expected.update(operation["d"].get("set", {}))
        problem = difference(expected, state_of(engine))
        if problem:
            brief = {key: value for key, value in operation.items() if key != "d"}
            return f"operation {number} {brief}: {problem}"
    return None


def perform(engine: Engine, operation: dict[str, Any]) -> None:
    """One operation of a walk."""
    if operation["op"] == "lang":
        engine.language = engine.form.language_name(operation["value"])
        engine.settle()
        return
    ref = operation["ref"]
    if operation["op"] == "set":
        item = find(engine.document, ref)
        if item is not None:
            engine.write(item, operation["value"])
        return
    parent_ref, _, name = ref.rpartition("/")
    parent = find(engine.document, parent_ref) if parent_ref else engine.document
    definition = next((d for d in parent.definition.children if d.name == name), None) if parent else None
    if parent is None or definition is None:
        return
    if operation["op"] == "add":
        engine.add(parent, definition)
    else:
        engine.remove(instances(parent, definition)[operation["index"]])


def walks(name: str, chosen: set[str], show: bool) -> tuple[int, int]:
    """Walks of one file that agree at every step, and how many the reference could walk."""
    good = total = 0
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as lines:
        for line in lines:
            walk = json.loads(line)
            if walk["status"] not in ("success", "warning") or (chosen and walk["id"] not in chosen):
                continue
            total += 1
            try:
                problem = replay(walk)
            except FormError as error:
                problem = f"refused: {error}"
            good += problem is None
            if show and problem:
                print(f"  {walk['id']} {walk['source'][-100:]}\n      {problem[:400]}")
    return good, total


def random_action(random: Random, shown: Prompt) -> Action:
    """Something a person might answer to a prompt."""
    names = [choice.name for choice in shown.choices]
    if shown.kind == "summary":
        return Confirm() if random.random() < 0.7 or not shown.rows else Edit(random.choice(shown.rows)[0])
    if shown.type == "repeat":
        return AddAnother(random.random() < 0.3)
    if random.random() < 0.04:
        return Back()
    if shown.can_skip and (random.random() < 0.15 or shown.type == "unsupported"):
        return Skip()
    values = {
        "select_one": lambda: random.choice(names or ["none"]),
        "select_multiple": lambda: " ".join(random.sample(names, random.randint(1, len(names))) if names else ()),
        "rank": lambda: " ".join(random.sample(names, len(names))),
        "integer": lambda: str(random.choice((0, 1, 2, 3, 5, 18, 25, 40, 60, 120, 1990, 2024, -1))),
        "decimal": lambda: str(random.choice((0.0, 1.5, 20.25, 160.0, 350.5))),
        "range": lambda: str(random.randint(0, 10)) if not shown.minimum else shown.minimum,
        "date": lambda: random.choice(("2024-06-15", "1980-02-29", "2026-12-25", "2000-01-01")),
        "time": lambda: "08:30:00.000",
        "datetime": lambda: "2024-06-15T08:30:00.000+02:00",
        "geopoint": lambda: "45.4642 9.19",
        "acknowledge": lambda: "OK",
    }
    texts = (
        "Rossi",
        "una risposta più lunga",
        "Anna Maria",
        "12",
        "a@b.it",
        "3471234567",
        "yes",
        "no",
        "1",
        "ABC-123",
        "a",
    )
    return Answer(values.get(shown.type, lambda: random.choice(texts))())


def chat(xml: str, seed: int, most: int = 3000) -> str | None:
    """Walks a form with random answers to its end, through JSON at each step; None when it gets there."""
    form = compile_form(xml)
    random = Random(seed)
    now = datetime(2024, 6, 15, 10, 30, tzinfo=ZoneInfo("Europe/Rome"))
    run = start(form, now=now, seed=seed, language="")
    refused = 0
    for _ in range(most):
        shown = prompt(form, run, "")
        if shown.kind == "finished":
            return None
        taken = take(form, run, random_action(random, shown), now=now)
        refused += taken.problem is not None
        run = from_json(json.loads(json.dumps(taken.run.to_json())))
        if refused > 500:
            return f"refused at {run.at}: {taken.problem}"
    return f"no end: {run.at}"


def chats(name: str, show: bool) -> tuple[int, int]:
    """Forms of one file that random answers walk to the end, and how many there are."""
    good = total = 0
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as lines:
        for line in lines:
            walk = json.loads(line)
            if walk["status"] not in ("success", "warning"):
                continue
            total += 1
            problem = chat(walk["xml"], total)
            good += problem is None
            if show and problem:
                print(f"  chat {walk['id']} {walk['source'][-80:]}: {problem}")
    return good, total


def main() -> None:
    """Prints the table."""
    if not DATA.is_dir():
        print("no reference data next to the project: nothing measured")
        return
    show = "-v" in sys.argv
    chosen = {word for word in sys.argv[1:] if not word.startswith("-")}
    rows = [] if chosen else [("expressions", expressions(show))]
    for name in ("scenarios_web_forms", *FORMS):
        rows.append((name, walks(name, chosen, show)))
    if "--chats" in sys.argv:
        rows.extend((f"chats of {name}", chats(name, show)) for name in FORMS)
    for name, (good, total) in rows:
        print(f"{name:28} {good:5} of {total:5}  {100 * good / max(total, 1):5.1f} %")


if __name__ == "__main__":
    main()
