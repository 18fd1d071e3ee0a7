"""Compares the form engine with the reference behaviour in ../shared/forms-data, when that folder is there."""

import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path

from conversations.forms.xpath import compile_expression
from conversations.forms.xpath_syntax import XPathError
from conversations.forms.xpath_values import Environment, Node, to_boolean, to_number, to_string

DATA = Path(__file__).resolve().parents[2] / "shared" / "forms-data"


def expressions(show: bool) -> tuple[int, int]:
    """Cases of xpath_javarosa.json that agree, and how many there are."""
    cases = json.loads((DATA / "xpath_javarosa.json").read_text())["cases"]
    good = 0
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
        if show and not agrees:
            print("  differs:", case["expression"], "->", repr(value), "expected", case["expected"])
    return good, len(cases)


if __name__ == "__main__":
    if not DATA.is_dir():
        print("no reference data next to the project: nothing measured")
        sys.exit(0)
    print("xpath", expressions("-v" in sys.argv))
